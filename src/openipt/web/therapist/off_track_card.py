"""What lists and Overview say of a course that asks for a look: why in a line or two, and where it is decided.

Codes, dates and the manual's words only: a list may keep it, and it holds nothing of the client's.
"""

from __future__ import annotations

from dataclasses import dataclass

from openipt.core.course.decisions import Decision, review
from openipt.core.course.next_steps import offered
from openipt.core.course.not_on_track import OffTrack, off_track
from openipt.core.course.off_track_signals import signals
from openipt.core.course.progress import Signal
from openipt.core.manual.model import Manual
from openipt.records.told import told_by
from openipt.web.therapist.common import EpisodePage

STEPS_NAMED = 3
GO_ON_TITLE = "Go on as planned"


@dataclass(frozen=True)
class OffTrackCard:
    """`is_open`: it waits for a decision, or for a look at one. Otherwise what was decided stands."""

    what: str
    why: tuple[str, ...]
    next: str
    rules: tuple[str, ...]
    is_open: bool


def off_track_card(page: EpisodePage) -> OffTrackCard | None:
    """None where the course is on track as far as is known and nothing waits to be looked at."""
    asked = review(page.manual, page.course, page.on)
    rules = tuple(signal.rule for signal in signals(page.manual, page.course, page.on))
    if asked.due is not None:
        why = (f"{asked.why} {chosen_in_words(page.manual, asked.due)}.",)
        return OffTrackCard("look again at what was decided", why, "Say what came of it.", rules, True)
    if asked.covered is not None:
        why = (asked.why, f"{chosen_in_words(page.manual, asked.covered)}.")
        return OffTrackCard("not on track, decided", why, "", rules, False)
    if not asked.is_open:
        return None
    found = off_track(page.manual, page.course, page.on, told_by(page.episode))
    return OffTrackCard("not on track", _why(page.manual, found), _next(page, found), rules, True)


def _why(manual: Manual, found: OffTrack) -> tuple[str, ...]:
    """By which signal, and the titles of the reasons."""
    titles = manual.off_track_reasons
    stand = [titles[name].title.lower() for name in found.standing]
    untold = [titles[reason.id].title.lower() for reason in found.reasons if reason.holds is None]
    lines = [
        f"{manual.rule(signal.rule).title}: {signal.why} {figures(manual, signal)}"
        for signal in found.signals
    ]
    lines.append(f"The record says why: {', '.join(stand)}." if stand else "The record names no reason.")
    lines += [f"It cannot tell: {', '.join(untold)}."] if untold else []
    return tuple(lines)


def figures(manual: Manual, signal: Signal) -> str:
    """PHQ-9 16 at the start, 15 now."""
    measure = manual.measure_list.get(signal.measure)
    if signal.start is None or signal.now is None:
        return ""
    return (
        f"{measure.title if measure else signal.measure} {signal.start:g} at the start, {signal.now:g} now."
    )


def _next(page: EpisodePage, found: OffTrack) -> str:
    offers = offered(page.manual, page.course, page.on, found)[:STEPS_NAMED]
    named = ", ".join(offer.step.title.lower() for offer in offers)
    return f"The manual offers: {named}. You choose." if named else "You decide."


def chosen_in_words(manual: Manual, decision: Decision) -> str:
    """What was chosen, in a line."""
    titles = [manual.next_steps[code].title if code in manual.next_steps else code for code in decision.steps]
    return listed([*titles, *([GO_ON_TITLE] if decision.go_on else [])])


def listed(titles: list[str]) -> str:
    """Titles as one line: the first with its capital."""
    return ", ".join([*titles[:1], *(title[:1].lower() + title[1:] for title in titles[1:])])
