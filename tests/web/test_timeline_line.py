"""One typed line of the time line: read, kept, refused at its field, taken back, put back; and who may."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.core.course.timeline_line import NO_WORDS, NOTHING, TOO_LONG
from openipt.records.actions import checkins, people
from openipt.records.models import Entry, EntryState

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true", "HX-Target": "time-read"}
RTL, EMOJI = "אבא מת", "👩‍👧 baby"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode():
    return factories.active_episode()[0]


@pytest.fixture
def anna(episode):
    by = {"by": episode.therapist, "at": factories.at_day()}
    return people.add_person(episode=episode, label="Anna Berg", relation="friend", **by).code


def post(episode, tail: str, user=None, headers=None, **fields):
    address = f"/episodes/{episode.pk}/timeline/{tail}"
    return browser_of(user or episode.therapist).post(address, fields, headers=headers or {})


def kept(episode) -> list[dict]:
    rows = Entry.objects.filter(episode=episode, record_type="rec_timeline")
    return [row.payload for row in rows.exclude(state=EntryState.WITHDRAWN).order_by("order")]


def test_a_line_is_read_before_anything_is_kept(episode, anna):
    said = text_of(post(episode, "read/", headers=HX, line="moved to Leeds with Anna, summer 2019"))
    for words in (
        "Moved to Leeds with Anna",
        "summer 2019 (season)",
        "life event: home or move",
        "nobody attached",
    ):
        assert words in said
    assert f'value="{anna}"' in said
    assert "checked" not in said
    assert kept(episode) == []


def test_without_script_the_whole_page_says_how_it_is_read(episode):
    page = text_of(post(episode, "read/", line="lost job, March 2025"))
    assert "March 2025 (month)" in page
    assert 'value="lost job, March 2025"' in page
    assert "In words" not in page


def test_enter_keeps_what_was_understood_and_nobody_is_attached_by_it(episode, anna):
    response = post(episode, "add/", line="quarrel with Anna, 3 January 2026")
    assert response.status_code == 302
    assert kept(episode) == [
        {"text": "quarrel with Anna", "type": "event", "date": "2026-01-03", "precision": "day"}
    ]
    page = text_of(browser_of(episode.therapist).get(response["Location"]))
    assert "Kept:" in page and "Take it back" in page


def test_what_was_chosen_is_kept_with_it(episode, anna):
    chosen = {
        "type": "event",
        "proposed_type": "event",
        "event_kind": "quarrel",
        "proposed_event_kind": "work",
    }
    post(episode, "add/", line="Anna and the job, about 2014", people=[anna, "p_nobody"], **chosen)
    (values,) = kept(episode)
    assert values["event_kind"] == "quarrel"
    assert values["people"] == [anna]
    assert (values["date"], values["precision"]) == ("2014", "about")


def test_a_choice_made_before_the_line_went_on_stays_a_proposal_follows_the_line(episode):
    said = text_of(
        post(episode, "read/", headers=HX, line="crying at the wedding", type="event", proposed_type="event")
    )
    assert '<option value="symptom" selected>' in said
    said = text_of(
        post(episode, "read/", headers=HX, line="crying at work", type="treatment", proposed_type="symptom")
    )
    assert '<option value="treatment" selected>' in said


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("fell, 31 February 2025", "31 February does not"),
        ("wedding, 3000", "year from 1880 to 2120"),
        ("12/25/2025 quarrel", "Write 25 December 2025"),
        ("", NOTHING),
        ("March 2025", NO_WORDS),
        ("when I was 12 he left", "year of birth"),
        ("x" * 1_000_000, TOO_LONG),
    ],
)
def test_what_is_wrong_stands_at_the_field_and_nothing_typed_is_lost(episode, line, reason):
    response = post(episode, "add/", line=line)
    page = text_of(response)
    assert response.status_code == 422
    assert reason in page
    assert 'href="#f-line"' in page
    assert f'value="{line[:600]}"' in page
    assert len(page) < 200_000
    assert kept(episode) == []


@pytest.mark.parametrize(
    "words", [RTL, EMOJI, "l\x00ost\x1b the job", "<b>lost</b> & found", "ｗｉｄｅ 家族"]
)
def test_words_of_every_script_are_kept_as_words(episode, words):
    response = post(episode, "add/", line=f"{words}, 2019")
    assert response.status_code == 302
    (values,) = kept(episode)
    clean = words.replace("\x00", "").replace("\x1b", "")
    assert values["text"] == clean
    page = text_of(browser_of(episode.therapist).get(response["Location"]))
    assert clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in page
    assert "<b>lost" not in page


def test_no_word_of_the_line_stands_in_an_address_or_a_header(episode):
    response = post(episode, "add/", line="zyzzyva incident, 2019")
    assert "zyzzyva" not in str(response.headers).lower()


def test_pressing_twice_keeps_once(episode):
    for _ in range(2):
        assert post(episode, "add/", line="lost job, March 2025").status_code == 302
    assert len(kept(episode)) == 1


def test_taken_back_it_is_kept_in_its_history_and_can_be_put_back(episode):
    post(episode, "add/", line="lost job, March 2025")
    entry = Entry.objects.get(episode=episode, record_type="rec_timeline")
    browser = browser_of(episode.therapist)
    response = post(episode, "take-back/", entry=str(entry.pk))
    page = text_of(browser.get(response["Location"]))
    assert "Taken back:" in page and "Put it back" in page
    assert kept(episode) == []
    entry.refresh_from_db()
    assert entry.state == EntryState.WITHDRAWN
    assert post(episode, "take-back/", entry=str(entry.pk)).status_code == 302
    response = post(episode, "put-back/", entry=str(entry.pk))
    assert "Kept:" in text_of(browser.get(response["Location"]))
    post(episode, "put-back/", entry=str(entry.pk))
    assert [values["text"] for values in kept(episode)] == ["lost job"]


def test_what_belongs_elsewhere_is_not_taken_back_here(episode):
    other, session = factories.active_episode(episode.therapist)
    theirs = factories.entry(other, "rec_timeline", {"text": "theirs"})
    risk = factories.assessed(episode)
    for entry in (theirs.pk, risk.pk, "nonsense", ""):
        for tail in ("take-back/", "put-back/"):
            assert post(episode, tail, entry=str(entry)).status_code == 404
    assert kept(other) == [{"text": "theirs"}]


def test_a_line_of_a_signed_session_stays(episode):
    session = episode.sessions.get(number=1)
    entry = factories.entry(episode, "rec_timeline", {"text": "of then"}, session=session)
    factories.signed(session)
    assert post(episode, "take-back/", entry=str(entry.pk)).status_code == 409
    assert kept(episode) == [{"text": "of then"}]


def test_only_the_therapist_of_the_course_writes(episode):
    supervisor = factories.supervised(episode.therapist)
    entry = factories.entry(episode, "rec_timeline", {"text": "as it was"})
    for user in (supervisor, factories.covered(episode.therapist), *strangers()):
        for tail in ("read/", "add/", "take-back/", "put-back/"):
            assert post(episode, tail, user, line="x, 2019", entry=str(entry.pk)).status_code in (403, 404)
    assert kept(episode) == [{"text": "as it was"}]


def test_the_days_shown_are_gone_back_to(episode):
    response = post(
        episode, "add/", line="x y, 2019", span="own", **{"from": "2019-01-01", "to": "2019-12-31"}
    )
    assert "span=own&from=2019-01-01&to=2019-12-31&kept=" in response["Location"]
    response = post(episode, "add/", line="y z, 2019", where="together")
    assert "/timeline/together/?kept=" in response["Location"]


def test_what_was_told_at_a_check_in_is_offered_until_it_stands_on_the_line(episode):
    by = {"by": episode.therapist, "at": factories.at_day()}
    sitting = checkins.open_checkin(episode=episode, measures=["ms_gad7"], mode="with_therapist", **by)
    checkins.set_extras(check_in=sitting, event="Quarrel about her rooms", **by)
    address = f"/episodes/{episode.pk}/timeline/"
    page = text_of(browser_of(episode.therapist).get(address))
    assert "Told at check-ins, not on the line yet (1)" in page
    assert 'value="Quarrel about her rooms, about 5 January 2026"' in page
    read = text_of(post(episode, "read/", line="Quarrel about her rooms, about 5 January 2026"))
    assert "about 5 January 2026 (about a day)" in read
    post(episode, "add/", line="Quarrel about her rooms, about 5 January 2026")
    assert "Told at check-ins" not in text_of(browser_of(episode.therapist).get(address))
