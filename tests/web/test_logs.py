"""A log says where something broke, never what somebody wrote."""

from __future__ import annotations

import logging

from openipt.web.logs import WithoutWords


def test_an_exception_is_told_without_its_words():
    try:
        try:
            int("my mother died")
        except ValueError as error:
            raise KeyError("of grief") from error
    except KeyError as error:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            __file__,
            1,
            "Broken: %s",
            ("/x/",),
            (KeyError, error, error.__traceback__),
        )
    told = WithoutWords().format(record)
    assert "builtins.ValueError" in told
    assert "builtins.KeyError" in told
    assert "test_logs.py" in told
    assert "mother" not in told
    assert "grief" not in told


def test_every_log_goes_through_it(settings):
    handlers = settings.LOGGING["handlers"].values()
    assert all(handler["formatter"] == "no-words" for handler in handlers)
    assert settings.LOGGING["formatters"]["no-words"]["()"] == "openipt.web.logs.WithoutWords"
