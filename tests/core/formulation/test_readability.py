"""LIX, by hand; properties that hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt import library
from openipt.core.formulation.readability import FEWEST_WORDS, reading


def test_it_is_words_a_sentence_and_long_words_a_hundred() -> None:
    # 12 words in 2 sentences; "together" and "mornings" have more than six letters: 6 + 100 * 2 / 12.
    found = reading("We walk together on most days. The mornings are hard for you.")
    assert (found.words, found.sentences) == (12, 2)
    assert found.long_words == ("together", "mornings")
    assert found.lix == 22.7
    assert found.is_plain is True


def test_office_words_in_one_breath_are_hard() -> None:
    text = (
        "The interpersonal formulation conceptualises depressive symptomatology as temporally contiguous with "
        "unresolved expectations concerning responsibilities within significant relationships."
    )
    found = reading(text)
    assert found.is_plain is False
    assert "symptomatology" in found.long_words


def test_a_sentence_of_twenty_words_is_named() -> None:
    long = " ".join(["one"] * 20)
    assert reading(f"Short here. {long}. {' '.join(['one'] * 19)}.").long_sentences == (long,)


@pytest.mark.parametrize("text", ["", "   ", "…", "Five words are too few."])
def test_too_little_text_says_nothing(text: str) -> None:
    assert reading(text).lix is None
    assert reading(text).is_plain is None


def test_the_plain_draft_of_the_manual_reads_plainly() -> None:
    for manual in library.manuals().values():
        assert reading(manual.formulation_plain).is_plain, manual.id


@given(st.text(max_size=400))
def test_any_text_is_counted(text: str) -> None:
    found = reading(text)
    assert (found.lix is None) == (found.words < FEWEST_WORDS)
    if found.lix is not None:
        assert found.lix >= 1
        assert 1 <= found.sentences <= found.words


@given(st.lists(st.sampled_from(["we", "meet", "again"]), min_size=10, max_size=30))
def test_more_full_stops_never_read_harder(words: list[str]) -> None:
    half = len(words) // 2
    parted = " ".join(words[:half]) + ". " + " ".join(words[half:])
    assert reading(parted).lix <= reading(" ".join(words)).lix
