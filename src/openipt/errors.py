"""Every error OpenIPT raises on purpose.

OpenIPTError                  anything we raise on purpose
├── ContentError              a content file is wrong: file, key, reason, remedy
├── SettingError              the environment asks for something we cannot do
└── PersonError               shown to a person as it stands, without traceback
    ├── AnswersNotScorable    which answers are missing or out of range
    ├── EntryNotValid         what is wrong with a record, field by field
    ├── FileNotValid          what is wrong with an imported file, fault by fault
    ├── NotAllowedNow         the reasons of a Decision
    │   └── TooManyAsk        more people ask for help in this hour than the service takes
    ├── ChangedMeanwhile      somebody else saved first: both versions are kept
    └── NoAccess              says nothing about whether the record exists

No message ever contains what a client wrote.
"""

from __future__ import annotations

from dataclasses import dataclass


class OpenIPTError(Exception):
    """Anything OpenIPT raises on purpose."""


@dataclass(frozen=True)
class ContentFault:
    """One thing that is wrong with a content file, and how to mend it."""

    file: str
    key: str
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.file}: {self.key}: {self.reason}{remedy}"


class ContentError(OpenIPTError):
    """Content files are wrong. Carries every fault found, not only the first."""

    def __init__(self, faults: tuple[ContentFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class SettingError(OpenIPTError):
    """The environment asks for something that cannot be done; says how to set it."""


class PersonError(OpenIPTError):
    """Shown to the person who meets it, as it stands."""


class AnswersNotScorable(PersonError):
    """Answers that are missing or out of range; names the items by number."""


@dataclass(frozen=True)
class FieldFault:
    """What is wrong at one field. `path` is the key, nested as in `turns.2.said`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class EntryNotValid(PersonError):
    """A record that cannot be kept as it is: one fault per field."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(str(fault) for fault in faults))


class FileNotValid(PersonError):
    """An imported file that cannot be taken: one line per fault, nothing written."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class NotAllowedNow(PersonError):
    """An act that may not be done now, with the reasons of its Decision."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class TooManyAsk(NotAllowedNow):
    """More ask for help in this hour, from one place or in all, than the service takes. Says nothing of who."""


class ChangedMeanwhile(PersonError):
    """Somebody saved between reading and saving. Carries the other version's number."""

    def __init__(self, message: str, *, current_version: int) -> None:
        self.current_version = current_version
        super().__init__(message)


class NoAccess(PersonError):
    """Not for this person; says nothing about whether the record exists."""

    def __init__(self, message: str = "There is nothing here for you to see.") -> None:
        super().__init__(message)
