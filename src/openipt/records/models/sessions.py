"""One meeting: planned, held or not held, its note, what was done in it, and who signed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from openipt.core.course.course import Attendance
from openipt.records.models.accounts import User
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.episodes import Episode, OfEpisode

HELD = (Attendance.ATTENDED.value, Attendance.LATE.value)
NOT_HELD = (Attendance.MISSED.value, Attendance.CANCELLED.value)


class SessionState(StrEnum):
    """Of the written record of a session. A signed one never changes; amendments stand beside it."""

    PLANNED = "planned"
    DRAFT = "draft"
    SIGNED = "signed"


class MeetingFormat(StrEnum):
    """How client and therapist meet."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"


class Session(OfEpisode):
    """One meeting of an episode. Only a held one has a number; the intake is number 0, and so is every
    further contact before session 1.

    A meeting of another `kind` than the sessions, such as one of a ward's group, never has such a number: once held
    it is counted within its kind, `of_kind`.

    `note`: a list of blocks `{"id", "text", "source", "edited"}`, sealed. `held_on` is the day it took
    place, `written_at` the moment its record was begun; both are kept when it is written up later.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=40, blank=True, default="")
    of_kind = models.PositiveSmallIntegerField(null=True)
    planned_at = models.DateTimeField(null=True)
    place_sealed = sealed_column()
    minutes = models.PositiveSmallIntegerField(default=50)
    format = models.CharField(
        max_length=20, choices=choices_of(MeetingFormat), default=MeetingFormat.IN_PERSON.value
    )
    attendance = models.CharField(
        max_length=20, choices=choices_of(Attendance), default=Attendance.PLANNED.value
    )
    absence_reason_sealed = sealed_column()
    began_at = models.DateTimeField(null=True)
    held_on = models.DateField(null=True)
    written_at = models.DateTimeField(null=True)
    phase = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(
        max_length=20, choices=choices_of(SessionState), default=SessionState.PLANNED.value
    )
    note_sealed = sealed_column()
    note_version = models.PositiveIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_without_plan_sealed = sealed_column()
    created_at = models.DateTimeField()

    place = Sealed("place_sealed", empty="")
    absence_reason = Sealed("absence_reason_sealed", empty="")
    note = Sealed("note_sealed", empty=list)
    signed_without_plan = Sealed("signed_without_plan_sealed", empty="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_session_per_number", fields=["episode", "number"], condition=Q(number__gte=1)
            ),
            models.UniqueConstraint(
                name="one_meeting_per_number_of_its_kind",
                fields=["episode", "kind", "of_kind"],
                condition=Q(of_kind__gte=1),
            ),
            models.CheckConstraint(
                name="only_a_held_session_has_a_number",
                condition=Q(attendance__in=HELD, kind="", number__isnull=False, held_on__isnull=False)
                & Q(of_kind=None)
                | Q(attendance__in=HELD, number=None, of_kind__gte=1, held_on__isnull=False) & ~Q(kind="")
                | ~Q(attendance__in=HELD) & Q(number=None, of_kind=None, held_on=None),
            ),
            models.CheckConstraint(
                name="session_attendance_known",
                condition=Q(attendance__in=[a.value for a in Attendance]),
            ),
            models.CheckConstraint(
                name="a_session_has_a_day", condition=Q(planned_at__isnull=False) | Q(held_on__isnull=False)
            ),
            models.CheckConstraint(
                name="a_signed_session_says_who_and_when",
                condition=Q(state=SessionState.SIGNED.value, signed_at__isnull=False, signed_by__isnull=False)
                & (Q(held_on__isnull=False) | Q(attendance__in=NOT_HELD))
                | ~Q(state=SessionState.SIGNED.value) & Q(signed_at=None, signed_by=None),
            ),
            models.CheckConstraint(
                name="session_state_known", condition=Q(state__in=[s.value for s in SessionState])
            ),
            models.CheckConstraint(name="a_session_lasts_minutes", condition=Q(minutes__lte=600)),
        ]
        indexes = [
            models.Index(name="sessions_by_day", fields=["planned_at"]),
            models.Index(name="sessions_by_day_held", fields=["held_on"]),
            models.Index(name="sessions_unsigned", fields=["state", "episode"]),
        ]

    @property
    def on(self) -> date:
        """The day it was held, else the day it is or was planned for (in the service's time zone)."""
        return self.held_on or timezone.localtime(self.planned_at).date()

    @property
    def is_held(self) -> bool:
        return self.attendance in HELD

    @property
    def is_signed(self) -> bool:
        return self.state == SessionState.SIGNED.value


class OfSession(Row):
    """A row that belongs to one session."""

    class Meta:
        abstract = True

    @property
    def sealed_for(self) -> UUID:
        return self.session.episode.client_id


class SessionMove(OfSession):
    """A planned session was moved from one time to another."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="moves")
    planned_from = models.DateTimeField()
    planned_to = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")


class PrivateNote(OfSession):
    """A therapist's own note beside the record. Only its author ever reads it."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="private_notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="private_notes")
    text_sealed = sealed_column()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    text = Sealed("text_sealed", empty="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_private_note_per_author", fields=["session", "author"])
        ]


class Amendment(OfSession):
    """A later word on a signed session. The signed text stays as it is."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="amendments")
    text_sealed = sealed_column()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    text = Sealed("text_sealed", empty="")

    class Meta:
        ordering = ["at"]


class DraftKind(StrEnum):
    """Why a half-typed text is kept: still being typed, or refused because another saved first."""

    TYPING = "typing"
    REFUSED = "refused"


class DraftText(OfEpisode):
    """Half-typed text of one user, kept as typed until it is saved or given up.

    `key` names the form it was typed in (`session:<id>`, `entry:<id>`, `new:<record>:<session id>`),
    `field` the field of that form.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="draft_texts")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="draft_texts")
    key = models.CharField(max_length=120)
    field = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=choices_of(DraftKind), default=DraftKind.TYPING.value)
    base_version = models.PositiveIntegerField(default=0)
    text_sealed = sealed_column()
    at = models.DateTimeField()

    text = Sealed("text_sealed", empty="")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                name="one_draft_per_field",
                fields=["user", "episode", "key", "field"],
                condition=Q(kind=DraftKind.TYPING.value),
            )
        ]


class TaskMark(OfSession):
    """A task of the manual was done in this session, by the entry that shows it."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="task_marks")
    task_id = models.CharField(max_length=20)
    entry = models.ForeignKey("records.Entry", null=True, on_delete=models.PROTECT, related_name="task_marks")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(name="one_mark_per_task_and_session", fields=["session", "task_id"])
        ]


class StrategyUse(OfSession):
    """A strategy of the focus area was worked on in this session."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="strategy_uses")
    code = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(name="one_use_per_strategy", fields=["session", "code"])]


class TechniqueUse(OfSession):
    """A technique was used in this session."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="technique_uses")
    code = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(name="one_use_per_technique", fields=["session", "code"])]
