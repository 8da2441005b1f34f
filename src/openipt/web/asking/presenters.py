"""The page for asking in plain values: whom to call, what this service does, what stands in each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from openipt.errors import FieldFault
from openipt.records import crisis
from openipt.records.queries.enquiries import takers
from openipt.web.asking.form import Read
from openipt.web.crisis_shown import RegionContacts, has_any, regions_shown
from openipt.web.jinja import clock_time, plural, week_day
from openipt.web.languages import LANGUAGES

NO_CONTACTS = "This service has not yet written down whom people in danger can call here. Until it has, it takes no enquiries."
NOT_HERE = "This service takes no enquiries on this page."
NOBODY = "At this time nobody here takes enquiries, so nobody would read what you write."
HOURS_NOT_SET = "in working hours"


@dataclass(frozen=True)
class AskingPage:
    """Everything the page says. `closed`: why there is no form; `instead`: whom to turn to then."""

    regions: tuple[RegionContacts, ...]
    closed: str
    instead: str
    readers: str
    hours: str
    answer: str
    youngest: int
    kept: str
    values: Mapping[str, str]
    faults: tuple[FieldFault, ...]
    languages: tuple[tuple[str, str], ...]
    region_choices: tuple[tuple[str, str], ...]
    call_now: bool = False
    is_demo: bool = False


@dataclass(frozen=True)
class Receipt:
    """What was kept: its reference, and what comes next."""

    regions: tuple[RegionContacts, ...]
    reference: str
    answer: str
    hours: str
    read_again: str
    call_now: bool


def why_closed() -> str:
    """Why there is no form, empty where there is one.

    Nobody is asked to write whom a live service could not tell whom to call, or whose words nobody would read.
    """
    if not settings.ENVIRONMENT.asking.is_open:
        return NOT_HERE
    if settings.ENVIRONMENT.is_live and not has_any():
        return NO_CONTACTS
    return "" if takers() else NOBODY


def present_page(now: datetime, sent: Read | None, faults: Sequence[FieldFault]) -> AskingPage:
    asking = settings.ENVIRONMENT.asking
    regions = crisis.regions()
    return AskingPage(
        regions=regions_shown(),
        closed=why_closed(),
        instead=asking.instead,
        readers="the few people who take enquiries here"
        if asking.intake
        else "the therapists of this service",
        hours=_hours(),
        answer=_answer(),
        youngest=asking.youngest,
        kept=_kept(asking.kept_days),
        values=sent.values if sent else {},
        faults=tuple(faults),
        languages=tuple(LANGUAGES.items()),
        region_choices=tuple((region, region.upper()) for region in regions) if len(regions) > 1 else (),
        call_now=bool(sent and (sent.ground or sent.is_too_young)),
        is_demo=not settings.ENVIRONMENT.is_live,
    )


def present_receipt(reference: str, call_now: bool, now: datetime) -> Receipt:
    return Receipt(
        regions=regions_shown(),
        reference=reference,
        answer=_answer(),
        hours=_hours(),
        read_again=_read_again(now),
        call_now=call_now,
    )


def _hours() -> str:
    environment = settings.ENVIRONMENT
    return environment.service_hours or environment.channels.times.in_words or HOURS_NOT_SET


def _answer() -> str:
    days = settings.ENVIRONMENT.asking.targets.answer_days
    return f"within {plural(days, 'day')}" if days else "on the same day"


def _kept(days: int) -> str:
    return plural(days // 30, "month") if days >= 60 else plural(days, "day")


def _read_again(now: datetime) -> str:
    """When somebody reads again, where nobody does now; empty in service hours."""
    times = settings.ENVIRONMENT.channels.times
    if times.is_open(now):
        return ""
    opens = times.at_or_after(now)
    return f"{week_day(opens)} at {clock_time(opens)}"
