"""One episode done again: each thing the file tells, at its hour, through the action a person would use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property

from openipt import library
from openipt.core.course.course import Answers, EpisodeStatus, PhaseChange, PlanChange, StatusChange
from openipt.core.manual.names import PHASES_BEFORE
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClientEntry,
    PortableEntry,
    PortableEpisode,
    PortableMeeting,
    PortableStep,
)
from openipt.records.actions import alerts, checkins, clients, entries, episodes, journal, people, sessions
from openipt.records.actors import day_of
from openipt.records.demo.files import DemoEpisode
from openipt.records.demo.moments import moment
from openipt.records.manuals import final_faults, manual_of
from openipt.records.models import AlertState, Episode, Role, Session, StepKind, User

Do = Callable[[datetime], None]
Steps = list[tuple[datetime, Do]]

DESK = time(9, 30)  # letters, calls, planning
EVENING = time(20, 10)  # the client, at home
LATE = time(18, 30)  # what a therapist does when the last client has left
ENROLLED_BEFORE = timedelta(days=7)
WRITTEN_UP = timedelta(minutes=5)  # after the end of a session


class Replay:
    """The steps of one episode. Run in order they write it, and hold what was made for the next step."""

    def __init__(self, planned: DemoEpisode, told: PortableEpisode, *, today: date) -> None:
        self.planned, self.told, self.today = planned, told, today
        self.moves = planned.moved_for(today)
        self.by_role: dict[str, User | None] = {}
        self.therapist: User
        self.episode: Episode
        self.sessions: dict[PortableMeeting, Session] = {}

    def staff(self, therapist: User, supervisor: User | None) -> None:
        """Who does what the file tells of its therapist and its supervisor."""
        self.therapist = therapist
        self.by_role |= {Role.THERAPIST: therapist, Role.SUPERVISOR: supervisor}

    def steps(self) -> Steps:
        """Everything before the day of loading, and the planning of what comes after it."""
        found: Steps = [(self._enrolled_at, self._enrol)]
        for meeting in self.told.meetings:
            if meeting.on < self.today and meeting.attendance.value != "planned":
                found += self._meeting(meeting)
        found += self._check_ins()
        found += [
            self._at(entry.on, LATE, lambda at, entry=entry: self._entry(entry, None, at))
            for entry in self.told.entries
            if entry.session is None and entry.on < self.today
        ]
        found += self._clients_own()
        found += self._moves()
        found += [
            (_by_the_clock(step.at), lambda at, alert=alert, step=step: self._alert(alert, step, at))
            for alert in self.told.alerts
            for step in alert.steps
        ]
        found += [
            self._at(change.on, LATE, lambda at, change=change: self._status(change, at))
            for change in self.told.status_changes
        ]
        found += [
            self._at(change.on, LATE, lambda at, change=change: self._plan(change, at))
            for change in self.told.plan_changes
        ]
        found += [
            self._at(change.on, LATE, lambda at, change=change: self._phase(change, at))
            for change in self.told.phase_changes
        ]
        return [step for step in found if day_of(step[0]) < self.today]

    def _at(self, on: date, hour: time, do: Do) -> tuple[datetime, Do]:
        return (moment(on, hour), do)

    # -- taking on, planning ---------------------------------------------------------------------

    @property
    def _enrolled_at(self) -> datetime:
        """The day the file gives for the enquiry, else a week before anything happened."""
        enquiry = [c.on for c in self.told.status_changes if c.status is EpisodeStatus.ENQUIRY]
        first = min(meeting.on for meeting in self.told.meetings)
        return moment(min(enquiry, default=first - ENROLLED_BEFORE), DESK)

    def _enrol(self, at: datetime) -> None:
        client = self.told.client
        profile = {"name": client.name, "pronouns": client.pronouns, **client.about}
        self.episode = clients.enrol_client(
            profile=profile,
            adaptation=self.told.adaptation,
            therapist=self.therapist,
            language=client.language or "en",
            birth_year=client.birth_year,
            planned_sessions=self.told.planned_sessions,
            by=self.therapist,
            at=at,
        )
        self.by_role[Role.CLIENT] = clients.give_client_login(
            client=self.episode.client,
            username=self.planned.login,
            by=self.therapist,
            at=at,
        )
        for meeting in self.told.meetings:
            self.sessions[meeting] = sessions.plan_session(
                episode=self.episode,
                planned_at=moment(self._first_planned(meeting), self.planned.time),
                format=meeting.format,
                place=self.planned.place,
                by=self.therapist,
                at=at,
            )

    def _first_planned(self, meeting: PortableMeeting) -> date:
        """The day it was planned for at first, where it was moved later."""
        move = self.moves.get(meeting.on)
        return move.planned_for if move else meeting.on

    def _moves(self) -> Steps:
        by_day = {meeting.on: meeting for meeting in self.told.meetings}
        return [
            self._at(move.told, DESK, lambda at, meeting=by_day[on]: self._move(meeting, at))
            for on, move in self.moves.items()
        ]

    def _move(self, meeting: PortableMeeting, at: datetime) -> None:
        self.sessions[meeting] = sessions.move_session(
            session=self.sessions[meeting],
            planned_at=moment(meeting.on, self.planned.time),
            by=self.therapist,
            at=at,
        )

    def _status(self, change: StatusChange, at: datetime) -> None:
        """Changes that no session brought about by itself."""
        self.episode.refresh_from_db()
        if self.episode.status != change.status:
            episodes.change_status(
                episode=self.episode,
                status=change.status,
                end_reason=change.reason,
                by=self.therapist,
                at=at,
            )

    def _plan(self, change: PlanChange, at: datetime) -> None:
        episodes.change_plan(
            episode=self.episode,
            planned_sessions=change.planned_sessions,
            phase=change.phase,
            reason=self.planned.plan_reason,
            by=self.therapist,
            at=at,
        )

    def _phase(self, change: PhaseChange, at: datetime) -> None:
        episodes.change_phase(
            episode=self.episode,
            phase=change.phase,
            reason=self.planned.plan_reason,
            session_number=change.session,
            by=self.therapist,
            at=at,
        )

    # -- sessions ----------------------------------------------------------------------------------

    def _meeting(self, meeting: PortableMeeting) -> Steps:
        begins = moment(meeting.on, self.planned.time)
        if not meeting.attendance.is_held:
            return [(begins, lambda at: self._absent(meeting, at))]
        ends = begins + timedelta(minutes=meeting.minutes)
        inside: list[Do] = [lambda at: self._staff_answers(meeting, at)]
        inside += [
            lambda at, entry=entry: self._entry(entry, self.sessions[meeting], at)
            for entry in self.told.entries
            if entry.session == meeting.number and self._falls_in(entry.on, meeting)
        ]
        apart = timedelta(minutes=meeting.minutes) / (len(inside) + 1)
        return [
            (begins, lambda at: self._begin(meeting, at)),
            *((begins + apart * place, do) for place, do in enumerate(inside, start=1)),
            (ends + WRITTEN_UP, lambda at: self._write_and_sign(meeting, at)),
        ]

    def _falls_in(self, on: date, meeting: PortableMeeting) -> bool:
        """Whether something of that day belongs to this meeting, where several have its number: those before session 1."""
        same = [m.on for m in self.told.meetings if m.number == meeting.number and m.attendance.is_held]
        return meeting.on == max((day for day in same if day <= on), default=min(same))

    def _absent(self, meeting: PortableMeeting, at: datetime) -> None:
        sessions.record_absence(
            session=self.sessions[meeting],
            attendance=meeting.attendance,
            reason=meeting.note,
            by=self.therapist,
            at=at,
        )

    def _begin(self, meeting: PortableMeeting, at: datetime) -> None:
        if meeting.number == self._first_named:
            for person in self.told.people:
                people.add_person(
                    episode=self.episode,
                    label=person.label,
                    relation=person.relation,
                    code=person.id,
                    by=self.therapist,
                    at=at,
                )
        self.sessions[meeting] = sessions.begin_session(
            session=self.sessions[meeting],
            late=meeting.attendance.value == "late",
            minutes=meeting.minutes,
            intake=meeting.number == 0,
            before=meeting.phase if meeting.phase in PHASES_BEFORE else "",
            by=self.therapist,
            at=at,
        )

    @cached_property
    def _first_named(self) -> int:
        """People are gone through in session 1; of who was seen once, at the intake."""
        held = {meeting.number for meeting in self.told.meetings if meeting.attendance.is_held}
        return 1 if 1 in held else 0

    def _staff_answers(self, meeting: PortableMeeting, at: datetime) -> None:
        """What the therapist asked or took from paper in the session, and totals of other forms."""
        of_number = [a for a in self.told.answers if a.session == meeting.number]
        here = [a for a in of_number if not _is_clients(a) and self._falls_in(a.on, meeting)]
        if here:
            checkins.enter_answers(
                episode=self.episode,
                answers={a.measure: a.items for a in here if a.items},
                unscored={a.measure: a.unscored for a in here if a.unscored},
                totals={a.measure: a.total for a in here if not a.items and a.total is not None},
                session=self.sessions[meeting],
                purpose="baseline" if meeting.number == 0 else "session",
                by=self.therapist,
                at=at,
            )

    def _entry(self, entry: PortableEntry, session: Session | None, at: datetime) -> None:
        """What belongs to a session is finished as it is signed; anything else at once, where it is whole."""
        entries.add_entry(
            episode=self.episode,
            record_type=entry.record,
            payload=entry.values,
            session=session,
            for_task=entry.for_task,
            final=session is None and self._is_whole(entry),
            by=self.by_role[entry.by_role] or self.therapist,
            at=at,
        )

    def _is_whole(self, entry: PortableEntry) -> bool:
        return not final_faults(manual_of(self.episode), entry.record, entry.values)

    def _write_and_sign(self, meeting: PortableMeeting, at: datetime) -> None:
        session = self.sessions[meeting]
        for code in meeting.strategies:
            sessions.use_strategy(session=session, code=code, by=self.therapist, at=at)
        for code in meeting.techniques:
            sessions.use_technique(session=session, code=code, by=self.therapist, at=at)
        blocks = [{"id": "own-1", "text": meeting.note, "edited": True}]
        sessions.save_note(session=session, blocks=blocks, expected_version=0, by=self.therapist, at=at)
        for number, text in self.planned.private_notes:
            if number == meeting.number:
                sessions.write_private_note(session=session, text=text, by=self.therapist, at=at)
        if meeting.signed:
            sessions.sign_session(session=session, by=self.therapist, at=at)

    def _alert(self, told: PortableAlert, step: PortableStep, at: datetime) -> None:
        """A step on the alert of that rule that is not closed yet."""
        alert = self.episode.alerts.filter(rule=told.rule).exclude(state=AlertState.RESOLVED).get()
        if step.kind == StepKind.ACKNOWLEDGED:
            alerts.acknowledge(alert=alert, by=self.therapist, at=at)
        elif step.kind == StepKind.RESOLVED:
            alerts.resolve(alert=alert, words=step.words, by=self.therapist, at=at)
        else:
            alerts.add_step(alert=alert, kind=step.kind, words=step.words, by=self.therapist, at=at)

    # -- what the client does ----------------------------------------------------------------------

    @property
    def _client(self) -> User:
        client = self.by_role[Role.CLIENT]
        assert client is not None  # given at enrolment, the first step of all
        return client

    def _check_ins(self) -> Steps:
        """One sitting a day: the answers given at home that day, and the words that came with them."""
        answers: dict[date, list[Answers]] = defaultdict(list)
        for given in self.told.answers:
            if _is_clients(given):
                answers[given.on].append(given)
        words = {w.on: w for w in self.told.client_entries if w.kind == "checkin"}
        return [
            (_sat_at(on, answers[on]), lambda at, on=on: self._check_in(answers[on], words.get(on), at))
            for on in sorted({*answers, *words})
        ]

    def _check_in(self, answers: list[Answers], words: PortableClientEntry | None, at: datetime) -> None:
        sitting = checkins.open_checkin(
            episode=self.episode, measures=[a.measure for a in answers], by=self._client, at=at
        )
        for given in answers:
            extra = zip(library.measure(given.measure).extra_numbers, given.unscored, strict=False)
            for item, value in (*enumerate(given.items, start=1), *extra):
                at += timedelta(seconds=8)
                self._choose(sitting, given.measure, item, value, at)
        if words is not None:
            checkins.set_extras(
                check_in=sitting,
                mood=words.mood_after if words.mood_after is not None else words.values.get("mood_0_10"),
                stress=words.values.get("stress"),
                talk_about=words.values.get("talk_about"),
                event=words.values.get("event"),
                by=self._client,
                at=at,
            )
        checkins.finish_checkin(check_in=sitting, by=self._client, at=at)

    def _choose(self, sitting, measure: str, item: int, value: int | None, at: datetime) -> None:
        who = {"check_in": sitting, "measure": measure, "item": item, "by": self._client, "at": at}
        if value is None:
            checkins.decline_item(**who)
        elif (alert := checkins.record_answer(value=value, **who)) is not None:
            alerts.mark_shown_to_client(alert=alert, by=self._client, at=at)

    def _clients_own(self) -> Steps:
        return [
            self._at(written.on, EVENING, lambda at, written=written: self._written(written, at))
            for written in self.told.client_entries
            if written.kind != "checkin"
        ]

    def _written(self, written: PortableClientEntry, at: datetime) -> None:
        if written.worksheet:
            entries.add_entry(
                episode=self.episode,
                record_type=written.worksheet,
                payload=written.values,
                shared=written.shared,
                final=True,
                by=self._client,
                at=at,
            )
            return
        journal.write_journal(
            episode=self.episode,
            words={"title": written.title, "text": written.text},
            mood_before=written.mood_before,
            mood_after=written.mood_after,
            shared=written.shared,
            by=self._client,
            at=at,
        )


def _by_the_clock(told: str) -> datetime:
    """A moment of the file, at the same hour by the service's clock."""
    then = datetime.fromisoformat(told)
    return moment(then.date(), then.time())


def _is_clients(answers: Answers) -> bool:
    """Whether the client answered by themselves: item by item, on a measure that may go to clients."""
    return bool(answers.items) and library.measure(answers.measure).may_go_to_client


def _sat_at(on: date, answers: Iterable[Answers]) -> datetime:
    """The hour the file gives for the sitting, else the evening."""
    known = [a.at for a in answers if a.at is not None]
    return moment(on, known[0].time()) if known else moment(on, EVENING)
