"""Queues of what is the same in every epoch: file names, numbers, slices of tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/string_input_producer and its neighbours
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.keys import GraphKeys
from ...graph.operation import Operation, Tensor
from ...graph.scopes import control_dependencies, name_scope
from ...graph.shape import as_shape
from ...ops import array, summary
from ...ops.check import Assert
from ...ops.constant import constant
from ...ops.gather import gather
from ...ops.math import cast, greater
from ...ops.node import convert_to_tensor, node
from ...ops.queues import FIFOQueue, QueueBase
from ...ops.random import random_shuffle
from ...ops.reduction import range as range_tensor
from ..variables import Variable
from .queue_runner import QueueRunner, add_queue_runner


def match_filenames_once(pattern: Any, name: str | None = None) -> Variable:
    """A local variable that holds the files matching `pattern`, looked up once, when it is initialized."""
    with name_scope(name, "matching_filenames", [pattern] if isinstance(pattern, Tensor) else []) as scope:
        return Variable(
            name=scope,
            initial_value=node("MatchingFiles", pattern),
            trainable=False,
            validate_shape=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )


def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Any:
    """`tensor`, which after `num_epochs` reads raises `OutOfRangeError`; the count is a local variable.

    `ValueError` unless `num_epochs` is above 0 or None, for no limit.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name, "limit_epochs", [tensor] if isinstance(tensor, Tensor) else []) as scope:
        zero = constant(0, dtype=dtypes.int64)
        epochs = Variable(zero, name="epochs", trainable=False, collections=[GraphKeys.LOCAL_VARIABLES])
        with control_dependencies([epochs.count_up_to(num_epochs)]):
            return array.identity(tensor, name=scope)


def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Operation | None = None,
) -> QueueBase:
    """A queue of the rows of `input_tensor`, again and again, or `num_epochs` times; shuffled in each epoch.

    `ValueError` if the rows' shape is not known.
    """
    with name_scope(name, "input_producer", [input_tensor] if isinstance(input_tensor, Tensor) else []) as scope:
        tensor = convert_to_tensor(input_tensor, name="input_tensor")
        shape = tensor.shape[1:].merge_with(as_shape(element_shape))
        if not shape.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be specified"
            )
        if shuffle:
            tensor = random_shuffle(tensor, seed=seed)
        tensor = limit_epochs(tensor, num_epochs)
        queue = FIFOQueue(
            capacity, dtypes=[tensor.dtype.base_dtype], shapes=[shape], shared_name=shared_name, name=scope
        )
        add_queue_runner(QueueRunner(queue, [queue.enqueue_many([tensor])], cancel_op=cancel_op))
        if summary_name is not None:
            summary.scalar(summary_name, cast(queue.size(), dtypes.float32) * (1.0 / capacity))
        return queue


def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Operation | None = None,
) -> QueueBase:
    """A queue of strings, file names say; arguments as in `input_producer`. `ValueError` for an empty list."""
    empty = "string_input_producer requires a non-null input tensor"
    if isinstance(string_tensor, (list, tuple, np.ndarray)) and not len(string_tensor):
        raise ValueError(empty)
    with name_scope(name, "input_producer", [string_tensor] if isinstance(string_tensor, Tensor) else []) as scope:
        tensor = convert_to_tensor(string_tensor, dtype=dtypes.string)
        with control_dependencies([Assert(greater(array.size(tensor), 0), [empty])]):
            tensor = array.identity(tensor)
        return input_producer(
            tensor,
            [],
            num_epochs,
            shuffle,
            seed,
            capacity,
            shared_name,
            f"fraction_of_{capacity}_full",
            scope,
            cancel_op,
        )


def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> QueueBase:
    """A queue of the integers from 0 to `limit` - 1; arguments as in `input_producer`."""
    with name_scope(name, "input_producer", [limit] if isinstance(limit, Tensor) else []) as scope:
        numbers = range_tensor(limit)
        return input_producer(
            numbers, [], num_epochs, shuffle, seed, capacity, shared_name, f"fraction_of_{capacity}_full", scope
        )


def slice_input_producer(
    tensor_list: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """One row of each tensor of the list at a time, the same row of all; arguments as in `input_producer`."""
    with name_scope(name, "input_producer", [t for t in tensor_list if isinstance(t, Tensor)]):
        tensors = [convert_to_tensor(t) for t in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        count = array.shape(tensors[0])[0]
        index = range_input_producer(count, num_epochs, shuffle, seed, capacity, shared_name).dequeue()
        return [gather(t, index) for t in tensors]
