"""Rules of supervision, ratings and recordings (ipt.md 9.3, 13, 14, 20). Other rooms give what they read."""

from __future__ import annotations

from datetime import date

from openipt.core.course.beyond import Beyond, Rating
from openipt.core.course.circumstances import consent_stands
from openipt.core.course.course import Course
from openipt.core.course.rules.result import Verdict, cannot_tell, fired, not_fired, parameter, rule_beyond
from openipt.core.manual.model import Manual


@rule_beyond("DR-43")
def low_session_quality(manual: Manual, course: Course, today: date, beyond: Beyond) -> Verdict:
    """The last rated session has a quality below 3.0, or a serious proscribed item was seen in it."""
    ratings = [rating for rating in beyond.ratings or () if rating.on <= today]
    if beyond.ratings is None:
        return cannot_tell("a rating of a session")
    if not ratings:
        return not_fired("No session has been rated yet.", session=None)
    last = max((rating.session, rating.on) for rating in ratings)[0]
    quality, serious = _of_session(ratings, last)
    inputs = {"session": last, "quality": quality, "serious": list(serious)}
    limit = parameter(manual, "DR-43", "quality_below")
    if serious:
        return fired(f"Session {last}: {', '.join(serious)} was seen, which is serious.", **inputs)
    if quality is None:
        return cannot_tell(f"the quality of session {last}", **inputs)
    if quality < limit:
        return fired(f"Session {last} was rated {quality:g}, below {limit:g}.", **inputs)
    return not_fired(f"Session {last} was rated {quality:g}.", **inputs)


def _of_session(ratings: list[Rating], session: int) -> tuple[float | None, tuple[str, ...]]:
    """The lowest quality any rater gave it, and every serious item any of them saw."""
    of_it = [rating for rating in ratings if rating.session == session]
    qualities = [rating.quality for rating in of_it if rating.quality is not None]
    serious = tuple(dict.fromkeys(item for rating in of_it for item in rating.serious))
    return min(qualities, default=None), serious


@rule_beyond("DR-44")
def unsupervised_too_early(manual: Manual, course: Course, today: date, beyond: Beyond) -> Verdict:
    """A therapist with fewer than three completed supervised cases works unsupervised.

    It is about the therapist: the training record says how many cases, the arrangements who supervises.
    """
    if beyond.practice is None:
        return cannot_tell(
            "how many supervised cases the therapist completed", "whether somebody supervises now"
        )
    cases, limit = beyond.practice.supervised_cases, parameter(manual, "DR-44", "supervised_cases_below")
    inputs = {"supervised_cases": cases, "supervised": beyond.practice.supervised}
    if not beyond.practice.supervised and cases < limit:
        return fired(
            f"{cases} supervised cases are completed, {limit} are needed, and nobody supervises.", **inputs
        )
    return not_fired(
        "Somebody supervises." if beyond.practice.supervised else f"{cases} are completed.", **inputs
    )


@rule_beyond("DR-46")
def recording_without_consent(manual: Manual, course: Course, today: date, beyond: Beyond) -> Verdict:
    """A recording is there, or about to be kept, without a consent that stood on its day and stands now."""
    days = sorted(recording.on for recording in beyond.recordings if recording.on <= today)
    stands = consent_stands(course, "recording", today)
    inputs = {"recordings": len(days), "consent": stands}
    if not days:
        return not_fired("There is no recording of this course.", **inputs)
    if not stands:
        return fired("There is a recording, and no consent to recording stands.", **inputs)
    without = [on for on in days if not consent_stands(course, "recording", on)]
    if without:
        return fired(
            f"The recording of {without[0].isoformat()} was made before there was consent.", **inputs
        )
    return not_fired("Consent to recording stands.", **inputs)
