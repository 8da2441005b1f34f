"""What the environment says about asking for help: who takes enquiries, how many, how long they may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openipt.core.course.enquiry import Targets
from openipt.errors import SettingError

EVERY_THERAPIST = "therapists"
LONGEST_INSTEAD = 200


@dataclass(frozen=True)
class Asking:
    """The public form for asking, and the list behind it. Numbers are project defaults (DEFAULT).

    `intake`: logins of those who take enquiries; empty for every therapist. `instead`: whom to turn to where the form
    is closed. `proxies`: how many web servers in front write down where a request came from.
    """

    is_open: bool = True
    intake: frozenset[str] = frozenset()
    targets: Targets = Targets(3, 14)
    youngest: int = 18
    an_hour: int = 60
    from_one: int = 5
    proxies: int = 0
    kept_days: int = 180
    instead: str = ""


def asking(values: Mapping[str, str]) -> Asking:
    """Read and check. Raises `SettingError` naming the variable and the remedy."""
    answer = _number(values, "OPENIPT_ENQUIRY_ANSWER_DAYS", 3, 0, 365)
    wait = _number(values, "OPENIPT_ENQUIRY_WAIT_DAYS", max(14, answer), 0, 1000)
    if wait < answer:
        raise SettingError(
            f"OPENIPT_ENQUIRY_WAIT_DAYS is {wait}, OPENIPT_ENQUIRY_ANSWER_DAYS is {answer}. "
            "The first answer comes before the hand-over: make the wait as long or longer."
        )
    return Asking(
        is_open=values.get("OPENIPT_ENQUIRIES", "1") != "0",
        intake=_intake(values.get("OPENIPT_INTAKE", "")),
        targets=Targets(answer, wait),
        youngest=_number(values, "OPENIPT_ENQUIRY_YOUNGEST", 18, 0, 99),
        an_hour=_number(values, "OPENIPT_ENQUIRIES_AN_HOUR", 60, 1, 100_000),
        from_one=_number(values, "OPENIPT_ENQUIRIES_FROM_ONE", 5, 1, 100_000),
        proxies=_number(values, "OPENIPT_PROXIES", 0, 0, 9),
        kept_days=_number(values, "OPENIPT_ENQUIRY_KEPT_DAYS", 180, 1, 3650),
        instead=" ".join(values.get("OPENIPT_ENQUIRY_INSTEAD", "").split())[:LONGEST_INSTEAD],
    )


def _intake(text: str) -> frozenset[str]:
    named = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    return frozenset() if named == {EVERY_THERAPIST} else named


def _number(values: Mapping[str, str], name: str, unset: int, lowest: int, highest: int) -> int:
    text = values.get(name, "").strip()
    if not text:
        return unset
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and lowest <= int(text) <= highest):
        raise SettingError(f"{name} is '{text}'. Write a whole number from {lowest} to {highest}.")
    return int(text)
