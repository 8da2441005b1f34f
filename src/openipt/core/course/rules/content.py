"""The rule that is read when content is loaded (ipt.md 10.1, 14)."""

from __future__ import annotations

from datetime import date

from openipt.core.course.course import Course
from openipt.core.course.rules.result import Verdict, fired, not_fired, parameter, rule
from openipt.core.manual.model import Manual


@rule("DR-48")
def item_text_without_a_licence(manual: Manual, course: Course, today: date) -> Verdict:
    """A measure holds item text, and neither its class nor a licence of the service allows that.

    `core.measures.load` refuses such a file, and `openipt manual check` names it: of content that was
    loaded this never fires.
    """
    allowed = parameter(manual, "DR-48", "licences")
    without = sorted(
        measure.id
        for measure in manual.measure_list.values()
        if measure.wordings and measure.licence.value not in allowed and not measure.licence_held.strip()
    )
    inputs = {"measures": without}
    if without:
        return fired(f"Item text without a licence: {', '.join(without)}.", **inputs)
    return not_fired("Read when content is loaded: no measure holds item text without a licence.", **inputs)
