"""The Documents room: clean pages to print, the outline, the episode as a file; private notes in none."""

from __future__ import annotations

import io
import json
import re
from html import unescape

import pytest
from pypdf import PdfReader
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of
from tests.web.test_second_lock import agreed, behind, ordinary

from openipt import library
from openipt.records.actions import checkins, journal, people, sessions
from openipt.records.models import AuditEvent, Session
from openipt.web.paper import blocks
from openipt.web.paper.blank import NOT_BY_HAND, blank_sheet
from openipt.web.plain import worksheets

pytestmark = pytest.mark.django_db

PRIVATE = "my own doubt about the hour"
FORMULATION = {"name": "Rui", "disorder": "depression", "event": "the branch closed", "person": "the team"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(8))


@pytest.fixture
def episode():
    """One signed session with a private note, one that is still a draft."""
    made, first = factories.active_episode()
    sessions.write_private_note(
        session=first, text=PRIVATE, expected_version=0, by=made.therapist, at=factories.at_day()
    )
    factories.signed(first)
    factories.written(factories.session(made, 7), "Not signed yet words.", at=factories.at_day(7))
    return made


def get(of, tail: str = "", user=None):
    return browser_of(user or of.therapist).get(f"/episodes/{of.pk}/documents/{tail}")


def test_the_room_lists_what_can_be_printed_and_names_what_is_not_written(episode):
    factories.entry(episode, "rec_formulation", FORMULATION)
    page = text_of(get(episode))
    assert f"/episodes/{episode.pk}/documents/formulation/" in page
    assert "Not written yet" in page
    assert "1 note not signed yet: left out here." in page


def test_a_formulation_prints_as_a_paragraph_and_says_that_it_is_a_draft(episode):
    factories.entry(episode, "rec_formulation", {**FORMULATION, "client_words": "That is it."})
    page = text_of(get(episode, "formulation/"))
    assert "Around that time the branch closed with the team." in page
    assert "That is it." in page
    assert "Draft, not agreed yet." in page


def test_the_finished_version_is_printed_before_a_later_draft(episode):
    summary = {"reason": "end of contract", "outcome": "much better"}
    factories.entry(episode, "rec_discharge", summary, final=True)
    factories.entry(episode, "rec_discharge", {"reason": "half a thought"}, at=factories.at_day(7))
    page = text_of(get(episode, "summary/"))
    assert "much better" in page
    assert "half a thought" not in page


def test_the_reason_for_a_focus_stays_with_the_clinicians(episode):
    values = {"focus": ["grief"], "sessions_planned": 16, "reason_for_focus": "against the score"}
    factories.entry(episode, "rec_contract", values)
    assert "against the score" not in text_of(get(episode, "contract/"))


@pytest.mark.parametrize("name", ["formulation", "contract", "nothing", "rec_risk"])
def test_what_is_not_there_is_not_found(episode, name):
    assert get(episode, f"{name}/").status_code == 404


def test_signed_notes_are_printed_drafts_and_private_notes_are_not(episode):
    page = text_of(get(episode, "notes/"))
    assert "We talked about the week." in page
    assert "Not signed yet words." not in page
    assert PRIVATE not in page


def test_the_outline_tells_every_meeting(episode):
    page = text_of(get(episode, "outline/"))
    assert "5 January 2026" in page
    assert "12 January 2026" in page
    assert "Initial phase" in page


def test_the_episode_is_downloaded_as_a_file_and_that_is_recorded(episode):
    response = get(episode, "export/")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="episode-{episode.pk}.json"'
    data = json.loads(response.content)
    assert data["client"]["name"] == "Rui Tavares"
    assert PRIVATE not in response.content.decode()
    assert AuditEvent.objects.filter(chain=str(episode.pk), act="episode-exported").count() == 1


def test_a_supervisor_prints_and_does_not_export(episode):
    supervisor = factories.supervised(episode.therapist)
    assert "Download the file" not in text_of(get(episode, user=supervisor))
    assert get(episode, "notes/", supervisor).status_code == 200
    assert get(episode, "export/", supervisor).status_code in (403, 404)


def test_nobody_else_finds_anything(episode):
    for user in (*strangers(), factories.covered(episode.therapist, 0, 30)):
        for tail in ("", "outline/", "notes/", "export/", "formulation/"):
            assert get(episode, tail, user).status_code in (403, 404)


# -- every document as a file, and the ones that close a course ------------------------------------------

PLAN = {
    "early_signs": ["I stop cooking"],
    "steps": ["Call Vera"],
    "people": ["Vera"],
    "professional_contact": "the practice",
}
SUMMARY = {
    "reason": "end of contract",
    "outcome": "You sleep again.",
    "gains": ["You told your brother what you need"],
    "recommendations": "Come back early if it gets hard.",
}


WHOLE = {
    **FORMULATION,
    "onset": "2025-09",
    "event_area": "friends",
    "problem_area": ["role_transition"],
    "N": 16,
    "goals": ["Find work again"],
    "agreement": "agree",
    "date": "2026-01-05",
    "plain_words": "You lost your post.",
}


@pytest.fixture
def closing(episode):
    factories.entry(episode, "rec_formulation", WHOLE, final=True)
    factories.entry(episode, "rec_relapse_plan", PLAN, final=True)
    factories.entry(episode, "rec_discharge", SUMMARY, final=True)
    return episode


def article(answer) -> str:
    return text_of(answer).split('<article class="paper', 1)[1].split("</article>")[0]


def said_in(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def letters(text: str) -> str:
    """Without white space: a file breaks its lines where it likes."""
    return re.sub(r"[\s“”•]", "", text)


def told_by(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


PARTS = re.compile(
    r'<(h[1-3]|li|td|dt|p class="words"|span class="record-view__text")[^>]*>(.*?)</', re.DOTALL
)
NAMES = ["formulation", "relapse-plan", "summary", "letter", "referrer", "outline", "notes"]


@pytest.mark.parametrize("name", NAMES)
def test_every_document_is_a_file_that_says_what_the_page_says(closing, name):
    page, file = get(closing, f"{name}/"), get(closing, f"{name}/pdf/")
    assert file["Content-Type"] == "application/pdf"
    parts = [said_in(part) for _, part in PARTS.findall(article(page))]
    assert len(parts) > 2
    written = told_by(file.content)
    for part in parts:
        assert letters(part) in letters(written), part
    assert (
        b"pdfuaid"
        in PdfReader(io.BytesIO(file.content)).trailer["/Root"]["/Metadata"].get_object().get_data()
    )
    assert PRIVATE not in written and "Not signed yet words." not in written
    assert file["Content-Disposition"] == f'attachment; filename="{name}-2026-01-13.pdf"'


def test_nothing_closes_before_the_summary_is_finished(episode):
    factories.entry(episode, "rec_discharge", SUMMARY)
    for name in ("letter", "referrer"):
        assert get(episode, f"{name}/").status_code == get(episode, f"{name}/pdf/").status_code == 404
    assert "letter to the client" in text_of(get(episode)).split("Not written yet:")[1]


def scored(of, *totals: int) -> None:
    for days, total in enumerate(totals):
        checkins.enter_answers(
            episode=of,
            totals={"ms_phq9": total},
            session=Session.objects.get(episode=of, number=days + 1),
            mode="paper",
            by=of.therapist,
            at=factories.at_day(7 * days),
        )


def test_the_letter_credits_the_client_and_gives_no_verdict(closing):
    scored(closing, 20, 6)
    answer = get(closing, "letter/")
    letter = said_in(article(answer))
    for words in ("Dear Rui Tavares,", "You lost your post.", "You told your brother", "I stop cooking"):
        assert words in letter
    assert "20 of 27, 5 Jan 2026" in letter and "6 of 27, 12 Jan 2026" in letter
    for verdict in ("reliable", "response", "recover", "remission", "severe", "track"):
        assert verdict not in letter.lower()
    assert "How it reads: LIX" in text_of(answer)


def test_the_referrer_reads_the_course_and_not_the_story(closing):
    scored(closing, 20, 6)
    paper = said_in(article(get(closing, "referrer/")))
    for words in ("Come back early", "I stop cooking", "end of contract", "-14", "Response: "):
        assert words in paper.replace("−", "-"), paper
    assert "You lost your post." not in paper and "Call Vera" not in paper


def test_the_client_has_the_same_letter_and_may_keep_it(closing):
    client = browser_of(factories.client_login(closing))
    theirs = client.get("/me/letter/")
    assert said_in(article(theirs)) == said_in(article(get(closing, "letter/")))
    assert "<title>A letter · My notes</title>" in text_of(theirs)
    assert "/me/letter/" in text_of(client.get("/me/"))
    assert letters("You sleep again.") in letters(told_by(client.get("/me/letter/pdf/").content))


def test_without_a_letter_the_client_reads_what_will_be_there(episode):
    client = browser_of(factories.client_login(episode))
    assert "There is no letter yet" in text_of(client.get("/me/letter/"))
    assert "/me/letter/" not in text_of(client.get("/me/"))
    assert client.get("/me/letter/pdf/").status_code == 404


def test_a_letter_that_somebody_else_may_read_leaves_out_what_two_people_found(closing):
    plan = {**PLAN, "triggers": ["When Rolf drinks", "Bad news from work"]}
    factories.entry(closing, "rec_relapse_plan", plan, final=True)
    rolf = people.add_person(
        episode=closing, label="Rolf", relation="partner", by=closing.therapist, at=factories.at_day(7)
    )
    factories.entry(closing, "rec_inventory_person", {"person_id": rolf.code, "safety_concern": True})
    client = browser_of(factories.client_login(closing))
    for answer in (get(closing, "letter/"), client.get("/me/letter/")):
        letter = said_in(article(answer))
        assert "You lost your post." not in letter and "Rolf" not in letter
        assert "Bad news from work" in letter and "You sleep again." in letter


def test_the_letter_at_the_desk_names_nobody_whom_the_client_put_behind_the_lock(closing):
    plan = {**PLAN, "triggers": ["When Gideon calls", "Bad news from work"]}
    factories.entry(closing, "rec_relapse_plan", plan, final=True)
    gideon = people.add_person(episode=closing, label="Gideon", by=closing.therapist, at=factories.at_day(7))
    login = factories.client_login(closing)
    agreed(closing)
    told = {"by": login, "at": factories.at_day(7)}
    journal.write_journal(episode=closing, words={"text": "Gideon rang"}, shared=True, **told)
    room = f"/episodes/{closing.pk}/safety/second-lock/"
    assert "Journal entry" not in text_of(browser_of(closing.therapist).get(room))
    behind(login).post("/me/people/move/", {"person": gideon.code, "behind": "yes"})
    assert "Journal entry" in text_of(browser_of(closing.therapist).get(room))
    for answer in (ordinary(login).get("/me/letter/"), get(closing, "letter/")):
        assert "Gideon" not in text_of(answer) and "Bad news from work" in text_of(answer)
    assert "Gideon" in text_of(behind(login).get("/me/letter/"))


def test_words_longer_than_a_line_and_letters_nobody_has_stay_on_the_sheet():
    endless = [letter * 120 for letter in "ABCD"]
    strange = blocks.words("\u0378\ufffe\U000f0000 stays")
    cells = blocks.table("Cells", ("One", "Two", "Three"), [endless[:3]])
    made = blocks.Paper("Long", "", (*strange, *blocks.words(endless[3]), cells), "").pdf(factories.at_day())
    begins: list[float] = []
    page = PdfReader(io.BytesIO(made)).pages[0]
    written = page.extract_text(visitor_text=lambda _, place, at, *__: begins.append(place[4] + at[4]))
    assert max(begins) < 528, "right of the text"  # in points: the width of the sheet without its margin
    assert max(map(len, written.splitlines())) < 80, "a line runs over its end"
    assert all(one in letters(written) for one in endless)
    assert "□□□ stays" in written


@pytest.mark.parametrize("manual", ["ipt_acute", "ipc"])
def test_every_worksheet_can_be_filled_by_hand(manual):
    kinds = worksheets(library.manual(manual))
    assert len(kinds) > 10
    for kind in kinds:
        paper = blank_sheet(kind)
        written = letters(told_by(paper.pdf(factories.at_day())))
        for field in kind.fields:
            if field.type not in NOT_BY_HAND and field.key not in kind.unasked and not field.position:
                assert letters(field.label) in written, (kind.id, field.label)


def test_an_empty_sheet_names_nobody_and_is_no_reading_of_the_record(closing):
    answer = get(closing, "blank/rec_emotion_log/")
    assert "Tavares" not in article(answer)
    assert get(closing, "blank/rec_emotion_log/pdf/")["Content-Disposition"].startswith(
        'attachment; filename="emotion-log-'
    )
    assert (
        get(closing, "blank/rec_risk/").status_code
        == get(closing, "blank/rec_nothing/pdf/").status_code
        == 404
    )
