"""The check-in: every choice is kept the moment it is made, with script or without.

Without script each screen is a form whose answers are its buttons. With script the same forms go by
htmx, the page with all questions sends each choice as it is made, and a lost connection or an expired
sign-in is told and mended (js/check_in.js).
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openipt import library
from openipt.core.course.measures_due import measures_due
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.actions import alerts, checkins
from openipt.records.models import Alert, CheckIn, CheckInMode
from openipt.records.queries.checkins import answers_so_far, check_in_for, unfinished_of
from openipt.web.client.common import ClientPage, client_page, show
from openipt.web.client.presenters_check_in import (
    MOOD,
    Sitting,
    mark_of,
    present_beginning,
    present_receipt,
    present_sitting,
    with_hidden_part,
)
from openipt.web.jinja import clock_time

WAYS = ("one", "all")
WAY_COOKIE = "openipt_way"
A_YEAR = 60 * 60 * 24 * 365
DECLINED = "declined"
EXTRAS = ("event", "talk_about")
NOT_AN_ANSWER = "Choose one of the answers, or say that you would rather not answer."


# -- beginning --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Before the first question: who reads this and when. Then the sitting that is open, or a new one."""
    page = client_page(request)
    check_in = unfinished_of(page.user, page.episode, page.at, page.on)
    if request.method == "POST":
        return _begin(request, page, check_in)
    due = tuple(measure for measure, _ in check_in.measures) if check_in else measures_to_ask(page)
    beginning = present_beginning(page, due, check_in, _way(request))
    return show(request, "client/check_in_begin.html", page, beginning=beginning)


def measures_to_ask(page: ClientPage) -> tuple[str, ...]:
    """What is due and may be asked on a client's own device."""
    due = measures_due(page.manual, page.course, page.on)
    return tuple(measure for measure in due if library.measure(measure).may_go_to_client)


def _begin(request: HttpRequest, page: ClientPage, check_in: CheckIn | None) -> HttpResponse:
    check_in = check_in or checkins.open_checkin(episode=page.episode, by=page.user, at=page.at)
    _keep_words(request, page, check_in)  # words that came too late for the check-in before
    way = request.POST.get("way", "")
    way = way if way in WAYS else _way(request)
    response = HttpResponseRedirect(_address(check_in, way, _sitting(page, check_in).first_open))
    response.set_cookie(
        WAY_COOKIE, way, max_age=A_YEAR, path="/me/", samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _way(request: HttpRequest) -> str:
    """One question a screen, or all on one page: as this client chose last."""
    way = request.COOKIES.get(WAY_COOKIE, "")
    return way if way in WAYS else WAYS[0]


def _address(check_in: CheckIn, way: str, number: int) -> str:
    if way == "all":
        return reverse("client:check-in-all", args=[check_in.pk])
    return _screen(check_in, number)


def _screen(check_in: CheckIn, number: int) -> str:
    return reverse("client:check-in-screen", args=[check_in.pk, number])


def _receipt(check_in: CheckIn) -> HttpResponse:
    return HttpResponseRedirect(reverse("client:check-in-receipt", args=[check_in.pk]))


def _sitting(page: ClientPage, check_in: CheckIn) -> Sitting:
    risky = check_in.alerts.exclude(rule=alerts.ASK_RULE).exists()
    return present_sitting(check_in, answers_so_far(check_in), help_needed=risky, signs=page.behind_lock)


def _own(page: ClientPage, check_in_id: UUID) -> CheckIn:
    """A check-in that this client answers on their own device."""
    check_in = check_in_for(page.user, check_in_id, page.on)
    if check_in.mode != CheckInMode.CLIENT or check_in.episode_id != page.episode.pk:
        raise NoAccess
    return check_in


# -- one question a screen --------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, check_in_id: UUID, number: int) -> HttpResponse:
    """One question, or the two lines of words on the last screen."""
    page = client_page(request)
    check_in = _own(page, check_in_id)
    if check_in.is_finished:
        return _receipt(check_in)
    sitting = _sitting(page, check_in)
    if not 1 <= number <= sitting.screens:
        raise Http404
    asked = sitting.question(number)
    if request.method == "GET" and asked is not None and not asked.is_asked:
        return HttpResponseRedirect(_screen(check_in, sitting.after(number)))
    if request.method == "GET":
        return _show_screen(request, page, sitting, number)
    return _answer_screen(request, page, check_in, sitting, number)


def _answer_screen(
    request: HttpRequest, page: ClientPage, check_in: CheckIn, sitting: Sitting, number: int
) -> HttpResponse:
    question = sitting.question(number)
    if question is None:
        raise Http404
    fault = _keep(request, page, check_in, question.name, request.POST.get("value", ""))
    if fault is not None:
        return _show_screen(request, page, sitting, number, fault=fault, status=422)
    after = _sitting(page, check_in)
    kept = after.question(number)
    stays = (
        kept is not None and kept.asks_for_help
    )  # whom to call stands first; the client goes on from there
    going_to = number if stays else after.after(number)
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(_screen(check_in, going_to))
    response = _show_screen(request, page, after, going_to)
    response["HX-Push-Url"] = _screen(check_in, going_to)
    return response


def _show_screen(
    request: HttpRequest,
    page: ClientPage,
    sitting: Sitting,
    number: int,
    *,
    fault: FieldFault | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"sitting": sitting, "number": number, "question": sitting.question(number), "fault": fault}
    whole = not request.headers.get("HX-Request") or request.headers.get("HX-History-Restore-Request")
    template = "client/check_in_screen.html" if whole else "client/_screen.html"
    return show(request, template, page, status=status, **context)


def _keep(
    request: HttpRequest, page: ClientPage, check_in: CheckIn, name: str, value: str
) -> FieldFault | None:
    """Keep one choice; what is no choice is told at its question, and nothing is lost."""
    try:
        alert = _choose(page, check_in, name, value)
    except (EntryNotValid, ValueError):
        return FieldFault(name, NOT_AN_ANSWER)
    if alert is not None and alert.rule != alerts.ASK_RULE:
        alerts.mark_shown_to_client(alert=alert, by=page.user, at=page.at)
    return None


def _choose(page: ClientPage, check_in: CheckIn, name: str, value: str) -> Alert | None:
    if name == MOOD:
        if value != DECLINED:
            checkins.set_extras(check_in=check_in, mood=_whole(value), by=page.user, at=page.at)
        return None
    measure, _, item = name.rpartition(".")
    who = {"check_in": check_in, "measure": measure, "item": _whole(item), "by": page.user, "at": page.at}
    if value == DECLINED:
        return checkins.decline_item(**who)
    return checkins.record_answer(**who, value=_whole(value))


def _whole(text: str) -> int:
    """A whole number as our own pages send it. ValueError for anything else."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("not a whole number")
    return int(text)


# -- all on one page --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def all_on_one_page(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Every question under one another. Its form keeps everything and then sends."""
    page = client_page(request)
    check_in = _own(page, check_in_id)
    if check_in.is_finished:
        return _sent_before(request, page, check_in)
    if request.method == "GET":
        return show(request, "client/check_in_all.html", page, sitting=_sitting(page, check_in), faults=())
    faults = _keep_all(request, page, check_in)
    check_in.refresh_from_db()
    if faults:
        return show(
            request,
            "client/check_in_all.html",
            page,
            status=422,
            sitting=_sitting(page, check_in),
            faults=faults,
        )
    return _send(request, page, check_in)


def _keep_all(request: HttpRequest, page: ClientPage, check_in: CheckIn) -> list[FieldFault]:
    before = _sitting(page, check_in)
    faults = []
    for question in before.questions:
        value = request.POST.get(question.name, "")
        fault = _keep(request, page, check_in, question.name, value) if value else None
        if fault is not None:
            faults.append(FieldFault(question.name, fault.message))
    return [*faults, *_keep_words(request, page, check_in)]


@require_POST
def answer(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """One choice, sent by the page with all questions as it is made."""
    page = client_page(request)
    check_in = _own(page, check_in_id)
    name = request.POST.get("name", "")
    if check_in.is_finished:
        return _chosen_before(page, check_in, name, request.POST.get("value", ""))
    try:
        fault = _keep(request, page, check_in, name, request.POST.get("value", ""))
    except NotAllowedNow:
        check_in = _own(page, check_in_id)
        if not check_in.is_finished:
            raise
        return _chosen_before(page, check_in, name, request.POST.get("value", ""))  # sent in this very moment
    if fault is not None:
        return JsonResponse({"message": fault.message}, status=422)
    question = next((one for one in _sitting(page, check_in).questions if one.name == name), None)
    needed = question is not None and question.asks_for_help
    shown = {"page": page, "going_on": True}
    panel = render_to_string("client/_call_now.html", shown, request=request) if needed else ""
    return JsonResponse({"at": clock_time(page.at), "help": panel})


def _chosen_before(page: ClientPage, check_in: CheckIn, name: str, value: str) -> HttpResponse:
    """A choice that arrives while its check-in is being sent went with it; another one came too late."""
    question = next((one for one in _sitting(page, check_in).questions if one.name == name), None)
    kept = [choice.value for choice in question.choices if choice.chosen] if question else []
    if question and (value in kept or (question.declined and value == DECLINED)):
        return JsonResponse({"at": clock_time(page.at), "help": ""})
    return JsonResponse({"sent": True}, status=409)


# -- words, sending, receipt ------------------------------------------------------------------------


@require_POST
def keep_words(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """One of the two lines, as it is typed (the protocol of js/autosave.js)."""
    page = client_page(request)
    check_in = _own(page, check_in_id)
    name, typed = request.POST.get("name", ""), request.POST.get("value", "")
    if name not in EXTRAS:
        raise Http404
    if check_in.is_finished:
        return _after_sending(page, getattr(check_in, name), typed)
    mark = request.POST.get("version", "")
    try:
        kept = _keep_line(page, check_in, name, typed, mark)
    except EntryNotValid as error:
        return JsonResponse({"message": error.faults[0].message}, status=422)
    shown = kept if page.behind_lock is None else _plain(typed)
    return JsonResponse({"version": mark_of(shown), "at": clock_time(page.at)})


def _after_sending(page: ClientPage, kept: str, typed: str) -> HttpResponse:
    """A line that is saved once more while its check-in is being sent is known already."""
    said = _plain(typed)
    if said == kept or (said and kept.endswith(said)):
        return JsonResponse({"version": mark_of(kept), "at": clock_time(page.at)})
    message = "This check-in was sent already. You can begin another one for what you want to add."
    return JsonResponse({"message": message}, status=422)


def _keep_words(request: HttpRequest, page: ClientPage, check_in: CheckIn) -> list[FieldFault]:
    faults: list[FieldFault] = []
    for name in EXTRAS:
        if name not in request.POST:
            continue
        try:
            _keep_line(page, check_in, name, request.POST[name], request.POST.get(f"{name}_mark", ""))
        except EntryNotValid as error:
            faults += error.faults
    return faults


def _plain(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()


def _keep_line(page: ClientPage, check_in: CheckIn, name: str, typed: str, mark: str) -> str:
    """Keep a line. If another tab kept something since the page was drawn, neither of the two is lost."""
    kept, typed = getattr(check_in, name), _plain(typed)
    if page.behind_lock is not None:
        typed = with_hidden_part(kept, typed, mark)
    elif mark and mark != mark_of(kept) and kept and not typed.startswith(kept):
        typed = kept if not typed or typed in kept else f"{kept}\n\n{typed}"
    if typed == kept:
        return kept
    changed = checkins.set_extras(check_in=check_in, by=page.user, at=page.at, **{name: typed})
    check_in.event, check_in.talk_about = changed.event, changed.talk_about
    return str(getattr(changed, name))


@require_POST
def send(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """The last screen: its words are kept, then the check-in is sent."""
    page = client_page(request)
    check_in = _own(page, check_in_id)
    if check_in.is_finished:
        return _sent_before(request, page, check_in)
    faults = _keep_words(request, page, check_in)
    if faults:
        sitting = _sitting(page, check_in)
        context = {"sitting": sitting, "number": sitting.screens, "question": None, "fault": None}
        typed = {name: request.POST.get(name, "") for name in EXTRAS}
        return show(
            request, "client/check_in_screen.html", page, status=422, faults=faults, typed=typed, **context
        )
    if "back" in request.POST:
        sitting = _sitting(page, check_in)
        return HttpResponseRedirect(_screen(check_in, sitting.before(sitting.screens)))
    return _send(request, page, check_in)


def _sent_before(request: HttpRequest, page: ClientPage, check_in: CheckIn) -> HttpResponse:
    """It was sent from another tab. Words that did not go with it are offered for another check-in."""
    typed = {name: _plain(request.POST.get(name, "")) for name in EXTRAS}
    left = {name: said for name, said in typed.items() if said and said not in getattr(check_in, name)}
    if not left:
        return _receipt(check_in)
    return show(request, "client/check_in_sent_before.html", page, left=left, way=_way(request))


def _send(request: HttpRequest, page: ClientPage, check_in: CheckIn) -> HttpResponse:
    """Send it; once, the client is asked about questions that were passed over."""
    sitting = _sitting(page, check_in)
    if sitting.left_open and "as_it_is" not in request.POST:
        return show(request, "client/check_in_open.html", page, sitting=sitting, way=_way(request))
    checkins.finish_checkin(check_in=check_in, by=page.user, at=page.at)
    return _receipt(check_in)


@require_GET
def receipt(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """When it was sent, what, and to whom. It can be opened again at any time."""
    page = client_page(request)
    check_in = _own(page, check_in_id)
    if not check_in.is_finished:
        return HttpResponseRedirect(reverse("client:check-in"))
    found = present_receipt(page, check_in, _sitting(page, check_in))
    return show(request, "client/check_in_receipt.html", page, receipt=found)
