"""What the form for asking says, each field held against what it takes. All of it stays as typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from openipt import library
from openipt.core.course.enquiry import AsksFor, Ground, is_too_young
from openipt.core.course.enquiry_words import email_fault, phone_fault
from openipt.core.fields.clean import clean_words
from openipt.errors import FieldFault
from openipt.records import crisis
from openipt.records.actions.enquiries import Asked
from openipt.web.languages import LANGUAGES
from openipt.web.sent import Sent

TRAP = "website"  # nobody sees it; what fills in every field does
LONGEST_NAME, LONGEST_PHONE, LONGEST_EMAIL = 80, 40, 254
LONGEST_ADDRESS, LONGEST_TIMES, LONGEST_WORDS = 400, 200, 1000
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
# What turns or hides the letters after it. A direction mark does neither, and a joiner belongs to a letter.
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
BREAKS = re.compile("[\r\n\t\u2028\u2029]")
CANNOT_BE_SEEN = "There are signs in here that cannot be seen. Write it once more by hand."
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters by their kind, and nothing to the eye
ONE_LINE = "Write this on one line."
ONE_WAY = "Fill in at least one way to reach you: a phone number, an e-mail address or a post address."


@dataclass(frozen=True)
class Read:
    """The form as read. `asked` is None where something cannot be taken."""

    asked: Asked | None
    values: dict[str, str]
    faults: tuple[FieldFault, ...]
    ground: str
    is_trapped: bool
    is_too_young: bool = False


def read(post: dict[str, str], today: date) -> Read:
    """The whole form, with a word for each field that cannot be taken."""
    sent = Sent(post)
    asks_for = sent.choice("asks_for", tuple(AsksFor), required="Choose for whom you ask.")
    name = _line(sent, "called", LONGEST_NAME, "Write what we may call you. A first name is enough.")
    ways = _ways(sent)
    times = _line(sent, "safe_times", LONGEST_TIMES)
    words = _lines(sent, "words", LONGEST_WORDS)
    birth_year = sent.number("birth_year", lowest=1900, highest=today.year)
    language = sent.choice("language", LANGUAGES)
    region = _region(sent)
    young = is_too_young(birth_year, settings.ENVIRONMENT.asking.youngest, today)
    if young:
        sent.fault("birth_year", _too_young())
    if sent.values.get("agreed") != "yes":
        sent.fault("agreed", "Tick this, so that we may answer you.")
    ground = _ground(sent, f"{words}\n{times}")
    said = {"words": words, "safe_times": times}
    said |= {key: "yes" for key in ("leave_message", "say_who") if sent.values.get(key) == "yes"}
    asked = Asked(
        profile={"name": name, **ways},
        asks_for=asks_for,
        words={key: value for key, value in said.items() if value},
        ground=ground,
        language=language or "en",
        birth_year=birth_year,
        region=region,
    )
    return Read(
        asked=None if sent.faults else asked,
        values=sent.values,
        faults=tuple(sent.faults),
        ground=ground,
        is_trapped=bool(sent.values.get(TRAP)),
        is_too_young=young,
    )


def _line(sent: Sent, name: str, longest: int, required: str = "") -> str:
    if BREAKS.search(sent.values.get(name, "").strip()):
        sent.fault(name, ONE_LINE)
    if TURNS.search(sent.values.get(name, "")):
        sent.fault(name, CANNOT_BE_SEEN)
    text = _lines(sent, name, longest, required)
    if text and not any(_is_seen(letter) for letter in text):
        sent.fault(name, required or CANNOT_BE_SEEN)
    return text


def _is_seen(letter: str) -> bool:
    return letter not in BLANK and unicodedata.category(letter)[0] not in "CZ"


def _lines(sent: Sent, name: str, longest: int, required: str = "") -> str:
    text = sent.words(name, required=required, longest=longest)
    if UNSEEN.search(text):
        sent.fault(name, CANNOT_BE_SEEN)
    return clean_words(text)  # as it is kept, so that the same words sent again are the same


def _ways(sent: Sent) -> dict[str, str]:
    """Ways to reach somebody, at least one; an impossible one is said at its field."""
    phone = _line(sent, "phone", LONGEST_PHONE)
    email = _line(sent, "email", LONGEST_EMAIL)
    address = _lines(sent, "address", LONGEST_ADDRESS)
    if phone and (wrong := phone_fault(phone)):
        sent.fault("phone", wrong)
    if email and (wrong := email_fault(email)):
        sent.fault("email", wrong)
    if not (phone or email or address):
        sent.fault("phone", ONE_WAY)
    ways = {"phone": phone, "email": email, "address": address}
    return {key: value for key, value in ways.items() if value}


def _region(sent: Sent) -> str:
    """Asked only where there are several: it decides whom one is shown to call."""
    regions = crisis.regions()
    if len(regions) > 1:
        return sent.choice("region", regions, required="Choose where you live.")
    return regions[0] if regions else ""


def _ground(sent: Sent, text: str) -> str:
    """Why this enquiry is looked at first, if it is (ipt.md 11.3). Nothing found is no clearance."""
    if sent.values.get("danger") == "yes":
        return Ground.TICKED.value
    return Ground.WORDS.value if library.danger_words().point_to_danger(text) else ""


def _too_young() -> str:
    youngest = settings.ENVIRONMENT.asking.youngest
    return (
        f"This service sees people of {youngest} and over. Please tell an adult you trust, or your doctor: "
        "they can find help for your age with you. You can call the numbers on this page yourself, too."
    )
