"""The example courses come in through the same door as any file, and the record says the same of them."""

from __future__ import annotations

import pytest

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.actions.transfer import import_episode
from openipt.records.models import Episode
from tests import factories as make
from tests.content.test_examples import EXAMPLES

pytestmark = pytest.mark.django_db


def test_every_example_is_taken_in_and_stands_as_its_file_says_in_each_session():
    therapist = make.therapist()
    for name, path in EXAMPLES.items():
        read = read_episode(str(path), to_keep=True)
        made = import_episode(portable=read, therapist=therapist, by=make.OPERATOR, at=make.at_day(400))
        rows = convert.course(Episode.objects.select_related("client", "therapist").get(pk=made.pk))
        manual = library.manual(read.adaptation)
        for meeting in read.meetings:
            told = course_status(manual, read.course().as_of(meeting.on), meeting.on)
            found = course_status(manual, rows.as_of(meeting.on), meeting.on)
            assert found.as_json() == told.as_json(), (name, meeting.number)
