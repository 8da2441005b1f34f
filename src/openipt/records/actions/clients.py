"""Taking on a client, their profile and login, and erasing all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from openipt.core.course.course import EndReason, EpisodeStatus
from openipt.core.course.enquiry import CloseReason, EnquiryState
from openipt.core.portable.clear import LANGUAGE
from openipt.records import audit, crisis, sealing
from openipt.records.access import Act, require
from openipt.records.actions import accounts, tellings
from openipt.records.actions.base import (
    Actor,
    Operator,
    day_of,
    fault,
    held,
    locked,
    refuse,
    tidy,
    user_or_none,
    wanted_day,
)
from openipt.records.manuals import known_manual
from openipt.records.models import (
    Alert,
    Client,
    ClientKey,
    DraftText,
    Enquiry,
    Episode,
    NameToken,
    Role,
    SecondLock,
    StatusEvent,
    User,
)

MOST_PROFILE_KEYS = 30
LONGEST_LANGUAGE = 12
COUNTRY = re.compile(r"[a-z]{2}(-[a-z0-9]{1,3})?", re.ASCII)


@transaction.atomic
def enrol_client(
    *,
    profile: Mapping[str, str],
    adaptation: str,
    therapist: User,
    by: Actor,
    at: datetime,
    language: str = "en",
    birth_year: int | None = None,
    region: str = "",
    planned_sessions: int | None = None,
    opened_on: date | None = None,
) -> Episode:
    """Take on a client and open their first episode. A live service needs crisis contacts first."""
    require(by, Act.ENROL, on=day_of(at))
    require_crisis_contacts(region)
    client = new_client(profile, language=language, birth_year=birth_year, region=region, at=at)
    audit.record("client-enrolled", by=by, at=at, obj=client)
    return open_episode(
        client=client,
        adaptation=adaptation,
        therapist=therapist,
        planned_sessions=planned_sessions,
        opened_on=opened_on,
        by=by,
        at=at,
    )


def require_crisis_contacts(region: str) -> None:
    """A live service takes on nobody whom it could not tell whom to call."""
    if settings.ENVIRONMENT.is_live and not crisis.contacts(region):
        raise refuse(
            "This service has no crisis contacts for this region yet. "
            "Write them into crisis.toml before taking on a client."
        )


def new_client(
    profile: Mapping[str, str], *, language: str, birth_year: int | None, region: str, at: datetime
) -> Client:
    """A client with a key of their own. Part of an action, none by itself."""
    client = Client(
        language=_language(language),
        birth_year=_birth_year(birth_year, at),
        region=_region(region),
        created_at=at,
    )
    client.save(force_insert=True)
    wrapped, key_id = sealing.new_wrapped_key(client.pk)
    ClientKey.objects.create(client=client, wrapped_key=wrapped, service_key_id=key_id)
    take_profile(client, profile)
    client.save()
    return client


@transaction.atomic
def open_episode(
    *,
    client: Client,
    adaptation: str,
    therapist: User,
    by: Actor,
    at: datetime,
    planned_sessions: int | None = None,
    opened_on: date | None = None,
    opened_from: str = "",
) -> Episode:
    """Open an episode for a client who has none open."""
    _check_opening(client, therapist, by, at)
    return new_episode(
        client=client,
        adaptation=adaptation,
        therapist=therapist,
        planned_sessions=planned_sessions,
        opened_on=opened_on,
        opened_from=opened_from,
        by=by,
        at=at,
    )


def new_episode(
    *,
    client: Client,
    adaptation: str,
    therapist: User,
    by: Actor,
    at: datetime,
    planned_sessions: int | None = None,
    opened_on: date | None = None,
    opened_from: str = "",
) -> Episode:
    """An enquiry of this client with this therapist. Part of an action, none by itself."""
    manual = known_manual(adaptation)
    planned = manual.sessions.typical if planned_sessions is None else planned_sessions
    if planned not in manual.sessions:
        raise fault(
            "planned_sessions",
            f"{manual.name} plans {manual.sessions.min} to {manual.sessions.max} sessions.",
        )
    opened = wanted_day(opened_on, at, path="opened_on")
    episode = Episode.objects.create(
        client=client,
        adaptation=adaptation,
        manual_version=manual.version,
        therapist=therapist,
        planned_sessions=planned,
        opened_on=opened,
        opened_from=opened_from,
        created_at=at,
    )
    StatusEvent.objects.create(
        episode=episode, status_to=EpisodeStatus.ENQUIRY, on=opened, at=at, by=user_or_none(by)
    )
    audit.record("episode-opened", by=by, at=at, episode=episode, obj=episode)
    return episode


def _check_opening(client: Client, therapist: User, by: Actor, at: datetime) -> None:
    require(by, Act.ENROL, on=day_of(at))
    check_therapist(therapist)
    if not isinstance(by, Operator) and by.pk != therapist.pk:
        raise refuse("You can take on clients of your own only.")
    known = Episode.objects.filter(client=client)
    if not isinstance(by, Operator) and known.exists() and not known.filter(therapist=by).exists():
        raise refuse("You can take on clients of your own only.")
    if client.erased_at is not None:
        raise refuse("This client's record was erased.")
    if known.exclude(status=EpisodeStatus.ENDED).exists():
        raise refuse("This client has an open episode. End it before a new one begins.")


def check_therapist(therapist: User | None) -> User:
    """Whoever takes on a client is a therapist with an open account."""
    if therapist is None or therapist.role != Role.THERAPIST or not therapist.is_active:
        raise fault("therapist", "Choose a therapist whose account is open.")
    return therapist


@transaction.atomic
def change_profile(
    *,
    client: Client,
    by: Actor,
    at: datetime,
    profile: Mapping[str, str] | None = None,
    language: str | None = None,
    birth_year: int | None = None,
    region: str | None = None,
) -> Client:
    """Change what is given; the rest of the profile stays."""
    episode = latest_episode(client)
    require(by, Act.CHANGE_PROFILE, episode=episode, on=day_of(at))
    client = locked(client)
    if profile is not None:
        take_profile(client, {**client.profile, **profile})
    if language is not None:
        client.language = _language(language)
    if birth_year is not None:
        client.birth_year = _birth_year(birth_year, at)
    if region is not None:
        client.region = _region(region)
    client.save()
    audit.record("profile-changed", by=by, at=at, episode=episode, obj=client)
    return client


def latest_episode(client: Client) -> Episode | None:
    """The client's open episode, else the last one."""
    return client.episodes.select_related("client").order_by("-created_at").first()


@transaction.atomic
def give_client_login(
    *, client: Client, by: Actor, at: datetime, username: str = "", password: str = ""
) -> User:
    """A login for the client, under a username that says nothing. Again: a new password for it."""
    episode = latest_episode(client)
    require(by, Act.GIVE_LOGIN, episode=episode, on=day_of(at))
    client = locked(client)
    user = client.user
    if user is None:
        name = username or accounts.neutral_username()
        user = accounts.new_user(username=name, role=Role.CLIENT, password=password, at=at)
        user.save()
        client.user = user
        client.save(update_fields=["user"])
        audit.record("login-given", by=by, at=at, episode=episode, obj=user)
        return user
    if password:
        accounts._take_password(user, password)
        user.save(update_fields=["password"])
        audit.record("login-renewed", by=by, at=at, episode=episode, obj=user)
    return user


@transaction.atomic
def erase_client(*, client: Client, by: Actor, at: datetime) -> Client:
    """Destroy the client's key: no word of them can be read again, here or in any copy made from now on.

    Ids, dates, scores and codes stay, and the audit; the name index and half-typed texts are deleted,
    the login is closed, an open episode ends.
    """
    require(by, Act.ERASE_CLIENT, on=day_of(at))
    client = locked(client)
    if client.erased_at is not None:
        return client
    for episode in client.episodes.exclude(status=EpisodeStatus.ENDED):
        _end_without_words(episode, by=by, at=at)
    tellings.watch_no_more(Alert.objects.filter(episode__client=client))
    Enquiry.objects.filter(client=client, state=EnquiryState.OPEN).update(
        state=EnquiryState.CLOSED, close_reason=CloseReason.OTHER, settled_at=at, settled_by=user_or_none(by)
    )
    key = held(ClientKey.objects.filter(client=client)).get()
    key.wrapped_key, key.destroyed_at = None, at
    key.save()
    sealing.forget(client.pk)
    NameToken.objects.filter(client=client).delete()
    DraftText.objects.filter(episode__client=client).delete()
    SecondLock.objects.filter(client=client, taken_back_at=None).update(secret="", taken_back_at=at)
    if client.user is not None:
        client.user.is_active = False
        client.user.set_unusable_password()
        client.user.save()
    client.erased_at, client.birth_year, client.profile_sealed = at, None, None
    client.save()
    audit.record("client-erased", by=by, at=at, obj=client)
    return client


def _end_without_words(episode: Episode, *, by: Actor, at: datetime) -> None:
    StatusEvent.objects.create(
        episode=episode,
        status_from=episode.status,
        status_to=EpisodeStatus.ENDED,
        end_reason=EndReason.OTHER,
        on=day_of(at),
        at=at,
        by=user_or_none(by),
    )
    episode.status, episode.end_reason, episode.ended_on = EpisodeStatus.ENDED, EndReason.OTHER, day_of(at)
    episode.save()


def take_profile(client: Client, profile: Mapping[str, str]) -> None:
    """Part of an action, none by itself."""
    strange = [key for key in profile if not key.isidentifier()]
    if strange or len(profile) > MOST_PROFILE_KEYS:
        raise fault("profile", "A profile has fields such as name, pronouns, phone, address.")
    kept = {key: tidy(words, key, longest=1000) for key, words in profile.items()}
    if not kept.get("name"):
        raise fault("name", "Write the name, or how the client wants to be called.")
    client.profile = {key: words for key, words in kept.items() if words}
    _index_name(client, kept["name"])


def _index_name(client: Client, name: str) -> None:
    NameToken.objects.filter(client=client).delete()
    NameToken.objects.bulk_create(
        NameToken(client=client, token=token) for token in sorted(sealing.name_tokens(name))
    )


def _language(language: str) -> str:
    code = language.strip().lower()
    if len(code) > LONGEST_LANGUAGE or not LANGUAGE.fullmatch(code):
        raise fault("language", "Use a language code such as en or pt.")
    return code


def _region(region: str) -> str:
    """Regions lie in the clear: one that crisis contacts are kept for, or the code of a country, gb or gb-sct."""
    code = region.strip().lower()
    if code and code not in crisis.regions() and not COUNTRY.fullmatch(code):
        raise fault("region", "Use the code of a region, such as gb or gb-sct, or one of crisis.toml.")
    return code


def _birth_year(year: int | None, at: datetime) -> int | None:
    if year is not None and not 1890 <= year <= at.year:
        raise fault("birth_year", "Write the year as four digits, such as 1984.")
    return year
