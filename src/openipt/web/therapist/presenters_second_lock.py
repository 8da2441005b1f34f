"""The second lock in words: whether it stands, and what of the shared things it covers."""

from __future__ import annotations

from dataclasses import dataclass

from openipt.core.course import known
from openipt.core.course.second_lock import Signs
from openipt.records.queries import second_lock
from openipt.records.queries.journal import journal_of
from openipt.web.circle_standing import CIRCLE, PERSON
from openipt.web.jinja import day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_records import who


@dataclass(frozen=True)
class SecondLockCard:
    """`covered`: shared things behind the lock. What the client has not shared is not even counted."""

    stands: str
    has_login: bool
    persons: tuple[str, ...]
    nobody_named: bool
    covered: tuple[tuple[str, str, str], ...]


def present_second_lock(page: EpisodePage) -> SecondLockCard:
    lock = second_lock.standing(page.episode.client_id)
    danger = known.danger(page.course)
    return SecondLockCard(
        stands=f"Agreed on {day(lock.agreed_at)} with {who(lock.agreed_by)}." if lock else "",
        has_login=page.episode.client.user_id is not None,
        persons=tuple(page.people.get(person, person) for person in danger.persons),
        nobody_named=bool(danger.grounds) and not danger.persons,
        covered=_covered(page) if page.sees_all else (),
    )


def signs_of_ordinary(page: EpisodePage, *, has_lock: bool) -> Signs:
    """What the client's ordinary pages leave out: also of whom the client alone put behind the lock."""
    named = second_lock.named_by_client(page.entries(PERSON))
    return second_lock.signs_of_ordinary(second_lock.signs(page.episode), page.people, named, has_lock)


def _covered(page: EpisodePage) -> tuple[tuple[str, str, str], ...]:
    """Address, title and day of what was shared and stands behind the lock, or would."""
    signs = signs_of_ordinary(page, has_lock=True)
    found = [
        (row.on, "", "Journal entry")
        for row in journal_of(page.user, page.episode, page.on)
        if second_lock.is_behind(row, row.words, signs)
    ]
    for entry in page.entries():
        if entry.record_type == CIRCLE:  # the ordinary page draws it without them
            continue
        if entry.by_role == "client" and second_lock.is_behind(entry, entry.visible, signs):
            kind = page.manual.record_types[entry.record_type]
            found.append((entry.on, page.address(f"records/{entry.pk}/"), kind.title))
    return tuple((address, title, day(on)) for on, address, title in sorted(found, reverse=True))
