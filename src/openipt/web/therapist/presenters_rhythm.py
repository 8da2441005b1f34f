"""The rhythm of the days in words, for the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.diary import DIARY, WEEK, times_of
from openipt.core.course.rhythm_targets import (
    SMALL_SHIFT,
    TARGET,
    TRIGGER,
    Band,
    first_day,
    moved_far,
    standing,
    week_of,
)
from openipt.core.course.rules import RuleState
from openipt.core.measures.rhythm import rhythm_week
from openipt.records.access import Act
from openipt.records.models import Entry
from openipt.web.drawing.rhythm_week import clock
from openipt.web.jinja import short_day
from openipt.web.rhythm_view import WeekView, bands_of, diary_of, present_week, titles_of, week_days
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_overview import TONES
from openipt.web.therapist.presenters_today import (
    SEVERITY_WORDS,
    in_plain_words,
    mark_in_words,
    source_in_words,
)
from openipt.web.therapist.room_parts import edit_address, may_write

RULE, MEDICATION = "DR-38", "rec_medication"
WEEKS_BEFORE = 4  # as many as the rule holds the present one against
WEEKS_AHEAD = 8


@dataclass(frozen=True)
class RuleWords:
    """What DR-38 says today: fired, missing something, or steady."""

    title: str
    state: str
    severity: str
    tone: str
    why: str
    next: str
    source: str
    mark: str


@dataclass(frozen=True)
class TargetLine:
    """One target: between which times, since or from when, and whether it was moved far."""

    title: str
    times: str
    since: str
    far: str
    address: str
    stands: bool


@dataclass(frozen=True)
class TriggerLine:
    """What disturbs, what it does, what to do."""

    event: str
    effect: str
    plan: str
    by: str
    address: str


@dataclass(frozen=True)
class RhythmPage:
    """The whole page."""

    week: WeekView
    before: str
    after: str
    weeks: tuple[tuple[str, str, str], ...]
    any_days: bool
    rule: RuleWords
    prescriber: str
    taken: str
    targets: tuple[TargetLine, ...]
    triggers: tuple[TriggerLine, ...]
    activities: tuple[tuple[str, str], ...]
    from_weeks: tuple[tuple[str, str], ...]
    may_write: bool


def present_rhythm(page: EpisodePage, wanted: date | None) -> RhythmPage:
    since = page.on - (WEEKS_BEFORE + 2) * WEEK if wanted is None else wanted - (WEEKS_BEFORE + 2) * WEEK
    rows = page.entries_since(DIARY, since)
    diary = diary_of(rows)
    last = wanted or max((on for on in diary if page.on - WEEK < on <= page.on), default=page.on)
    kind = page.manual.record_types[DIARY]
    entries = page.entries(TARGET)
    targets = bands_of(entries, page.episode.started_on)
    titles = titles_of(kind)
    prescriber, taken = _prescriber(page)
    return RhythmPage(
        week=present_week(kind, diary, targets, last),
        before=_week_address(page, last - WEEK),
        after=_week_address(page, min(last + WEEK, page.on)) if last < page.on else "",
        weeks=tuple(_week(diary, last - place * WEEK) for place in range(WEEKS_BEFORE + 1)),
        any_days=bool(diary),
        rule=_rule(page),
        prescriber=prescriber,
        taken=taken,
        targets=_targets(page, entries, targets, titles),
        triggers=tuple(_trigger(page, entry) for entry in reversed(page.entries(TRIGGER))),
        activities=tuple(titles.items()),
        from_weeks=weeks_to_choose(page),
        may_write=may_write(page, TARGET) and bool(page.may(Act.WRITE_RECORD)),
    )


def weeks_to_choose(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """From which week of the course a target may hold: this one, and those to come."""
    started = page.episode.started_on
    if started is None:
        return ()
    now = week_of(started, page.on)
    return tuple(
        (
            str(week),
            f"Week {week}, from {short_day(first_day(started, week))}{' (now)' if week == now else ''}",
        )
        for week in range(max(1, now), now + WEEKS_AHEAD)
    )


def _week_address(page: EpisodePage, last: date) -> str:
    return page.address(f"rhythm/?week={last.isoformat()}")


def _week(diary: Mapping[date, Mapping[str, Any]], last: date) -> tuple[str, str, str]:
    found = rhythm_week(times_of(diary[on]) for on in week_days(last) if on in diary)
    score = "too few to say" if found.score is None else f"{found.score:.1f} of 7"
    return f"to {short_day(last)}", score, str(found.days)


def _rule(page: EpisodePage) -> RuleWords:
    result, rule = page.status.rule(RULE), page.manual.rules[RULE]
    return RuleWords(
        title=rule.title,
        state={RuleState.FIRED: "fired", RuleState.CANNOT_TELL: "unknown"}.get(result.state, "quiet"),
        severity=SEVERITY_WORDS[result.severity].capitalize(),
        tone=TONES[result.severity],
        why=in_plain_words(page.manual, result.why),
        next=in_plain_words(page.manual, rule.then_text),
        source=source_in_words(page.manual, RULE),
        mark=mark_in_words(rule.marks),
    )


def _prescriber(page: EpisodePage) -> tuple[str, str]:
    """Who prescribes, and whether it is taken as agreed, as last written down."""
    entries = page.entries(MEDICATION)
    named = [" ".join(known.words(entry.visible.get("prescriber"))) for entry in entries]
    said = [entry.visible.get("taken_as_agreed") for entry in entries]
    taken = next((one for one in reversed(said) if one not in (None, "")), None)
    words = {True: "yes", False: "no", None: ""}.get(taken) if not isinstance(taken, str) else taken
    return next((name for name in reversed(named) if name), ""), words or ""


def _targets(
    page: EpisodePage, entries: list[Entry], targets: tuple[Band, ...], titles: dict[str, str]
) -> tuple[TargetLine, ...]:
    """Each that stands, and those to come; an earlier one that another took the place of is in the record."""
    holding = standing(targets, page.on)
    by_band = {band: entry for entry in entries for band in bands_of([entry], page.episode.started_on)}
    shown = [band for band in targets if band.since > page.on or holding.get(band.activity) is band]
    shown.sort(key=lambda band: (list(titles).index(band.activity), band.since))
    return tuple(
        TargetLine(
            title=titles[band.activity],
            times=f"{clock(band.start)} to {clock(band.to)}",
            since=f"{'since' if band.since <= page.on else 'from'} {short_day(band.since)}",
            far=_far(moved_far(targets, band)),
            address=edit_address(page, by_band[band]) if band in by_band else "",
            stands=band.since <= page.on,
        )
        for band in shown
    )


def _far(shift: float) -> str:
    return f"{shift:g} minutes from the one before; a small shift is 15 to {SMALL_SHIFT}." if shift else ""


def _trigger(page: EpisodePage, entry: Entry) -> TriggerLine:
    said = {key: str(entry.visible.get(key) or "") for key in ("event", "effect", "plan")}
    by = "the client, " if entry.by_role == "client" else ""
    return TriggerLine(**said, by=f"{by}{short_day(entry.on)}", address=edit_address(page, entry))
