"""Who may sign in, and who stands in for or supervises whom."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from openipt.records.models.base import Row, choices_of, sealed_column


class Role(StrEnum):
    """What a login is for. A person with two roles has two logins."""

    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    CLIENT = "client"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser, Row):
    """A login. A client's login has a neutral username and no name of its own.

    `is_demo`: made while the service ran as a demo. A live service takes no such login from outside.
    `alert_email`: where somebody of the staff wants to be told of alerts. A client's login has none.
    """

    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=choices_of(Role))
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    alert_email = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField()
    opened_second_lock = False  # of this sign-in only: see `web.behind`

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_clients_login_holds_no_name",
                condition=~Q(role=Role.CLIENT.value) | Q(display_name=""),
            ),
            models.CheckConstraint(
                name="a_clients_address_is_never_clear",
                condition=~Q(role=Role.CLIENT.value) | Q(alert_email=""),
            ),
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=[r.value for r in Role])),
        ]
        indexes = [  # the few therapists are counted without a walk past every client's login
            models.Index(fields=["role", "is_active"], name="accounts_of_role"),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"

    @property
    def is_client(self) -> bool:
        return self.role == Role.CLIENT.value

    @property
    def is_staff_member(self) -> bool:
        return self.role != Role.CLIENT.value


class DraftKey(Row):
    """The key a browser uses to keep half-typed text as ciphertext; given back to its user only.

    `key_wrapped` is wrapped by the service key, bound to the user.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="draft_key")
    key_wrapped = sealed_column()
    service_key_id = models.CharField(max_length=40)
    created_at = models.DateTimeField()


class Supervision(Row):
    """One person supervises one therapist, from a day to a day (open while `to_on` is empty)."""

    therapist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervised_by")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervises")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_supervision_of_a_pair",
                fields=["therapist", "supervisor"],
                condition=Q(to_on=None),
            ),
            models.CheckConstraint(
                name="supervision_ends_after_it_begins",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="nobody_supervises_themselves", condition=~Q(therapist=F("supervisor"))
            ),
        ]


class Cover(Row):
    """`cover` stands in for `therapist` on these days: alerts, risk, safety plan, contacts."""

    therapist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covered_by")
    cover = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covers")
    from_on = models.DateField()
    to_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="cover_ends_after_it_begins", condition=Q(to_on__gte=F("from_on"))),
            models.CheckConstraint(name="nobody_covers_themselves", condition=~Q(therapist=F("cover"))),
        ]
