"""The decision rules of one course: what each says today and why, what was decided, and what fired before."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import firings as actions
from openipt.records.models import RuleDecision
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_rules import present_rules

WHY = "Write the reason in a few words. It is kept with the decision."


@roles("therapist", "supervisor")
def rules(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    return _show(request, episode_page(request, episode_id, Act.SEE_EPISODE))


def _show(
    request: HttpRequest,
    page: EpisodePage,
    *,
    sent: Sent | None = None,
    faults: tuple[FieldFault, ...] = (),
    refused: tuple[str, ...] = (),
    rule: str = "",
) -> HttpResponse:
    return show(
        request,
        "therapist/rules.html",
        page,
        status=409 if refused else 422 if faults else 200,
        rules=present_rules(page),
        values=sent.values if sent else {},
        faults=faults,
        refused=refused,
        at_rule=rule,
    )


@roles("therapist", "supervisor")
@require_POST
def decide(request: HttpRequest, episode_id: UUID, rule: str) -> HttpResponse:
    """A clinician decides on a rule that fires: with why, and when to be asked again."""
    page = episode_page(request, episode_id, Act.DECIDE_RULE)
    if rule not in page.manual.rules:
        raise NoAccess
    sent = Sent(request.POST)
    decision = sent.choice(
        "decision", tuple(d.value for d in RuleDecision), required="Choose what you decide."
    )
    asked = "" if decision in ("", RuleDecision.DONE) else WHY
    reason = sent.words("reason", required=asked)
    again = sent.day("again_on") if decision == RuleDecision.NOT_NOW else None
    if sent.faults:
        return _show(request, page, sent=sent, faults=tuple(sent.faults), rule=rule)
    try:
        actions.decide_rule(
            episode=page.episode,
            rule=rule,
            decision=decision,
            reason=reason,
            again_on=again,
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _show(request, page, sent=sent, faults=error.faults, rule=rule)
    except NotAllowedNow as error:
        return _show(request, page, sent=sent, refused=tuple(error.reasons), rule=rule)
    say(request, "Your decision is kept with its reason.")
    return go(request, page.address(f"rules/#{rule}"))
