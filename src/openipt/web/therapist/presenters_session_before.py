"""The minute before: what a therapist wants to have in mind when the client sits down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils import timezone

from openipt.core.course.course import Answers
from openipt.core.course.scores import answers_of, start_score, total_of
from openipt.core.measures.change import ReliableChange, improvement, reliable_change
from openipt.core.measures.definitions import Measure
from openipt.records.models import Alert, CheckIn, Entry, EntryState
from openipt.records.prepared import Prepared
from openipt.records.queries.checkins import check_ins_around
from openipt.records.queries.journal import journal_of
from openipt.web.jinja import short_day
from openipt.web.shell import AlertLine
from openipt.web.therapist.presenters_header import CHANGE_WORDS, alert_line
from openipt.web.therapist.session_room import Room

MOST_QUOTES = 4
DONE_WORDS = {"yes": "Done", "partly": "Partly done", "no": "Not done"}


@dataclass(frozen=True)
class LastStepView:
    """The step agreed last, and what became of it. `review` is where that is written."""

    step: str
    with_whom: str
    on: date
    session: int | None
    done: str
    done_words: str
    result: str
    address: str


@dataclass(frozen=True)
class ItemLine:
    """One item of a measure: what was chosen, and how that moved since last time."""

    number: int
    text: str
    answer: str
    moved: str
    is_risk: bool


@dataclass(frozen=True)
class ScoreLine:
    """One measure as it came back: its total, its band, its change in words, its items."""

    measure: str
    title: str
    total: str
    band: str
    on: date
    since_last: str
    since_start: str
    items: tuple[ItemLine, ...]
    note: str = ""


@dataclass(frozen=True)
class CheckInLine:
    """What the client sent along with the answers."""

    on: date
    mood: int | None
    stress: int | None
    event: str
    finished: bool


@dataclass(frozen=True)
class JournalLine:
    """What the client wrote and chose to share."""

    on: date
    words: str
    mood: str


@dataclass(frozen=True)
class QuoteLine:
    """The client's own words, with the day they were said."""

    words: str
    about: str
    on: date


@dataclass(frozen=True)
class Before:
    """Everything of the minute before."""

    last_step: LastStepView | None
    quotes: tuple[QuoteLine, ...]
    scores: tuple[ScoreLine, ...]
    check_ins: tuple[CheckInLine, ...]
    journal: tuple[JournalLine, ...]
    alerts: tuple[AlertLine, ...]
    talk_about: tuple[str, ...]
    since: date | None

    @property
    def is_empty(self) -> bool:
        return not (
            self.last_step
            or self.quotes
            or self.scores
            or self.check_ins
            or self.journal
            or self.alerts
            or self.talk_about
        )


def present_before(room: Room) -> Before:
    """What is known before the first word is said."""
    sittings = _check_ins(room)
    return Before(
        last_step=last_step(room),
        quotes=_last_quotes(room),
        scores=score_lines(room),
        check_ins=tuple(line for check_in in sittings if (line := _check_in(check_in))),
        journal=_journal(room),
        alerts=tuple(alert_line(room.page, alert) for alert in _new_alerts(room)),
        talk_about=tuple(check_in.talk_about for check_in in sittings if check_in.talk_about),
        since=room.last_held,
    )


# -- the last step -----------------------------------------------------------------------------------


_PLANS = Prepared(
    lambda episode: (
        Entry.objects.filter(episode=episode, record_type="rec_action_plan", amends=None)
        .exclude(state=EntryState.WITHDRAWN)
        .select_related("session")
        .order_by("-on", "-order")
    ),
    UUID,
)


def last_step_entry(room: Room) -> Entry | None:
    """The record of the step agreed last, before this session."""
    for entry in _PLANS(room.episode.pk):
        if entry.session_id == room.session.pk:
            continue
        number = entry.session.number if entry.session else None
        written_before = number is None or number < room.number
        if written_before and entry.on <= room.day and (entry.by_role != "client" or entry.shared):
            entry.episode = room.episode
            return entry
    return None


def review_of(room: Room, step: Entry) -> Entry | None:
    """What was said today about that step: a record of this session beside the old one."""
    return next((entry for entry in reversed(room.entries) if entry.amends_id == step.pk), None)


def last_step(room: Room) -> LastStepView | None:
    """The step from the last action plan, else from the session record's own words."""
    entry = last_step_entry(room)
    if entry is None:
        return _step_of_guide(room)
    review = review_of(room, entry)
    values = review.payload if review is not None else entry.payload
    done = str(values.get("done") or "")
    return LastStepView(
        step=str(entry.payload.get("step") or ""),
        with_whom=str(entry.payload.get("with_whom") or ""),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        done=done,
        done_words=DONE_WORDS.get(done, ""),
        result=str(values.get("result") or ""),
        address=room.address("last-step/") if room.may_write else "",
    )


def _step_of_guide(room: Room) -> LastStepView | None:
    found = room.guide.last_step
    if found is None:
        return None
    done = DONE_WORDS.get(found.done, "")
    return LastStepView(found.step, found.with_whom, found.on, found.session, found.done, done, "", "")


# -- words kept --------------------------------------------------------------------------------------


def _last_quotes(room: Room) -> tuple[QuoteLine, ...]:
    found = [e for e in room.before.entries_of("rec_quote") if e.values.get("words")]
    return tuple(
        QuoteLine(str(e.values["words"]), str(e.values.get("about") or ""), e.on)
        for e in found[-MOST_QUOTES:]
    )


# -- what changed ------------------------------------------------------------------------------------


def score_lines(room: Room) -> tuple[ScoreLine, ...]:
    """Every measure that came back since the last session, the main ones first."""
    order = {measure: place for place, measure in enumerate(room.manual.measures)}
    measures = {answers.measure for answers in room.course.answers}
    found = [
        line
        for measure in sorted(measures, key=lambda one: (order.get(one, len(order)), one))
        if (line := _score_line(room, measure)) is not None
    ]
    return tuple(found)


def _score_line(room: Room, measure_id: str) -> ScoreLine | None:
    measure = room.manual.measure_list.get(measure_id)
    sittings = [(a, t) for a in answers_of(room.course, measure_id) if (t := _total(room, a)) is not None]
    now = [pair for pair in sittings if _is_new(room, pair[0])]
    if measure is None or measure.private or not now:
        return None
    answers, total = now[-1]
    earlier = [pair for pair in sittings if pair[0] not in [a for a, _ in now]]
    last = earlier[-1] if earlier else None
    band = measure.band(total)
    return ScoreLine(
        measure=measure_id,
        title=measure.title,
        total=_of_range(measure, total),
        band=band.title if band else "",
        on=answers.on,
        since_last=_since_last(measure, last, total) if last else "the first score",
        since_start=_since_start(room, measure, total),
        items=_items(room, measure, answers, last[0] if last else None),
        note=_missing(answers),
    )


def _total(room: Room, answers: Answers) -> float | None:
    return total_of(room.manual, answers) if answers.finished else None


def _is_new(room: Room, answers: Answers) -> bool:
    """Given for this session, or since the last one where it has not begun."""
    if answers.session is not None:
        return answers.session == room.number
    since = room.last_held
    return (since is None or answers.on > since) and answers.on <= room.day


def _of_range(measure: Measure, total: float) -> str:
    return f"{total:g} of {measure.highest:g}" if measure.highest is not None else f"{total:g}"


def _since_last(measure: Measure, last: tuple[Answers, float], now: float) -> str:
    answers, before = last
    if before == now:
        return f"the same as on {short_day(answers.on)}"
    return f"{abs(now - before):g} {_way(measure, before, now)} than on {short_day(answers.on)}"


def _way(measure: Measure, before: float, now: float) -> str:
    way = "higher" if now > before else "lower"
    return f"{way}, {'better' if improvement(measure, before, now) > 0 else 'worse'}"


def _since_start(room: Room, measure: Measure, now: float) -> str:
    """The change from session 1, with what the measure can tell of it; the rule stands with it."""
    start = start_score(room.manual, room.course, measure.id)
    if start is None or start == now or room.number <= 1:
        return ""
    moved = f"{abs(now - start):g} {'higher' if now > start else 'lower'} than at the start"
    verdict = reliable_change(measure, start, now)
    if verdict is None or measure.reliable_change is None:
        return moved
    index = f"reliable change {measure.reliable_change.points:g}"
    words = CHANGE_WORDS[ReliableChange(verdict)]
    return f"{moved}: {words} ({index})"


def _missing(answers: Answers) -> str:
    missing = [str(place) for place, value in enumerate(answers.items, start=1) if value is None]
    if not missing:
        return ""
    return f"Not answered: item {', '.join(missing)}. The total is prorated."


def _items(room: Room, measure: Measure, answers: Answers, last: Answers | None) -> tuple[ItemLine, ...]:
    language = room.episode.client.language
    lines = []
    for item, value in zip(measure.items, answers.items, strict=False):
        before = last.items[item.number - 1] if last and len(last.items) >= item.number else None
        labels = {option.value: option.label for option in measure.options(item.number, language)}
        lines.append(
            ItemLine(
                number=item.number,
                text=measure.text(item.number, language),
                answer="not answered" if value is None else _answer(value, labels.get(value, "")),
                moved=_moved(before, value),
                is_risk=item.alert is not None and value != 0,
            )
        )
    return (*lines, *_unscored(measure, answers, last, language))


def _unscored(measure: Measure, answers: Answers, last: Answers | None, language: str) -> Iterator[ItemLine]:
    """What was answered to the items printed with the measure that never count."""
    before = dict(zip(measure.extra_numbers, last.unscored if last else (), strict=False))
    for number, value in zip(measure.extra_numbers, answers.unscored, strict=False):
        labels = {option.value: option.label for option in measure.options(number, language)}
        if value is not None:
            yield ItemLine(
                number=number,
                text=f"{measure.text(number, language)} (not part of the score)",
                answer=_answer(value, labels.get(value, "")),
                moved=_moved(before.get(number), value),
                is_risk=False,
            )


def _answer(value: int, label: str) -> str:
    return f"{value}, {label.lower()}" if label else str(value)


def _moved(before: int | None, now: int | None) -> str:
    if before is None or now is None or before == now:
        return ""
    return f"{abs(now - before)} {'higher' if now > before else 'lower'}"


def _check_ins(room: Room) -> list[CheckIn]:
    """Sittings for this session, or since the last one."""
    found = []
    for check_in in check_ins_around(room.user, room.session, room.page.on):
        for_this = check_in.session_id == room.session.pk
        waiting = check_in.session_id is None and check_in.on <= room.day and check_in.purpose == "session"
        if for_this or (waiting and (room.last_held is None or check_in.on > room.last_held)):
            found.append(check_in)
    return found


def _check_in(check_in: CheckIn) -> CheckInLine | None:
    said = check_in.mood is not None or check_in.stress is not None or check_in.event
    if not said and check_in.is_finished:
        return None
    return CheckInLine(check_in.on, check_in.mood, check_in.stress, check_in.event, check_in.is_finished)


def _journal(room: Room) -> tuple[JournalLine, ...]:
    since = room.last_held or date.min
    rows = [row for row in journal_of(room.user, room.episode, room.page.on) if _shared_on(row) > since]
    return tuple(
        JournalLine(row.on, " ".join(str(v) for v in row.words.values() if isinstance(v, str)), _mood(row))
        for row in rows
        if row.on <= room.day
    )


def _shared_on(row: object) -> date:
    shared_at = getattr(row, "shared_at", None)
    return timezone.localtime(shared_at).date() if isinstance(shared_at, datetime) else date.min


def _mood(row: object) -> str:
    before, after = getattr(row, "mood_before", None), getattr(row, "mood_after", None)
    if before is None and after is None:
        return ""
    if before is None or after is None:
        return f"Mood {after if before is None else before} of 10"
    return f"Mood from {before} to {after} of 10"


def _new_alerts(room: Room) -> list[Alert]:
    """Open alerts raised since the last session."""
    if room.last_held is None:
        return list(room.page.alerts)
    since = timezone.make_aware(datetime.combine(room.last_held, time.max))
    return [alert for alert in room.page.alerts if alert.raised_at > since]
