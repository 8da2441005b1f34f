"""The sheets as they are served: one file that says what the many say."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

import openipt.web
from openipt.web.static_files import OneSheetStorage, joined

STATIC = Path(openipt.web.__file__).parent / "static" / "openipt"
SHEET = STATIC / "app.css"


def test_the_sheet_that_is_served_holds_every_other_in_its_layer_and_order() -> None:
    named = re.findall(r'url\("([^"]+)"\) layer\((\w+)\)', SHEET.read_text())
    assert len(named) > 20
    rest = joined(SHEET)
    assert "@import" not in rest
    for name, layer in named:
        whole = f"@layer {layer} {{\n{(STATIC / name).read_text()}\n}}"
        before, found, rest = rest.partition(whole)
        assert found, f"{name} is not there, or not in its place"
        assert not before.replace("\n", "") or before.startswith(("/* One sheet", "@layer tokens"))


def test_no_sheet_asks_for_a_file_beside_it() -> None:
    """Written into another sheet, a path beside the first would lead nowhere."""
    assert [one.name for one in STATIC.rglob("*.css") if one != SHEET and "url(" in one.read_text()] == []


def test_serving_lays_out_the_joined_sheet_and_its_compressed_twin(tmp_path: Path) -> None:
    storage = OneSheetStorage(location=str(tmp_path), base_url="/static/")
    for name in ("app.css", "tokens.css", "base.css", "layout.css"):
        (tmp_path / "openipt").mkdir(exist_ok=True)
        (tmp_path / "openipt" / name).write_bytes((STATIC / name).read_bytes())
    for name in re.findall(r'url\("(components/[^"]+)"\)', SHEET.read_text()):
        (tmp_path / "openipt" / "components").mkdir(exist_ok=True)
        (tmp_path / "openipt" / name).write_bytes((STATIC / name).read_bytes())
    list(storage.post_process({"openipt/app.css": (storage, "openipt/app.css")}))
    assert (tmp_path / "openipt" / "app.css").read_text() == joined(SHEET)
    assert (tmp_path / "openipt" / "app.css.gz").stat().st_size < len(joined(SHEET)) / 2


def test_the_service_uses_it() -> None:
    assert settings.STORAGES["staticfiles"]["BACKEND"].endswith("OneSheetStorage")
    assert isinstance(storages["staticfiles"], OneSheetStorage)
