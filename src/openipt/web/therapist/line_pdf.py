"""The line as a PDF that can be read aloud: the same drawings, each with words for it, and the whole table."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from openipt.web import paper
from openipt.web.drawing.symptom_line import Drawing
from openipt.web.jinja import clock_time, day, plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_documents import document_label
from openipt.web.therapist.presenters_line_beside import SmallView
from openipt.web.therapist.presenters_line_page import LinePage
from openipt.web.therapist.presenters_records import who

ABOUT_MECHANISMS = "The five mechanisms of the treatment [S05]. How each is counted is a project default."
NO_SCORE = "No score in these days."


def line_pdf(page: EpisodePage, line: LinePage) -> bytes:
    """The page as chosen, as a file."""
    return paper.pdf("line", values(page, line), page.at)


def values(page: EpisodePage, line: LinePage) -> dict[str, Any]:
    """Everything that stands in the file, in plain words."""
    therapist = who(page.episode.therapist)
    return {
        "lang": "en",
        "title": f"The line: {line.measure.title}",
        "who": " · ".join(filter(None, (document_label(page), page.header.treatment, page.header.focus))),
        "footer": f"{f'Therapist: {therapist}. ' if therapist else ''}Made on {day(page.at)} at {clock_time(page.at)}.",
        "line": {
            "svg": _svg("paper/line.svg", line.drawings[0]) if line.line.scores else "",
            "alt": _alt(line),
            "caption": _caption(line),
        },
        "amounts": {"title": line.amounts.title, "told": line.amounts.told, "rule": line.amounts.rule},
        "kinds": [
            {"title": title, "events": [f"{event.number}. {event.words}" for event in events]}
            for title, events in line.kinds
        ],
        "small": [_small(view) for view in line.small],
        "about_mechanisms": ABOUT_MECHANISMS,
        "mechanisms": [
            {"title": one.title, "lines": [_small(view) for view in one.lines]} for one in line.mechanisms
        ],
        "head": [cell if isinstance(cell, str) else cell[0] for cell in line.head[:-1]],
        "rows": [list(row[:-1]) for row in line.rows],
        "told": [[row[0], row[-1]] for row in line.rows if row[-1] != "–"],
        "notes": list(line.notes),
    }


def _svg(template: str, drawing: Any) -> str:
    return render_to_string(template, {"d": drawing})


def _alt(line: LinePage) -> str:
    """The drawing in a sentence; every figure of it stands in the table."""
    points: Drawing = line.drawings[0]
    if not points.points:
        return NO_SCORE
    first, last = points.points[0], points.points[-1]
    scores = plural(len(points.points), "score")
    return (
        f"{line.measure.title}: {scores}, {first.value} on {day(first.on)} to {last.value} on {day(last.on)}. "
        "The table at the end holds every figure."
    )


def _caption(line: LinePage) -> str:
    """What the marks mean, as the key on the page says it."""
    parts = [f"Bold line: {line.measure.title}."]
    parts += [
        f"{'Thin line' if course.own else 'Broken line'}: {course.name}{', its band above it' if course.band else ''}."
        for course in line.line.expected
    ]
    parts.append(f"Shown: {day(line.start)} to {day(line.end)}.")
    return " ".join(parts)


def _small(view: SmallView) -> dict[str, str]:
    words = f"{view.now}{f', {view.moved}' if view.moved else ''}"
    caption = " ".join(filter(None, (f"{words}." if words else "", view.missing, view.counts)))
    svg = _svg("paper/small_line.svg", view.drawings[0]) if view.drawings else ""
    return {"title": view.title, "svg": svg, "alt": f"{view.title}: {words}", "caption": caption}
