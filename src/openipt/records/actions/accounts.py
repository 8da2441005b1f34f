"""Logins, supervision and cover."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from datetime import date, datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records import audit, keys
from openipt.records.access import Act, require
from openipt.records.actions import tellings
from openipt.records.actions.base import Actor, Operator, day_of, fault, locked, refuse, tidy
from openipt.records.models import Cover, DraftKey, Role, Supervision, User
from openipt.records.queries import second_lock

USERNAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-_@+"


@transaction.atomic
def create_user(
    *, username: str, role: str, by: Actor, at: datetime, password: str = "", display_name: str = ""
) -> User:
    """A login for a member of staff. A client's login is given with `clients.give_client_login`."""
    require(by, Act.MANAGE_ACCOUNTS, on=day_of(at))
    if role not in set(Role) - {Role.CLIENT}:
        raise fault("role", "Choose therapist, supervisor, manager or administrator.")
    user = new_user(username=username, role=role, password=password, at=at)
    user.display_name = tidy(display_name, "display_name", longest=120)
    user.save()
    audit.record("user-created", by=by, at=at, obj=user)
    return user


def new_user(*, username: str, role: str, password: str, at: datetime) -> User:
    """An unsaved login with a free username. Part of an action, none by itself."""
    name = username.strip().lower()
    if not 2 <= len(name) <= 60 or any(letter not in USERNAME_LETTERS for letter in name):
        raise fault("username", "Use 2 to 60 letters, digits and . - _ @ +")
    if User.objects.filter(username=name).exists():
        raise fault("username", "This username is taken.")
    is_demo = not settings.ENVIRONMENT.is_live
    user = User(username=name, role=role, created_at=at, is_demo=is_demo)
    _take_password(user, password)
    return user


def neutral_username() -> str:
    """A username that says nothing about whoever has it."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
    return "u-" + "".join(secrets.choice(letters) for _ in range(6))


def _take_password(user: User, password: str) -> None:
    if not password:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise EntryNotValid(tuple(FieldFault("password", message) for message in error.messages)) from None
    if second_lock.opened_by(user.username, password) is not None:
        raise fault("password", "Choose another one: this one cannot be used here.")
    user.set_password(password)


@transaction.atomic
def give_demo_password(*, usernames: Collection[str], password: str, by: Actor, at: datetime) -> int:
    """One password for all these logins of a demonstration. It stands on the screen beside their names, so
    one fingerprint serves them all: hashing slowly, for each, what everybody is told would guard nothing.
    """
    require(by, Act.MANAGE_ACCOUNTS, on=day_of(at))
    if settings.ENVIRONMENT.is_live:
        raise refuse("This is a live service: every login has a password of its own.")
    one = User()
    _take_password(one, password)
    given = User.objects.filter(username__in=usernames, is_demo=True).update(password=one.password)
    audit.record("demo-password-given", by=by, at=at)
    return given


@transaction.atomic
def set_active(*, user: User, active: bool, by: Actor, at: datetime) -> User:
    """Close a login or open it again. Nobody closes their own."""
    require(by, Act.MANAGE_ACCOUNTS, on=day_of(at))
    if not isinstance(by, Operator) and by.pk == user.pk:
        raise refuse("You cannot close the account you are signed in with.")
    user = locked(user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    tellings.look_again_for(user, at)
    audit.record("user-opened" if active else "user-closed", by=by, at=at, obj=user)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor, at: datetime) -> User:
    """A new password: one's own, or for somebody else's account by an administrator."""
    if isinstance(by, Operator) or by.pk != user.pk:
        require(by, Act.MANAGE_ACCOUNTS, on=day_of(at))
    user = locked(user)
    if not password:
        raise fault("password", "Type a password.")
    _take_password(user, password)
    user.save(update_fields=["password"])
    audit.record("password-set", by=by, at=at, obj=user)
    return user


@transaction.atomic
def start_supervision(
    *, therapist: User, supervisor: User, from_on: date, by: Actor, at: datetime
) -> Supervision:
    """From this day on the supervisor sees the therapist's episodes."""
    require(by, Act.ARRANGE_SUPERVISION, on=day_of(at))
    if therapist.role != Role.THERAPIST or supervisor.role != Role.SUPERVISOR:
        raise refuse("A supervisor's account supervises a therapist's account.")
    if Supervision.objects.filter(therapist=therapist, supervisor=supervisor, to_on=None).exists():
        raise refuse("This supervision has begun already.")
    supervision = Supervision.objects.create(therapist=therapist, supervisor=supervisor, from_on=from_on)
    tellings.look_again_for(therapist, at)
    audit.record("supervision-started", by=by, at=at, obj=supervision)
    return supervision


@transaction.atomic
def stop_supervision(*, supervision: Supervision, to_on: date, by: Actor, at: datetime) -> Supervision:
    """The last day of a supervision."""
    require(by, Act.ARRANGE_SUPERVISION, on=day_of(at))
    supervision = locked(supervision)
    if to_on < supervision.from_on:
        raise fault("to_on", "This is before the supervision began.")
    supervision.to_on = to_on
    supervision.save(update_fields=["to_on"])
    audit.record("supervision-stopped", by=by, at=at, obj=supervision)
    return supervision


@transaction.atomic
def arrange_cover(
    *, therapist: User, cover: User, from_on: date, to_on: date, by: Actor, at: datetime
) -> Cover:
    """Somebody stands in for a therapist on these days. A therapist arranges their own cover only."""
    require(by, Act.ARRANGE_COVER, on=day_of(at))
    if not isinstance(by, Operator) and by.role == Role.THERAPIST and by.pk != therapist.pk:
        raise refuse("You can arrange cover for yourself only.")
    if therapist.role != Role.THERAPIST or cover.role not in (Role.THERAPIST, Role.SUPERVISOR):
        raise refuse("Cover is given to a therapist, by a therapist or a supervisor.")
    if therapist.pk == cover.pk:
        raise fault("cover", "Choose somebody else.")
    if to_on < from_on:
        raise fault("to_on", "The last day is before the first.")
    row = Cover.objects.create(therapist=therapist, cover=cover, from_on=from_on, to_on=to_on)
    tellings.look_again_for(therapist, at)
    audit.record("cover-arranged", by=by, at=at, obj=row)
    return row


@transaction.atomic
def stop_cover(*, cover: Cover, by: Actor, at: datetime) -> Cover:
    """A cover ends with today; one that has not begun is taken back whole. Ended cover stays as it was."""
    today = day_of(at)
    require(by, Act.ARRANGE_COVER, on=today)
    cover = locked(cover)
    if not isinstance(by, Operator) and by.role == Role.THERAPIST and by.pk != cover.therapist_id:
        raise NoAccess
    if cover.to_on < today:
        raise refuse("This cover is over.")
    if cover.from_on > today:
        audit.record("cover-taken-back", by=by, at=at, obj=cover, ids=[cover.therapist_id, cover.cover_id])
        cover.delete()
        return cover
    cover.to_on = today
    cover.save(update_fields=["to_on"])
    audit.record("cover-stopped", by=by, at=at, obj=cover)
    return cover


@transaction.atomic
def draft_key(*, user: User, by: Actor, at: datetime) -> bytes:
    """The key under which this user's browser keeps half-typed text. For that user alone."""
    if isinstance(by, Operator) or by.pk != user.pk:
        raise refuse("This key is given to its own user only.")
    row = DraftKey.objects.filter(user=user).first()
    if row is None:
        key = AESGCM.generate_key(bit_length=256)
        key_id, service_key = keys.service_ring().current
        row = DraftKey(user=user, service_key_id=key_id, created_at=at)
        row.key_wrapped = _wrap_draft_key(service_key, key, user)
        row.save()
        audit.record("draft-key-made", by=by, at=at, obj=row)
        return key
    return _unwrap_draft_key(row)


def rewrap_draft_key(row: DraftKey) -> None:
    """Part of the rotation: the same key under the current service key."""
    key = _unwrap_draft_key(row)
    key_id, service_key = keys.service_ring().current
    row.key_wrapped, row.service_key_id = _wrap_draft_key(service_key, key, row.user), key_id
    row.save(update_fields=["key_wrapped", "service_key_id"])


def _wrap_draft_key(service_key: bytes, key: bytes, user: User) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(service_key).encrypt(nonce, key, f"draftkey:{user.pk}".encode())


def _unwrap_draft_key(row: DraftKey) -> bytes:
    wrapped = bytes(row.key_wrapped)
    service_key = keys.service_ring().named(row.service_key_id)
    return AESGCM(service_key).decrypt(wrapped[:12], wrapped[12:], f"draftkey:{row.user_id}".encode())
