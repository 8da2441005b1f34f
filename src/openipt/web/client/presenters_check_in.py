"""A check-in in plain values: its screens in order, each question as it is asked, what was sent.

Screens count from 1: one for each question of each measure, then mood, then the words. A question that
has nothing to ask about (how difficult "these problems" are, where there are none) keeps its number and
is passed over. Nothing here shows an answer of an earlier check-in, a total, or what a total would mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac

from openipt import library
from openipt.core.course.second_lock import Signs
from openipt.core.measures.definitions import ExtraItem, Measure
from openipt.core.measures.scoring import answer_alert
from openipt.records.models import CheckIn
from openipt.web.client.common import ClientPage
from openipt.web.jinja import clock_time, plural, week_day
from openipt.web.plain import how_long, measure_name

SHORT_LIST = 7  # more choices than these are a row of numbers, not a list of words
MOOD = "mood"
BETWEEN = "\n\n"
WORDS = "words"
MOOD_WORDS = "How is your mood today?"
HINT = "Only if something above has bothered you."


@dataclass(frozen=True)
class Choice:
    """One answer to tap."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Question:
    """One question on its screen. `name` is its name in a form: `ms_phq9.9`, or `mood`.

    `is_scale`: numbers in a row with words at their two ends. `unscored`: it never counts, so nobody is
    asked about it twice; `hint` says when it is meant, `about` what it is about. `is_asked`: the way through the screens stops at it.
    """

    number: int
    name: str
    measure: str
    item: int
    words: str
    instruction: str
    recall: str
    language: str
    choices: tuple[Choice, ...]
    is_scale: bool = False
    low: str = ""
    high: str = ""
    declined: bool = False
    answered: bool = False
    asks_for_help: bool = False
    unscored: bool = False
    hint: str = ""
    about: str = ""
    is_asked: bool = True

    @property
    def id(self) -> str:
        return f"q{self.number}"


@dataclass(frozen=True)
class Part:
    """The questions of one measure, under the words that stand above them."""

    instruction: str
    recall: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Words:
    """The two optional lines, with marks of what was kept when this page was drawn."""

    event: str
    talk_about: str
    event_mark: str
    talk_about_mark: str


@dataclass(frozen=True)
class Sitting:
    """A check-in as its pages need it."""

    id: str
    parts: tuple[Part, ...]
    mood: Question
    words: Words
    help_needed: bool
    left_open: tuple[Question, ...] = field(default=())

    @property
    def questions(self) -> tuple[Question, ...]:
        return (*(question for part in self.parts for question in part.questions), self.mood)

    @property
    def screens(self) -> int:
        return len(self.questions) + 1

    @property
    def first_open(self) -> int:
        """The first screen still to be answered."""
        return min((one.number for one in self.asked if not one.answered), default=self.screens)

    @property
    def asked(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.is_asked)

    def place(self, number: int) -> int:
        """Where this screen stands among those that are asked."""
        return sum(question.number <= number for question in self.asked)

    def after(self, number: int) -> int:
        """The screen that follows this one."""
        return min((one.number for one in self.asked if one.number > number), default=self.screens)

    def before(self, number: int) -> int:
        """The screen this one follows; 0 for the first."""
        return max((one.number for one in self.asked if one.number < number), default=0)

    def question(self, number: int) -> Question | None:
        return self.questions[number - 1] if 1 <= number <= len(self.questions) else None


def present_sitting(
    check_in: CheckIn,
    chosen: dict[str, dict[int, int | None]],
    *,
    help_needed: bool = False,
    signs: Signs | None = None,
) -> Sitting:
    """The check-in with what was chosen in it so far.

    `help_needed`: a risk answer was chosen in it, also one that was changed since. `signs`: what its two
    lines may not show here.
    """
    parts: list[Part] = []
    number = 0
    for measure_id, _ in check_in.measures:
        measure = library.measure(measure_id)
        given = chosen.get(measure_id, {})
        questions = []
        for item in (*range(1, len(measure.items) + 1), *measure.extra_numbers):
            number += 1
            questions.append(_question(measure, item, number, check_in.language, given))
        wording = measure.wording(check_in.language)
        parts.append(Part(wording.instruction if wording else "", measure.recall, tuple(questions)))
    asked = [question for part in parts for question in part.questions]
    return Sitting(
        id=str(check_in.pk),
        parts=tuple(parts),
        mood=_mood(number + 1, check_in.mood),
        words=_words(check_in, signs),
        help_needed=help_needed,
        left_open=tuple(one for one in asked if not one.answered and not one.unscored),
    )


def _question(
    measure: Measure, item: int, number: int, language: str, given: dict[int, int | None]
) -> Question:
    wording = measure.wording(language)
    options = measure.options(item, language)
    value = given.get(item)
    is_scale = len(options) > SHORT_LIST
    extra = measure.extra_item(item)
    found = answer_alert(measure, item, value) if value is not None else None
    return Question(
        number=number,
        name=f"{measure.id}.{item}",
        measure=measure.id,
        item=item,
        words=measure.text(item, language),
        instruction=wording.instruction if wording and extra is None else "",
        recall=measure.recall if extra is None else "",
        language=wording.language if wording else language,
        choices=tuple(
            Choice(str(o.value), str(o.value) if is_scale else o.label, o.value == value) for o in options
        ),
        is_scale=is_scale,
        low=options[0].label if is_scale else "",
        high=options[-1].label if is_scale else "",
        declined=item in given and value is None,
        answered=item in given,
        asks_for_help=found is not None,
        unscored=extra is not None,
        hint=HINT if extra is not None and extra.asked_from is not None else "",
        about=f"This is about the last {len(measure.items)} questions." if extra is not None else "",
        is_asked=extra is None or _may_be_asked(measure, extra, given),
    )


def _may_be_asked(measure: Measure, extra: ExtraItem, given: dict[int, int | None]) -> bool:
    """Whether an item that never counts has something to ask about, or may still come to have it."""
    scored = [item.number for item in measure.items]
    return extra.is_wanted(given.get(item) for item in scored) or not set(scored) <= set(given)


def _mood(number: int, mood: int | None) -> Question:
    return Question(
        number=number,
        name=MOOD,
        measure="",
        item=0,
        words=MOOD_WORDS,
        instruction="",
        recall="",
        language="en",
        choices=tuple(Choice(str(value), str(value), value == mood) for value in range(11)),
        is_scale=True,
        low="as low as it gets",
        high="as good as it gets",
        answered=mood is not None,
    )


def _words(check_in: CheckIn, signs: Signs | None) -> Words:
    """The two lines as far as they may stand here; each with the mark of what is shown."""
    event, talk_about = (shown_part(line, signs) for line in (check_in.event, check_in.talk_about))
    return Words(
        event=event,
        talk_about=talk_about,
        event_mark=mark_of(event),
        talk_about_mark=mark_of(talk_about),
    )


def shown_part(line: str, signs: Signs | None) -> str:
    """What of a line an ordinary page shows: nothing up to its last paragraph about somebody dangerous."""
    paragraphs = line.split(BETWEEN)
    named = [at for at, words in enumerate(paragraphs) if signs is not None and signs.in_text(words)]
    return BETWEEN.join(paragraphs[named[-1] + 1 :] if named else paragraphs)


def with_hidden_part(line: str, typed: str, mark: str) -> str:
    """The line anew, where a page showed only its end, known by its mark: what came before stays."""
    paragraphs = line.split(BETWEEN) if line else []
    for at in range(len(paragraphs) + 1):
        if mark_of(BETWEEN.join(paragraphs[at:])) == mark:
            return BETWEEN.join([*paragraphs[:at], *([typed] if typed else [])])
    return BETWEEN.join([*paragraphs, *([typed] if typed and typed not in line else [])])


def mark_of(text: str) -> str:
    """Tells whether a kept text is still the one a page was drawn with, without saying anything of it."""
    return salted_hmac("openipt.check-in.words", text, algorithm="sha256").hexdigest()[:16]


# -- before and after -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beginning:
    """What is said before the first question."""

    reader: str
    hours: str
    titles: tuple[str, ...]
    questions: int
    goes_on: bool
    way: str

    @property
    def how_long(self) -> str:
        return how_long(self.questions)


def present_beginning(
    page: ClientPage, due: tuple[str, ...], check_in: CheckIn | None, way: str
) -> Beginning:
    asked = [library.measure(measure) for measure in due]
    return Beginning(
        reader=page.therapist,
        hours=page.hours,
        titles=tuple(measure.purpose for measure in asked),
        questions=sum(len(measure.items) + len(measure.extra_items) for measure in asked) + 1,
        goes_on=check_in is not None,
        way=way,
    )


@dataclass(frozen=True)
class Receipt:
    """What was sent, when and to whom. No total, and nothing about what it means."""

    sent_at: str
    reader: str
    hours: str
    sent: tuple[str, ...]
    left_out: str
    help_needed: bool


def present_receipt(page: ClientPage, check_in: CheckIn, sitting: Sitting) -> Receipt:
    asked = [question for part in sitting.parts for question in part.questions]
    left_out = sum(not one.unscored and (one.declined or not one.answered) for one in asked)
    return Receipt(
        sent_at=f"{week_day(check_in.finished_at)} at {clock_time(check_in.finished_at)}",
        reader=page.therapist,
        hours=page.hours,
        sent=tuple(_sent_lines(check_in, sitting)),
        left_out=f"You left {plural(left_out, 'question')} out. That is fine." if left_out else "",
        help_needed=sitting.help_needed,
    )


def _sent_lines(check_in: CheckIn, sitting: Sitting) -> list[str]:
    found = []
    for part, (measure_id, _) in zip(sitting.parts, check_in.measures, strict=True):
        given = len([question for question in part.questions if question.answered and not question.declined])
        if given:
            found.append(f"{measure_name(library.measure(measure_id))}: {plural(given, 'answer')}")
    if check_in.mood is not None:
        found.append("Your mood today")
    if check_in.event:
        found.append("What happened this week, in your words")
    if check_in.talk_about:
        found.append("What you would like to talk about, in your words")
    return found
