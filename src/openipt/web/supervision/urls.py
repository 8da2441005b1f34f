"""Addresses of these pages."""

from __future__ import annotations

from django.urls import path

from openipt.web.supervision import views

app_name = "supervision"

urlpatterns = [path("", views.supervision, name="home")]
