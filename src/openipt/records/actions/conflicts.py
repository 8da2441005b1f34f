"""Two people on one draft: the second to save sees both versions and loses nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from openipt.errors import ChangedMeanwhile
from openipt.records.actions import drafts
from openipt.records.actions.base import Actor
from openipt.records.models import DraftText, Episode

MESSAGE = "Somebody else saved this meanwhile. Both versions are kept: compare them and save again."


class Refused(ChangedMeanwhile):
    """Carries both versions as values (never in the message), and the row that keeps the refused one."""

    def __init__(self, *, theirs: Any, yours: Any, current_version: int) -> None:
        super().__init__(MESSAGE, current_version=current_version)
        self.theirs, self.yours = theirs, yours
        self.kept: DraftText | None = None


def keep(refused: Refused, *, episode: Episode, key: str, field: str, by: Actor, at: datetime) -> Refused:
    """Keep the refused version, in a transaction of its own: the one that refused it was undone."""
    text = refused.yours if isinstance(refused.yours, str) else json.dumps(refused.yours, ensure_ascii=False)
    refused.kept = drafts.keep_refused(episode=episode, key=key, field=field, text=text, by=by, at=at)
    return refused
