"""`tensorflow.python.eager.execution_callbacks`: what eager execution did with infinities, as a test's constants."""

from __future__ import annotations

import enum
from typing import Any, NoReturn

from undertow.compat.eager_context import eager_mode


class ExecutionCallback(enum.Enum):
    """What to do when an op that is run eagerly gives an infinity or a NaN."""

    IGNORE = "ignore"
    PRINT = "print"
    RAISE = "raise"
    WARN = "warn"


def errstate(inf_or_nan: Any = None) -> NoReturn:
    """Raises: errors.UnimplementedError, always: it is of eager execution."""
    eager_mode()
