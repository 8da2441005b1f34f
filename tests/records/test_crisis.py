"""Crisis contacts: configuration by region, never code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openipt.errors import SettingError
from openipt.records import crisis

FILE = """
[[contact]]
name = "Line for everywhere"
phone = "2"

[[contact]]
region = "gb"
name = "Line"
phone = "1"

[[contact]]
region = "gb"
name = "Emergency"
phone = "0"
emergency = true
"""


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    return tmp_path


def test_a_demo_without_contacts_shows_numbers_nobody_answers(home: Path) -> None:
    assert crisis.contacts("gb")
    assert all(contact.note == "demo: not real" and contact.demo for contact in crisis.contacts("gb"))


def test_a_live_service_invents_none(home: Path, settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode="live")
    assert crisis.contacts("gb") == ()


def test_emergency_first_then_the_region_then_everywhere(home: Path) -> None:
    (home / "crisis.toml").write_text(FILE)
    assert [contact.phone for contact in crisis.contacts("gb")] == ["0", "1", "2"]
    assert [contact.phone for contact in crisis.contacts("pt")] == ["2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[contact]\n", "cannot be read"),
        ('[[contact]]\nname = "Line"\n', "a phone"),
        ('[[contact]]\nname = "Line"\nphone = "1"\ncolour = "red"\n', "'colour' is not known"),
    ],
)
def test_a_faulty_file_is_named_with_its_remedy(home: Path, text: str, words: str) -> None:
    (home / "crisis.toml").write_text(text)
    with pytest.raises(SettingError, match=words):
        crisis.contacts("gb")
