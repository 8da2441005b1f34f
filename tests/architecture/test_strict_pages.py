"""No page holds script or style of its own, so that the strict content-security policy can hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, python_files, short

TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.*"))
PYTHON = python_files(PACKAGE / "web")

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
LOGIC = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without a file": re.compile(
        r"<script\b(?![^>]*\ssrc\s*=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "htmx code in an attribute": re.compile(r"\shx-(on|vars|headers=.?js:)", re.IGNORECASE),
    "something from another host": re.compile(
        r"(?:src|href)\s*=\s*[\"'](?:https?:)?//[^\"']+\.(?:js|css|woff2?)"
    ),
}


def inline(text: str) -> list[str]:
    """What the policy would refuse, told by name."""
    page = LOGIC.sub("", COMMENT.sub("", text))
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(page)]


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_holds_no_script_or_style(path: Path) -> None:
    assert not inline(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_python_writes_no_script_or_style_into_a_page(path: Path) -> None:
    assert not re.search(r"<[a-z]+[^>]*\s(style|on[a-z]+)=|<script|<style", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color:red">',
        '<p class="a"\n   style = "x">',
        '<button onclick="go()">',
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>p {}</style>",
        '<a href="javascript:go()">',
        '<div hx-on:click="go()">',
        '<script src="https://cdn.example.org/x.js"></script>',
        '<p {% if a %}class="b"{% endif %} style="c">',
    ],
)
def test_the_search_finds_what_is_planted(planted: str) -> None:
    assert inline(planted)


@pytest.mark.parametrize(
    "innocent",
    [
        '<script src="/static/openipt/js/app.js" type="module"></script>',
        '<script type="application/json" id="x">{}</script>',
        '<p>Once on = more</p><circle fill="none" stroke-width="2"/>',
        '{# style="x" #}<p data-on="x" class="style">',
    ],
)
def test_the_search_lets_innocent_pages_pass(innocent: str) -> None:
    assert not inline(innocent)
