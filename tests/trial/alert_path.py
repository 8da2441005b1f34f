"""An alert's whole path under kill -9: from the answer chosen to its acknowledgement, killed at every step.

    python -m tests.trial.alert_path --kills 1000 --seed 1        prints what was found as JSON

Each case is one client with one alert of their own. A process of its own walks the path: the client chooses 3
for item 9; the worker tells therapist and cover; half an hour later the supervisor; half an hour later the
service lead; the therapist takes it on; the worker tells of the step that is late by then. It is killed
with SIGKILL before or after the n-th statement, commit, line of the audit's anchor, or message to the mail server
and the webhook; or at a moment of chance. Then it is started again, perhaps killed again, until the path is walked.

Mail server and webhook live in another process. What they were given is compared with what the database says.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

MINUTES = {"answer": 0, "tell": 0, "supervisors": 31, "leads": 62, "take_on": 63, "late": 63}
STAGES = tuple(MINUTES)
ROUNDS = {
    "raised": ("therapist", "cover"),
    "supervisors": ("supervisor",),
    "leads": ("lead",),
    "late-contacted": ("therapist", "cover", "lead"),
}
SECOND_KILL = 0.3  # how often a process that was started again is killed once more
BY_CHANCE = 0.3  # how often the moment is one of chance and not a place
AFTER_A_KILL = timedelta(seconds=30)  # longer than a lease lasts


@dataclass
class Found:
    """What a trial counted. Everything but the first four and `sent_again` must be 0."""

    database: str = ""
    cases: int = 0
    kills: int = 0
    places: int = 0
    sent_again: int = 0
    alerts_lost: int = 0
    alerts_doubled: int = 0
    answers_lost: int = 0
    steps_wrong: int = 0
    tellings_lost: int = 0
    tellings_doubled: int = 0
    letters_lost: int = 0
    letters_doubled: int = 0
    calls_lost: int = 0
    calls_doubled: int = 0
    unfinished: int = 0
    audit_faults: int = 0
    seconds: float = 0.0
    killed_in: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return self.alerts_lost + self.answers_lost + self.tellings_lost + self.letters_lost + self.calls_lost

    @property
    def doubled(self) -> int:
        return self.alerts_doubled + self.tellings_doubled + self.letters_doubled + self.calls_doubled


# -- the process that is killed ------------------------------------------------------------------------------


class Fuse:
    """Counts the places at which a process can die, and dies at the one it is told."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.count = at, 0

    def place(self) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self) -> Iterator[None]:
        self.place()
        yield
        self.place()

    def lay(self) -> None:
        """Before and after each statement, each commit and each line of the anchor."""
        from django.db import connection

        from openipt.records import audit

        def statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            with self.around():
                return execute(sql, params, many, context)

        connection.execute_wrappers.append(statement)
        commit, anchor = connection._commit, audit._anchor

        def committing() -> None:
            with self.around():
                commit()

        def anchoring(line: str) -> None:
            with self.around():
                anchor(line)

        connection._commit = committing
        audit._anchor = anchoring

    def over(self, sender: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A channel, with a place before and after each message."""

        def send(message: Any) -> Any:
            with self.around():
                return sender(message)

        return send


@dataclass
class Case:
    """One client whose answer raises an alert. Ids only: it is handed from process to process."""

    number: int
    check_in: str
    client: str
    therapist: str
    begins: datetime
    bump: timedelta = timedelta(0)

    def at(self, stage: str) -> datetime:
        return self.begins + timedelta(minutes=MINUTES[stage]) + self.bump


def walk(case: Case, first: int, fuse: Fuse, done: Callable[[int], None]) -> None:
    """The path from that stage on. `done` is told of each stage that is behind us."""
    fuse.lay()
    for place in range(first, len(STAGES)):
        WALK.get(STAGES[place], _work)(case, STAGES[place], fuse)
        done(place + 1)


def _answer(case: Case, stage: str, _fuse: Fuse) -> None:
    """The client's choice; their browser sends it again until it is told that it was kept."""
    from openipt.records.actions import checkins
    from openipt.records.models import CheckIn, User

    checkins.record_answer(
        check_in=CheckIn.objects.get(pk=case.check_in),
        measure="ms_phq9",
        item=9,
        value=3,
        by=User.objects.get(pk=case.client),
        at=case.at(stage),
    )


def _work(case: Case, stage: str, fuse: Fuse) -> None:
    """The worker, as a service that has just been started runs it, until nothing is left to do now."""
    from openipt.records.worker import Worker
    from openipt.records.worker.sending import senders

    channels = {channel: fuse.over(sender) for channel, sender in senders().items()}
    one = Worker(now=lambda: case.at(stage), channels=channels, in_line=True, gentle=False)
    while one.turn() or one.hold is None:
        pass
    one.stop()


def _take_on(case: Case, stage: str, _fuse: Fuse) -> None:
    from openipt.records.actions import alerts
    from openipt.records.models import Alert, User

    alert = Alert.objects.get(check_in=case.check_in)
    alerts.acknowledge(alert=alert, by=User.objects.get(pk=case.therapist), at=case.at(stage))


WALK: dict[str, Callable[[Case, str, Fuse], None]] = {"answer": _answer, "take_on": _take_on}


def in_a_process(
    case: Case, first: int, kill_at: int = 0, kill_after: float = 0.0
) -> tuple[int, list[int], bool]:
    """Walk in a process of its own. Up to which stage it came, how many places were passed at the end of each
    stage, whether it was killed.
    """
    from django.db import connections

    connections.close_all()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        _child(case, first, kill_at, writes)
    os.close(writes)
    timer = threading.Timer(kill_after, os.kill, [child, signal.SIGKILL])
    if kill_after:
        timer.start()
    with os.fdopen(reads) as pipe:
        said = [line.split() for line in pipe if line.endswith("\n")]
    timer.cancel()  # before the number of the process is free for another one
    if kill_after:
        timer.join()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    if not killed and os.WEXITSTATUS(status):
        raise SystemExit("a process of the path broke by itself: see above")
    stages = [int(number) for word, number in said if word == "stage"]
    places = [int(number) for word, number in said if word == "places"]
    return max(stages, default=first), places, killed


def _child(case: Case, first: int, kill_at: int, writes: int) -> None:
    code = 1
    try:
        fuse = Fuse(kill_at)

        def done(stage: int) -> None:
            os.write(writes, f"stage {stage}\nplaces {fuse.count}\n".encode())

        walk(case, first, fuse, done)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


# -- the world around it ---------------------------------------------------------------------------------------


class Outside:
    """Mail server and webhook in a process that nobody kills; what they were given stands in two files."""

    def __init__(self, folder: Path) -> None:
        self.letters, self.calls = folder / "letters", folder / "calls"
        reads, writes = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            self._serve(writes)
        os.close(writes)
        with os.fdopen(reads) as pipe:
            self.mail_port, self.hook_port = (int(word) for word in pipe.readline().split())

    def _serve(self, writes: int) -> None:
        from tests.outside import Kept, machine, mail_server

        with mail_server() as mail, machine() as hook:
            mail.letters = Kept(self.letters, lambda letter: letter["Message-ID"].strip("<>").split("@")[0])
            hook.calls = Kept(self.calls, lambda call: call[0]["Idempotency-Key"])
            os.write(writes, f"{mail.port} {hook.port}\n".encode())
            os.close(writes)
            signal.pause()
        os._exit(0)

    def stop(self) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)

    def given(self) -> tuple[Counter[str], Counter[str]]:
        return tuple(  # type: ignore[return-value]
            Counter(file.read_text().split() if file.exists() else []) for file in (self.letters, self.calls)
        )


class World:
    """The people of the service, and a new client for each case."""

    def __init__(self) -> None:
        from tests.records.worker_world import house

        self.house = house(covered_days=3650)  # the cases follow one another every four hours
        self.people = self.house.names
        self.begins = datetime.fromisoformat("2026-01-05T09:00:00+00:00")

    def case(self, number: int) -> Case:
        from openipt.records.actions import checkins
        from tests import factories as make

        episode, _ = make.active_episode(self.house.therapist)
        client = make.client_login(episode)
        begins = self.begins + timedelta(hours=4 * number)
        check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=client, at=begins)
        return Case(number, str(check_in.pk), str(client.pk), str(self.house.therapist.pk), begins)

    def close(self, case: Case) -> None:
        """The case is over, its alert closed and its course ended: nothing of it is told or looked at any more."""
        from openipt.records.actions import alerts, episodes
        from openipt.records.models import Alert
        from tests import factories as make

        at = case.at("late") + timedelta(minutes=1)
        for alert in Alert.objects.filter(check_in=case.check_in).select_related("episode__client"):
            make.assessed(alert.episode, by=self.house.therapist, at=at)
            alerts.resolve(alert=alert, words="asked", by=self.house.therapist, at=at)
            episodes.change_status(
                episode=alert.episode, status="ended", end_reason="other", by=self.house.therapist, at=at
            )


# -- what must hold ------------------------------------------------------------------------------------------------


def hold_to_account(case: Case, world: World, outside: Outside, found: Found) -> None:
    """Everything exactly once: the alert, its steps, every telling of every person, every letter, every call."""
    from openipt.records.models import Alert, AnswerEvent, Delivery

    alerts = list(Alert.objects.filter(check_in=case.check_in))
    found.alerts_lost += not alerts
    found.alerts_doubled += max(0, len(alerts) - 1)
    answers = AnswerEvent.objects.filter(check_in=case.check_in, item=9, value=3).count()
    found.answers_lost += answers != 1
    if len(alerts) != 1:
        found.wrong.append(f"case {case.number}: {len(alerts)} alerts")
        return
    _steps(case, alerts[0], found)
    expected = _expected()
    rows = list(Delivery.objects.filter(alert=alerts[0]))
    told = Counter((world.people.get(row.recipient_id, "webhook"), row.channel, _reason(row)) for row in rows)
    _count(found, "tellings", told, expected, case)
    letters, calls = outside.given()
    _count(found, "letters", _under_own_id(rows, letters, "email", world), _of(expected, "email"), case)
    _count(found, "calls", _under_own_id(rows, calls, "webhook", world), _of(expected, "webhook"), case)
    for kind, given in (("email", letters), ("webhook", calls)):
        found.sent_again += sum(
            given[str(row.pk)] - 1 for row in rows if row.channel == kind and given[str(row.pk)]
        )


def _steps(case: Case, alert: Any, found: Found) -> None:
    kinds = Counter(alert.steps.values_list("kind", flat=True))
    right = kinds == Counter({"told": 4, "acknowledged": 1}) and alert.state == "acknowledged"
    if not right:
        found.steps_wrong += 1
        found.wrong.append(f"case {case.number}: {dict(kinds)}, {alert.state}")


def _expected() -> Counter[tuple[str, str, str]]:
    told = Counter(
        (who, channel, reason)
        for reason, people in ROUNDS.items()
        for who in people
        for channel in ("app", "email")
    )
    return told + Counter(("webhook", "webhook", reason) for reason in ROUNDS)


def _of(expected: Counter[tuple[str, str, str]], channel: str) -> Counter[tuple[str, str, str]]:
    return Counter({key: number for key, number in expected.items() if key[1] == channel})


def _reason(row: Any) -> str:
    return str(row.reason).rsplit("-", 1)[0] if str(row.reason).startswith("late") else str(row.reason)


def _under_own_id(
    rows: list[Any], given: Counter[str], channel: str, world: World
) -> Counter[tuple[str, str, str]]:
    """What the other side has, one for each id: by the id it can tell that it has this one already."""
    return Counter(
        (world.people.get(row.recipient_id, "webhook"), channel, _reason(row))
        for row in rows
        if row.channel == channel and given[str(row.pk)]
    )


def _count(found: Found, what: str, has: Counter[Any], expected: Counter[Any], case: Case) -> None:
    lost, more = expected - has, has - expected
    setattr(found, f"{what}_lost", getattr(found, f"{what}_lost") + sum(lost.values()))
    setattr(found, f"{what}_doubled", getattr(found, f"{what}_doubled") + sum(more.values()))
    if lost or more:
        found.wrong.append(f"case {case.number}: {what} lost {dict(lost)}, too many {dict(more)}")


# -- the trial -------------------------------------------------------------------------------------------------------


def trial(kills: int, seed: int, folder: Path) -> Found:
    """Kill until that many kills are counted; each case is walked to its end and held to account."""
    from django.db import connection

    found, began = Found(database=connection.vendor), time.monotonic()
    outside = Outside(folder)
    try:
        switch_on(outside)
        world, chance = World(), random.Random(seed)
        passed = _places(world, outside, found)
        found.places = passed[-1]
        in_stages: Counter[str] = Counter()
        number = 0
        while found.kills < kills:
            number += 1
            place = spread(number // 3, passed[0]) if number % 3 == 0 else spread(number, passed[-1])
            _one(world.case(number), world, outside, found, chance, place, in_stages)
        found.killed_in = {stage: in_stages[stage] for stage in STAGES}
        _hold_all_to_account(outside, found)
    finally:
        outside.stop()
    found.seconds = round(time.monotonic() - began, 1)
    return found


def spread(number: int, places: int) -> int:
    """The n-th place of a walk that comes to every place, and early to every part. A third of all walks is over
    the answer's own places alone: there is most to lose.
    """
    step = next(n for n in range(round(places * 0.618), places + 1) if math.gcd(n, places) == 1)
    return 1 + number * step % places


def _places(world: World, outside: Outside, found: Found) -> list[int]:
    """A case that nobody kills: how many places there are to die at, up to the end of each stage."""
    case = world.case(0)
    stage, places, _ = in_a_process(case, 0)
    assert stage == len(STAGES)
    hold_to_account(case, world, outside, found)
    world.close(case)
    found.cases += 1
    return places


def _one(
    case: Case,
    world: World,
    outside: Outside,
    found: Found,
    chance: random.Random,
    place: int,
    in_stages: Counter[str],
) -> None:
    by_chance = chance.random() < BY_CHANCE
    how = {"kill_after": chance.uniform(0.005, 0.6)} if by_chance else {"kill_at": place}
    stage, _, killed = in_a_process(case, 0, **how)
    tries = 0
    while killed:
        found.kills += 1
        in_stages[STAGES[min(stage, len(STAGES) - 1)]] += 1  # the last: while it ended
        _what_was_said_is_kept(case, stage, found)
        case.bump += AFTER_A_KILL
        tries += 1
        again = chance.random() < SECOND_KILL and tries < 6
        how = {"kill_at": chance.randrange(1, found.places)} if again else {}
        stage, _, killed = in_a_process(case, stage, **how)
    found.unfinished += stage != len(STAGES)
    hold_to_account(case, world, outside, found)
    world.close(case)
    found.cases += 1


def _what_was_said_is_kept(case: Case, stage: int, found: Found) -> None:
    """Whoever was told that it is kept finds it, the moment after the kill."""
    from openipt.records.models import Alert

    there = Alert.objects.filter(check_in=case.check_in)
    if stage > STAGES.index("answer") and not there.exists():
        found.alerts_lost += 1
        found.wrong.append(f"case {case.number}: gone after the answer was said to be kept")
    if stage > STAGES.index("take_on") and not there.filter(state="acknowledged").exists():
        found.steps_wrong += 1
        found.wrong.append(f"case {case.number}: taken on, and not kept")


def _hold_all_to_account(outside: Outside, found: Found) -> None:
    """Nothing was sent that no telling asked for, and every chain of the audit is whole."""
    from openipt.records import audit
    from openipt.records.models import Delivery

    letters, calls = outside.given()
    known = {str(pk) for pk in Delivery.objects.values_list("pk", flat=True)}
    strange = [key for key in (*letters, *calls) if key not in known]
    found.letters_doubled += len(strange)
    faults = audit.verify().faults
    found.audit_faults = len(faults)
    found.wrong += [*faults, *(f"nobody asked for {key}" for key in strange)]


def switch_on(outside: Outside) -> None:
    """Both channels are on, and lead to the process outside."""
    from django.conf import settings

    from openipt.web.environment_channels import MailServer, Webhook
    from tests.records import worker_world

    worker_world.switch_on(
        settings,
        mail=MailServer("127.0.0.1", outside.mail_port, "service@example.org", tls="none"),
        webhook=Webhook("127.0.0.1", outside.hook_port, "/", False, b"sixteen letters here"),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory(prefix="openipt-trial-") as folder:
        found = trial(options.kills, options.seed, Path(folder))
    print(json.dumps({**asdict(found), "lost": found.lost, "doubled": found.doubled}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
