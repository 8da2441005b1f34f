"""Addresses of these pages."""

from __future__ import annotations

from django.urls import path

from openipt.web.service import views

app_name = "service"

urlpatterns = [
    path("", views.service, name="home"),
    path("audit/check/", views.check_audit, name="check-audit"),
]
