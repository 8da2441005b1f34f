"""The audit: every tampering is found, and honest use never looks like one."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction

from openipt.cli.main import main
from openipt.records import audit
from openipt.records.actors import this_operator
from openipt.records.models import AuditEvent, ChainHead, Episode
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Iterator[Path]:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    audit.forget_reads()
    yield tmp_path


@pytest.fixture
def chain() -> str:
    """An episode with some history; its chain."""
    episode, session = make.active_episode()
    make.written(session)
    make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, session=session)
    return str(episode.pk)


def events(chain: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(chain=chain).order_by("seq"))


def faults() -> str:
    return "\n".join(audit.verify().faults)


def test_an_untouched_audit_is_whole(chain: str) -> None:
    found = audit.verify()
    assert found
    assert found.chains == 2
    assert found.events == AuditEvent.objects.count()


@pytest.mark.parametrize(
    "change",
    [
        {"act": "note-read"},
        {"actor": "user:somebody"},
        {"at": make.at_day(9)},
        {"object_id": "other"},
        {"object_type": "entry"},
        {"ids": ["more"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_event_is_found_and_named(chain: str, change: dict) -> None:
    AuditEvent.objects.filter(chain=chain, seq=2).update(**change)
    assert f"chain {chain}, event 2: was changed" in faults()


def test_an_event_removed_from_the_middle_is_found(chain: str) -> None:
    AuditEvent.objects.filter(chain=chain, seq=2).delete()
    assert f"chain {chain}, event 2: missing" in faults()


def test_the_first_event_removed_is_found(chain: str) -> None:
    AuditEvent.objects.filter(chain=chain, seq=1).delete()
    assert f"chain {chain}, event 1: missing" in faults()


def test_two_exchanged_events_are_found(chain: str) -> None:
    one, two = events(chain)[:2]
    AuditEvent.objects.filter(pk=one.pk).update(seq=999)
    AuditEvent.objects.filter(pk=two.pk).update(seq=1)
    AuditEvent.objects.filter(pk=one.pk).update(seq=2)
    assert f"chain {chain}, event 1" in faults()


def test_an_event_copied_from_another_chain_is_found(chain: str) -> None:
    one = events(audit.SERVICE_CHAIN)[0]
    AuditEvent.objects.filter(chain=chain, seq=1).update(mac=one.mac, act=one.act, at=one.at)
    assert f"chain {chain}, event 1" in faults()


def test_a_cut_tail_is_found_even_with_its_head_mended(chain: str) -> None:
    last, before = events(chain)[-1], events(chain)[-2]
    AuditEvent.objects.filter(pk=last.pk).delete()
    assert f"event {last.seq}: the chain ends here" in faults()
    ChainHead.objects.filter(chain=chain).update(seq=before.seq, mac=before.mac)
    assert f"chain {chain}, event {last.seq}: missing. The end was cut off" in faults()


def test_a_whole_chain_removed_is_found(chain: str) -> None:
    AuditEvent.objects.filter(chain=chain).delete()
    ChainHead.objects.filter(chain=chain).delete()
    assert f"chain {chain}, event 1: missing" in faults()


def test_a_tail_written_anew_without_the_key_is_found(chain: str) -> None:
    last = events(chain)[-1]
    AuditEvent.objects.filter(pk=last.pk).update(act="other", mac="f" * 64)
    ChainHead.objects.filter(chain=chain).update(mac="f" * 64)
    assert f"chain {chain}, event {last.seq}: was changed" in faults()


def test_a_head_put_back_is_found(chain: str) -> None:
    before = events(chain)[-2]
    ChainHead.objects.filter(chain=chain).update(seq=before.seq, mac=before.mac)
    assert f"chain {chain}" in faults()


def test_a_rolled_back_write_leaves_no_anchor(chain: str) -> None:
    episode = Episode.objects.get(pk=chain)
    before = audit.read_anchor()[chain]
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("test", by=make.OPERATOR, at=make.START, episode=episode)
        raise RuntimeError
    assert audit.read_anchor()[chain] == before
    assert audit.verify()


def test_a_half_written_last_line_and_compaction_do_no_harm(chain: str, home: Path) -> None:
    with (home / "audit.anchor").open("a") as file:
        file.write(f"{chain} 9")
    assert audit.verify()
    audit.compact_anchor()
    assert len((home / "audit.anchor").read_text().splitlines()) == 2
    make.session(Episode.objects.select_related("client", "therapist").get(pk=chain), 7)
    assert audit.verify()


def test_a_database_ahead_of_its_anchor_is_no_tampering(chain: str, home: Path) -> None:
    """The machine stopped between the commit and the line in the file."""
    lines = (home / "audit.anchor").read_text().splitlines()
    (home / "audit.anchor").write_text("\n".join(lines[:-1]) + "\n")
    assert audit.verify()


def test_a_read_is_recorded_once_per_request_and_episode(chain: str) -> None:
    episode = Episode.objects.select_related("therapist").get(pk=chain)
    by = {"by": episode.therapist, "at": make.START, "episode": episode}
    before = len(events(chain))
    audit.record_read(**by)
    audit.record_read(**by)
    assert len(events(chain)) == before + 1
    audit.forget_reads()
    audit.record_read(**by)
    assert len(events(chain)) == before + 2


def test_a_read_is_committed_before_the_page_is_sent(chain: str) -> None:
    """What a page does afterwards cannot undo that it was read."""
    episode = Episode.objects.select_related("therapist").get(pk=chain)
    audit.record_read(by=episode.therapist, at=make.START, episode=episode)
    assert not connection.in_atomic_block
    assert audit.read_anchor()[chain].seq == events(chain)[-1].seq


def test_a_list_is_one_event_with_its_ids(chain: str) -> None:
    operator = make.OPERATOR
    audit.record_read(by=operator, at=make.START, act="clients-listed", ids=["a", "b"])
    last = events(audit.SERVICE_CHAIN)[-1]
    assert (last.act, last.ids, last.actor) == ("clients-listed", ["a", "b"], "operator:tests")


def test_events_hold_ids_and_codes_only(chain: str) -> None:
    for event in AuditEvent.objects.all():
        assert "sad" not in str(event.__dict__)
        assert "Tavares" not in str(event.__dict__)


def test_the_command_says_what_it_found_and_names_the_operator(
    chain: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify"]) == 0
    assert "every chain is whole" in capsys.readouterr().out
    last = events(audit.SERVICE_CHAIN)[-1]
    assert (last.act, last.actor) == ("audit-verified", f"operator:{getpass.getuser()}")
    assert this_operator().name == getpass.getuser()
    AuditEvent.objects.filter(chain=chain, seq=2).update(act="other")
    assert main(["audit", "verify"]) == 1
    assert f"broken: chain {chain}, event 2" in capsys.readouterr().out


WRITER = """
import sys, django
django.setup()
from tests import factories as make
from openipt.records.actions import drafts
from openipt.records.models import Episode
episode = Episode.objects.select_related("client", "therapist").get(pk=sys.argv[1])
for n in range(12):
    drafts.keep_draft_text(
        episode=episode, key=sys.argv[2], field="f", text=str(n), by=episode.therapist, at=make.START
    )
"""

FIRST_WRITER = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from tests import factories as make
print(make.episode().pk)
"""


def test_two_processes_that_write_one_chain_keep_it_whole(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    env = {
        **os.environ,
        "OPENIPT_HOME": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]),
        "DJANGO_SETTINGS_MODULE": "openipt.web.settings",
    }
    env.pop("OPENIPT_DATABASE_URL", None)
    (tmp_path / "home").mkdir()

    def start(*words: str) -> subprocess.Popen[str]:
        said = [sys.executable, *words]
        return subprocess.Popen(said, cwd=root, env=env, stdout=subprocess.PIPE, text=True)

    first = start("-c", FIRST_WRITER)
    episode = first.communicate(timeout=120)[0].strip()
    writers = [start("-c", WRITER, episode, key) for key in "ab"]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    verified = start("-m", "openipt", "audit", "verify")
    assert "every chain is whole" in verified.communicate(timeout=120)[0]
    anchored = (tmp_path / "home" / "audit.anchor").read_text()
    assert f"{episode} 25 " in anchored  # one opening and two times twelve drafts
