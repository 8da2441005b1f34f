"""An alert worked through, step by step (ipt.md 11.3). Every step is added, none is taken away.

One page: each form on it says in `act` which step it takes. What cannot be taken now is told with what
was typed still in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import alerts, drafts, tellings
from openipt.records.models import Alert, DraftText, StepKind
from openipt.records.prepared import Prepared
from openipt.records.queries.alerts import alerts_of, steps_of
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, say, show
from openipt.web.therapist.presenters_alerts import present_alert

_KEPT: Prepared[DraftText] = Prepared(
    lambda user, episode, key: DraftText.objects.filter(user=user, episode=episode, key=key).order_by("at"),
    UUID,
    UUID,
    str,
)


@roles("therapist", "supervisor")
def alert(request: HttpRequest, episode_id: UUID, alert_id: UUID) -> HttpResponse:
    """One alert: what it is, its path, its history; and the steps taken here."""
    page = episode_page(request, episode_id, Act.SEE_ALERT, room="safety", read="alert-read")
    found = alert_of(page, alert_id)
    if request.method == "POST":
        return _take(request, page, found)
    tellings.mark_shown(alerts=[found.pk], by=page.user, at=page.at)
    if found.is_open and page.may(Act.WORK_ALERT) and not _was_seen(page, found):
        alerts.mark_seen(alert=found, by=page.user, at=page.at)
        found = alert_of(page, alert_id)
    return _show(request, page, found)


def alert_of(page: EpisodePage, alert_id: UUID) -> Alert:
    """An alert of this very episode with its steps; `NoAccess` for any other."""
    known = alerts_of(page.user, page.episode, page.on)
    found = next((one for one in known if one.pk == alert_id), None)
    if found is None:
        raise NoAccess
    return found


def _was_seen(page: EpisodePage, found: Alert) -> bool:
    return any(step.kind == StepKind.SEEN and step.by_id == page.user.pk for step in steps_of(found))


def _show(
    request: HttpRequest,
    page: EpisodePage,
    found: Alert,
    *,
    typed: Mapping[str, str] | None = None,
    faults: tuple[FieldFault, ...] = (),
    refused: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    shown = present_alert(page, found, _kept(page, found))
    return show(
        request,
        "therapist/alert.html",
        page,
        status=status,
        alert=shown,
        typed=typed or {},
        faults=faults,
        refused=refused,
    )


def _kept(page: EpisodePage, found: Alert) -> tuple[DraftText, ...]:
    """What this person wrote when somebody else had closed the alert first."""
    kept = tuple(_KEPT(page.user.pk, page.episode.pk, f"alert:{found.pk}"))
    for text in kept:
        text.episode = page.episode
    return kept


# -- taking a step -----------------------------------------------------------------------------------


def _take(request: HttpRequest, page: EpisodePage, found: Alert) -> HttpResponse:
    sent = Sent(request.POST)
    step = STEPS.get(sent.values.get("act", ""))
    if step is None:
        raise NotAllowedNow(("This form is not known here. Open the alert again.",))
    try:
        said = step(page, found, sent)
    except EntryNotValid as error:
        faults = tuple(FieldFault(_at_field(sent, fault.path), fault.message) for fault in error.faults)
        return _show(request, page, found, typed=sent.values, faults=faults, status=422)
    except NotAllowedNow as refused:
        _keep_words(page, found, sent)
        now = alert_of(page, found.pk)
        return _show(request, page, now, typed=sent.values, refused=refused.reasons, status=409)
    say(request, said)
    return HttpResponseRedirect(page.address(f"alerts/{found.pk}/"))


def _at_field(sent: Sent, path: str) -> str:
    """The field of this form at which an action's fault stands."""
    act = sent.values.get("act", "")
    names = {"words": f"{act}_words", "happened_at": f"{act}_day", "on": f"{act}_on"}
    return names.get(path, path)


def _keep_words(page: EpisodePage, found: Alert, sent: Sent) -> None:
    """A step that came too late: its words are kept for their writer. (Closing keeps its own.)"""
    act = sent.values.get("act", "")
    words = sent.values.get(f"{act}_words", "").strip()
    if words and act != "resolve" and not alert_of(page, found.pk).is_open:
        drafts.keep_refused(
            episode=page.episode, key=f"alert:{found.pk}", field=act, text=words, by=page.user, at=page.at
        )


def _raise_faults(sent: Sent) -> None:
    if sent.faults:
        raise EntryNotValid(tuple(sent.faults))


def _shown(page: EpisodePage, found: Alert, sent: Sent) -> str:
    alerts.mark_shown_to_client(alert=found, by=page.user, at=page.at)
    return "Kept: the client has the crisis contacts."


def _acknowledge(page: EpisodePage, found: Alert, sent: Sent) -> str:
    alerts.acknowledge(alert=found, by=page.user, at=page.at)
    return "You have taken this alert on. It stays open until it is worked through."


def _step_with_words(kind: str, said: str) -> Callable[[EpisodePage, Alert, Sent], str]:
    """A step with words, and the time it was done where that was earlier."""

    def take(page: EpisodePage, found: Alert, sent: Sent) -> str:
        act = sent.values["act"]
        required = "" if kind == "contacted" else "Write a few words here."
        words = sent.words(f"{act}_words", required=required, longest=20_000)
        happened_at = sent.moment(f"{act}_day", f"{act}_time")
        _raise_faults(sent)
        given = {"alert": found, "by": page.user, "at": page.at}
        alerts.add_step(**given, kind=kind, words=words, happened_at=happened_at)
        return said

    return take


def _follow_up(page: EpisodePage, found: Alert, sent: Sent) -> str:
    on = sent.day("follow_up_on", required="Say on which day you speak with the client next.")
    words = sent.words("follow_up_words", longest=20_000)
    _raise_faults(sent)
    alerts.add_step(alert=found, kind="follow_up", words=words, on=on, by=page.user, at=page.at)
    return "Kept: the next contact."


def _resolve(page: EpisodePage, found: Alert, sent: Sent) -> str:
    alerts.resolve(
        alert=found,
        words=sent.values.get("resolve_words", ""),
        reason_without_plan=sent.values.get("reason_without_plan", ""),
        by=page.user,
        at=page.at,
    )
    return "The alert is closed. It stays in the history with every step."


def _let_go(page: EpisodePage, found: Alert, sent: Sent) -> str:
    text = next((one for one in _kept(page, found) if str(one.pk) == sent.values.get("text")), None)
    if text is not None:
        drafts.let_go(draft=text, by=page.user, at=page.at)
    return "Let go."


STEPS: Mapping[str, Callable[[EpisodePage, Alert, Sent], str]] = {
    "shown": _shown,
    "acknowledge": _acknowledge,
    "contacted": _step_with_words("contacted", "Kept: you spoke with the client."),
    "tried": _step_with_words(
        "note", "Kept. Where the client cannot be reached, the emergency path is open."
    ),
    "emergency": _step_with_words("emergency", "Kept: the emergency path."),
    "told": _step_with_words("told_supervisor", "Kept: who was told."),
    "follow_up": _follow_up,
    "review": _step_with_words("review", "Kept: the contact that was held."),
    "note": _step_with_words("note", "Kept."),
    "resolve": _resolve,
    "let_go": _let_go,
}
