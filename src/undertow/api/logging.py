"""`tf.logging`: messages through Python's logger "tensorflow", on stderr as `INFO:tensorflow:…`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/logging
"""

from __future__ import annotations

import functools
import logging
import sys
from collections import Counter
from typing import Any

DEBUG = logging.DEBUG
INFO = logging.INFO
WARN = logging.WARN
ERROR = logging.ERROR
FATAL = logging.FATAL

_CALLER = 2  # frames from Python's logger to the program, which a format may name
_calls: Counter[tuple[str, int]] = Counter()


@functools.cache
def get_logger() -> logging.Logger:
    """`tf.get_logger`: the logger "tensorflow".

    It writes warnings and worse, on an interactive prompt everything from INFO; and it leaves the writing to the root
    logger if the program has set that up before.
    """
    logger = logging.getLogger("tensorflow")
    if not logging.getLogger().handlers:
        interactive = hasattr(sys, "ps1") or bool(sys.flags.interactive)
        if logger.level == logging.NOTSET:
            logger.setLevel(INFO if interactive else WARN)
        handler = logging.StreamHandler(sys.stdout if interactive else sys.stderr)
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        logger.addHandler(handler)
    return logger


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at `level`."""
    get_logger().log(level, msg, *args, stacklevel=_CALLER, **kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    get_logger().debug(msg, *args, stacklevel=_CALLER, **kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    get_logger().info(msg, *args, stacklevel=_CALLER, **kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    get_logger().warning(msg, *args, stacklevel=_CALLER, **kwargs)


warn = warning


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    get_logger().error(msg, *args, stacklevel=_CALLER, **kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log at FATAL; the program goes on."""
    get_logger().fatal(msg, *args, stacklevel=_CALLER, **kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    get_logger().log(level, msg, *args, stacklevel=_CALLER, **kwargs)


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """Log if `condition` holds."""
    if condition:
        get_logger().log(level, msg, *args, stacklevel=_CALLER)


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log the first of every `n` times that this line of the program is reached."""
    if _times_here() % n == 0:
        get_logger().log(level, msg, *args, stacklevel=_CALLER)


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log the first `n` times that this line of the program is reached."""
    if _times_here() < n:
        get_logger().log(level, msg, *args, stacklevel=_CALLER)


def _times_here() -> int:
    """How often the line that called our caller has been counted before."""
    frame = sys._getframe(2)
    place = (frame.f_code.co_filename, frame.f_lineno)
    _calls[place] += 1
    return _calls[place] - 1


def TaskLevelStatusMessage(msg: Any) -> None:
    get_logger().error(msg, stacklevel=_CALLER)


def set_verbosity(v: int | str) -> None:
    """Log messages of level `v` (`tf.logging.INFO`, or its name) and worse."""
    get_logger().setLevel(v)


def get_verbosity() -> int:
    """The level from which messages are logged."""
    return get_logger().getEffectiveLevel()
