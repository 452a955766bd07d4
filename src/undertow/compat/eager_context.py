"""What TensorFlow 1's modules ask about eager execution. Undertow builds graphs; there is no eager mode."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn

from undertow.graph import errors

GRAPH_MODE = 0
EAGER_MODE = 1


def executing_eagerly() -> bool:
    """False."""
    return False


def enabled() -> bool:
    """Whether TensorFlow 2's behaviour is on (`tensorflow.python.tf2.enabled`): False."""
    return False


@contextlib.contextmanager
def graph_mode() -> Iterator[None]:
    """The mode there is."""
    yield


def eager_mode() -> NoReturn:
    """Raises: errors.UnimplementedError, always."""
    raise errors.unbuilt("Eager execution", "A program makes a graph and runs it.")


class Context:
    """What `context.context()` tells about the process."""

    def executing_eagerly(self) -> bool:
        """False."""
        return False

    def num_gpus(self) -> int:
        """How many GPUs there are."""
        return num_gpus()


_context = Context()


def context() -> Context:
    """The one context of the process."""
    return _context


def num_gpus() -> int:
    """How many GPUs there are."""
    from undertow.api import test

    return 1 if test.is_gpu_available() else 0


def function(*args: Any, **kwargs: Any) -> NoReturn:
    """Raises: errors.UnimplementedError, always: `tf.function` is TensorFlow 2's way."""
    raise errors.unbuilt("tf.function")
