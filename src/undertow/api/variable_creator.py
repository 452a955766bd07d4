"""`tf.variable_creator_scope`: the program's say in how each variable is made.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/variable_creator_scope
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..graph import stacks

_KEY = ("__variable_creators",)


@contextmanager
def variable_creator_scope(variable_creator: Callable[..., Any]) -> Iterator[None]:
    """Make the variables inside by `variable_creator(next_creator, **kwargs)`, which returns a variable.

    `kwargs` are all of `tf.Variable`'s arguments; `next_creator(**kwargs)` makes it, or asks the scope outside.
    """
    creators = stacks.get_default_graph().get_collection_ref(_KEY)
    creators.append(variable_creator)
    try:
        yield
    finally:
        creators.remove(variable_creator)


class Creatable(type):
    """A class that has a `_make(**arguments)` of its own makes its instances by it, through the creators in force."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_make" not in cls.__dict__:
            return super().__call__(*args, **kwargs)
        told = inspect.signature(cls.__init__).bind(None, *args, **kwargs)  # type: ignore[misc]
        told.apply_defaults()
        arguments = dict(list(told.arguments.items())[1:])
        create: Callable[..., Any] = cls._make  # type: ignore[attr-defined]
        if arguments["variable_def"] is None:
            for creator in stacks.get_default_graph().get_collection(_KEY):
                create = functools.partial(creator, create)
        return create(**arguments)
