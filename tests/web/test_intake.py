"""The list of those who asked: waiting days, tries, hand-over, closing; numbers alone for the service lead."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.records.actions import enquiries
from openipt.records.models import AuditEvent, Enquiry, Episode, Role, User

pytestmark = pytest.mark.django_db

NOW = make.at_day(20)


@pytest.fixture(autouse=True)
def clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def taker() -> User:
    return make.therapist("Ada Taker")


@pytest.fixture
def desk(taker: User) -> Browser:
    return browser_of(taker)


def asked(days: int, name: str = "Ana", **more: Any) -> Enquiry:
    profile = {"name": name, "phone": "01632 960100"}
    said = {"words": "heronblue words", "safe_times": "after six"}
    made = enquiries.Asked(**{"profile": profile, "asks_for": "self", "words": said, **more})
    return enquiries.open_enquiry(form=uuid4(), asked=made, place="", at=make.at_day(20 - days)).enquiry


def page_of(browser: Browser, address: str = "/intake/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(text_of(answer))


def test_the_longest_waiting_stands_first_and_what_is_late_has_its_reason(desk: Browser) -> None:
    asked(1, "Newest"), asked(16, "Oldest"), asked(5, "Middle")
    asked(0, "Urgent", ground="ticked")
    page = page_of(desk)
    rows = page.split("the longest first", 1)[1]
    order = [rows.index(name) for name in ("Oldest", "Middle", "Newest", "Urgent")]
    assert order == sorted(order) and "Waits for 16 days" in rows and "not tried yet" in rows
    reasons = page.split("the longest first", 1)[0]
    assert "heronblue" not in page, "words are read on the page of one, where it is audited"
    first, second = reasons.index("Urgent: to be looked at first"), reasons.index("Oldest: no answer yet")
    assert first < second and "Middle: no answer yet" in reasons and "Newest" not in reasons
    assert "clinical reference 11.3" in reasons and "project default" in reasons


def test_targets_are_the_services_own(desk: Browser, settings: Any) -> None:
    from openipt.core.course.enquiry import Targets

    asked(5, "Middle")
    own = replace(settings.ENVIRONMENT.asking, targets=Targets(7, 30))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, asking=own)
    page = page_of(desk)
    assert "Middle: " not in page and "a first try within 7 days, a therapist within 30 days" in page


def test_one_enquiry_says_how_to_reach_them_safely_and_its_reading_is_audited(
    desk: Browser, taker: User
) -> None:
    row = asked(3, birth_year=2008)
    page = page_of(desk, f"/intake/{row.pk}/")
    for words in (
        "heronblue words",
        "01632 960100",
        "after six",
        "may not be left",
        "is said to nobody but them",
    ):
        assert words in page, words
    assert "may be under age" in page
    read = AuditEvent.objects.get(act="enquiry-read")
    assert (read.actor, read.ids) == (f"user:{taker.pk}", [str(row.pk)])


def test_tries_are_kept_with_their_words_and_count(desk: Browser) -> None:
    row = asked(5)
    base = f"/intake/{row.pk}/"
    wrong = desk.post(base, {"act": "contact", "way": "phone", "words": "somebody else answered"})
    assert wrong.status_code == 422 and "somebody else answered" in text_of(wrong)
    assert 'href="#f-contact-reached"' in text_of(wrong) and 'id="f-contact-reached"' in text_of(wrong)
    early = desk.post(base, {"act": "contact", "way": "phone", "reached": "no", "on": "2026-01-02"})
    assert early.status_code == 422 and "before the enquiry" in text_of(early)
    for reached in ("no", "no", "yes"):  # the second one is a double press
        assert desk.post(base, {"act": "contact", "way": "phone", "reached": reached}).status_code == 302
    page = page_of(desk)
    assert "tried twice, reached once" in page and "no answer yet" not in page


def test_handed_over_the_therapist_has_it_and_whoever_handed_it_over_does_not(desk: Browser) -> None:
    row, other = asked(9, ground="words"), make.therapist("Olu Other")
    base, theirs = f"/intake/{row.pk}/", browser_of(other)
    given = {
        "therapist": str(other.pk),
        "adaptation": "ipt_acute",
        "name": "Ana Reis",
        "words": "likes mornings",
    }
    wrong = desk.post(base, {"act": "hand-over", **given, "therapist": str(make.staff(Role.MANAGER).pk)})
    assert wrong.status_code == 422 and "likes mornings" in text_of(wrong)
    assert desk.post(base, {"act": "hand-over", **given})["Location"] == "/intake/"
    assert desk.get(base).status_code == 404 and "Ana" not in page_of(desk)
    today = page_of(theirs, "/today/")
    assert "Ana Reis: handed to you, not met yet" in today and "9 days ago" in today
    assert "Words in their enquiry may point to danger" in today, "it is an alert of the episode now"
    assert "Ana Reis" in page_of(theirs, "/clients/") and "Enquiry" in page_of(theirs, "/clients/")
    page = page_of(theirs, base)
    assert "heronblue words" in page and "likes mornings" in page and "Record a try" not in page
    refused = theirs.post(base, {"act": "close", "reason": "other", "offered": "x"})
    assert refused.status_code == 409, "an episode is ended in its own room"
    make.session(Episode.objects.get(), 20)
    assert "handed to you" not in page_of(theirs, "/today/")


def test_what_was_typed_while_somebody_else_handed_over_stands_once_more(desk: Browser) -> None:
    row = asked(2)
    mate = browser_of(make.therapist("Olu Mate"))
    given = {"therapist": str(make.therapist("Jo Other").pk), "adaptation": "ipt_acute"}
    mate.post(f"/intake/{row.pk}/", {"act": "hand-over", **given})
    tried = {"act": "contact", "way": "phone", "reached": "yes", "words": "larkspur on the phone"}
    late = desk.post(f"/intake/{row.pk}/", tried)
    assert late.status_code == 409 and "larkspur on the phone" in text_of(late)
    assert "Ana" not in text_of(late) and "heronblue" not in text_of(late)
    assert desk.post(f"/intake/{uuid4()}/", tried).status_code == 404
    lead = browser_of(make.staff(Role.SUPERVISOR)).post(f"/intake/{row.pk}/", tried)
    assert lead.status_code == 404, "whoever takes no enquiries does not learn that there is one"


def test_for_somebody_else_the_one_who_will_come_is_named(desk: Browser, taker: User) -> None:
    row = asked(1, "Ida", asks_for="other", birth_year=1971)
    given = {"therapist": str(taker.pk), "adaptation": "ipt_acute", "name": ""}
    wrong = desk.post(f"/intake/{row.pk}/", {"act": "hand-over", **given})
    assert wrong.status_code == 422 and "person who will come" in text_of(wrong)
    assert desk.post(f"/intake/{row.pk}/", {"act": "hand-over", **given, "name": "Mia"}).status_code == 302
    client = Episode.objects.select_related("client").get().client
    assert (client.name, client.birth_year) == ("Mia", None), "the year was that of whoever asked"
    assert "Ida" in page_of(desk, f"/intake/{row.pk}/"), "who asked is not forgotten"


def test_closed_with_a_reason_and_what_was_offered_instead(desk: Browser) -> None:
    row = asked(1, ground="ticked")
    given = {"reason": "not_suitable", "offered": "The clinic for eating disorders."}
    refused = desk.post(f"/intake/{row.pk}/", {"act": "close", **given})
    assert refused.status_code == 409 and "nobody has tried" in text_of(refused)
    assert "The clinic for eating disorders." in text_of(refused)
    desk.post(f"/intake/{row.pk}/", {"act": "contact", "way": "phone", "reached": "yes"})
    assert desk.post(f"/intake/{row.pk}/", {"act": "close", **given}).status_code == 302
    assert row.reference in page_of(desk)
    page = page_of(desk, f"/intake/{row.pk}/")
    assert "The clinic for eating disorders." in page and "Record a try" not in page


def test_today_tells_those_who_take_enquiries_and_nobody_else(
    settings: Any, desk: Browser, taker: User
) -> None:
    asked(16)
    assert "1 person asks for help" in page_of(desk, "/today/") and "/intake/" in page_of(desk, "/today/")
    named = replace(settings.ENVIRONMENT.asking, intake=frozenset({make.therapist().username}))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, asking=named)
    assert "/intake/" not in page_of(desk, "/today/")
    assert desk.get("/intake/").status_code == 404


def test_the_service_lead_sees_numbers_and_no_word() -> None:
    asked(16, "Oldest"), asked(2, "Newest", ground="ticked")
    lead = browser_of(make.staff(Role.MANAGER))
    page = page_of(lead, "/service/")
    assert "Asked for help, not handed over yet" in page and "the longest for 16 days" in page
    assert "To be looked at first, and not reached yet" in page
    assert not any(word in page for word in ("Oldest", "Newest", "heronblue", "960100"))
    assert lead.get("/intake/").status_code == 404
