"""Not on track in words: by which rule, why with its evidence, what next, what was decided, what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openipt.core.course.decisions import DECISION, Decision, decisions, review, when_again
from openipt.core.course.next_steps import Offer, offered
from openipt.core.course.not_on_track import OffTrack, Reason, off_track
from openipt.core.course.off_track_reasons import Evidence
from openipt.core.course.phases import session_number
from openipt.core.course.progress import Signal
from openipt.core.course.scores import GAD7, PHQ9, latest_total
from openipt.core.manual.model import NextStep
from openipt.core.measures.change import ReliableChange, reliable_change
from openipt.records.access import Act
from openipt.records.models import Entry, Session
from openipt.records.prepared import Prepared
from openipt.records.told import told_by
from openipt.web.jinja import day, short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.off_track_card import GO_ON_TITLE, figures, listed
from openipt.web.therapist.presenters_overview import TONES
from openipt.web.therapist.presenters_records import who
from openipt.web.therapist.presenters_today import in_plain_words, mark_in_words, source_in_words
from openipt.web.therapist.presenters_tried import IssueCard, present_tried

CHANGE_WORDS = {"better": "Better", "same": "The same", "worse": "Worse"}
CARRIED_OUT_WORDS = {"yes": "carried out", "partly": "carried out in part", "no": "not carried out"}
RELIABLE_WORDS = {
    ReliableChange.IMPROVED: "a reliable improvement",
    ReliableChange.DETERIORATED: "a reliable deterioration",
    ReliableChange.NONE: "within the measure's error",
}
BECAUSE_WORDS = {
    "not-on-track": "the manual names it for a course that is not on track",
    "not-on-track-week-8": "week 8",
    "deterioration": "deterioration",
    "severe": "the last PHQ-9 is severe",
    "prolonged-grief": "prolonged grief disorder may be the main complaint",
    "response-without-remission": "response without remission at the end",
    "no-response-at-the-end": "no response at the end",
}
# Where a step is done, in words for its link.
ROOM_WORDS = {
    "safety/": "Go to Safety",
    "formulation/": "Rank the issues again",
    "formulation/contract/": "Change the contract",
    "worksheets/": "Go to Worksheets",
    "people/": "Open the circle",
    "ending/": "Go to Ending",
    "course/": "Change the plan",
    "records/rec_supervision_item/new/": "Write the question",
    "records/rec_medication/new/": "Write about medication",
}
READS_ONLY = ("records/", "formulation/contract/")  # for whoever may write

_PLACES = Prepared(
    lambda episode: (
        Entry.objects.filter(episode=episode).order_by("order").values_list("order", "pk", "record_type")
    ),
    UUID,
)
_SESSIONS = Prepared(
    lambda episode: (
        Session.objects.filter(episode=episode)
        .order_by("planned_at")
        .values_list("pk", "number", "held_on", "planned_at")
    ),
    UUID,
)
_DECIDED = Prepared(
    lambda episode, kind: (
        Entry.objects.filter(episode=episode, record_type=kind).select_related("by").order_by("order")
    ),
    UUID,
    str,
)


@dataclass(frozen=True)
class SignalCard:
    """One rule by which it is not on track."""

    id: str
    title: str
    why: str
    figures: str
    source: str
    mark: str
    tone: str


@dataclass(frozen=True)
class EvidenceLine:
    """What a reason rests on, its day, and where it stands."""

    words: str
    quote: str
    when: str
    address: str
    link: str


@dataclass(frozen=True)
class ReasonView:
    """One reason: what was found, on which ground; or what is missing to tell."""

    id: str
    title: str
    looks_at: str
    says: tuple[str, ...]
    missing: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]
    source: str
    mark: str


@dataclass(frozen=True)
class StepView:
    """One step the manual offers, why it stands in this place, and where it is done."""

    id: str
    title: str
    text: str
    why: str
    source: str
    mark: str
    address: str
    act: str


@dataclass(frozen=True)
class OutcomeView:
    """What came of a decision."""

    title: str
    when: str
    words: str
    scores: str
    address: str


@dataclass(frozen=True)
class DecisionView:
    """One decision with its ground, and what came of it once it was looked at."""

    id: str
    when: str
    by: str
    chosen: str
    go_on: str
    words: str
    ground: str
    again: str
    is_due: bool
    scores: str
    address: str
    outcome: OutcomeView | None


@dataclass(frozen=True)
class ProgressPage:
    """The whole page."""

    title: str
    lead: str
    is_off: bool
    is_open: bool
    signals: tuple[SignalCard, ...]
    unknown: str
    standing: tuple[ReasonView, ...]
    untold: tuple[ReasonView, ...]
    nothing_found: tuple[ReasonView, ...]
    steps: tuple[StepView, ...]
    due: DecisionView | None
    covered: DecisionView | None
    history: tuple[DecisionView, ...]
    issues: tuple[IssueCard, ...]
    next_session: int
    may_decide: bool


def present_progress(page: EpisodePage) -> ProgressPage:
    """Everything the record says on the page's day."""
    found = off_track(page.manual, page.course, page.on, told_by(page.episode))
    asked = review(page.manual, page.course, page.on)
    places = _Places(page)
    history = tuple(_decision(page, one, places) for one in reversed(decisions(page.course)))
    by_id = {one.id: one for one in history}
    shown = {one.id for one in (asked.due, asked.covered) if one}
    return ProgressPage(
        title=_title(found),
        lead=_lead(page, found),
        is_off=found.is_off,
        is_open=asked.is_open,
        signals=tuple(_signal(page, signal) for signal in found.signals),
        unknown=in_plain_words(page.manual, "; ".join(found.unknown)),
        standing=tuple(_reason(page, r, places) for r in found.reasons if r.holds),
        untold=tuple(_reason(page, r, places) for r in found.reasons if r.holds is None),
        nothing_found=tuple(_reason(page, r, places) for r in found.reasons if r.holds is False),
        steps=tuple(_step(page, offer) for offer in offered(page.manual, page.course, page.on, found)),
        due=by_id[asked.due.id] if asked.due else None,
        covered=by_id[asked.covered.id] if asked.covered else None,
        history=tuple(one for one in history if one.id not in shown),
        issues=present_tried(page, places.entry),
        next_session=session_number(page.course) + 1,
        may_decide=bool(page.may(Act.WRITE_RECORD)),
    )


def _title(found: OffTrack) -> str:
    if found.is_off:
        return "Not on track"
    return "It cannot be told yet" if found.unknown else "On track"


def _lead(page: EpisodePage, found: OffTrack) -> str:
    if found.is_off:
        return "Why, as far as the record says; what the manual offers; and what was decided. You choose."
    if found.unknown:
        return "Something the rules read is not in the record."
    if not page.course.held:
        return "The rules read the course from session 4 on. What is looked at then stands here already."
    return "As far as the record says. What is looked at stands here all the same."


# -- signals and reasons -----------------------------------------------------------------------------


def _signal(page: EpisodePage, signal: Signal) -> SignalCard:
    rule = page.manual.rule(signal.rule)
    return SignalCard(
        id=rule.id,
        title=rule.title,
        why=in_plain_words(page.manual, signal.why),
        figures=figures(page.manual, signal),
        source=source_in_words(page.manual, rule.id),
        mark=mark_in_words(rule.marks),
        tone=TONES[rule.severity],
    )


def _reason(page: EpisodePage, found: Reason, places: _Places) -> ReasonView:
    told = page.manual.off_track_reasons[found.id]
    rules = ", ".join(told.rules)
    cited = f" [{', '.join(told.sources)}]" if told.sources else ""
    return ReasonView(
        id=found.id,
        title=told.title,
        looks_at=told.looks_at,
        says=tuple(in_plain_words(page.manual, words) for words in found.says),
        missing=tuple(in_plain_words(page.manual, words) for words in found.missing),
        evidence=tuple(places.evidence(one) for one in found.evidence),
        source=f"clinical reference {told.section}{f'; {rules}' if rules else ''}{cited}",
        mark=mark_in_words(told.marks),
    )


class _Places:
    """Finds the page on which a piece of evidence stands."""

    def __init__(self, page: EpisodePage) -> None:
        self.page = page
        rows = list(_PLACES(page.episode.pk))
        self._entries = {order: pk for order, pk, _ in rows}
        self._sessions = list(_SESSIONS(page.episode.pk))

    def entry(self, order: int | None) -> str:
        """The address of the record of that place; "" where there is none."""
        pk = self._entries.get(order) if order is not None else None
        return self.page.address(f"records/{pk}/") if pk else ""

    def evidence(self, one: Evidence) -> EvidenceLine:
        measure = self.page.manual.measure_list.get(one.source)
        address, link = self._place(one, measure.title if measure else "")
        when = day(one.on) + (f", session {one.session}" if one.session else "")
        words = in_plain_words(self.page.manual, one.says)
        return EvidenceLine(words, one.quote, when, address, link)

    def _place(self, one: Evidence, measure: str) -> tuple[str, str]:
        if measure:
            return self.page.address(f"measures/{one.source}/"), measure
        if one.source == "meeting":
            return self._meeting(one), "the session" if one.session else "the date"
        if one.source == "check-in":
            return self.page.address("timeline/"), "the time line"
        kind = self.page.manual.record_types.get(one.source)
        return self.entry(one.order), kind.title.lower() if kind else "the record"

    def _meeting(self, one: Evidence) -> str:
        for pk, number, held_on, planned_at in self._sessions:
            on = held_on or (planned_at.date() if planned_at else None)
            if (one.session is not None and number == one.session) or (one.session is None and on == one.on):
                return self.page.address(f"sessions/{pk}/")
        return self.page.address("sessions/")


# -- what next ---------------------------------------------------------------------------------------


def _step(page: EpisodePage, offer: Offer) -> StepView:
    step = offer.step
    address, act = _where(page, step)
    return StepView(
        id=step.id,
        title=step.title,
        text=step.text.strip(),
        why=_why_here(page, offer),
        source=_step_source(step),
        mark=mark_in_words(step.marks),
        address=address,
        act=act,
    )


def _where(page: EpisodePage, step: NextStep) -> tuple[str, str]:
    may_write = bool(page.may(Act.WRITE_RECORD))
    if not step.room or (step.room.startswith(READS_ONLY) and not may_write):
        return "", ""
    tail = f"{step.room}?next={page.address('progress/')}" if step.room.startswith("records/") else step.room
    return page.address(tail), ROOM_WORDS.get(step.room, "Go there")


def _why_here(page: EpisodePage, offer: Offer) -> str:
    """What puts it in this place of the order."""
    titles = page.manual.off_track_reasons
    if offer.answers:
        return "An answer to: " + ", ".join(titles[name].title.lower() for name in offer.answers) + "."
    said = [BECAUSE_WORDS[name] for name in offer.because if name in BECAUSE_WORDS]
    words = ", ".join(said)
    may = ", ".join(titles[name].title.lower() for name in offer.may_answer)
    more = f" Would answer {may}, which cannot be told." if may else ""
    return f"{_sentence(words)}{more}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _step_source(step: NextStep) -> str:
    rules = f"{'rule' if len(step.rules) == 1 else 'rules'} {', '.join(step.rules)}" if step.rules else ""
    section = f"clinical reference {step.section}" if step.section else ""
    cited = f" [{', '.join(step.sources)}]" if step.sources else ""
    return f"{'; '.join(filter(None, (rules, section)))}{cited}"


# -- what was decided --------------------------------------------------------------------------------


def _decision(page: EpisodePage, one: Decision, places: _Places) -> DecisionView:
    entry = _entry_of(page, DECISION, one.order)
    titles, rules = page.codes["next_steps"], ", ".join(one.rules)
    reasons = ", ".join(page.codes["off_track_reasons"].get(r, r).lower() for r in one.reasons)
    is_due = review(page.manual, page.course, page.on).due
    return DecisionView(
        id=one.id,
        when=day(one.on) + (f", session {one.session}" if one.session else ""),
        by=who(entry.by) if entry and entry.by else "",
        chosen=listed([titles.get(step, step) for step in one.steps] + ([GO_ON_TITLE] if one.go_on else [])),
        go_on=one.go_on,
        words=one.words,
        ground=" ".join(
            filter(None, (f"By {rules}." if rules else "", f"Why: {reasons}." if reasons else ""))
        ),
        again="" if one.outcome else _sentence(when_again(one)),
        is_due=is_due is not None and is_due.id == one.id,
        scores=_change_since(page, entry, one.on, page.on) if one.outcome is None else "",
        address=places.entry(one.order),
        outcome=_outcome(page, one, entry, places),
    )


def _entry_of(page: EpisodePage, kind: str, order: int) -> Entry | None:
    for entry in _DECIDED(page.episode.pk, kind):
        if entry.order == order:
            entry.episode = page.episode
            return entry
    return None


def _outcome(page: EpisodePage, one: Decision, entry: Entry | None, places: _Places) -> OutcomeView | None:
    outcome = one.outcome
    if outcome is None:
        return None
    done = CARRIED_OUT_WORDS.get(outcome.carried_out, "")
    change = CHANGE_WORDS.get(outcome.change, outcome.change)
    return OutcomeView(
        title=f"{change}, {done}" if done else change,
        when=day(outcome.on) + (f", session {outcome.session}" if outcome.session else ""),
        words=outcome.words,
        scores=_change_since(page, entry, one.on, outcome.on),
        address=places.entry(outcome.order),
    )


def _change_since(page: EpisodePage, entry: Entry | None, then: date, now: date) -> str:
    """PHQ-9 15 when it was decided, 11 on 30 April: 4 lower, within the measure's error."""
    kept = (entry.payload.get("scores") or {}) if entry else {}
    lines = []
    for measure_id in (PHQ9, GAD7):
        measure = page.manual.measure_list.get(measure_id)
        before = kept.get(measure_id)
        latest = latest_total(page.manual, page.course.as_of(now), measure_id)
        if measure is None or before is None or latest is None or latest[0] <= then:
            continue
        moved = latest[1] - before
        way = f"{abs(moved):g} {'lower' if moved < 0 else 'higher'}" if moved else "the same"
        verdict = reliable_change(measure, before, latest[1])
        rule = f", {RELIABLE_WORDS[verdict]}" if verdict and moved else ""
        lines.append(
            f"{measure.title} {before:g}, then {latest[1]:g} on {short_day(latest[0])}: {way}{rule}."
        )
    return " ".join(lines)
