"""TensorFlow 2's behaviours: what asks about them and what turns them off.

All are off here; of what turns one on, only that of resource variables is built. Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/disable_v2_behavior
"""

from __future__ import annotations


def disable_v2_behavior() -> None:
    """Graphs and TensorFlow 1's shapes are what there is; variables are references again."""
    disable_resource_variables()


def disable_eager_execution() -> None:
    """Nothing changes: a program makes a graph and runs it."""


def disable_control_flow_v2() -> None:
    """Nothing changes: `tf.cond` and `tf.while_loop` are TensorFlow 1's."""


_by_handle = False


def enable_resource_variables() -> None:
    """From here on variables are resource variables, unless one asks for `use_resource=False`."""
    global _by_handle
    _by_handle = True


def disable_resource_variables() -> None:
    """From here on variables are TensorFlow 1's, unless one asks for `use_resource=True`."""
    global _by_handle
    _by_handle = False


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
    """Whether variables are resource variables where the program does not say."""
    return _by_handle
