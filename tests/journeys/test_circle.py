"""The closeness circle in a real browser: by pointer, by touch, by keyboard, by list, without script; nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import people
from openipt.records.models import Entry, Episode, Person
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PEOPLE = (("Rosa", 1), ("Bento", 2), ("Iris", 3), ("Grandmother Lúcia", 2), ("Teo", None))
NAMES = (
    *("Ana", "Beatriz", "Clara", "Dmitri", "Elif", "Fatou", "Greta", "Hana", "Inês", "Jan"),
    *("Kari", "Luca", "Marta", "Nuno", "Olu", "Priya", "Quentin", "Rui", "Sven", "Tove"),
)


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.at_day(14, 1))


def named(of: Episode, label: str, ring: int | None = None, **values: Any) -> str:
    at, by = make.at_day(), of.therapist
    code = people.add_person(episode=of, label=label, by=by, at=at).code
    kept = {"person_id": code, "label": label, **values}
    make.entry(
        of, "rec_inventory_person", {**kept, "closeness_ring_1_3": ring} if ring else {**kept, "alive": True}
    )
    return code


def drawn(of: Episode, day: int, rings: dict[str, list[str]]) -> None:
    make.entry(of, "rec_closeness_circle", {"rings": rings, "empty_rings": []}, at=make.at_day(day))


@pytest.fixture
def episode() -> Episode:
    made, _ = make.active_episode(make.therapist("Maren Solberg"))
    return made


@pytest.fixture
def codes(episode: Episode) -> dict[str, str]:
    return {label: named(episode, label, ring) for label, ring in PEOPLE}


def open_room(open_page: Any, episode: Episode, tail: str = "people/circle/", **more: Any) -> Any:
    page = open_page(**more)
    sign_in(page, episode.therapist.username, make.PASSWORD)
    page.goto(f"/episodes/{episode.pk}/{tail}")
    if more.get("java_script_enabled", True):
        started(page)
    return page


def person(page: Any, code: str) -> Any:
    return page.locator(f".circle-drawing:visible .circle-person[data-code='{code}']:not([data-going])")


def stands_in(page: Any, code: str, ring: int) -> None:
    """The server has laid the drawing out: this person in this ring; and the list says the same."""
    expect(person(page, code)).to_have_attribute("data-person-ring", str(ring))
    expect(page.locator(f"input[name='ring-{code}'][value='{ring}']")).to_be_checked()


def said(page: Any, words: str) -> None:
    expect(page.locator("[data-circle-said]")).to_contain_text(words)


def saved(page: Any) -> None:
    expect(page.locator(".circle-bar [data-save-status]")).to_contain_text("Saved")


def place(page: Any, ring: int, angle: float) -> tuple[float, float]:
    """A place on the screen in the middle of a ring, at an angle from the top."""
    return tuple(
        page.evaluate(
            """([ring, angle]) => {
              const svg = [...document.querySelectorAll('.circle-drawing')].find((one) => one.checkVisibility());
              const lines = [svg.dataset.self, ...svg.dataset.lines.split(' ')].map(Number);
              const out = (lines[ring - 1] + lines[ring]) / 2, turn = angle * Math.PI / 180;
              const { width, height } = svg.viewBox.baseVal;
              const at = new DOMPoint(width / 2 + out * Math.sin(turn), height / 2 - out * Math.cos(turn)).matrixTransform(svg.getScreenCTM());
              return [at.x, at.y];
            }""",
            [ring, angle],
        )
    )


def centre(page: Any, code: str) -> tuple[float, float]:
    box = person(page, code).locator(".circle-disc").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('.circle-drawing')) {
    if (!svg.checkVisibility()) continue;
    const frame = svg.getBoundingClientRect();
    const words = [...svg.querySelectorAll('.circle-name, .circle-ring-name, .circle-self-word')];
    const boxes = [...words, ...svg.querySelectorAll('.circle-disc')].map((one) => [one.textContent || one.parentNode.dataset.code, one.getBoundingClientRect(), one.parentNode]);
    boxes.forEach(([name, a, owner], at) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1) found.push([name, 'outside']);
      for (const [other, b, of] of boxes.slice(at + 1)) {
        if (owner !== of && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) found.push([name, other]);
      }
    });
  }
  return found;
}"""


def overlaps(page: Any) -> list[Any]:
    """What lies on what, once everybody has come to rest."""
    page.evaluate(
        "async () => { while (document.getAnimations().length) await Promise.allSettled(document.getAnimations().map((one) => one.finished)); }"
    )
    return list(page.evaluate(OVERLAPS))


def circles(of: Episode) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(episode=of, record_type="rec_closeness_circle").order_by("order")
    return [row.payload for row in rows]


def test_by_pointer(open_page, episode, codes) -> None:
    """Drag, tap and tap, add by two taps and a name, undo, keep; the inventory beside; replay and take along."""
    page = open_room(open_page, episode)
    page.mouse.move(*centre(page, codes["Bento"]))
    page.mouse.down()
    page.mouse.move(*place(page, 2, 80))
    page.mouse.move(*place(page, 1, 90), steps=4)
    expect(page.locator(".circle-wide circle[data-ring='1']")).to_have_attribute("data-under", "")
    page.mouse.up()
    said(page, "Bento moved closer, to the inner ring.")
    stands_in(page, codes["Bento"], 1)
    page.mouse.click(*centre(page, codes["Iris"]))
    said(page, "Iris is chosen.")
    expect(page.locator("#circle-person")).to_contain_text("Iris")
    page.mouse.click(*place(page, 2, 300))
    stands_in(page, codes["Iris"], 2)
    page.mouse.click(*place(page, 3, 40))
    expect(page.locator("#circle-add-label")).to_be_focused()
    page.keyboard.type("Amadeu")
    page.keyboard.press("Enter")
    said(page, "Amadeu came into the outer ring.")
    added = page.locator(".circle-wide .circle-person", has_text="Amadeu")
    expect(added).to_have_count(1)
    assert overlaps(page) == []
    page.get_by_role("button", name="Undo").click()
    said(page, "Undone: Amadeu")
    expect(added).to_have_count(0)
    page.get_by_role("button", name="Do it again").click()
    expect(added).to_have_count(1)
    assert Person.objects.filter(episode=episode, withdrawn_at=None).count() == 6
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    stands_in(page, codes["Iris"], 3)
    saved(page)
    check_accessibility(page)
    page.get_by_role("button", name="Keep this circle").click()
    page.get_by_text("The circle is kept.").wait_for()
    (kept,) = circles(episode)
    assert kept["rings"]["1"] == [codes["Rosa"], codes["Bento"]]
    assert codes["Bento"] in [row["person_id"] for row in kept["angles"]]


def test_a_drag_keeps_its_ray(open_page, episode, codes) -> None:
    page = open_room(open_page, episode)
    page.mouse.move(*centre(page, codes["Iris"]))
    page.mouse.down()
    page.mouse.move(*place(page, 3, 262), steps=5)
    page.mouse.up()
    said(page, "Iris moved within the outer ring.")
    expect(page.locator(f"input[name='angle-{codes['Iris']}']")).not_to_have_value("")
    saved(page)
    page.reload()
    started(page)
    x, _ = centre(page, codes["Iris"])
    assert x < place(page, 1, 270)[0]


def test_by_touch(open_page, episode, codes) -> None:
    """On a phone: tap somebody, tap a ring; a tap on a ring and a name; drag with a finger."""
    page = open_room(open_page, episode, width=390, has_touch=True, is_mobile=True)
    person(page, codes["Bento"]).locator(".circle-disc").tap()
    said(page, "Bento is chosen.")
    page.get_by_role("link", name="More about Bento").first.wait_for()
    page.touchscreen.tap(*place(page, 3, 100))
    stands_in(page, codes["Bento"], 3)
    page.locator(".circle-tray a", has_text="Teo").tap()
    said(page, "Teo is chosen.")
    page.touchscreen.tap(*place(page, 1, 200))
    stands_in(page, codes["Teo"], 1)
    page.touchscreen.tap(*place(page, 2, 60))
    page.keyboard.type("Mila")
    page.keyboard.press("Enter")
    said(page, "Mila came into the middle ring.")
    expect(page.locator(".circle-narrow .circle-person", has_text="Mila")).to_have_count(1)
    saved(page)
    finger = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = centre(page, codes["Rosa"]), place(page, 3, 280)
    point = [{"x": x, "y": y}]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": point})
    for share in (0.3, 0.6, 1.0):
        point = [{"x": x + (to_x - x) * share, "y": y + (to_y - y) * share}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": point})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    said(page, "Rosa moved further out, to the outer ring.")
    stands_in(page, codes["Rosa"], 3)
    assert overlaps(page) == []
    check_accessibility(page)


def test_by_keyboard_alone(open_page, episode, codes) -> None:
    page = open_room(open_page, episode)
    page.get_by_role("link", name="Turn the screen").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.circle-person')"):
            break
    expect(person(page, codes["Rosa"])).to_be_focused()
    page.keyboard.press("3")
    said(page, "Rosa moved further out, to the outer ring.")
    stands_in(page, codes["Rosa"], 3)
    page.keyboard.press("+")
    stands_in(page, codes["Rosa"], 2)
    page.keyboard.press("u")
    stands_in(page, codes["Rosa"], 3)
    page.keyboard.press("Control+z")
    stands_in(page, codes["Rosa"], 1)
    page.keyboard.press("r")
    stands_in(page, codes["Rosa"], 3)
    page.keyboard.press("]")
    said(page, "Rosa moved within the outer ring.")
    saved(page)
    expect(person(page, codes["Rosa"])).to_be_focused()
    for key in ("ArrowUp", "ArrowLeft", "ArrowRight", "ArrowDown", "Home", "End"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.matches('.circle-person')")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("[data-person-title]")).to_be_focused()
    page.get_by_role("link", name="Close").press("Enter")
    assert page.evaluate("document.activeElement.matches('.circle-person')")
    page.keyboard.press("a")
    page.keyboard.type("Nuno")
    page.keyboard.press("Enter")
    expect(page.locator(".circle-wide .circle-person", has_text="Nuno")).to_have_count(1)
    saved(page)
    page.get_by_role("button", name="Keep this circle").press("Enter")
    page.get_by_text("The circle is kept.").wait_for()
    assert codes["Rosa"] in circles(episode)[0]["rings"]["3"]


def test_by_the_plain_list(open_page, episode, codes) -> None:
    """The list moves the drawing, so nothing depends on pointing."""
    page = open_room(open_page, episode)
    page.locator(f"input[name='ring-{codes['Bento']}'][value='3']").check()
    said(page, "Bento moved further out, to the outer ring.")
    stands_in(page, codes["Bento"], 3)
    page.locator(f"input[name='ring-{codes['Bento']}'][value='']").check()
    said(page, "Bento is off the circle.")
    expect(person(page, codes["Bento"])).to_have_count(0)
    expect(page.locator(".circle-tray")).to_contain_text("Bento")
    page.get_by_role("button", name="Back to the circle kept last").click()
    stands_in(page, codes["Bento"], 2)
    page.get_by_role("button", name="Undo").click()
    expect(person(page, codes["Bento"])).to_have_count(0)


def test_without_script_it_is_a_plain_page(open_page, episode, codes) -> None:
    page = open_room(open_page, episode, java_script_enabled=False)
    person(page, codes["Rosa"]).locator(".circle-disc").click()
    page.wait_for_url("**?person=*")
    page.get_by_label("Change wanted").fill("a call a week")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for()
    page.get_by_label("Add somebody: a name").fill("Vasco")
    page.locator("#circle-add input[value='3']").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".circle-wide .circle-person", has_text="Vasco")).to_have_count(1)
    page.locator(f"input[name='ring-{codes['Iris']}'][value='1']").check()
    page.get_by_role("button", name="Keep this circle").click()
    page.get_by_text("The circle is kept.").wait_for()
    page.get_by_role("link", name="Circles over the course").click()
    page.get_by_role("heading", name="5 January").or_(page.locator(".circle-when")).first.wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="SVG with names").first.click()
    assert taken.value.suggested_filename == "circle-2026-01-19.svg"


def test_the_inventory_is_said_beside_the_circle(open_page, episode, codes) -> None:
    page = open_room(open_page, episode)
    person(page, codes["Bento"]).locator(".circle-disc").click()
    page.get_by_label("8", exact=True).check()
    page.locator("#circle-person").get_by_label("Company").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#circle-person").get_by_text("Saved.").wait_for()
    expect(page.locator("#circle-person .chip", has_text="Conflict")).to_have_count(1)
    expect(person(page, codes["Bento"])).to_have_class("circle-person circle-conflict")
    page.get_by_label("What is hard between them").fill("he never asks")
    person(page, codes["Iris"]).locator(".circle-disc").click()
    expect(page.locator("#circle-person")).to_contain_text("Iris")
    person(page, codes["Bento"]).locator(".circle-disc").click()
    expect(page.get_by_label("What is hard between them")).to_have_value("he never asks")
    check_accessibility(page)
    rows = Entry.objects.filter(episode=episode, record_type="rec_inventory_person").order_by("order")
    assert {**rows.last().payload} == {
        "person_id": codes["Bento"],
        "label": "Bento",
        "conflict_0_10": 8,
        "support_type": ["company"],
    }


def test_a_lost_connection_loses_nothing(open_page, episode, codes) -> None:
    """Drawn while the service is out of reach: kept on this device, sent when it is back, also after a crash."""
    page = open_room(open_page, episode, expected=("Failed to load resource", "ERR_"))
    page.route("**/people/circle/draft/", lambda route: route.abort())
    page.route("**/people/circle/add/", lambda route: route.abort())
    page.locator(f"input[name='ring-{codes['Bento']}'][value='1']").check()
    expect(page.locator(".circle-bar [data-save-status]")).to_contain_text("Not saved yet")
    page.get_by_label("Add somebody: a name").fill("Vasco")
    page.get_by_role("button", name="Add", exact=True).click()
    said(page, "Not added yet: the service is out of reach.")
    page.unroute("**/people/circle/add/")
    said(page, "Vasco came into the middle ring.")
    page.reload()
    page.unroute("**/people/circle/draft/")
    stands_in(page, codes["Bento"], 1)
    saved(page)


def test_signed_out_meanwhile_nothing_is_lost(open_page, episode, codes) -> None:
    page = open_room(open_page, episode, expected=("Failed to load resource",))
    page.context.clear_cookies()
    page.locator(f"input[name='ring-{codes['Bento']}'][value='3']").check()
    expect(page.locator(".circle-bar [data-save-status]")).to_contain_text("you are signed out")
    sign_in(page, episode.therapist.username, make.PASSWORD)
    page.goto(f"/episodes/{episode.pk}/people/circle/")
    stands_in(page, codes["Bento"], 3)
    saved(page)


def test_names_wait_in_a_row_until_the_service_has_them(open_page, episode, codes) -> None:
    page = open_room(open_page, episode, expected=("Failed to load resource", "ERR_"))
    page.route("**/people/circle/add/", lambda route: route.abort())
    for name in ("Vasco", "Wanda"):
        page.get_by_label("Add somebody: a name").fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Add somebody: a name")).to_have_value("")
    said(page, "Not added yet: the service is out of reach.")
    kept = "Object.entries(localStorage).filter(([name]) => name.endsWith('#circle-waiting')).map(([, text]) => text)"
    assert [("Vasco" in text, "Wanda" in text) for text in page.evaluate(kept)] == [(False, False)]
    page.reload()
    page.unroute("**/people/circle/add/")
    for name in ("Vasco", "Wanda"):
        expect(page.locator(".circle-wide .circle-person", has_text=name)).to_have_count(1)
    saved(page)
    assert Person.objects.filter(episode=episode).count() == 7
    assert page.evaluate(kept) == []


def test_somebody_added_elsewhere_comes_into_the_drawing(open_page, episode, codes) -> None:
    page = open_room(open_page, episode)
    code = named(episode, "Xenia", 3)
    page.locator(f"input[name='ring-{codes['Bento']}'][value='1']").check()
    expect(person(page, code)).to_have_count(1)
    page.locator(f"input[name='ring-{codes['Bento']}'][value='1']").blur()
    page.get_by_role("button", name="Keep this circle").click()
    page.get_by_text("The circle is kept.").wait_for()
    assert circles(episode)[0]["rings"]["3"] == [codes["Iris"], code]


def test_two_windows_both_drawings_are_shown(open_page, episode, codes) -> None:
    expected = ("Failed to load resource",)
    one = open_room(open_page, episode, expected=expected)
    other = open_room(open_page, episode, expected=expected)
    one.locator(f"input[name='ring-{codes['Bento']}'][value='3']").check()
    stands_in(one, codes["Bento"], 3)
    saved(one)
    other.locator(f"input[name='ring-{codes['Rosa']}'][value='2']").check()
    other.locator("[data-circle-conflict]").get_by_text("changed in another window").wait_for()
    words = other.locator("[data-conflict-words]")
    expect(words).to_contain_text("Bento: here the middle ring, there the outer ring")
    other.get_by_role("button", name="Take the other one").click()
    stands_in(other, codes["Bento"], 3)
    stands_in(other, codes["Rosa"], 1)
    other.get_by_role("button", name="Undo").click()
    stands_in(other, codes["Rosa"], 2)
    saved(other)


def test_the_screen_turned_to_the_client_holds_nothing_of_safety(open_page, episode, codes) -> None:
    named(episode, "Vasco", 2, safety_concern=True)
    page = open_room(open_page, episode)
    assert "safety concern" in page.content()
    page.keyboard.press("F2")
    page.wait_for_url("**/together/")
    started(page)
    assert "afety" not in page.content()
    check_accessibility(page)
    page.locator(".circle-wide .circle-person", has_text="Vasco").locator(".circle-disc").click()
    expect(page.locator("#circle-person")).to_contain_text("Vasco")
    assert "afety" not in page.content()
    page.locator("#circle-person").get_by_label("Change wanted").fill("that he knocks")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#circle-person").get_by_text("Saved.").wait_for()
    assert "afety" not in page.content()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_course_is_played_and_two_stand_beside_each_other(open_page, episode, codes, motion) -> None:
    drawn(episode, 0, {"1": [codes["Rosa"]], "2": [codes["Bento"]], "3": [codes["Iris"]]})
    drawn(episode, 7, {"1": [codes["Rosa"], codes["Bento"]], "2": [], "3": [codes["Teo"]]})
    drawn(episode, 14, {"1": [codes["Bento"]], "2": [codes["Rosa"]], "3": [codes["Teo"]]})
    page = open_room(open_page, episode, "people/circles/", reduced_motion=motion)
    when, slide = page.locator("[data-when]"), page.get_by_label("Which circle")
    expect(when).to_have_text("19 January 2026")
    page.get_by_role("button", name="Play").click()
    expect(when).to_have_text("5 January 2026")
    expect(person(page, codes["Iris"])).to_have_count(1)
    expect(when).to_have_text("19 January 2026")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(person(page, codes["Iris"])).to_have_count(0)
    slide.focus()
    page.keyboard.press("ArrowLeft")
    expect(when).to_have_text("12 January 2026")
    expect(page.locator("[data-moved]")).to_contain_text("Empty: middle ring.")
    assert overlaps(page) == []
    check_accessibility(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="PNG with initials").last.click()
    with open(taken.value.path(), "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    page.get_by_role("link", name="Two beside each other").click()
    page.get_by_role("heading", name="What is different").wait_for()
    different = page.locator(".circle-differences")
    for words in ("Bento, from the middle ring to the inner ring", "Teo, into the outer ring", "Iris, from"):
        expect(different).to_contain_text(words)
    page.get_by_label("Earlier", exact=True).select_option(index=1)
    page.wait_for_url("**before=**")
    expect(different).to_contain_text("Rosa, from the inner ring to the middle ring")
    check_accessibility(page)


def test_forty_people_on_a_phone_can_be_read(open_page, episode) -> None:
    for at in range(40):
        named(episode, f"{NAMES[at % 20]}{' the younger' if at > 19 else ''}", 1 + at % 3)
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            page = open_room(open_page, episode, width=width, color_scheme=scheme)
            assert overlaps(page) == []
            assert page.locator(".circle-drawing:visible .circle-person").count() == 40
            smallest = page.evaluate(
                "Math.min(...[...document.querySelectorAll('.circle-drawing')].filter((one) => one.checkVisibility()).flatMap((svg) => [...svg.querySelectorAll('.circle-name, .circle-number')].map((one) => parseFloat(getComputedStyle(one).fontSize) * svg.getScreenCTM().a)))"
            )
            assert smallest >= 11
            check_accessibility(page)
        if width == 390:
            expect(page.locator(".circle-key")).to_contain_text("Tove the younger")
