"""The web as a Django app: it holds pages and their static files, no models."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "openipt.web"
    label = "web"
