"""Where what the product says comes from: every rule with its mark, every source with its citation."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from openipt import library
from openipt.core.manual.model import Rule, Source
from openipt.web.pages import show

MARK_WORDS = {"DEFAULT": "project default", "GKU": "unverified"}
READ_WORDS = {
    "abs": "abstract or first page",
    "page": "public page or table",
    "sec": "told by another work",
    "none": "known by its title",
}


@dataclass(frozen=True)
class RuleRow:
    """One decision rule, worded."""

    id: str
    title: str
    when: str
    then: str
    sources: tuple[str, ...]
    marks: str


@dataclass(frozen=True)
class SourceRow:
    """One source, worded."""

    id: str
    citation: str
    addresses: tuple[str, ...]
    read: str


def sources(request: HttpRequest) -> HttpResponse:
    """Every decision rule and every source that the content cites."""
    return show(
        request,
        "sources.html",
        rules=[_rule(rule) for rule in library.rules().values()],
        sources=[_source(source) for source in library.sources().values()],
    )


def _rule(rule: Rule) -> RuleRow:
    return RuleRow(
        id=rule.id,
        title=rule.title,
        when=rule.if_text,
        then=rule.then_text,
        sources=rule.sources,
        marks=", ".join(MARK_WORDS.get(mark, mark) for mark in rule.marks),
    )


def _source(source: Source) -> SourceRow:
    return SourceRow(
        id=source.id,
        citation=source.citation,
        addresses=tuple(part.strip() for part in source.url.split(";") if part.strip().startswith("http")),
        read=", ".join(READ_WORDS.get(part.strip(), part.strip()) for part in source.read.split(",")),
    )
