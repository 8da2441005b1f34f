"""The documents of a course as papers: what stands in each. Nothing private and nothing unsigned gets in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openipt.core.course import known
from openipt.core.fields.words import in_words
from openipt.core.formulation.paragraph import paragraph
from openipt.records import crisis
from openipt.records.models import Entry, EntryState, Session
from openipt.records.queries import second_lock
from openipt.web.jinja import clock_time, day
from openipt.web.paper.blocks import (
    Block,
    Paper,
    flat,
    heading,
    items,
    lines,
    quiet,
    quote,
    section,
    short_date,
    table,
    words,
)
from openipt.web.paper.letter import Source, closing_letter
from openipt.web.plain import in_client_words
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import (
    CONTRACT,
    FORMULATION,
    contract_dates,
    diagram,
    has_own_maintenance,
    plain_view,
)
from openipt.web.therapist.presenters_carers import agreed_by, note_entry, note_view, shared_lines
from openipt.web.therapist.presenters_documents import (
    MAINTENANCE_CONTRACT,
    MAINTENANCE_TITLE,
    RECORDS,
    document_label,
    latest,
    outline,
    outline_measure,
    signed_sessions,
    standing,
)
from openipt.web.therapist.presenters_ending import categories, category_lines, score_changes
from openipt.web.therapist.presenters_header import risk_in_words
from openipt.web.therapist.presenters_ipaf import FOCUS, GOODBYE, focus_episodes, pattern_of
from openipt.web.therapist.presenters_narrative import SCHEMA, Told, present_told, schema_of, schema_view
from openipt.web.therapist.presenters_records import lines_of, who
from openipt.web.therapist.presenters_safety import PlanPrint
from openipt.web.therapist.presenters_second_lock import signs_of_ordinary
from openipt.web.therapist.presenters_session_note import NoteView, present_note

SUMMARY, RELAPSE, MEDICATION = "rec_discharge", "rec_relapse_plan", "rec_medication"
DRAFT, DRAFT_LETTER = "Draft, not agreed yet.", "Draft, not given yet."
WITHOUT_REASON = "reason_for_focus"  # why a focus was chosen against the score stays with the clinicians
NO_NOTE = "No words stand here."


def made(page: EpisodePage, paper_of: str) -> Paper | None:
    """The document of this name, None where it is not there yet."""
    if paper_of in RECORDS:
        entry = standing(page, RECORDS[paper_of])
        return record_paper(page, RECORDS[paper_of], entry) if entry else None
    if paper_of == MAINTENANCE_CONTRACT and has_own_maintenance(page):
        entry = standing(page, CONTRACT, maintenance=True)
        return replace(record_paper(page, CONTRACT, entry), title=MAINTENANCE_TITLE) if entry else None
    make = MADE.get(paper_of)
    return make(page) if make else None


def footer(page: EpisodePage) -> str:
    therapist = who(page.episode.therapist)
    by = f"Therapist: {therapist}. " if therapist else ""
    return f"{by}Made on {day(page.at)} at {clock_time(page.at)}."


def about(*parts: str) -> str:
    return " · ".join(filter(None, parts))


# -- one record ----------------------------------------------------------------------------------------


def record_paper(page: EpisodePage, record: str, entry: Entry) -> Paper:
    """A record that is agreed with the client, as it stands."""
    is_draft = entry.state != EntryState.FINAL
    inside = INSIDE.get(record, _record)(page, record, entry)
    return Paper(
        title=page.manual.record_types[record].title,
        who=about(document_label(page), day(entry.on)),
        blocks=inside,
        footer=footer(page),
        notice=(DRAFT_LETTER if record == GOODBYE else DRAFT) if is_draft else "",
        signed=("Client", "Therapist") if record == CONTRACT and not is_draft else (),
    )


def _formulation(page: EpisodePage, record: str, entry: Entry) -> tuple[Block, ...]:
    values = entry.visible
    text = paragraph(page.manual.formulation, values, page.codes["areas"])
    return flat(
        section("In plain words", words(plain_view(page, values).text)),
        section("As we understand it", words(text)),
        _factors(page, values),
        section("In the client’s own words", quote(str(values.get("client_words") or ""))),
    )


def _factors(page: EpisodePage, values: Mapping[str, Any]) -> tuple[Block, ...]:
    found = diagram(page, values)
    if found.is_empty:
        return ()
    rows = [(part.title, "; ".join(part.items)) for part in found.parts]
    return section("What plays a part", table("What plays a part", ("What", "In this life"), rows))


def _record(page: EpisodePage, record: str, entry: Entry) -> tuple[Block, ...]:
    values = {key: value for key, value in entry.visible.items() if key != WITHOUT_REASON}
    inside = lines(lines_of(page, page.manual.record_types[record], values))
    dates = contract_dates(entry.visible) if record == CONTRACT else ()
    rows = [(str(one.number or ""), f"{one.week_day} {one.on.year}", one.why or one.rhythm) for one in dates]
    head = ("Meeting", "Day", "Note")
    if not any(one.why or one.rhythm for one in dates):
        head, rows = head[:2], [row[:2] for row in rows]
    return flat(inside, section("All meetings", table("All meetings", head, rows)) if rows else ())


def _focus(page: EpisodePage, record: str, entry: Entry) -> tuple[Block, ...]:
    """The pattern as it was agreed, and the moments in which it showed."""
    values = entry.visible
    found = pattern_of(page, values)
    rows = [(part.title, part.text) for part in (*found.parts, *found.examples) if part.text]
    moments = [
        (short_date(one.on), one.situation, one.self, one.other, one.affect)
        for one in reversed(focus_episodes(page))
    ]
    head = ("Day", "What happened", "Self", "Other", "Feeling")
    return flat(
        section("In plain words", words(plain_view(page, values).text)),
        section("The pattern", table("The pattern", ("What", "In this life"), rows)) if rows else (),
        section("In the client’s own words", quote(str(values.get("client_words") or ""))),
        section("Where it showed", table("Where it showed", head, moments)) if moments else (),
    )


def _schema(page: EpisodePage, record: str, entry: Entry) -> tuple[Block, ...]:
    """The schema as it was agreed, and the episodes it rests on."""
    values = entry.visible
    rows = [(part.title, part.text) for part in schema_of(page, values).parts if part.text]
    shown = schema_view(page, entry)
    told = [one for one in reversed(present_told(page, shown)) if one.supports]
    return flat(
        section("In plain words", words(shown.plain.text)),
        section("The schema", table("The schema", ("What", "In this life"), rows)) if rows else (),
        section("In the client’s own words", quote(shown.client_words)),
        section("The episodes it rests on", *(_told(one) for one in told)) if told else (),
    )


def _told(one: Told) -> tuple[Block, ...]:
    said = table(f"What was said: {one.name}", ("Who", "Said"), one.turns) if one.turns else ()
    about_it = (("With", one.who), ("Felt", one.feeling), ("Did", one.act))
    states = [part for state in one.states for part in state.parts]
    also = [
        f"{what}: {words}"
        for what, words in (*about_it, *states, ("Where it may come from", one.origin))
        if words
    ]
    return flat(heading(one.name, level=3), said, items(also))


def _goodbye(page: EpisodePage, record: str, entry: Entry) -> tuple[Block, ...]:
    values = entry.visible
    given = known.day(values.get("given_on"))
    return flat(
        words(str(values.get("text") or "")),
        quiet(f"Given on {day(given)}.") if given else (),
        section("The client’s answer", quote(str(values.get("client_reply") or ""))),
    )


INSIDE = {FORMULATION: _formulation, FOCUS: _focus, SCHEMA: _schema, GOODBYE: _goodbye}


# -- notes ---------------------------------------------------------------------------------------------


def notes_paper(page: EpisodePage) -> Paper | None:
    """Every signed note with its amendments, in the order of the sessions."""
    found = [present_note(page, session) for session in signed_sessions(page)]
    if not found:
        return None
    inside = [
        (heading(_note_title(note)), *_note_blocks(note, level=3))
        for note in found
        if note.signed is not None
    ]
    return Paper("Signed notes", document_label(page), flat(*inside), footer(page))


def note_paper(page: EpisodePage, session: Session) -> Paper | None:
    """The note of one session as it was signed; None before."""
    note = present_note(page, session)
    if note.signed is None:
        return None
    held = f"held on {day(note.held_on)}" if note.held_on else ""
    return Paper(_capital(note.title), about(document_label(page), held), _note_blocks(note), footer(page))


def _note_title(note: NoteView) -> str:
    return ", ".join(filter(None, (_capital(note.title), day(note.held_on) if note.held_on else "")))


def _note_blocks(note: NoteView, level: int = 2) -> tuple[Block, ...]:
    signed = note.signed
    if signed is None:
        return ()
    later = [
        section(
            "Amendment",
            words(one.text),
            quiet(f"Added by {one.by} on {day(one.at)} at {clock_time(one.at)}."),
            level=level,
        )
        for one in signed.amendments
    ]
    written = (
        f"Written up on {day(signed.written_on)}. "
        if signed.written_on and signed.written_on != signed.held_on
        else ""
    )
    drafted = "Signed as drafted from the record; no word of it was changed. " if signed.unedited else ""
    return flat(
        *(words(text) for text in signed.paragraphs or (NO_NOTE,)),
        words(f"Signed without a safety plan, because {signed.without_plan}" if signed.without_plan else ""),
        quiet(f"{written}{drafted}Signed by {signed.by} on {day(signed.at)} at {clock_time(signed.at)}."),
        *later,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# -- the course ----------------------------------------------------------------------------------------


def outline_paper(page: EpisodePage) -> Paper:
    """Every meeting of the course on one page."""
    head = ("Session", "Day", "Phase", "Meeting", outline_measure(page), "Work on the focus")
    rows = [
        (row.session, day(row.on), row.phase, row.attendance, row.score, row.work) for row in outline(page)
    ]
    inside = table("Meetings", head, rows, numbers=(4,)) if rows else quiet("No meeting is planned yet.")
    label = about(document_label(page), page.header.treatment, page.header.focus)
    return Paper("Outline of the course", label, (inside,), footer(page))


def safety_plan_paper(plan: PlanPrint) -> Paper:
    """The client's own copy, for paper. No name stands on it."""
    calls = [
        (", ".join(filter(None, (one.name, one.hours))) + (f" ({one.note})" if one.note else ""), one.phone)
        for one in plan.crisis
    ]
    return Paper(
        "My plan",
        day(plan.on),
        flat(lines(plan.lines), section("To call at any time", table("Numbers", ("Who", "Number"), calls))),
        "Keep this where you find it quickly and only you read it.",
    )


# -- the end -------------------------------------------------------------------------------------------


def letter_paper(page: EpisodePage) -> Paper | None:
    """The closing letter, exactly as the client reads it on the ordinary pages (law 5, ipt.md 11.5)."""
    danger = bool(known.danger(page.course).grounds)
    locked = second_lock.standing(page.episode.client_id) is not None
    signs = signs_of_ordinary(page, has_lock=locked) if danger or locked else None

    def finished(record: str) -> Mapping[str, Any] | None:
        entry = latest(page, record)
        if entry is None:
            return None
        values = page.manual.record_types[record].values_for("client", entry.visible)
        return signs.without(values) if signs else values

    return closing_letter(
        Source(
            manual=page.manual,
            course=page.course,
            finished=finished,
            people=page.people,
            name=document_label(page),
            therapist=who(page.episode.therapist),
            crisis=crisis.contacts(page.episode.client.region),
            on=page.on,
            closed=danger or locked,
        )
    )


def referrer_paper(page: EpisodePage) -> Paper | None:
    """The closing summary for whoever referred: what was done and what came of it, without the client's story."""
    entry = latest(page, SUMMARY)
    if entry is None:
        return None
    values = entry.visible
    return Paper(
        "Summary for the referrer",
        about(document_label(page), day(entry.on)),
        flat(
            section("Treatment", _treatment(page, values)),
            section("Outcome", words(str(values.get("outcome") or "")), _measured(page)),
            section("Risk", words(_risk(page))),
            section("Medication", _medication(page)),
            section("Signs that it may come back", _signs(page)),
            section("Recommendations", words(str(values.get("recommendations") or ""))),
        ),
        footer(page),
        signed=("Therapist",),
    )


def _treatment(page: EpisodePage, values: Mapping[str, Any]) -> tuple[Block, ...]:
    held = page.course.held
    attended = values.get("sessions_attended")
    count = attended if attended is not None else len(held)
    planned = page.course.planned_sessions
    when = f", {day(held[0].on)} to {day(held[-1].on)}" if held else ""
    rows = [
        ("Treatment", page.header.treatment),
        ("Focus", page.header.focus),
        ("Sessions", f"{count} of {planned} planned{when}" if planned else f"{count}{when}"),
        ("Why it ends", str(values.get("reason") or "")),
    ]
    return (table("Treatment", ("What", "How it was"), [row for row in rows if row[1]]),)


def _risk(page: EpisodePage) -> str:
    found = known.risk_level(page.course)
    if found is None or found.provisional:
        return f"{risk_in_words(page)[0]}."
    return f"{found.level.word.capitalize()}, as judged on {day(found.on)}."


def _measured(page: EpisodePage) -> tuple[Block, ...]:
    rows = [
        (
            one.title,
            f"{one.start}, {short_date(one.began)}",
            f"{one.now}, {short_date(one.on)}",
            one.change,
            one.verdict,
        )
        for one in score_changes(page)
    ]
    if not rows:
        return (quiet("No measure was answered twice."),)
    holds = [one for one in category_lines(categories(page))[1:] if one.holds]  # not the case at the start
    head = ("Measure", "Start", "End", "Change", "In words")
    return flat(
        table("Scores at the start and at the end", head, rows, numbers=(3,)),
        quiet(" ".join(f"{one.name}: {one.rule.rstrip('.')}." for one in holds)) if holds else (),
    )


def _medication(page: EpisodePage) -> tuple[Block, ...]:
    kind = page.manual.record_types[MEDICATION]
    keys = ("drug", "dose", "since", "prescriber", "taken_as_agreed")
    drugs = [e for e in page.entries(MEDICATION) if e.state == EntryState.FINAL and e.visible.get("drug")]
    told = [{line.key: line.text for line in lines_of(page, kind, entry.visible)} for entry in drugs]
    head = [kind.field(key).label for key in keys]
    return (table("Medication", head, [[one.get(key, "") for key in keys] for one in told]),) if told else ()


def _signs(page: EpisodePage) -> tuple[Block, ...]:
    plan = latest(page, RELAPSE)
    if plan is None:
        return ()
    kept = {key: plan.visible[key] for key in ("early_signs", "professional_contact") if key in plan.visible}
    kind = in_client_words(page.manual.record_types[RELAPSE])
    return lines(in_words(kind, kept, people={}, codes={}, role="client"))


# -- the note on confidentiality -------------------------------------------------------------------------


def confidentiality_paper(page: EpisodePage) -> Paper | None:
    """What a young person and their parents agreed, for both to read. Nothing else of the record stands on it."""
    entry = note_entry(page)
    note = note_view(page, entry)
    if entry is None or note is None or not note.has_items:
        return None
    therapist = who(page.episode.therapist) or "The therapist"
    shared = shared_lines(page.manual.record_types[entry.record_type], entry.visible, page.people)
    agreed = " and ".join(agreed_by(entry.visible, page.people))
    notice = f"Withdrawn on {note.withdrawn}." if note.withdrawn else DRAFT if note.is_draft else ""
    return Paper(
        title="What parents are told",
        who=about(document_label(page), day(note.on)),
        blocks=flat(
            words(
                f"{therapist} and {document_label(page) or 'the young person'} meet alone. "
                "What is said there stays there. "
                "This page says what parents or carers hear, and when."
            ),
            section("What they hear", items([_shared(line) for line in shared])),
            section("What stays between the two", items(note.kept_private)),
            section(
                "What is always told",
                words("Safety comes first. The young person hears it first, if that can be done."),
                items(note.always_told),
            ),
            section("If it is to change", words("Each may ask for a change, or take it back, at any time.")),
            quiet(f"Agreed on {day(note.on)} by {agreed}.") if agreed and not note.is_draft else (),
        ),
        footer=footer(page),
        notice=notice,
        signed=() if notice else ("Young person", "Parent or carer", "Therapist"),
    )


def _shared(line: tuple[str, str, str]) -> str:
    what, whom, when = line
    more = "; ".join(filter(None, (f"with {whom}" if whom else "", when.lower())))
    return f"{what} ({more})" if more else what


MADE = {
    "confidentiality": confidentiality_paper,
    "outline": outline_paper,
    "notes": notes_paper,
    "letter": letter_paper,
    "referrer": referrer_paper,
}
