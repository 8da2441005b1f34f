"""The note of a session on the web: drafted, saved under a version, kept, signed, amended, private."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from tests import factories as make
from tests.web.signing_in import sign_in

from openipt.core.course.note import Block
from openipt.records.actions import drafts, entries, people, sessions
from openipt.records.models import Amendment, AuditEvent, DraftText, PrivateNote, Session
from openipt.web.therapist.presenters_session_note import merged

pytestmark = pytest.mark.django_db
FEELING = {"first_word": "numb"}


@pytest.fixture
def room():
    return Room()


class Room:
    """A therapist in the Session room of session 1."""

    def __init__(self):
        self.episode, self.session = make.active_episode()
        self.therapist = self.episode.therapist
        self.browser = sign_in(Client(), self.therapist)

    def at(self, tail="note/"):
        return f"/episodes/{self.episode.pk}/sessions/{self.session.pk}/{tail}"

    def page(self, tail="note/"):
        return unescape(self.browser.get(self.at(tail)).content.decode())

    def form(self, tail="note/"):
        """Every field of the note's form, as a browser without script would send it."""
        html = self.page(tail)
        form = html[html.index('id="note-form"') :].split("</form>")[0]
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        fields |= dict(re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
        return fields

    def send(self, tail="note/", fields=None, **headers):
        return self.browser.post(self.at(tail), fields or {}, **headers)

    def save(self, *, do="save", **typed):
        fields = self.form()
        return self.send(fields={**fields, **{f"block.{k}": v for k, v in typed.items()}, "do": do})

    def saved(self):
        row = Session.objects.get(pk=self.session.pk)
        row.episode = self.episode
        return row

    def says(self):
        return [Block(**b).text for b in self.saved().note if not b["removed"] and b["text"]]

    def feeling(self, payload=FEELING):
        return make.entry(self.episode, "rec_emotion_log", payload, session=self.session)


FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}
HTMX = {"HTTP_HX_REQUEST": "true"}


# -- what is drafted --------------------------------------------------------------------------------


def test_the_note_is_drafted_from_what_was_recorded_with_its_source(room):
    entry = room.feeling()
    page = room.page()
    assert "Feeling named: “numb”." in page
    assert f"records/{entry.pk}/" in page
    assert "Sentence from emotion log" in page


def test_people_options_and_codes_are_said_in_words(room):
    person = people.add_person(
        episode=room.episode, label="Dana", relation="sister", by=room.therapist, at=make.at_day()
    )
    make.entry(
        room.episode, "rec_dispute_map", {"other": person.code, "stage": "impasse"}, session=room.session
    )
    assert "Dispute with Dana, stage impasse." in room.page()


def test_two_sessions_never_yield_the_same_draft(room):
    first = room.form()
    room.session = make.session(room.episode, 7)
    assert [v for k, v in first.items() if k.startswith("block.")] != [
        v for k, v in room.form().items() if k.startswith("block.")
    ]


def test_a_note_waits_for_its_session(room):
    room.session = sessions.plan_session(
        episode=room.episode, planned_at=make.at_day(7), by=room.therapist, at=make.at_day()
    )
    assert "The note begins with the session" in room.page()


def test_a_session_that_was_missed_has_a_note_too(room):
    room.session = sessions.record_absence(
        episode=room.episode, attendance="missed", planned_at=make.at_day(7), reason="The bus",
        by=room.therapist, at=make.at_day(7),
    )  # fmt: skip
    assert "Missed, 12 January 2026: The bus." in room.page()


# -- saving -----------------------------------------------------------------------------------------


def test_own_words_and_drafted_sentences_are_saved_together(room):
    room.feeling()
    answer = room.save(own="He came early.")
    assert answer.status_code == 302
    assert room.says()[0] == "He came early."
    assert "Feeling named: “numb”." in room.says()


def test_a_sentence_nobody_touched_goes_on_following_its_record(room):
    entry = room.feeling()
    room.save(own="He came early.")
    entries.save_entry(
        entry=entry, payload={"first_word": "sad"}, expected_version=entry.version, by=room.therapist,
        at=make.at_day(),
    )  # fmt: skip
    assert "Feeling named: “sad”." in room.page()


def test_edited_words_stay_and_the_record_stands_beside_them(room):
    entry = room.feeling()
    key = f"entry:{entry.pk}"
    room.save(**{key: "He said numb, and looked away."})
    entries.save_entry(
        entry=entry, payload={"first_word": "sad"}, expected_version=entry.version, by=room.therapist,
        at=make.at_day(),
    )  # fmt: skip
    page = room.page()
    assert "He said numb, and looked away." in page and "Feeling named: “sad”." in page
    assert "1 sentence of yours differs from the record" in page

    room.save(do=f"keep.{key}")
    assert "The record now says" not in room.page()
    assert "He said numb, and looked away." in room.says()


def test_the_record_can_be_taken_again(room):
    entry = room.feeling()
    key = f"entry:{entry.pk}"
    room.save(**{key: "He said numb."})
    entries.save_entry(
        entry=entry, payload={"first_word": "sad"}, expected_version=entry.version, by=room.therapist,
        at=make.at_day(),
    )  # fmt: skip
    room.save(do=f"take.{key}")
    assert "Feeling named: “sad”." in room.says() and "He said numb." not in room.says()


def test_a_sentence_is_taken_out_and_put_back(room):
    key = f"entry:{room.feeling().pk}"
    room.save(do=f"out.{key}")
    assert "Feeling named: “numb”." not in room.says()
    assert "Taken out: 1 sentence" in room.page()
    room.save(do=f"back.{key}")
    assert "Feeling named: “numb”." in room.says()


def test_words_typed_into_a_sentence_survive_being_taken_out(room):
    key = f"entry:{room.feeling().pk}"
    room.save(**{key: "He said numb."})
    room.save(do=f"out.{key}")
    room.save(do=f"back.{key}")
    assert "He said numb." in room.says()


def test_words_in_a_sentence_whose_record_is_gone_become_ones_own(room):
    entry = room.feeling()
    fields = room.form()
    entries.withdraw_entry(entry=entry, expected_version=entry.version, by=room.therapist, at=make.at_day())
    room.send(fields={**fields, f"block.entry:{entry.pk}": "He said numb."})
    assert "He said numb." in room.says()
    assert room.page().count("He said numb.") == 1


def test_saving_answers_script_with_the_new_version_and_the_sentences(room):
    answer = room.send(fields={"version": "0", "block.own": "Hello."}, **FETCH).json()
    assert answer["version"] == 1
    assert 'id="note-blocks"' in answer["html"] and "hx-swap-oob" in answer["html"]


def test_a_small_button_swaps_the_note_alone(room):
    key = f"entry:{room.feeling().pk}"
    answer = room.send(fields={**room.form(), "do": f"out.{key}"}, **HTMX)
    assert answer.content.decode().lstrip().startswith('<div class="note" id="session-note"')


@pytest.mark.parametrize("text", ["שלום, מה שלומך?", "👩‍👧 held hands", "tab\tand\nline"])
def test_words_of_every_kind_are_taken_as_they_are(room, text):
    room.save(own=text)
    assert room.says()[0] == text


def test_control_characters_are_left_out(room):
    room.save(own="one\x00\x07two")
    assert room.says()[0] == "onetwo"


def test_a_note_that_is_too_long_is_refused_at_its_field_and_shown_as_typed(room):
    answer = room.save(own="word " * 200_000)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is longer than 50,000 characters" in page
    assert page.count("word ") >= 200_000 - 1
    assert room.saved().note_version == 0


# -- two versions -----------------------------------------------------------------------------------


def test_the_second_to_save_sees_both_versions_and_can_merge(room):
    stale = room.form()
    room.save(own="From the first window.")
    answer = room.send(fields={**stale, "block.own": "From the second window."})
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "From the first window." in page and "From the second window." in page
    assert "From the first window.\nFrom the second window." in page
    assert room.says()[0] == "From the first window."

    refused = DraftText.objects.get(kind="refused")
    merged_text = "From both windows."
    room.send(fields={"version": "1", "refused": str(refused.pk), "block.own": merged_text})
    assert room.says()[0] == merged_text
    assert not DraftText.objects.filter(kind="refused").exists()


def test_the_refused_version_is_offered_until_it_is_settled(room):
    stale = room.form()
    room.save(own="First.")
    room.send(fields={**stale, "block.own": "Second."})
    room.send(fields={**stale, "block.own": "Second."})  # sent twice: kept once
    page = room.page()
    assert page.count("Somebody else saved first, so this was not saved") == 1 and "Second." in page
    draft = DraftText.objects.get(kind="refused")
    answer = room.send("note/kept/", {"draft_id": str(draft.pk), "do": "back"})
    assert answer.status_code == 409 and "First.\nSecond." in answer.content.decode()
    room.send("note/kept/", {"draft_id": str(draft.pk), "do": "let-go"})
    assert "Second." not in room.page()


def test_a_stale_save_by_script_is_answered_with_both_versions(room):
    room.save(own="First.")
    answer = room.send(fields={"version": "0", "block.own": "Second."}, **FETCH)
    assert answer.status_code == 409
    assert "First." in answer.json()["html"] and "Second." in answer.json()["html"]


def test_the_same_form_sent_twice_saves_once(room):
    fields = {**room.form(), "block.own": "Once."}
    room.send(fields=fields)
    assert room.send(fields=fields).status_code == 302
    assert room.saved().note_version == 1
    assert not DraftText.objects.exists()


def test_a_merge_repeats_nothing_and_loses_nothing():
    assert merged("a\nb\nc", "a\nx\nc\nd") == "a\nb\nx\nc\nd"
    assert merged("", "mine") == "mine"
    assert merged("same", "same") == "same"


# -- half-typed -------------------------------------------------------------------------------------


def test_half_typed_words_come_back_when_asked(room):
    room.send("note/typed/", {"version": "0", "tab": "abc", "block.own": "He was about to s"}, **FETCH)
    page = room.page()
    assert "We kept what you typed at" in page and "He was about to s" in page
    assert room.saved().note_version == 0

    draft = DraftText.objects.get()
    room.send("note/kept/", {"draft_id": str(draft.pk), "do": "back"})
    assert room.says()[0] == "He was about to s"
    assert not DraftText.objects.exists()


def test_half_typed_words_can_be_let_go(room):
    room.send("note/typed/", {"version": "0", "tab": "abc", "block.own": "Not this."}, **FETCH)
    room.send("note/kept/", {"draft_id": str(DraftText.objects.get().pk), "do": "let-go"})
    assert "Not this." not in room.page()


def test_half_typed_words_are_compared_when_the_note_moved_on(room):
    room.send("note/typed/", {"version": "0", "tab": "abc", "block.own": "Half."}, **FETCH)
    room.save(own="Whole.")
    draft = DraftText.objects.get()
    answer = room.send("note/kept/", {"draft_id": str(draft.pk), "do": "back"})
    assert answer.status_code == 409 and "Whole.\nHalf." in answer.content.decode()


def test_saving_lets_go_of_what_this_window_had_half_typed_only(room):
    for tab in ("one", "two"):
        room.send("note/typed/", {"version": "0", "tab": tab, "block.own": f"In {tab}."}, **FETCH)
    room.send(fields={"version": "0", "tab": "one", "block.own": "In one."}, **FETCH)
    assert [d.field for d in DraftText.objects.all()] == ["note:two"]


def test_kept_words_are_sealed_and_given_to_their_writer_alone(room):
    room.send("note/typed/", {"version": "0", "tab": "abc", "block.own": "Only mine."}, **FETCH)
    row = DraftText.objects.get()
    assert b"Only mine" not in bytes(row.text_sealed)
    other = sign_in(Client(), make.therapist())
    assert other.get(room.at()).status_code == 404
    supervisor = sign_in(Client(), make.supervised(room.therapist))
    assert "Only mine." not in supervisor.get(room.at()).content.decode()


def test_typed_longer_ago_says_when(room):
    fields = {"version": "0", "tab": "abc", "block.own": "Half.", "typed_at": "2026-01-05T14:03:00Z"}
    room.send("note/typed/", fields, **FETCH)
    assert "We kept what you typed at 14:03" in room.page()
    fields["typed_at"] = "not a time"
    assert room.send("note/typed/", fields, **FETCH).status_code == 200


# -- signing ----------------------------------------------------------------------------------------


def test_sign_saves_what_was_typed_and_freezes_the_note(room):
    entry = room.feeling()
    answer = room.send("sign/", {**room.form(), "block.own": "He came early."})
    assert answer.status_code == 302
    assert room.saved().is_signed
    assert room.says()[0] == "He came early." and "Feeling named: “numb”." in room.says()
    page = room.page()
    assert "Signed by" in page and "Held on 5 January 2026" in page and "note-form" not in page
    assert str(entry.pk) not in page or "textarea" not in page.split("note-signed")[1].split("</article>")[0]


def test_the_sign_panel_says_what_a_signer_wants_to_know(room):
    room.feeling()
    page = room.page()
    assert "Sign session 1" in page
    assert "No word of this draft is yours yet" in page
    assert "required tasks have no record yet" in page
    assert "later words stand beside it" in page


def test_a_draft_signed_unedited_says_so_for_good(room):
    room.feeling()
    room.send("sign/", room.form())
    assert "Signed as drafted from the record; no word of it was changed." in room.page()


def test_a_note_that_says_nothing_is_not_signed(room):
    answer = room.send("sign/", room.form())
    assert answer.status_code == 409 and "The note is empty" in answer.content.decode()
    assert not room.saved().is_signed


def test_signing_without_a_safety_plan_asks_for_a_reason_and_shows_the_way_on(room):
    make.entry(
        room.episode, "rec_risk", {"level": "yellow", "thoughts": True, "reason": "Passive wish"},
        session=room.session,
    )  # fmt: skip
    answer = room.send("sign/", {**room.form(), "block.own": "We spoke about it."})
    page = unescape(answer.content.decode())
    assert answer.status_code == 409 and "Write or review the safety plan" in page
    assert f"/episodes/{room.episode.pk}/safety/" in page
    assert room.says()[0] == "We spoke about it." and not room.saved().is_signed

    fields = room.form()
    fields["reason_without_plan"] = "Plan is with the ward."
    room.send("sign/", fields)
    assert room.saved().is_signed
    assert "Plan is with the ward." in room.page()


def test_nobody_signs_a_sentence_they_were_not_shown(room):
    fields = {**room.form(), "block.own": "He came early."}
    room.feeling()
    answer = room.send("sign/", fields)
    assert answer.status_code == 409
    assert "The record changed since this page was shown" in answer.content.decode()
    assert not room.saved().is_signed and room.says()[0] == "He came early."


def test_signing_twice_is_signing_once(room):
    fields = {**room.form(), "block.own": "He came early."}
    room.send("sign/", fields)
    answer = room.browser.post(room.at("sign/"), fields)
    assert answer.status_code == 303
    assert AuditEvent.objects.filter(act="session-signed").count() == 1
    assert not DraftText.objects.exists()


def test_words_that_come_after_signing_are_kept_and_can_become_an_amendment(room):
    fields = room.form()
    room.send("sign/", {**fields, "block.own": "He came early."})
    room.send(fields={**fields, "block.own": "One more thing."})
    page = room.page()
    assert room.says()[0] == "He came early."
    assert "One more thing." in page and "Add it as an amendment" in page
    draft = DraftText.objects.get()
    room.send("amend/", {"amendment": "One more thing.", "draft_id": str(draft.pk)})
    assert Amendment.objects.count() == 1 and not DraftText.objects.exists()


def test_two_windows_sign_one_version(room):
    fields = {**room.form(), "block.own": "Mine."}
    room.save(own="Theirs.")
    answer = room.send("sign/", fields)
    assert answer.status_code == 409
    assert "Theirs." in answer.content.decode() and "Mine." in answer.content.decode()
    assert not room.saved().is_signed


# -- afterwards -------------------------------------------------------------------------------------


@pytest.fixture
def signed(room):
    room.send("sign/", {**room.form(), "block.own": "He came early."})
    return room


def test_an_amendment_stands_beside_the_note(signed):
    for _ in range(2):
        signed.send("amend/", {"amendment": "The date was wrong."})
    assert Amendment.objects.count() == 1
    page = signed.page()
    assert page.index("He came early.") < page.index("The date was wrong.")


def test_an_empty_amendment_is_answered_at_its_field(signed):
    answer = signed.send("amend/", {"amendment": "  "})
    assert answer.status_code == 422 and "Write a few words here." in answer.content.decode()


def test_the_print_view_says_what_it_is(room):
    room.save(own="He came early.")
    assert "not signed yet, so it is not put on paper" in room.page("note/print/")
    room.send("sign/", room.form())
    page = room.page("note/print/")
    assert "Signed by" in page and "He came early." in page


# -- private ----------------------------------------------------------------------------------------


def test_a_private_note_is_its_authors_alone(room):
    room.send("private/", {"private": "I felt impatient.", "version": "0"})
    assert "I felt impatient." in room.page()
    supervisor = sign_in(Client(), make.supervised(room.therapist))
    seen = supervisor.get(room.at()).content.decode()
    assert "I felt impatient." not in seen and "note-private" not in seen
    assert supervisor.post(room.at("private/"), {"private": "x", "version": "1"}).status_code == 404
    assert "I felt impatient." not in room.page("note/print/")
    assert b"impatient" not in bytes(PrivateNote.objects.get().text_sealed)


def test_a_private_note_saves_itself_and_keeps_both_versions(room):
    answer = room.send("private/", {"value": "One.", "name": "private", "version": "0"}, **FETCH)
    assert answer.json()["version"] == 1
    answer = room.send("private/", {"private": "Two.", "version": "0"})
    assert answer.status_code == 409
    assert "One." in answer.content.decode() and "Two." in answer.content.decode()
    refused = DraftText.objects.get()
    room.send("private/", {"private": "One. Two.", "version": "1", "refused": str(refused.pk)})
    assert PrivateNote.objects.get().version == 2 and not DraftText.objects.exists()


def test_a_private_note_can_be_added_to_a_signed_session(signed):
    signed.send("private/", {"private": "Bring this to supervision.", "version": "0"})
    assert "Bring this to supervision." in signed.page()


# -- who may ----------------------------------------------------------------------------------------

WRITING = ("note/", "note/typed/", "note/kept/", "sign/", "amend/", "private/")


@pytest.mark.parametrize("tail", WRITING)
def test_only_the_therapist_writes(room, tail):
    for other in (make.therapist(), make.covered(room.therapist), make.supervised(room.therapist),
                  make.staff("manager"), make.staff("administrator")):  # fmt: skip
        answer = sign_in(Client(), other).post(room.at(tail), {"block.own": "Mine.", "version": "0"})
        assert answer.status_code in (404, 409), (other.role, tail)
    assert room.saved().note == []


def test_a_supervisor_reads_and_does_not_write(room):
    room.save(own="He came early.")
    supervisor = sign_in(Client(), make.supervised(room.therapist))
    page = supervisor.get(room.at()).content.decode()
    assert (
        "He came early." in page
        and "note-form" not in page
        and "A draft of the therapist's" in unescape(page)
    )


@pytest.mark.parametrize("tail", ["note/", "note/print/"])
def test_strangers_read_nothing(room, tail):
    for other in (make.therapist(), make.covered(room.therapist), make.staff("manager")):
        assert sign_in(Client(), other).get(room.at(tail)).status_code == 404


def test_a_session_of_another_episode_is_not_found(room):
    other, theirs = make.active_episode(room.therapist)
    assert room.browser.get(f"/episodes/{room.episode.pk}/sessions/{theirs.pk}/note/").status_code == 404


@pytest.mark.parametrize("draft_id", ["", "no-uuid", "9d2f3a70-0000-4000-8000-000000000000"])
def test_a_kept_text_that_is_gone_is_said_so(room, draft_id):
    assert room.send("note/kept/", {"draft_id": draft_id, "do": "back"}).status_code == 302


def test_no_word_of_a_note_reaches_the_audit(room):
    drafts.keep_draft_text(
        episode=room.episode, key="k", field="f", text="secret words", by=room.therapist, at=make.at_day()
    )
    room.save(own="secret words")
    room.send("private/", {"private": "secret words", "version": "0"})
    for event in AuditEvent.objects.all():
        assert "secret" not in str(vars(event))
