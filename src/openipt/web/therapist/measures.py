"""The Measures room: every score of the course, what is due, and entering answers from paper or a total."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from openipt.core.course.scores import RATED_BY_BOTH, THERAPIST
from openipt.core.manual.names import PHASES_AFTER
from openipt.core.measures.definitions import Measure
from openipt.core.measures.scoring import score, score_total
from openipt.errors import AnswersNotScorable, EntryNotValid, FieldFault, NoAccess
from openipt.records.access import Act
from openipt.records.actions import checkins
from openipt.records.models import Alert, CheckIn, Session
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_measures import (
    is_baseline,
    present_form,
    present_measure,
    present_measures,
)
from openipt.web.therapist.presenters_sessions import session_title, title_of

MOST_AT_ONCE = 20
WHOLE = re.compile(r"-?[0-9]{1,4}")
TWICE_WITHIN = timedelta(seconds=30)
RATERS = (("client", "The client"), (THERAPIST, "I, the therapist, by myself"))
BASELINE, NEXT, FOLLOW_UP = "baseline", "next", "follow_up"
ALERT_RAISED = "The answers are saved. An alert was raised: it stands on top of every page of this episode."


@roles("therapist", "supervisor")
def measures(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="measures")
    return show(request, "therapist/measures.html", page, measures=present_measures(page))


@roles("therapist", "supervisor")
def measure(request: HttpRequest, episode_id: UUID, measure_id: str) -> HttpResponse:
    """One measure item by item over the course."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="measures")
    found = page.manual.measure_list.get(measure_id)
    if found is None:
        raise NoAccess
    return show(request, "therapist/measure.html", page, measure=present_measure(page, found))


# -- entering ----------------------------------------------------------------------------------------


@roles("therapist")
def enter(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Answers from paper or an outside form, one measure or several of one day."""
    page = episode_page(request, episode_id, Act.ENTER_ANSWERS, room="measures")
    asked = _asked(request, page)
    if request.method != "POST":
        return _form(request, page, asked, {"belongs": _belongs_now(page)}, ())
    sent = Sent(request.POST)
    on = sent.day("on", required="Write the day of the answers.")
    session, purpose = _where(page, sent)
    answers, totals = _read(sent, asked)
    unscored = {one.id: _unscored(sent, one, answered=one.id in answers) for one in asked}
    own = sent.values.get("rater") == THERAPIST
    if not sent.faults and not answers and not totals:
        sent.fault("", "Nothing has been entered yet.")
    if sent.faults:
        return _form(request, page, asked, sent.values, tuple(sent.faults))
    if _entered_already(page, asked, on, session, purpose, own=own):
        return go(request, page.address("measures/"))
    try:
        check_in = checkins.enter_answers(
            episode=page.episode,
            answers=answers,
            unscored=unscored,
            totals=totals,
            session=session,
            purpose=purpose,
            mode="paper" if answers else "external",
            on=on,
            by_therapist=own,
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _form(request, page, asked, sent.values, error.faults)
    raised = Alert.objects.filter(check_in=check_in).exists()
    say(request, ALERT_RAISED if raised else "The answers are saved.", "danger" if raised else "done")
    return go(request, page.address("measures/"))


def _asked(request: HttpRequest, page: EpisodePage) -> tuple[Measure, ...]:
    """The measures named in the address. Those asked alone with the client have their own record."""
    named = request.GET.get("measures", "").split(",")[:MOST_AT_ONCE]
    known = page.manual.measure_list
    found = tuple(known[one] for one in dict.fromkeys(named) if one in known and not known[one].private)
    if not found:
        raise NoAccess
    return found


def _belongs_now(page: EpisodePage) -> str:
    """Where answers most likely belong: the baseline, the session being written, the next one."""
    if is_baseline(page):
        return BASELINE
    if page.episode.ended_on:
        return FOLLOW_UP
    draft = page.episode.sessions.filter(state="draft", number__gte=1).order_by("-number").first()
    answered = draft is not None and draft.check_ins.filter(finished_at__isnull=False).exists()
    return str(draft.pk) if draft is not None and not answered else NEXT


def _title(page: EpisodePage, session: Session) -> str:
    return title_of(page, session) if session.phase in PHASES_AFTER else session_title(session)


def _places(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    held = page.episode.sessions.filter(number__gte=1).order_by("-number")
    return (
        (NEXT, "The next session"),
        *((str(session.pk), _title(page, session)) for session in held),
        (BASELINE, "Baseline"),
        (FOLLOW_UP, "Follow-up after the end"),
    )


def _where(page: EpisodePage, sent: Sent) -> tuple[Session | None, str]:
    chosen = sent.choice("belongs", tuple(value for value, _ in _places(page)), required="Choose.")
    if chosen in (BASELINE, FOLLOW_UP):
        return None, chosen
    if chosen in ("", NEXT):
        return None, "session"
    return page.episode.sessions.get(pk=chosen), "session"


Answered = tuple[dict[str, list[int | None]], dict[str, float]]


def _read(sent: Sent, asked: tuple[Measure, ...]) -> Answered:
    """Items and totals of each measure; a measure left empty is not answered."""
    answers: dict[str, list[int | None]] = {}
    totals: dict[str, float] = {}
    for one in asked:
        items = _items(sent, one) if one.entry.takes_items else []
        typed = sent.values.get(f"{one.id}-total", "").strip() if one.entry.takes_total else ""
        if any(item is not None for item in items):
            answers[one.id] = items
            if typed:
                sent.fault(f"{one.id}-total", "Enter the items or the total, not both.")
            _try(sent, f"{one.id}-1", lambda one=one, items=items: score(one, items))
        elif typed:
            total = _total(sent, one, typed)
            if total is not None:
                totals[one.id] = total
    return answers, totals


def _items(sent: Sent, one: Measure) -> list[int | None]:
    return [_item(sent, one, item.number) for item in one.items]


def _unscored(sent: Sent, one: Measure, *, answered: bool) -> list[int | None]:
    """Answers to the items printed with it that never count. Alone they stand for nothing."""
    found = {number: _item(sent, one, number) for number in one.extra_numbers}
    alone = next((number for number, value in found.items() if value is not None and not answered), None)
    if alone is not None:
        sent.fault(f"{one.id}-{alone}", "Enter the items above too, or leave this one open.")
    return list(found.values())


def _item(sent: Sent, one: Measure, number: int) -> int | None:
    name, takes = f"{one.id}-{number}", one.takes(number)
    text = sent.values.get(name, "").strip()
    value = int(text) if WHOLE.fullmatch(text) else None
    if text and (value is None or value not in takes):
        sent.fault(name, f"{one.title} item {number} takes {takes[0]} to {takes[-1]}.")
        return None
    return value


def _total(sent: Sent, one: Measure, typed: str) -> float | None:
    name = f"{one.id}-total"
    try:
        total = float(typed.replace(",", "."))
    except ValueError:
        sent.fault(name, f"{one.title}: write the total as a number.")
        return None
    return total if _try(sent, name, lambda: score_total(one, total)) else None


def _try(sent: Sent, name: str, scored) -> bool:
    try:
        scored()
    except AnswersNotScorable as error:
        if not any(fault.path.startswith(name.rsplit("-", 1)[0]) for fault in sent.faults):
            sent.fault(name, str(error))
        return False
    return True


def _entered_already(
    page: EpisodePage,
    asked: tuple[Measure, ...],
    on: date | None,
    session: Session | None,
    purpose: str,
    *,
    own: bool,
) -> bool:
    """The same form pressed twice: a sitting of these measures and day, for this session, just entered."""
    names = [one.id for one in asked]
    rows = CheckIn.objects.filter(
        episode=page.episode,
        entered_by=page.user,
        on=on,
        session=session,
        purpose=purpose,
        opened_at__gt=page.at - TWICE_WITHIN,
    )
    theirs = Q(scores__rater=THERAPIST)
    rows = rows.filter(theirs) if own else rows.exclude(theirs)
    return any({measure for measure, _ in row.measures} <= set(names) for row in rows)


def _form(
    request: HttpRequest,
    page: EpisodePage,
    asked: tuple[Measure, ...],
    values: dict[str, str],
    faults: tuple[FieldFault, ...],
) -> HttpResponse:
    return show(
        request,
        "therapist/measures_enter.html",
        page,
        status=422 if faults else 200,
        forms=tuple(present_form(page, one) for one in asked),
        raters=RATERS if RATED_BY_BOTH.intersection(one.id for one in asked) else (),
        places=_places(page),
        values=values,
        faults=faults,
    )
