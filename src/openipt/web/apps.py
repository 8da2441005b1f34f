"""The web as a Django app: it holds pages and their static files, no models."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "openipt.web"
    label = "web"

    def ready(self) -> None:
        """The service's own measures stand beside the shipped ones, in OPENIPT_HOME/content/measures."""
        from django.conf import settings

        from openipt import library

        library.configure(extra=settings.ENVIRONMENT.home / "content" / "measures")
