"""The global step: a variable that counts a program's training steps.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/get_or_create_global_step
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import dtypes, stacks
from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from ...graph.operation import Tensor
from ...ops.state import assign_add
from ..get_variable import get_variable
from ..initializers import zeros_initializer
from ..variables import Variable


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The value of the global step in a session."""
    return int(np.asarray(sess.run(global_step_tensor)).item())  # a vector of one does as well


def get_global_step(graph: Graph | None = None) -> Any:
    """The graph's global step: a variable or a tensor; None if it has none.

    `TypeError` if what is there is no integer scalar.
    """
    graph = graph or stacks.get_default_graph()
    collected = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(collected) > 1:
        return None  # TensorFlow logs an error and goes on
    if collected:
        step = collected[0]
    else:
        try:
            step = graph.get_tensor_by_name("global_step:0")
        except KeyError:
            return None
    assert_global_step(step)
    return step


def create_global_step(graph: Graph | None = None) -> Variable:
    """A new int64 variable `global_step` that starts at 0; `ValueError` if the graph has one."""
    graph = graph or stacks.get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        return get_variable(
            GraphKeys.GLOBAL_STEP,
            shape=[],
            dtype=dtypes.int64,
            initializer=zeros_initializer(),
            trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
        )


def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """The graph's global step, made now if it has none."""
    graph = graph or stacks.get_default_graph()
    step = get_global_step(graph)
    return create_global_step(graph) if step is None else step


def assert_global_step(global_step_tensor: Any) -> None:
    """`TypeError` unless it is a variable or tensor, of an integer type, and a scalar."""
    if not isinstance(global_step_tensor, (Variable, Tensor)):
        raise TypeError(f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.')
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')


def _increment_global_step(increment: int, graph: Graph | None = None) -> Tensor:
    """Add to the global step; `ValueError` if there is none."""
    graph = graph or stacks.get_default_graph()
    step = get_global_step(graph)
    if step is None:
        raise ValueError(
            "Global step tensor should be created by tf.train.get_or_create_global_step before calling increment."
        )
    with graph.as_default(), graph.name_scope(f"{step.op.name}/"):
        return assign_add(step, increment)
