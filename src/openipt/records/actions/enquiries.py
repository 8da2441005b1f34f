"""Somebody asks for help; somebody tries to reach them; a therapist takes them on, or it is closed with a reason."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from openipt.core.course.enquiry import AsksFor, CloseReason, EnquiryState, Way, may_close, may_hand_over
from openipt.errors import NoAccess, NotAllowedNow, TooManyAsk
from openipt.records import audit, keys, sealing
from openipt.records.access import Act, require
from openipt.records.actions import alerts, clients
from openipt.records.actions.base import Actor, Operator, day_of, fault, held, refuse, tidy, wanted_day
from openipt.records.actors import WHO_ASKS
from openipt.records.models import AskingCount, Client, Enquiry, EnquiryContact, Role, User
from openipt.records.queries.enquiries import as_known

EVERYBODY = ""
LONGEST_REMARK = 2000
TWICE_WITHIN = timedelta(seconds=30)
TOO_MANY = (
    "More people are asking at this moment than we can take in one hour. What you wrote still stands below: "
    "please send it again in an hour."
)


@dataclass(frozen=True)
class Asked:
    """What the form says, read and checked. `profile`: name and ways to be reached; `words`: all else in words."""

    profile: Mapping[str, str]
    asks_for: str
    words: Mapping[str, Any] = field(default_factory=dict)
    ground: str = ""
    language: str = "en"
    birth_year: int | None = None
    region: str = ""


@dataclass(frozen=True)
class Opened:
    """The enquiry of this form. Not new: it was sent before, and `is_same` says whether with the same words."""

    enquiry: Enquiry
    is_new: bool = True
    is_same: bool = True


def open_enquiry(*, form: UUID, asked: Asked, place: str, at: datetime) -> Opened:
    """Keep what somebody wrote under a key of their own. No account is made.

    `place`: where the request came from, empty where nobody can know; never kept. One form opens one enquiry,
    however often and at whatever moment it is sent.
    """
    try:
        return _open(form, asked, place, at)
    except IntegrityError:  # the same form at the turn of an hour, where two counts are held
        known = _of_form(form)
        if known is None:
            raise
        return Opened(known, is_new=False, is_same=_is_same(known, asked))


@transaction.atomic
def _open(form: UUID, asked: Asked, place: str, at: datetime) -> Opened:
    clients.require_crisis_contacts(asked.region)
    everybody = _count(EVERYBODY, at)  # held: those who ask at one moment come one after another
    known = _of_form(form)
    if known is not None:
        return Opened(known, is_new=False, is_same=_is_same(known, asked))
    forget_counts(at)
    limits = settings.ENVIRONMENT.asking
    _one_more(everybody, limits.an_hour)
    if place:
        _one_more(_count(_fingerprint(place, everybody.since), at), limits.from_one)
    client = clients.new_client(
        asked.profile, language=asked.language, birth_year=asked.birth_year, region=asked.region, at=at
    )
    enquiry = Enquiry(client=client, form=form, asked_at=at, asks_for=asked.asks_for, ground=asked.ground)
    enquiry.words = dict(asked.words) or None
    enquiry.save(force_insert=True)
    audit.record("enquiry-opened", by=WHO_ASKS, at=at, obj=enquiry)
    return Opened(enquiry)


def _of_form(form: UUID) -> Enquiry | None:
    return Enquiry.objects.filter(form=form).select_related("client").first()


def _is_same(known: Enquiry, asked: Asked) -> bool:
    """Was this sent before, with every word, tick and choice? Nothing of an erased one is the same as anything."""
    client = known.client
    try:
        kept = (client.profile, known.words, known.asks_for, known.ground)
        more = (client.language, client.birth_year, client.region)
    except sealing.Erased:
        return False
    said = (dict(asked.profile), dict(asked.words), asked.asks_for, asked.ground)
    return (*kept, *more) == (*said, asked.language, asked.birth_year, asked.region)


def _count(who: str, at: datetime) -> AskingCount:
    """The count of this hour, held by this transaction."""
    since = _hour(at)
    AskingCount.objects.get_or_create(who=who, since=since)
    return held(AskingCount.objects.filter(who=who, since=since)).get()


def forget_counts(at: datetime) -> None:
    """Counts of hours that are over. Part of an action, none by itself."""
    AskingCount.objects.filter(since__lt=_hour(at)).delete()


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _one_more(count: AskingCount, most: int) -> None:
    if count.number >= most:
        raise TooManyAsk((TOO_MANY,))
    count.number += 1
    count.save(update_fields=["number"])


def _fingerprint(place: str, since: datetime) -> str:
    """Another one in each hour, so that nothing ties two hours together."""
    words = f"{since.isoformat()}:{place}"
    return hmac.new(keys.door_key(), words.encode(), hashlib.sha256).hexdigest()[:32]


@transaction.atomic
def record_contact(
    *,
    enquiry: Enquiry,
    way: str,
    reached: bool,
    by: Actor,
    at: datetime,
    words: str = "",
    on: date | None = None,
) -> EnquiryContact:
    """A try to reach somebody who waits."""
    enquiry, user = _held(enquiry, by, at)
    if enquiry.state != EnquiryState.OPEN:
        raise NotAllowedNow(may_hand_over(as_known(enquiry)).reasons)
    if way not in {one.value for one in Way}:
        raise fault("way", "Choose how you tried.")
    day = wanted_day(on, at)
    if day < day_of(enquiry.asked_at):
        raise fault("on", "This day lies before the enquiry. Look at it once more.")
    remark = tidy(words, "words", longest=LONGEST_REMARK)
    again = _kept_already(enquiry, (way, reached, day, remark), user, at)
    if again is not None:
        return again
    made = EnquiryContact(enquiry=enquiry, on=day, at=at, by=user, way=way, reached=reached)
    made.words = remark or None
    made.save(force_insert=True)
    audit.record("enquiry-contact-recorded", by=by, at=at, obj=enquiry, ids=[made.pk])
    return made


def _kept_already(
    enquiry: Enquiry, said: tuple[str, bool, date, str], by: User, at: datetime
) -> EnquiryContact | None:
    """The same try by the same hand a moment ago: a double press, not a second try."""
    for one in enquiry.contacts.filter(by=by, at__gte=at - TWICE_WITHIN):
        one.enquiry = enquiry
        if (one.way, one.reached, one.on, one.words) == said:
            return one
    return None


@transaction.atomic
def hand_over(
    *,
    enquiry: Enquiry,
    therapist: User | None,
    adaptation: str,
    by: Actor,
    at: datetime,
    name: str = "",
    words: str = "",
) -> Enquiry:
    """A therapist has the client from now on: an episode with the status enquiry, since the day of the asking.

    What was said of danger becomes an alert of that episode.
    """
    enquiry, user = _held(enquiry, by, at)
    known = as_known(enquiry)
    _refuse_unless(may_hand_over(known))
    therapist = clients.check_therapist(therapist)
    client = enquiry.client
    clients.require_crisis_contacts(client.region)
    _name_the_client(enquiry, tidy(name, "name", longest=1000))
    outcome = tidy(words, "words", longest=LONGEST_REMARK)
    audit.record("enquiry-handed-over", by=by, at=at, obj=enquiry, ids=[therapist.pk])
    enquiry.episode = clients.new_episode(
        client=client,
        adaptation=adaptation,
        therapist=therapist,
        opened_on=day_of(enquiry.asked_at),
        by=by,
        at=at,
    )
    _settle(enquiry, EnquiryState.HANDED_OVER, outcome, user, at)
    if known.ground is not None:
        alerts.raised_by_enquiry(
            episode=enquiry.episode,
            ground=known.ground,
            reached=bool(known.reached),
            shown_at=enquiry.asked_at,
            at=at,
        )
    return enquiry


@transaction.atomic
def close_enquiry(*, enquiry: Enquiry, reason: str, offered: str, by: Actor, at: datetime) -> Enquiry:
    """It goes no further here: why, and what was offered instead."""
    enquiry, user = _held(enquiry, by, at)
    if reason not in {one.value for one in CloseReason}:
        raise fault("reason", "Choose why it is closed.")
    _refuse_unless(may_close(as_known(enquiry), CloseReason(reason)))
    outcome = tidy(offered, "offered", required=True, longest=LONGEST_REMARK)
    enquiry.close_reason = reason
    _settle(enquiry, EnquiryState.CLOSED, outcome, user, at)
    audit.record("enquiry-closed", by=by, at=at, obj=enquiry)
    return enquiry


def _name_the_client(enquiry: Enquiry, name: str) -> None:
    """How the client is called from now on. What they called themselves, or who asked for them, stays as it was."""
    client = enquiry.client
    if name and name != client.name:
        enquiry.words = {**enquiry.words, "called": client.name}
        clients.take_profile(client, {**client.profile, "name": name})
    if enquiry.asks_for == AsksFor.OTHER:
        client.birth_year = None  # that of whoever asked
    client.save()


def _held(enquiry: Enquiry, by: Actor, at: datetime) -> tuple[Enquiry, User]:
    """The enquiry as it stands now, for somebody who takes enquiries."""
    require(by, Act.TAKE_ENQUIRIES, on=day_of(at))
    if isinstance(by, Operator) or by.role not in (Role.THERAPIST, Role.SUPERVISOR):
        raise refuse("Only a clinician takes enquiries.")
    client = held(Client.objects.filter(pk=enquiry.client_id)).get()
    if client.erased_at is not None:
        raise NoAccess
    row = held(Enquiry.objects.filter(pk=enquiry.pk)).get()
    row.client = client
    return row, by


def _settle(enquiry: Enquiry, state: EnquiryState, outcome: str, by: User, at: datetime) -> None:
    enquiry.state, enquiry.settled_at, enquiry.settled_by = state.value, at, by
    enquiry.outcome = outcome or None
    enquiry.save()


def _refuse_unless(allowed: Any) -> None:
    if not allowed:
        raise NotAllowedNow(allowed.reasons)
