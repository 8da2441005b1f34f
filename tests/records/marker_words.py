"""Writes one marker word through every action that takes words, then looks for it in the files.

Run by `test_sealing` in a process and a home of its own, so that the database is a real file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import uuid4


def write_everything(word: str) -> int:
    """The word through every door. Returns how often it can be read back by who may."""
    from openipt.records.actions import (
        alerts,
        checkins,
        clients,
        drafts,
        enquiries,
        entries,
        episodes,
        firings,
        journal,
        people,
        sessions,
    )
    from tests import factories as make

    by = make.therapist()
    profile = dict.fromkeys(("pronouns", "email", "phone", "address", "about"), word)
    episode = make.episode(by, name=f"{word} {word}son", profile=profile)
    user = make.client_login(episode)
    at = {"at": make.at_day()}
    staff = {"by": by, **at}
    kept = []
    kept.append(
        clients.change_profile(client=episode.client, profile={"about": f"more {word}"}, **staff).about(
            "about"
        )
    )
    person = people.add_person(episode=episode, label=word, relation=word, **staff)
    kept.append(people.rename_person(person=person, label=f"{word}a", relation=word, **staff).label)
    planned = sessions.plan_session(episode=episode, planned_at=make.at_day(2), place=word, **staff)
    kept.append(
        sessions.move_session(session=planned, planned_at=make.at_day(3), place=f"{word} 2", **staff).place
    )
    kept.append(sessions.record_absence(session=planned, reason=word, **staff).absence_reason)
    session = make.session(episode, intake=False)
    kept.append(
        sessions.save_note(session=session, blocks=make.note(word), expected_version=0, **staff).note[0][
            "text"
        ]
    )
    try:
        sessions.save_note(session=session, blocks=make.note(f"other {word}"), expected_version=0, **staff)
    except Exception as refused:  # both versions are kept
        kept.append(refused.kept.text)
    kept.append(sessions.write_private_note(session=session, text=word, **staff).text)
    kept.append(drafts.keep_draft_text(episode=episode, key="k", field="f", text=word, **staff).text)
    entry = make.entry(episode, "rec_emotion_log", {"first_word": word, "situation": word}, session=session)
    kept.append(entry.payload["first_word"])
    entry = entries.save_entry(entry=entry, payload={"first_word": f"{word}b"}, expected_version=1, **staff)
    kept.append(entry.versions.get().payload["first_word"])
    kept.append(make.entry(episode, "rec_emotion_log", {"first_word": word}, by=user).payload["first_word"])
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=user, **at)
    check_in = checkins.set_extras(check_in=check_in, mood=3, talk_about=word, event=word, by=user, **at)
    kept += [check_in.talk_about, check_in.event]
    alert = checkins.record_answer(check_in=check_in, measure="ms_phq9", item=9, value=1, by=user, **at)
    kept.append(alerts.add_step(alert=alert, kind="contacted", words=word, **staff).words)
    clear = {"thoughts": False, "level": "green", "reason": word}
    make.entry(episode, "rec_risk", clear, session=session)
    make.assessed(episode, at=staff["at"])
    alerts.resolve(alert=alert, words=word, **staff)
    make.entry(episode, "rec_suitability", {"s_09": {"answer": "yes", "comment": word}})
    decided = firings.decide_rule(episode=episode, rule="DR-08", decision="disagree", reason=word, **staff)
    kept.append(decided.decisions.get().reason)
    row = journal.write_journal(episode=episode, words={"text": word}, by=user, **at)
    kept.append(
        journal.change_journal(
            journal=row, words={"text": f"{word}c"}, expected_version=1, by=user, **at
        ).words["text"]
    )
    risk = {"thoughts": word, "level": "yellow", "reason": word}
    kept.append(make.entry(episode, "rec_risk", risk, session=session).payload["thoughts"])
    signed = sessions.sign_session(session=session, reason_without_plan=word, **staff)
    kept += [signed.signed_without_plan, sessions.amend_session(session=session, text=word, **staff).text]
    kept.append(episodes.change_phase(episode=episode, phase="middle", reason=word, **staff).reason)
    plan = episodes.change_plan(episode=episode, planned_sessions=18, phase="middle", reason=word, **staff)
    kept.append(plan.reason)
    paused = episodes.change_status(episode=episode, status="paused", reason=word, responsible=by, **staff)
    kept.append(paused.status_events.last().reason)
    other = make.therapist()
    episodes.hand_over(episode=episode, therapist=other, reason=word, **staff)
    kept.append(episode.hand_overs.get().reason)
    ways = dict.fromkeys(("name", "phone", "email", "address"), word)
    said = enquiries.Asked(profile=ways, asks_for="self", words={"words": word, "safe_times": word})
    asked = enquiries.open_enquiry(form=uuid4(), asked=said, place="", **at).enquiry
    kept += [asked.words["words"], asked.client.about("address")]
    tried = enquiries.record_contact(enquiry=asked, way="phone", reached=True, words=word, **staff)
    kept.append(tried.words)
    handed = {"therapist": other, "adaptation": "ipt_acute", "name": f"{word} two"}
    kept.append(enquiries.hand_over(enquiry=asked, words=word, **handed, **staff).outcome)
    return sum(word in text for text in kept)


def main(word: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint=0")  # everything of this run stays in the log to be seen
    readable = write_everything(word)
    home: Path = settings.ENVIRONMENT.home
    found = [p.name for p in home.rglob("*") if p.is_file() and word.encode() in p.read_bytes().lower()]
    wal = home / "openipt.sqlite3-wal"
    size = wal.stat().st_size if wal.exists() else 0
    print(json.dumps({"readable_through_the_product": readable, "found": found, "wal": size}))


if __name__ == "__main__":
    main(sys.argv[1])
