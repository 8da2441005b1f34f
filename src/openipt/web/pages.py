"""Answering with a page, and words that wait for the next one. For the rooms that belong to no episode."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SAID = "said"


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page, with whatever was said before."""
    context["said"] = request.session.pop(SAID, None)
    return render(request, template, context, status=status)


def page_number(request: HttpRequest) -> int:
    """The page of a list asked for in the address; the first where it names none."""
    typed = request.GET.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 1


def say(request: HttpRequest, words: str, tone: str = "done") -> None:
    """Words for the next page: what was done. Never a client's words."""
    request.session[SAID] = {"words": words, "tone": tone}
