"""What is remembered. Rows hold fields, constraints and sealed attributes; actions change them."""

from __future__ import annotations

from openipt.records.models.accounts import Cover, DraftKey, Role, Supervision, User
from openipt.records.models.alerts import UNRESOLVED, Alert, AlertState, AlertStep, Severity, StepKind
from openipt.records.models.audit import AuditEvent, ChainHead
from openipt.records.models.checkins import (
    AnswerEvent,
    CheckIn,
    CheckInMode,
    CheckInPurpose,
    MeasureScore,
)
from openipt.records.models.clients import Client, ClientKey, NameToken, SecondLock
from openipt.records.models.enquiries import AskingCount, Enquiry, EnquiryContact
from openipt.records.models.entries import Entry, EntryState, EntryVersion, JournalEntry
from openipt.records.models.episodes import (
    Episode,
    HandOver,
    Person,
    PhaseEvent,
    PlanEvent,
    StatusEvent,
)
from openipt.records.models.firings import FiringDecision, FiringEnd, RuleDecision, RuleFiring
from openipt.records.models.off_track import StepChosen
from openipt.records.models.sessions import (
    Amendment,
    DraftKind,
    DraftText,
    MeetingFormat,
    PrivateNote,
    Session,
    SessionMove,
    SessionState,
    StrategyUse,
    TaskMark,
    TechniqueUse,
)
from openipt.records.models.worker import (
    AlertWatch,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    EpisodeCheck,
    Event,
    OwnCourses,
    ReminderChoice,
    WorkerLease,
)

__all__ = [
    "UNRESOLVED",
    "Alert",
    "AlertState",
    "AlertStep",
    "AlertWatch",
    "Amendment",
    "AnswerEvent",
    "AskingCount",
    "AuditEvent",
    "ChainHead",
    "Channel",
    "CheckIn",
    "CheckInMode",
    "CheckInPurpose",
    "Client",
    "ClientKey",
    "Cover",
    "Delivery",
    "DeliveryEvent",
    "DeliveryState",
    "DraftKey",
    "DraftKind",
    "DraftText",
    "Enquiry",
    "EnquiryContact",
    "Entry",
    "EntryState",
    "EntryVersion",
    "Episode",
    "FiringDecision",
    "FiringEnd",
    "EpisodeCheck",
    "Event",
    "HandOver",
    "JournalEntry",
    "MeasureScore",
    "MeetingFormat",
    "NameToken",
    "OwnCourses",
    "Person",
    "PhaseEvent",
    "PlanEvent",
    "PrivateNote",
    "ReminderChoice",
    "Role",
    "RuleDecision",
    "RuleFiring",
    "Session",
    "SessionMove",
    "SessionState",
    "SecondLock",
    "Severity",
    "StatusEvent",
    "StepChosen",
    "StepKind",
    "StrategyUse",
    "Supervision",
    "TaskMark",
    "TechniqueUse",
    "User",
    "WorkerLease",
]
