"""The form of every record: drawn, filled, sent back and read again, with and without faults."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import FileSystemLoader
from tests.core.fields.made_values import CODES, PEOPLE, RECORDS, entries_of

import openipt
from openipt.core.fields.definitions import every_field
from openipt.core.fields.words import in_words
from openipt.errors import NoAccess
from openipt.web.jinja import environment
from openipt.web.record_forms import RecordForm
from openipt.web.record_typed import date_as_typed

TEMPLATES = Path(openipt.__file__).parent / "web" / "templates"
JINJA = environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
FORM = JINJA.get_template("components/record_form.html").module
VIEW = JINJA.get_template("components/record_view.html").module

every_record = pytest.mark.parametrize("name", RECORDS)


class Sent(HTMLParser):
    """What a browser would send for a page: its successful controls in order, and all ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self._templates = 0
        self._select: str | None = None
        self._textarea: list[str] | None = None
        self._first = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "template":
            self._templates += 1
        if self._templates:
            return
        self.tags.append((tag, at))
        if "id" in at:
            self.ids.append(at["id"])
        if tag == "input" and (at.get("type") not in ("radio", "checkbox") or "checked" in at):
            self.pairs.append((at["name"], at["value"]))
        if tag == "select":
            self._select, self._first = at["name"], ""
        if tag == "option" and "selected" in at:
            self._first = at["value"]
        if tag == "textarea":
            self._textarea = [at["name"]]

    def handle_endtag(self, tag):
        if tag == "template":
            self._templates -= 1
        elif tag == "select" and not self._templates:
            self.pairs.append((self._select, self._first))
        elif tag == "textarea" and not self._templates:
            name, *words = self._textarea
            text = "".join(words)
            self.pairs.append((name, text.removeprefix("\n").replace("\n", "\r\n")))
            self._textarea = None

    def handle_data(self, data):
        if self._textarea is not None:
            self._textarea.append(data)

    def post(self, *more: tuple[str, str]) -> QueryDict:
        sent = QueryDict(mutable=True)
        for name, value in [*self.pairs, *more]:
            sent.appendlist(name, value)
        return sent


def form_of(name: str, values: dict[str, Any] | None = None, **more) -> RecordForm:
    return RecordForm.from_values(RECORDS[name], values, people=PEOPLE, codes=CODES, **more)


def drawn(form: RecordForm) -> Sent:
    return Sent(str(FORM.record_form(form)))


def sent_back(name: str, post: Any, **more) -> RecordForm:
    return RecordForm.from_post(RECORDS[name], post, people=PEOPLE, codes=CODES, **more)


def post_of(*pairs: tuple[str, str]) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, value in pairs:
        sent.appendlist(name, value)
    return sent


@every_record
@settings(max_examples=8)
@given(data=st.data())
def test_what_is_shown_comes_back_equal(name, data):
    values = data.draw(entries_of(RECORDS[name]))
    back = sent_back(name, drawn(form_of(name, values)).post())
    assert back.values == values
    assert back.faults == ()


@every_record
def test_every_form_is_well_made(name):
    """Ids once only, every label and description leads somewhere, nothing is filled in by the browser."""
    page = drawn(form_of(name, id_prefix="r1"))
    assert len(page.ids) == len(set(page.ids))
    ids = set(page.ids)
    for tag, at in page.tags:
        if tag == "label" and "for" in at:
            assert at["for"] in ids
        for one in at.get("aria-describedby", "").split():
            assert one in ids
        if tag in ("textarea", "select") or (tag == "input" and at.get("type") == "text"):
            assert at["autocomplete"] == "off"
            assert at["id"] in {label.get("for") for kind, label in page.tags if kind == "label"}
        assert not any(key.startswith("on") or key == "style" for key in at)
    names = [name for name, _ in page.pairs]
    assert len(names) == len(set(names))


@every_record
def test_an_empty_form_makes_no_record(name):
    back = sent_back(name, drawn(form_of(name)).post())
    assert back.values == {}
    assert back.record_error.startswith("Nothing has been entered yet")


@every_record
def test_a_quick_form_draws_only_its_fields(name):
    quick = RECORDS[name].quick_fields
    assert [control.field.key for control in form_of(name, only=quick).controls] == [
        field.key for field in RECORDS[name].fields if field.key in quick
    ]


def test_everything_stays_as_typed_when_something_is_wrong():
    page = drawn(form_of("rec_communication_analysis", {"turns": [{"order": 1, "said": "x"}]}))
    post = page.post()
    post["date"] = "31 February 2025"
    post["mood_before_0_10"] = "12"
    post["session"] = "six"
    post["turns-1-said"] = "Forget it."
    back = sent_back("rec_communication_analysis", post)
    faults = {fault.path: fault.message for fault in back.faults}
    assert faults == {
        "date": "Enter a date that exists. 31 February does not.",
        "session": "Enter a whole number from 0 to 999.",
        "mood_before_0_10": "Choose a number from 0 to 10.",
        "turns.1.speaker": "Choose an answer for “Who speaks”.",
    }
    again = drawn(back)
    shown = dict(again.pairs)
    assert shown["date"] == "31 February 2025"
    assert shown["session"] == "six"
    assert shown["turns-1-said"] == "Forget it."
    invalid = {at["id"] for _, at in again.tags if at.get("aria-invalid") == "true"}
    assert invalid == {"date", "session", "mood_before_0_10", "turns-1-speaker"}
    links = [line.id for line in back.error_lines]
    assert set(links) <= set(again.ids) and len(links) == 4


def test_faults_count_rows_as_they_stand_after_the_blank_ones_are_gone():
    post = post_of(("gains-4", ""), ("gains-2", "a" * 501), ("gains-3", "fine"), ("role", "old"))
    back = sent_back("rec_role_balance", post)
    assert [fault.path for fault in back.faults] == ["gains.1"]
    wrong = [at for _, at in drawn(back).tags if at.get("aria-invalid")]
    assert [at["value"] for at in wrong] == ["a" * 501]


def test_a_megabyte_of_text_is_refused_and_kept():
    text = "words " * 180_000
    back = sent_back("rec_quote", post_of(("words", text)))
    (fault,) = back.faults
    assert fault.message.startswith(f"This is {len(text.strip()):,} characters long; 50,000 fit here.")
    assert dict(drawn(back).pairs)["words"].strip() == text.strip()


@pytest.mark.parametrize(
    ("wish", "lines"),
    [
        ("gains:add", ["one", "two", "three", ""]),
        ("gains:up:2", ["two", "one", "three"]),
        ("gains:up:1", ["one", "two", "three"]),
        ("gains:down:2", ["one", "three", "two"]),
        ("gains:remove:1", ["two", "three"]),
        ("gains:remove:9", ["one", "two", "three"]),
    ],
)
def test_rows_work_without_script(wish, lines):
    page = drawn(form_of("rec_role_balance", {"role": "old", "gains": ["one", "two", "three"]}))
    back = sent_back("rec_role_balance", page.post(("_rows", wish)))
    assert back.is_row_action and not back.faults and not back.is_valid
    again = drawn(back)
    assert [value for name, value in again.pairs if name.startswith("gains-")] == lines
    assert ("role", "old") in again.pairs
    assert back.focus_id in again.ids


def test_rows_within_a_form_keep_what_else_was_typed():
    page = drawn(form_of("rec_communication_analysis"))
    post = page.post(("_rows", "turns:add"))
    post["turns-1-said"] = "Forget it."
    post["date"] = "not a date"
    back = sent_back("rec_communication_analysis", post)
    again = drawn(back)
    assert ("turns-1-said", "Forget it.") in again.pairs and ("date", "not a date") in again.pairs
    assert ("turns-3-said", "") in again.pairs
    assert back.focus_id == "turns-3-speaker-1"


def test_the_order_sent_is_the_order_kept():
    post = post_of(("role", "new"), ("gains-3", "third"), ("gains-1", "first"))
    assert sent_back("rec_role_balance", post).values["gains"] == ["third", "first"]


def test_a_wish_that_makes_no_sense_changes_nothing():
    for wish in ("", "turns", "turns:burn:1", "a:up:", "../x:add", "gains:up:99999999"):
        post = post_of(("role", "old"), ("gains-1", "one"), ("_rows", wish))
        assert sent_back("rec_role_balance", post).values == {"role": "old", "gains": ["one"]}


def test_fields_that_are_not_drawn_keep_what_is_stored():
    before = {"first_word": "numb", "body": "cold hands", "intensity_0_10": 9}
    quick = sent_back("rec_emotion_log", post_of(("first_word", "sad")), before=before, only=("first_word",))
    assert quick.values == {"first_word": "sad", "body": "cold hands", "intensity_0_10": 9}
    stored = {"context": "letter", "safety_flag": True}
    client = sent_back("rec_communication_analysis", post_of(("context", "x")), before=stored, role="client")
    assert client.values == {"context": "x", "safety_flag": True}


def test_a_client_never_sends_what_a_client_may_not_see():
    post = post_of(("context", "x"), ("safety_flag", "yes"))
    assert sent_back("rec_communication_analysis", post, role="client").values == {"context": "x"}
    assert form_of("rec_emotion_log", role="client").title == "Naming a feeling"


@pytest.mark.parametrize("name", ["rec_ipv_screen", "rec_risk", "rec_suitability", "rec_contract"])
def test_no_form_for_the_client_of_what_is_not_the_clients_to_write(name):
    with pytest.raises(NoAccess):
        form_of(name, role="client")
    with pytest.raises(NoAccess):
        sent_back(name, post_of(("level", "green")), role="client")


def test_both_an_answer_and_other_words_is_asked_about():
    both = sent_back(
        "rec_action_plan", post_of(("step", "x"), ("supporter", "p_dana"), ("supporter-new", "Iris"))
    )
    assert [fault.path for fault in both.faults] == ["supporter"]
    shown = drawn(both).pairs
    assert ("supporter", "p_dana") in shown and ("supporter-new", "Iris") in shown
    risk = sent_back("rec_risk", post_of(("thoughts", "no"), ("thoughts-words", "passing wish")))
    assert [fault.path for fault in risk.faults] == ["thoughts"]
    assert sent_back("rec_risk", post_of(("thoughts", "yes"), ("thoughts-words", "a wish"))).values == {
        "thoughts": "a wish"
    }


def test_new_names_are_told_apart_from_known_people():
    post = post_of(
        ("link_text", "x"), ("people", "p_dana"), ("people", "neighbour"), ("people-new", "Iris; Emil’s wife")
    )
    back = sent_back("rec_event_mood_link", post)
    assert back.values["people"] == ["p_dana", "neighbour", "Iris", "Emil’s wife"]
    assert back.new_names == ("neighbour", "Iris", "Emil’s wife")


def test_scores_need_their_measure():
    post = post_of(("focus_kept", "yes"), ("scores-1-measure", ""), ("scores-1-score", "8"))
    (fault,) = sent_back("rec_review", post).faults
    assert (fault.path, fault.message) == ("scores", "Choose the measure for each score.")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("21.3.2025", "2025-03-21"),
        ("21/03/2025", "2025-03-21"),
        ("21 March 2025", "2025-03-21"),
        ("21. mar 2025", "2025-03-21"),
        ("2025-3-1", "2025-03-01"),
        ("March 2025", "2025-03"),
        ("31 February 2025", "2025-02-31"),
        ("2008", "2008"),
        ("ma 2025", "ma 2025"),
        ("soon", "soon"),
    ],
)
def test_dates_as_people_write_them(typed, day):
    assert date_as_typed(typed) == day


def test_what_is_typed_is_never_markup():
    form = form_of("rec_quote", {"words": "</textarea><script>x</script>", "about": '"><b>'})
    html = str(FORM.record_form(form))
    assert "<script>" not in html and "<b>" not in html
    said = in_words(RECORDS["rec_quote"], form.values, people={}, codes={})
    assert "<script>" not in str(VIEW.record_view(said, title="Quote"))


def test_the_read_view_says_every_field_with_its_label():
    values = {
        "other_person_id": "p_dana",
        "turns": [{"order": 1, "speaker": "client", "said": "Forget it."}],
        "follow_up": {"tried": True},
    }
    said = in_words(RECORDS["rec_communication_analysis"], values, people=PEOPLE, codes=CODES)
    html = str(VIEW.record_view(said, title="A talk", date="7 October 2025"))
    for words in ("With whom", "Dana", "Forget it.", "Client", "What came of it", "Tried", "Yes"):
        assert words in html
    assert "p_dana" not in html


def test_no_text_input_cuts_what_is_pasted():
    for record in RECORDS.values():
        assert list(every_field(record.fields))
        assert "maxlength" not in str(FORM.record_form(form_of(record.id)))
