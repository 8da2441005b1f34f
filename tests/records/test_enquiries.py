"""Those who ask for help: kept sealed, once each, counted without being known, handed over, closed, let go of."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from openipt.cli.main import main
from openipt.core.course.course import EpisodeStatus
from openipt.core.course.enquiry import EnquiryState, Late, Targets
from openipt.errors import EntryNotValid, NoAccess, NotAllowedNow, TooManyAsk
from openipt.records import convert
from openipt.records.access import is_intake
from openipt.records.actions import clients, daily, enquiries
from openipt.records.actions import worker as worker_actions
from openipt.records.actions.transfer import import_episode
from openipt.records.models import AskingCount, AuditEvent, Client, Enquiry, Episode, Role, User
from openipt.records.queries import clients as client_queries
from openipt.records.queries import enquiries as queries
from tests import factories as make

pytestmark = pytest.mark.django_db
at_one_moment = pytest.mark.django_db(transaction=True)

PLACE = "198.51.100.7"


def asked(name: str = "Ana", **more: Any) -> enquiries.Asked:
    profile = {"name": name, "phone": "01632 960100"}
    return enquiries.Asked(profile=profile, asks_for="self", words={"words": "since the spring"}, **more)


def opened(days: int = 0, *, form: UUID | None = None, place: str = "", **more: Any) -> Enquiry:
    given = {"form": form or uuid4(), "asked": asked(**more), "place": place}
    return enquiries.open_enquiry(**given, at=make.at_day(days)).enquiry


def by_at(user: User, days: int = 0) -> dict[str, Any]:
    return {"by": user, "at": make.at_day(days)}


def limits(settings: Any, **more: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, asking=replace(settings.ENVIRONMENT.asking, **more))


def at_once(act: Callable[[int], Any], number: int) -> list[Any]:
    """Everybody at one moment; what each of them got, an error as its kind."""

    def one(place: int) -> Any:
        try:
            return act(place)
        except Exception as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


# -- asking --------------------------------------------------------------------------------------------


def test_asking_makes_no_account_and_keeps_its_words_sealed() -> None:
    row = opened()
    assert User.objects.count() == 0 and Episode.objects.count() == 0
    row = Enquiry.objects.select_related("client").get(pk=row.pk)
    assert (row.client.name, row.words) == ("Ana", {"words": "since the spring"})
    assert b"spring" not in bytes(row.words_sealed) and b"Ana" not in bytes(row.client.profile_sealed)
    event = AuditEvent.objects.get(act="enquiry-opened")
    assert (event.actor, event.object_id) == ("operator:who asks", str(row.pk))


@at_one_moment
def test_one_form_sent_by_four_hands_at_once_opens_one_enquiry() -> None:
    form = uuid4()
    found = at_once(lambda _: opened(form=form).pk, 4)
    assert set(found) == {Enquiry.objects.get().pk}
    assert Client.objects.count() == AuditEvent.objects.filter(act="enquiry-opened").count() == 1
    assert AskingCount.objects.get(who="").number == 1


def test_the_same_form_with_other_words_says_so_and_opens_nothing() -> None:
    form = uuid4()
    opened(form=form)
    again = enquiries.open_enquiry(form=form, asked=asked(), place="", at=make.at_day())
    other = enquiries.open_enquiry(form=form, asked=asked("Bea"), place="", at=make.at_day())
    ticked = enquiries.open_enquiry(form=form, asked=asked(ground="ticked"), place="", at=make.at_day())
    assert (again.is_new, again.is_same, other.is_same) == (False, True, False)
    assert not ticked.is_same, "danger that is said later, with the same words, is no second press"
    assert Enquiry.objects.count() == 1


def test_a_live_service_without_crisis_contacts_takes_none(settings: Any, tmp_path: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode="live", home=tmp_path)
    with pytest.raises(NotAllowedNow, match="crisis contacts"):
        opened()
    assert Client.objects.count() == 0


# -- how many ------------------------------------------------------------------------------------------


@at_one_moment
def test_from_one_place_no_more_than_allowed_even_all_at_once(settings: Any) -> None:
    limits(settings, from_one=3, an_hour=50)
    found = at_once(lambda _: opened(place=PLACE).pk, 6)
    assert found.count(TooManyAsk) == 3 and Enquiry.objects.count() == 3
    assert opened(place="203.0.113.9")


def test_the_whole_service_takes_no_more_than_allowed_from_everywhere(settings: Any) -> None:
    limits(settings, from_one=5, an_hour=2)
    opened(place=PLACE), opened(place="")
    for place in ("203.0.113.9", ""):
        with pytest.raises(TooManyAsk):
            opened(place=place)
    assert Enquiry.objects.count() == Client.objects.count() == 2
    assert enquiries.open_enquiry(form=uuid4(), asked=asked(), place="", at=make.at_day(0, 1)).is_new


def test_a_place_is_counted_without_being_known_and_forgotten_with_its_hour() -> None:
    opened(place=PLACE)
    row = AskingCount.objects.exclude(who="").get()
    assert PLACE not in row.who and len(row.who) == 32
    enquiries.open_enquiry(form=uuid4(), asked=asked(), place=PLACE, at=make.at_day(0, 1))
    again = AskingCount.objects.exclude(who="").get()
    assert again.who != row.who, "two hours must not be tied together"


# -- what is done --------------------------------------------------------------------------------------


def test_a_therapist_has_the_client_from_the_day_of_the_asking() -> None:
    taker, other = make.therapist(), make.therapist()
    row = opened(birth_year=1984, language="pt")
    enquiries.record_contact(enquiry=row, way="phone", reached=True, words="will come", **by_at(taker, 4))
    given = {"enquiry": row, "therapist": other, "adaptation": "ipt_acute", "name": "Ana Reis"}
    row = enquiries.hand_over(**given, words="call after six", **by_at(taker, 9))
    episode = Episode.objects.select_related("client").get()
    assert (episode.status, episode.opened_on, episode.therapist) == (
        EpisodeStatus.ENQUIRY, make.day(), other,
    )  # fmt: skip
    assert (episode.client.name, episode.client.birth_year, episode.client.language) == (
        "Ana Reis",
        1984,
        "pt",
    )
    assert list(client_queries.find_clients(other, "rei", make.day(9))) == [episode.client]
    assert queries.handed_to(other.pk) == [row] and queries.open_enquiries(taker, make.day(9)) == []
    assert queries.enquiry_for(other, row.pk, make.day(9)).contacts.count() == 1
    with pytest.raises(NoAccess):
        queries.enquiry_for(taker, row.pk, make.day(9))
    make.session(episode, 10)
    assert queries.handed_to(other.pk) == []


@pytest.mark.parametrize(
    ("ground", "reached", "severity", "hours"),
    [
        ("ticked", False, "critical", 0.5),
        ("words", False, "warning", 24),
        ("ticked", True, "warning", 24 * 7),
    ],
)
def test_danger_that_was_said_becomes_an_alert_of_the_episode(
    ground: str, reached: bool, severity: str, hours: float
) -> None:
    taker, therapist = make.therapist(), make.therapist()
    cover = make.covered(therapist)
    row = opened(ground=ground)
    if reached:
        enquiries.record_contact(enquiry=row, way="phone", reached=True, **by_at(taker))
    given = {"enquiry": row, "therapist": therapist, "adaptation": "ipt_acute"}
    alert = enquiries.hand_over(**given, **by_at(taker, 1)).episode.alerts.get()
    assert (alert.rule, alert.severity, alert.state) == ("DR-01", severity, "open")
    assert alert.due_at - make.at_day(1) == timedelta(hours=hours)
    assert alert.shown_to_client_at == make.at_day()
    assert {step.told for step in alert.steps.filter(kind="told")} == {therapist, cover}


def test_an_episode_that_began_so_goes_out_and_comes_in_again() -> None:
    therapist, row = make.therapist(), opened(ground="ticked")
    episode = enquiries.hand_over(
        enquiry=row, therapist=therapist, adaptation="ipt_acute", **by_at(therapist, 1)
    ).episode
    portable = convert.portable(episode, therapist, make.day(2))
    again = import_episode(portable=portable, therapist=make.therapist(), **by_at(make.OPERATOR, 2))
    assert again.opened_on == make.day() and again.alerts.get().inputs == {"enquiry_ticked": True}


def test_an_enquiry_without_a_word_of_danger_raises_no_alert() -> None:
    taker, row = make.therapist(), opened()
    enquiries.hand_over(enquiry=row, therapist=taker, adaptation="ipt_acute", **by_at(taker))
    assert not row.client.episodes.get().alerts.exists()


@at_one_moment
def test_of_two_who_hand_over_at_once_one_does() -> None:
    takers = [make.therapist(), make.therapist()]
    row = opened()

    def take(place: int) -> Any:
        given = {"enquiry": row, "therapist": takers[place], "adaptation": "ipt_acute"}
        return enquiries.hand_over(**given, **by_at(takers[place])).pk

    assert set(at_once(take, 2)) == {row.pk, NotAllowedNow}
    assert Episode.objects.count() == 1


def test_closing_says_why_and_what_was_offered_instead() -> None:
    taker = make.therapist()
    row = opened()
    with pytest.raises(EntryNotValid, match="offered"):
        enquiries.close_enquiry(enquiry=row, reason="referred", offered=" ", **by_at(taker))
    row = enquiries.close_enquiry(
        enquiry=row, reason="referred", offered="The walk-in clinic.", **by_at(taker)
    )
    assert (row.state, row.close_reason, row.outcome) == ("closed", "referred", "The walk-in clinic.")
    with pytest.raises(NotAllowedNow):
        enquiries.record_contact(enquiry=row, way="phone", reached=True, **by_at(taker))


def test_what_was_said_of_danger_is_not_closed_before_somebody_tried() -> None:
    taker = make.therapist()
    row = opened(ground="ticked")
    given = {"enquiry": row, "reason": "asked_twice", "offered": "nothing"}
    with pytest.raises(NotAllowedNow, match="nobody has tried"):
        enquiries.close_enquiry(**given, **by_at(taker))
    enquiries.record_contact(enquiry=row, way="phone", reached=False, **by_at(taker))
    assert enquiries.close_enquiry(**given, **by_at(taker)).state == EnquiryState.CLOSED


def test_only_those_who_take_enquiries_touch_one(settings: Any) -> None:
    row, therapist, named = opened(), make.therapist(), make.staff(Role.SUPERVISOR)
    limits(settings, intake=frozenset({named.username}))
    assert is_intake(named) and not is_intake(therapist)
    for person in (therapist, make.staff(Role.MANAGER), make.staff(Role.ADMINISTRATOR), make.OPERATOR):
        with pytest.raises(NoAccess):
            queries.open_enquiries(person, make.day())
        with pytest.raises(NoAccess):
            queries.enquiry_for(person, row.pk, make.day())
        with pytest.raises(NotAllowedNow):
            enquiries.record_contact(enquiry=row, way="phone", reached=True, **by_at(person))
    assert queries.open_enquiries(named, make.day()) == [row] and queries.takers() == 1
    limits(settings, intake=frozenset({make.staff(Role.MANAGER).username}))
    assert not any(map(is_intake, User.objects.all())), "a lead is never given words by a setting"
    assert queries.takers() == 0
    limits(settings, intake=frozenset())
    assert queries.takers() == sum(map(is_intake, User.objects.all())) == 1


# -- numbers, and letting go ---------------------------------------------------------------------------


def test_figures_match_a_count_by_hand() -> None:
    manager, taker = make.staff(Role.MANAGER), make.therapist()
    opened(-20), opened(-5), opened(-1, ground="words")
    tried = opened(-16)
    enquiries.record_contact(enquiry=tried, way="email", reached=False, **by_at(taker, -15))
    closed = opened(-40)
    enquiries.close_enquiry(enquiry=closed, reason="withdrew", offered="none wanted", **by_at(taker))
    found = queries.wait_figures(manager, make.day(), Targets(3, 14))
    assert (found.waiting, found.longest) == (4, 20)
    assert dict(found.late) == {Late.DANGER: 1, Late.UNANSWERED: 2, Late.WAITS: 2}
    with pytest.raises(NoAccess):
        queries.wait_figures(make.staff(Role.ADMINISTRATOR), make.day(), Targets(3, 14))


def test_the_list_at_the_command_line_holds_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from openipt.web import clock

    monkeypatch.setattr(clock, "now", lambda: make.at_day(5))
    assert main(["enquiry", "list"]) == 0
    assert capsys.readouterr().out == "nobody waits\n"
    row = opened(name="Heronblue")
    assert main(["enquiry", "list", "--late"]) == 1
    text = capsys.readouterr().out
    assert text.startswith(row.reference) and "waits 5 days  tried 0, reached 0  late: unanswered" in text
    assert main(["enquiry", "list", "--json"]) == 1
    assert "eron" not in capsys.readouterr().out + text


def test_wiped_by_its_reference_unless_a_therapist_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    taker, row, other = make.therapist(), opened(), opened()
    assert main(["enquiry", "wipe", row.reference]) == 1 and "Add --yes" in capsys.readouterr().out
    assert main(["enquiry", "wipe", row.reference.upper(), "--yes"]) == 0
    assert Client.objects.get(pk=row.client_id).erased_at is not None
    assert main(["enquiry", "wipe", row.reference, "--yes"]) == 3
    enquiries.hand_over(enquiry=other, therapist=taker, adaptation="ipt_acute", **by_at(taker))
    assert main(["enquiry", "wipe", other.reference, "--yes"]) == 3
    assert "A therapist has this client" in capsys.readouterr().err


def test_an_erased_one_is_settled_and_read_by_nobody() -> None:
    taker, row = make.therapist(), opened()
    clients.erase_client(client=row.client, by=make.OPERATOR, at=make.at_day(1))
    row.refresh_from_db()
    assert (row.state, row.close_reason) == (EnquiryState.CLOSED, "other")
    assert queries.open_enquiries(taker, make.day(1)) == [] == queries.closed_lately(taker, make.day(1))
    with pytest.raises(NoAccess):
        queries.enquiry_for(taker, row.pk, make.day(1))


def test_words_of_those_whom_nobody_took_on_are_wiped_in_time(settings: Any) -> None:
    limits(settings, kept_days=30)
    taker = make.therapist()
    rows = {state: opened(place=PLACE) for state in ("open", "closed", "handed")}
    enquiries.close_enquiry(enquiry=rows["closed"], reason="withdrew", offered="none", **by_at(taker, 1))
    enquiries.hand_over(enquiry=rows["handed"], therapist=taker, adaptation="ipt_acute", **by_at(taker, 1))
    hold = worker_actions.take(holder="tests", at=make.at_day(31))
    assert hold is not None
    daily.let_go_of_enquiries(hold=hold, at=make.at_day(31))
    assert not Client.objects.exclude(erased_at=None).exists() and not AskingCount.objects.exists()
    daily.let_go_of_enquiries(hold=hold, at=make.at_day(31) + timedelta(minutes=1))
    assert list(Client.objects.exclude(erased_at=None)) == [rows["closed"].client]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "closed"},
        {"state": "handed_over", "settled_at": make.START},
        {"close_reason": "other"},
        {"asks_for": "all"},
        {"ground": "guess"},
    ],
)
def test_the_database_refuses_what_cannot_be(wrong: dict[str, Any]) -> None:
    row = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Enquiry.objects.filter(pk=row.pk).update(**wrong)


def test_the_database_refuses_a_second_enquiry_of_one_form() -> None:
    row, other = opened(), opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Enquiry.objects.filter(pk=other.pk).update(form=row.form)
