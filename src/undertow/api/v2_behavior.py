"""TensorFlow 2's behaviours, all of which are off here: what asks about them and what turns them off.

What turns one on is not built. Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/disable_v2_behavior
"""

from __future__ import annotations


def disable_v2_behavior() -> None:
    """Nothing changes: graphs, reference variables and TensorFlow 1's shapes are what there is."""


def disable_eager_execution() -> None:
    """Nothing changes: a program makes a graph and runs it."""


def disable_control_flow_v2() -> None:
    """Nothing changes: `tf.cond` and `tf.while_loop` are TensorFlow 1's."""


def disable_resource_variables() -> None:
    """Nothing changes: variables are TensorFlow 1's, unless one asks for `use_resource`."""


def disable_tensor_equality() -> None:
    """Nothing changes: tensors and variables are equal to themselves only."""


def disable_v2_tensorshape() -> None:
    """Nothing changes: the elements of a shape are `tf.Dimension`s."""


def executing_eagerly() -> bool:
    """False."""
    return False


def control_flow_v2_enabled() -> bool:
    """False."""
    return False


def resource_variables_enabled() -> bool:
    """False."""
    return False
