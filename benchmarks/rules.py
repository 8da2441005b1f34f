"""Every decision rule over many courses. `make bench`, or `.venv/bin/python benchmarks/rules.py`.

Courses are made in memory from a seed: sessions with gaps and absences, PHQ-9 and GAD-7 item by item, and the
records that rules read. Each is read on a day within it, all 48 rules, as a page or the worker would. Making
them is not counted, nor is the collector's walk over what was made. First one process, then one for each core, which is how a service would look at all of its
episodes at the turn of the day. The last line says what the rules answered: the same for the same seed.

    --count N   courses (default 100,000; one process reads a tenth of them)
    --seed N    another set of courses
    --page FILE put the figures into the table of this page
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import table  # noqa: E402

from openipt import library  # noqa: E402
from openipt.core.course.course import Answers, Attendance, Course, Entry, Meeting  # noqa: E402
from openipt.core.course.rules import RULES, rule_results  # noqa: E402
from openipt.core.manual.model import Manual  # noqa: E402

SHARE = 1_000  # courses made and read at a time
START = date(2025, 1, 6)
ATTENDANCE = [Attendance.ATTENDED] * 12 + [Attendance.LATE, Attendance.MISSED, Attendance.CANCELLED]
AREAS = ("grief", "role_dispute", "role_transition", "interpersonal_sensitivity")
FACTORS = ("f_link", "f_priority", "f_severity", "f_affect", "f_change")


@dataclass(frozen=True)
class Read:
    """What reading one share of the courses took, and what was answered."""

    episodes: int
    seconds: float
    cpu: float
    states: Counter[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, default=None)
    args = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    read_share((args.seed, 0, 50))  # the manual is read, its indexes are made
    shares = [(args.seed, first, min(SHARE, args.count - first)) for first in range(0, args.count, SHARE)]
    few = shares[: max(1, len(shares) // 10)]
    print(f"{len(RULES)} rules, seed {args.seed}, {cores} cores; load {os.getloadavg()[0]:.1f} before\n")
    print(
        f"{'processes':>9} {'episodes':>9} {'seconds':>8} {'episodes/s':>11} {'evaluations/s':>14} {'CPU ms each':>12}"
    )
    rows = [_told(1, [read_share(share) for share in few])]
    with ProcessPoolExecutor(cores) as pool:
        done = list(pool.map(read_share, shares))
    rows.append(_told(cores, done))
    table.keep("rules", rows, args.page)
    states = sum((share.states for share in done), Counter[str]())
    print(f"\nanswered: {', '.join(f'{state} {count:,}' for state, count in sorted(states.items()))}")
    return 0


def _told(processes: int, done: list[Read]) -> table.Row:
    """One line: the clock time in which so many processes read that many courses."""
    episodes, seconds = sum(d.episodes for d in done), sum(d.seconds for d in done) / processes
    each = 1000 * sum(d.cpu for d in done) / episodes
    per_second = episodes / seconds
    print(
        f"{processes:>9} {episodes:>9,} {seconds:>8.1f} {per_second:>11,.0f} {per_second * len(RULES):>14,.0f} "
        f"{each:>12.2f}"
    )
    what = f"every rule of an episode, episodes a second, {processes} process{'es' if processes > 1 else ''}"
    return table.Row(what, f"{per_second:,.0f}")


def read_share(share: tuple[int, int, int]) -> Read:
    """Make one share of the courses, then read every rule of each; only the reading is timed."""
    seed, first, count = share
    made = [a_course(random.Random(f"{seed}.{first + n}")) for n in range(count)]  # noqa: S311  (no secret)
    states: Counter[str] = Counter()
    gc.collect()
    gc.freeze()
    clock, cpu = time.perf_counter(), time.process_time()
    found = [rule_results(manual, course, on) for manual, course, on in made]
    seconds, spent = time.perf_counter() - clock, time.process_time() - cpu
    gc.unfreeze()
    for results in found:
        states.update(result.state.value for result in results)
    return Read(count, seconds, spent, states)


# -- a course ---------------------------------------------------------------------------------------


def a_course(chance: random.Random) -> tuple[Manual, Course, date]:
    """One made-up course with its manual, and a day within it."""
    manual = library.manual("ipc" if chance.random() < 0.2 else "ipt_acute")
    planned = chance.randint(manual.sessions.min, manual.sessions.max)
    meetings = tuple(_meetings(chance, chance.randint(1, planned + 1)))
    held = [meeting for meeting in meetings if meeting.attendance.is_held]
    course = Course(
        adaptation=manual.id,
        manual_version=manual.version,
        planned_sessions=planned,
        started_on=START,
        birth_year=chance.choice([None, 1940, 1955, 1970, 1985, 2000, 2009]),
        meetings=meetings,
        answers=tuple(_answers(chance, held)),
        entries=tuple(_entries(chance, held, planned)),
    )
    on = chance.choice(meetings).on + timedelta(days=chance.randint(0, 20))
    return manual, course, on


def _meetings(chance: random.Random, count: int) -> Iterator[Meeting]:
    yield Meeting(
        START - timedelta(days=7), 0, Attendance.ATTENDED, tasks_done=("A01", "A02", "A03", "A04", "A05")
    )
    number, on = 0, START
    for _ in range(count):
        attendance = chance.choice(ATTENDANCE)
        number += attendance.is_held
        tasks = (
            ("I01", "I03", "I06", "I07")
            if number == 1
            else ("I10", "I12", "I13")
            if number == 3
            else ("M01", "M08")
        )
        yield Meeting(
            on,
            number if attendance.is_held else None,
            attendance,
            minutes=50 if attendance.is_held else 0,
            tasks_done=tasks if attendance.is_held else (),
            signed=True,
        )
        on += timedelta(days=chance.choice([7, 7, 7, 7, 14, 28]))


def _answers(chance: random.Random, held: list[Meeting]) -> Iterator[Answers]:
    """Scores that fall, stand or rise; now and then an item is declined, or a sitting was not finished."""
    severity, slope = chance.uniform(0.6, 2.6), chance.uniform(-0.12, 0.05)
    for meeting in held:
        for measure, items in (("ms_phq9", 9), ("ms_gad7", 7)):
            given = [_item(chance, severity) for _ in range(items)]
            if measure == "ms_phq9":
                given[8] = chance.choice([0, 0, 0, 0, 0, 1, 2, 3, None])
            yield Answers(
                measure, meeting.on, tuple(given), session=meeting.number, finished=chance.random() > 0.02
            )
        if meeting.number in (3, 8):
            yield Answers(
                "ms_alliance3", meeting.on, tuple(chance.choices(range(3, 11), k=3)), session=meeting.number
            )
        severity = min(3.0, max(0.0, severity + slope + chance.uniform(-0.15, 0.15)))


def _item(chance: random.Random, severity: float) -> int | None:
    return None if chance.random() < 0.01 else min(3, max(0, round(severity + chance.uniform(-0.9, 0.9))))


def _entries(chance: random.Random, held: list[Meeting], planned: int) -> Iterator[Entry]:
    checklist = {
        f"s_{n:02}": {"answer": "yes" if n < 3 or chance.random() < 0.03 else "no"} for n in range(1, 18)
    }
    yield Entry("rec_suitability", START - timedelta(days=7), checklist, session=0, order=1)
    yield Entry(
        "rec_ipv_screen", START - timedelta(days=7), {"alone_confirmed": True, "positive": False}, 0, order=2
    )
    drug = chance.choice(["sertraline", None])
    yield Entry("rec_medication", START, {"drug": drug, "wish": "keep for now"}, session=1, order=3)
    for n in range(chance.randint(2, 6)):
        event = {"type": "event", "text": "moved house", "date": str(START - timedelta(days=90 * n))}
        yield Entry("rec_timeline", START, event, session=1, order=4 + n)
    for n in range(chance.randint(2, 9)):
        yield Entry(
            "rec_inventory_person", START, {"person_id": f"p{n}", "alive": n > 0}, session=1, order=20 + n
        )
    for meeting in held:
        yield from _of_session(chance, meeting, planned)


def _of_session(chance: random.Random, meeting: Meeting, planned: int) -> Iterator[Entry]:
    number, order = meeting.number or 0, 100 * (meeting.number or 0)
    level = chance.choice(["green"] * 8 + ["yellow", "orange"])
    yield Entry(
        "rec_risk", meeting.on, {"thoughts": level != "green", "level": level}, number, order=order + 1
    )
    yield Entry(
        "rec_action_plan", meeting.on, {"step": "ask for Tuesday", "done": "yes"}, number, order=order + 2
    )
    yield Entry("rec_emotion_log", meeting.on, {"first_word": "sad"}, session=number, order=order + 3)
    if number == 3:
        for n in range(3):
            rated = {
                "issue": f"i{n}",
                "area": AREAS[n],
                "factors": {f: chance.randint(0, 3) for f in FACTORS},
            }
            yield Entry("rec_issue_ranking", meeting.on, rated, session=number, order=order + 4 + n)
        area = chance.choice(AREAS)
        agreed = {"agreement": chance.choice(["agree", "partly"]), "problem_area": [area], "onset": "2024-10"}
        yield Entry("rec_formulation", meeting.on, agreed, session=number, order=order + 8)
        contract = {"focus": [area], "sessions_planned": planned, "frequency": "weekly"}
        yield Entry("rec_contract", meeting.on, contract, session=number, order=order + 9)


if __name__ == "__main__":
    sys.exit(main())
