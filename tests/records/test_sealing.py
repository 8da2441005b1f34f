"""One key per client, values bound to their place, erasure for good, rotation without loss."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from openipt.errors import NotAllowedNow, SettingError
from openipt.records import keys, sealing
from openipt.records.actions import accounts, clients, drafts, people, rotation
from openipt.records.models import (
    Client,
    ClientKey,
    DraftKey,
    DraftText,
    Entry,
    NameToken,
    Person,
    Session,
    User,
)
from tests import factories as make

pytestmark = pytest.mark.django_db


def fresh(row):
    """The same row read again, with nothing opened yet."""
    sealing.forget_all()
    return type(row).objects.get(pk=row.pk)


# -- bound to its place -----------------------------------------------------------------------------


def test_a_value_opens_in_its_own_row_and_column_only() -> None:
    episode = make.episode()
    ana, rui = (
        people.add_person(episode=episode, label=name, by=episode.therapist, at=make.START)
        for name in ("Ana", "Rui")
    )
    Person.objects.filter(pk=ana.pk).update(label_sealed=bytes(fresh(rui).label_sealed))
    with pytest.raises(sealing.SealBroken):
        _ = fresh(ana).label
    assert fresh(rui).label == "Rui"


def test_a_value_moved_to_another_column_does_not_open() -> None:
    _, session = make.active_episode()
    session = make.written(session)
    Session.objects.filter(pk=session.pk).update(place_sealed=bytes(session.note_sealed))
    with pytest.raises(sealing.SealBroken):
        _ = fresh(session).place


def test_a_value_of_another_client_does_not_open() -> None:
    one, other = make.episode(), make.episode(name="Somebody Else")
    Client.objects.filter(pk=one.client_id).update(profile_sealed=bytes(other.client.profile_sealed))
    with pytest.raises(sealing.SealBroken):
        _ = fresh(one.client).name


def test_a_changed_byte_is_noticed() -> None:
    episode = make.episode()
    sealed = bytearray(bytes(fresh(episode.client).profile_sealed))
    sealed[-1] ^= 1
    Client.objects.filter(pk=episode.client_id).update(profile_sealed=bytes(sealed))
    with pytest.raises(sealing.SealBroken):
        _ = fresh(episode.client).name


def test_a_wrapped_key_moved_to_another_client_does_not_open() -> None:
    one, other = make.episode(), make.episode(name="Somebody Else")
    key = ClientKey.objects.get(client=other.client)
    ClientKey.objects.filter(client=one.client).update(wrapped_key=bytes(key.wrapped_key))
    with pytest.raises(sealing.SealBroken):
        _ = fresh(one.client).name


def test_the_same_words_never_look_the_same() -> None:
    episode = make.episode()
    a, b = (
        people.add_person(episode=episode, label="Ana", by=episode.therapist, at=make.START) for _ in "ab"
    )
    assert bytes(a.label_sealed) != bytes(b.label_sealed)


# -- cheap to read many -----------------------------------------------------------------------------


def test_many_values_of_one_client_read_its_key_once(django_assert_num_queries) -> None:
    episode, session = make.active_episode()
    for word in ("sad", "angry", "numb"):
        make.entry(episode, "rec_emotion_log", {"first_word": word}, session=session)
    sealing.forget_all()
    rows = list(Entry.objects.filter(episode=episode).select_related("episode"))
    with django_assert_num_queries(1):
        assert [row.payload["first_word"] for row in rows] == ["sad", "angry", "numb"]


def test_a_page_of_many_clients_reads_their_keys_in_one_query(django_assert_num_queries) -> None:
    by = make.therapist()
    names = [make.episode(by, name=f"Client {n}").client_id for n in range(5)]
    found = list(Client.objects.filter(pk__in=names))
    sealing.forget_all()
    with django_assert_num_queries(1):
        sealing.prepare(names)
        assert len({client.name for client in found}) == 5


def test_a_new_request_looks_again_whether_the_key_still_stands(django_assert_num_queries) -> None:
    """Another process may have erased the client since: no opened key outlives its request."""
    from django.core.signals import request_started

    listening = [uid[0] for uid, *_ in request_started.receivers]
    assert "records.sealing.forget_all" in listening
    client = make.episode().client
    with django_assert_num_queries(1):
        assert Client.objects.get(pk=client.pk).name == "Rui Tavares"
    sealing.forget_all(sender=None)
    with django_assert_num_queries(2):
        assert Client.objects.get(pk=client.pk).name == "Rui Tavares"


# -- erasure ----------------------------------------------------------------------------------------


def test_an_erased_client_can_be_read_by_nobody() -> None:
    episode, session = make.active_episode()
    session = make.written(session, "a word of hers")
    user = make.client_login(episode)
    entry = make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, session=session)
    drafts.keep_draft_text(
        episode=episode, key="k", field="f", text="half", by=episode.therapist, at=make.START
    )
    clients.erase_client(client=episode.client, by=make.OPERATOR, at=make.START)
    for row, value in ((session, "note"), (entry, "payload")):
        with pytest.raises(sealing.Erased):
            getattr(fresh(row), value)
    client = fresh(episode.client)
    assert (client.name, client.birth_year) == ("Erased", None)
    assert ClientKey.objects.get(client=client).wrapped_key is None
    assert not NameToken.objects.filter(client=client).exists()
    assert not DraftText.objects.filter(episode=episode).exists()
    assert not User.objects.get(pk=user.pk).is_active
    assert fresh(episode).status == "ended"


def test_only_an_operator_or_manager_erases() -> None:
    episode = make.episode()
    with pytest.raises(NotAllowedNow):
        clients.erase_client(client=episode.client, by=episode.therapist, at=make.START)


def test_another_clients_words_stay_after_an_erasure() -> None:
    one, other = make.episode(), make.episode(name="Ingeborg Lund")
    clients.erase_client(client=one.client, by=make.OPERATOR, at=make.START)
    assert fresh(other.client).name == "Ingeborg Lund"


# -- keys -------------------------------------------------------------------------------------------


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """A service home of its own, so that the keys of the other tests stay."""
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    sealing.forget_all()
    yield tmp_path
    sealing.forget_all()


def test_keys_are_made_on_first_use_for_their_owner_only(home: Path) -> None:
    make.episode()
    for name in ("service.keys", "index.key", "audit.key"):
        assert stat.S_IMODE((home / "keys" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700


def test_rotation_rewraps_every_key_and_loses_nothing(home: Path) -> None:
    episodes = [make.episode(name=f"Client {n}") for n in range(3)]
    user = episodes[0].therapist
    draft_key = accounts.draft_key(user=user, by=user, at=make.START)
    before = {key.pk: bytes(key.wrapped_key) for key in ClientKey.objects.all()}
    new = rotation.add_key(by=make.OPERATOR, at=make.START)
    assert rotation.rewrap_all(by=make.OPERATOR, at=make.START) == 4
    assert set(ClientKey.objects.values_list("service_key_id", flat=True)) == {new}
    assert DraftKey.objects.get().service_key_id == new
    assert all(bytes(key.wrapped_key) != before[key.pk] for key in ClientKey.objects.all())
    assert [fresh(e.client).name for e in episodes] == ["Client 0", "Client 1", "Client 2"]
    assert accounts.draft_key(user=user, by=user, at=make.START) == draft_key
    assert rotation.rewrap_all(by=make.OPERATOR, at=make.START) == 0


def test_after_the_rotation_the_old_service_key_is_not_needed(home: Path) -> None:
    episode = make.episode()
    rotation.add_key(by=make.OPERATOR, at=make.START)
    rotation.rewrap_all(by=make.OPERATOR, at=make.START)
    file = home / "keys" / "service.keys"
    file.write_text(file.read_text().splitlines()[-1] + "\n")
    keys._read_ring.cache_clear()
    assert fresh(episode.client).name == "Rui Tavares"


def test_without_its_service_key_nothing_opens_and_the_message_says_what_to_do(home: Path) -> None:
    episode = make.episode()
    (home / "keys" / "service.keys").unlink()
    sealing.forget_all()
    with pytest.raises(SettingError, match="service.keys"):
        _ = fresh(episode.client).name


@pytest.mark.parametrize("name", ["service.keys", "index.key", "audit.key"])
def test_a_lost_key_is_never_replaced_by_a_new_one(home: Path, name: str) -> None:
    """A home restored without its keys: everything stops and says so, and works on once they are back."""
    episode = make.episode()
    kept = (home / "keys" / name).read_bytes()
    (home / "keys" / name).unlink()
    sealing.forget_all()
    for use in (keys.check, lambda: make.episode(episode.therapist)):
        with pytest.raises(SettingError, match=f"keys/{name} is missing"), transaction.atomic():
            use()
    assert not (home / "keys" / name).exists()
    (home / "keys" / name).write_bytes(kept)
    sealing.forget_all()
    keys.check()
    assert fresh(episode.client).name == "Rui Tavares"


def test_the_service_key_may_come_from_the_environment(home: Path, monkeypatch) -> None:
    import base64

    key = base64.b64encode(b"k" * 32).decode()
    monkeypatch.setenv("OPENIPT_SERVICE_KEY", f"first:{key}")
    episode = make.episode()
    assert ClientKey.objects.get(client=episode.client).service_key_id == "first"
    assert not (home / "keys" / "service.keys").exists()
    with pytest.raises(SettingError, match="OPENIPT_SERVICE_KEY"):
        rotation.add_key(by=make.OPERATOR, at=make.START)


@pytest.mark.parametrize("text", ["", "one:", "one:short", "one:!!!!"])
def test_a_broken_key_file_is_named(home: Path, text: str) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "service.keys").write_text(text)
    with pytest.raises(SettingError, match="service.keys"):
        keys.service_ring()


def test_a_user_at_a_screen_rotates_nothing() -> None:
    with pytest.raises(NotAllowedNow):
        rotation.add_key(by=make.therapist(), at=make.START)


# -- nothing readable on disk -----------------------------------------------------------------------

MARKER = "zyxmarkerword"


def test_no_word_is_readable_in_any_file_of_the_service(tmp_path: Path) -> None:
    """Every action writes the marker; then no file, write-ahead log included, holds it."""
    root = Path(__file__).resolve().parents[2]
    env = {
        **os.environ,
        "OPENIPT_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]),
        "DJANGO_SETTINGS_MODULE": "openipt.web.settings",
    }
    env.pop("OPENIPT_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.marker_words", MARKER],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["readable_through_the_product"] >= 20
    assert said["wal"] > 0  # the log of recent writes is among the files looked through
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "openipt.sqlite3" for path in files)
    for path in files:
        assert MARKER.encode() not in path.read_bytes().lower(), path.name
    assert said["found"] == []
