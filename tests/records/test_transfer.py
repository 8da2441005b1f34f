"""A whole episode out and in again: equal, or refused whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from openipt import library
from openipt.cli.main import main
from openipt.core.course.status import course_status
from openipt.core.portable.cases import from_case
from openipt.core.portable.episode_file import from_file, to_file
from openipt.errors import FileNotValid, NotAllowedNow
from openipt.records import convert
from openipt.records.actions import alerts, checkins, episodes, firings, journal, people, sessions
from openipt.records.actions.transfer import import_episode
from openipt.records.models import AuditEvent, Client, Episode, JournalEntry, PrivateNote
from tests import factories as make
from tests.shared_data import shared

pytestmark = pytest.mark.django_db

AT = make.at_day(400)
CASES = ("rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town")


def again(episode: Episode) -> Episode:
    return Episode.objects.select_related("client", "therapist").get(pk=episode.pk)


def out(episode: Episode):
    episode = again(episode)
    return convert.portable(episode, episode.therapist, AT.date())


def in_(portable) -> Episode:
    return again(import_episode(portable=portable, therapist=make.therapist(), by=make.OPERATOR, at=AT))


@pytest.fixture
def lived() -> Episode:
    """An episode with something of everything."""
    episode, session = make.active_episode(profile={"pronouns": "he/him", "phone": "01632 960222"})
    by = {"by": episode.therapist, "at": make.at_day()}
    user = make.client_login(episode)
    people.add_person(episode=episode, label="Beatriz", relation="wife", **by)
    checkins.enter_answers(
        episode=episode, answers={"ms_gad7": [1] * 7}, totals={"ms_pg13r": 30}, purpose="baseline", **by
    )
    first = {"answers": {"ms_phq9": [1] * 8 + [0]}, "unscored": {"ms_phq9": [2]}}
    checkins.enter_answers(episode=episode, **first, on=make.day(-1), purpose="baseline", **by)
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=user, at=make.at_day())
    for item, value in ((1, 2), (9, 2), (9, 0), (10, 1)):
        checkins.record_answer(
            check_in=check_in, measure="ms_phq9", item=item, value=value, by=user, at=make.at_day(0, item)
        )
    checkins.set_extras(check_in=check_in, mood=4, talk_about="the letter", by=user, at=make.at_day())
    make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, session=session)
    make.entry(episode, "rec_emotion_log", {"first_word": "glad"}, by=user, shared=True)
    make.entry(episode, "rec_emotion_log", {"first_word": "secret"}, by=user)
    journal.write_journal(
        episode=episode, words={"text": "shared day"}, by=user, shared=True, at=make.at_day()
    )
    journal.write_journal(episode=episode, words={"text": "own day"}, by=user, at=make.at_day())
    sessions.write_private_note(session=session, text="private thought", **by)
    sessions.use_technique(session=session, code="tq_role_play", **by)
    sessions.use_technique(session=session, code="tq_clarification", **by)
    asked = {"thoughts": False, "level": "green", "reason": "asked today, clear"}
    make.entry(episode, "rec_risk", asked, session=session, at=make.at_day(0, 10))
    make.signed(session)
    sessions.record_absence(episode=episode, planned_at=make.at_day(7), **by)
    sessions.plan_session(episode=episode, planned_at=make.at_day(500), **by)
    alert = episode.alerts.get()
    alerts.add_step(alert=alert, kind="contacted", words="by phone", **by)
    make.assessed(episode)
    alerts.resolve(alert=alert, words="asked and clear", **by)
    episodes.change_plan(episode=episode, planned_sessions=18, phase="middle", reason="two more", **by)
    episodes.change_phase(episode=episode, phase="middle", reason="agreed", **by)
    make.entry(episode, "rec_suitability", {"s_07": {"answer": "yes"}})
    decided = {"decision": "not_now", "reason": "asked the family doctor", "again_on": make.day(9)}
    firings.decide_rule(episode=episode, rule="DR-08", **decided, **by)
    make.entry(episode, "rec_suitability", {"s_07": {"answer": "no"}})
    firings.note(episode=episode, on=make.day(2), at=make.at_day(2))
    return again(episode)


def test_export_then_import_gives_an_equal_episode(lived: Episode) -> None:
    first = out(lived)
    file = json.loads(json.dumps(to_file(first)))
    read = from_file(file, record_types=library.record_types())
    assert read == first
    assert out(in_(read)) == first


def test_the_database_and_the_file_give_the_engine_the_same_course(lived: Episode) -> None:
    portable = out(lived)
    manual = library.manual("ipt_acute")
    by_rows = course_status(manual, convert.course(lived), AT.date()).as_json()
    imported = in_(portable)
    assert course_status(manual, convert.course(imported), AT.date()).as_json() == by_rows
    assert course_status(manual, portable.course(), AT.date()).as_json() == by_rows


def test_a_course_that_went_on_by_another_adaptation_comes_in_as_it_went_out() -> None:
    episode = make.active_episode()[0]
    by = episode.therapist
    episodes.change_phase(episode=episode, phase="ending", reason="It is time.", by=by, at=make.at_day(1))
    episodes.go_on_by(episode=episode, adaptation="ipt_m", reason="A third one.", by=by, at=make.at_day(1))
    exported = out(again(episode))
    assert [change.session for change in exported.adaptation_changes] == [1]
    came_in = in_(exported)
    assert out(came_in) == exported
    assert convert.course(came_in) == convert.course(again(episode))
    (change,) = exported.adaptation_changes
    for wrong in ({"adaptation_from": "rui-tavares"}, {"manual_version": "Rui"}, {"session": 40}):
        file = to_file(replace(exported, adaptation_changes=(replace(change, **wrong),)))
        with pytest.raises(FileNotValid, match="adaptation_changes"):
            in_(from_file(file, record_types=library.record_types()))


def test_private_notes_and_what_is_not_shared_stay_out(lived: Episode) -> None:
    text = json.dumps(to_file(out(lived)))
    for word in ("private thought", "own day", "secret"):
        assert word not in text
    for word in ("shared day", "glad", "the letter"):
        assert word in text
    imported = in_(out(lived))
    assert not PrivateNote.objects.filter(session__episode=imported).exists()


def test_what_fired_and_what_was_decided_goes_along(lived: Episode) -> None:
    imported = in_(out(lived))
    kept = imported.firings.get(rule="DR-08")
    assert (kept.ended_by, kept.decision, kept.decided_by) == ("condition", "not_now", imported.therapist)
    assert kept.decisions.get().reason == "asked the family doctor"


def test_no_word_comes_in_among_the_inputs_of_a_rule(lived: Episode) -> None:
    """They lie clear in the database; a file made by hand may hold anything. It is refused, each place named."""
    portable = out(lived)
    first, *rest = portable.firings
    told = replace(first, inputs={"order": ["my landlord"], "Beatriz": 1, "gap": 2.5, "items": ["s_07"]})
    alert = replace(portable.alerts[0], inputs={"choices": [{"item": 9, "value": "she left me"}]})
    before = Client.objects.count()
    with pytest.raises(FileNotValid) as refused:
        in_(replace(portable, firings=(told, *rest), alerts=(alert, *portable.alerts[1:])))
    assert {fault.path for fault in refused.value.faults} == {
        *("alerts.1.inputs.choices.1.value", "firings.1.inputs.order.1", "firings.1.inputs.Beatriz")
    }
    assert Client.objects.count() == before


def test_what_alerts_hold_comes_in_again(lived: Episode) -> None:
    """Every kind the product raises: an answer, one left out, a record, and what was added to one that is open."""
    user = lived.client.user
    by = {"by": lived.therapist, "at": make.at_day(3)}
    declined = checkins.open_checkin(episode=lived, measures=["ms_phq9"], by=user, at=make.at_day(2))
    checkins.record_answer(
        check_in=declined, measure="ms_phq9", item=9, value=None, by=user, at=make.at_day(2)
    )
    for level in ("yellow", "red"):
        make.entry(lived, "rec_risk", {"thoughts": True, "plan": True, "level": level, "reason": "told"})
    make.entry(lived, "rec_ipv_screen", {"alone_confirmed": True, "tool": "ms_hark", "positive": True})
    firings.note(episode=lived, on=make.day(3), at=by["at"])
    first = out(lived)
    assert {alert.rule for alert in first.alerts} == {"DR-01", "DR-01-ASK", "DR-06"}
    assert any("records" in alert.inputs for alert in first.alerts)
    read = from_file(
        json.loads(json.dumps(to_file(first))),
        record_types=library.record_types(),
        clear=library.known_codes(),
    )
    assert out(in_(read)).alerts == first.alerts


def test_only_the_therapist_or_an_operator_exports(lived: Episode) -> None:
    supervisor = make.supervised(lived.therapist)
    with pytest.raises(NotAllowedNow):
        convert.portable(lived, supervisor, make.day())


@pytest.mark.parametrize("case", CASES)
def test_a_worked_case_comes_in_whole_and_goes_out_equal(case: str) -> None:
    data = json.loads(shared(f"cases/{case}.json").read_text())
    read = from_case(data, record_types=library.record_types())
    first = in_(read)
    exported = out(first)
    assert out(in_(exported)) == exported
    assert [(m.on, m.number, m.note, m.phase) for m in exported.meetings] == [
        (m.on, m.number, m.note, m.phase) for m in read.meetings
    ]
    assert not [entry for entry in exported.client_entries if not entry.shared]
    unshared = [entry for entry in read.client_entries if not entry.shared and not entry.worksheet]
    assert JournalEntry.objects.filter(episode=first, shared=False).count() == len(unshared)


@pytest.mark.parametrize("case", CASES)
def test_the_engine_says_the_same_of_a_case_in_file_and_database(case: str) -> None:
    data = json.loads(shared(f"cases/{case}.json").read_text())
    read = from_case(data, record_types=library.record_types())
    rows = convert.course(in_(read))
    manual = library.manual(read.adaptation)
    for meeting in read.meetings:
        told = course_status(manual, read.course().as_of(meeting.on), meeting.on).as_json()
        assert course_status(manual, rows.as_of(meeting.on), meeting.on).as_json() == told, meeting.on


@pytest.mark.parametrize("case", CASES)
def test_the_status_a_case_tells_is_that_of_the_file_the_record_and_the_command(
    case: str, tmp_path: Path, capsys
) -> None:
    file = shared(f"cases/{case}.json")
    read = from_case(json.loads(file.read_text()), record_types=library.record_types())
    last = read.status_changes[-1]
    made = in_(read)
    assert (made.status, made.end_reason) == (last.status.value, last.reason)
    assert made.ended_on == (last.on if last.status.value == "ended" else None)
    manual = library.manual(made.adaptation)
    assert course_status(manual, convert.course(made), AT.date()).status is last.status
    assert main(["course", "status", str(file), "--on", AT.date().isoformat()]) == 0
    assert f": {last.status.value}, " in capsys.readouterr().out.splitlines()[0]


def test_two_first_contacts_come_in_and_go_out_each_with_its_own() -> None:
    data = json.loads(shared("cases/gr-missed-call.json").read_text())
    first, *rest = data["sessions"]
    told = {"type": "rec_emotion_log", "first_word": "afraid"}
    second = {**first, "date": "2025-10-03", "note": "second talk", "records": [told]}
    read = from_case({**data, "sessions": [first, second, *rest]}, record_types=library.record_types())
    made = in_(read)
    held = list(made.sessions.filter(number=0).order_by("held_on"))
    assert [session.held_on.isoformat() for session in held] == [first["date"], "2025-10-03"]
    logs = made.entries.filter(record_type="rec_emotion_log", session=held[1])
    assert [entry.payload["first_word"] for entry in logs] == ["afraid"]
    exported = out(made)
    assert out(in_(exported)) == exported
    assert [meeting.note for meeting in exported.meetings][:2] == [first["note"], "second talk"]


def test_a_course_is_read_in_a_fixed_number_of_queries(lived: Episode, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(14):
        convert.course(again(lived))
    for week in range(2, 6):
        make.session(lived, 7 * week)
    with django_assert_max_num_queries(14):
        convert.course(again(lived))


# -- the commands -----------------------------------------------------------------------------------


def test_the_commands_export_and_import(lived: Episode, tmp_path: Path, capsys) -> None:
    file = tmp_path / "episode.json"
    assert main(["episode", "export", str(lived.pk), "--out", str(file)]) == 0
    assert file.stat().st_mode & 0o077 == 0
    read = AuditEvent.objects.filter(chain=str(lived.pk)).order_by("-seq")[0]
    assert (read.act, read.actor.split(":")[0]) == ("episode-exported", "operator")
    other = make.therapist()
    assert main(["episode", "import", str(file), "--therapist", other.username]) == 0
    imported = Episode.objects.get(pk=capsys.readouterr().out.strip())
    assert imported.therapist == other
    assert out(imported) == out(lived)


def test_a_bad_file_is_refused_whole_with_every_fault(lived: Episode, tmp_path: Path, capsys) -> None:
    data = to_file(out(lived))
    data["meetings"][0]["number"] = -1
    data["answers"][0]["on"] = "2026-02-31"
    data["people"][0]["label"] = 7
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(data))
    before = Client.objects.count(), AuditEvent.objects.count()
    assert main(["episode", "import", str(file), "--therapist", lived.therapist.username]) == 3
    said = capsys.readouterr().err
    assert all(path in said for path in ("meetings.1.number", "answers.1.on", "people.1.label"))
    assert (Client.objects.count(), AuditEvent.objects.count()) == before


def test_an_unknown_episode_says_nothing(capsys) -> None:
    assert main(["episode", "export", "0" * 8]) == 3
    assert "nothing here" in capsys.readouterr().err
