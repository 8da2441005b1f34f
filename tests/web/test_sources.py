"""Everything cited on a page can be looked up, by every member of staff and nobody else."""

from __future__ import annotations

import pytest
from tests.web.signing_in import a_user, sign_in

from openipt import library

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["therapist", "supervisor", "manager", "administrator"])
def test_every_rule_and_every_source_has_its_place(client, role):
    sign_in(client, a_user(role))
    page = client.get("/sources/").content.decode()
    assert all(f'id="{rule}"' in page for rule in library.rules())
    assert all(f'id="{source}"' in page for source in library.sources())
    assert "project default" in page
    assert "unverified" in page


def test_it_is_not_for_those_outside(client):
    assert client.get("/sources/").status_code == 302
