"""Keys and erasure from the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openipt.cli.main import main
from openipt.records import sealing
from openipt.records.models import AuditEvent, Client, ClientKey
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    sealing.forget_all()


def test_keys_rotate(capsys: pytest.CaptureFixture[str]) -> None:
    client = make.episode().client
    assert main(["keys", "rotate"]) == 0
    assert "wrapped 1 keys anew" in capsys.readouterr().out
    current = ClientKey.objects.get(client=client).service_key_id
    assert main(["keys", "list"]) == 0
    assert f"{current}: wraps 1 clients' keys, current" in capsys.readouterr().out
    sealing.forget_all()
    assert Client.objects.get(pk=client.pk).name == "Rui Tavares"


def test_rewrap_only_makes_no_new_key(capsys: pytest.CaptureFixture[str]) -> None:
    make.episode()
    assert main(["keys", "rotate", "--rewrap-only"]) == 0
    assert capsys.readouterr().out.startswith("keys: wrapped 0 keys")


def test_a_client_is_erased_only_when_it_is_meant(capsys: pytest.CaptureFixture[str]) -> None:
    client = make.episode().client
    assert main(["client", "erase", str(client.pk)]) == 1
    assert "Add --yes" in capsys.readouterr().out
    assert Client.objects.get(pk=client.pk).erased_at is None
    assert main(["client", "erase", str(client.pk), "--yes"]) == 0
    assert Client.objects.get(pk=client.pk).erased_at is not None
    assert AuditEvent.objects.filter(act="client-erased", actor__startswith="operator:").exists()


@pytest.mark.parametrize("name", ["no-id", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_client_is_named_as_such(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["client", "erase", name, "--yes"]) == 3
    assert "no client with this id" in capsys.readouterr().err


def test_rules_of_an_episode_are_explained_and_the_read_is_audited(
    capsys: pytest.CaptureFixture[str],
) -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", {"s_03": {"answer": "yes"}})
    assert main(["rules", "explain", str(episode.pk), "--on", make.day().isoformat()]) == 0
    assert "DR-08  FIRED" in capsys.readouterr().out
    [event] = AuditEvent.objects.filter(act="rules-explained")
    assert event.chain == str(episode.pk) and event.actor.startswith("operator:")


def test_rules_of_an_unknown_episode_are_not_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "00000000-0000-4000-8000-000000000000"]) == 3
    assert not AuditEvent.objects.filter(act="rules-explained").exists()
    assert capsys.readouterr().out == ""
