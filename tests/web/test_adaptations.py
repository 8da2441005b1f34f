"""Two adaptations side by side, for every member of staff, with nothing but a form."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.web.signing_in import a_user, sign_in

from openipt import library
from openipt.core.manual.compare import compare
from openipt.core.manual.model import Requirement
from openipt.web.paper.outline import outline_pdf

pytestmark = pytest.mark.django_db


def page(client, address):
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_the_two_that_are_chosen_are_set_side_by_side(client):
    sign_in(client, a_user("supervisor"))
    status, html = page(client, "/adaptations/?left=ipc&right=ipt_acute")
    assert status == 200
    told = [
        row
        for part in compare(library.manual("ipc"), library.manual("ipt_acute"))
        for row in part.differences
    ]
    assert html.count('role="rowheader"') == len(told) > 30
    assert '<option value="ipc" selected>' in html and "IPC-05 One conversation or one decision" in html
    assert page(client, "/adaptations/")[0] == 200


def test_one_that_is_not_there_is_named_at_its_field_and_the_other_choice_is_kept(client):
    sign_in(client, a_user("manager"))
    status, html = page(client, "/adaptations/?left=ipc&right=nothing")
    assert status == 422
    assert "Choose an adaptation of this list." in html
    assert '<option value="ipc" selected>' in html and 'role="rowheader"' not in html


def test_the_page_of_sources_leads_there_and_nobody_outside_comes_in(client):
    assert client.get("/adaptations/").status_code == 302
    sign_in(client, a_user("therapist"))
    assert 'href="/adaptations/"' in page(client, "/sources/")[1]


def test_each_adaptation_has_its_outline_with_every_task_that_is_required(client):
    sign_in(client, a_user("therapist"))
    for manual in library.manuals().values():
        status, html = page(client, f"/adaptations/{manual.id}/")
        required = [task for task in manual.tasks if task.requirement.value == "R"]
        assert status == 200
        assert all(f">{task.id}</p>" in html for task in required)
        assert manual.evidence.sources == () or manual.evidence.sources[0] in html
    assert page(client, "/adaptations/nothing/")[0] == 404


@pytest.mark.parametrize("adaptation", [*library.manuals(), "ipsrt+ipt_tele", "ipt_cm+ipt_tele"])
def test_on_paper_each_is_one_page_on_which_nothing_is_lost(adaptation):
    """Every task that is asked for stands on it, above the foot of the sheet."""
    manual = library.manual(adaptation)
    file = PdfReader(BytesIO(outline_pdf(manual, datetime(2026, 11, 30, tzinfo=UTC))))
    assert len(file.pages) == 1 and round(file.pages[0].mediabox.height / 72 * 25.4) == 297
    seen: list[tuple[str, float]] = []
    file.pages[0].extract_text(
        visitor_text=lambda text, page, at, *_: seen.append(
            (text, at[4] * page[1] + at[5] * page[3] + page[5])
        )
    )
    shown = " ".join(text for text, _ in seen)
    assert all(task.id in shown for task in manual.tasks if task.requirement is not Requirement.OPTIONAL)
    heights = [y for text, y in seen if text.strip()]
    assert min(heights) > 15 and max(heights) < 842


def test_the_sheet_is_a_file_for_whoever_is_signed_in(client):
    assert client.get("/adaptations/ipt_ppd+ipt_tele/pdf/").status_code == 302
    sign_in(client, a_user("supervisor"))
    answer = client.get("/adaptations/ipt_ppd%2Bipt_tele/pdf/")
    assert answer.content[:5] == b"%PDF-" and "ipt_ppd-ipt_tele-outline.pdf" in answer["Content-Disposition"]
    assert client.get("/adaptations/ipt_tele/pdf/").content[:5] == b"%PDF-"
    assert client.get("/adaptations/nothing/pdf/").status_code == 404


def test_what_goes_with_any_of_them_has_its_own_outline(client):
    sign_in(client, a_user("therapist"))
    status, html = page(client, "/adaptations/ipt_tele/")
    assert status == 200 and "none by itself" in html and html.count(">TE-0") == 5
    status, html = page(client, "/adaptations/?left=ipt_ppd&right=ipt_ppd%2Bipt_tele")
    assert status == 200 and "TE-04" in html and "PP-01" not in html
