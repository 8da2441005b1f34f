"""The worker: tells, escalates, reminds, and looks at the rules. One at a time, wherever it is started.

All it knows stands in the database: which alerts to look at next, what is to be sent, who holds the lease.
Each step is one transaction that finds its own term in the lease (`actions.worker.fenced`); so it may be
killed at any moment, started twice, or find the clock put back, and nothing is lost and nothing told twice
where the channel can tell.

    Worker(now=clock.now).run(stop)      until `stop` is set: `openipt worker`, or a thread of `openipt serve`
    Worker(now=..., in_line=True).turn() one turn, for tests
"""

from __future__ import annotations

from openipt.records.worker.loop import Worker, holder_name

__all__ = ["Worker", "holder_name"]
