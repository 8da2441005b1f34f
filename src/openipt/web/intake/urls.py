"""Addresses of these pages."""

from __future__ import annotations

from django.urls import path

from openipt.web.intake import views

app_name = "intake"

urlpatterns = [
    path("", views.waiting, name="home"),
    path("<uuid:enquiry_id>/", views.enquiry, name="enquiry"),
]
