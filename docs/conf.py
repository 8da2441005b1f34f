"""How the documentation is built: `make docs`. Nothing in it comes from outside, so that it can be read offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

project = "OpenIPT"
version = release = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]  # type: ignore[index]
copyright = "the contributors of OpenIPT, Apache-2.0"  # noqa: A001
language = "en"

extensions = ["myst_parser"]
root_doc = "index"
exclude_patterns = ["README.md"]  # taken into index.md
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # printed pages need not go down one level at a time

html_theme = "furo"
html_title = "OpenIPT"
html_use_index = False
html_static_path = ["_static"]
html_css_files = ["openipt.css"]
html_favicon = "_static/icon.svg"
html_show_search_summary = False  # read from a folder, a page cannot look into others
html_copy_source = html_show_sourcelink = html_show_sphinx = False
pygments_style, pygments_dark_style = "friendly", "native"

# The product's own colours: src/openipt/web/static/openipt/tokens.css
LIGHT = {"paper": "#f6f2ea", "raised": "#fffdf8", "ink": "#25221d", "soft": "#5b554b", "line": "#dcd4c5",
         "teal": "#0d5a5b", "teal-soft": "#dbe9e5"}  # fmt: skip
DARK = {"paper": "#1a1917", "raised": "#24221f", "ink": "#ebe5d9", "soft": "#b5ac9d", "line": "#3f3a33",
        "teal": "#83c9c1", "teal-soft": "#1f3a38"}  # fmt: skip


def _colours(tone: dict[str, str]) -> dict[str, str]:
    return {
        "color-background-primary": tone["raised"],
        "color-background-secondary": tone["paper"],
        "color-background-hover": tone["teal-soft"],
        "color-background-border": tone["line"],
        "color-foreground-primary": tone["ink"],
        "color-foreground-secondary": tone["soft"],
        "color-foreground-muted": tone["soft"],
        "color-foreground-border": tone["line"],
        "color-brand-primary": tone["teal"],
        "color-brand-content": tone["teal"],
        "color-brand-visited": tone["teal"],
        "color-code-background": tone["paper"],
        "color-code-foreground": tone["ink"],
        "color-inline-code-background": tone["paper"],
        "color-table-header-background": tone["paper"],
        "color-table-border": tone["line"],
        "color-highlight-on-target": tone["teal-soft"],
    }


html_theme_options: dict[str, Any] = {
    "light_css_variables": _colours(LIGHT),
    "dark_css_variables": _colours(DARK),
    "footer_icons": [],
}
