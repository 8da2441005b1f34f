"""How a course is arranged: its status, its plan, its therapist, the client's login and contacts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openipt import library
from openipt.core.course.course import EndReason, EpisodeStatus
from openipt.core.course.phases import sessions_before
from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records import safety
from openipt.records.access import Act
from openipt.records.actions import clients as client_actions
from openipt.records.actions import episodes as actions
from openipt.records.models import Role, User
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.clients import PROFILE
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_clients import LANGUAGES, phases_to_plan, present_course

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
WHY = "Write the reason in a few words."


@roles("therapist", "supervisor")
def course(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE)
    return _show(request, page)


def _show(
    request: HttpRequest,
    page: EpisodePage,
    *,
    values: Mapping[str, str] | None = None,
    faults: tuple[FieldFault, ...] = (),
    refused: tuple[str, ...] = (),
    form: str = "",
) -> HttpResponse:
    arranged = present_course(page, needs_named=safety.needs_named_clinician(page.episode))
    return show(
        request,
        "therapist/course.html",
        page,
        status=409 if refused else 422 if faults else 200,
        course=arranged,
        values=values or {},
        faults=faults,
        refused=refused,
        form=form,
        languages=tuple(LANGUAGES.items()),
    )


Change = Callable[[EpisodePage, Sent], str]


def _change(request: HttpRequest, episode_id: UUID, act: Act, form: str, change: Change) -> HttpResponse:
    """Read a form, do it, say so; or the page again with what was typed and what is wrong."""
    page = episode_page(request, episode_id, act)
    sent = Sent(request.POST)
    try:
        said = change(page, sent)
    except EntryNotValid as error:
        return _show(request, page, values=sent.values, faults=error.faults, form=form)
    except NotAllowedNow as error:
        return _show(request, page, values=sent.values, refused=tuple(error.reasons), form=form)
    say(request, said)
    return go(request, page.address("course/"))


def _whole(sent: Sent) -> None:
    if sent.faults:
        raise EntryNotValid(tuple(sent.faults))


def _colleague(sent: Sent, name: str, roles: tuple[str, ...], required: str = "") -> User | None:
    """A clinician chosen from the list."""
    chosen = sent.values.get(name, "")
    if not chosen:
        if required:
            sent.fault(name, required)
        return None
    try:
        found = User.objects.filter(pk=UUID(chosen), role__in=roles, is_active=True).first()
    except ValueError:
        found = None
    if found is None:
        sent.fault(name, "Choose one of those shown.")
    return found


@roles("therapist")
@require_POST
def change_status(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Pause, go on, end: one step of the table of moves, with its reason."""
    return _change(request, episode_id, Act.CHANGE_EPISODE, "status", _change_status)


def _change_status(page: EpisodePage, sent: Sent) -> str:
    status = sent.choice("status", tuple(s.value for s in EpisodeStatus), required="Choose the step.")
    ends = status == EpisodeStatus.ENDED
    reasons = tuple(reason.value for reason in EndReason)
    end = sent.choice("end_reason", reasons, required="Choose why it ends.") if ends else ""
    on = sent.day("on")
    words = sent.words("reason", required=WHY)
    responsible = _colleague(sent, "responsible", (Role.THERAPIST, Role.SUPERVISOR))
    _whole(sent)
    actions.change_status(
        episode=page.episode,
        status=status,
        end_reason=end,
        reason=words,
        responsible=responsible,
        on=on,
        by=page.user,
        at=page.at,
    )
    return "The change is kept with its reason."


@roles("therapist")
@require_POST
def change_plan(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Another number of sessions, and the phase the added ones belong to (DR-27, DR-28)."""
    return _change(request, episode_id, Act.CHANGE_EPISODE, "plan", _change_plan)


def _change_plan(page: EpisodePage, sent: Sent) -> str:
    held = max(1, len(page.course.held))
    planned = sent.number("planned_sessions", lowest=held, highest=200, required=True)
    phase = sent.choice("phase", tuple(dict(phases_to_plan(page))))
    words = sent.words("plan_reason", required=WHY)
    most = page.manual.sessions.max + sessions_before(page.course)
    if planned and planned > most and "approved" not in sent.values:
        sent.fault(
            "approved",
            f"{planned} is more than the {most} of this treatment. Confirm that your supervisor agrees.",
        )
    _whole(sent)
    if planned != page.status.planned_sessions:
        actions.change_plan(
            episode=page.episode,
            planned_sessions=planned,
            phase=phase,
            reason=words,
            by=page.user,
            at=page.at,
        )
    return f"{planned} sessions are agreed."


@roles("therapist")
@require_POST
def go_on(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The course goes on by an adaptation that follows acute treatment, such as maintenance (DR-29)."""
    return _change(request, episode_id, Act.CHANGE_EPISODE, "go-on", _go_on)


def _go_on(page: EpisodePage, sent: Sent) -> str:
    if page.manual.base == sent.values.get("adaptation"):
        return "The course goes on already."  # a double press
    acute = not page.manual.is_acute  # after maintenance, acute treatment may begin again
    following = tuple(manual.id for manual in library.offered().values() if manual.is_acute is acute)
    to = sent.choice("adaptation", following, required="Choose how the course goes on.")
    spans = [library.manual(one).sessions for one in following if one == to]
    lowest, highest = (spans[0].min, spans[0].max) if spans else (1, 200)
    planned = sent.number("own_sessions", lowest=lowest, highest=highest, required=True)
    words = sent.words("go_on_reason", required=WHY)
    _whole(sent)
    actions.go_on_by(
        episode=page.episode,
        adaptation=to,
        planned_sessions=planned,
        reason=words,
        by=page.user,
        at=page.at,
    )
    if acute:
        return "Acute treatment begins again. Nothing of the record has moved."
    return "The course goes on. Nothing of the record has moved."


@roles("therapist")
@require_POST
def hand_over(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Another therapist takes the episode on, with all that is open in it."""
    page = episode_page(request, episode_id, Act.HAND_OVER)
    sent = Sent(request.POST)
    try:
        therapist = _colleague(sent, "therapist", (Role.THERAPIST,), "Choose who takes it on.")
        words = sent.words("hand_over_reason", required=WHY)
        _whole(sent)
        actions.hand_over(episode=page.episode, therapist=therapist, reason=words, by=page.user, at=page.at)
    except EntryNotValid as error:
        return _show(request, page, values=sent.values, faults=error.faults, form="hand-over")
    except NotAllowedNow as error:
        return _show(request, page, values=sent.values, refused=tuple(error.reasons), form="hand-over")
    say(request, "The episode is handed over. It is no longer in your list.")
    return go(request, "/clients/")


@roles("therapist")
@require_POST
def name_supervisor(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    return _change(request, episode_id, Act.CHANGE_EPISODE, "supervisor", _name_supervisor)


def _name_supervisor(page: EpisodePage, sent: Sent) -> str:
    supervisor = _colleague(sent, "supervisor", (Role.SUPERVISOR,))
    _whole(sent)
    actions.set_supervisor(episode=page.episode, supervisor=supervisor, by=page.user, at=page.at)
    return "The supervisor of this episode is named." if supervisor else "No supervisor is named for it now."


@roles("therapist")
@require_POST
def change_profile(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    return _change(request, episode_id, Act.CHANGE_PROFILE, "profile", _change_profile)


def _change_profile(page: EpisodePage, sent: Sent) -> str:
    profile = {key: sent.words(key, longest=1000) for key in PROFILE if key in sent.values}
    year = sent.number("birth_year", lowest=1890, highest=page.on.year)
    language = sent.choice("language", LANGUAGES) or None
    region = sent.words("region", longest=20).lower() if "region" in sent.values else None
    _whole(sent)
    client_actions.change_profile(
        client=page.episode.client,
        profile=profile,
        birth_year=year,
        language=language,
        region=region,
        by=page.user,
        at=page.at,
    )
    return "The details are saved."


@roles("therapist")
@require_POST
def give_login(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """A login for the client. Its password is shown on this one page and nowhere else, ever."""
    page = episode_page(request, episode_id, Act.GIVE_LOGIN)
    password = new_password()
    user = client_actions.give_client_login(
        client=page.episode.client, password=password, by=page.user, at=page.at
    )
    address = request.build_absolute_uri("/me/")
    return show(
        request,
        "therapist/client_login.html",
        page,
        username=user.username,
        password=password,
        address=address,
    )


def new_password() -> str:
    """Four words that mean nothing and can be read aloud: 16 random syllable letters, about 49 bits."""
    syllables = [secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(8)]
    return "-".join("".join(syllables[start : start + 2]) for start in range(0, 8, 2))
