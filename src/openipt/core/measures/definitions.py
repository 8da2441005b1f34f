"""What a measure is: its items, how it is scored, what its score means, and who may print its words.

A measure's numbers live apart from its words, so that a translation is one new file. A measure whose
words we may not print, or whose exact words no source at hand shows, still takes answers by item
number or a total (`entry`), and says why (`why_no_items`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Licence(StrEnum):
    """Licence classes of `ipt.md` 10.1."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"

    @property
    def may_ship_text(self) -> bool:
        return self in (Licence.L0, Licence.L1)

    @property
    def in_words(self) -> str:
        return _LICENCE_WORDS[self]


_LICENCE_WORDS = {
    Licence.L0: "Our own wording, not validated.",
    Licence.L1: "Anyone may reproduce, translate and distribute it.",
    Licence.L2: "Free to use with conditions: the words are not shipped; use the holder's own form.",
    Licence.L3: "Commercial or unclear terms: the words are not shipped; a total can be entered.",
}


class EntryWay(StrEnum):
    """How answers come in: item by item, only as a total from an outside form, or either."""

    ITEMS = "items"
    TOTAL = "total"
    ITEMS_OR_TOTAL = "items-or-total"

    @property
    def takes_items(self) -> bool:
        return self is not EntryWay.TOTAL

    @property
    def takes_total(self) -> bool:
        return self is not EntryWay.ITEMS


class Method(StrEnum):
    """How item answers become one number."""

    SUM = "sum"
    MEAN = "mean"
    COUNT = "count"  # how many items are answered yes
    HIGHEST = "highest"  # the number of the last item answered yes


class Direction(StrEnum):
    """What a higher score means for the person."""

    HIGHER_IS_WORSE = "higher-is-worse"
    HIGHER_IS_BETTER = "higher-is-better"


@dataclass(frozen=True)
class AnswerOption:
    """One choice of an item: what it counts, and its words where they may be printed."""

    value: int
    label: str = ""


@dataclass(frozen=True)
class AlertRule:
    """A value that must be looked at: which decision rule it starts, and from where it is critical.

    Read on the scored value, so a reversed item is turned round first. Without `critical_from` the
    alert is always critical.
    """

    rule: str = field(metadata={"pattern": "DR-[0-9]{2}"})
    at_least: int
    critical_from: int | None = None

    def severity(self, value: float) -> str | None:
        """`critical`, `warning`, or None where the value raises nothing."""
        if value < self.at_least:
            return None
        return "critical" if self.critical_from is None or value >= self.critical_from else "warning"


@dataclass(frozen=True)
class Item:
    """One question. `number` counts from 1; `letter` is how clinicians call it where they do (HARK)."""

    number: int
    lowest: int
    highest: int
    reversed: bool = False
    letter: str = ""
    loinc: str = ""
    alert: AlertRule | None = None

    @cached_property
    def values(self) -> range:
        return range(self.lowest, self.highest + 1)

    def scored(self, answer: int) -> int:
        """What an answer counts; a reversed item counts from the other end."""
        return self.lowest + self.highest - answer if self.reversed else answer


@dataclass(frozen=True)
class Band:
    """A named range of totals, both ends included."""

    key: str
    title: str
    lowest: float
    highest: float
    marks: tuple[str, ...] = ()

    def __contains__(self, total: float) -> bool:
        return self.lowest <= total <= self.highest


@dataclass(frozen=True)
class CutOff:
    """A threshold: totals that meet every limit given mean `meaning`, for the people in `applies_to`."""

    key: str
    meaning: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    applies_to: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def met_by(self, total: float) -> bool:
        if self.at_least is not None and total < self.at_least:
            return False
        if self.below is not None and total >= self.below:
            return False
        return self.at_most is None or total <= self.at_most


@dataclass(frozen=True)
class MissingRule:
    """How many items may be missing before there is no total; the mean of the rest stands in."""

    allowed: int = 0
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Threshold:
    """A published size of change: in points of the total, and as a share of the start where given."""

    points: float | None = None
    percent: float | None = None
    note: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cluster:
    """Items that belong together, by number. `needed` of them at or above `at_least` meet the cluster."""

    key: str
    title: str
    items: tuple[int, ...]
    at_least: int | None = None
    needed: int | None = None


@dataclass(frozen=True)
class ExtraItem:
    """A question printed with the measure that never enters the score (PHQ-9: difficulty).

    It is counted on after the scored items. `asked_from`: it asks about something only where a scored
    item was answered with this or more (the form: "if you checked off any problems").
    """

    key: str
    lowest: int
    highest: int
    loinc: str = ""
    asked_from: int | None = None

    @property
    def values(self) -> range:
        return range(self.lowest, self.highest + 1)

    def is_wanted(self, answers: Iterable[int | None]) -> bool:
        """Whether the scored answers so far give it something to ask about."""
        return self.asked_from is None or any(a is not None and a >= self.asked_from for a in answers)


@dataclass(frozen=True)
class ItemAnswers:
    """The choices of one item where they differ from those of the others."""

    item: int
    answers: tuple[AnswerOption, ...]


@dataclass(frozen=True)
class ExtraWording:
    """The words of an `ExtraItem`."""

    key: str
    text: str
    answers: tuple[AnswerOption, ...] = ()


@dataclass(frozen=True)
class WordingSource:
    """Where words were copied from: `what` (items, answers, instruction), and the file it stands in."""

    what: tuple[str, ...]
    repository: str
    file: str
    commit: str
    note: str = ""


@dataclass(frozen=True)
class Wording:
    """The words of a measure in one language, with the sources they were copied from.

    `answers` serve every item that has none of its own in `item_answers`.
    """

    measure: str
    language: str
    version: str
    instruction: str
    items: tuple[str, ...]
    answers: tuple[AnswerOption, ...] = ()
    item_answers: tuple[ItemAnswers, ...] = ()
    extra_items: tuple[ExtraWording, ...] = field(default=(), metadata={"table": "extra_item"})
    sources: tuple[WordingSource, ...] = field(default=(), metadata={"table": "source"})
    note: str = ""

    def options(self, number: int) -> tuple[AnswerOption, ...]:
        own = next((each.answers for each in self.item_answers if each.item == number), ())
        return own or self.answers

    def extra_wording(self, key: str) -> ExtraWording:
        """The words of an item that never counts; the loader has seen that each has its own."""
        return next(each for each in self.extra_items if each.key == key)


@dataclass(frozen=True)
class Measure:
    """The definition of a questionnaire, one version of it.

    `private`: asked by the clinician alone with the client and never sent to a client's device.
    `lowest`, `highest`: the range of totals, None where no source at hand gives it.
    `multiplier`: applied to the sum before bands and cut-offs (WHO-5: 4).
    `shipped`: False for a file of the site's own folder.
    """

    id: str = field(metadata={"pattern": "ms_[a-z0-9_]+"})
    version: str
    title: str
    full_title: str
    purpose: str
    licence: Licence
    licence_note: str
    citation: str
    entry: EntryWay
    method: Method
    direction: Direction
    lowest: float | None = None
    highest: float | None = None
    items: tuple[Item, ...] = field(default=(), metadata={"table": "item"})
    extra_items: tuple[ExtraItem, ...] = field(default=(), metadata={"table": "extra_item"})
    multiplier: int = field(default=1, metadata={"min": 1})
    recall: str = ""
    rater: str = "client"  # who rates: `client`, `clinician`, or `client and therapist`, each by themselves
    private: bool = False
    validated: bool = True
    bands: tuple[Band, ...] = field(default=(), metadata={"table": "band"})
    cut_offs: tuple[CutOff, ...] = field(default=(), metadata={"table": "cut_off"})
    missing: MissingRule = field(default_factory=MissingRule)
    alert: AlertRule | None = None
    reliable_change: Threshold | None = None
    important_change: tuple[Threshold, ...] = ()
    clusters: tuple[Cluster, ...] = field(default=(), metadata={"table": "cluster"})
    loinc: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    why_no_items: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    licence_held: str = ""
    wordings: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    shipped: bool = True

    @property
    def items_without_text(self) -> bool:
        """True where items are answered by number because their words are not here."""
        return self.entry.takes_items and not self.wordings

    @property
    def may_go_to_client(self) -> bool:
        """May this be asked on the client's own device? It needs words, and not to be private."""
        return bool(self.wordings) and self.entry.takes_items and not self.private

    @property
    def risk_items(self) -> tuple[Item, ...]:
        """Items whose answer can raise an alert."""
        return tuple(item for item in self.items if item.alert is not None)

    @property
    def has_whole_totals(self) -> bool:
        """Answers are whole numbers, so all but a mean of them are. Unknown where the items are not here."""
        return bool(self.items) and self.method is not Method.MEAN

    def item(self, number: int) -> Item:
        return self.items[number - 1]

    @property
    def extra_numbers(self) -> range:
        """The numbers of the items that never count: they follow the scored ones."""
        return range(len(self.items) + 1, len(self.items) + len(self.extra_items) + 1)

    def extra_item(self, number: int) -> ExtraItem | None:
        """The item of this number that never counts, or None for a scored one."""
        return self.extra_items[number - len(self.items) - 1] if number in self.extra_numbers else None

    def takes(self, number: int) -> range:
        """What the item of this number may be answered with; nothing where there is no such item."""
        asked = self.extra_item(number) or (self.item(number) if 1 <= number <= len(self.items) else None)
        return asked.values if asked else range(0)

    def wording(self, language: str = "en") -> Wording | None:
        """The words in this language, in English where there is no such file, or None."""
        return self.wordings.get(language) or self.wordings.get("en")

    def text(self, number: int, language: str = "en") -> str:
        """The words of one item, empty where they may not or cannot be shown."""
        wording = self.wording(language)
        if wording is None:
            return ""
        extra = self.extra_item(number)
        return wording.extra_wording(extra.key).text if extra else wording.items[number - 1]

    def options(self, number: int, language: str = "en") -> tuple[AnswerOption, ...]:
        """Every choice of one item in order; a value without words of its own has an empty label."""
        wording = self.wording(language)
        return self._options_in[wording.language if wording else ""].get(number, ())

    @cached_property
    def _options_in(self) -> Mapping[str, Mapping[int, tuple[AnswerOption, ...]]]:
        """Language -> item -> its choices; "" for a measure without words."""
        numbers = (*range(1, len(self.items) + 1), *self.extra_numbers)
        wordings: Mapping[str, Wording | None] = self.wordings or {"": None}
        return {
            language: {number: self._options_of(number, wording) for number in numbers}
            for language, wording in wordings.items()
        }

    def _options_of(self, number: int, wording: Wording | None) -> tuple[AnswerOption, ...]:
        extra = self.extra_item(number)
        said = (
            (wording.extra_wording(extra.key).answers if extra else wording.options(number))
            if wording
            else ()
        )
        labels = {option.value: option.label for option in said}
        return tuple(AnswerOption(value, labels.get(value, "")) for value in self.takes(number))

    def cut_off(self, key: str) -> CutOff | None:
        """The cut-off of this name, if the measure has it."""
        return next((cut_off for cut_off in self.cut_offs if cut_off.key == key), None)

    def band(self, total: float) -> Band | None:
        """The band a total falls in."""
        return next((band for band in self.bands if total in band), None)
