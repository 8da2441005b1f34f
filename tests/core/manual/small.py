"""A content folder small enough to read: one manual, one area, one technique, one record type, one measure."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

FILES = {
    "sources.toml": """
        [S01]
        citation = "A work"
        read = "abs"
    """,
    "styles.toml": """
        [[style]]
        id = "cs_plain"
        name = "Plain"
        markers = "says it"
        effect = "is heard"
        answer = "go on"
    """,
    "psychoeducation.toml": """
        [[fact]]
        id = "core_1"
        text = "It can be treated."
        [[page]]
        id = "p_1"
        title = "A page"
        facts = ["core_1"]
        areas = ["change"]
        techniques = ["tq_talk"]
    """,
    "rules.toml": """
        [[rule]]
        id = "DR-01"
        title = "A rule"
        if_text = "this"
        then_text = "that"
        severity = "info"
    """,
    "areas/change.toml": """
        id = "change"
        title = "A change"
        definition = "something changed"
        questions = ["What changed?"]
        techniques = ["tq_talk"]
        records = ["rec_talk"]
        [[strategy]]
        id = "ch_1"
        order = 1
        title = "link"
        done_when = "linked"
        questions = ["What changed?"]
    """,
    "techniques/tq_talk.toml": """
        id = "tq_talk"
        name = "Talk"
        purpose = "to hear"
        record = "rec_talk"
        worksheet_fields = ["said"]
    """,
    "records/rec_talk.toml": """
        [record]
        id = "rec_talk"
        title = "Talk"
        plain_title = "Talk"
        help = "What was said."
        group = "middle"
        belongs = "session"
        many = true
        seen_by = ["therapist", "client"]
        [[field]]
        key = "said"
        label = "Said"
        type = "text"
        required = true
        [[field]]
        key = "answer"
        label = "Answer"
        type = "text"
    """,
    "records/rec_private.toml": """
        [record]
        id = "rec_private"
        title = "Private"
        plain_title = "Private"
        help = "What the client does not see."
        group = "middle"
        belongs = "session"
        many = true
        seen_by = ["therapist"]
        [[field]]
        key = "said"
        label = "Said"
        type = "text"
    """,
    "measures/ms_mood.toml": """
        id = "ms_mood"
        version = "1"
        title = "Mood"
        full_title = "Mood in one total"
        purpose = "mood"
        licence = "L0"
        licence_note = "ours"
        citation = "ours"
        entry = "total"
        method = "sum"
        direction = "higher-is-worse"
        lowest = 0
        highest = 10
        why_no_items = "a total"
    """,
    "measures/ms_home.toml": """
        id = "ms_home"
        version = "1"
        title = "Home"
        full_title = "Safe at home"
        purpose = "safety"
        private = true
        licence = "L0"
        licence_note = "ours"
        citation = "ours"
        entry = "total"
        method = "sum"
        direction = "higher-is-worse"
        lowest = 0
        highest = 10
        why_no_items = "a total"
    """,
    "manual/base/manual.toml": """
        id = "base"
        name = "Base"
        version = "1"
        population = "anyone"
        minutes = 30
        problem_areas = ["change"]
        measures = ["ms_mood"]
        sources = ["S01"]
        marks = ["DEFAULT"]
        [sessions]
        min = 8
        typical = 12
        max = 20
        [[citation]]
        part = "minutes"
        marks = ["DEFAULT"]
        [[length]]
        planned = 12
        initial = [1, 3]
        middle = [4, 9]
        ending = [10, 12]
        [[phase]]
        id = "initial"
        title = "Initial"
        exit_tasks = ["I01"]
        exit_conditions = ["client-agreed"]
        [[phase]]
        id = "middle"
        title = "Middle"
        leaves_when = ["clinician-decision"]
        [[phase]]
        id = "ending"
        title = "Ending"
        [[agenda]]
        block = "all"
        title = "All of it"
        initial = 30
        middle = 30
        ending = 30
        tasks = { middle = ["M01"] }
        [[schedule]]
        when = "session"
        measures = ["ms_mood"]
        private = ["ms_home"]
        conditions = { ms_mood = "licensed" }
        [[session_plan]]
        first = 1
        last = 1
        tasks = ["I01"]
    """,
    "manual/base/tasks.toml": """
        [[task]]
        id = "I01"
        name = "hear"
        title = "Hear"
        phase = "initial"
        action = "hears"
        record = "rec_talk"
        requirement = "R"
        first_session = 1
        last_session = 3
        quick = ["said"]
        [[task]]
        id = "M01"
        name = "ask"
        title = "Ask"
        phase = "middle"
        action = "asks"
        record = "rec_talk"
        field = "answer"
        requirement = "C"
        condition = "choice-open"
        each_session = true
        quick = ["answer"]
    """,
}


def files() -> dict[str, Any]:
    """The files parsed, yours to change."""
    return copy.deepcopy({name: tomllib.loads(text) for name, text in FILES.items()})
