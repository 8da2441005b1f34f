"""My clients in words, and what taking one on asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openipt import library
from openipt.core.course.course import EndReason, EpisodeStatus
from openipt.core.course.moves import END_REASONS, GOING_ON, may_go_on, may_move
from openipt.core.course.phases import sessions_before
from openipt.core.manual.compare import count_meetings
from openipt.core.manual.joined import base_of
from openipt.core.manual.model import Manual
from openipt.records import crisis
from openipt.records.access import Act
from openipt.records.models import Episode, HandOver, PlanEvent, Session, StatusEvent, User
from openipt.records.queries import accounts
from openipt.web.drawing.phase_track import PhaseTrack
from openipt.web.evidence import grade_in_words
from openipt.web.goes_with import ticks
from openipt.web.jinja import clock_time, day, plural, short_day
from openipt.web.languages import LANGUAGES
from openipt.web.status_words import STATUS_WORDS
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_going_back import GoingBack, present_going_back
from openipt.web.therapist.presenters_records import who
from openipt.web.therapist.presenters_today import grave_rules
from openipt.web.therapist.summaries import Summary

MOVE_WORDS = {
    EpisodeStatus.ASSESSMENT: "Begin the assessment",
    EpisodeStatus.ACTIVE: "Go on with treatment",
    EpisodeStatus.PAUSED: "Pause",
    EpisodeStatus.MAINTENANCE: "Go on to maintenance",
    EpisodeStatus.ENDED: "End the episode",
}
END_WORDS = {
    "completed": "Completed as agreed",
    "not_suitable": "Not suitable",
    "dropped_out": "Did not come back",
    "referred": "Referred to somebody else",
    "moved": "Moved away",
    "died": "Died",
    "other": "Another reason",
}
PHASES = {"initial": "Initial phase", "middle": "Middle phase", "ending": "Ending phase"}


# -- the list ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClientRow:
    """One episode in the list."""

    address: str
    name: str
    status: str
    is_over: bool
    place: str
    phase: str
    track: PhaseTrack
    focus: str
    score: str
    score_on: date | None
    change: str
    next_meeting: str
    needs: tuple[str, ...]
    needs_tone: str
    therapist: str


def present_clients(
    episodes: Iterable[Episode],
    found: dict[UUID, Summary],
    coming: dict[UUID, Session],
    alerted: Set[UUID],
    unsigned: Iterable[Session],
    user: User,
) -> tuple[ClientRow, ...]:
    """Those who need something first, then by name; ended ones last."""
    open_notes = {session.episode_id for session in unsigned}
    rows = [
        _client_row(
            episode,
            found[episode.pk],
            coming.get(episode.pk),
            alert=episode.pk in alerted,
            note=episode.pk in open_notes,
            user=user,
        )
        for episode in episodes
    ]
    return tuple(sorted(rows, key=lambda row: (row.is_over, row.needs_tone != "danger", row.name.casefold())))


def _client_row(
    episode: Episode, summary: Summary, coming: Session | None, *, alert: bool, note: bool, user: User
) -> ClientRow:
    over = episode.status == EpisodeStatus.ENDED
    graves = () if over else grave_rules(summary.fired)
    needs = [
        "open alert" if alert else "",
        "not on track" if graves else "",
        "note to sign" if note else "",
    ]
    return ClientRow(
        address=f"/episodes/{episode.pk}/",
        name=episode.client.name,
        status=status_in_words(episode),
        is_over=over,
        place=summary.place,
        phase=summary.phase,
        track=summary.track,
        focus=summary.focus,
        score=summary.score,
        score_on=summary.score_on,
        change=summary.change,
        next_meeting=_meeting(coming),
        needs=tuple(filter(None, needs)),
        needs_tone="danger" if alert else "attention" if any(needs) else "quiet",
        therapist="" if episode.therapist_id == user.pk else who(episode.therapist),
    )


def _meeting(session: Session | None) -> str:
    return f"{short_day(session.on)}, {clock_time(session.planned_at)}" if session else ""


def status_in_words(episode: Episode) -> str:
    words = STATUS_WORDS[EpisodeStatus(episode.status)]
    if episode.status == EpisodeStatus.ENDED:
        return f"{words} {day(episode.ended_on)}: {END_WORDS[episode.end_reason].lower()}"
    return words


# -- taking on ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Adaptation:
    """A treatment one can choose, with its range of sessions in the manual's words."""

    id: str
    name: str
    population: str
    lowest: int
    typical: int
    highest: int
    first_minutes: int
    range_words: str
    evidence: str


@dataclass(frozen=True)
class TakeOn:
    """What the form offers."""

    adaptations: tuple[Adaptation, ...]
    modifiers: tuple[tuple[str, str, str], ...]  # field, words, what it brings
    first_meeting: str
    languages: tuple[tuple[str, str], ...]
    regions: tuple[tuple[str, str], ...]
    supervisors: tuple[tuple[str, str], ...]
    no_contacts: bool


def present_take_on() -> TakeOn:
    """Treatments, languages, regions with crisis contacts, and supervisors."""
    offered = tuple(_adaptation(manual) for manual in sorted(library.offered().values(), key=_base_first))
    return TakeOn(
        adaptations=offered,
        modifiers=ticks(),
        first_meeting=_first_meeting(offered),
        languages=tuple(LANGUAGES.items()),
        regions=tuple((region, region.upper()) for region in crisis.regions()),
        supervisors=tuple((str(user.pk), who(user)) for user in accounts.supervisors()),
        no_contacts=not crisis.contacts(""),
    )


def _base_first(manual: Manual) -> tuple[bool, str]:
    """The base protocol, then those that inherit from it, as they are called on the page."""
    return bool(manual.inherits), manual.title or manual.name


def _first_meeting(offered: tuple[Adaptation, ...]) -> str:
    """How long most first meetings are, and each that is not."""
    usual = Counter(one.first_minutes for one in offered if one.first_minutes).most_common(1)[0][0]
    others = [one for one in offered if one.first_minutes not in (0, usual)]
    return ", ".join([f"{usual} minutes", *(f"{one.first_minutes} for {one.name}" for one in others)])


def _adaptation(manual: Manual) -> Adaptation:
    sessions = manual.sessions
    return Adaptation(
        id=manual.id,
        name=manual.title or manual.name,
        population=manual.population,
        lowest=sessions.min,
        typical=sessions.typical,
        highest=sessions.max,
        first_minutes=manual.first_minutes[0] if manual.first_minutes else 0,
        range_words=f"{_range(manual)}, {manual.minutes} minutes {manual.frequency}.{_of_a_group(manual)}",
        evidence=_grade(manual),
    )


def _grade(manual: Manual) -> str:
    """The grade of its evidence in words, as the choice of an adaptation shows it."""
    candidate = library.choosing().candidate(manual.base)
    return f"Evidence {grade_in_words(candidate)}." if candidate else ""


def _of_a_group(manual: Manual) -> str:
    if not manual.meets_in_group:
        return ""
    return " An episode keeps one member's part; the meeting room for the whole group is not built yet."


def _range(manual: Manual) -> str:
    sessions, word, before, after = (
        manual.sessions, manual.session_word, manual.phase_before, manual.phase_after
    )  # fmt: skip
    words = f"{sessions.min} to {sessions.max} {word}s, usually {sessions.typical}"
    if sessions.min == sessions.max:
        words = plural(sessions.min, word)
    words = (
        f"{words}{manual.of_group}, after {count_meetings(before)}" if before else f"{words}{manual.of_group}"
    )
    return f"{words}, then {count_meetings(after)}" if after else words


# -- the course as arranged --------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A status the episode can or cannot take on now, and why not."""

    to: str
    words: str
    allowed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Happened:
    """A recorded change: what, when, who, why."""

    what: str
    on: date
    by: str
    reason: str


@dataclass(frozen=True)
class GoingOn:
    """Another adaptation by which this course may go on, and why it may not yet."""

    id: str
    title: str
    what: str
    sessions: str
    typical: int
    allowed: bool
    reasons: tuple[str, ...]
    why: tuple[tuple[str, str, str], ...]  # rules that speak of it: what, why, what next


@dataclass(frozen=True)
class CoursePage:
    """How the course is arranged: status, plan, therapist, login, contacts; and every change of it."""

    status: str
    may_change: bool
    may_hand_over: bool
    moves: tuple[Move, ...]
    end_reasons: tuple[tuple[str, str], ...]
    needs_named: bool
    clinicians: tuple[tuple[str, str], ...]
    adaptation: str
    plan: str
    plan_rules: tuple[tuple[str, str, str], ...]
    phases: tuple[tuple[str, str], ...]
    going_on: tuple[GoingOn, ...]
    going_back: GoingBack | None
    planned: int
    maximum: int
    therapist: str
    supervisor: str
    supervisor_id: str
    supervisors: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    login: str
    contact: tuple[tuple[str, str], ...]
    happened: tuple[Happened, ...]


def present_course(page: EpisodePage, *, needs_named: bool) -> CoursePage:
    """What stands, what may be changed and what was changed."""
    episode, manual = page.episode, page.manual
    therapists = [(str(user.pk), who(user)) for user in accounts.therapists()]
    supervisors = [(str(user.pk), who(user)) for user in accounts.supervisors()]
    fitting = END_REASONS[EpisodeStatus(episode.status)]
    return CoursePage(
        status=status_in_words(episode),
        may_change=bool(page.may(Act.CHANGE_EPISODE)),
        may_hand_over=bool(page.may(Act.HAND_OVER)),
        moves=tuple(
            _move(episode, to)
            for to in MOVE_WORDS
            if to.value != episode.status and not page.status.has_ended
        ),
        end_reasons=tuple(
            (reason.value, END_WORDS[reason.value]) for reason in EndReason if reason in fitting
        ),
        needs_named=needs_named,
        clinicians=(*therapists, *supervisors),
        adaptation=manual.title or manual.name,
        plan=(
            f"{plural(page.status.planned_sessions, 'session')} agreed, {_held_or_left(page)}. "
            f"{manual.title or manual.name} plans {manual.sessions}."
        ),
        plan_rules=_plan_rules(page),
        phases=phases_to_plan(page),
        going_on=_going_on(page),
        going_back=present_going_back(page),
        planned=page.status.planned_sessions,
        maximum=manual.sessions.max + sessions_before(page.course),
        therapist=who(episode.therapist),
        supervisor=who(episode.supervisor),
        supervisor_id=str(episode.supervisor_id or ""),
        supervisors=tuple(supervisors),
        others=tuple(pair for pair in therapists if pair[0] != str(episode.therapist_id)),
        login=episode.client.user.username if episode.client.user else "",
        contact=_contact(page),
        happened=_happened(page),
    )


def phases_to_plan(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """Phases that planned sessions belong to, with their titles."""
    spans = page.manual.phase_split(page.manual.sessions.typical)
    return tuple((phase.id, phase.title) for phase in page.manual.phases if phase.id in spans)


# What is to be known before a course goes on into maintenance.
RULES_OF_GOING_ON = ("DR-29", "DR-32", "DR-33")


def _going_on(page: EpisodePage) -> tuple[GoingOn, ...]:
    """Adaptations that follow acute treatment; none where the course is over or goes by one already."""
    if not page.manual.is_acute or page.status.status not in GOING_ON:
        return ()
    rules = page.manual.rules
    fired = [result for result in page.status.fired if result.id in RULES_OF_GOING_ON]
    why = tuple((rules[r.id].title, r.why, rules[r.id].then_text) for r in fired)
    return tuple(
        GoingOn(
            id=manual.id,
            title=manual.title or manual.name,
            what=manual.format_note.strip(),
            sessions=_range(manual),
            typical=manual.sessions.typical,
            allowed=bool(decision := may_go_on(page.manual, page.course, manual, page.on)),
            reasons=decision.reasons,
            why=why,
        )
        for manual in library.manuals().values()
        if not manual.is_acute
    )


def _held_or_left(page: EpisodePage) -> str:
    """How many of them remain; of an ended episode, how many were held."""
    if page.status.has_ended:
        return f"{len(page.course.held)} held"
    left = page.status.remaining
    return f"{left} {'remains' if left == 1 else 'remain'}"


def _move(episode: Episode, to: EpisodeStatus) -> Move:
    now = EpisodeStatus(episode.status)
    fitting = next(iter(sorted(END_REASONS[now])), "") if to is EpisodeStatus.ENDED else ""
    decision = may_move(now, to, fitting)
    return Move(to.value, MOVE_WORDS[to], bool(decision), decision.reasons)


def _plan_rules(page: EpisodePage) -> tuple[tuple[str, str, str], ...]:
    """What fired about the number of sessions (DR-27, DR-28): what, why, what next."""
    found = [result for result in page.status.fired if result.id in ("DR-27", "DR-28")]
    rules = page.manual.rules
    return tuple((rules[r.id].title, r.why, rules[r.id].then_text) for r in found)


def _contact(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    if not page.may(Act.SEE_CONTACTS):
        return ()
    client = page.episode.client
    return (
        ("Pronouns", str(client.about("pronouns"))),
        ("Born", str(client.birth_year or "")),
        ("Language", LANGUAGES.get(client.language, client.language)),
        ("Email", str(client.about("email"))),
        ("Phone", str(client.about("phone"))),
        ("Address", str(client.about("address"))),
        ("Region", client.region.upper()),
    )


def _happened(page: EpisodePage) -> tuple[Happened, ...]:
    """Every recorded change, the newest first."""
    episode = page.episode
    rows: list[tuple[object, Happened]] = []
    for event in StatusEvent.objects.filter(episode=episode).select_related("by", "responsible"):
        words = STATUS_WORDS[EpisodeStatus(event.status_to)]
        named = f", {who(event.responsible)} looks after what is open" if event.responsible else ""
        end = f": {END_WORDS[event.end_reason].lower()}" if event.end_reason else ""
        rows.append((event, Happened(f"{words}{end}{named}", event.on, who(event.by), "")))
    for event in episode.phase_events.select_related("by"):
        stays = event.phase_from == event.phase_to
        title = PHASES.get(event.phase_to, event.phase_to.capitalize())
        what = f"Stays: {title.lower()}" if stays else title
        rows.append((event, Happened(what, event.on, who(event.by), "")))
    for event in PlanEvent.objects.filter(episode=episode).select_related("by"):
        what = f"{event.planned_from} planned sessions became {event.planned_to}"
        if event.adaptation_to:
            before = _title_of(event.adaptation_from, event.version_from)
            title = _title_of(event.adaptation_to, event.version_to)
            own = plural(event.planned_to - event.after_session, "session")
            what = f"{before} became {title}, {own} more" if event.phases else f"Goes on as {title}: {own}"
            if base_of(event.adaptation_from) == base_of(event.adaptation_to):
                what = f"From here: {title}"
        rows.append((event, Happened(what, event.on, who(event.by), "")))
    for event in HandOver.objects.filter(episode=episode).select_related("by", "therapist_to"):
        rows.append(
            (event, Happened(f"Handed over to {who(event.therapist_to)}", event.on, who(event.by), ""))
        )
    rows.sort(key=lambda row: row[0].at, reverse=True)
    return tuple(_with_reason(page, event, happened) for event, happened in rows)


def _title_of(adaptation: str, version: str) -> str:
    """What the adaptation is called; its id where this service has no such version of it."""
    try:
        manual = library.manual(adaptation, version)
    except KeyError:
        return adaptation
    return manual.title or manual.name


def _with_reason(page: EpisodePage, event, happened: Happened) -> Happened:
    event.episode = page.episode
    return Happened(happened.what, happened.on, happened.by, event.reason)
