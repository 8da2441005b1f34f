"""Check-ins: each answer kept the moment it is chosen, the scores once the client has finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openipt.core.course.measures_due import measures_due
from openipt.core.course.phases import planned_sessions
from openipt.core.course.scores import RATED_BY_BOTH, THERAPIST
from openipt.core.measures.definitions import Measure
from openipt.core.measures.scoring import Score, answer_alert, score, score_total
from openipt.records import audit, convert
from openipt.records.access import Act, require
from openipt.records.actions import alerts, firings
from openipt.records.actions.base import (
    Actor,
    Operator,
    again_after_a_deadlock,
    day_of,
    fault,
    locked,
    refuse,
    tidy,
    user_or_none,
    wanted_day,
)
from openipt.records.manuals import manual_of, measure_of
from openipt.records.models import (
    Alert,
    AnswerEvent,
    CheckIn,
    CheckInMode,
    CheckInPurpose,
    Episode,
    MeasureScore,
    Role,
    Session,
    TaskMark,
)
from openipt.records.prepared import Prepared

BASELINE_TASK_RECORD = "rec_measure"
_CHOICES = Prepared(
    lambda check_in: (
        AnswerEvent.objects.filter(check_in=check_in).order_by("id").values_list("measure", "item", "value")
    ),
    UUID,
)


@transaction.atomic
def open_checkin(
    *,
    episode: Episode,
    by: Actor,
    at: datetime,
    measures: Sequence[str] | None = None,
    session: Session | None = None,
    purpose: str | None = None,
    mode: str | None = None,
    on: date | None = None,
    language: str = "",
) -> CheckIn:
    """Begin one sitting with the measures that are due, or those named.

    A client's own unfinished sitting of the same day is taken up again. Measures asked by the clinician
    alone never go into a client's sitting.
    """
    episode = locked(episode, "client")
    require(by, Act.ANSWER, episode=episode, on=day_of(at))
    by_client = not isinstance(by, Operator) and by.role == Role.CLIENT
    day = day_of(at) if by_client else wanted_day(on, at)
    if by_client and (there := _unfinished_today(episode, day)) is not None:
        return there
    chosen = mode or (CheckInMode.CLIENT if by_client else CheckInMode.WITH_THERAPIST)
    asked = measures_due(manual_of(episode), convert.course(episode), day) if measures is None else measures
    check_in = _new(
        episode,
        asked,
        session=session,
        purpose=purpose or _purpose(episode),
        mode=CheckInMode.CLIENT if by_client else chosen,
        on=day,
        language=language or episode.client.language,
        by=by,
        at=at,
    )
    audit.record("check-in-opened", by=by, at=at, episode=episode, obj=check_in)
    return check_in


def _unfinished_today(episode: Episode, day: date) -> CheckIn | None:
    found = episode.check_ins.filter(finished_at=None, on=day, mode=CheckInMode.CLIENT)
    return found.select_related("episode__client").last()


def _purpose(episode: Episode) -> CheckInPurpose:
    begun = episode.sessions.filter(number__gte=1).exists()
    has_baseline = episode.check_ins.filter(
        purpose=CheckInPurpose.BASELINE, finished_at__isnull=False
    ).exists()
    if begun or has_baseline:
        return CheckInPurpose.FOLLOW_UP if episode.ended_on else CheckInPurpose.SESSION
    return CheckInPurpose.BASELINE


def _new(
    episode: Episode,
    measures: Iterable[str],
    *,
    session: Session | None,
    purpose: str,
    mode: str,
    on: date,
    language: str,
    by: Actor,
    at: datetime,
) -> CheckIn:
    defined = [measure_of(measure) for measure in dict.fromkeys(measures)]
    if any(measure.private for measure in defined):
        raise refuse("Questions about violence at home are asked by the clinician alone with the client.")
    if mode == CheckInMode.CLIENT:
        defined = [measure for measure in defined if measure.may_go_to_client]
    if mode not in set(CheckInMode) or purpose not in set(CheckInPurpose):
        raise fault("mode", "There is no such way to answer.")
    if session is not None and session.episode_id != episode.pk:
        raise refuse("This session belongs to another episode.")
    return CheckIn.objects.create(
        episode=episode,
        session=session,
        purpose=purpose,
        mode=mode,
        measures=[[measure.id, measure.version] for measure in defined],
        language=language,
        on=on,
        opened_at=at,
        entered_by=user_or_none(by),
    )


# -- answering --------------------------------------------------------------------------------------


@again_after_a_deadlock
@transaction.atomic
def record_answer(
    *, check_in: CheckIn, measure: str, item: int, value: int, by: Actor, at: datetime
) -> Alert | None:
    """Keep one choice, the moment it is made. Returns the alert it raises, so that help shows at once."""
    check_in = _answering(check_in, by, at)
    return _keep_choice(check_in, _asked(check_in, measure), item, value, by, at)


@again_after_a_deadlock
@transaction.atomic
def decline_item(*, check_in: CheckIn, measure: str, item: int, by: Actor, at: datetime) -> Alert | None:
    """The client would rather not answer this one. Declined risk items ask the therapist to ask."""
    check_in = _answering(check_in, by, at)
    return _keep_choice(check_in, _asked(check_in, measure), item, None, by, at)


def _answering(check_in: CheckIn, by: Actor, at: datetime) -> CheckIn:
    check_in = locked(check_in, "episode__client")
    require(by, Act.ANSWER, episode=check_in.episode, on=day_of(at))
    if not isinstance(by, Operator) and by.role == Role.CLIENT and check_in.mode != CheckInMode.CLIENT:
        raise refuse("These answers were entered by your therapist.")
    if check_in.is_finished:
        raise refuse("This check-in is finished. Its answers stay as they are.")
    return check_in


def _asked(check_in: CheckIn, measure: str) -> Measure:
    if measure not in [asked for asked, _ in check_in.measures]:
        raise fault("measure", "This check-in does not ask that measure.")
    return measure_of(measure)


def _keep_choice(
    check_in: CheckIn, measure: Measure, item: int, value: int | None, by: Actor, at: datetime
) -> Alert | None:
    if not measure.takes(item):
        raise fault("item", f"{measure.title} has items 1 to {len(measure.items)}.")
    if value is not None and (isinstance(value, bool) or value not in measure.takes(item)):
        raise fault("value", f"{measure.title} item {item}: choose one of the answers.")
    chosen = [kept for asked, number, kept in _CHOICES(check_in.pk) if (asked, number) == (measure.id, item)]
    if chosen and chosen[-1] == value:
        return _alert_of(check_in, measure, item, value)  # the same tap twice is one choice
    AnswerEvent.objects.create(
        check_in=check_in,
        measure=measure.id,
        version=measure.version,
        item=item,
        value=value,
        at=at,
        by=user_or_none(by),
    )
    alert = alerts.raised_by_answer(
        check_in=check_in,
        measure=measure.id,
        item=item,
        found=answer_alert(measure, item, value),
        value=value,
        at=at,
    )
    event = "alert-raised" if alert else "answer-recorded"
    audit.record(event, by=by, at=at, episode=check_in.episode, obj=alert or check_in)
    return alert


def _alert_of(check_in: CheckIn, measure: Measure, item: int, value: int | None) -> Alert | None:
    found = answer_alert(measure, item, value)
    return check_in.alerts.filter(rule=alerts._rule_of(found)).last() if found else None


@transaction.atomic
def set_extras(
    *,
    check_in: CheckIn,
    by: Actor,
    at: datetime,
    mood: int | None = None,
    stress: int | None = None,
    talk_about: str | None = None,
    event: str | None = None,
) -> CheckIn:
    """Mood and stress (0 to 10), an event of the week, a line about what to talk about."""
    check_in = _answering(check_in, by, at)
    for path, value in (("mood", mood), ("stress", stress)):
        if value is not None and not 0 <= value <= 10:
            raise fault(path, "Choose 0 to 10.")
    check_in.mood = check_in.mood if mood is None else mood
    check_in.stress = check_in.stress if stress is None else stress
    if talk_about is not None:
        check_in.talk_about = tidy(talk_about, "talk_about", longest=5000) or None
    if event is not None:
        check_in.event = tidy(event, "event", longest=5000) or None
    check_in.save()
    audit.record("check-in-extras-set", by=by, at=at, episode=check_in.episode, obj=check_in)
    return check_in


@transaction.atomic
def finish_checkin(*, check_in: CheckIn, by: Actor, at: datetime) -> CheckIn:
    """Score what was answered. Finishing twice changes nothing.

    An item that was passed over is missing; a risk item among them asks the therapist to ask.
    """
    check_in = locked(check_in, "episode__client")
    require(by, Act.ANSWER, episode=check_in.episode, on=day_of(at))
    if check_in.is_finished:
        return check_in
    chosen = standing_answers(check_in)
    for measure_id, _ in check_in.measures:
        measure = measure_of(measure_id)
        given = chosen.get(measure_id, {})
        _ask_about_missing(check_in, measure, given, at)
        if given:  # a measure left out whole has no score, and its risk items are asked about all the same
            answers = [given.get(item.number) for item in measure.items]
            unscored = _unscored(measure, given)
            _keep_score(check_in, measure, score(measure, answers), answers, at, unscored)
    _finish(check_in, by, at)
    return check_in


def standing_answers(check_in: CheckIn) -> dict[str, dict[int, int | None]]:
    """The last choice of each item: measure -> item -> value (None: declined)."""
    found: dict[str, dict[int, int | None]] = {}
    rows = AnswerEvent.objects.filter(check_in=check_in).order_by("id")
    for measure, item, value in rows.values_list("measure", "item", "value"):
        found.setdefault(measure, {})[item] = value
    return found


def _ask_about_missing(
    check_in: CheckIn, measure: Measure, chosen: Mapping[int, int | None], at: datetime
) -> None:
    for item in measure.risk_items:
        if item.number not in chosen:
            alerts.raised_by_answer(
                check_in=check_in,
                measure=measure.id,
                item=item.number,
                found=answer_alert(measure, item.number, None),
                value=None,
                at=at,
            )


def _unscored(measure: Measure, given: Mapping[int, int | None]) -> list[int | None]:
    """Answers to the items that never count; nothing where none of them was answered."""
    found = [given.get(number) for number in measure.extra_numbers]
    return found if any(value is not None for value in found) else []


def _keep_score(
    check_in: CheckIn,
    measure: Measure,
    scored: Score,
    answers: Sequence[int | None],
    at: datetime,
    unscored: Sequence[int | None] = (),
    rater: str = "",
) -> MeasureScore:
    """`rater` of one that both rate: the client unless the therapist's own rating was entered."""
    both = measure.id in RATED_BY_BOTH
    return MeasureScore.objects.create(
        episode=check_in.episode,
        check_in=check_in,
        measure=measure.id,
        version=measure.version,
        items=list(answers),
        unscored=list(unscored),
        total=scored.total,
        band=scored.band or "",
        prorated=scored.prorated,
        missing=list(scored.missing),
        on=check_in.on,
        at=at,
        rater=(rater or "client") if both else measure.rater,
    )


def _finish(check_in: CheckIn, by: Actor, at: datetime) -> None:
    check_in.finished_at = at
    check_in.save()
    mark_measures(check_in.episode, by, at)
    audit.record("check-in-finished", by=by, at=at, episode=check_in.episode, obj=check_in)
    firings.note_after_this(episode=check_in.episode, at=at, by=by)


def mark_measures(episode: Episode, by: Actor, at: datetime) -> None:
    """Tasks that answers do by themselves: the baseline, in the first session still open; the final set."""
    _mark_final_measures(episode, by, at)
    if not episode.check_ins.filter(purpose=CheckInPurpose.BASELINE, finished_at__isnull=False).exists():
        return
    session = episode.sessions.filter(number__isnull=False).exclude(state="signed").order_by("number").first()
    tasks = [t.id for t in manual_of(episode).tasks_of("pre") if t.record == BASELINE_TASK_RECORD]
    for task in tasks:
        known = TaskMark.objects.filter(session__episode=episode, task_id=task)
        if session is not None and not known.exists():
            TaskMark.objects.create(session=session, task_id=task, at=at, by=user_or_none(by))


def _mark_final_measures(episode: Episode, by: Actor, at: datetime) -> None:
    """In the last session agreed, once answers of it are in."""
    last = planned_sessions(convert.course(episode))
    session = episode.sessions.filter(number=last).exclude(state="signed").first()
    if session is None or not session.check_ins.filter(finished_at__isnull=False).exists():
        return
    for task in manual_of(episode).tasks:
        if task.record == BASELINE_TASK_RECORD and task.at == "last_session":
            TaskMark.objects.get_or_create(
                session=session, task_id=task.id, defaults={"at": at, "by": user_or_none(by)}
            )


# -- entering for the client ------------------------------------------------------------------------


@transaction.atomic
def enter_answers(
    *,
    episode: Episode,
    by: Actor,
    at: datetime,
    answers: Mapping[str, Sequence[int | None]] | None = None,
    unscored: Mapping[str, Sequence[int | None]] | None = None,
    totals: Mapping[str, float] | None = None,
    session: Session | None = None,
    purpose: str = "session",
    mode: str = "paper",
    on: date | None = None,
    by_therapist: bool = False,
) -> CheckIn:
    """A therapist enters answers from paper, or totals of outside forms; the same alerts are raised.

    `unscored`: answers to the items of these measures that never count, in their order. `by_therapist`: the
    therapist's own rating, of measures that client and therapist rate each by themselves.
    """
    episode = locked(episode, "client")
    require(by, Act.ENTER_ANSWERS, episode=episode, on=day_of(at))
    given, counted = dict(answers or {}), dict(totals or {})
    if not given and not counted:
        raise fault("", "Nothing has been entered yet.")
    if by_therapist and not RATED_BY_BOTH.issuperset([*given, *counted]):
        raise fault("rater", "Only the client answers these. Enter your own rating apart.")
    rater = THERAPIST if by_therapist else ""
    day = session.on if session is not None and on is None else wanted_day(on, at)
    check_in = _new(
        episode,
        [*given, *counted],
        session=session,
        purpose=purpose,
        mode=mode,
        on=day,
        language=episode.client.language,
        by=by,
        at=at,
    )
    for measure_id, values in given.items():
        _enter_items(
            check_in, measure_of(measure_id), values, by, at, (unscored or {}).get(measure_id, ()), rater
        )
    for measure_id, total in counted.items():
        if measure_id not in given:
            _enter_total(check_in, measure_of(measure_id), total, at, rater)
    _finish(check_in, by, at)
    return check_in


def _enter_items(
    check_in: CheckIn,
    measure: Measure,
    values: Sequence[int | None],
    by: Actor,
    at: datetime,
    unscored: Sequence[int | None],
    rater: str,
) -> None:
    scored = score(measure, values)
    extra = {n: value for n, value in zip(measure.extra_numbers, unscored, strict=False) if value is not None}
    for item, value in [*enumerate(values, start=1), *extra.items()]:
        _keep_choice(check_in, measure, item, value, by, at)
    _keep_score(check_in, measure, scored, values, at, _unscored(measure, extra), rater)


def _enter_total(check_in: CheckIn, measure: Measure, total: float, at: datetime, rater: str) -> None:
    scored = score_total(measure, total)
    _keep_score(check_in, measure, scored, (), at, rater=rater)
    for found in scored.alerts:
        alerts.raised_by_answer(
            check_in=check_in, measure=measure.id, item=found.item, found=found, value=found.value, at=at
        )
