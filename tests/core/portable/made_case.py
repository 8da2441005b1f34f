"""Makes up a case in the format of the worked cases, from a few totals: weekly from 4 March 2025.

Without a change it is a course in good order: intake a week before, every task of its phase done, formulation
and contract agreed at the last session of the initial phase, the end raised before it begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

START = date(2025, 3, 4)
MIDDLE = ["M01", "M02", "M03", "M04", "M08", "M09", "M10", "M11", "M15", "M16"]
ALL_OF_INITIAL = ["I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "I09", "I10", "I11", "I12", "I13"]
FACTORS = ("f_link", "f_priority", "f_severity", "f_affect", "f_change")


def day(session: int, every: int = 7) -> date:
    """The day of a session."""
    return START + timedelta(days=every * (session - 1))


def phq9(total: int, item_9: int | None = 0) -> list[int | None]:
    """Nine answers with this total and this item 9."""
    left, items = total - (item_9 or 0), []
    for _ in range(8):
        items.append(min(3, left))
        left -= items[-1]
    assert left == 0, "no such answers"
    return [*items, item_9]


def gad7(total: int) -> list[int]:
    return [min(3, max(0, total - 3 * n)) for n in range(7)]


def issue(name: str, area: str, *ratings: int, safety: int = 0) -> dict[str, Any]:
    factors = {**dict(zip(FACTORS, ratings, strict=True)), "f_safety": safety}
    return {"id": name, "text": name, "area": area, "factors": factors, "evidence": {}}


def level(word: str, **answers: Any) -> dict[str, Any]:
    return {"type": "rec_risk", "level": word, "reason": "as told", "thoughts": word != "green", **answers}


def split(planned: int, adaptation: str) -> Callable[[int], str]:
    """The phases of ipt.md 3.2, 4.4 and 22.1, written down a second time."""
    if adaptation == "ipc" or planned == 6:
        initial, ending = 1, planned
    elif planned == 8:
        initial, ending = 2, 7
    else:
        initial, ending = (4 if planned >= 18 else 3), planned - 2
    return lambda n: "initial" if n <= initial else "ending" if n >= ending else "middle"


def case(
    planned: int,
    totals: Sequence[int | None],
    anxiety: Sequence[int | None] = (),
    *,
    adaptation: str = "ipt_acute",
    every: int = 7,
    item_9: Mapping[int, int | None] | None = None,
    measures: Mapping[int, Mapping[str, Any]] | None = None,
    records: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
    without: Sequence[str] = (),
    **parts: Any,
) -> dict[str, Any]:
    """A case with one held session for each total of PHQ-9. `without` takes tasks out of every session."""
    phase = split(planned, adaptation)
    last_initial = max(n for n in range(1, planned + 1) if phase(n) == "initial")
    anxiety = anxiety or [9] * len(totals)
    sessions = [_session(0, day(0, every), "pre", ["A01", "A02", "A03", "A04", "A05"], without)]
    for n, (total, fear) in enumerate(zip(totals, anxiety, strict=True), start=1):
        made = _session(n, day(n, every), phase(n), _tasks(n, planned, phase, last_initial), without)
        made["measures"] = {
            **({} if total is None else {"ms_phq9": phq9(total, (item_9 or {}).get(n, 0))}),
            **({} if fear is None else {"ms_gad7": gad7(fear)}),
            **(measures or {}).get(n, {}),
        }
        made["records"] = [dict(record) for record in (records or {}).get(n, [])]
        sessions.append(made)
    if len(sessions) > 1 and not sessions[1]["records"]:
        sessions[1]["records"] = [level("green")]
    frequency = {7: "weekly", 14: "fortnightly"}.get(every, "twice weekly")
    agreed_on = day(last_initial, every)
    return {
        "id": "made-up",
        "client": {"pseudonym": "Made Up", "birth_year": 1980, "language": "en", "pronouns": "they"},
        "adaptation": adaptation,
        "planned_sessions": planned,
        "start_date": START.isoformat(),
        "baseline_measures": {"ms_hark": [0, 0, 0, 0], "ms_osss3": [2, 2, 2]},
        "suitability": {
            **{f"s_{n:02}": {"answer": "yes" if n in (1, 2, 14, 15) else "no"} for n in range(1, 18)},
            "decision": "suitable",
        },
        "medication": [{"drug": None, "wish": "none"}],
        "issues": [
            issue("i1", "role_transition", 3, 3, 3, 2, 2),
            issue("i2", "role_dispute", 1, 1, 1, 1, 2),
        ],
        "formulation": {
            "problem_area": ["role_transition"],
            "agreement": "agree",
            "agreed_on_session": last_initial,
            "date": agreed_on.isoformat(),
        },
        "contract": {
            "focus": ["role_transition"],
            "sessions_planned": planned,
            "end_date": day(planned, every).isoformat(),
            "frequency": frequency,
        },
        "sessions": sessions,
        **parts,
    }


def _session(
    number: int, on: date, phase: str, tasks: Sequence[str], without: Sequence[str]
) -> dict[str, Any]:
    return {
        "number": number,
        "date": on.isoformat(),
        "phase": phase,
        "minutes": 50,
        "attendance": "attended",
        "measures": {},
        "totals": {},
        "tasks_done": [task for task in tasks if task not in without],
        "note": "Made up.",
        "records": [],
    }


def _tasks(n: int, planned: int, phase: Callable[[int], str], last_initial: int) -> list[str]:
    tasks = ALL_OF_INITIAL if n == last_initial else ["I01"] if phase(n) == "initial" else []
    tasks = [*tasks, *(MIDDLE if phase(n) == "middle" else [])]
    tasks += ["M12"] if n == (planned + 1) // 2 else []
    tasks += ["E01"] if phase(n) == "ending" or (n < planned and phase(n + 1) == "ending") else []
    return tasks


def absent(on: date, how: str = "missed") -> dict[str, Any]:
    """A date that was not held."""
    return {"number": None, "date": on.isoformat(), "attendance": how, "minutes": 0, "note": "no call"}
