"""What of a rule's inputs may lie clear beside an episode: numbers, days and codes; never a word of a client.

Issues and people may be called by words in a record. Of what is no code only the number is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openipt.core.course.circumstances import TOGETHER
from openipt.core.manual.model import Manual
from openipt.core.manual.names import EXIT_CONDITIONS
from openipt.core.safety.levels import RISK_ANSWERS, Level

ASK_RULE = "DR-01-ASK"  # of an alert: an answer about risk is missing, so somebody is to ask (DR-01)

# Days; items of the checklist; measures; records and their fields; tasks, rules and fidelity items.
_CODE = re.compile(
    r"\d{4}-\d\d-\d\d|s_\d\d|ms_[a-z0-9_]{1,30}|rec_[a-z_]{1,40}(\.[a-z0-9_]{1,40})?|[A-Z]{1,6}-?\d{2}"
)
WORDS_OF_RULES = frozenset(
    {
        *(level.word for level in Level),
        *RISK_ANSWERS,
        *EXIT_CONDITIONS,
        *TOGETHER,
        *("yes", "no", "unsure", "history", "manual", "contract", "record", "parent", "confidentiality"),
        *("bmi", "fainting", "electrolyte_danger", "rapid_loss", "ms_hark"),
    }
)

# What inputs are called: every name a rule gives one (a test reads them out of the rules), then those of alerts
# and of what a worked case says of an alert.
INPUT_NAMES = frozenset(
    {
        *("absences", "adaptation", "added", "addiction_care", "adults_not_screened", "age"),
        *("agreed", "before", "bmi", "booked", "client_screened", "consent", "contacted", "contract"),
        *("days", "done", "ended", "epds_item_10", "episodes", "expected", "fall", "focus", "gap", "grounds"),
        *("highest_other_score", "in_a_row", "in_all", "items", "kept", "last_initial_session"),
        *("level", "main_problem", "mania", "maximum", "mean", "measure", "measures", "medication"),
        *("members", "midpoint", "missing", "months", "ms_prr", "nights", "now", "observed", "open"),
        *("order", "overridden", "percent", "persons", "phase", "phq9_item_9", "plan_to_stop"),
        *("planned", "propose_closing", "provisional", "quality", "rec_risk.mania", "recordings"),
        *("remaining", "remission", "residual_items", "response", "rise", "risk_answers", "rose_on"),
        *("s_04", "s_06", "s_09", "s_13", "score", "serious", "session", "sessions", "short_nights"),
        *("signs", "start", "supervised", "supervised_cases", "together", "total"),
        *("choices", "item", "value", "at", "record", "records", "entry", "answers"),
        *("item_9", "item_10", "limit_hours", "enquiry_ticked", "enquiry_words"),
    }
)


def codes_only(manual: Manual, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as they may be kept in the clear."""
    kept = {key: value for key, value in inputs.items() if key in INPUT_NAMES or _is_code(manual, key)}
    return {key: _clear(manual, value) for key, value in kept.items()}


def _clear(manual: Manual, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if _is_code(manual, value) else None
    if isinstance(value, Mapping):
        return {str(key): _clear(manual, part) for key, part in value.items() if _is_code(manual, str(key))}
    if isinstance(value, list | tuple):
        kept = [_clear(manual, part) for part in value]
        words = any(part is None and given is not None for part, given in zip(kept, value, strict=True))
        return len(kept) if words else kept
    return None


def _is_code(manual: Manual, text: str) -> bool:
    if _CODE.fullmatch(text) or text in WORDS_OF_RULES:
        return True
    return text == manual.base or text in manual.areas or any(phase.id == text for phase in manual.phases)
