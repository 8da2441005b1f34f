"""Addresses of these pages."""

from __future__ import annotations

from django.urls import path

from openipt.web.accounts import arrangements, logins, own_alerts

app_name = "accounts"

urlpatterns = [
    path("", logins.accounts, name="home"),
    path("new/", logins.add, name="new"),
    path("password/", logins.own_password, name="own-password"),
    path("alerts/", own_alerts.own_alerts, name="own-alerts"),
    path("alerts/trial/", own_alerts.send_trial, name="own-alerts-trial"),
    path("arrangements/", arrangements.arrangements, name="arrangements"),
    path("cover/", arrangements.own_cover, name="cover"),
    path("cover/add/", arrangements.add_cover, name="cover-add"),
    path("cover/<uuid:cover_id>/stop/", arrangements.stop_cover, name="cover-stop"),
    path("supervision/start/", arrangements.start_supervision, name="supervision-start"),
    path("supervision/<uuid:supervision_id>/stop/", arrangements.stop_supervision, name="supervision-stop"),
    path("<uuid:account_id>/", logins.account, name="account"),
    path("<uuid:account_id>/password/", logins.new_password, name="account-password"),
    path("<uuid:account_id>/active/", logins.active, name="account-active"),
]
