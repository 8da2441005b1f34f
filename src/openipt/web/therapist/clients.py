"""My clients: the list, finding one, and taking one on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openipt import library
from openipt.errors import EntryNotValid, FieldFault
from openipt.records import audit, sealing
from openipt.records.actions import clients as actions
from openipt.records.actions import entries, episodes, sessions
from openipt.records.models import Episode, Role, User
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import clients as client_queries
from openipt.records.queries import episodes as episode_queries
from openipt.records.queries import sessions as session_queries
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.goes_with import with_ticked
from openipt.web.languages import LANGUAGES
from openipt.web.sent import Sent
from openipt.web.therapist.common import say, show
from openipt.web.therapist.presenters_clients import present_clients, present_take_on
from openipt.web.therapist.presenters_today import FORMAT_WORDS, day_limits
from openipt.web.therapist.summaries import summaries

MOST_SHOWN = 100
PROFILE = ("name", "pronouns", "email", "phone", "address")
EMERGENCY = ("contact_person", "relation", "callback_number", "local_crisis_service")


@roles("therapist", "supervisor")
def clients(request: HttpRequest) -> HttpResponse:
    """Everybody whose episode I may see; found by the beginning of any part of the name.

    A name is sent in the form, never in the address: addresses stay in histories and logs.
    """
    on, at = clock.today(), clock.now()
    typed = request.POST.get("q", "").strip()[:80]
    with_ended = "ended" in request.GET
    shown = _shown(request.user, typed, with_ended)
    audit.record_read(by=request.user, at=at, act="clients-listed", ids=[e.pk for e in shown])
    sealing.prepare({episode.client_id for episode in shown})
    rows = present_clients(
        shown,
        summaries(shown, request.user, on, at),
        session_queries.next_of_each(shown, day_limits(on)[0]),
        alert_queries.alerted_episodes(request.user, on),
        session_queries.unsigned(request.user, on),
        request.user,
    )
    return show(
        request,
        "therapist/clients.html",
        rows=rows,
        typed=typed,
        with_ended=with_ended,
        may_take_on=request.user.role == Role.THERAPIST,
        more=len(shown) == MOST_SHOWN,
    )


def _shown(user: User, typed: str, with_ended: bool) -> list[Episode]:
    on = clock.today()
    if not with_ended and not typed:
        return episode_queries.running_episodes_of(user, on, most=MOST_SHOWN)
    rows = episode_queries.episodes_of(user, on).order_by("-created_at")
    if typed:
        rows = rows.filter(client__in=client_queries.find_clients(user, typed, on))
    return list(rows[:MOST_SHOWN])


# -- taking on ---------------------------------------------------------------------------------------


@roles("therapist")
def take_on(request: HttpRequest) -> HttpResponse:
    """A client, their episode, their first meeting and whom to call: one form, kept together or not at all."""
    if request.method != "POST":
        return _form(request, {}, ())
    sent = Sent(request.POST)
    wanted = _read(sent)
    if sent.faults:
        return _form(request, sent.values, tuple(sent.faults))
    twice = _taken_on_already(request.user, wanted)
    if twice is not None:
        return HttpResponseRedirect(f"/episodes/{twice}/")
    try:
        episode = _take_on(request.user, wanted)
    except EntryNotValid as error:
        return _form(request, sent.values, error.faults)
    say(request, "The client is taken on. The first steps stand under Where we are.")
    return HttpResponseRedirect(f"/episodes/{episode.pk}/")


def _form(request: HttpRequest, values, faults: tuple[FieldFault, ...]) -> HttpResponse:
    return show(
        request,
        "therapist/client_new.html",
        status=422 if faults else 200,
        values=values,
        faults=faults,
        offer=present_take_on(),
        formats=tuple(FORMAT_WORDS.items()),
    )


def _read(sent: Sent) -> dict:
    """What the form says, with a fault for each part that cannot be taken."""
    manuals = library.offered()
    adaptation = sent.choice("adaptation", tuple(manuals), required="Choose the treatment.")
    planned = None
    if adaptation:
        allowed = manuals[adaptation].sessions
        planned = sent.number("planned_sessions", lowest=allowed.min, highest=allowed.max)
        adaptation = with_ticked(sent, adaptation)
    return {
        "profile": {key: sent.words(key, longest=1000) for key in PROFILE}
        | {"name": sent.words("name", required="Write the name, or how the client wants to be called.")},
        "adaptation": adaptation,
        "planned_sessions": planned,
        "birth_year": sent.number("birth_year", lowest=1890, highest=clock.today().year),
        "language": sent.choice("language", LANGUAGES) or "en",
        "region": sent.words("region", longest=20).lower(),
        "emergency": {key: words for key in EMERGENCY if (words := sent.words(key, longest=500))},
        "first_at": sent.moment("first_on", "first_time"),
        "format": sent.choice("format", FORMAT_WORDS) or "in_person",
        "place": sent.words("place", longest=500),
        "supervisor": _supervisor(sent),
    }


def _supervisor(sent: Sent) -> User | None:
    chosen = sent.values.get("supervisor", "")
    if not chosen:
        return None
    try:
        found = User.objects.filter(pk=UUID(chosen), role=Role.SUPERVISOR, is_active=True).first()
    except ValueError:
        found = None
    if found is None:
        sent.fault("supervisor", "Choose one of those shown.")
    return found


def _taken_on_already(user: User, wanted: dict) -> UUID | None:
    """The same client from the same hand a moment ago: a double press, not a second person."""
    recent = clock.now() - timedelta(seconds=30)
    rows = Episode.objects.filter(Q(created_at__gt=recent), therapist=user, adaptation=wanted["adaptation"])
    for episode in rows.select_related("client"):
        kept = {key: words for key, words in wanted["profile"].items() if words}
        if episode.client.profile == kept:
            return episode.pk
    return None


@transaction.atomic
def _take_on(user: User, wanted: dict) -> Episode:
    by_at = {"by": user, "at": clock.now()}
    episode = actions.enrol_client(
        therapist=user,
        **{
            key: wanted[key]
            for key in ("profile", "adaptation", "planned_sessions", "birth_year", "language", "region")
        },
        **by_at,
    )
    if wanted["emergency"]:
        entries.add_entry(
            episode=episode,
            record_type="rec_emergency",
            payload=wanted["emergency"],
            final=True,
            for_task=_emergency_task(wanted["adaptation"]),
            **by_at,
        )
    if wanted["supervisor"]:
        episodes.set_supervisor(episode=episode, supervisor=wanted["supervisor"], **by_at)
    if wanted["first_at"]:
        sessions.plan_session(
            episode=episode,
            planned_at=wanted["first_at"],
            minutes=_first_minutes(wanted["adaptation"]),
            format=wanted["format"],
            place=wanted["place"],
            **by_at,
        )
    return episode


def _emergency_task(adaptation: str) -> str:
    """The task that whom to call in an emergency does, also when it is asked before the first meeting."""
    return next((task.id for task in library.manual(adaptation).tasks_shown_by("rec_emergency")), "")


def _first_minutes(adaptation: str) -> int | None:
    """The first meeting is longer (ipt.md 3.1, DEFAULT)."""
    first = library.manual(adaptation).first_minutes
    return first[0] if first else None
