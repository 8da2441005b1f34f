"""How we understand it, in plain values.

While somebody may be a danger to the client, or behind a second lock, the ordinary page shows what a client sees of
whom nothing has been written yet: no gap tells that something is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from openipt.core.course.known import day
from openipt.core.fields.words import Line, in_words
from openipt.core.formulation.paragraph import plain_paragraph
from openipt.records.models import Entry, EntryState, Session
from openipt.records.queries.sessions import planned_after
from openipt.web.client.common import ClientPage
from openipt.web.jinja import clock_time, week_day
from openipt.web.pattern import OWN_WORDS, Pattern, pattern, schema
from openipt.web.plain import mine

FORMULATION, OFFER, ANSWER, CONTRACT = (
    "rec_formulation", "rec_formulation_offer", "rec_formulation_answer", "rec_contract",
)  # fmt: skip
FOCUS, SCHEMA, GOODBYE = "rec_ipaf", "rec_schema", "rec_goodbye"
OF_THE_FOCUS = {
    "self": "How I see myself",
    "affect": "What I feel",
    "other": "How I see others",
    "defence": "What it keeps away",
}
SAID = {"agree": "It fits", "partly": "It fits partly", "no": "It does not fit"}
# Of the contract a client reads what was agreed for them, not how it is kept.
OF_THE_CONTRACT = frozenset(
    {
        *("goals", "sessions_planned", "first_date", "end_date", "minutes", "cancellation_rule"),
        *("taper", "review_date", "signals"),
    }
)


@dataclass(frozen=True)
class Offer:
    """What the therapist asks about, and the client's answer."""

    words: str
    on: date
    answered_on: date | None
    answer: str
    own_words: str


@dataclass(frozen=True)
class FocusStory:
    """The pattern that was agreed, in the client's words."""

    words: str
    pattern: Pattern
    on: date


@dataclass(frozen=True)
class GoodbyeStory:
    """The letter that was given, and what the client said to it."""

    text: str
    on: date
    reply: str


@dataclass(frozen=True)
class Story:
    """The page. Everything may be missing."""

    offer: Offer | None
    focus: FocusStory | None
    schema: FocusStory | None
    goodbye: GoodbyeStory | None
    words: str
    on: date | None
    own_words: str
    agreed: tuple[Line, ...]
    meetings: tuple[tuple[str, str], ...]
    may_export: bool

    @property
    def is_empty(self) -> bool:
        return not (self.offer or self.words or self.agreed or self.focus or self.schema or self.goodbye)


def present_story(page: ClientPage) -> Story:
    meetings = tuple((week_day(s.planned_at), clock_time(s.planned_at)) for s in planned(page))
    if page.is_closed:
        return Story(None, None, None, None, "", None, "", (), meetings, False)
    formulation, contract = _last(page, FORMULATION), _last(page, CONTRACT)
    offer, words = _offer(page), _words(page, formulation) if formulation else ""
    return Story(
        offer=offer,
        focus=_focus(page),
        schema=_schema(page),
        goodbye=_goodbye(page),
        words="" if offer is not None and offer.words == words else words,  # the same is not read twice
        on=formulation.on if formulation else None,
        own_words=str(formulation.visible.get("client_words") or "") if formulation else "",
        agreed=_agreed(page, contract) if contract else (),
        meetings=meetings,
        may_export=True,
    )


def planned(page: ClientPage) -> list[Session]:
    """Meetings still to come; what each of them says of place and kind stays out."""
    return planned_after(page.episode, page.at)


def _last(page: ClientPage, record: str) -> Entry | None:
    found = page.entries(record)
    return found[-1] if found else None


def _focus(page: ClientPage) -> FocusStory | None:
    entry = _last(page, FOCUS)
    if entry is None or entry.visible.get("agreed") is not True:
        return None
    kind = page.manual.record_types[FOCUS]
    drawn = replace(pattern(kind, entry.visible, OF_THE_FOCUS), examples=())  # they stand in the words
    return FocusStory(_words(page, entry), drawn, entry.on)


def _schema(page: ClientPage) -> FocusStory | None:
    """The last version that was agreed and finished: what is being changed at the desk is not shown half done."""
    for entry in reversed(page.entries(SCHEMA)):
        if entry.state == EntryState.FINAL and entry.visible.get("agreed") is True:
            drawn = schema(page.manual.record_types[SCHEMA], entry.visible, OWN_WORDS)
            return FocusStory(_words(page, entry), drawn, entry.on)
    return None


def _goodbye(page: ClientPage) -> GoodbyeStory | None:
    """Only what was given: a finished letter with its day. Drafts are nobody's letter yet."""
    for entry in reversed(page.entries(GOODBYE)):
        given, text = day(entry.visible.get("given_on")), str(entry.visible.get("text") or "").strip()
        if entry.state == EntryState.FINAL and given is not None and given <= page.on and text:
            return GoodbyeStory(text, given, str(entry.visible.get("client_reply") or ""))
    return None


def _words(page: ClientPage, entry: Entry) -> str:
    return str(entry.visible.get("plain_words") or "").strip() or plain_paragraph(page.manual, entry.visible)


def open_offer(page: ClientPage) -> Entry | None:
    """What was asked last, until a formulation kept later has taken its place; none on a page that is closed."""
    asked, formulation = _last(page, OFFER), _last(page, FORMULATION)
    if asked is None or page.is_closed:
        return None
    return None if formulation is not None and formulation.updated_at > asked.created_at else asked


def answer_to(page: ClientPage, asked: Entry) -> Entry | None:
    given = [one for one in page.entries(ANSWER) if one.order > asked.order]
    return given[-1] if given else None


def _offer(page: ClientPage) -> Offer | None:
    asked = open_offer(page)
    if asked is None:
        return None
    answer = answer_to(page, asked)
    said = answer.visible if answer else {}
    return Offer(
        words=str(asked.visible.get("plain_words") or ""),
        on=asked.on,
        answered_on=answer.on if answer else None,
        answer=SAID.get(str(said.get("agreement")), ""),
        own_words=str(said.get("client_words") or ""),
    )


def _agreed(page: ClientPage, entry: Entry) -> tuple[Line, ...]:
    kind = page.manual.record_types[CONTRACT]
    lines = in_words(kind, entry.visible, people=page.names, codes={}, role="client")
    return tuple(replace(line, label=mine(line.label)) for line in lines if line.key in OF_THE_CONTRACT)
