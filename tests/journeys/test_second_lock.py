"""The second lock in a browser: chosen on the screen turned to the client, then the two ways in on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories as make
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import journal, people
from openipt.records.models import Episode, SecondLock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SECOND = "marmalade-window-eleven"
HIDDEN = "Tom stood in the doorway until midnight."


@pytest.fixture
def episode() -> Episode:
    made, _ = make.active_episode()
    people.add_person(
        episode=made, label="Tom", relation="husband", code="p_tom", by=made.therapist, at=make.at_day()
    )
    make.entry(made, "rec_inventory_person", {"person_id": "p_tom", "safety_concern": True})
    login = make.client_login(made)
    journal.write_journal(episode=made, words={"text": HIDDEN}, by=login, at=make.at_day())
    return made


def test_it_is_chosen_face_to_face_and_opens_what_the_ordinary_password_does_not(
    open_page: Callable[..., Any], episode: Episode
) -> None:
    desk = open_page(expected=("422",))
    sign_in(desk, episode.therapist.username, make.PASSWORD)
    desk.goto(f"/episodes/{episode.pk}/safety/")
    desk.get_by_role("link", name="second lock").click()
    check_accessibility(desk)
    desk.get_by_role("link", name="Turn the screen").click()
    check_accessibility(desk)
    desk.get_by_label("Second password").fill(SECOND)
    desk.get_by_label("The same once more").fill("something else")
    desk.keyboard.press("Enter")
    desk.get_by_text("This is not the same as above").first.wait_for()
    check_accessibility(desk)
    desk.get_by_label("Second password").fill(SECOND)
    desk.get_by_label("The same once more").fill(SECOND)
    desk.get_by_label("We are alone, in the same room").check()
    desk.get_by_role("button", name="Agree on it").click()
    desk.get_by_text("Agreed. Let the client try it once").wait_for()
    assert SecondLock.objects.get().taken_back_at is None

    login = episode.client.user.username
    for dark in (False, True):
        phone = open_page(width=390, color_scheme="dark" if dark else "light")
        sign_in(phone, login, SECOND, client=True)
        phone.goto("/me/journal/")
        phone.get_by_text(HIDDEN).wait_for()
        check_accessibility(phone)
    phone.get_by_role("button", name="Close it").click()
    phone.goto("/me/journal/")
    phone.get_by_text("Nothing written yet").wait_for()

    other = open_page(width=390)
    sign_in(other, login, make.PASSWORD, client=True)
    other.goto("/me/journal/")
    other.get_by_text("Nothing written yet").wait_for()
    assert other.get_by_text("lock", exact=False).count() == 0
