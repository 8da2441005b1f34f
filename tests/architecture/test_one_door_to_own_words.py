"""What stands behind a client's second lock is left out in one place, `ClientPage`; no page reads around it."""

from __future__ import annotations

import re

from tests.architecture.source import PACKAGE, python_files

READERS = re.compile(r"\b(journal_of|journal_entry_for|visible_entries|VisibleEntries|entry_for)\b")


def test_the_clients_pages_read_own_words_only_through_their_page() -> None:
    found = {
        path.name for path in python_files(PACKAGE / "web" / "client") if READERS.search(path.read_text())
    }
    assert found == {"common.py"}
