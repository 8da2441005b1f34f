"""No text of the product promises what no trial showed: content, pages, words in code, demo, documentation (16)."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.content.reference_tables import content

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "src" / "openipt"
FORBIDDEN = tuple(content("evidence.toml")["forbidden"])
# "Best" is also the end of a scale of mood, or of a memory: of a treatment it is a claim.
TREATMENT = re.compile(
    r"\b(IPT|CBT|treatments?|therap\w+|psychotherap\w+|counselling|medicines?|medication|adaptations?)\b",
    re.I,
)
SPEAKS_OF_IT = re.compile(r"[Nn]ever said|[Ff]orbidden")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "forbidden":
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def of_file(path: Path) -> Iterator[str]:
    """Every text in a file that a person may read."""
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".toml":
            yield from strings(tomllib.loads(text))
        case ".json":
            yield from strings(json.loads(text))
        case ".py":
            yield from (
                node.value
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
        case _:
            yield re.sub(r"\{#.*?#\}", " ", text, flags=re.S)


def claims(text: str) -> list[str]:
    """Sentences that hold a forbidden word, as a claim about a treatment."""
    found = []
    for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n|[<>|]", text):
        for word in FORBIDDEN:
            said = re.search(rf"\b{re.escape(word)}(s|d|ment)?\b", sentence, re.IGNORECASE)
            if said and (word != "best" or TREATMENT.search(sentence)):
                found.append(sentence.strip())
    return found


def test_a_claim_is_found_and_a_scale_is_none():
    assert claims("It cures depression.") and claims("IPT is the best. Try it.")
    assert claims("Relief is guaranteed") and claims("It was proven for addiction")
    assert not claims("Mood from 0 (worst) to 10 (best)") and not claims("A secure tie. The best of it.")


FOLDERS = {
    "content": (PRODUCT / "content", "*.toml"),
    "demo": (PRODUCT / "content" / "demo", "*.json"),
    "pages": (PRODUCT / "web" / "templates", "*.html"),
    "paper": (PRODUCT / "web" / "paper", "*.typ"),
    "code": (PRODUCT, "*.py"),
    "documentation": (ROOT / "docs", "*.md"),
    "examples": (ROOT / "docs" / "examples", "*.json"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_forbidden_is_said_anywhere(name):
    folder, pattern = FOLDERS[name]
    paths = sorted(folder.rglob(pattern))
    assert paths
    found = [
        f"{path.relative_to(ROOT)}: {sentence}"
        for path in paths
        for text in of_file(path)
        for sentence in claims(text)
        if not SPEAKS_OF_IT.search(sentence)
    ]
    assert not found, "\n".join(found)
