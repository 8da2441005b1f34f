"""The ranking of a case: each issue with its ratings, then the order agreed."""

from __future__ import annotations

import re

from tests.journeys.case_story import CaseStory, Told
from tests.journeys.case_words import ISSUES
from tests.journeys.form_typist import FormTypist
from tests.journeys.record_typist import RecordTypist
from tests.journeys.windows import Windows

from openipt.core.fields.definitions import is_empty
from openipt.core.portable.episode import PortableEntry


class RankTypist:
    """Types rankings, and keeps the scores that the page showed."""

    def __init__(self, story: CaseStory, windows: Windows, records: RecordTypist) -> None:
        self.story, self.windows, self.clock = story, windows, windows.served.clock
        self.desk, self.records = windows.desk, records
        self.rankings: dict[int, dict[str, tuple[float, float]]] = {}

    def rank(self, told: Told) -> None:
        """Each issue with its ratings on the issue page, then the order agreed."""
        entries = [entry for entry in told.records if entry.record == ISSUES]
        if not entries:
            return
        self.records.task_of(told, entries[0])
        page = self.desk
        for entry in entries:
            text = entry.values.get("text")
            self.windows.open(page, f"{self.windows.episode}formulation/")
            known = page.locator("#ranking .rank-list").get_by_role("link", name=text, exact=True)
            if known.count():
                known.first.click()
            else:
                page.locator("#ranking").get_by_role("link", name="Add an issue").click()
            self.windows.arrive(page, "**/formulation/issue/**")
            self._issue(entry)
            self.records.save("Keep the ratings")
            self.clock.pass_minutes()
        self.windows.open(page, f"{self.windows.episode}formulation/")
        self.rankings[told.number or 0] = self._scores()
        self._order(told, entries)
        self.clock.pass_minutes()

    def _issue(self, entry: PortableEntry) -> None:
        kind = self.story.manual.record_types["rec_issue"]
        wanted = ("text", "area", "factors", "evidence")
        values = {key: entry.values[key] for key in wanted if not is_empty(entry.values.get(key))}
        FormTypist(self.desk.locator("main form.record-form"), self.story.names).type(kind, values)

    def _scores(self) -> dict[str, tuple[float, float]]:
        """Score and score with equal weights of each issue, as the page says them."""
        found = {}
        for item in self.desk.locator("#ranking .rank-list > li").all():
            text = re.sub(r"^\d+\.\s*", "", item.locator("h3").inner_text().strip())
            numbers = re.findall(r"\d+(?:\.\d+)?", item.locator(".rank-score").locator("..").inner_text())
            found[text] = (float(numbers[0]), float(numbers[-1]))
        return found

    def _order(self, told: Told, entries: list[PortableEntry]) -> None:
        """The agreed places; where the case gives none, as the expected ranking says."""
        page = self.desk
        midway = "issues_at_midpoint" in self.story.raw and told.number != self._first_ranked()
        expected = self.story.raw.get("expected_ranking_at_midpoint" if midway else "expected_ranking", {})
        final = expected.get("final_order") or expected.get("order") or []
        reasons = []
        for entry in entries:
            values, text = entry.values, entry.values.get("text")
            row = page.locator(".rank-inputs", has_text=text)
            place = values.get("final_rank") or (final.index(values["issue"]) + 1 if final else None)
            if values.get("client_rank"):
                row.get_by_label("Client’s place").fill(str(values["client_rank"]))
            if place:
                row.get_by_label("Agreed place").fill(str(place))
            if values.get("reason_for_difference"):
                reasons.append(values["reason_for_difference"])
        reason = " ".join(dict.fromkeys([*reasons, *filter(None, [expected.get("reason_for_difference")])]))
        if reason:
            page.get_by_label("Reason, if it differs from the score").fill(reason)
        self.windows.send(page, page.get_by_role("button", name="Keep this order"))

    def _first_ranked(self) -> int:
        return min(self.rankings)
