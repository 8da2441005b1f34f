"""All sheets of one kind on one page: the roles side by side, the steps in their order; saved whole or not at all."""

from __future__ import annotations

import html

import pytest
from django.http import QueryDict
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of
from tests.web.test_record_forms import Sent

from openipt.records.actions import entries
from openipt.records.models import Entry, EntryState

pytestmark = pytest.mark.django_db
LADDER, BALANCE = "rec_approach_ladder", "rec_role_balance"


@pytest.fixture(autouse=True)
def some_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(20))


@pytest.fixture
def episode():
    return make.active_episode()[0]


class Desk:
    """A therapist at one sheet: opens it, changes what a browser would send, sends it."""

    def __init__(self, episode, record: str) -> None:
        self.browser, self.address = (
            browser_of(episode.therapist),
            f"/episodes/{episode.pk}/worksheets/{record}/",
        )
        self.episode, self.record = episode, record

    def open(self) -> Desk:
        self.html = text_of(self.browser.get(self.address))
        return self._read()

    def _read(self) -> Desk:
        page = Sent(self.html.split("<main")[1])
        self.pairs = [(name, value) for name, value in page.pairs if name != "csrfmiddlewaretoken"]
        return self

    def put(self, name: str, value: str) -> Desk:
        assert name in dict(self.pairs), name
        self.pairs = [(one, value if one == name else was) for one, was in self.pairs]
        return self

    def send(self, *more: tuple[str, str]):
        sent = QueryDict(mutable=True)
        for name, value in [*self.pairs, *more]:
            sent.appendlist(name, value)
        answer = self.browser.post(self.address, sent.urlencode(), "application/x-www-form-urlencoded")
        self.html = text_of(answer)
        return answer

    def wish(self, wish: str) -> Desk:
        assert self.send(("_rows", wish)).status_code == 200
        return self._read()

    def row(self, number: int) -> str:
        """The name of the row at this place."""
        names = dict.fromkeys(
            "-".join(name.split("-")[:2]) for name, _ in self.pairs if name.startswith("rows-")
        )
        return list(names)[number - 1]

    def put_in(self, number: int, key: str, value: str) -> Desk:
        return self.put(f"{self.row(number)}-{key}", value)

    def move(self, act: str, number: int) -> Desk:
        return self.wish(f"rows:{act}:{self.row(number).removeprefix('rows-')}")

    def kept(self) -> list[Entry]:
        rows = self.episode.entries.filter(record_type=self.record).exclude(state=EntryState.WITHDRAWN)
        return list(rows.order_by("order"))

    def ladder(self) -> list[str]:
        """The steps as they stand beside the form, from the bottom."""
        stands = html.unescape(text_of(self.browser.get(self.address))).split("As it stands")[1]
        return [part.split('dir="auto">')[1].split("<")[0] for part in stands.split('class="rung-step"')[1:]]


def step(of, words: str, hard: int | None = None, **more) -> Entry:
    values = {"contact_step": words, "with_whom": "Iris"}
    return make.entry(of, LADDER, {**values, "difficulty_0_10": hard} if hard is not None else values, **more)


def test_both_roles_are_typed_side_by_side_and_kept_apart(episode) -> None:
    desk = Desk(episode, BALANCE).open()
    assert "The old role: what it gives or gave" in desk.html
    desk.put("old-gains-1", "team").put("old-losses-1", "nights").put("new-gains-1", "time")
    assert desk.send().status_code == 302
    old, new = desk.kept()
    assert old.payload == {"role": "old", "gains": ["team"], "losses": ["nights"]}
    assert new.payload == {"role": "new", "gains": ["time"]}
    desk.open().put("new-losses-1", "the title")
    desk.send()
    assert [one.version for one in desk.kept()] == [1, 2]  # what was not touched was not written again
    assert desk.kept()[1].payload["losses"] == ["the title"]


def test_a_fault_stands_at_its_cell_and_nothing_is_kept(episode) -> None:
    desk = Desk(episode, BALANCE).open().put("old-gains-1", "team").put("new-losses-1", "x" * 501)
    assert desk.send().status_code == 422
    assert 'id="new-losses-1-error"' in desk.html and "x" * 501 in desk.html and 'value="team"' in desk.html
    assert desk.kept() == []


def test_steps_stand_easiest_first_until_they_are_put_otherwise(episode) -> None:
    for words, hard in (("call", 8), ("wave", 2), ("talk", 5)):
        step(episode, words, hard, session=None)
    desk = Desk(episode, LADDER).open()
    assert desk.ladder() == ["wave", "talk", "call"]
    assert "(now)" in desk.html.split('class="record-form__row record-form__row--block"')[1]
    desk.move("up", 3).put_in(2, "result", "")
    assert desk.send().status_code == 302
    assert desk.ladder() == ["wave", "call", "talk"]
    assert [one.version for one in desk.kept()] == [1, 1, 2]  # one new place is enough
    assert desk.kept()[2].payload["place"] == 9 and desk.kept()[2].payload["difficulty_0_10"] == 5


def test_a_step_is_added_and_one_is_taken_off_but_kept_in_its_history(episode) -> None:
    first = step(episode, "wave", 2)
    desk = Desk(episode, LADDER).open().wish("rows:add")
    desk.put_in(2, "contact_step", "ring the bell").put_in(2, "difficulty_0_10", "7").move("remove", 1)
    assert desk.send().status_code == 302
    assert [one.payload["contact_step"] for one in desk.kept()] == ["ring the bell"]
    first.refresh_from_db()
    assert first.state == EntryState.WITHDRAWN
    assert "1 sheet was taken off" in text_of(desk.browser.get(desk.address))


def test_what_the_page_does_not_show_stays_as_it_is(episode) -> None:
    make.entry(episode, LADDER, {"contact_step": "wave", "fear_before_0_10": 6})
    Desk(episode, LADDER).open().put_in(1, "result", "she waved back").send()
    (kept,) = Desk(episode, LADDER).kept()
    assert kept.payload == {"contact_step": "wave", "fear_before_0_10": 6, "result": "she waved back"}


def test_a_step_of_a_signed_session_is_amended_and_never_taken_off(episode) -> None:
    session = make.session(episode)
    signed = step(episode, "wave", 2, session=session)
    make.signed(session)
    desk = Desk(episode, LADDER).open()
    assert "kept as an amendment beside it" in desk.html
    desk.put_in(1, "result", "she waved back").send()
    before, after = desk.kept()
    assert (before.pk, after.amends_id, after.payload["result"]) == (signed.pk, signed.pk, "she waved back")
    assert desk.ladder() == ["wave"]
    desk.open().move("remove", 1).send()
    assert [one.pk for one in desk.kept()] == [signed.pk]


def test_a_new_step_never_takes_the_place_of_one_that_was_taken_off(episode) -> None:
    first = make.entry(episode, LADDER, {"contact_step": "wave", "fear_before_0_10": 9})
    desk = Desk(episode, LADDER).open().move("remove", 1).wish("rows:add").put_in(1, "contact_step", "nod")
    assert desk.send().status_code == 302
    (kept,) = desk.kept()
    assert kept.pk != first.pk and kept.payload == {"contact_step": "nod"}


def test_what_somebody_withdrew_meanwhile_is_written_anew_where_it_was_changed(episode) -> None:
    gone, still = step(episode, "wave", 2), step(episode, "nod", 3)
    desk = Desk(episode, LADDER).open().put_in(1, "result", "she waved back")
    for entry in (gone, still):
        entries.withdraw_entry(entry=entry, by=episode.therapist, at=make.at_day(20))
    assert desk.send().status_code == 302
    (kept,) = desk.kept()
    assert kept.pk != gone.pk and kept.payload["result"] == "she waved back"


def test_two_people_never_overwrite_each_other_unseen(episode) -> None:
    kept = step(episode, "wave", 2)
    desk = Desk(episode, LADDER).open().put_in(1, "contact_step", "wave and smile")
    entries.save_entry(
        entry=kept,
        payload={"contact_step": "nod"},
        expected_version=1,
        by=episode.therapist,
        at=make.at_day(20),
    )
    answer = desk.send()
    assert answer.status_code == 409 and "Somebody changed this meanwhile" in desk.html
    assert 'value="wave and smile"' in desk.html and ">nod<" in desk.html
    assert desk._read().send().status_code == 302
    assert desk.kept()[0].payload["contact_step"] == "wave and smile"


def test_what_the_client_wrote_stands_in_the_picture_and_not_in_the_form(episode) -> None:
    client = make.client_login(episode)
    make.entry(episode, LADDER, {"contact_step": "my own step"}, by=client, shared=True)
    step(episode, "wave", 2)
    desk = Desk(episode, LADDER).open()
    assert "my own step" not in desk.html.split("As it stands")[0]
    assert desk.ladder() == ["wave", "my own step"]


def test_only_sheets_that_are_written_together_have_such_a_page(episode) -> None:
    browser = browser_of(episode.therapist)
    for record in ("rec_dispute_map", "rec_emotion_log", "rec_nothing"):
        assert browser.get(f"/episodes/{episode.pk}/worksheets/{record}/").status_code == 404
