"""What may stand in a log: times, places in the code, ids. Never what somebody wrote."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class WithoutWords(logging.Formatter):
    """A formatter that names an exception by its kind and its place, and leaves out its message.

    A message such as "invalid literal for int(): ..." repeats what was typed.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(  # noqa: N802 - the name logging gives it
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The frames and the kind of the exception, with those it came from."""
        kind, error, _ = ei
        if kind is None or error is None:
            return ""
        return "\n".join(_told(error))


def _told(error: BaseException) -> list[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return [
        *(_told(before) if before else []),
        f"{type(error).__module__}.{type(error).__qualname__}",
        *places,
    ]
