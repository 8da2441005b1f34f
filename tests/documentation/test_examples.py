"""The marked examples of the how-to pages do what the pages say, word by word."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from openipt.records import crisis
from openipt.records.channels.webhook import signature
from openipt.web.environment import read
from tests.architecture.source import ROOT
from tests.documentation.examples import Example, examples, run

EVERY = {(one.page, one.name): one for one in examples()}
IGNORED = shutil.ignore_patterns("__pycache__", "static", "templates", "paper")


def ran(page: str, name: str, folder: Path, source: Path = ROOT / "src") -> tuple[Example, str]:
    example = EVERY[page, name]
    done = run(example, folder, source)
    assert done.returncode == 0, done.stderr
    return example, done.stdout


def with_tables(folder: Path) -> Path:
    """A home whose database has its tables and no rows: a copy of what the tests begin with."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    with sqlite3.connect(connection.settings_dict["NAME"]) as made:
        made.execute("VACUUM INTO ?", (str(home / "openipt.sqlite3"),))
    return home


def test_a_measure_is_added(tmp_path: Path) -> None:
    _, said = ran("how-to/add-a-measure.md", "measure", tmp_path)
    assert said.startswith("The content is good.\n")
    assert said.endswith("Sleep: 5 (high)\n")


def test_an_adaptation_is_added(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "openipt", tmp_path / "src" / "openipt", ignore=IGNORED)
    _, said = ran("how-to/add-an-adaptation.md", "adaptation", tmp_path, tmp_path / "src")
    assert said.startswith("The content is good.\n")
    assert "ipt_short: A shorter course, version 1" in said
    assert "initial phase, session 1 of 8, 7 remaining" in said


def test_a_file_of_answers_is_scored(tmp_path: Path) -> None:
    example, said = ran("how-to/data-in-and-out.md", "csv", tmp_path)
    assert said == example.prints


@pytest.mark.django_db(transaction=True)
def test_an_episode_is_brought_in_asked_about_backed_up_and_restored(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the pages' examples are those for SQLite")
    home = with_tables(tmp_path)
    _, said = ran("how-to/data-in-and-out.md", "episode", tmp_path)
    assert "account: mira.example may sign in as therapist." in said
    assert "initial phase, session 1 of 16, 15 remaining" in said
    assert "DR-01" in said
    _, said = ran("how-to/back-up.md", "sqlite", tmp_path)
    assert "audit: every chain is whole and reaches its anchor." in said
    assert said.endswith("wraps 1 clients' keys, current\n")
    restored = tmp_path / "restored" / "keys" / "service.keys"
    assert restored.read_text() == (home / "keys" / "service.keys").read_text()
    copied = tmp_path / "backup" / "openipt.sqlite3"
    assert copied.stat().st_mode & 0o077 == 0


def test_the_check_of_a_webhooks_signature_takes_ours_and_no_other() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/how-to/alerts.md").read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec("".join(blocks), made)  # the code of the page, as somebody would paste it
    body, secret = b'{"id": "1"}', b"sixteen letters!"
    signed = signature(body, secret, 1_764_000_000)
    assert made["is_ours"](body, signed, secret)
    assert not made["is_ours"](b'{"id": "2"}', signed, secret)
    assert not made["is_ours"](body, signed, b"another sixteen!")


@pytest.mark.parametrize("page", ["how-to/deploy.md", "how-to/alerts.md"])
def test_settings_written_on_a_page_are_taken_as_they_stand(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    written = dict(re.findall(r'^(OPENIPT_[A-Z_]+)="?([^"\n]+)"?$', text, re.MULTILINE))
    assert len(written) >= 5
    read(written)


def test_the_crisis_contacts_of_the_page_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/how-to/deploy.md").read_text(), re.DOTALL)
    file = tmp_path / "crisis.toml"
    file.write_text("".join(block), encoding="utf-8")
    monkeypatch.setattr(crisis, "path", lambda: file)
    assert [one.name for one in crisis.contacts("gb-sct")] == ["Emergency", "Crisis line"]
    assert [one.name for one in crisis.contacts("fr")] == ["Emergency"]


def test_every_marked_example_is_run_here() -> None:
    run_here = re.findall(r'ran\(\s*"([^"]+)", "([^"]+)"', Path(__file__).read_text(encoding="utf-8"))
    assert sorted(run_here) == sorted(EVERY)


def test_a_shell_block_is_no_mistyped_shell() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for block in page.read_text(encoding="utf-8").split("```sh\n")[1:]:
            script = block.split("```")[0]
            assert subprocess.run(["sh", "-n", "-c", script], capture_output=True).returncode == 0, page.name
