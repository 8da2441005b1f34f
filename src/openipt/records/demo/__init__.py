"""The demo: a small service, written by the product's own actions from files under content/demo.

    load(at) -> bool     lay the demo, or with `only` a part; False and nothing changed where it lies already
    reset(at)            empty the database of a demo and lay it anew
    service()            the people and episodes of the demo, as its files name them
    session_to_write(at) the session of today that the print-out suggests

Each file is an episode file. All its dates are moved so that one chosen day of it is the day of loading;
what lies before was done, at its hour, by the person who would have done it; the rest is only planned.
"""

from __future__ import annotations

from openipt.records.demo.files import Service, service
from openipt.records.demo.laying import is_laid, load, reset
from openipt.records.demo.today import ToWrite, session_to_write

__all__ = ["Service", "ToWrite", "is_laid", "load", "reset", "service", "session_to_write"]
