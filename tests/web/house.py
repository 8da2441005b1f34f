"""A service with everybody in it: two courses side by side, something of every kind in each.

Every word a person wrote is a marker of its own, made by `House.word`, which notes who may ever read it.
So a test can walk all pages of all people and say of every word on them whether it belongs there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client
from tests import factories as make
from tests.web.signing_in import sign_in

from openipt import library
from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType
from openipt.records.actions import accounts, checkins, drafts, enquiries, firings, journal, people, sessions
from openipt.records.models import Alert, Cover, Delivery, Episode, Role, Session, Supervision, User
from openipt.web.therapist.common import code_titles

NOW = make.at_day(7, 1)
CODES = {
    **code_titles(library.manual("ipt_acute")),
    "issues": {"i1": "an issue"},
    "episodes": {"e1": "an episode"},
}

# Everybody who may knock. `nobody` is not signed in; `closed` had a login until this morning.
SIGNED_OUT = "nobody"
PERSONS = (
    SIGNED_OUT,
    "therapist",
    "other_therapist",
    "cover",
    "cover_over",
    "supervisor",
    "other_supervisor",
    "manager",
    "administrator",
    "client",
    "other_client",
    "closed",
)
THERAPIST = frozenset({"therapist"})
EVERY_THERAPIST = frozenset({"therapist", "other_therapist", "cover", "cover_over"})  # who take enquiries
TEAM = frozenset({"therapist", "supervisor"})
SAFETY_TEAM = TEAM | {"cover"}
CLIENT = frozenset({"client"})


@dataclass
class Record:
    """One course with the ids of everything in it, as addresses name them."""

    episode: Episode
    ids: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)


@dataclass
class House:
    people: dict[str, User] = field(default_factory=dict)
    own: Record = None  # type: ignore[assignment]  # the course the walk is about
    other: Record = None  # type: ignore[assignment]  # the course of other people
    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    sign_ins: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)

    def word(self, place: str, readers: frozenset[str]) -> str:
        """A word nobody else writes, which only these people may ever read."""
        number = len(self.readers)
        letters = "".join(chr(ord("b") + int(digit)) for digit in f"{number:04d}")
        made = f"zq{letters}xz"
        self.readers[made], self.places[made] = readers, place
        return made

    def browser(self, person: str, **more: Any) -> Client:
        """A browser in which this person is signed in."""
        browser = Client(**more)
        if person != SIGNED_OUT:
            is_client = person.endswith("client")
            name = "openipt_me" if is_client else settings.SESSION_COOKIE_NAME
            browser.cookies[name] = self.sign_ins[person]
        return browser


def built(monkeypatch: Any) -> House:
    """The house, with the service's clock standing at its hour."""
    from openipt.web import clock

    house = House()
    who = house.people
    who["therapist"], who["other_therapist"] = make.therapist("Ada Therapist"), make.therapist("Olu Other")
    who["supervisor"] = make.supervised(who["therapist"])
    who["other_supervisor"] = make.supervised(who["other_therapist"])
    who["cover"] = make.covered(who["therapist"], 0, 20)
    who["cover_over"] = make.covered(who["therapist"], -9, 6)
    who["closed"] = make.covered(who["therapist"], 0, 20)
    who["manager"], who["administrator"] = make.staff(Role.MANAGER), make.staff(Role.ADMINISTRATOR)
    house.own = _course(house, "therapist", "client", "")
    house.other = _course(house, "other_therapist", "other_client", "other ")
    for person, user in who.items():
        browser = sign_in(Client(), user)
        is_client = user.role == Role.CLIENT
        house.sign_ins[person] = browser.cookies[
            "openipt_me" if is_client else settings.SESSION_COOKIE_NAME
        ].value
    house.plain = {
        "account_id": str(who["cover"].pk),
        "cover_id": str(Cover.objects.get(cover=who["cover"]).pk),
        "supervision_id": str(Supervision.objects.get(supervisor=who["supervisor"]).pk),
        "code": next(iter(library.manual("ipt_acute").techniques)),
        "enquiry_id": _enquiry(house),
    }
    accounts.set_active(user=who["closed"], active=False, by=make.OPERATOR, at=NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return house


# -- one course --------------------------------------------------------------------------------------


def _course(house: House, therapist: str, client: str, prefix: str) -> Record:
    """An intake signed, session 1 open with a record of every type, one planned, one missed."""
    is_own = not prefix
    team = TEAM if is_own else frozenset({"other_therapist", "other_supervisor"})
    contacts = team | ({"cover"} if is_own else frozenset())
    alone, own = frozenset({therapist}), frozenset({client})

    def word(place: str, readers: frozenset[str]) -> str:
        return house.word(prefix + place, readers)

    by, at = house.people[therapist], make.at_day()
    name = word("name", contacts | own)
    profile = {key: word(key, contacts | own) for key in ("email", "phone", "address")}
    profile["pronouns"] = word("pronouns", contacts | own)
    episode = make.episode(by, name=f"{name.capitalize()} Tavares", profile=profile, birth_year=1980)
    user = house.people[client] = make.client_login(episode)
    record = Record(episode)
    staff = {"by": by, "at": at}

    person = people.add_person(
        episode=episode,
        label=word("person label", team | own),
        relation=word("person relation", team | own),
        **staff,
    )
    # Whoever stands in for the therapist reads of whom the question about violence was asked.
    other = people.add_person(
        episode=episode,
        label=word("label of another adult", contacts | own),
        relation=word("relation of another adult", team | own),
        **staff,
    )
    intake = make.session(episode, 0)
    intake = sessions.save_note(
        session=intake, blocks=make.note(word("signed note", team)), expected_version=0, **staff
    )
    make.assessed(episode, session=intake)
    intake = sessions.sign_session(session=intake, **staff)
    sessions.amend_session(session=intake, text=word("amendment", team), **staff)

    now = {"by": by, "at": make.at_day(7)}
    for days, words in ((9, "planned place"), (16, "second planned place")):
        planned = sessions.plan_session(
            episode=episode, planned_at=make.at_day(days), place=word(words, team | own), **now
        )
        record.sessions["planned"] = planned
    missed = sessions.plan_session(episode=episode, planned_at=make.at_day(5), **staff)
    missed = sessions.record_absence(session=missed, reason=word("absence reason", team), **now)
    draft = sessions.begin_session(episode=episode, intake=False, **now)
    episode.refresh_from_db()
    draft = sessions.save_note(session=draft, blocks=make.note(word("note", team)), expected_version=0, **now)
    sessions.write_private_note(session=draft, text=word("private note", alone), **now)
    drafts.keep_draft_text(
        episode=episode,
        key=f"session:{draft.pk}",
        field="note:tab",
        text=_half_typed(word("typed", alone)),
        **now,
    )
    record.sessions |= {"signed": intake, "missed": missed, "draft": draft}

    for kind in library.manual("ipt_acute").record_types.values():
        readers = _readers_of(house, kind, client, contacts)
        values = _Marking(kind, readers, word, (other if kind.seen_in_cover else person).code).values()
        session = draft if kind.belongs == "session" else None
        made = make.entry(episode, kind.id, values, session=session, final=True, **now)
        record.entries[kind.id] = str(made.pk)

    own_words = {"by": user, "at": make.at_day(7)}
    row = journal.write_journal(
        episode=episode,
        words={"text": word("journal", own), "with_whom": word("journal with", own)},
        **own_words,
    )
    journal.write_journal(
        episode=episode, words={"text": word("shared journal", team | own)}, shared=True, **own_words
    )
    sheet = make.entry(episode, "rec_emotion_log", {"first_word": word("worksheet", own)}, **own_words)
    told = {"text": word("own event", own), "date": "2024", "type": "event"}
    event = make.entry(episode, "rec_timeline", told, **own_words)
    shared = {"first_word": word("shared worksheet", team | own)}
    make.entry(episode, "rec_emotion_log", shared, shared=True, **own_words)
    sitting = checkins.open_checkin(episode=episode, measures=["ms_phq9"], **own_words)
    sitting = checkins.set_extras(
        check_in=sitting,
        mood=3,
        talk_about=word("talk about", team | own),
        event=word("week's event", team | own),
        **own_words,
    )
    alert = checkins.record_answer(check_in=sitting, measure="ms_phq9", item=9, value=1, **own_words)
    assert isinstance(alert, Alert)
    spoken = firings.note(episode=episode, on=make.day(7), at=make.at_day(7)).new
    firings.decide_rule(
        episode=episode,
        rule=next(one.rule for one in spoken if one.rule not in firings.ABOUT_RISK),
        decision="disagree",
        reason=word("decision on a rule", team),
        **now,
    )

    record.ids = {
        "episode_id": str(episode.pk),
        "session_id": str(draft.pk),
        "entry_id": record.entries["rec_emotion_log"],
        "alert_id": str(alert.pk),
        "delivery_id": str(_letter(alert, by).pk),
        "check_in_id": str(sitting.pk),
        "journal_id": str(row.pk),
        "person": person.code,
        "worksheet": str(sheet.pk),
        "own_event": str(event.pk),
    }
    house.own = house.own or record
    return record


def _enquiry(house: House) -> str:
    """Somebody who asked for help three days ago, and was tried once."""

    def word(place: str) -> str:
        return house.word(f"enquiry {place}", EVERY_THERAPIST)

    asked = enquiries.Asked(
        profile={"name": word("name"), "phone": "01632 960100", "address": word("address")},
        asks_for="self",
        words={"words": word("words"), "safe_times": word("safe times")},
    )
    made = enquiries.open_enquiry(form=uuid4(), asked=asked, place="", at=make.at_day(4)).enquiry
    by = house.people["therapist"]
    enquiries.record_contact(
        enquiry=made, way="phone", reached=False, words=word("try"), by=by, at=make.at_day(6)
    )
    return str(made.pk)


def _letter(alert: Alert, to: User) -> Delivery:
    """A letter of this alert that the mail server took."""
    kept = {
        "channel": "email",
        "round": "1.raised",
        "state": "accepted",
        "attempts": 1,
        "made_at": make.at_day(7),
    }
    return Delivery.objects.create(alert=alert, recipient=to, **kept)


def _half_typed(words: str) -> str:
    return f'{{"at": "{make.at_day(7).isoformat()}", "texts": {{"own-9": "{words}"}}}}'


def _readers_of(
    house: House, kind: RecordType, client: str, contacts: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Reader role of a record -> the people it stands for in this course."""
    staff = contacts - {"cover"}
    cover = contacts & {"cover"} if kind.seen_in_cover else frozenset()
    return {
        "therapist": frozenset(p for p in staff if p.endswith("therapist")) | cover,
        "supervisor": frozenset(p for p in staff if p.endswith("supervisor")),
        "client": frozenset({client}),
    }


# What must hold a certain value so that the record is a plain one: no danger, nothing locked.
FIXED: dict[str, dict[str, Any]] = {
    "rec_risk": {"level": "green", "thoughts": False, "intent": False, "plan": False},
    "rec_ipv_screen": {"alone_confirmed": True, "positive": False},
}
DAY = make.day(7).isoformat()


@dataclass(frozen=True)
class _Marking:
    """Values for a record type with a word of its own wherever words go."""

    kind: RecordType
    readers: dict[str, frozenset[str]]
    word: Callable[[str, frozenset[str]], str]
    person: str

    def values(self) -> dict[str, Any]:
        return self._of(self.kind.fields, self.kind.id, self.kind.seen_by) | FIXED.get(self.kind.id, {})

    def _of(
        self, fields: tuple[FieldDefinition, ...], place: str, seen_by: tuple[str, ...]
    ) -> dict[str, Any]:
        typed = [one for one in fields if not one.position]
        return {
            one.key: value
            for one in typed
            if (value := self._value(one, f"{place}.{one.key}", one.seen_by or seen_by)) is not None
        }

    def _value(self, one: FieldDefinition, place: str, seen_by: tuple[str, ...]) -> Any:
        def said() -> str:
            return self.word(place, frozenset().union(*(self.readers[role] for role in seen_by)))

        match one.type:
            case FieldType.TEXT | FieldType.LONG_TEXT:
                return said()
            case FieldType.LIST if one.of == "text":
                return [said() for _ in range(min(2, one.max_rows or 2))]
            case FieldType.LIST if one.of == "integer":
                return [int(one.minimum or 0)] * max(1, len(one.row_labels))
            case FieldType.LIST:
                return [DAY]
            case FieldType.ROWS:
                wanted = max(2, one.final_min_rows, one.min_rows)
                rows = [
                    self._of(one.fields, place, seen_by) for _ in range(min(wanted, one.max_rows or wanted))
                ]
                keys = [part.key for part in one.fields if part.position]
                return [{**row, **dict.fromkeys(keys, number)} for number, row in enumerate(rows, start=1)]
            case FieldType.GROUP:
                return self._of(one.fields, place, seen_by) or None
            case FieldType.INTEGER | FieldType.SCALE | FieldType.NUMBER:
                return int(one.minimum or 0)
            case FieldType.CHOICE:
                return one.options[0].value
            case FieldType.CHOICES:
                return [one.options[0].value]
            case FieldType.YES_NO | FieldType.YES_NO_WORDS:
                return False
            case FieldType.DATE | FieldType.PARTIAL_DATE:
                return DAY
            case FieldType.TIME:
                return "10:00"
            case FieldType.PERSON:
                return self.person
            case FieldType.PEOPLE:
                return [self.person]
            case FieldType.CODE:
                return next(iter(CODES[one.codes_from]))
            case FieldType.CODES:
                return [next(iter(CODES[one.codes_from]))]
            case FieldType.SCORES:
                return {"ms_phq9": 5}
