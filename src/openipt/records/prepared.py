"""Queries whose SQL is worked out once. Building and compiling a query costs Django ten times what SQLite
takes to answer it; what every page asks is asked through these. Nothing of the answers is kept.

    SESSIONS = Prepared(lambda episode: Session.objects.filter(episode=episode), UUID)
    rows = SESSIONS(episode.pk)

The query may differ only in the values it is given. They are ids (UUID) or words (str), compared as they
are: a query in which a value becomes part of another (`contains`, a condition on None) cannot be prepared.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Found = TypeVar("Found")


class Prepared(Generic[Found]):
    """One query, asked with other values each time. Compiled once for each connection, that is each thread."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds

    def __call__(self, *values: Any) -> list[Found]:
        """The rows, of whatever kind the query makes: objects, tuples or single values."""
        connection: Any = connections[DEFAULT_DB_ALIAS]
        kept = connection.__dict__.setdefault("_prepared", {})
        compiled = kept.get(self)
        if compiled is None:
            compiled = kept[self] = _Compiled(self._build, self._kinds, DEFAULT_DB_ALIAS)
        return compiled.rows(values)

    def first(self, *values: Any) -> Found | None:
        """The first row; a query for one says so itself with `[:1]`."""
        found = self(*values)
        return found[0] if found else None


class _Compiled:
    """The query as SQL, and where in its parameters each value goes."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], kinds: tuple[type, ...], alias: str) -> None:
        samples = [uuid.uuid4() if kind is uuid.UUID else uuid.uuid4().hex for kind in kinds]
        queryset = build(*samples).using(alias)
        if queryset._prefetch_related_lookups:
            raise TypeError("A prepared query fetches nothing beside its own rows.")
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(using=alias)
        self._sql, params = self._compiler.as_sql()
        self._params = tuple(params)
        self._places = [_places_of(sample, self._params) for sample in samples]
        if not all(self._places):
            raise TypeError("A prepared query must use each of its values as it is.")

    def rows(self, values: tuple[Any, ...]) -> list[Any]:
        params = list(self._params)
        for places, value in zip(self._places, values, strict=True):
            for place, as_hex in places:
                params[place] = value.hex if as_hex else value
        compiler = copy.copy(self._compiler)
        compiler.as_sql = lambda *_, **__: (self._sql, tuple(params))
        queryset = copy.copy(self._queryset)
        queryset._query = _Ready(compiler)
        queryset._for_write = False
        return list(queryset._iterable_class(queryset))


def _places_of(sample: Any, params: tuple[Any, ...]) -> list[tuple[int, bool]]:
    """Where this sample stands, and whether as its hexadecimal words (SQLite keeps ids so)."""
    found = []
    for place, param in enumerate(params):
        if param == sample:
            found.append((place, False))
        elif isinstance(sample, uuid.UUID) and param == sample.hex:
            found.append((place, True))
    return found


class _Ready:
    """Stands where Django's row makers look for a query, and hands out the compiled one."""

    def __init__(self, compiler: Any) -> None:
        self._compiler, self._of = compiler, compiler.query

    def get_compiler(self, using: str | None = None, **_: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)
