"""What formulation and contract need beside their forms: plain words, the client's answer, versions, all dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openipt.core.course import known
from openipt.core.course.agreeing import days_of
from openipt.core.course.known import day
from openipt.core.course.phases import MAINTENANCE
from openipt.core.course.taper import stretches
from openipt.core.formulation.paragraph import ATTACHMENT, FACTORS, factors, paragraph, plain_paragraph
from openipt.core.formulation.readability import Reading, reading
from openipt.core.formulation.versions import Piece, changes
from openipt.records.models import Entry
from openipt.web.appointments import public_holidays
from openipt.web.jinja import week_day
from openipt.web.therapist.common import EpisodePage

FORMULATION, CONTRACT = "rec_formulation", "rec_contract"
COVERS = "covers"
AGREEMENT = {"agree": "It fits", "partly": "Fits partly", "no": "Does not fit", "": "Not asked yet"}
AGREEMENT_TONE = {"agree": "teal", "partly": "attention", "no": "attention", "": "quiet"}
FACE_TO_FACE = (
    "Somebody may be a danger to this client, and may read their device. Ask whether it fits face to face."
)
OFFER, ANSWER = "rec_formulation_offer", "rec_formulation_answer"
UNKNOWN_COUNTRY = "Nothing is known of public holidays there. Write a code such as GB-SCT, FR or DE-BY."
BREAK_TURNED = "This break ends before it begins."
BREAK_TOO_LONG = "A break lasts a year at most."
NO_ROOM = "With these breaks the meetings do not fit. Shorten a break or leave one out."
LONGEST_BREAK = 366  # days
HOW_OFTEN = {
    "twice_weekly": "Twice a week",
    "weekly": "Weekly",
    "fortnightly": "Every two weeks",
    "monthly": "Monthly",
}


@dataclass(frozen=True)
class PlainView:
    """The formulation in plain words: the therapist's own, or drafted from the fields; and how it reads."""

    text: str
    is_own: bool
    reading: Reading


@dataclass(frozen=True)
class AnswerView:
    """What the client said to an offer, and whether somebody has still to take it over."""

    agreement: str
    tone: str
    words: str
    on: date
    address: str


@dataclass(frozen=True)
class OfferView:
    """The words the client was asked about, and what they said."""

    words: str
    on: date
    answer: AnswerView | None


@dataclass(frozen=True)
class MeetingDay:
    """One meeting of the contract, or a day of its rhythm that is left out."""

    number: int | None
    on: date
    week_day: str
    why: str = ""
    rhythm: str = ""  # how often from here on, where that changes


@dataclass(frozen=True)
class Compared:
    """Two versions, a text of theirs side by side."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        return all(piece.kind == "same" for piece in self.pieces)


# -- which contract ------------------------------------------------------------------------------------


def has_own_maintenance(page: EpisodePage) -> bool:
    """Does the adaptation keep a contract for maintenance beside that of its acute part?"""
    return page.manual.is_acute and COVERS in page.manual.asks_for.get(CONTRACT, ())


def maintenance_task(page: EpisodePage) -> str:
    """The task that a contract for maintenance shows; "" where there is none."""
    shown = page.manual.tasks_shown_by(CONTRACT)
    return next((task.id for task in shown if task.field == COVERS or task.id == "X01"), "")


def is_of_maintenance(entry: Entry) -> bool:
    return entry.visible.get(COVERS) == MAINTENANCE


def latest_contract(page: EpisodePage, *, maintenance: bool = False) -> Entry | None:
    """The last contract since the course goes by its adaptation; where maintenance has one of its own, of that kind."""
    anew = page.course.begun_anew
    found = [one for one in page.entries(CONTRACT) if anew is None or one.on >= anew.on]
    if has_own_maintenance(page):
        found = [entry for entry in found if is_of_maintenance(entry) is maintenance]
    return found[-1] if found else None


# -- plain words -------------------------------------------------------------------------------------


def plain_view(page: EpisodePage, values: Mapping[str, Any]) -> PlainView:
    own = str(values.get("plain_words") or "").strip()
    text = own or plain_paragraph(page.manual, values)
    return PlainView(text, bool(own), reading(text))


# -- asking the client --------------------------------------------------------------------------------


def offers(page: EpisodePage) -> tuple[OfferView, ...]:
    """Every time the client was asked, the last first. An answer belongs to the offer before it."""
    asked = page.entries(OFFER)
    answers = page.entries(ANSWER)
    found = []
    for place, offer in enumerate(asked):
        until = asked[place + 1].order if place + 1 < len(asked) else None
        given = [a for a in answers if a.order > offer.order and (until is None or a.order < until)]
        answer = _answer(page, given[-1]) if given else None
        found.append(OfferView(str(offer.visible.get("plain_words") or ""), offer.on, answer))
    return tuple(reversed(found))


def answer_to_take(page: EpisodePage) -> Entry | None:
    """The client's last answer, while the formulation has not been written or changed since."""
    asked, answers = page.entries(OFFER), page.entries(ANSWER)
    if not answers or not asked or asked[-1].order > answers[-1].order:
        return None
    since = any(one.updated_at > answers[-1].created_at for one in page.entries(FORMULATION))
    return None if since else answers[-1]


def _answer(page: EpisodePage, entry: Entry) -> AnswerView:
    agreement = str(entry.visible.get("agreement") or "")
    return AnswerView(
        agreement=AGREEMENT.get(agreement, agreement),
        tone=AGREEMENT_TONE.get(agreement, "quiet"),
        words=str(entry.visible.get("client_words") or ""),
        on=entry.on,
        address=page.address(f"records/{entry.pk}/"),
    )


def is_watched(page: EpisodePage) -> bool:
    """Somebody may be a danger to the client: then nothing is asked on the client's own device (ipt.md 11.5)."""
    return bool(known.danger(page.course).grounds)


# -- two versions --------------------------------------------------------------------------------------


def compared(page: EpisodePage, before: Entry, after: Entry) -> tuple[Compared, ...]:
    areas = page.codes["areas"]
    texts = [
        (
            "The paragraph",
            *(paragraph(page.manual.formulation, one.visible, areas) for one in (before, after)),
        ),
        ("In plain words", *(plain_view(page, one.visible).text for one in (before, after))),
        ("Does this fit?", *(AGREEMENT[str(one.visible.get("agreement") or "")] for one in (before, after))),
        (
            "The client’s own words",
            *(str(one.visible.get("client_words") or "") for one in (before, after)),
        ),
    ]
    old, new = (diagram(page, one.visible) for one in (before, after))
    texts[1:1] = [
        (one.title, "; ".join(one.items), "; ".join(other.items))
        for one, other in zip(old.parts, new.parts, strict=True)
    ]
    return tuple(Compared(title, changes(old, new)) for title, old, new in texts if old or new)


# -- what plays a part ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class DiagramPart:
    """One kind of factor and what it holds."""

    id: str
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Diagram:
    """What plays a part, and what it leads to. `parts` ends with attachment."""

    parts: tuple[DiagramPart, ...]
    leads_to: str
    focus: str

    @property
    def is_empty(self) -> bool:
        return not any(part.items for part in self.parts)


def diagram(page: EpisodePage, values: Mapping[str, Any]) -> Diagram:
    """The factors and attachment of a formulation, under the labels of their fields."""
    kind, found = page.manual.record_types[FORMULATION], factors(values)
    labels = {field.key: field.label for field in kind.field("factors").fields}
    attachment = str(values.get(ATTACHMENT) or "").strip()
    areas = page.codes["areas"]
    return Diagram(
        parts=(
            *(DiagramPart(name, labels[name], found[name]) for name in FACTORS),
            DiagramPart(ATTACHMENT, kind.field(ATTACHMENT).label, (attachment,) if attachment else ()),
        ),
        leads_to=str(values.get("disorder") or "").strip(),
        focus=", ".join(areas.get(one, one) for one in values.get("problem_area") or ()),
    )


# -- dates of the contract -----------------------------------------------------------------------------


def days_left_out(values: Mapping[str, Any]) -> dict[date, str]:
    """Day -> why there is no meeting: a break, or a public holiday by its name.

    Raises `ValueError` for a country of which nothing is known.
    """
    first = day(values.get("first_date"))
    found: dict[date, str] = {}
    for row in values.get("breaks") or ():
        start, end = day(row.get("from")), day(row.get("to"))
        if start and end:
            span = min((end - start).days + 1, LONGEST_BREAK)  # a longer one is refused when it is kept
            found |= {start + timedelta(days=step): "break" for step in range(span)}
    code = str(values.get("holidays_of") or "")
    if code and first:
        found |= public_holidays(code, range(first.year, min(first.year + 4, 9999)))
    return found


def contract_days(values: Mapping[str, Any]) -> tuple[date, ...]:
    """The days of all meetings; empty while first day or number is missing or something cannot be read."""
    first, number = day(values.get("first_date")), values.get("sessions_planned")
    if first is None or not isinstance(number, int) or not 1 <= number <= 200:
        return ()
    try:
        out = days_left_out(values)
        return tuple(on for on in days_of(first, stretches(values), out) if on not in out)
    except ValueError:
        return ()


def contract_dates(values: Mapping[str, Any]) -> tuple[MeetingDay, ...]:
    """Every meeting with its day, and between them the days that were passed over and why."""
    first = day(values.get("first_date"))
    if first is None or not contract_days(values):
        return ()
    out, rhythms = days_left_out(values), _rhythm_changes(values)
    found, number = [], 0
    for on in days_of(first, stretches(values), out):
        number += on not in out
        found.append(
            MeetingDay(
                number=None if on in out else number,
                on=on,
                week_day=week_day(on),
                why=out.get(on, ""),
                rhythm="" if on in out else rhythms.get(number, ""),
            )
        )
    return tuple(found)


def _rhythm_changes(values: Mapping[str, Any]) -> dict[int, str]:
    """Number of a meeting -> how often they meet from it on, where that changes; none without a taper."""
    rows, number = stretches(values), 1
    found: dict[int, str] = {}
    for stretch in rows if len(rows) > 1 else ():
        found[number] = HOW_OFTEN.get(stretch.frequency, stretch.frequency)
        number += stretch.meetings
    return found
