"""What OpenIPT is measured beside: Django and nothing around it, served by the same server in the same way.

`/page/40000/` is a view without middleware, session or audit that renders so many bytes of a table with Django's
own templates. `/insert/` writes one row of twelve columns in a transaction, with the same settings of SQLite.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

WORDS = ("Tuesday 3 March", "Session 4", "Interpersonal inventory", "held", "PHQ-9 14")
ROW = "<tr>{% for cell in row %}<td class=cell>{{ cell }}</td>{% endfor %}</tr>"


def set_up() -> None:
    """A project of one file, with its database in OPENIPT_HOME."""
    import django
    from django.conf import settings

    from openipt.web.environment import sqlite

    home = Path(os.environ["OPENIPT_HOME"])
    settings.configure(
        ROOT_URLCONF="benchmarks.bare",
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": sqlite(home / "bare.sqlite3")},
        USE_I18N=False,
        SECRET_KEY="none",  # noqa: S106
    )
    django.setup()
    make_table()


def make_table() -> None:
    """A table in whatever database Django is set up with."""
    from django.db import connection

    with connection.cursor() as cursor:
        columns = ", ".join(f"c{number} TEXT" for number in range(11))
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, {columns})")
    connection.close()


@cache
def renderer(size: int) -> Any:
    """Renders as many bytes of a table as this."""
    from django.template import Context, Engine

    template = Engine().from_string(f"<table>{{% for row in rows %}}{ROW}{{% endfor %}}</table>")
    one = len(template.render(Context({"rows": [WORDS]})))
    rows = [WORDS] * max(1, round(size / one))
    return lambda: template.render(Context({"rows": rows}))


def page(_request: Any, size: int) -> Any:
    from django.http import HttpResponse

    return HttpResponse(renderer(size)())


def insert_one() -> None:
    """One row, in a transaction of its own."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"c{number}" for number in range(11))
        cursor.execute(
            f"INSERT INTO bare ({columns}) VALUES ({', '.join(['%s'] * 11)})",  # noqa: S608
            ["some words of a row"] * 11,
        )


def serve(port: int, workers: int) -> None:
    """The bare pages under the server that OpenIPT is served by, with its settings."""
    set_up()
    from django.core.wsgi import get_wsgi_application
    from gunicorn.app.base import BaseApplication

    from openipt.cli.serve import settings_of_server

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in settings_of_server("127.0.0.1", port, workers).items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return get_wsgi_application()

    Server().run()


def _addresses() -> list[Any]:
    from django.urls import path

    return [path("page/<int:size>/", page)]


urlpatterns = _addresses()

if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
