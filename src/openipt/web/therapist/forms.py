"""What the therapist's forms read, as every staff form does."""

from __future__ import annotations

from openipt.web.sent import Sent, read_day

__all__ = ["Sent", "read_day"]
