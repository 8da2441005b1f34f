"""The page of the line: what is drawn and told, what is chosen, who comes in, on paper and as a file."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.core.outcomes.fitted import FittedCourse
from openipt.records.actions import checkins, episodes, sessions
from openipt.records.models import AuditEvent, Entry, Episode
from openipt.web import expected_line
from openipt.web.therapist import presenters_line_page

pytestmark = pytest.mark.django_db

TODAY = 50
FITTED = FittedCourse(least=12, most=None, cases=214, scores=2311, fall=0.42, error=0.02, above=0.11)


@pytest.fixture(autouse=True)
def a_set_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(TODAY, 2))


def items(total: int, item_9: int = 0) -> list[int]:
    """Nine answers with this total."""
    left, found = total - item_9, []
    for _ in range(8):
        found.append(min(3, left))
        left -= found[-1]
    return [*found, item_9]


def a_course(*totals: int, gad7: tuple[int, ...] = (), **more) -> Episode:
    """Weekly sessions, each with its PHQ-9."""
    episode, session = make.active_episode(**more)
    by = {"by": episode.therapist}
    for week, total in enumerate(totals):
        if week:
            session = make.session(episode, 7 * week)
        at = make.at_day(7 * week)
        answers = {"ms_phq9": items(total)}
        checkins.enter_answers(episode=episode, answers=answers, session=session, at=at, **by)
        if week < len(gad7):
            checkins.enter_answers(
                episode=episode, totals={"ms_gad7": gad7[week]}, session=session, at=at, mode="external", **by
            )
        if week < len(totals) - 1:
            make.signed(session, at=at)
    return episode


def line_of(episode: Episode, tail: str = "", user=None):
    return browser_of(user or episode.therapist).get(f"/episodes/{episode.pk}/line/{tail}")


def page_of(episode: Episode, tail: str = "") -> str:
    answer = line_of(episode, tail)
    assert answer.status_code == 200
    return text_of(answer)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# -- drawn and told --------------------------------------------------------------------------------------


def test_an_empty_course_says_what_will_be_here() -> None:
    page = words_of(page_of(make.episode()))
    assert "No score yet. The line begins with the first answers." in page
    assert "No data yet. It is known from: OSSS-3" in page
    assert "Cannot be told" not in page


def test_one_score_stands_alone() -> None:
    page = page_of(a_course(17))
    assert page.count('class="line-point') == 2  # wide and narrow
    assert "PHQ-9 17 of 27 points, moderately severe" in page
    assert "PHQ-9 17 to 17" not in words_of(page)
    assert "Cannot be told yet" in words_of(page)


def test_sixty_scores_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    episode, session = make.active_episode()
    by = {"by": episode.therapist}
    episodes.change_plan(
        episode=episode, planned_sessions=60, phase="middle", reason="long", at=make.at_day(), **by
    )
    for week in range(60):
        checkins.enter_answers(episode=episode, totals={"ms_phq9": week % 28}, on=make.day(7 * week),
                               session=session, mode="external", at=make.at_day(7 * week), **by)  # fmt: skip
    set_clock(monkeypatch, make.at_day(430))
    page = page_of(episode)
    assert page.count('class="line-point') == 120
    assert page.count("data-line-moment") == 60


def test_a_score_leads_to_its_words_with_items_band_session_and_what_happened() -> None:
    episode = a_course(18, 17, 11)
    make.entry(episode, "rec_timeline", {"date": "2026-01-14", "type": "event", "text": "The bank wrote"})
    page = page_of(episode)
    assert 'href="#m-2026-01-19"' in page
    moment = page[page.index('id="m-2026-01-19"') :]
    moment = words_of("<p " + moment[: moment.index("</details>")])
    assert "PHQ-9 11 of 27 moderate , 7 lower than at the start, a reliable improvement" in moment
    assert "14 Jan: The bank wrote" in moment
    assert "Expected 14.4 (project default): −3.4, below the line" in moment
    assert "1. Little interest or pleasure in doing things? 3 nearly every day" in moment
    assert "Session 3, 19 January 2026" in page


def test_what_happened_stands_in_rows_by_kind() -> None:
    episode = a_course(18, 12, 18)
    for said in (
        {"date": "2026-01-07", "type": "event", "text": "Quarrel at home"},
        {"date": "2026-01", "precision": "month", "type": "event", "text": "Overtime"},
        {"date": "2025-06", "type": "event", "text": "Long before"},
        {"date": "2026-01-08", "type": "symptom", "text": "No sleep"},
    ):
        make.entry(episode, "rec_timeline", said)
    make.entry(episode, "rec_medication", {"drug": "sertraline", "dose": "50 mg", "since": "2026-01-09"})
    make.entry(episode, "rec_medication", {"drug": "Sertraline", "dose": "100 mg"}, at=make.at_day(12))
    page = page_of(episode)
    happened = words_of(
        page[
            page.index('id="happened"') : page.index('id="alongside"')
            if 'id="alongside"' in page
            else page.index('id="mechanisms"')
        ]
    )
    assert "7 Jan 2026: Quarrel at home" in happened
    assert "January 2026: Overtime" in happened
    assert "Long before" not in happened
    assert "No sleep" not in happened
    assert "9 Jan 2026: sertraline 50 mg begun" in happened
    assert "Sertraline changed from 50 mg to 100 mg, as written down that day" in happened
    assert "Sudden gain, PHQ-9 18 to 12 between sessions 1 and 2 (rule DR-25, project default)" in happened
    assert (
        "Sudden loss, PHQ-9 12 to 18 between sessions 2 and 3 (the mirror of DR-25, ours, project default)"
        in happened
    )


def test_the_change_is_told_by_its_rule() -> None:
    page = words_of(page_of(a_course(18, 12, 8, gad7=(12, 9, 5))))
    amounts = page[page.index("What the change amounts to") :][:400]
    assert "Reliable recovery" in amounts
    assert "PHQ-9 18 to 8, GAD-7 12 to 5" in amounts
    worse = words_of(page_of(a_course(12, 19, gad7=(9, 9))))
    assert "Reliable deterioration" in worse[worse.index("What the change amounts to") :][:200]


def test_the_two_week_look_back_is_noted() -> None:
    assert "Asked every week, each score looks back two weeks." in words_of(page_of(a_course(12, 11)))
    assert "Each score looks back over the last 2 weeks." in words_of(
        page_of(a_course(12, 11, gad7=(9, 8)), "?chosen=1&measure=ms_gad7")
    )


# -- expected courses --------------------------------------------------------------------------------------


def test_the_expected_course_is_ours_until_the_service_has_its_cases() -> None:
    page = page_of(a_course(18, 17))
    assert "expected course (project default), its band above it" in page
    assert "This service&#39;s own course is drawn once it has 200 cases" in page
    assert "no judgement of anybody" in page
    assert page.count("line-curve-own") == 0


def test_with_its_own_line_both_are_drawn_and_its_ground_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (expected_line, presenters_line_page):
        monkeypatch.setattr(module, "own_course", lambda planned, on: FITTED)
    page = page_of(a_course(18, 17))
    assert "this service&#39;s own course (214 cases), its band above it" in page
    assert "expected course (project default)<" in page, "the default stands beside it, without a band"
    assert page.count('class="line-curve line-curve-own"') == 2
    assert page.count('class="line-curve"') == 2
    words = words_of(page).replace("&#39;", "'")
    assert "a fall of 42% (95 % between 38% and 46%), fitted to 214 cases with 2311 scores" in words
    assert "rule DR-23 goes on reading the project default" in words


def test_no_expected_course_where_the_start_is_no_case() -> None:
    page = page_of(a_course(8, 7))
    assert "line-curve" not in page.split("<main")[1]


# -- chosen ------------------------------------------------------------------------------------------------


def drawn(page: str) -> int:
    return len(re.findall(r'class="line-point[^"]*" href', page)) // 2


def test_days_are_chosen_by_the_address_alone() -> None:
    episode = a_course(18, 17, 16, 15, 14, 13, 12, 11)
    assert drawn(page_of(episode)) == 8
    assert drawn(page_of(episode, "?chosen=1&span=own&from=2026-01-12&to=2026-01-26&layer=bands")) == 3
    assert drawn(page_of(episode, "?chosen=1&span=own&from=2026-01-26&to=2026-01-12&layer=bands")) == 3
    assert drawn(page_of(episode, "?chosen=1&span=so_far")) == 8
    long_after = a_course(*range(20, 8, -1))
    assert drawn(page_of(long_after, "?chosen=1&span=weeks")) >= 8


def test_a_day_that_is_none_is_told_at_its_field() -> None:
    answer = line_of(a_course(18, 17), "?chosen=1&span=own&from=31+February&to=")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "This is no day of the calendar." in page
    assert 'href="#f-from"' in page


def test_layers_and_measures_are_chosen() -> None:
    episode = a_course(18, 12, gad7=(12, 8))
    make.entry(episode, "rec_timeline", {"date": "2026-01-07", "type": "event", "text": "Quarrel at home"})
    bare = page_of(episode, "?chosen=1&measure=ms_phq9")
    for gone in (
        "line-band",
        "line-ribbon",
        "line-phase",
        "line-session",
        "line-jump",
        "Quarrel at home",
        "small-ms_gad7",
    ):
        assert f'class="{gone}' not in bare, gone
    assert "Quarrel at home" not in bare
    assert 'id="small-ms_gad7"' not in bare
    full = page_of(episode)
    for there in ("line-band ", "line-ribbon", "line-phase", "line-session", "line-jump"):
        assert f'class="{there}' in full, there
    assert "Quarrel at home" in full
    assert 'id="small-ms_gad7"' in full
    other = page_of(episode, "?chosen=1&measure=ms_gad7&beside=ms_phq9&layer=bands")
    assert 'id="small-ms_phq9"' in other
    assert "GAD-7 12 of 21 points" in other


@pytest.mark.parametrize(
    "tail",
    [
        "?measure=ms_hark",
        "?measure=nothing",
        "?chosen=1&layer=nothing&beside=ms_hark&span=always",
        "?from=x&to=y",
        "?chosen=1&" + "beside=a&" * 300,
    ],
)
def test_what_nobody_knows_is_left_out(tail: str) -> None:
    episode = a_course(18, 12)
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "positive": False}, at=make.at_day(7))
    page = page_of(episode, tail)
    assert "PHQ-9" in page
    assert "HARK" not in page.split("<main")[1]


def test_the_words_of_events_can_stay_out_of_a_paper() -> None:
    episode = a_course(18, 12)
    make.entry(episode, "rec_timeline", {"date": "2026-01-07", "type": "event", "text": "Quarrel at home"})
    assert "Quarrel at home" in page_of(episode, "print/")
    without = page_of(episode, "print/?chosen=1&words=no&layer=event&layer=bands")
    assert "Quarrel at home" not in words_of(without)
    assert "7 Jan 2026: words left out" in words_of(without)


# -- mechanisms --------------------------------------------------------------------------------------------


def test_the_five_mechanisms_stand_with_what_is_known_and_what_is_missing() -> None:
    episode = a_course(18, 17, 16)
    session = episode.sessions.get(number=3)
    make.entry(episode, "rec_emotion_log", {"first_word": "numb"}, session=session, at=make.at_day(14))
    checkins.enter_answers(
        episode=episode,
        answers={"ms_focus_stress": [7]},
        session=session,
        by=episode.therapist,
        at=make.at_day(14),
    )
    page = words_of(page_of(episode))
    titles = [
        "More social support", "Less interpersonal stress", "Better processing of emotion",
        "Better interpersonal skill", "Resolution of the focus problem",
    ]  # fmt: skip
    places = [page.index(title) for title in titles]
    assert places == sorted(places)
    assert "Stress from the focus 7 of 10 on 19 Jan" in page
    assert "Feelings named 1 words a session on 19 Jan" in page or "Feelings named 1" in page
    assert "No data yet. It is known from: the problem rating, from the middle phase on." in page


# -- who, and what is kept of it ---------------------------------------------------------------------------


def test_a_supervisor_reads_and_changes_nothing() -> None:
    episode = a_course(18, 17)
    supervisor = make.supervised(episode.therapist)
    for tail in ("", "print/", "pdf/"):
        assert line_of(episode, tail, supervisor).status_code == 200
    assert browser_of(supervisor).post(f"/episodes/{episode.pk}/line/own-page/", {}).status_code == 404


def test_nobody_else() -> None:
    episode = a_course(18)
    for user in [*strangers(), make.covered(episode.therapist, 0, 90)]:
        for tail in ("", "print/", "pdf/"):
            assert line_of(episode, tail, user).status_code == 404


@pytest.mark.parametrize(
    ("tail", "act"), [("", "episode-read"), ("print/", "document-printed"), ("pdf/", "document-printed")]
)
def test_every_reading_leaves_its_mark(tail: str, act: str) -> None:
    episode = a_course(18)
    before = AuditEvent.objects.filter(chain=str(episode.pk), act=act).count()
    line_of(episode, tail)
    assert AuditEvent.objects.filter(chain=str(episode.pk), act=act).count() == before + 1


# -- as a file ---------------------------------------------------------------------------------------------


def pdf_of(episode: Episode, tail: str = "") -> PdfReader:
    answer = line_of(episode, f"pdf/{tail}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="line-2026-02-24.pdf"'
    return PdfReader(BytesIO(answer.content))


def text_in(made: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in made.pages).split())


def test_the_file_can_be_read_aloud() -> None:
    """PDF/UA: tagged, with a language and a title shown, every drawing with words for it, tables with heads."""
    made = pdf_of(a_course(18, 12, 8, gad7=(12, 9, 5)))
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert made.metadata.title == "The line: PHQ-9"
    tags = tags_in(root["/StructTreeRoot"])
    assert {"/H1", "/Table", "/TH", "/Figure", "/L"} <= {tag for tag, _ in tags}
    figures = [alt for tag, alt in tags if tag == "/Figure"]
    assert "PHQ-9: 3 scores, 18 on 5 January 2026 to 8 on 19 January 2026." in figures[0]
    assert all(figures)


def tags_in(one) -> list[tuple[str, str]]:
    one = one.get_object() if hasattr(one, "get_object") else one
    if isinstance(one, list):
        return [tag for each in one for tag in tags_in(each)]
    if not hasattr(one, "get"):
        return []
    own = [(str(one["/S"]), str(one.get("/Alt", "")))] if "/S" in one else []
    return own + (tags_in(one["/K"]) if "/K" in one else [])


def test_the_file_holds_the_line_and_no_private_word() -> None:
    episode = a_course(18, 12, 8)
    session = episode.sessions.get(number=3)
    sessions.write_private_note(
        session=session, text="my own doubt", expected_version=0, by=episode.therapist, at=make.at_day(14)
    )
    make.entry(episode, "rec_timeline", {"date": "2026-01-07", "type": "event", "text": "Quarrel at home"})
    text = text_in(pdf_of(episode))
    assert "Rui Tavares · Individual IPT for depression" in text
    assert "Quarrel at home" in text
    assert "Sudden gain, PHQ-9 18 to 12" in text
    assert "What may carry the change" in text
    assert "my own doubt" not in text
    assert "Quarrel at home" not in text_in(pdf_of(episode, "?chosen=1&words=no&layer=event"))


@pytest.mark.parametrize(("label", "shown"), [("name", "Rui Tavares"), ("initials", "R. T."), ("none", "")])
def test_the_client_is_called_as_the_service_has_set_it(monkeypatch, label: str, shown: str) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, document_label=label))
    episode = a_course(18, 12)
    for text in (text_in(pdf_of(episode)), words_of(page_of(episode, "print/"))):
        assert ("Rui" in text) == (label == "name")
        assert shown in text


def test_letters_that_no_font_has_do_not_lose_the_file() -> None:
    episode = a_course(18, 12, name="山田 🙂 Rui")
    make.entry(episode, "rec_timeline", {"date": "2026-01-07", "type": "event", "text": "שלום 日本 éü"})
    text = text_in(pdf_of(episode))
    assert "Rui" in text
    assert "éü" in text


def test_a_file_of_nothing_is_still_a_file() -> None:
    assert "No score in these days." in text_in(pdf_of(make.episode()))


def test_the_overview_leads_here_and_stays_quiet() -> None:
    episode = a_course(18, 12)
    make.entry(episode, "rec_timeline", {"date": "2026-01-07", "type": "event", "text": "Quarrel at home"})
    page = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/"))
    assert f"/episodes/{episode.pk}/line/?measure=ms_phq9" in page
    assert "Quarrel at home" not in page
    assert not Entry.objects.filter(episode=episode, record_type="rec_line_shown").exists()
