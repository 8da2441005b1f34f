"""The audit: who did or read what. Keyed chains in the database, their heads in a file beside it.

Each event's mac covers the event and the mac before it, under a key outside the database: a changed,
removed or exchanged event breaks its chain. A tail that was cut off leaves no gap, so every event's
place and mac also go to `audit.anchor`; a chain that ends before its anchor was cut.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from openipt.records import keys
from openipt.records.actors import Actor, label_of
from openipt.records.models import AuditEvent, ChainHead, Episode
from openipt.records.prepared import MANY_WORDS, Prepared

SERVICE_CHAIN = "service"
FIRST = "0" * 64
MOST_CHAINS = 2048  # asked for in one query: SQLite takes no more than some thousand values
AT_A_TIME = 500  # events read at once while every chain is walked

# Writes that the engine knows nothing of: what was read of the course stands.
OUTSIDE_THE_COURSE = frozenset(
    {
        *("draft-kept", "draft-cleared", "refused-text-kept", "private-note-saved", "alert-seen"),
        *("alert-told", "telling-shown", "telling-sent", "telling-opened", "telling-given-up"),
        *("client-reminded", "reminder-choice-set"),
        *("rules-noted", "rule-decided"),
    }
)

_log = logging.getLogger(__name__)

_HEAD = Prepared(
    lambda chain: ChainHead.objects.filter(chain=chain).values_list("seq", "mac", "revision"), str
)
_REVISION = Prepared(
    lambda chain: ChainHead.objects.filter(chain=chain).values_list("revision", flat=True), str
)
_REVISIONS = Prepared(
    lambda chains: ChainHead.objects.filter(chain__in=chains).values_list("chain", "revision"), MANY_WORDS
)
_COLUMNS = ("chain", "seq", "at", "actor", "act", "object_type", "object_id", "ids", "previous", "mac")
_ADD = (
    f"INSERT INTO {AuditEvent._meta.db_table} ({', '.join(_COLUMNS)}) "  # noqa: S608  (names of our own)
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
)
_MOVE = f"UPDATE {ChainHead._meta.db_table} SET seq = %s, mac = %s, revision = %s WHERE chain = %s"  # noqa: S608


class _ReadsOfThisRequest(threading.local):
    def __init__(self) -> None:
        self.seen: set[tuple[str, ...]] = set()


_reads = _ReadsOfThisRequest()


def forget_reads(**_: object) -> None:
    """A new request: its reads are recorded anew."""
    _reads.seen.clear()


def record(
    act: str,
    *,
    by: Actor,
    at: datetime,
    episode: Episode | None = None,
    obj: Model | None = None,
    ids: Iterable[object] = (),
) -> None:
    """Add one event to the episode's chain, or the service's. Runs inside the caller's transaction."""
    chain = str(episode.pk) if episode is not None else SERVICE_CHAIN
    event = AuditEvent(
        chain=chain,
        at=at,
        actor=label_of(by),
        act=act,
        object_type=obj._meta.model_name if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        ids=[str(one) for one in ids],
    )
    _append(event, writes=act not in OUTSIDE_THE_COURSE)


def record_read(
    *,
    by: Actor,
    at: datetime,
    episode: Episode | None = None,
    act: str = "episode-read",
    ids: Iterable[object] = (),
) -> None:
    """Record that a page is about to be read. Committed before it is sent: call outside a transaction.

    Once per request, act and episode; a page over many episodes is one event with their ids.
    """
    listed = [str(one) for one in ids]
    seen = (label_of(by), act, str(episode.pk) if episode is not None else SERVICE_CHAIN, *listed)
    if seen in _reads.seen:
        return
    event = AuditEvent(chain=seen[2], at=at, actor=seen[0], act=act, ids=listed)
    _append(event, writes=False)
    _reads.seen.add(seen)


def _append(event: AuditEvent, *, writes: bool) -> None:
    with transaction.atomic():
        head = _locked_head(event.chain)
        if head is None:
            ChainHead.objects.get_or_create(chain=event.chain, defaults={"seq": 0, "mac": FIRST})
            head = _locked_head(event.chain) or (0, FIRST, 0)
        seq, mac, revision = head
        event.seq, event.previous = seq + 1, mac
        event.mac = mac_of(event)
        with connection.cursor() as cursor:
            cursor.execute(_ADD, _values_of(event))
            cursor.execute(_MOVE, (event.seq, event.mac, revision + (1 if writes else 0), event.chain))
        line = f"{event.chain} {event.seq} {event.mac}\n"
        transaction.on_commit(lambda: _anchor(line), robust=True)


def _locked_head(chain: str) -> tuple[int, str, int] | None:
    """Place, mac and revision of the chain's last event, held by this transaction until it ends.

    SQLite has one writer at a time, and the transaction has begun as one; PostgreSQL locks the row.
    """
    if connection.features.has_select_for_update:
        locked = ChainHead.objects.select_for_update(no_key=True).filter(chain=chain)
        return locked.values_list("seq", "mac", "revision").first()
    return _HEAD.first(chain)


def _values_of(event: AuditEvent) -> tuple[Any, ...]:
    adapted = connection.ops.adapt_datetimefield_value, connection.ops.adapt_json_value
    at, ids = adapted[0](event.at), adapted[1](event.ids, None)
    return (
        *(event.chain, event.seq, at, event.actor, event.act),
        *(event.object_type, event.object_id, ids, event.previous, event.mac),
    )


def revision_of(episode: Episode) -> int:
    """How many writes the episode has seen."""
    return _REVISION.first(str(episode.pk)) or 0


def revisions_of(episodes: Iterable[UUID]) -> dict[UUID, int]:
    """How many writes each of these episodes has seen: one query for as many as a page shows."""
    chains = [str(one) for one in episodes]
    return {
        UUID(chain): revision
        for first in range(0, len(chains), MOST_CHAINS)
        for chain, revision in _REVISIONS(chains[first : first + MOST_CHAINS])
    }


def mac_of(event: AuditEvent) -> str:
    """The keyed fingerprint of an event, with the one before it."""
    return mac_of_text(text_of(event), keys.audit_key())


def mac_of_text(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def text_of(event: AuditEvent) -> str:
    """What the mac of an event covers; the mac before it comes last."""
    said: list[Any] = [
        event.chain,
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor,
        event.act,
        event.object_type,
        event.object_id,
        event.ids,
        event.previous,
    ]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


# -- the anchor file --------------------------------------------------------------------------------


def anchor_path() -> Path:
    return settings.ENVIRONMENT.home / "audit.anchor"


def _anchor(line: str) -> None:
    with _locked_anchor() as handle:
        os.write(handle, line.encode())


@contextmanager
def _locked_anchor() -> Iterator[int]:
    """The anchor file, open to append and held by this process alone."""
    path = anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists() and os.fstat(handle).st_ino == path.stat().st_ino:
                yield handle
                return
        finally:
            os.close(handle)  # another process put a compacted file in its place: open that one


@dataclass(frozen=True)
class Anchored:
    """The last event of a chain that the anchor file knows."""

    seq: int
    mac: str


def read_anchor() -> dict[str, Anchored]:
    """The highest event of every chain in the anchor file."""
    path = anchor_path()
    found: dict[str, Anchored] = {}
    if not path.exists():
        return found
    with path.open() as file:
        for line in file:
            parts = line.split()
            if len(parts) != 3 or not parts[1].isdigit():
                continue  # the last line of a machine that lost power may be half written
            chain, seq, mac = parts[0], int(parts[1]), parts[2]
            if chain not in found or seq > found[chain].seq:
                found[chain] = Anchored(seq, mac)
    return found


def compact_anchor() -> None:
    """Keep one line per chain. Only after a verification without fault."""
    with _locked_anchor():
        heads = read_anchor()
        draft = anchor_path().with_suffix(".anchor.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{chain} {head.seq} {head.mac}\n" for chain, head in heads.items())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(anchor_path())


# -- verification -----------------------------------------------------------------------------------


@dataclass
class Verification:
    """What a walk over all chains found. `faults` names each broken place, the first one first."""

    events: int = 0
    chains: int = 0
    faults: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.faults


def verify(pause: Callable[[], None] = lambda: None) -> Verification:
    """Walk every chain from its first event to its head, and compare with the anchor file.

    Others may write meanwhile: the anchors and heads that stood before it began must be met on the way, and what
    was walked must lie at or before the heads that stand when it ends. `pause` is called between small parts.
    """
    found = Verification()
    walked = _Walked(read_anchor(), _heads())
    for chain in _chains():
        for event in _events_of(chain, pause):
            found.events += 1
            fault = _fault(event, walked.lasts.get(chain))
            if fault and chain not in walked.broken:
                found.faults.append(fault)
                walked.broken.add(chain)
            walked.takes(event)
    found.chains = len(walked.lasts)
    found.faults += [*_head_faults(walked, _heads()), *_anchor_faults(walked)]
    return found


@dataclass
class _Walked:
    """How far a walk has come in each chain, and what it met where an anchor or a head says that an event is."""

    anchors: dict[str, Anchored]
    heads: dict[str, Anchored]
    lasts: dict[str, Anchored] = field(default_factory=dict)
    at_anchor: dict[str, str] = field(default_factory=dict)
    at_head: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def takes(self, event: AuditEvent) -> None:
        chain = event.chain
        for known, met in ((self.anchors, self.at_anchor), (self.heads, self.at_head)):
            if chain in known and known[chain].seq == event.seq:
                met[chain] = event.mac
        self.lasts[chain] = Anchored(event.seq, event.mac)


def _heads() -> dict[str, Anchored]:
    rows = ChainHead.objects.values_list("chain", "seq", "mac")
    return {chain: Anchored(seq, mac) for chain, seq, mac in rows}


def _chains() -> list[str]:
    return list(AuditEvent.objects.order_by("chain").values_list("chain", flat=True).distinct())


def _events_of(chain: str, pause: Callable[[], None]) -> Iterator[AuditEvent]:
    """The events of one chain in order, a small part at a time: nothing is held open while others write."""
    after = -1
    while part := list(AuditEvent.objects.filter(chain=chain, seq__gt=after).order_by("seq")[:AT_A_TIME]):
        yield from part
        after = part[-1].seq
        pause()
        if len(part) < AT_A_TIME:
            return


def _fault(event: AuditEvent, before: Anchored | None) -> str:
    place = f"chain {event.chain}, event {event.seq}"
    expected = before.seq + 1 if before else 1
    if event.seq != expected:
        return (
            f"chain {event.chain}, event {expected}: missing. Events were removed before event {event.seq}."
        )
    if event.previous != (before.mac if before else FIRST):
        return f"{place}: does not follow the event before it. One of the two was exchanged."
    if not hmac.compare_digest(event.mac, mac_of(event)):
        return f"{place}: was changed after it was written."
    return ""


def _head_faults(walked: _Walked, now: dict[str, Anchored]) -> Iterator[str]:
    for chain in sorted({*walked.heads, *now, *walked.lasts}):
        before, last = walked.heads.get(chain), walked.lasts.get(chain)
        reached = last.seq if last else 0
        met = before is None or not before.seq or walked.at_head.get(chain) == before.mac
        if chain not in walked.broken and not (met and _lies_before(last, now.get(chain), before)):
            walked.broken.add(chain)
            known = now[chain].seq if chain in now else 0
            yield f"chain {chain}, event {reached + 1}: the chain ends here, its head is at {known}."


def _lies_before(last: Anchored | None, head: Anchored | None, before: Anchored | None) -> bool:
    """Is the last event walked the head, or one that others have written on since the walk began?"""
    if last is None:
        return head is None or before is None or not before.seq
    if head is None:
        return False
    if last.seq == head.seq:
        return last.mac == head.mac
    return last.seq < head.seq and (before is None or before.seq < head.seq)


def _anchor_faults(walked: _Walked) -> Iterator[str]:
    for chain, anchor in sorted(walked.anchors.items()):
        if chain in walked.broken:
            continue
        last = walked.lasts[chain].seq if chain in walked.lasts else 0
        if last < anchor.seq:
            yield f"chain {chain}, event {last + 1}: missing. The end was cut off; the anchor is at {anchor.seq}."
        elif walked.at_anchor.get(chain) != anchor.mac:
            yield f"chain {chain}, event {anchor.seq}: is not the event that the anchor file knows."


def chain_of(episode_id: UUID) -> str:
    return str(episode_id)
