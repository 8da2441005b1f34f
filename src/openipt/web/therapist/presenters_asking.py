"""Those who asked for help, on Today: who was handed to me, and that others wait too long."""

from __future__ import annotations

from datetime import date

from openipt.core.course.enquiry import Late, waiting_days
from openipt.records.models import Enquiry
from openipt.records.queries.enquiries import WaitFigures, as_known
from openipt.web.jinja import day, plural
from openipt.web.therapist.presenters_today import Need


def handed_need(row: Enquiry, on: date) -> Need:
    """A client of mine who asked and was not met yet. What was said of danger speaks through its alert."""
    ago = plural(waiting_days(as_known(row), on), "day")
    return Need(
        what=f"{row.client.name}: handed to you, not met yet",
        why=(f"Asked on {day(row.asked_at)}, {ago} ago; handed to you on {day(row.settled_at)}.",),
        next="Read how to reach them safely, and plan a first meeting.",
        address=f"/intake/{row.pk}/",
        act="Read the enquiry",
        decide=f"/episodes/{row.episode_id}/sessions/",
        decide_words="Plan a meeting",
    )


def asking_needs(found: WaitFigures) -> tuple[Need, ...]:
    """One card in numbers for all that is late among those who wait. Their names stand on the list alone."""
    whys = {
        Late.DANGER: "to be looked at first and not reached yet",
        Late.UNANSWERED: "without a first try in time",
        Late.WAITS: "waiting for a therapist for too long",
    }
    late = tuple(f"{number} {whys[kind]}." for kind, number in found.late if number)
    if not late:
        return ()
    return (
        Need(
            what=f"{plural(found.waiting, 'person asks', 'people ask')} for help: an answer is wanted now",
            why=late,
            next="Look at the list, and reach those who stand first.",
            address="/intake/",
            act="Go to the enquiries",
            tone="danger" if found.number(Late.DANGER) else "attention",
            mark="project default",
        ),
    )
