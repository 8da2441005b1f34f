"""Our templates say what Jinja's own say: every value escaped once, macros and imports as they are."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils.safestring import SafeString
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from openipt.web.jinja import drawn_once
from openipt.web.lean_jinja import Lean, escaped, written

SHARP = "<b title='x'>Ann & \"Zoe\"</b>"


class Told:
    """Says that it is HTML."""

    def __html__(self) -> str:
        return "<i>told</i>"


VALUES = (
    *("", "plain words", SHARP, "שלום", Markup("<b>as it is</b>"), SafeString("<b>as it is</b>")),
    *(7, 1.5, True, None, datetime.date(2026, 3, 2), ["<", ">"], Told()),
)
TEMPLATES = {
    "parts.html": """
        {% set mark = "<mark>" %}
        {% macro line(title, tone="quiet") %}<p class="{{ tone }}">{{ title }}{{ mark }}{% if caller is defined %}{{ caller() }}{% endif %}</p>{% endmacro %}
    """,
    "words.html": "<em>{{ value }}</em>",
    "base.html": "<main>{% block content %}{{ value }}{% endblock %}</main>",
    "page.html": """
        {% extends "base.html" %}
        {% from "parts.html" import line %}
        {% from "parts.html" import line as with_all with context %}
        {% import "parts.html" as parts %}
        {% block content %}
        {{ super() }}{{ line(value) }}{{ line(value, tone=value) }}{{ parts.line(value ~ "<" ~ value) }}
        {% call line(value) %}{{ value }}{{ line(value) }}{% endcall %}
        {% set kept %}<u>{{ value }}</u>{% endset %}{{ kept }}{{ with_all(kept) }}
        {% for one in [value, value | string, "<"] %}{% include "words.html" %}{{ loop.index }}{{ one }}{% endfor %}
        {{ value | safe }}{{ value | upper }}{{ [value, "<"] | join(", ") }}{{ "%s<" | format(value) }}
        {{ {"title": value} | tojson }}{{ plain(value, tone="<") }}
        {% endblock %}
    """,
}


def page(kind: type[Environment], value: Any) -> str:
    env = kind(loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    env.globals["plain"] = lambda value, tone: f"{tone}{value}"
    return env.get_template("page.html").render(value=value)


@pytest.mark.parametrize("place", range(len(VALUES)))
def test_a_value_stands_on_the_page_as_jinja_writes_it(place: int) -> None:
    assert str(written(VALUES[place])) == str(escape(VALUES[place]))


@pytest.mark.parametrize("place", [p for p, value in enumerate(VALUES) if isinstance(value, str | int)])
def test_a_whole_page_is_the_same(place: int) -> None:
    assert page(Lean, VALUES[place]) == page(Environment, VALUES[place])


def test_the_quick_way_is_the_one_in_use() -> None:
    """Without markupsafe's compiled part pages are right too, only slower."""
    assert escaped(SHARP) == "&lt;b title=&#39;x&#39;&gt;Ann &amp; &#34;Zoe&#34;&lt;/b&gt;"
    assert escaped is not escape


def test_what_is_not_known_is_still_an_error() -> None:
    env = Lean(autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        env.from_string("{{ nobody }}").render()
    with pytest.raises(UndefinedError):
        env.from_string("{% macro one() %}{{ nobody }}{% endmacro %}{{ one() }}").render()


def test_a_drawing_with_words_to_it_is_not_kept() -> None:
    drawn: list[tuple[str, str, int]] = []

    def draw(name: str, label: str, size: int) -> Markup:
        drawn.append((name, label, size))
        return Markup(f"{name} {label} {size}")

    icon = drawn_once(draw)
    assert [icon("lock"), icon("lock"), icon("lock", size=18)] == ["lock  20", "lock  20", "lock  18"]
    assert icon("lock", "Ann") == icon("lock", "Ann") == "lock Ann 20"
    assert drawn == [("lock", "", 20), ("lock", "", 18), ("lock", "Ann", 20), ("lock", "Ann", 20)]
