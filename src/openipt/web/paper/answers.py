"""A document as the answer to a request."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse

from openipt.web.paper.blocks import Paper


def pdf_answer(paper: Paper, name: str, at: datetime) -> HttpResponse:
    """The file of a document. Its name says nothing of anybody."""
    response = HttpResponse(paper.pdf(at), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{at.date().isoformat()}.pdf"'
    return response
