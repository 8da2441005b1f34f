"""The template environment: what every page can say without being given it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from openipt.core.fields.layout import bands
from openipt.web import clock
from openipt.web.kept_templates import kept_templates
from openipt.web.lean_jinja import Lean, written
from openipt.web.shell import shell_of

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(value: date | datetime | None) -> str:
    """3 March 2026"""
    if value is None:
        return ""
    on = _local(value)
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def short_day(value: date | datetime | None) -> str:
    """3 Mar, with the year when it is not this year"""
    if value is None:
        return ""
    on = _local(value)
    year = "" if on.year == clock.today().year else f" {on.year}"
    return f"{on.day} {MONTHS[on.month - 1][:3]}{year}"


def week_day(value: date | datetime | None) -> str:
    """Tuesday 3 March"""
    if value is None:
        return ""
    on = _local(value)
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def clock_time(value: datetime | None) -> str:
    """14:03, in the service's time zone"""
    return "" if value is None else f"{_local(value):%H:%M}"


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(timezone.get_default_timezone())
    return value


def plural(count: int, one: str, many: str = "") -> str:
    """1 session, 2 sessions"""
    return f"{count} {one if count == 1 else many or one + 's'}"


def signed(value: float) -> str:
    """+3, −6 with a true minus sign, 0"""
    text = f"{abs(value):g}"
    return f"+{text}" if value > 0 else f"\N{MINUS SIGN}{text}" if value < 0 else "0"


NUMBER, WORDS = ' class="cell-number"', ' class="cell-words" dir="auto"'
ABOUT = {"number": NUMBER, "words": WORDS, "day": ' class="cell-day"', "note": ' class="cell-note"'}


def table_cells(row: Sequence[Any], head: Sequence[Any], first_is_name: bool) -> Markup:
    """The cells of one row of components/table.html: a page has hundreds of them, and they are all alike."""
    found = []
    for place, (cell, column) in enumerate(zip(row, head, strict=False)):
        kind = "" if isinstance(column, str) else column[1]
        if first_is_name and not place:
            found.append(f'<th scope="row"{NUMBER if kind == "number" else ""}>{written(cell)}</th>')
        else:
            found.append(f"<td{ABOUT.get(kind, '')}>{'–' if cell is None else written(cell)}</td>")
    return Markup("".join(found))  # noqa: S704 (each cell is escaped by `written`)


def drawn_once(draw: Callable[..., Markup]) -> Callable[..., Markup]:
    """A drawing by its name and size, made once. One with words to it is made each time: nothing keeps them."""
    silent = lru_cache(maxsize=256)(lambda name, size: draw(name, "", size))

    def drawn(name: str, label: str = "", size: int = 20) -> Markup:
        return draw(name, label, size) if label else silent(name, size)

    return drawn


def environment(**options: Any) -> Environment:
    """Django's Jinja2 environment with our words. An unknown name in a template is an error."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    options |= {"bytecode_cache": kept_templates()}
    env = Lean(**options)  # noqa: S701 (the settings switch autoescape on; a test holds it)
    env.globals.update(
        static=static, url=reverse, today=clock.today, now=clock.now, shell_of=shell_of, plural=plural,
        drawn_once=drawn_once, table_cells=table_cells,
    )  # fmt: skip
    env.filters.update(
        bands=bands, day=day, short_day=short_day, week_day=week_day, clock_time=clock_time, signed=signed
    )
    return env
