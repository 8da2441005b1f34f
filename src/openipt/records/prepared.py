"""Queries whose SQL is worked out once. Building and compiling a query costs Django ten times what SQLite
takes to answer it; what every page asks is asked through these. Nothing of the answers is kept.

    SESSIONS = Prepared(lambda episode: Session.objects.filter(episode=episode), UUID)
    rows = SESSIONS(episode.pk)

The query may differ only in the values it is given, each of the kind named: an id (UUID), words (str), a
day, a moment, or MANY ids or MANY_WORDS. They are compared as they are: a query in which a value becomes part
of another (`contains`) or is looked at while the query is built cannot be prepared. Of MANY that are none,
no row is found; where that would be wrong the query is not for this place.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Container, Hashable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Generic, TypeVar, get_args, get_origin

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, Value

Found = TypeVar("Found")

MANY: Final = list[uuid.UUID]
MANY_WORDS: Final = list[str]


class Prepared(Generic[Found]):
    """One query, asked with other values each time. Compiled once for all connections to one kind of database.

    `sparing`: the query may do without some of its values, as one does that is built otherwise for each role.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *kinds: Any, sparing: bool = False) -> None:
        self._build, self._kinds, self._sparing = build, kinds, sparing
        self._kept: dict[tuple[Any, ...], _Compiled | None] = {}

    def __call__(self, *values: Any) -> list[Found]:
        """The rows, of whatever kind the query makes: objects, tuples or single values."""
        given: list[Any] = []
        sizes: list[int] = []
        for kind, value in zip(self._kinds, values, strict=True):
            if _is_many(kind):
                filled = _filled(value)
                if not filled:
                    return []
                sizes.append(len(filled))
                given += filled
            else:
                given.append(value)
        connection: Any = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *sizes)
        if key in self._kept:
            compiled = self._kept[key]
        else:
            compiled = self._kept[key] = self._compiled(sizes, connection)
        return compiled.rows(given, connection) if compiled else []

    def _compiled(self, sizes: list[int], connection: Any) -> _Compiled | None:
        """The query as SQL; None for one that can find nothing, whatever it is given."""
        try:
            return _Compiled(self._build, self._kinds, sizes, connection, sparing=self._sparing)
        except EmptyResultSet:
            return None

    def first(self, *values: Any) -> Found | None:
        """The first row; a query for one says so itself with `[:1]`."""
        found = self(*values)
        return found[0] if found else None


def in_all(rows: QuerySet[Any, Any], **figures: Any) -> QuerySet[Any, Any]:
    """One row of figures over all these rows, as `aggregate` answers it, but as a query that can be prepared."""
    grouped = rows.order_by().annotate(every=Value(1)).values("every")
    return grouped.annotate(**figures).values_list(*figures)


def _is_many(kind: Any) -> bool:
    return get_origin(kind) is list


def _filled(ids: Iterable[Any]) -> list[Any]:
    """The values, the last one named again up to 1, 2, 4, 8 ...: few lengths, so few queries to compile."""
    found = list(ids)
    length = 1 << (len(found) - 1).bit_length() if found else 0
    return found + found[-1:] * (length - len(found))


class _Compiled:
    """The query as SQL, and where in its parameters each value goes."""

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        kinds: tuple[Any, ...],
        sizes: list[int],
        connection: Any,
        *,
        sparing: bool = False,
    ) -> None:
        given, samples = _samples(kinds, iter(sizes))
        queryset = build(*given).using(connection.alias)
        if queryset._prefetch_related_lookups:
            raise TypeError("A prepared query fetches nothing beside its own rows.")
        compiler = queryset.query.get_compiler(using=connection.alias)
        self._sql, params = compiler.as_sql()
        self._params = tuple(params)
        self._asked = _Asked(queryset, compiler)
        places = _places_of(self._params)
        self._adapt = [_adapter(sample, places, connection) for sample in samples]
        self._places = [
            places.get(adapt(sample), []) for adapt, sample in zip(self._adapt, samples, strict=True)
        ]
        if not (sparing or all(self._places)):
            raise TypeError("A prepared query must use each of its values as it is.")

    def rows(self, values: list[Any], connection: Any) -> list[Any]:
        params = list(self._params)
        for adapt, places, value in zip(self._adapt, self._places, values, strict=True):
            adapted = adapt(value)
            for place in places:
                params[place] = adapted
        return self._asked.rows(self._sql, params, connection)


def _samples(kinds: tuple[Any, ...], sizes: Any) -> tuple[list[Any], list[Any]]:
    """A value of each kind that nobody else would think of: as the query is given them, and one by one."""
    given: list[Any] = []
    samples: list[Any] = []
    for kind in kinds:
        if _is_many(kind):
            one = get_args(kind)[0]
            several = [_sample(one, len(samples) + place) for place in range(next(sizes))]
            given.append(several)
            samples += several
        else:
            given.append(_sample(kind, len(samples)))
            samples.append(given[-1])
    return given, samples


def _sample(kind: type, place: int) -> Any:
    if kind is uuid.UUID:
        return uuid.uuid4()
    if kind is datetime:
        return datetime(1803, 5, 4, 3, 2, 1, 987_001, tzinfo=UTC) + timedelta(hours=place)
    if kind is date:
        return date(1803, 5, 4) + timedelta(days=place)
    return uuid.uuid4().hex


def _places_of(params: tuple[Any, ...]) -> dict[Any, list[int]]:
    """Where each parameter stands. One that cannot be looked up by its value is no value of ours."""
    found: dict[Any, list[int]] = {}
    for place, param in enumerate(params):
        if isinstance(param, Hashable):
            found.setdefault(param, []).append(place)
    return found


def _adapter(sample: Any, params: Container[Any], connection: Any) -> Callable[[Any], Any]:
    """How a value of this kind stands among the parameters of this database."""
    ways: dict[type, Callable[[Any], Any]] = {
        uuid.UUID: lambda value: value.hex,
        datetime: connection.ops.adapt_datetimefield_value,
        date: connection.ops.adapt_datefield_value,
    }
    adapt = ways.get(type(sample))
    return adapt if adapt is not None and adapt(sample) in params else lambda value: value


class _Asked:
    """What Django's row makers look at of a query set, its query and its compiler: asks the SQL it is given.

    How a value of the database becomes one of Python is worked out once for each column.
    """

    _connection: Any
    _found: list[Any]
    _met: dict[tuple[str, Any], Any]

    def __init__(self, queryset: Any, compiler: Any) -> None:
        self.db, self.model = queryset.db, queryset.model
        self._fields, self._hints = queryset._fields, queryset._hints
        self._known_related_objects = queryset._known_related_objects
        self._fetch_mode = getattr(queryset, "_fetch_mode", None)  # from Django 6.1 on
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        self._make, self._compiled = queryset._iterable_class, compiler.query
        self._columns = compiler.col_count
        found = compiler.get_converters([s[0] for s in self.select[: self._columns]])
        self._converters = [(place, *how, _kind(how[1])) for place, how in found.items()]

    def rows(self, sql: str, params: list[Any], connection: Any) -> list[Any]:
        answered = _Asked.__new__(_Asked)
        answered.__dict__.update(self.__dict__)
        answered._connection, answered._met = connection, {}
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            answered._found = cursor.fetchall()
        return list(self._make(answered))

    @property
    def query(self) -> _Asked:
        return self

    def get_compiler(self, using: str | None = None, **_: Any) -> Any:
        return self

    def execute_sql(self, *_: Any, **__: Any) -> list[Any]:
        return self._found

    def results_iter(
        self, results: list[Any] | None = None, tuple_expected: bool = False, **_: Any
    ) -> Iterable[Any]:
        rows: Iterable[Any] = self._found
        if self._converters:
            rows = map(self._converted, rows)
        return map(tuple, rows) if tuple_expected else rows

    def _converted(self, found: Any) -> list[Any]:
        row = list(found[: self._columns])
        for place, convert, column, kind in self._converters:
            value = row[place]
            if value is None:  # no column of ours makes something of nothing
                continue
            if kind:
                known = self._met.get((kind, value))
                if known is not None:
                    row[place] = known
                    continue
                row[place] = self._met[kind, value] = self._as_python(value, convert, column)
            else:
                row[place] = self._as_python(value, convert, column)
        return row

    def _as_python(self, value: Any, convert: list[Any], column: Any) -> Any:
        for one in convert:
            value = one(value, column, self._connection)
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)


# Values that never change: met twice in one answer, as the id of an episode is in each of its rows, made once.
_CONSTANT = frozenset({"UUIDField", "DateTimeField", "DateField"})


def _kind(column: Any) -> str:
    kind = column.output_field.get_internal_type()
    return kind if kind in _CONSTANT else ""
