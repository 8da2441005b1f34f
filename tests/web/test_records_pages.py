"""One set of pages writes, shows, changes and takes back every kind of record."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt import library
from openipt.records.models import DraftText, Entry, Person
from openipt.web.therapist.records import OF_THE_PAGE

pytestmark = pytest.mark.django_db

ROOMS = (
    "",
    "people/",
    "timeline/",
    "formulation/",
    "sessions/",
    "worksheets/",
    "measures/",
    "safety/",
    "ending/",
    "documents/",
    "records/",
)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def test_every_room_of_an_episode_is_a_page_for_its_therapist():
    episode, session = factories.active_episode()
    factories.entry(episode, "rec_formulation", {"problem_area": ["role_transition"]}, session=session)
    browser = browser_of(episode.therapist)
    for room in ROOMS:
        response = browser.get(f"/episodes/{episode.pk}/{room}")
        assert response.status_code == 200, room
        assert "Rui Tavares" in text_of(response), room


def test_no_field_of_a_record_bears_a_name_the_page_uses_itself():
    for record in library.record_types().values():
        assert not {field.key for field in record.fields} & set(OF_THE_PAGE), record.id


def test_a_record_with_a_session_or_version_of_its_own_keeps_it_and_its_place():
    episode, session = factories.active_episode()
    written = write(episode, "rec_review", {"session": "3", "reasons": "moving"}, session=str(session.pk))
    assert written.status_code == 302
    (review,) = session.entries.filter(record_type="rec_review").select_related("episode__client")
    assert review.payload == {"session": 3, "reasons": "moving"}
    data = {"measure_id": "ms_phq9", "version": "en-1", "total": "9"}
    assert write(episode, "rec_measure", data).status_code == 302
    (measure,) = episode.entries.filter(record_type="rec_measure").select_related("episode__client")
    assert changed(episode, measure, data | {"total": "10"}, measure.version).status_code == 302
    measure = episode.entries.select_related("episode__client").get(pk=measure.pk)
    assert (measure.payload["version"], measure.payload["total"]) == ("en-1", 10)


def test_nobody_else_learns_that_the_episode_exists():
    episode, _ = factories.active_episode()
    for user in strangers():
        browser = browser_of(user)
        for room in ROOMS:
            response = browser.get(f"/episodes/{episode.pk}/{room}")
            assert response.status_code == 404, (user.role, room)
            assert "Rui" not in text_of(response)


# -- writing -----------------------------------------------------------------------------------------


OWN_NAMES = {"session": "record_session"}  # a record may have a field "session" of its own


def address(episode, tail: str) -> str:
    return f"/episodes/{episode.pk}/records/{tail}"


def write(episode, record: str, data: dict, **query):
    where = address(episode, f"{record}/new/")
    query = {OWN_NAMES.get(name, name): value for name, value in query.items()}
    return browser_of(episode.therapist).post(where, data | query)


def test_every_record_type_has_a_form_for_its_therapist():
    episode, session = factories.active_episode()
    browser = browser_of(episode.therapist)
    for record in library.record_types():
        response = browser.get(address(episode, f"{record}/new/"), {"session": str(session.pk)})
        allowed = "therapist" in library.record_type(record).seen_by
        assert response.status_code == (200 if allowed else 404), record


def test_a_record_is_written_in_its_session_for_its_task_and_read_again():
    episode, session = factories.active_episode()
    response = write(
        episode,
        "rec_psychoeducation",
        {"topic": "Depression", "client_words": "So it has a name"},
        session=str(session.pk),
        task="I03",
    )
    entry = Entry.objects.get(episode=episode)
    assert response["Location"] == address(episode, f"{entry.pk}/")
    assert (entry.session, entry.for_task, entry.state) == (session, "I03", "draft")
    page = text_of(browser_of(episode.therapist).get(response["Location"]))
    assert "So it has a name" in page
    assert "For" in page
    assert "Name the disorder" in page


THREE = ["grief", "role_dispute", "role_transition"]


@pytest.mark.parametrize("button", [{}, {"finish": "1"}])
@pytest.mark.parametrize(
    ("record", "typed", "reason", "said"),
    [
        (
            "rec_contract",
            {
                "focus": THREE,
                "sessions_planned": "16",
                "end_date": "2026-04-20",
                "goals-1-text": "Tell Mila",
                "cancellation_rule": "a day before",
            },
            "reason_for_focus",
            "3 areas are chosen; 2 at most. Write the reason for it.",
        ),
        (
            "rec_formulation",
            {
                "name": "Rui", "disorder": "depression", "onset": "June 2025", "N": "16", "date": "2026-01-06",
                "event": "the branch closed", "person": "the team", "event_area": "a new place",
                "problem_area": THREE, "goals-1": "Tell Mila", "agreement": "agree",
            },
            "reason_for_focus",
            "3 areas are chosen; 2 at most. Write the reason for it.",
        ),
        (
            "rec_issue_ranking",
            {"issue": "i2", "text": "The quarrel", "rank": "2", "final_rank": "1"},
            "reason_for_difference",
            "The agreed rank differs from the rank by score. Write the reason for it.",
        ),
    ],
)  # fmt: skip
def test_a_choice_outside_the_rules_asks_for_its_reason_at_its_field(record, typed, reason, said, button):
    episode, _ = factories.active_episode()
    refused = write(episode, record, typed | button)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f'id="{reason}-error"' in page
    assert said in text_of(refused)
    for value in typed.values():
        for one in [value] if isinstance(value, str) else value:
            assert one in page, one
    assert not episode.entries.exists()
    assert write(episode, record, typed | button | {reason: "The client wants it so."}).status_code == 302
    (kept,) = episode.entries.select_related("episode__client")
    assert kept.payload[reason] == "The client wants it so."
    taken_out = changed(episode, kept, typed | button, kept.version)
    assert taken_out.status_code == 422
    assert f'id="{reason}-error"' in taken_out.content.decode()


def test_finishing_shows_it_to_the_client_and_asks_for_what_a_whole_record_needs():
    episode, _ = factories.active_episode()
    turn = {"turns-1-speaker": "client", "turns-1-said": "You never ask me."}
    half = write(episode, "rec_communication_analysis", turn | {"finish": "1"})
    assert half.status_code == 422
    assert "You never ask me." in text_of(half)
    assert write(episode, "rec_communication_analysis", turn).status_code == 302
    done = write(episode, "rec_psychoeducation", {"topic": "Depression", "finish": "1"})
    assert "The client sees this record." in text_of(browser_of(episode.therapist).get(done["Location"]))


def test_next_leads_back_but_never_away_from_here():
    episode, _ = factories.active_episode()
    back = f"/episodes/{episode.pk}/people/"
    assert write(episode, "rec_quote", QUOTE, next=back)["Location"] == back
    away = write(episode, "rec_quote", QUOTE | {"words": "Another"}, next="https://example.org/")
    assert away["Location"].startswith(f"/episodes/{episode.pk}/records/")


QUOTE = {"words": "I am tired of it"}


def test_pressed_twice_one_record_is_written():
    episode, _ = factories.active_episode()
    first, second = (write(episode, "rec_quote", QUOTE) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Entry.objects.filter(episode=episode).count() == 1


def test_a_person_named_for_the_first_time_joins_the_inventory():
    episode, _ = factories.active_episode()
    write(episode, "rec_inventory_person", {"label": "Ingrid", "relation": "mother"})
    person = Person.objects.get(episode=episode)
    assert person.label == "Ingrid"
    assert Entry.objects.get(episode=episode).payload["person_id"] == person.code
    write(episode, "rec_dispute_map", {"other-new": "Jonas"})
    assert [one.label for one in Person.objects.filter(episode=episode)] == ["Ingrid", "Jonas"]


@pytest.mark.parametrize(
    ("record", "wrong", "said"),
    [
        ("rec_psychoeducation", {"topic": ""}, "Fill in"),
        ("rec_psychoeducation", {"topic": "x", "given_on": "31 February 2026"}, "date"),
        ("rec_psychoeducation", {"topic": "x", "record_on": "2026-02-30"}, "no day of the calendar"),
        ("rec_psychoeducation", {"topic": "x", "record_on": "2026-03-01"}, "has not come yet"),
        ("rec_psychoeducation", {"topic": "x", "client_words": "y" * 1_000_000}, "haracters"),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_as_typed(record, wrong, said):
    episode, _ = factories.active_episode()
    response = write(episode, record, {"questions": "Is it my fault?"} | wrong)
    assert response.status_code == 422
    assert said in text_of(response)
    assert "Is it my fault?" in text_of(response)
    assert not Entry.objects.exists()


def test_control_marks_right_to_left_and_emoji_are_taken():
    episode, _ = factories.active_episode()
    write(episode, "rec_quote", {"words": "تعبت\x00 🌧️\x07 <script>"})
    page = text_of(browser_of(episode.therapist).get(address(episode, f"{Entry.objects.get().pk}/")))
    assert "تعبت" in page
    assert "🌧️" in page
    assert "&lt;script&gt;" in page


# -- changing ----------------------------------------------------------------------------------------


def changed(episode, entry, data: dict, version: int):
    return browser_of(episode.therapist).post(
        address(episode, f"{entry.pk}/edit/"), data | {"record_version": str(version)}
    )


def test_every_version_is_kept_and_shown():
    episode, _ = factories.active_episode()
    entry = factories.entry(episode, "rec_quote", {"words": "First words"})
    assert changed(episode, entry, {"words": "Second words"}, 1).status_code == 302
    page = text_of(browser_of(episode.therapist).get(address(episode, f"{entry.pk}/history/")))
    assert page.index("Second words") < page.index("First words")
    assert "Version 2, as it stands" in page


def test_of_two_tabs_neither_loses_its_words():
    episode, _ = factories.active_episode()
    entry = factories.entry(episode, "rec_quote", {"words": "As it was"})
    assert changed(episode, entry, {"words": "From the first tab"}, 1).status_code == 302
    conflict = changed(episode, entry, {"words": "From the second tab"}, 1)
    assert conflict.status_code == 409
    page = text_of(conflict)
    assert "Somebody else saved first" in page
    assert "From the first tab" in page
    assert "From the second tab" in page
    assert 'name="record_version" value="2"' in page
    assert DraftText.objects.filter(episode=episode, kind="refused").exists()
    assert changed(episode, entry, {"words": "Both together"}, 2).status_code == 302
    entry.refresh_from_db()
    assert entry.payload["words"] == "Both together"
    assert not DraftText.objects.filter(episode=episode).exists()


def test_a_withdrawn_record_is_kept_and_no_longer_counts():
    episode, session = factories.active_episode()
    entry = factories.entry(
        episode, "rec_psychoeducation", {"topic": "Depression"}, session=session, for_task="I03"
    )
    browser = browser_of(episode.therapist)
    where = address(episode, f"{entry.pk}/withdraw/")
    assert "Withdraw this record?" in text_of(browser.get(where))
    for _ in range(2):
        assert browser.post(where).status_code == 302
    assert "withdrawn" in text_of(browser.get(address(episode, f"{entry.pk}/")))
    assert changed(episode, entry, {"topic": "Again"}, 1).status_code == 409


def test_a_record_of_a_signed_session_is_amended_beside_it():
    episode, session = factories.active_episode()
    entry = factories.entry(episode, "rec_psychoeducation", {"topic": "Depression"}, session=session)
    factories.signed(session)
    browser = browser_of(episode.therapist)
    page = text_of(browser.get(address(episode, f"{entry.pk}/")))
    assert "Amend" in page
    assert f"/records/{entry.pk}/edit/" not in page
    assert changed(episode, entry, {"topic": "Other"}, 1).status_code == 409
    write(episode, "rec_psychoeducation", {"topic": "Depression and grief"}, amends=str(entry.pk))
    later = Entry.objects.get(amends=entry)
    assert later.payload["topic"] == "Depression and grief"
    assert f"/records/{later.pk}/" in text_of(browser.get(address(episode, f"{entry.pk}/")))


def test_a_session_holds_one_record_of_its_own_and_goes_on_with_it():
    episode, session = factories.active_episode()
    entry = factories.entry(episode, "rec_session", {"opening": "Slept badly"}, session=session)
    response = browser_of(episode.therapist).get(
        address(episode, "rec_session/new/"), {"session": str(session.pk)}
    )
    assert response["Location"] == address(episode, f"{entry.pk}/edit/")


def test_the_chooser_finds_a_record_by_part_of_its_name():
    episode, _ = factories.active_episode()
    browser = browser_of(episode.therapist)
    page = text_of(browser.get(address(episode, ""), {"q": "communic"}))
    assert "rec_communication_analysis/new/" in page
    assert "rec_risk/new/" not in page
    assert "No record is called so." in text_of(browser.get(address(episode, ""), {"q": "zzz"}))


def test_htmx_is_given_the_form_alone_and_then_the_record():
    episode, _ = factories.active_episode()
    browser = browser_of(episode.therapist)
    where = address(episode, "rec_quote/new/")
    part = text_of(browser.get(where, HTTP_HX_REQUEST="true"))
    assert "<html" not in part
    assert "hx-post" in part
    saved = browser.post(where, QUOTE, HTTP_HX_REQUEST="true")
    assert saved["HX-Trigger"] == "openipt:record-saved"
    assert "I am tired of it" in text_of(saved)


# -- who ---------------------------------------------------------------------------------------------


def test_whoever_covers_reads_and_writes_safety_alone():
    episode, session = factories.active_episode()
    risk = factories.entry(episode, "rec_risk", {"thoughts": False, "level": "green"}, session=session)
    quote = factories.entry(episode, "rec_quote", QUOTE, session=session)
    browser = browser_of(factories.covered(episode.therapist))
    assert browser.get(address(episode, f"{risk.pk}/")).status_code == 200
    assert browser.get(address(episode, f"{quote.pk}/")).status_code == 404
    assert browser.get(address(episode, "rec_risk/new/")).status_code == 200
    assert browser.get(address(episode, "rec_quote/new/")).status_code == 404
    page = text_of(browser.get(address(episode, f"{risk.pk}/")))
    assert "Last score" not in page
    assert f"/episodes/{episode.pk}/people/" not in page


def test_a_supervisor_reads_and_writes_for_supervision_only():
    episode, _ = factories.active_episode()
    entry = factories.entry(episode, "rec_quote", QUOTE)
    browser = browser_of(factories.supervised(episode.therapist))
    assert browser.get(address(episode, f"{entry.pk}/")).status_code == 200
    assert browser.get(address(episode, f"{entry.pk}/edit/")).status_code == 409
    assert browser.get(address(episode, "rec_psychoeducation/new/")).status_code == 409
    assert browser.get(address(episode, "rec_supervision_item/new/")).status_code == 200


def test_a_record_of_another_episode_is_not_here():
    mine, other = factories.active_episode()[0], factories.active_episode()[0]
    entry = factories.entry(other, "rec_quote", QUOTE)
    browser = browser_of(mine.therapist)
    for tail in (f"{entry.pk}/", f"{entry.pk}/edit/", f"{entry.pk}/history/", "not-a-record/new/"):
        assert browser.get(address(mine, tail)).status_code == 404, tail
    assert browser.get(address(mine, "rec_quote/new/"), {"session": "nonsense"}).status_code == 404
    for user in strangers():
        assert browser_of(user).get(address(other, f"{entry.pk}/")).status_code == 404
