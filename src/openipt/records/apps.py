"""The Django app that remembers: models, actions, queries, access, audit."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.signals import request_started


class RecordsConfig(AppConfig):
    name = "openipt.records"
    label = "records"

    def ready(self) -> None:
        from openipt.records import audit, sealing

        request_started.connect(sealing.forget_all, dispatch_uid="records.sealing.forget_all")
        request_started.connect(audit.forget_reads, dispatch_uid="records.audit.forget_reads")
