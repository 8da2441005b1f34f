"""The session note: drafted from what was recorded, owned by the therapist.

A note is a list of blocks. A block is either the therapist's own words or a sentence drafted from one
recorded thing. A drafted sentence follows its source until a person edits it; edited words are never
rewritten. Where the source changes afterwards, the block carries what the record now says beside the
edited words, and the person decides. A sentence is drafted only from values somebody recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from string import Formatter
from types import MappingProxyType
from typing import Any

OWN_WORDS = "own"
MEETING = "meeting"


@dataclass(frozen=True)
class SentencePattern:
    """How one kind of record is said in a sentence: used when every named field holds something.

    `unless` names fields whose presence makes the sentence unnecessary; `when` gives fields that must
    hold exactly these values.
    """

    text: str
    unless: tuple[str, ...] = ()
    when: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields the text names."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.text) if name)


@dataclass(frozen=True)
class Recorded:
    """One recorded thing a sentence may rest on. `key` names it for good; `version` counts its edits.

    `said` holds what already has its words (options, people, codes, days), for fields whose plain value
    in `values` would not read well.
    """

    key: str
    kind: str
    values: Mapping[str, Any]
    version: int = 1
    said: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Block:
    """One paragraph of the note. `source` is empty for the therapist's own words.

    `drafted` is the sentence as last drafted from the source; `text` is what the note says. `now` holds
    what the record says today where the person's edited words no longer match it.
    """

    id: str
    text: str
    source: str = ""
    drafted: str = ""
    edited: bool = False
    removed: bool = False
    now: str = ""
    source_gone: bool = False

    @property
    def is_own(self) -> bool:
        return not self.source


class Wording:
    """Says values in words: people by label, codes by title, lists with commas."""

    def __init__(self, people: Mapping[str, str], titles: Mapping[str, str]) -> None:
        self._names = {**titles, **people}

    def say(self, value: Any) -> str:
        """One value in words; empty for what is not there."""
        if value is None or value is False or value == "":
            return ""
        if value is True:
            return "yes"
        if isinstance(value, Mapping):
            return self._row(value)
        if isinstance(value, (list, tuple)):
            return _joined([part for part in (self.say(item) for item in value) if part])
        return self._names.get(str(value), str(value)).strip()

    def _row(self, row: Mapping[str, Any]) -> str:
        """A row by its first words, with a number in brackets: 'guilt (9)'."""
        words = [self.say(v) for v in row.values() if isinstance(v, str)]
        numbers = [str(v) for v in row.values() if isinstance(v, int) and not isinstance(v, bool)]
        first = next((word for word in words if word), "")
        return f"{first} ({numbers[0]})" if first and numbers else first


def drafted_sentences(
    recorded: Iterable[Recorded],
    patterns: Mapping[str, Sequence[SentencePattern]],
    wording: Wording,
) -> dict[str, str]:
    """What each recorded thing says, by its key, in the order given. Nothing recorded, nothing said."""
    said: dict[str, str] = {}
    for thing in recorded:
        sentences = [
            text for pattern in patterns.get(thing.kind, ()) if (text := _sentence(pattern, thing, wording))
        ]
        if sentences:
            said[thing.key] = " ".join(sentences)
    return said


def refreshed(blocks: Sequence[Block], sentences: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks after the record changed: drafts follow it, edited words stay and show the difference."""
    kept = [after for block in blocks if (after := _follow(block, sentences)) is not None]
    known = {block.source for block in blocks if block.source}
    fresh = [
        Block(id=key, text=text, source=key, drafted=text)
        for key, text in sentences.items()
        if key not in known
    ]
    return tuple(_ordered(kept, fresh, list(sentences)))


def edited(blocks: Sequence[Block], block_id: str, text: str) -> tuple[Block, ...]:
    """The blocks with a person's words in one of them. Clearing a drafted sentence removes it for good."""
    if not any(block.id == block_id for block in blocks):
        fresh = Block(id=block_id, text=text, edited=True)
        return (fresh, *blocks) if block_id == OWN_WORDS else (*blocks, fresh)
    return tuple(_with_words(block, text) if block.id == block_id else block for block in blocks)


def accepted_record(blocks: Sequence[Block], block_id: str) -> tuple[Block, ...]:
    """The person takes what the record now says; the sentence follows its source again."""
    return tuple(
        replace(b, text=b.now, drafted=b.now, edited=False, now="", removed=False)
        if b.id == block_id and b.now
        else b
        for b in blocks
    )


def kept_words(blocks: Sequence[Block], block_id: str) -> tuple[Block, ...]:
    """The person keeps the edited words; the difference just shown is settled."""
    return tuple(
        replace(b, drafted=b.now or b.drafted, now="", source_gone=False) if b.id == block_id else b
        for b in blocks
    )


def taken_out(blocks: Sequence[Block], block_id: str) -> tuple[Block, ...]:
    """The sentence leaves the note; its words are kept for who wants it back."""
    return tuple(replace(b, removed=True) if b.id == block_id and b.source else b for b in blocks)


def put_back(blocks: Sequence[Block], block_id: str) -> tuple[Block, ...]:
    """A sentence taken out stands in the note again: with the person's words, else as drafted."""
    return tuple(_back(b) if b.id == block_id and b.removed else b for b in blocks)


def _back(block: Block) -> Block:
    if block.edited and block.text.strip():
        return replace(block, removed=False)
    says = block.now or block.drafted
    return replace(block, removed=False, edited=False, text=says, drafted=says, now="")


def says_something(blocks: Sequence[Block]) -> bool:
    """Whether more stands in the note than that the meeting took place."""
    return any(block.text.strip() for block in blocks if not block.removed and block.source != MEETING)


def note_text(blocks: Sequence[Block]) -> str:
    """The note as it reads: one paragraph per block that says something."""
    return "\n\n".join(block.text.strip() for block in blocks if not block.removed and block.text.strip())


def is_unedited_draft(blocks: Sequence[Block]) -> bool:
    """True when no person has put a word into the note: said so at signing."""
    return not any(block.edited and block.text.strip() for block in blocks)


def open_differences(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Edited blocks whose source says something else by now."""
    return tuple(block for block in blocks if not block.removed and (block.now or block.source_gone))


def as_values(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Plain values for storing."""
    return [asdict(block) for block in blocks]


def from_values(values: Iterable[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Blocks from what `as_values` gave."""
    return tuple(Block(**value) for value in values)


def _sentence(pattern: SentencePattern, thing: Recorded, wording: Wording) -> str:
    values = thing.values
    if any(values.get(name) != wanted for name, wanted in pattern.when.items()):
        return ""
    if any(wording.say(values.get(name)) for name in pattern.unless):
        return ""
    said = {name: wording.say(thing.said.get(name, values.get(name))) for name in pattern.needs}
    if not all(said.values()):
        return ""
    sentence = pattern.text.format_map({name: text.rstrip(".") for name, text in said.items()})
    return sentence[0].upper() + sentence[1:]


def _follow(block: Block, sentences: Mapping[str, str]) -> Block | None:
    if block.is_own:
        return block
    says = sentences.get(block.source, "")
    if not (block.edited or block.removed):
        return replace(block, text=says, drafted=says) if says else None
    if not says:
        return replace(block, source_gone=not block.removed, now="")
    return replace(block, now="" if says == block.drafted else says, source_gone=False)


def _with_words(block: Block, text: str) -> Block:
    if block.is_own:
        return replace(block, text=text, edited=True)
    if not text.strip():
        return replace(block, removed=True, edited=True, text="", now="")
    if text in (block.drafted, block.now):
        return replace(block, text=text, drafted=text, edited=False, now="", removed=False)
    return replace(block, text=text, edited=True, removed=False)


def _ordered(kept: list[Block], fresh: list[Block], order: list[str]) -> list[Block]:
    """New sentences go where the record's order puts them, after the last one known before them."""
    result = list(kept)
    for block in fresh:
        before = set(order[: order.index(block.source)])
        places = [i for i, other in enumerate(result) if other.source in before]
        result.insert(places[-1] + 1 if places else _first_drafted(result), block)
    return result


def _first_drafted(blocks: list[Block]) -> int:
    return next((i for i, block in enumerate(blocks) if block.source), len(blocks))


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""
