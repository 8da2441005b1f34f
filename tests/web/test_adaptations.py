"""Two adaptations side by side, for every member of staff, with nothing but a form."""

from __future__ import annotations

import pytest
from tests.web.signing_in import a_user, sign_in

from openipt import library
from openipt.core.manual.compare import compare

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
