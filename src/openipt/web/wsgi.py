"""The door for application servers: `openipt.web.wsgi:application`."""

from __future__ import annotations

import gc
import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")


def _settle() -> None:
    """Read every page, its template and the whole content now: the first person to come does not wait for it.

    All of it stays as long as the process does. The collector need not look at it again, which would
    hold up a page for a tenth of a second every few hundred pages.
    """
    from openipt import library
    from openipt.errors import ContentError

    get_resolver().url_patterns  # noqa: B018
    pages = engines.all()[0].env
    for name in pages.list_templates():
        pages.get_template(name)
    with suppress(ContentError):  # a fault in the service's own content: the page that needs it says so
        library.manuals()
    gc.collect()
    gc.freeze()


application = get_wsgi_application()
_settle()
