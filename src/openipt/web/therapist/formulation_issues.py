"""Issues: one page to rate an issue, factor by factor with what it rests on; and the order agreed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openipt.core.course.agreeing import order_differs
from openipt.errors import EntryNotValid, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, entry_of, episode_page, go, role_of, say, show
from openipt.web.therapist.formulation import ROOM, show_room
from openipt.web.therapist.presenters_ranking import (
    ISSUE,
    RANKED,
    factor_rows,
    issue_entries,
    issue_values,
    open_issues,
    ranked_values,
    ranking_of,
    weights,
)
from openipt.web.therapist.presenters_records import present_conflict
from openipt.web.therapist.room_parts import add_once, keep_version, version_read

RANK_TASK = "I11"


@roles("therapist")
def issue(request: HttpRequest, episode_id: UUID, entry_id: UUID | None = None) -> HttpResponse:
    """Rate one issue: a new one, one of the last ranking (`?issue=`), or the one of this record again."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    entry = entry_of(page, entry_id) if entry_id else None
    name = _name(request, page, entry)
    before = dict(entry.visible) if entry else dict(issue_values(page).get(name, {}))
    if request.method != "POST":
        return _form_page(request, page, _form(page, before), entry, name)
    form = RecordForm.from_post(
        page.manual.record_types[ISSUE],
        request.POST,
        people=page.people_to_pick,
        codes=page.codes,
        without=("id",),
        role=role_of(page),
        final=True,
    )
    if not form.is_valid:
        return _form_page(request, page, form, entry, name)
    try:
        _keep(request, page, entry, {**form.values, "id": name})
    except EntryNotValid as error:
        return _form_page(request, page, form.with_faults(error.faults), entry, name)
    except Refused as refused:
        return _conflict(request, page, form, entry, name, refused)
    say(request, "The issue is kept with its ratings.")
    return go(request, page.address("formulation/#ranking"))


def _name(request: HttpRequest, page: EpisodePage, entry: Entry | None) -> str:
    """The short name of the issue: its own, or the next that is free."""
    if entry is not None:
        if entry.record_type != ISSUE:
            raise NotAllowedNow(("This record is no issue.",))
        return next((name for name, one in issue_entries(page).items() if one.pk == entry.pk), "") or str(
            entry.visible.get("id") or ""
        )
    known = issue_values(page)
    wanted = request.POST.get("issue") or request.GET.get("issue", "")
    if wanted in known:
        return wanted
    if len(open_issues(known)) >= weights().most_issues:
        raise NotAllowedNow(
            (f"Rank at most {weights().most_issues} issues. Resolve, drop or withdraw one first.",)
        )
    return next(name for n in range(1, 100) if (name := f"i{n}") not in known)


def _form(page: EpisodePage, values: dict[str, Any]) -> RecordForm:
    return RecordForm.from_values(
        page.manual.record_types[ISSUE],
        values,
        people=page.people_to_pick,
        codes=page.codes,
        without=("id",),
        role=role_of(page),
    )


@transaction.atomic
def _keep(request: HttpRequest, page: EpisodePage, entry: Entry | None, values: dict[str, Any]) -> None:
    """Change the record where it may still change, else write the rating of today beside it."""
    if not issue_entries(page):
        _carry_over(page, values["id"])
    keep_version(page, ISSUE, entry, values, version_read(request.POST, entry), final=True)


def _carry_over(page: EpisodePage, but: str) -> None:
    """The other issues of the last ranking become records too, or they would drop out of the order."""
    for name, found in issue_values(page).items():
        kept = {
            key: found[key]
            for key in ("text", "area", "factors", "evidence", "state", "state_reason")
            if found.get(key)
        }
        if name != but and kept.get("text"):
            add_once(page, ISSUE, {"id": name, **kept})


def _conflict(
    request: HttpRequest, page: EpisodePage, form: RecordForm, entry: Entry, name: str, refused: Refused
) -> HttpResponse:
    entry.refresh_from_db(fields=["version", "updated_at"])
    kind = page.manual.record_types[ISSUE]
    conflict = present_conflict(page, entry, kind, theirs=refused.theirs, yours=form.values)
    return _form_page(request, page, form, entry, name, conflict=conflict, status=409)


def _form_page(
    request: HttpRequest,
    page: EpisodePage,
    form: RecordForm,
    entry: Entry | None,
    name: str,
    *,
    conflict: Any = None,
    status: int = 0,
) -> HttpResponse:
    controls = {control.path: control for control in form.controls}
    evidence = {one.path.split(".")[1]: one for one in controls["evidence"].controls}
    pairs = [
        (row, factor, replace(evidence[row.id], label=f"{row.name}: what it rests on"))
        for row, factor in zip(factor_rows(form.values), controls["factors"].controls, strict=True)
    ]
    return show(
        request,
        "therapist/formulation_issue.html",
        page,
        form=form,
        heads=(controls["text"], controls["area"]),
        tail=(controls["state"], controls["state_reason"]) if entry or name in issue_values(page) else (),
        pairs=pairs,
        entry=entry,
        name=name,
        conflict=conflict,
        version=entry.version if entry else 0,
        status=status or (422 if form.error_lines else 200),
    )


# -- the order ---------------------------------------------------------------------------------------


@roles("therapist")
@require_POST
def order(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Keep the order agreed with the client: one `rec_issue_ranking` for each issue (I11)."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    values = open_issues(issue_values(page))
    ranking = ranking_of(values)
    sent = Sent(request.POST)
    most = len(ranking.ranked)
    names = [one.issue.id for one in ranking.ranked]
    client = {name: sent.number(f"client-{name}", lowest=1, highest=most) for name in names}
    final = {name: sent.number(f"final-{name}", lowest=1, highest=most, required=True) for name in names}
    reason = sent.words("reason", longest=5000)
    agreed = _check_order(sent, final, client)
    differs = any(order_differs(one.rank, final[one.issue.id]) for one in ranking.ranked)
    if not sent.faults and differs and not reason:
        sent.fault("reason", "The agreed order differs from the order by score. Write the reason.")
    if sent.faults:
        return show_room(request, page, sent=sent)
    with transaction.atomic():
        for name in agreed:
            made = ranked_values(name, values[name], ranking, client[name], final[name] or 0, reason)
            add_once(page, RANKED, made, task=RANK_TASK, final=True)
    say(request, "The order is kept.")
    return go(request, page.address("formulation/#ranking"))


def _check_order(sent: Sent, final: dict[str, int | None], client: dict[str, int | None]) -> list[str]:
    """The issues in the order agreed; every place is given once."""
    for prefix, places in (("final", final), ("client", client)):
        given = [place for place in places.values() if place is not None]
        twice = next((name for name, place in places.items() if place and given.count(place) > 1), None)
        if twice is not None and not sent.faults:
            sent.fault(
                f"{prefix}-{twice}", "Two issues stand in the same place. Give each a place of its own."
            )
    return sorted(final, key=lambda name: final[name] or 0)
