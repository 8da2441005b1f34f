"""Reads a date out of a line as people type it: "lost job, March 2025", "summer 2019 moved to Leeds with Anna".

    found = find_when("about 1998: father died", today=date(2026, 1, 5))
    found.when.words()     "about 1998"
    found.rest             "father died"

With points or slashes the day stands first, as in every form here. A date that does not exist is a fault with
its reason; a line without a date has neither. Nothing is guessed silently: what was taken for granted stands in
`notes`. It never raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openipt.core.fields.check import EARLIEST_YEAR, LATEST_YEAR, MONTHS, calendar_fault
from openipt.core.fields.clean import clean_words
from openipt.core.fields.when import SEASONS, Grain, When

LONGEST_LINE = 500


@dataclass(frozen=True)
class Found:
    """What of a line is its date, and what is left of it."""

    when: When | None
    rest: str
    fault: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Date:
    """A date in the line, from one place to another."""

    start: int
    end: int
    when: When | None
    fault: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Known:
    """What a date may lean on: the day it is typed, the client's year of birth."""

    today: date
    birth_year: int | None


_Made = tuple[When | None, str, str]  # the date, or why it is none; and what was taken for granted
_Maker = Callable[[re.Match[str], _Known], _Made]


def find_when(line: str, *, today: date, birth_year: int | None = None) -> Found:
    """The date of a line: what stands first counts, else what stands last, else the first there is."""
    text = clean_words(line[: LONGEST_LINE * 4], one_line=True)[:LONGEST_LINE]
    dates = list(_dates(text, _Known(today, birth_year)))
    if not dates:
        return Found(None, _tidy(text))
    chosen = next((one for one in dates if not text[: one.start].strip(_AROUND)), None)
    chosen = chosen or next((one for one in dates if not text[one.end :].strip(_AROUND)), dates[0])
    notes = [chosen.note] if chosen.note else []
    if len(dates) > 1 and chosen.when:
        notes.append(f"More than one date stands in the line; “{chosen.when.words()}” was taken.")
    rest = f"{text[: chosen.start].rstrip(_BETWEEN)} {text[chosen.end :].lstrip(_BETWEEN)}"
    return Found(chosen.when, _tidy(rest), chosen.fault, tuple(notes))


def parse_when(text: str, *, today: date, birth_year: int | None = None) -> Found:
    """A date that stands alone, as in a field of its own."""
    found = find_when(text, today=today, birth_year=birth_year)
    if (found.when and found.rest) or (not found.when and not found.fault and text.strip()):
        return Found(
            None, "", "Write a day, a month, a season or a year, such as 3 March 2025 or summer 2019."
        )
    return found


_AROUND = " ,;:.–—-·()"
_BETWEEN = " ,;:–—-·"


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(_BETWEEN)


# -- the dates of a line -------------------------------------------------------------------------------

_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_NO_MORE = r"(?!\d|[/.]\d|-\d{1,2}(?!\d))"  # the figures of a date do not go on
_YEAR = rf"(?P<year>\d{{4}}){_NO_MORE}"
_SEASON = r"(?P<season>spring|summer|autumn|fall|winter)"
_PART = r"(?P<part>early|mid|middle|late|end|start|beginning)(?:[ -]+(?:of|in))?(?:[ -]+the)?[ -]+"
_N = r"(?P<n>\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten)"
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _made(grain: Grain, year: int, month: int = 0) -> _Made:
    try:
        return When(grain, year, month), "", ""
    except ValueError:
        return None, calendar_fault(year, month or 1) or "This date cannot be kept.", ""


def _day(year: int, month: int, day: int, note: str = "") -> _Made:
    if fault := calendar_fault(year, month, day):
        return None, fault, ""
    return When(Grain.DAY, year, month, day), "", note


def _month_number(found: re.Match[str]) -> int:
    name = found["month"].lower()[:3]
    return next(number for number, full in enumerate(MONTHS, start=1) if full.lower().startswith(name))


def _iso(found: re.Match[str], known: _Known) -> _Made:
    year, month = int(found["year"]), int(found["m"])
    if found["d"]:
        return _day(year, month, int(found["d"]))
    fault = calendar_fault(year, month)
    return (None, fault, "") if fault else _made(Grain.MONTH, year, month)


def _in_figures(found: re.Match[str], known: _Known) -> _Made:
    """With points or slashes the day stands first; where the month could, that is said."""
    day, month, year = int(found["d"]), int(found["m"]), int(found["year"])
    if month > 12 >= day >= 1 and not calendar_fault(year, day, month):
        named = f"{month} {MONTHS[day - 1]} {year}"
        return None, f"The day stands first here. Write {named}, or {month}/{day}/{year}.", ""
    when, fault, _ = _day(year, month, day)
    unsure = when and day <= 12 and day != month
    other = f"{month} {MONTHS[day - 1]}" if unsure else ""
    said = f"{day} {MONTHS[month - 1]}" if unsure else ""
    note = f"The day stands first: {said}. If it was {other}, write the month as a word." if unsure else ""
    return when, fault, note


def _month_in_figures(found: re.Match[str], known: _Known) -> _Made:
    year, month = int(found["year"]), int(found["m"])
    fault = calendar_fault(year, month)
    return (None, fault, "") if fault else _made(Grain.MONTH, year, month)


def _day_month_year(found: re.Match[str], known: _Known) -> _Made:
    return _day(int(found["year"]), _month_number(found), int(found["day"]))


def _day_month(found: re.Match[str], known: _Known) -> _Made:
    """Without a year: the last such day that has been."""
    month, day = _month_number(found), int(found["day"])
    year = known.today.year
    if fault := calendar_fault(2024, month, day):
        return None, fault, ""
    while calendar_fault(year, month, day) or date(year, month, day) > known.today:
        year -= 1
        if year < EARLIEST_YEAR:
            return None, "Write the year, too.", ""
    return _day(year, month, day, f"No year stands there; the last {day} {MONTHS[month - 1]} was taken.")


def _month_year(found: re.Match[str], known: _Known) -> _Made:
    return _made(Grain.MONTH, int(found["year"]), _month_number(found))


def _month_alone(found: re.Match[str], known: _Known) -> _Made:
    """ "In March": the last one that has begun."""
    month = _month_number(found)
    year = known.today.year if month <= known.today.month else known.today.year - 1
    when, fault, _ = _made(Grain.MONTH, year, month)
    return when, fault, f"No year stands there; {MONTHS[month - 1]} {year} was taken."


def _season_year(found: re.Match[str], known: _Known) -> _Made:
    name = {"fall": "autumn"}.get(found["season"].lower(), found["season"].lower())
    month = next(first for first, season in SEASONS.items() if season == name)
    turn = found["turn"]
    year = int(found["year"])
    if turn and (month != 12 or int(turn) != (year + 1) % 100):
        return None, "Only a winter runs over two years: winter 2019/20.", ""
    return _made(Grain.SEASON, year, month)


def _part_of_year(found: re.Match[str], known: _Known) -> _Made:
    """Early, mid and late in a year are four months each."""
    year, part = int(found["year"]), found["part"].lower()
    first = 1 if part in ("early", "start", "beginning") else 5 if part.startswith("mid") else 9
    if fault := calendar_fault(year):
        return None, fault, ""
    note = f"“{part.capitalize()}” in a year is read as {MONTHS[first - 1]} to {MONTHS[first + 2]}."
    return When(Grain.MONTH, year, first, until=(year, first + 3)), "", note


def _decade(found: re.Match[str], known: _Known) -> _Made:
    if found["short"]:
        tens = int(found["short"])
        year = (1900 if tens > known.today.year % 100 else 2000) + tens
    else:
        year = int(found["tens"]) * 10
    part = (found["part"] or "").lower()
    if not part or calendar_fault(year) or calendar_fault(year + 9):
        return _made(Grain.DECADE, year)
    first = 0 if part in ("early", "start", "beginning") else 4 if part.startswith("mid") else 7
    last = {0: 3, 4: 6, 7: 9}[first]
    note = f"“{part.capitalize()}” in a decade is read as {year + first} to {year + last}."
    return When(Grain.YEAR, year + first, until=(year + last,)), "", note


def _two_years(found: re.Match[str], known: _Known) -> _Made:
    one, other = int(found["year"]), int(found["other"])
    if other != one + 1:
        return None, "Write the years as a span: 2019 to 2021.", ""
    return _made(Grain.AGE, one)


def _year(found: re.Match[str], known: _Known) -> _Made:
    return _made(Grain.YEAR, int(found["year"]))


def _age(found: re.Match[str], known: _Known) -> _Made:
    age = int(found["age"])
    if known.birth_year is None:
        return None, "An age can be placed once the year of birth is known (Course). Or write the year.", ""
    if age > 120 or calendar_fault(known.birth_year + age):
        return None, "This age cannot be placed. Write the year.", ""
    when, fault, _ = _made(Grain.AGE, known.birth_year + age)
    return when, fault, f"At {age}, born in {known.birth_year}: {when.words()}." if when else ""


def _near(found: re.Match[str], known: _Known) -> _Made:
    back = {"today": 0, "yesterday": 1}[found["near"].lower()]
    on = known.today - timedelta(days=back)
    return _day(on.year, on.month, on.day)


def _ago(found: re.Match[str], known: _Known) -> _Made:
    said, unit = found["n"].lower(), found["unit"].lower()
    number = int(said) if said.isdigit() else 1 if said in ("a", "an") else _NUMBERS.index(said)
    today = known.today
    if unit in ("day", "week"):
        on = today - timedelta(days=number * (7 if unit == "week" else 1))
        when, fault, _ = _day(on.year, on.month, on.day)
        return (replace(when, about=unit == "week") if when else None), fault, ""
    year, month = divmod(today.year * 12 + today.month - 1 - number * (12 if unit == "year" else 1), 12)
    if fault := calendar_fault(year):
        return None, fault, ""
    if unit == "year":
        return When(Grain.YEAR, year), "", ""
    return When(Grain.MONTH, year, month + 1), "", ""


def _last_or_this(found: re.Match[str], known: _Known) -> _Made:
    back, unit = (1 if found["which"].lower() == "last" else 0), found["unit"].lower()
    if unit == "week":
        on = known.today - timedelta(days=7 * back)
        return When(Grain.DAY, on.year, on.month, on.day, about=True), "", ""
    if unit == "year":
        return _made(Grain.YEAR, known.today.year - back)
    year, month = divmod(known.today.year * 12 + known.today.month - 1 - back, 12)
    return _made(Grain.MONTH, year, month + 1)


_WAYS: tuple[tuple[re.Pattern[str], _Maker], ...] = tuple(
    (re.compile(pattern + r"(?:(?!\w)|(?=ish\b))", re.IGNORECASE), make)
    for pattern, make in (
        (r"(?P<year>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?(?![-\d])", _iso),
        (r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<year>\d{4})", _in_figures),
        (r"(?P<m>\d{1,2})[./](?P<year>\d{4})", _month_in_figures),
        (rf"{_DAY}\.?(?: of)? {_MONTH},? {_YEAR}", _day_month_year),
        (rf"{_MONTH} {_DAY},? {_YEAR}", _day_month_year),
        (rf"{_MONTH},?(?: of)? {_YEAR}", _month_year),
        (rf"(?:{_PART}){_MONTH},?(?: of)? {_YEAR}".replace("?P<part>", "?:"), _month_year),
        (rf"(?:(?:early|mid|late)[ -])?{_SEASON}(?: of| in)? (?P<year>\d{{4}})(?:/(?P<turn>\d\d))?", _season_year),
        (rf"(?:{_PART})?(?:the )?(?:(?P<tens>\d{{3}})0['’]?s|['’](?P<short>\d0)s)", _decade),
        (rf"{_PART}{_YEAR}", _part_of_year),
        (r"(?P<year>\d{4}) or (?P<other>\d{4})", _two_years),
        (r"(?:when|while) (?:i|he|she|they|client|we) (?:was|were) (?:about )?(?P<age>\d{1,3})(?: years old)?", _age),
        (r"(?:at (?:the )?age(?: of)?|aged?) (?P<age>\d{1,3})", _age),
        (r"(?P<near>today|yesterday)", _near),
        (rf"{_N} (?P<unit>day|week|month|year)s? ago", _ago),
        (r"(?P<which>last|this) (?P<unit>week|month|year)", _last_or_this),
        (rf"{_DAY}\.?(?: of)? {_MONTH}", _day_month),
        (rf"{_MONTH} {_DAY}", _day_month),
        (rf"(?:in|since|of) {_MONTH}(?!,?(?: of)? \d{{4}})", _month_alone),
        (rf"(?P<year>(?:1[89]|20|21)\d\d){_NO_MORE}", _year),
    )
)  # fmt: skip
_STARTS = re.compile(r"(?<![\w.,/-])(?=[\w'’])|(?<=ca\.)(?=\d)|(?<=c\.)(?=\d)|(?<=\d[–—-])(?=\d{4})")
_ODD_YEAR = re.compile(r"(?:^|[,:;] *|\b(?:in|year) )(\d{4,6})(?= *(?:$|[,:;]))")

_JOIN = re.compile(r"\s*(?:-|–|—|to|until|till|through)\s*", re.IGNORECASE)
_JOIN_BETWEEN = re.compile(r"\s*and\s*", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:-|–|—|to|until|till)\s*(?:now|today|this day|the present|present)\b|\s*[–—-](?=\s*(?:$|[,:;]))", re.IGNORECASE)  # fmt: skip
_ABOUT = re.compile(r"(?:\babout|\baround|\bcirca|\bca\.?|\bc\.|\broughly|\bapproximately|\bapprox\.?|\bsome ?time in|~)\s*$", re.IGNORECASE)  # fmt: skip
_ISH = re.compile(r"[- ]?ish\b", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:ever since|since)\s*$", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|between)\s*$", re.IGNORECASE)
_BEFORE = re.compile(r"(?:^|\b)(?:in|on|at|during|by|of|the|back in)\s*$", re.IGNORECASE)


def _dates(text: str, known: _Known) -> Iterator[_Date]:
    """Every date of the text with the small words that belong to it, from left to right."""
    atoms = list(_atoms(text, known))
    at = 0
    while at < len(atoms):
        one, used = _with_end(text, atoms, at, known)
        yield _with_small_words(text, one)
        at += used


def _atoms(text: str, known: _Known) -> Iterator[_Date]:
    end = 0
    for place in _STARTS.finditer(text):
        if place.start() < end:
            continue
        for pattern, make in _WAYS:
            found = pattern.match(text, place.start())
            if found:
                end = found.end()
                if ish := _ISH.match(text, end):
                    end = ish.end()
                when, fault, note = make(found, known)
                about = bool(ish) and when is not None and not when.is_span
                yield _Date(place.start(), end, _as_about(when) if about else when, fault, note)
                break
        else:
            odd = _ODD_YEAR.search(text, max(0, place.start() - 6), place.start() + 20)
            if odd and odd.start(1) == place.start():
                end = odd.end(1)
                yield _Date(place.start(), end, None, calendar_fault(int(odd[1])))


def _with_end(text: str, atoms: list[_Date], at: int, known: _Known) -> tuple[_Date, int]:
    """Two dates with "to" between them are one span; "to now" and an open dash go on."""
    one = atoms[at]
    if one.when is None or one.when.is_span:
        return one, 1
    if at + 1 < len(atoms):
        other = atoms[at + 1]
        between = text[one.end : other.start]
        joins = _JOIN.fullmatch(between) or (
            _JOIN_BETWEEN.fullmatch(between) and re.search(r"\bbetween\s*$", text[: one.start], re.IGNORECASE)
        )
        if joins and other.when and other.when.is_span:
            joins = None
        if joins:
            return _span(one, other), 2
    if goes_on := _GOES_ON.match(text, one.end):
        return replace(one, end=goes_on.end(), when=replace(one.when, ongoing=True)), 1
    return one, 1


def _span(one: _Date, other: _Date) -> _Date:
    if one.when is None or other.when is None:
        return replace(one, end=other.end, when=None, fault=one.fault or other.fault)
    note = one.note or other.note
    try:
        return _Date(one.start, other.end, replace(one.when, until=_end_parts(other.when)), note=note)
    except ValueError:
        return _Date(
            one.start, other.end, None, "The end lies before the beginning. Write the earlier date first."
        )


def _end_parts(when: When) -> tuple[int, ...]:
    """The end of a span: to the day, the month or the year."""
    if when.grain in (Grain.DAY, Grain.MONTH, Grain.YEAR):
        return tuple(part for part in (when.year, when.month, when.day) if part)
    last = when.begins[1]
    return (last.year, last.month) if when.grain is Grain.SEASON else (last.year,)


def _with_small_words(text: str, one: _Date) -> _Date:
    """ "since", "about" and "in" before a date belong to it."""
    start, when = one.start, one.when
    for _ in range(3):
        before = text[:start]
        if found := _ABOUT.search(before):
            when = _as_about(when) if when else None
        elif found := _SINCE.search(before):
            when = replace(when, ongoing=True) if when and not when.is_span else when
        elif found := _FROM.search(before) if when is None or when.is_span else _BEFORE.search(before):
            pass
        else:
            found = _BEFORE.search(before)
        if not found:
            break
        start = found.start()
    if re.match(r"(?:since)\b", text[one.start : one.end], re.IGNORECASE) and when and not when.is_span:
        when = replace(when, ongoing=True)
    return replace(one, start=start, when=when)


def _as_about(when: When | None) -> When | None:
    """A season, an age and a decade are about a time already."""
    if when is None or when.grain not in (Grain.DAY, Grain.MONTH, Grain.YEAR):
        return when
    return replace(when, about=True)


assert LATEST_YEAR < 2200  # the way of a bare year knows the years that can be kept
