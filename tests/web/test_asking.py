"""Asking for help, by those who need it and by those who attack it: the page, its form, its receipt."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.http import HttpResponse
from django.test import Client as Browser
from tests import factories as make
from tests.web.rooms_world import set_clock, text_of

from openipt import library
from openipt.core.formulation.readability import reading
from openipt.errors import SettingError
from openipt.records.models import AskingCount, AuditEvent, Client, Enquiry, User
from openipt.web.asking import stamp
from openipt.web.environment_asking import asking

pytestmark = pytest.mark.django_db

PAGE, SENT = "/me/asking/", "/me/asking/sent/"
NOW = make.at_day(0, 1)
STAMP = re.compile(r'name="stamp" value="([^"]+)"')
GOOD = {"asks_for": "self", "called": "Ana", "phone": "01632 960100", "agreed": "yes", "language": "en"}


class Clock:
    """The service's clock, moved by a test."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.at = patch, NOW
        self.go()

    def go(self, time: timedelta = timedelta(0)) -> datetime:
        self.at += time
        set_clock(self.patch, self.at)
        return self.at


@pytest.fixture(autouse=True)
def taker() -> User:
    """Somebody who takes enquiries: without anybody there is no form."""
    return make.therapist()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def service(settings: Any) -> Iterator[Any]:
    """Changes the settings of asking; `mode` and `home` those of the service."""

    def change(**more: Any) -> None:
        service_wide = {key: more.pop(key) for key in ("mode", "home") if key in more}
        found = replace(django_settings.ENVIRONMENT, **service_wide)
        settings.ENVIRONMENT = replace(found, asking=replace(found.asking, **more))

    return change


def stamp_of(answer: HttpResponse) -> str:
    found = STAMP.search(text_of(answer))
    assert found is not None
    return unescape(found[1])


def opened(clock: Clock, browser: Browser, wait: float = 10) -> str:
    """The page's stamp, and somebody who read the page for so many seconds."""
    mark = stamp_of(browser.get(PAGE))
    clock.go(timedelta(seconds=wait))
    return mark


def sent(clock: Clock, browser: Browser | None = None, **more: str) -> HttpResponse:
    browser = browser or Browser()
    return browser.post(PAGE, {**GOOD, "stamp": opened(clock, browser), **more})


def body_of(answer: HttpResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", text_of(answer).split("<main", 1)[1]))


# -- the page ------------------------------------------------------------------------------------------


def test_whom_to_call_stands_before_anything_else_and_reads_easily(clock: Clock) -> None:
    text = text_of(Browser().get(PAGE))
    first = text.index("01632 960999")
    assert first < text.index("What we offer") < text.index('<form method="post" action="/me/asking/"')
    assert "<title>Asking · My notes</title>" in text and 'data-quick-exit="/kitchen/"' in text
    for part in ("What we offer", "Write to us"):
        assert part in text
    prose = text.split('class="lead"', 1)[1].split("<form", 1)[0]
    plain = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</(?:p|li|h\d)>", ".\n", prose)))
    found = reading(plain)
    assert found.words > 250 and found.is_plain, (found.lix, found.long_sentences)


def test_nothing_forbidden_is_claimed(clock: Clock) -> None:
    """ipt.md 16: words no text of ours may use."""
    words = body_of(Browser().get(PAGE)).lower()
    for never in (*library.table("evidence")["forbidden"], "patient"):
        assert never not in words, never


def test_both_doors_lead_there(clock: Clock) -> None:
    assert all('href="/me/asking/"' in text_of(Browser().get(door)) for door in ("/login/", "/me/login/"))
    assert Browser().get("/asking/")["Location"] == PAGE


@pytest.mark.parametrize("closed", ["no contacts", "switched off", "nobody reads"])
def test_a_closed_form_says_why_and_whom_to_call(
    service: Any, clock: Clock, closed: str, tmp_path: Any
) -> None:
    mark = opened(clock, Browser())
    if closed == "no contacts":
        service(mode="live", home=tmp_path, instead="Call the desk at 01632 960555.")
    else:
        nobody = frozenset({"a.typo"}) if closed == "nobody reads" else frozenset()
        service(is_open=bool(nobody), intake=nobody, instead="Call the desk at 01632 960555.")
    page = text_of(Browser().get(PAGE))
    assert "01632 960555" in page and '<form method="post" action="/me/asking/"' not in page
    assert ("whom people in danger can call" in page) == (closed == "no contacts")
    assert ("nobody would read" in page) == (closed == "nobody reads")
    refused = Browser().post(PAGE, {**GOOD, "stamp": mark, "words": "heronblue"})
    assert refused.status_code == 409 and "heronblue" in text_of(refused)
    assert not Client.objects.exists()


# -- sending -------------------------------------------------------------------------------------------


def test_one_enquiry_a_receipt_without_words_and_no_account(clock: Clock) -> None:
    browser = Browser()
    answer = sent(clock, browser, words="Since heronblue left.", safe_times="after six", leave_message="yes")
    assert (answer.status_code, answer["Location"]) == (303, SENT)
    row = Enquiry.objects.select_related("client").get()
    assert row.client.profile == {"name": "Ana", "phone": "01632 960100"}
    assert row.words == {"words": "Since heronblue left.", "safe_times": "after six", "leave_message": "yes"}
    receipt = text_of(browser.get(SENT))
    assert row.reference in receipt and "heronblue" not in receipt and "Ana" not in receipt
    assert str(row.pk) not in receipt + answer.cookies.output()
    assert User.objects.count() == 1, "nobody but who takes enquiries has an account"
    assert "sessionid" not in answer.cookies and "openipt_me" not in answer.cookies
    assert row.reference not in text_of(Browser().get(SENT)), "another browser learns nothing"


def test_pressed_twice_it_is_one_enquiry_and_both_see_the_receipt(clock: Clock) -> None:
    browser = Browser()
    mark = opened(clock, browser)
    words = {"called": "Zoe\u0308", "words": "two\r\nlines"}  # not as they are kept
    answers = [browser.post(PAGE, {**GOOD, **words, "stamp": mark}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Enquiry.objects.count() == Client.objects.count() == 1


def test_changed_and_sent_again_nothing_is_lost(clock: Clock) -> None:
    browser = Browser()
    mark = opened(clock, browser)
    browser.post(PAGE, {**GOOD, "stamp": mark})
    again = browser.post(PAGE, {**GOOD, "stamp": mark, "words": "and heronblue"})
    assert again.status_code == 422 and "heronblue" in text_of(again)
    last = browser.post(PAGE, {**GOOD, "stamp": stamp_of(again), "words": "and heronblue"})
    assert last.status_code == 303 and Enquiry.objects.count() == 2


WRONG = [
    ({"asks_for": ""}, "asks_for"),
    ({"asks_for": "everybody"}, "asks_for"),
    ({"called": "  "}, "called"),
    ({"called": "x" * 81}, "called"),
    ({"called": "Ana\nBcc: all"}, "called"),
    ({"called": "Ana\x00"}, "called"),
    ({"called": "A\u009bna"}, "called"),
    ({"called": "\u202eanA"}, "called"),  # would turn "not reached yet" beside it on the list
    ({"called": "\u200b\u3164"}, "called"),
    ({"phone": "", "email": "", "address": " "}, "phone"),
    ({"phone": "12"}, "phone"),
    ({"phone": "0" * 41}, "phone"),
    ({"email": "ana@nowhere"}, "email"),
    ({"address": "x" * 401}, "address"),
    ({"safe_times": "x" * 201}, "safe_times"),
    ({"words": "x" * 1001}, "words"),
    ({"words": "bell\x07"}, "words"),
    ({"birth_year": "19"}, "birth_year"),
    ({"birth_year": "3000"}, "birth_year"),
    ({"birth_year": "2015"}, "birth_year"),
    ({"language": "xx"}, "language"),
    ({"agreed": ""}, "agreed"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_each_field_says_at_itself_what_it_cannot_take(
    clock: Clock, wrong: dict[str, str], field: str
) -> None:
    answer = sent(clock, **{"words": "heronblue", **wrong})
    text = text_of(answer)
    assert answer.status_code == 422 and not Client.objects.exists()
    assert f'href="#f-{field}"' in text and f'id="f-{field}-error"' in text
    assert "words" in wrong or "heronblue" in text, "what was typed is kept"


def test_where_there_are_several_regions_one_says_where_one_lives(
    service: Any, clock: Clock, tmp_path: Any
) -> None:
    contact = '[[contact]]\nregion = "{0}"\nname = "Line {0}"\nphone = "01632 96080{1}"\n'
    (tmp_path / "crisis.toml").write_text(contact.format("gb", 1) + contact.format("ie", 2))
    if (
        kept := django_settings.ENVIRONMENT.home / "keys"
    ).exists():  # a test before this one may have needed them
        shutil.copytree(kept, tmp_path / "keys")
    service(home=tmp_path, mode="live")
    page = text_of(Browser().get(PAGE))
    assert "01632 960801" in page and "01632 960802" in page and 'name="region"' in page
    assert 'id="f-region-error"' in text_of(sent(clock))
    assert sent(clock, region="xx").status_code == 422
    assert sent(clock, region="ie").status_code == 303
    assert Client.objects.get().region == "ie"


def test_too_young_is_told_whom_to_turn_to_and_a_service_may_choose(service: Any, clock: Clock) -> None:
    answer = text_of(sent(clock, birth_year="2012"))
    assert "adult you trust" in answer and answer.index("call-now") < answer.index("01632 960999")
    service(youngest=12)
    assert sent(clock, birth_year="2012").status_code == 303


@pytest.mark.parametrize("said", [{"danger": "yes"}, {"words": "I want to kill myself."}])
def test_danger_that_is_said_brings_whom_to_call_at_once_and_is_kept(
    clock: Clock, said: dict[str, str]
) -> None:
    browser = Browser()
    wrong = text_of(sent(clock, browser, **said, called=""))
    assert wrong.index('id="call-now"') < wrong.index("error-summary")
    assert sent(clock, browser, **said).status_code == 303
    receipt = text_of(browser.get(SENT))
    assert receipt.index('id="call-now"') < receipt.index("01632 960999") < receipt.index("It has arrived")
    assert Enquiry.objects.get().ground == ("ticked" if "danger" in said else "words")


# -- robots and floods -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait", "trap", "said"),
    [
        (1, "", "faster than we could be sure"),
        (60 * 60 * 13, "", "open for a long time"),
        (10, "https://spam.example", "A field that nobody sees"),
    ],
)
def test_what_a_robot_would_do_is_asked_about_and_one_press_sends_it(
    clock: Clock, wait: int, trap: str, said: str
) -> None:
    browser = Browser()
    mark = opened(clock, browser, wait)
    given = {**GOOD, "words": "heronblue"}
    answer = browser.post(PAGE, {**given, "stamp": mark, "website": trap})
    text = text_of(answer)
    assert (
        answer.status_code == 422
        and said in text
        and "heronblue" in text
        and trap not in (text if trap else ())
    )
    assert not Client.objects.exists()
    clock.go(timedelta(seconds=3))
    assert browser.post(PAGE, {**given, "stamp": stamp_of(answer)}).status_code == 303


def forged() -> list[str]:
    early = str(stamp.fresh(NOW))
    other = signing.dumps(["0" * 32, NOW.isoformat()], salt="another form")
    return [
        "",
        "x",
        early[:-2] + "xx",
        other,
        signing.dumps("words", salt=stamp.SALT),
        "a" * 5000,
        "\x00:\x00:\x00",
    ]


@pytest.mark.parametrize("number", range(7))
def test_a_stamp_of_ones_own_making_opens_nothing(clock: Clock, number: int) -> None:
    clock.go(timedelta(minutes=1))
    answer = Browser().post(PAGE, {**GOOD, "stamp": forged()[number], "words": "heronblue"})
    assert answer.status_code == 422 and "heronblue" in text_of(answer)
    assert not Client.objects.exists()


def test_one_place_is_stopped_others_are_not_and_nobody_learns_of_anybody(service: Any, clock: Clock) -> None:
    service(from_one=2, an_hour=9)
    here, there = Browser(REMOTE_ADDR="198.51.100.7"), Browser(REMOTE_ADDR="198.51.100.8")
    assert [sent(clock, here).status_code for _ in range(2)] == [303, 303]
    stopped = sent(clock, here, words="heronblue")
    assert (
        stopped.status_code == 429 and "heronblue" in text_of(stopped) and "01632 960999" in text_of(stopped)
    )
    unknown = sent(clock, here, called="Somebody new", words="heronblue")
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", text_of(unknown)) == strip.sub("", text_of(stopped)), "known or not, the same answer"
    assert sent(clock, there).status_code == 303
    assert not any("198.51" in str(row) for row in AskingCount.objects.values_list())
    clock.go(timedelta(hours=1))
    again = here.post(PAGE, {**GOOD, "stamp": stamp_of(stopped), "words": "heronblue"})
    assert again.status_code == 303, "the words that were kept go through when the hour is over"


def test_a_whole_network_counts_as_one_place_and_a_forged_header_as_none(service: Any, clock: Clock) -> None:
    service(from_one=1, an_hour=9)
    assert sent(clock, Browser(REMOTE_ADDR="2600:1:2:3::1")).status_code == 303
    assert sent(clock, Browser(REMOTE_ADDR="2600:1:2:3:ffff::9")).status_code == 429
    for forged_address in ("1.1.1.1", "2.2.2.2"):
        liar = Browser(REMOTE_ADDR="2600:1:2:3::7", HTTP_X_FORWARDED_FOR=forged_address)
        assert sent(clock, liar).status_code == 429, "a header from outside is not believed"


def test_behind_a_web_server_the_address_it_wrote_down_counts(service: Any, clock: Clock) -> None:
    service(from_one=1, an_hour=9, proxies=1)

    def through(line: str) -> int:
        return sent(clock, Browser(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=line)).status_code

    assert through("9.9.9.9, 198.51.100.7") == 303
    assert through("8.8.8.8, 198.51.100.7") == 429, "what stands before it anybody could have written"
    assert through("198.51.100.8") == 303
    service(from_one=1, an_hour=9, proxies=0)
    assert [through("198.51.100.9"), through("198.51.100.10")] == [303, 303], (
        "an unnamed server hides all behind it"
    )


def test_a_form_without_its_token_is_not_taken_and_keeps_its_words(clock: Clock) -> None:
    browser = Browser(enforce_csrf_checks=True)
    mark = opened(clock, browser)
    token = browser.cookies["openipt_me_form"].value
    stranger = browser.post(PAGE, {**GOOD, "stamp": mark}, headers={"origin": "https://evil.example"})
    ours = browser.post(
        PAGE, {**GOOD, "stamp": mark, "words": "heronblue"}, headers={"origin": "http://testserver"}
    )
    assert (stranger.status_code, ours.status_code) == (403, 403) and "heronblue" in text_of(ours)
    assert not Client.objects.exists()
    assert browser.post(PAGE, {**GOOD, "stamp": mark, "csrfmiddlewaretoken": token}).status_code == 303


@pytest.mark.parametrize("size", ["33000", "999999999999999", "-1", "many"])
def test_a_large_body_is_refused_before_it_is_read(
    clock: Clock, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.http import HttpRequest

    def reads(*_: Any) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr(HttpRequest, "_load_post_and_files", reads)
    browser = Browser(enforce_csrf_checks=True)
    answer = browser.generic("POST", PAGE, b"x" * 100, CONTENT_LENGTH=size)
    assert answer.status_code == 413


def test_the_longest_enquiry_there_may_be_fits(clock: Clock) -> None:
    letters = "\U00010348"  # four bytes in UTF-8, twelve as a form sends it
    longest = {"called": 80, "address": 400, "safe_times": 200, "words": 1000}
    answer = sent(clock, **{name: letters * most for name, most in longest.items()})
    assert answer.status_code == 303
    assert Enquiry.objects.get().words["words"] == letters * 1000


@pytest.mark.parametrize(
    "hostile",
    [
        {"called": "<script>alert(1)</script>"},
        {"called": "{{ 7*7 }}", "words": "' OR 1=1; --"},
        {"called": "Ana", "words": "\u202egnp.exe", "safe_times": "🕯️"},
        {"called": "\u200fعلی\u200cرضا 👩\u200d🔧"},
    ],
)
def test_hostile_words_are_only_words(clock: Clock, hostile: dict[str, str]) -> None:
    wrong = text_of(sent(clock, **hostile, phone=""))
    assert "<script>alert" not in wrong
    assert sent(clock, **hostile).status_code == 303
    assert Enquiry.objects.select_related("client").get().client.name == hostile["called"]


def test_nothing_of_it_stands_in_the_audit_or_a_log(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    sent(clock, called="Heronblue", words="heronblue", phone="01632 960123")
    sent(clock, called="Heronblue", words="heronblue\x07")
    assert "eronblue" not in caplog.text
    assert not any("eronblue" in str(row) or "960123" in str(row) for row in AuditEvent.objects.values_list())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"OPENIPT_ENQUIRY_ANSWER_DAYS": "soon"}, "OPENIPT_ENQUIRY_ANSWER_DAYS is 'soon'"),
        ({"OPENIPT_ENQUIRIES_AN_HOUR": "0"}, "from 1 to"),
        (
            {"OPENIPT_ENQUIRY_ANSWER_DAYS": "9", "OPENIPT_ENQUIRY_WAIT_DAYS": "5"},
            "the wait as long or longer",
        ),
    ],
)
def test_a_wrong_setting_says_how_to_set_it(values: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        asking(values)
    assert asking({"OPENIPT_INTAKE": "therapists"}).intake == frozenset()
    assert asking({"OPENIPT_INTAKE": " Ada, bo "}).intake == {"ada", "bo"}
