"""The pages that are printed stand as they would be printed today."""

from __future__ import annotations

import pytest

from tests.documentation.markdown import cell, slug, span
from tests.documentation.printed import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    """Print it again: make docs-print."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_words_of_the_content_break_no_table() -> None:
    assert cell("a | b\n<i> c") == r"a \| b &lt;i> c"
    assert (span(0, 3), span(None, 3), span(2, 2), span(None, None)) == ("0 to 3", "at most 3", "2", "")


def test_an_anchor_is_made_of_a_heading_as_the_forges_make_it() -> None:
    assert slug("`ms_phq9` What it is, and [why](x.md)") == "ms_phq9-what-it-is-and-why"
