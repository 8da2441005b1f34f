"""Every setting is in the reference, and the reference speaks of no setting that nothing reads."""

from __future__ import annotations

import re

from tests.architecture.source import PACKAGE, ROOT, python_files

SETTING = re.compile(r"\bOPENIPT_[A-Z_]+\b")
PAGE = (ROOT / "docs/reference/settings.md").read_text()


def test_every_setting_is_in_the_reference() -> None:
    read = {name for path in python_files(PACKAGE) for name in SETTING.findall(path.read_text())}
    assert {"OPENIPT_HOME", "OPENIPT_MODE"} <= read
    assert read - set(SETTING.findall(PAGE)) == set()


def test_the_reference_names_no_setting_that_nothing_reads() -> None:
    places = [*python_files(PACKAGE), *python_files(ROOT / "tests"), *(ROOT / "scripts").iterdir()]
    read = {name for path in places for name in SETTING.findall(path.read_text())}
    assert set(SETTING.findall(PAGE)) <= read
