"""Two versions in one row of pieces give both back, letter by letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openipt.core.formulation.versions import MOST_WORDS, Piece, changes


def without(pieces: tuple[Piece, ...], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != kind)


def test_a_word_changed_in_a_sentence() -> None:
    assert changes("It began in May.", "It began in June.") == (
        Piece("same", "It began in "),
        Piece("gone", "May."),
        Piece("new", "June."),
    )


@given(st.text(max_size=300), st.text(max_size=300))
def test_both_texts_come_back_whole(before: str, after: str) -> None:
    pieces = changes(before, after)
    assert without(pieces, "new") == before
    assert without(pieces, "gone") == after


@given(st.text(max_size=300))
def test_the_same_text_has_no_changes(text: str) -> None:
    assert {piece.kind for piece in changes(text, text)} <= {"same"}


def test_a_very_long_text_is_compared_sentence_by_sentence() -> None:
    before = "We met again today. " * (MOST_WORDS // 2)
    after = before + "And went home."
    pieces = changes(before, after)
    assert without(pieces, "new") == before
    assert without(pieces, "gone") == after
    assert pieces[-1] == Piece("new", "And went home.")
