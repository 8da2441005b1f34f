"""The door for application servers: `openipt.web.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  read every page now: the first person to come does not wait for it
