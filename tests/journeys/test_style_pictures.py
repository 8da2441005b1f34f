"""The style page as it looked when somebody last looked at it: its pictures, held against those kept here.

A picture is compared part by part (each section of the page), at a quarter of its size, in a font that every machine can
have. `OPENIPT_PICTURES=keep` takes them anew: look at them before they are committed.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.browser import started

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

KEPT = Path(__file__).parent / "pictures"
FONT = '*, kbd, code { font-family: "DejaVu Sans" !important; transition: none !important; animation: none !important; }'
TOLERATED = (
    0.02  # share of a section's points that may differ: smoothing of letters is the browser's own affair
)
SEEN = 48  # of 255: a smaller difference of one colour is not seen

SECTIONS = """() => [...document.querySelectorAll('main section[aria-labelledby]')].map((one) => {
  const box = one.getBoundingClientRect();
  return [one.getAttribute('aria-labelledby'), Math.round((box.top + scrollY) / 4), Math.round(box.height / 4)];
})"""

# Both pictures onto a canvas; of each section the share of points in which one colour differs by more than SEEN.
DIFFERENCES = """async ([before, now, sections, seen]) => {
  const drawn = async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const [width, height] = [Math.floor(image.width / 2), Math.floor(image.height / 2)];
    const paper = new OffscreenCanvas(width, height).getContext('2d');
    paper.imageSmoothingQuality = 'high';
    paper.drawImage(image, 0, 0, width, height);
    return [width, height, paper];
  };
  const [[width, height, a], [newWidth, newHeight, b]] = [await drawn(before), await drawn(now)];
  if (width !== newWidth || Math.abs(height - newHeight) > 2) return [`${width} by ${height} became ${newWidth} by ${newHeight}`, {}];
  const found = {};
  for (const [name, top, tall] of sections) {
    const [p, q] = [a, b].map((paper) => paper.getImageData(0, top, width, tall).data);
    let differ = 0;
    for (let at = 0; at < p.length; at += 4) {
      if ([0, 1, 2].some((colour) => Math.abs(p[at + colour] - q[at + colour]) > seen)) differ += 1;
    }
    found[name] = differ / (p.length / 4);
  }
  return ['', found];
}"""
SMALL = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL('image/webp', 0.85);
}"""


def as_data(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def has_font() -> bool:
    found = shutil.which("fc-list") and subprocess.run(["fc-list"], capture_output=True, text=True).stdout
    return "DejaVu Sans" in (found or "") or Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists()


@pytest.fixture
def style_page(chromium: Any, live_server: Any):
    """The style page at a width and scheme, in the one font, drawn at half size; and a blank page to compare on."""
    if not has_font():
        pytest.skip("the font DejaVu Sans is not installed (Debian: apt-get install fonts-dejavu-core)")
    contexts = []

    def opened(width: int, scheme: str) -> tuple[Any, Any]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            device_scale_factor=0.5,
            bypass_csp=True,
        )
        contexts.append(context)
        page, blank = context.new_page(), context.new_page()
        page.goto(live_server.url.replace("127.0.0.1", "localhost") + "/style/")
        started(page)
        page.add_style_tag(content=FONT)
        return page, blank

    yield opened
    for context in contexts:
        context.close()


def picture_of(page: Any) -> bytes:
    return page.screenshot(full_page=True, animations="disabled", caret="hide")


def differing(page: Any, blank: Any, kept: Path) -> tuple[str, dict[str, float]]:
    before, now = as_data(kept.read_bytes(), "webp"), as_data(picture_of(page), "png")
    size, found = blank.evaluate(DIFFERENCES, [before, now, page.evaluate(SECTIONS), SEEN])
    return size, {name: round(share, 4) for name, share in found.items() if share > TOLERATED}


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_the_style_page_looks_as_it_did(style_page, width: int, scheme: str) -> None:
    page, blank = style_page(width, scheme)
    kept = KEPT / f"style-{width}-{scheme}.webp"
    if os.environ.get("OPENIPT_PICTURES") == "keep":
        kept.parent.mkdir(exist_ok=True)
        made = blank.evaluate(SMALL, as_data(picture_of(page), "png"))
        kept.write_bytes(base64.b64decode(made.split(",", 1)[1]))
    again = "If this is meant, look at the page and run again with OPENIPT_PICTURES=keep"
    assert differing(page, blank, kept) == ("", {}), again
    page.add_style_tag(content=".chip, .swatch { background: #a020f0 !important; }")
    size, found = differing(page, blank, kept)
    assert size == "" and "chips" in found and "s-colours" in found, "a change is seen, where it is"
    assert "s-fields" not in found
