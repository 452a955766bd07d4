"""`tf.train.basic_train_loop`: steps until a supervisor stops.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/basic_train_loop
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import errors
from .supervisor import Supervisor


def basic_train_loop(
    supervisor: Supervisor, train_step_fn: Callable[..., Any], args: Any = None, kwargs: Any = None, master: str = ""
) -> None:
    """Call `train_step_fn(sess, *args, **kwargs)` until `supervisor` stops; an aborted session is made again."""
    retry = True
    while retry:
        retry = False
        try:
            with supervisor.managed_session(master) as sess:
                while not supervisor.should_stop():
                    train_step_fn(sess, *(args or ()), **(kwargs or {}))
        except errors.AbortedError:
            retry = True
