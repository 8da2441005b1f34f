"""The house with everybody in it, built once for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from tests.web import house as houses


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[houses.House]:
    """Two courses side by side and everybody around them, gone when the file's tests are over.

    Those tests are marked `django_db`: what one of them does to the house is undone after it.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        yield houses.built(patch)
        transaction.set_rollback(True)
