"""Half-typed text, kept on the server as it is typed and given back to its writer alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openipt.records import audit
from openipt.records.access import Act, may
from openipt.records.actions.base import Actor, Operator, day_of, fault, held, locked, refuse
from openipt.records.models import DraftKind, DraftText, Episode, User

LONGEST_DRAFT = 200_000
WRITING_ACTS = (Act.WRITE_RECORD, Act.WRITE_SAFETY, Act.WRITE_OWN, Act.WRITE_SUPERVISION)


@transaction.atomic
def keep_draft_text(
    *, episode: Episode, key: str, field: str, text: str, by: Actor, at: datetime, base_version: int = 0
) -> DraftText:
    """Keep what is being typed into one field of one form, in place of what was kept before."""
    episode = locked(episode, "client")
    user = _writer(episode, by, at)
    if len(text) > LONGEST_DRAFT:
        raise fault(field, f"This is longer than {LONGEST_DRAFT:,} characters. Shorten it or split it.")
    known = DraftText.objects.filter(
        user=user, episode=episode, key=key[:120], field=field[:80], kind=DraftKind.TYPING
    )
    draft = held(known).select_related("episode").first() or DraftText(
        user=user, episode=episode, key=key[:120], field=field[:80], at=at
    )
    draft.text, draft.at, draft.base_version = text, at, base_version
    draft.save()
    audit.record("draft-kept", by=by, at=at, episode=episode, obj=draft)
    return draft


@transaction.atomic
def clear_draft_text(
    *, episode: Episode, key: str, by: Actor, at: datetime, field: str = "", refused: bool = False
) -> int:
    """Forget half-typed text of one's own: saved, or given up. Refused text only when asked for."""
    episode = locked(episode, "client")
    user = _writer(episode, by, at)
    rows = DraftText.objects.filter(user=user, episode=episode, key=key)
    if field:
        rows = rows.filter(field=field)
    if not refused:
        rows = rows.filter(kind=DraftKind.TYPING)
    count, _ = rows.delete()
    if count:
        audit.record("draft-cleared", by=by, at=at, episode=episode)
    return count


@transaction.atomic
def let_go(*, draft: DraftText, by: Actor, at: datetime) -> bool:
    """Give up one kept text of one's own, half-typed or refused. Letting go twice changes nothing."""
    episode = locked(draft.episode, "client")
    user = _writer(episode, by, at)
    count, _ = DraftText.objects.filter(pk=draft.pk, user=user, episode=episode).delete()
    if count:
        audit.record("draft-let-go", by=by, at=at, episode=episode)
    return bool(count)


@transaction.atomic
def keep_refused(*, episode: Episode, key: str, field: str, text: str, by: Actor, at: datetime) -> DraftText:
    """Text that could not be saved because somebody else saved first. Sent twice, it is kept once."""
    user = _writer(episode, by, at)
    for known in DraftText.objects.filter(
        user=user, episode=episode, key=key, field=field, kind=DraftKind.REFUSED
    ):
        known.episode = episode
        if known.text == text:
            return known
    draft = DraftText(
        user=user,
        episode=episode,
        key=key,
        field=field,
        kind=DraftKind.REFUSED,
        at=at,
    )
    draft.text = text
    draft.save(force_insert=True)
    audit.record("refused-text-kept", by=by, at=at, episode=episode, obj=draft)
    return draft


def _writer(episode: Episode, by: Actor, at: datetime) -> User:
    on = day_of(at)
    if isinstance(by, Operator) or not any(may(by, act, episode=episode, on=on) for act in WRITING_ACTS):
        raise refuse("You are not the one who may write here.")
    return by
