"""One turn of the worker after the other. Urgent things first; what takes long comes in small parts."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import OperationalError, close_old_connections, connection

from openipt.records import audit, sealing
from openipt.records.actions import checks, daily, reminders
from openipt.records.actions import worker as actions
from openipt.records.actions.worker import LEASE_FOR, Hold, LeaseLost
from openipt.records.actors import day_of
from openipt.records.channels import Outcome, Sender
from openipt.records.models import Channel
from openipt.records.queries import audits, own_course
from openipt.records.queries import worker as queries
from openipt.records.worker.beside import Beside
from openipt.records.worker.sending import Outbox, senders

POLL = 1.0  # seconds between turns that found nothing to do
BEAT_EVERY = LEASE_FOR.total_seconds() / 4
SELDOM = 60.0  # seconds between looks for what is hardly ever there
LOOKS = 100  # alerts in one turn
PARTS = 10  # of the events that were written, in one turn
OF_A_DAY = 500  # episodes to look at on a new day that are asked for at once
CHECKS = 5  # episodes in one turn: each takes tens of milliseconds
SET_ASIDE_FOR = 60.0  # seconds until what went wrong is tried again
GIVE_WAY_FOR = 1.0  # the same where a page held a row
BREATH = 0.5  # seconds between small parts of long work, for pages served by the same process
REST = 0.1  # seconds between small parts of what is read beside the loop: most of the time is the pages'
TRIES_TO_KEEP = 5
LONGEST_PAUSE = 30.0  # seconds between turns while the database does not answer

_log = logging.getLogger(__name__)


def holder_name() -> str:
    """Who this worker is: machine and process, and a mark that no other start has."""
    return f"{socket.gethostname()[:80]}, process {os.getpid()}, {secrets.token_hex(3)}"


class Worker:
    """`now` is the service's clock; `tick` counts seconds that nobody puts right. `gentle`: it leaves room
    for the pages that the same process serves.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        holder: str = "",
        channels: Mapping[Channel, Sender] | None = None,
        in_line: bool = False,
        gentle: bool = True,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now, self.tick = now, tick
        self.holder = holder or holder_name()
        self.outbox = Outbox(senders() if channels is None else channels, in_line=in_line)
        self.beside = Beside(in_line=in_line, rest=REST if gentle else REST / 10)
        self.hold: Hold | None = None
        self.gentle = gentle
        self._checked = False
        self._events_at = -1
        self._events_from: int | None = None
        self._again: set[UUID] = set()
        self._seen: tuple[tuple[str, int, int], float] | None = None
        self._last: dict[str, float] = {}
        self._aside: dict[object, float] = {}
        self._day_done: object = None
        self._of_day: list[UUID] = []
        self._read: dict[str, object] = {}
        self._let_go_at: object = None

    # -- running ---------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Turn after turn until told to stop; then the lease is given back."""
        failed = 0
        while not stop.is_set():
            close_old_connections()
            try:
                busy, failed = self.turn(), 0
            except Exception:
                _log.exception("a turn of the worker failed")
                connection.close()
                self.hold, busy, failed = None, False, min(failed + 1, 10)
                stop.wait(min(2.0**failed, LONGEST_PAUSE))
            if not busy:
                self._keep_what_came_back(stop)
        self.stop()
        connection.close()

    def _keep_what_came_back(self, stop: threading.Event) -> None:
        """Wait for the next turn; what comes back meanwhile is kept at once."""
        pause = BREATH if self._checked else POLL
        if not self.outbox.is_busy:
            stop.wait(pause)
            return
        try:
            self._keep_outcomes(wait=pause)
        except LeaseLost:
            self.hold = None
        except Exception:
            _log.exception("the worker could not keep what came of a telling")
            connection.close()

    def stop(self) -> None:
        """Give the lease back, so that another may begin at once."""
        self.beside.stop()
        hold, self.hold = self.hold, None
        if hold is None:
            return
        try:
            actions.release(hold=hold)
        except Exception:  # it runs out by itself
            _log.info("the lease was not given back")

    def turn(self) -> bool:
        """Everything that is due now. True where there is more to do at once."""
        sealing.forget_all()
        audit.forget_reads()
        try:
            if not self._holds():
                return False
            self._keep_outcomes()
            told = self._look()
            sent = self._send()
            reminded = self._remind()
            self._checked = self._check()
            self._read_beside()
            return told or sent or reminded or (self._checked and not self.gentle)
        except LeaseLost:
            self.hold = None
            self._say_who_took_over()
            return False

    def _say_who_took_over(self) -> None:
        """Nobody has where the lease went with all rows, as when a demo is begun anew: it is taken again."""
        found = queries.lease()
        if found is not None and found.holder not in ("", self.holder):
            _log.info("another worker has taken over")

    # -- the lease -------------------------------------------------------------------------------------

    def _holds(self) -> bool:
        if self.hold is None:
            self.hold = self._take()
        elif self._is_time("beat", BEAT_EVERY):
            actions.beat(hold=self.hold, at=self.now())
        return self.hold is not None

    def _take(self) -> Hold | None:
        """The lease, where it is free, run out, or its holder has been silent for as long as it lasts."""
        found = queries.lease()
        silent = False
        if found is not None and found.holder:
            mark = (found.holder, found.term, found.beats)
            if self._seen is None or self._seen[0] != mark:
                self._seen = (mark, self.tick())
            silent = self.tick() - self._seen[1] >= LEASE_FOR.total_seconds()
        hold = actions.take(holder=self.holder, at=self.now(), silent=silent)
        if hold is not None:
            self._last.clear()
            self._last["beat"] = self.tick()
            self._aside.clear()
            self._day_done = None
            self._of_day.clear()
            self._read.clear()
            self._events_at, self._events_from = -1, None
            self._again.clear()
        return hold

    def _is_time(self, what: str, every: float) -> bool:
        last = self._last.get(what)
        if last is not None and self.tick() - last < every:
            return False
        self._last[what] = self.tick()
        return True

    # -- the work --------------------------------------------------------------------------------------

    def _look(self) -> bool:
        assert self.hold is not None
        due = queries.alerts_to_look_at(self.now(), LOOKS)
        if self._is_time("unwatched", SELDOM):
            due += queries.alerts_unwatched(LOOKS)
        one = partial(actions.look, hold=self.hold)
        return self._each(due, lambda pk: one(alert_id=pk, at=self.now()))

    def _send(self) -> bool:
        assert self.hold is not None
        sent = False
        for channel in self.outbox.senders:
            room = self.outbox.room(channel)
            if not room or not queries.is_to_send(channel, self.hold.term, self.now()):
                continue
            for claim in actions.claim(hold=self.hold, channel=channel, most=room, at=self.now()):
                self.outbox.send(claim)
                sent = True
        self._keep_outcomes()
        if self._is_time("old", SELDOM) and queries.is_too_late(self.now()):
            actions.give_up_old(hold=self.hold, at=self.now())
        return sent

    def _keep_outcomes(self, wait: float = 0.0) -> None:
        for claim, outcome in self.outbox.came_back(wait):
            if self.hold is None:
                continue  # whoever holds the lease now sends it again, under the same key
            self._keep(claim, outcome)

    def _keep(self, claim: actions.Claim, outcome: Outcome) -> None:
        """Tried a few times: what cannot be kept is sent again, under the same key."""
        assert self.hold is not None
        for _ in range(TRIES_TO_KEEP):
            try:
                actions.keep_outcome(hold=self.hold, claim=claim, outcome=outcome, at=self.now())
                return
            except OperationalError:
                _mend()

    def _remind(self) -> bool:
        assert self.hold is not None
        if not self._is_time("reminders", SELDOM):
            return False
        one = partial(reminders.remind, hold=self.hold)
        due = queries.sessions_to_remind_of(self.now())
        return self._each(due, lambda pk: one(session_id=pk, at=self.now()))

    def _check(self) -> bool:
        """Rules of episodes that were written to; then, on a new day, of all that run."""
        assert self.hold is not None
        written = self._written_to()
        due = written[:CHECKS]
        on = day_of(self.now())
        if not due and self._day_done != on:
            due = self._next_of_day(on)
        one = partial(checks.check, hold=self.hold)
        return self._each(due, lambda pk: one(episode_id=pk, at=self.now()))

    def _next_of_day(self, on: date) -> list[UUID]:
        """A few episodes that were not looked at today; many are asked for at once, and run down in turns."""
        if not self._of_day:
            self._of_day = queries.episodes_of_a_new_day(on, OF_A_DAY + len(self._aside))
            self._day_done = on if not self._of_day else None
        part, self._of_day = self._of_day[:CHECKS], self._of_day[CHECKS:]
        return queries.still_to_look_at(on, part) if part else []

    # -- once a day ------------------------------------------------------------------------------------

    def _read_beside(self) -> None:
        """The service's own course as the day begins; the audit once the day's rules are looked at."""
        on = day_of(self.now())
        self._let_go()
        while True:
            if (back := self.beside.came_back()) is not None:
                self._keep_read(*back)
            if self.beside.is_busy or not self._begin_to_read(on):
                return

    def _let_go(self) -> None:
        """What is kept for an hour, or for so many days, goes: looked at once an hour."""
        assert self.hold is not None
        at = self.now()
        hour = at.replace(minute=0, second=0, microsecond=0)
        if self._let_go_at == hour:
            return
        self._let_go_at = hour
        try:
            daily.let_go_of_enquiries(hold=self.hold, at=at)
        except OperationalError:
            _mend()

    def _begin_to_read(self, on: date) -> bool:
        """Begin with what of this day is not read yet; False where nothing is left."""
        if self._read.get("own course") != on:
            self._read["own course"] = on
            if not own_course.is_written(on):
                self.beside.start("own course", lambda pause: (on, own_course.work_out(on, pause)))
            return True
        if self._day_done == on and self._read.get("audit") != on:
            self._read["audit"] = on
            last = audits.newest_check()
            if last is None or day_of(last.at) != on:
                self.beside.start("audit", audit.verify)
            return True
        return False

    def _keep_read(self, name: str, found: Any) -> None:
        """One that could not be read, or kept, is read again tomorrow, or by the next worker."""
        assert self.hold is not None
        if found is None:
            return
        try:
            if name == "audit":
                daily.keep_audit_check(hold=self.hold, found=found, at=self.now())
            else:
                daily.keep_own_courses(hold=self.hold, on=found[0], courses=found[1], at=self.now())
        except OperationalError:
            self._read.pop(name, None)
            _mend()

    def _written_to(self) -> list[UUID]:
        """Episodes written to since they were looked at. Nothing is asked while nobody writes.

        After an import there may be millions of events: they are read part by part, a few parts in a turn.
        """
        assert self.hold is not None
        last = queries.last_event()
        if last == self._events_at and not self._again:
            return []
        for _ in range(PARTS):
            waiting = self._written_in_next_part()
            if waiting or last == self._events_at:
                return waiting
        return []

    def _written_in_next_part(self) -> list[UUID]:
        """What was set aside waits for its time; meanwhile the work goes on with what was written later."""
        assert self.hold is not None
        if self._events_from is None:
            lease = queries.lease()
            self._events_from = lease.events_seen if lease is not None else 0
        chains, upto = queries.chains_written_to(self._events_from)
        found = queries.not_looked_at(chains | self._again)
        self._again = {pk for pk in found if self._aside.get(pk, 0.0) > self.tick()}
        waiting = [pk for pk in found if pk not in self._again]
        if not waiting:
            self._events_from = self._events_at = upto
            if not found and self._is_time("events", SELDOM):
                checks.seen(hold=self.hold, event=upto)
        return waiting

    def _each(self, ids: Iterable[UUID], act: Callable[[UUID], object]) -> bool:
        """Each in a transaction of its own. One that goes wrong is set aside for a while; the others go on."""
        done = False
        for pk in ids:
            if self._aside.get(pk, 0.0) > self.tick():
                continue
            try:
                act(pk)
                done = True
            except LeaseLost:
                raise
            except OperationalError:
                self._aside[pk] = self.tick() + GIVE_WAY_FOR
                _mend()
            except Exception:
                _log.exception("the worker could not do its work on %s", pk)
                self._aside[pk] = self.tick() + SET_ASIDE_FOR
                _mend()
        return done


def _mend() -> None:
    """A connection that broke is opened anew by whatever asks next."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
