"""Telling on pages: who was told and what is known, one's own address, letters, hours, reminders, many alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests import factories as make
from tests.records.worker_world import Clock, House, Taken, house, settle, switch_on, worker
from tests.web.rooms_world import browser_of, text_of

from openipt.records.actions import alerts, checkins, sessions, tellings
from openipt.records.channels import Outcome
from openipt.records.models import Alert, AuditEvent, Channel, Delivery, ReminderChoice, WorkerLease

pytestmark = pytest.mark.django_db

DUBLIN = ZoneInfo("Europe/Dublin")
NO = Outcome(False, None, "refused")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock(make.at_day())
    from openipt.web import clock as web

    monkeypatch.setattr(web, "now", found.now)
    return found


@pytest.fixture
def home(settings: Any) -> House:
    switch_on(settings)
    return house()


def page_of(alert: Alert) -> str:
    return f"/episodes/{alert.episode_id}/alerts/{alert.pk}/"


def seen(user: Any, address: str, status: int = 200) -> str:
    answer = browser_of(user).get(address)
    assert answer.status_code == status, answer.status_code
    return text_of(answer)


# -- the alert's page --------------------------------------------------------------------------------------


def test_the_alert_says_who_was_told_by_which_channel_and_what_is_known(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    mail, hook = Taken([Outcome(True, 250), NO]), Taken([Outcome(False, 500, "answer")])
    one = worker(clock, {Channel.EMAIL: mail, Channel.WEBHOOK: hook})
    settle(one)
    page = seen(home.supervisor, page_of(alert))
    assert "Who was told" in page
    assert "accepted by the mail server 09:00" in page
    assert "not sent yet, tried 1 time (no answer), again 09:00" in page
    assert "By webhook: not sent yet, tried 1 time (answer 500), again 09:00" in page
    assert "In the app: not shown yet" in page
    assert f"If nobody takes it on:</strong> {home.supervisor.display_name}, 09:30" in page
    assert "delivered" not in page.lower()


def test_shown_opened_and_taken_on_are_three_things(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    settle(worker(clock, {Channel.EMAIL: Taken(), Channel.WEBHOOK: Taken([Outcome(True, 204)])}))
    letter = Delivery.objects.get(alert=alert, recipient=home.therapist, channel="email")
    clock.passes(minutes=4)
    browser = browser_of(home.therapist)
    answer = browser.get(f"/letters/{letter.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, page_of(alert))
    page = text_of(browser.get(page_of(alert)))
    assert "In the app: shown 09:04" in page
    assert "By e-mail: link opened 09:04" in page
    assert "By webhook: answered 204 09:00" in page
    clock.passes(minutes=2)
    browser.post(page_of(alert), {"act": "acknowledge"})
    page = text_of(browser.get(page_of(alert)))
    assert "In the app: taken on 09:06" in page
    assert "If nobody takes it on" not in page


def test_the_call_tree_stands_there_in_its_rounds(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    one = worker(clock, {Channel.EMAIL: Taken(), Channel.WEBHOOK: Taken()})
    for _ in range(8):
        settle(one)
        clock.passes(minutes=30)
    page = seen(home.therapist, page_of(alert))
    rounds = [
        "<strong>At once</strong>",
        "Nobody had taken it on in time",
        "Still nobody: the service leads, without its words",
        "Still nobody: everybody again",
    ]
    assert [page.count(words) for words in rounds] == [1, 1, 1, 1]
    assert "and 1 time before" in page
    assert "(supervisor)" in page and "(service lead)" in page
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    settle(one)
    assert "A step is late: spoken with the client" in seen(home.therapist, page_of(alert))


def test_a_supervisor_is_told_what_they_can_do(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    said = f"Nobody has taken this on. Call {home.therapist.display_name}"
    assert said in seen(home.supervisor, page_of(alert))
    assert said not in seen(home.therapist, page_of(alert))
    alerts.acknowledge(alert=alert, by=home.cover, at=clock.at)
    assert said not in seen(home.supervisor, page_of(alert))


def test_a_letter_given_up_stands_out(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    gone = Outcome(False, 550, "refused", for_good=True)
    settle(worker(clock, {Channel.EMAIL: Taken([gone])}))
    page = seen(home.therapist, page_of(alert))
    assert "not sent: given up after 1 try (answer 550)" in page
    assert "told-danger" in page


def test_today_supervision_and_service_note_that_they_showed_it(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    one = worker(clock, {Channel.EMAIL: Taken(), Channel.WEBHOOK: Taken()})
    clock.passes(hours=1)
    settle(one)
    for user, address in (
        (home.therapist, "/today/"),
        (home.cover, "/today/alerts/"),
        (home.supervisor, "/supervision/"),
        (home.lead, "/service/"),
    ):
        mine = Delivery.objects.get(alert=alert, recipient=user, channel="app")
        assert mine.state == "waiting"
        seen(user, address)
        mine.refresh_from_db()
        assert mine.state == "shown", address
    events = AuditEvent.objects.filter(act="telling-shown")
    assert events.count() == 4


# -- letters --------------------------------------------------------------------------------------------------


def test_the_link_leads_to_the_sign_in_and_opens_nothing_before_it(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    settle(worker(clock, {Channel.EMAIL: Taken(), Channel.WEBHOOK: Taken()}))
    letter = Delivery.objects.get(alert=alert, recipient=home.therapist, channel="email")
    answer = Client().get(f"/letters/{letter.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next=%2Fletters%2F{letter.pk}%2F")
    for stranger in (home.cover, home.lead, make.therapist()):
        seen(stranger, f"/letters/{letter.pk}/", 404)
    letter.refresh_from_db()
    assert letter.state == "accepted"


def test_the_link_works_once_and_then_leads_to_ones_first_page(home: House, clock: Clock) -> None:
    alert = home.answer(3, clock.at)
    clock.passes(hours=1)
    settle(worker(clock, {Channel.EMAIL: Taken(), Channel.WEBHOOK: Taken()}))
    for user, first, then in (
        (home.supervisor, page_of(alert), "/supervision/"),
        (home.lead, "/service/", "/service/"),
    ):
        letter = Delivery.objects.get(alert=alert, recipient=user, channel="email")
        browser = browser_of(user)
        assert [browser.get(f"/letters/{letter.pk}/")["Location"] for _ in range(2)] == [first, then]


def test_ones_own_address_is_kept_tried_and_shown_as_far_as_it_is_known(home: House, clock: Clock) -> None:
    browser = browser_of(home.lead)
    wrong = browser.post("/accounts/alerts/", {"alert_email": "lena at home"})
    assert wrong.status_code == 422
    assert "This is no e-mail address" in text_of(wrong) and "lena at home" in text_of(wrong)
    assert browser.post("/accounts/alerts/", {"alert_email": "lena@example.org"}).status_code == 302
    home.lead.refresh_from_db()
    assert home.lead.alert_email == "lena@example.org"
    browser.post("/accounts/alerts/trial/")
    assert "waits to be sent" in text_of(browser.get("/accounts/alerts/"))
    settle(worker(clock, {Channel.EMAIL: (mail := Taken())}))
    assert "accepted by the mail server 09:00" in text_of(browser.get("/accounts/alerts/"))
    opened = browser.get(f"/letters/{mail.messages[0].id}/")
    assert opened["Location"] == "/accounts/alerts/"
    assert "link opened 09:00" in text_of(browser.get("/accounts/alerts/"))


def test_without_e_mail_the_page_says_so(home: House, clock: Clock, settings: Any) -> None:
    switch_on(settings, mail=None)
    page = seen(home.therapist, "/accounts/alerts/")
    assert "This service sends no e-mail" in page and "Send a trial message" not in page
    assert browser_of(home.therapist).post("/accounts/alerts/trial/").status_code == 409


# -- the service's page -----------------------------------------------------------------------------------------


def test_the_service_sees_whether_the_worker_runs_and_what_does_not_arrive(home: House, clock: Clock) -> None:
    assert "It does not run: nobody is told by e-mail" in seen(home.lead, "/service/")
    mail = Taken([NO])
    one = worker(clock, {Channel.EMAIL: mail, Channel.WEBHOOK: Taken()}, "the first machine")
    settle(one)
    page = seen(home.lead, "/service/")
    assert "It runs." in page and "the first machine" in page
    home.answer(3, clock.at)
    settle(one)
    page = seen(home.lead, "/service/")
    assert "It runs, and something does not arrive" in page
    assert "no answer" in page
    WorkerLease.objects.update(clock_back_at=clock.at)
    assert "The clock went back" in seen(home.lead, "/service/")
    clock.passes(minutes=5)
    assert "It does not run" in seen(home.lead, "/service/")


def test_late_alerts_are_counted_and_reached_page_by_page(
    home: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openipt.records.queries import alerts as queries
    from openipt.web.service import views

    monkeypatch.setattr(views, "MOST_SHOWN", 2)
    page = queries.overdue_page
    monkeypatch.setattr(
        queries, "overdue_page", lambda user, now, first=0: page(user, now, first=first, most=2)
    )
    made = [home.answer(3, clock.at)] + [house().answer(3, clock.at) for _ in range(4)]
    assert not page(home.lead, clock.at).envelopes
    one = worker(clock, {Channel.EMAIL: Taken(), Channel.WEBHOOK: Taken()})
    clock.passes(hours=1)
    assert len(page(home.lead, clock.at).envelopes) == 5, "the worker has not looked: all stand there"
    settle(one)
    shown = [seen(home.lead, f"/service/?page={number}") for number in (1, 2, 3)]
    assert "These are 2 of" in shown[0]
    references = {str(alert.pk)[:8] for alert in made}
    assert {one for one in references for text in shown if one in text} == references
    make.assessed(made[0].episode, at=clock.at)
    alerts.resolve(alert=made[0], words="asked", by=home.therapist, at=clock.at)
    assert len(page(home.lead, clock.at).envelopes) == 4


# -- many alerts ------------------------------------------------------------------------------------------------


def test_today_shows_the_gravest_first_says_how_many_there_are_and_hides_none(
    home: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openipt.web.therapist import today

    monkeypatch.setattr(today, "ALERTS_SHOWN", 3)
    monkeypatch.setattr(today, "ALERTS_A_PAGE", 2)
    made = []
    for number in range(7):
        sitting = checkins.enter_answers(
            episode=home.episode,
            answers={"ms_phq9": [1] * 8 + [3 if number == 6 else 1]},
            by=home.therapist,
            at=clock.at + timedelta(minutes=number),
        )
        made.append(sitting.alerts.get())
    page = seen(home.therapist, "/today/")
    assert "Here stand the 3 gravest of" in page and '<span class="number">7</span>' in page
    assert page.index(page_of(made[6])) < page.index(page_of(made[0]))
    assert page_of(made[5]) not in page
    pages = [seen(home.therapist, f"/today/alerts/?page={number}") for number in (1, 2, 3, 4)]
    assert all(any(page_of(alert) in text for text in pages) for alert in made)
    assert "7 open alerts" in pages[0] and "Page 4 of 4" in pages[3]
    assert "No alert stands here" in seen(home.therapist, "/today/alerts/?page=9")
    for odd in ("0", "-1", "x", "9" * 40, "²"):
        assert "Page" in seen(home.therapist, f"/today/alerts/?page={odd}")


# -- hours ------------------------------------------------------------------------------------------------------


def test_outside_the_hours_the_client_is_told_that_nobody_reads_and_whom_to_call(
    home: House, clock: Clock, settings: Any
) -> None:
    """ipt.md 11.3."""
    switch_on(settings, times="mon-fri 09:00-17:00", zone=DUBLIN)
    browser = browser_of(home.client)
    address = f"/me/check-in/{home.check_in.pk}/"
    assert "Nobody reads" not in text_of(browser.get("/me/check-in/"))
    clock.at = make.at_day(4, 12)  # Friday evening
    assert "Nobody reads now:</strong> the next time is Monday 12 January at 09:00" in text_of(
        browser.get("/me/check-in/")
    )
    home.answer(2, clock.at)
    page = text_of(browser.get(address))
    assert "Nobody reads messages now." in page
    assert "Answers are read again on Monday 12 January at 09:00" in page
    assert "0808 157 0192" in page
    assert "Nobody reads" not in text_of(browser.get("/me/help-now/"))
    checkins.finish_checkin(check_in=home.check_in, by=home.client, at=clock.at)
    assert "Nobody reads messages now." in text_of(browser.get(f"{address}sent/"))


def test_the_hours_in_words_come_from_the_times_where_none_are_written(
    home: House, clock: Clock, settings: Any
) -> None:
    browser = browser_of(home.client)
    assert "in working hours" in text_of(browser.get("/me/rights/"))
    switch_on(settings, times="mon-thu 10:00-16:00")
    assert "Monday to Thursday, 10:00 to 16:00" in text_of(browser.get("/me/rights/"))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, service_hours="every morning")
    assert "every morning" in text_of(browser.get("/me/rights/"))


# -- reminders --------------------------------------------------------------------------------------------------


def planned(home: House, days: int, hours: int = 5) -> Any:
    return sessions.plan_session(
        episode=home.episode, planned_at=make.at_day(days, hours), by=home.therapist, at=make.at_day()
    )


def choose(home: House, **fields: str) -> Any:
    return browser_of(home.client).post("/me/reminders/", fields)


def test_a_client_chooses_to_be_reminded_and_takes_it_back(home: House, clock: Clock) -> None:
    wrong = choose(home, by_email="yes", address="nowhere")
    assert wrong.status_code == 422 and "This is no e-mail address" in text_of(wrong)
    assert choose(home, by_email="yes", address="rui@example.org").status_code == 302
    kept = ReminderChoice.objects.get()
    assert (kept.by_email, kept.address) == (True, "rui@example.org")
    assert b"rui@example.org" not in bytes(kept.address_sealed)
    assert "rui@example.org" in text_of(browser_of(home.client).get("/me/reminders/"))
    assert choose(home, address="").status_code == 302
    kept.refresh_from_db()
    assert (kept.by_email, kept.address) == (False, "")


def test_two_days_before_the_session_the_client_is_reminded_once_in_neutral_words(
    home: House, clock: Clock
) -> None:
    planned(home, 4)
    choose(home, by_email="yes", address="rui@example.org")
    mail = Taken()
    one = worker(clock, {Channel.EMAIL: mail})
    clock.at = make.at_day(1, 20)
    settle(one)
    assert mail.messages == []
    clock.at, clock.seconds = make.at_day(2), clock.seconds + 3600
    settle(one)
    assert [(message.to, message.kind) for message in mail.messages] == [("rui@example.org", "reminder")]
    in_app = Delivery.objects.get(channel="app", session__isnull=False)
    assert (in_app.recipient, in_app.state) == (home.client, "waiting")
    text_of(browser_of(home.client).get("/me/"))
    in_app.refresh_from_db()
    assert in_app.state == "shown"
    for _ in range(3):
        clock.passes(hours=3)
        settle(one)
    assert len(mail.messages) == 1


def test_nobody_is_reminded_who_has_answered_has_no_login_or_does_not_want_it(
    home: House, clock: Clock
) -> None:
    planned(home, 2)
    mail = Taken()
    one = worker(clock, {Channel.EMAIL: mail})
    settle(one)
    assert mail.messages == [] and Delivery.objects.filter(channel="app").count() == 1
    second = house()
    sessions.plan_session(
        episode=second.episode, planned_at=make.at_day(2, 5), by=second.therapist, at=make.at_day()
    )
    second.client.is_active = False
    second.client.save()
    clock.passes(minutes=2)
    settle(one)
    assert Delivery.objects.filter(channel="app").count() == 1


def test_no_letter_goes_to_a_client_while_somebody_may_be_a_danger_to_them(home: House, clock: Clock) -> None:
    """ipv_2: on the pages yes, by e-mail no; nor after it was made, when danger comes up before it is sent."""
    planned(home, 2)
    choose(home, by_email="yes", address="rui@example.org")
    mail = Taken([NO])
    one = worker(clock, {Channel.EMAIL: mail})
    settle(one)
    assert len(mail.messages) == 1
    make.entry(home.episode, "rec_ipv_screen", {"alone_confirmed": True, "positive": True}, at=clock.at)
    clock.passes(minutes=2)
    settle(one)
    assert [m.to for m in mail.messages if m.kind == "reminder"][1:] == [""]
    other = planned(home, 3)
    clock.at, clock.seconds = make.at_day(1), clock.seconds + 3600
    settle(one)
    assert set(other.deliveries.values_list("channel", flat=True)) == {"app"}


def test_the_page_of_reminders_names_nothing_where_the_service_sends_none(
    home: House, clock: Clock, settings: Any
) -> None:
    switch_on(settings, mail=None)
    page = text_of(browser_of(home.client).get("/me/reminders/"))
    assert "This service sends no e-mail" in page and "<form" not in page.split("<main")[1]


def test_an_address_for_alerts_is_never_a_clients(home: House) -> None:
    assert browser_of(home.client).get("/accounts/alerts/").status_code in (302, 404)
    assert tellings.channels_of(home.client) == (Channel.APP,)
