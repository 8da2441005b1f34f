"""Supervision in words: who wants a look and why, what was asked, and every episode by its therapist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from openipt.core.course.course import EpisodeStatus
from openipt.core.course.progress import Signal
from openipt.core.course.rules import RuleResult
from openipt.core.formulation.agreement import Agreement
from openipt.core.manual.model import Manual, Severity
from openipt.core.manual.names import PHASES_AFTER
from openipt.records.manuals import manual_of
from openipt.records.models import Alert, Entry, Episode, Session
from openipt.web.jinja import clock_time, plural, short_day
from openipt.web.meeting_words import where_it_stands
from openipt.web.status_words import STATUS_WORDS
from openipt.web.supervision.standing import Score, Standing

ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE)
SPOKEN_BY_ALERTS = frozenset({"DR-01", "DR-06"})  # these stand above as alerts
ASK_TITLE = "A risk question was passed over"
PHASE_WORDS = {"pre": "Before treatment"}
VERDICTS = {
    "improved": "a reliable improvement",
    "deteriorated": "a reliable deterioration",
    "none": "within the measure's error",
}
ADVICE = "records/rec_supervision_item/new/?next=/supervision/"


@dataclass(frozen=True)
class Look:
    """One reason to look at an episode, with its ground."""

    what: str
    why: tuple[str, ...]
    source: str
    next: str
    address: str
    advice: str
    tone: str = "attention"
    act: str = "Open the episode"


@dataclass(frozen=True)
class Question:
    """What a therapist asked and nobody has answered yet."""

    client: str
    therapist: str
    asked: str
    on: date
    address: str
    advice: str


@dataclass(frozen=True)
class Row:
    """One episode of the list."""

    client: str
    address: str
    advice: str
    status: str
    place: str
    score: str
    change: str
    next_meeting: str
    marks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Group:
    """One therapist with their episodes on this page, of so many."""

    therapist: str
    rows: tuple[Row, ...]
    whole: int

    @property
    def count(self) -> str:
        said = plural(self.whole, "episode")
        return said if self.whole == len(self.rows) else f"{len(self.rows)} of {said}"


@dataclass(frozen=True)
class Supervision:
    """The whole page."""

    date: date
    alerts: tuple[Look, ...]
    looks: tuple[Look, ...]
    questions: tuple[Question, ...]
    groups: tuple[Group, ...]
    open_alerts: int = 0
    all_looks: int = 0
    all_questions: int = 0
    agreed: str = ""
    number: int = 1
    pages: int = 1


def agreement_words(found: Agreement) -> str:
    """How many alike, and kappa where there are enough pairs to speak of it."""
    if not found.pairs:
        return "No problem area has been rated by both of you yet."
    said = f"{found.alike} of {plural(found.pairs, 'area')} rated alike by supervisor and therapist"
    if found.kappa is not None:
        return (
            f"{said}; beyond chance, kappa {found.kappa:g}. Trained raters reached 0.82 on the focus [S07]."
        )
    return f"{said}. Too few, or too much of one answer, to say how far that is beyond chance."


def episode_address(episode_id: UUID, tail: str = "") -> str:
    return f"/episodes/{episode_id}/{tail}"


# -- reasons -------------------------------------------------------------------------------------------


def alert_look(alert: Alert, on: date, now: datetime) -> Look:
    """An open alert: the therapist works it through, the supervisor follows it."""
    manual = manual_of(alert.episode)
    rule = manual.rules.get(alert.rule)
    raised = timezone.localtime(alert.raised_at)
    day = "today" if raised.date() == on else short_day(raised)
    hand = "Acknowledged, not worked through yet." if alert.acknowledged_at else "Not acknowledged yet."
    return Look(
        what=f"{alert.episode.client.name}, with {alert.episode.therapist.display_name}",
        why=(rule.title if rule else ASK_TITLE, f"Raised {day} at {clock_time(raised)}. {hand}"),
        source=_source(manual, alert.rule),
        next=_clock(alert, on, now),
        address=episode_address(alert.episode_id, f"alerts/{alert.pk}/"),
        advice=episode_address(alert.episode_id, ADVICE),
        tone="danger" if alert.severity in ("warning", "critical") else "attention",
    )


def _clock(alert: Alert, on: date, now: datetime) -> str:
    if alert.due_at is None or alert.acknowledged_at:
        return ""
    due = timezone.localtime(alert.due_at)
    when = clock_time(due) if due.date() == on else f"{short_day(due)}, {clock_time(due)}"
    return f"Late: was to be acknowledged by {when}." if due < now else f"To be acknowledged by {when}."


def gravest_looks(episodes: Iterable[Episode], found: Mapping[UUID, Standing]) -> list[Episode]:
    """The episodes in which a rule asks for a look, the gravest first."""
    graves = ((episode, _gravity(episode, found[episode.pk])) for episode in episodes)
    wanted = [(gravity, episode) for episode, gravity in graves if gravity is not None]
    return [episode for _, episode in sorted(wanted, key=lambda pair: pair[0])]


def _gravity(episode: Episode, standing: Standing) -> int | None:
    """The place of its gravest rule in ORDER; None where no rule asks for a look."""
    rules = manual_of(episode).rules
    severities = [rules[signal.rule].severity for signal in standing.signals]
    severities += [result.severity for result in grave_first(standing.fired)]
    return min((ORDER.index(one) for one in severities if one in ORDER), default=None)


def course_look(episode: Episode, standing: Standing) -> Look:
    """One card for an episode with every rule that asks for a look."""
    told_apart = {signal.rule for signal in standing.signals}
    fired = tuple(result for result in grave_first(standing.fired) if result.id not in told_apart)
    manual = manual_of(episode)
    why = [f"{manual.rules[signal.rule].title}: {_figures(manual, signal)}" for signal in standing.signals]
    why += [standing.decided] if standing.signals and standing.decided else []
    why += [f"{manual.rules[result.id].title}: {_plain(manual, result.why)}" for result in fired]
    rules = [*(signal.rule for signal in standing.signals), *(result.id for result in fired)]
    return Look(
        what=f"{episode.client.name}, with {episode.therapist.display_name}",
        why=tuple(why),
        source=", ".join(_source(manual, rule) for rule in rules),
        next=manual.rules[rules[0]].then_text,
        address=episode_address(episode.pk, "progress/" if standing.signals else ""),
        advice=episode_address(episode.pk, ADVICE),
        act="See why, and what was decided" if standing.signals else "Open the episode",
    )


def _figures(manual: Manual, signal: Signal) -> str:
    """What the signal found, and PHQ-9 16 at the start, 15 now."""
    measure = manual.measure_list.get(signal.measure)
    if signal.start is None or signal.now is None:
        return signal.why
    title = measure.title if measure else signal.measure
    return f"{signal.why} {title} {signal.start:g} at the start, {signal.now:g} now."


def grave_first(fired: Iterable[RuleResult]) -> tuple[RuleResult, ...]:
    """Rules from notice up, the gravest first, less those that speak as alerts."""
    found = [r for r in fired if r.severity in ORDER and r.id not in SPOKEN_BY_ALERTS]
    return tuple(sorted(found, key=lambda result: ORDER.index(result.severity)))


def _plain(manual: Manual, why: str) -> str:
    for measure in manual.measure_list.values():
        why = why.replace(measure.id, measure.title)
    return why


def _source(manual: Manual, rule: str) -> str:
    known = manual.rules.get(rule)
    return f"rule {known.id}" if known else "clinical reference 11.3"


# -- questions -----------------------------------------------------------------------------------------


def open_questions(last: Iterable[Entry]) -> list[Entry]:
    """Of the last item of each episode those that ask and hold no advice, the oldest first. `visible` is set."""
    asked = (e for e in last if e.by_role != "supervisor" and not e.visible.get("advice"))
    return sorted(asked, key=lambda entry: (entry.on, entry.order))


def question(entry: Entry) -> Question:
    """The advice is written beside the question (it amends it), so the form begins with what was asked."""
    return Question(
        client=entry.episode.client.name,
        therapist=entry.episode.therapist.display_name,
        asked=str(entry.visible.get("question", "")),
        on=entry.on,
        address=episode_address(entry.episode_id),
        advice=episode_address(entry.episode_id, f"{ADVICE}&amends={entry.pk}"),
    )


# -- the list ------------------------------------------------------------------------------------------


def groups(
    episodes: Iterable[Episode],
    standings: Mapping[UUID, Standing],
    coming: Mapping[UUID, Session],
    drafts: Mapping[UUID, int],
    alerted: frozenset[UUID],
    whole: Mapping[UUID, int],
) -> tuple[Group, ...]:
    """Episodes by therapist, in the order they come; `whole`: how many each therapist has in all."""
    found: dict[UUID, list[Row]] = {}
    names: dict[UUID, str] = {}
    for episode in episodes:
        row = _row(episode, standings[episode.pk], coming, drafts, alerted)
        found.setdefault(episode.therapist_id, []).append(row)
        names[episode.therapist_id] = episode.therapist.display_name
    return tuple(Group(names[who], tuple(rows), whole[who]) for who, rows in found.items())


def _row(
    episode: Episode,
    standing: Standing,
    coming: Mapping[UUID, Session],
    drafts: Mapping[UUID, int],
    alerted: frozenset[UUID],
) -> Row:
    next_session = coming.get(episode.pk)
    marks = []
    if episode.pk in alerted:
        marks.append(("open alert", "danger", "alert"))
    if standing.signals or grave_first(standing.fired):
        marks.append(("wants a look", "attention", "flag"))
    if drafts.get(episode.pk):
        marks.append((f"{plural(drafts[episode.pk], 'note')} not signed", "quiet", "note"))
    return Row(
        client=episode.client.name,
        address=episode_address(episode.pk),
        advice=episode_address(episode.pk, ADVICE),
        status=STATUS_WORDS[EpisodeStatus(episode.status)],
        place=_place(manual_of(episode), standing, ended=episode.status == EpisodeStatus.ENDED),
        score=score_in_words(standing.score),
        change=change_in_words(standing.score) if standing.session_number else "",
        next_meeting=_meeting(next_session),
        marks=tuple(marks),
    )


def _place(manual: Manual, standing: Standing, *, ended: bool) -> str:
    if ended and standing.session_number:
        return where_it_stands(manual, standing.session_number, standing.planned_sessions)
    titles = {phase.id: phase.title for phase in manual.phases} | PHASE_WORDS
    phase = titles.get(standing.phase, standing.phase)
    if standing.phase in PHASES_AFTER:
        return f"{phase}, after {plural(standing.planned_sessions, manual.session_word)}"
    return f"{phase}, {where_it_stands(manual, standing.session_number, standing.planned_sessions)}"


def score_in_words(score: Score | None) -> str:
    return f"{score.title} {score.now:g} on {short_day(score.on)}" if score else "No score yet"


def change_in_words(score: Score | None) -> str:
    """6 lower than at the start, a reliable improvement; nothing where there is nothing to compare."""
    if score is None or score.start is None:
        return ""
    moved = abs(score.now - score.start)
    if not moved:
        return "the same as at the start"
    way = "lower" if score.now < score.start else "higher"
    verdict = VERDICTS.get(score.verdict, "")
    return f"{moved:g} {way} than at the start" + (f", {verdict}" if verdict else "")


def _meeting(session: Session | None) -> str:
    if session is None:
        return "nothing planned"
    return f"{short_day(session.on)} at {clock_time(session.planned_at)}"
