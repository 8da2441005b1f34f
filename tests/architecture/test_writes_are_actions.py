"""Every change to the records is an action: no other place saves, updates or deletes a row."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, python_files, short, tree

ALLOWED = {
    "records/actions/": "here is where rows are written",
    "records/migrations/": "the shape of the tables, and rows moved with it",
    "records/audit.py": "the chain's own rows, written for the actions inside their transaction",
    "records/sealing.py": "destroys a client's key, inside the action that erases",
}
SAVES = {"save", "asave", "save_base"}
WRITES = {
    *("create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"),
    *("acreate", "aupdate", "adelete", "abulk_create", "aget_or_create", "aupdate_or_create"),
}
QUERYSET = {
    "filter",
    "exclude",
    "all",
    "order_by",
    "select_for_update",
    "get",
    "none",
    "using",
    "select_related",
}
SQL = ("insert", "update", "delete", "replace", "drop", "alter")


def writes(module: ast.Module) -> list[str]:
    """Calls that write rows. Dictionaries, sets and hashes have `update` too: a queryset is told by its chain."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return [f"line {call.lineno}: {ast.unparse(call.func)}()" for call in calls if _is_write(call)]


def _is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    method, owner = call.func.attr, call.func.value
    if method in SAVES:
        return not _is_own_super(owner) and ast.unparse(owner) != "request.session"
    if method == "delete" and not call.args and not call.keywords and isinstance(owner, ast.Name):
        return True  # row.delete()
    if method == "execute" and call.args:
        return _is_writing_sql(call.args[0])
    return method in WRITES and _is_queryset(owner)


def _is_queryset(owner: ast.expr) -> bool:
    for node in ast.walk(owner):
        if isinstance(node, ast.Attribute) and (node.attr == "objects" or node.attr.endswith("_set")):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_chained(node):
            return True
    return False


def _is_chained(call: ast.Call) -> bool:
    """`.filter(state="open")`: a queryset's own words, given keywords or nothing, never a dict's `.get("key")`."""
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr in QUERYSET and (
        bool(call.keywords) or call.func.attr in {"all", "select_for_update"}
    )


def _is_own_super(owner: ast.expr) -> bool:
    """A model's own `save` that refuses a change passes the rest on to `super().save()`."""
    return isinstance(owner, ast.Call) and ast.unparse(owner.func) == "super"


def _is_writing_sql(statement: ast.expr) -> bool:
    texts = [n.value for n in ast.walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return bool(texts) and texts[0].lstrip().lower().startswith(SQL)


OTHERS = [path for path in python_files(PACKAGE) if not short(path).startswith(tuple(ALLOWED))]


@pytest.mark.parametrize("path", OTHERS, ids=short)
def test_writes_nothing(path: Path) -> None:
    assert not writes(tree(path)), f"write rows in records/actions/, not in {short(path)}"


@pytest.mark.parametrize(
    "planted",
    [
        "session.save()",
        "session.save(update_fields=['state'])",
        "Session.objects.create(number=1)",
        "models.Entry.objects.filter(pk=1).update(state='final')",
        "episode.session_set.all().delete()",
        "entries.filter(state='draft').delete()",
        "row.delete()",
        "Episode.objects.bulk_create(rows)",
        "cursor.execute('UPDATE records_session SET state = 1')",
        "cursor.execute(f'DELETE FROM {table}')",
    ],
)
def test_the_scan_finds_what_is_planted(planted: str) -> None:
    assert writes(ast.parse(planted))


@pytest.mark.parametrize(
    "innocent",
    [
        "values.update(more)",
        "digest.update(b'x')",
        "context.get('rows').update(more)",
        "request.session.save()",
        "seen = {}; seen.setdefault('a', {}).update(b=1)",
        "Session.objects.filter(pk=1).first()",
        "cursor.execute('SELECT 1')",
        "super().save()",
        "actions.create(name='x')",
    ],
)
def test_the_scan_lets_reading_and_plain_python_pass(innocent: str) -> None:
    assert not writes(ast.parse(innocent))
