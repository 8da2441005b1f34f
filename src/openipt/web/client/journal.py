"""The journal: written for oneself, shared entry by entry, and taken back as easily."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openipt.errors import EntryNotValid, FieldFault
from openipt.records.actions import journal as actions
from openipt.records.actions import second_lock
from openipt.records.actions.base import locked, tidy
from openipt.records.actions.conflicts import Refused
from openipt.records.models import JournalEntry
from openipt.web.client.common import ClientPage, client_page, moved, say, show

TWICE_WITHIN = timedelta(seconds=30)
TEXTS = ("text", "with_whom")
MOODS = ("mood_before", "mood_after")


@dataclass(frozen=True)
class Written:
    """The form as it was sent, or as it is begun."""

    text: str = ""
    with_whom: str = ""
    mood_before: str = ""
    mood_after: str = ""
    shared: bool = False
    version: int = 0

    @property
    def words(self) -> dict[str, str]:
        return {"text": self.text, "with_whom": self.with_whom}

    @property
    def moods(self) -> dict[str, int | None]:
        return {name: _mood(getattr(self, name), name) for name in MOODS}


def _mood(typed: str, path: str) -> int | None:
    if typed == "":
        return None
    if not typed.isascii() or not typed.isdigit() or int(typed) > 10:
        raise EntryNotValid((FieldFault(path, "Choose 0 to 10."),))
    return int(typed)


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Every entry, the newest first."""
    page = client_page(request)
    rows = page.journal()
    behind = {row.pk for row in rows if page.behind and page.is_behind(row)}
    return show(request, "client/journal.html", page, entries=tuple(reversed(rows)), behind=behind)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    page = client_page(request)
    if request.method == "GET":
        return _form(request, page, Written())
    written = _sent(request)
    try:
        _write(page, written)
    except EntryNotValid as error:
        return _form(request, page, written, faults=error.faults)
    say(request, "Kept, and shared with your therapist." if written.shared else "Kept, for you alone.")
    return HttpResponseRedirect(reverse("client:journal"))


def _sent(request: HttpRequest) -> Written:
    version = request.POST.get("version", "")
    return Written(
        text=request.POST.get("text", ""),
        with_whom=request.POST.get("with_whom", ""),
        mood_before=request.POST.get("mood_before", ""),
        mood_after=request.POST.get("mood_after", ""),
        shared="shared" in request.POST,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    )


def _needed(written: Written) -> None:
    if not written.text.strip():
        raise EntryNotValid((FieldFault("text", "Write a few words here."),))


@transaction.atomic
def _write(page: ClientPage, written: Written) -> JournalEntry:
    """Write it; a second press of the button waits here and then finds the first."""
    _needed(written)
    locked(page.episode)
    words = {key: tidy(said, key) for key, said in written.words.items()}
    for twin in page.episode.journal.filter(created_at__gt=page.at - TWICE_WITHIN):
        twin.episode = page.episode
        if twin.words == {key: said for key, said in words.items() if said}:
            return twin
    row = actions.write_journal(
        episode=page.episode,
        words=words,
        shared=written.shared,
        by=page.user,
        at=page.at,
        **written.moods,
    )
    if page.behind:
        second_lock.move(row=row, behind=True, by=page.user, at=page.at)
    return row


@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, journal_id: UUID) -> HttpResponse:
    """Read an entry, or write it otherwise."""
    page = client_page(request)
    row = page.journal_entry(journal_id)
    if request.method == "GET":
        return _form(request, page, _of(row), row=row)
    written = _sent(request)
    try:
        _needed(written)
        kept = {key: said for key, said in row.words.items() if key not in TEXTS}
        actions.change_journal(
            journal=row, words={**kept, **written.words}, expected_version=written.version, **written.moods,
            by=page.user, at=page.at,
        )  # fmt: skip
    except EntryNotValid as error:
        return _form(request, page, written, row=row, faults=error.faults)
    except Refused as refused:
        return _conflict(request, page, row, written, refused)
    say(request, "Kept.")
    return HttpResponseRedirect(reverse("client:journal"))


def _of(row: JournalEntry) -> Written:
    return Written(
        text=str(row.words.get("text", "")),
        with_whom=str(row.words.get("with_whom") or ""),
        mood_before="" if row.mood_before is None else str(row.mood_before),
        mood_after="" if row.mood_after is None else str(row.mood_after),
        shared=row.shared,
        version=row.version,
    )


def _conflict(
    request: HttpRequest, page: ClientPage, row: JournalEntry, written: Written, refused: Refused
) -> HttpResponse:
    """Written elsewhere meanwhile: the other text stands beside this one, and sending again keeps this one."""
    again = Written(**{**vars(written), "version": refused.current_version})
    return _form(request, page, again, row=row, status=409, other=str(refused.theirs.get("text", "")))


def _form(
    request: HttpRequest,
    page: ClientPage,
    written: Written,
    *,
    row: JournalEntry | None = None,
    faults: tuple[FieldFault, ...] = (),
    status: int = 200,
    other: str = "",
) -> HttpResponse:
    context = {"written": written, "row": row, "faults": faults, "other": other}
    return show(request, "client/journal_form.html", page, status=422 if faults else status, **context)


@require_POST
def move(request: HttpRequest, journal_id: UUID) -> HttpResponse:
    """Behind the second lock, or where the ordinary password shows it. Asked from behind the lock only."""
    page = client_page(request)
    row = page.journal_entry(journal_id)
    say(request, moved(page, row, request.POST.get("behind") == "yes"))
    return HttpResponseRedirect(reverse("client:journal"))


@require_POST
def share(request: HttpRequest, journal_id: UUID) -> HttpResponse:
    """Show an entry to the therapist, or take that back."""
    page = client_page(request)
    row = page.journal_entry(journal_id)
    if request.POST.get("share") == "yes":
        actions.share(journal=row, by=page.user, at=page.at)
        say(request, "Shared with your therapist.")
    else:
        actions.unshare(journal=row, by=page.user, at=page.at)
        say(request, "Yours alone again. What was read before cannot be unread.")
    return HttpResponseRedirect(reverse("client:journal"))
