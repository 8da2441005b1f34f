"""A document of an episode on the screen, as it will be on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from openipt.core.formulation.readability import Reading
from openipt.web.paper.blocks import Paper
from openipt.web.therapist.common import EpisodePage, show

TO_DOCUMENTS = ("documents/", "Back to Documents")


def show_paper(
    request: HttpRequest,
    page: EpisodePage,
    paper: Paper,
    file: str,
    back: tuple[str, str] = TO_DOCUMENTS,
    given: str = "",
    reads: Reading | None = None,
) -> HttpResponse:
    """The page of a document. `file` is where its PDF is, `back` the way out (default: Documents).

    `given` says what to think of before it is handed over, `reads` how easily it reads where that matters.
    """
    way, words = back
    return show(
        request,
        "therapist/paper.html",
        page,
        paper=paper,
        file=page.address(file),
        back=page.address(way),
        back_words=words,
        given=given,
        reads=reads,
    )
