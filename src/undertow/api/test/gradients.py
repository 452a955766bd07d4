"""Comparing a gradient with finite differences: `tf.test.compute_gradient` and `compute_gradient_error`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/test/compute_gradient
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...graph import stacks

Jacobian = np.ndarray


def compute_gradient(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: dict[Any, Any] | None = None,
) -> Any:
    """The Jacobian dy/dx twice over: by the gradient ops, and by central differences of width `delta`.

    Args:
      x: the tensor to differentiate by, or a list of them (then `x_shape` and `x_init_value` are lists too).
      x_shape, y_shape: their static shapes, as tuples.
      x_init_value: where to differentiate; random in [0, 1) if None.
      init_targets: operations to run first.
      extra_feed_dict: further feeds.

    Returns:
      Two arrays [x's size, y's size] (a list of such pairs for a list of x). A complex number counts as two.

    Raises:
      ValueError: the gradient of an empty x has another shape than x.
    """
    session = _session()
    for target in init_targets if isinstance(init_targets, list | tuple) else [init_targets] if init_targets else []:
        session.run(target)
    if not isinstance(x, list):
        return _one(session, x, x_shape, y, y_shape, x_init_value, delta, dict(extra_feed_dict or {}))
    starts = [None] * len(x) if x_init_value is None else x_init_value
    starts = [_start(one, shape, start) for one, shape, start in zip(x, x_shape, starts)]
    feeds = {**dict(zip(x, starts)), **(extra_feed_dict or {})}
    return [_one(session, one, shape, y, y_shape, start, delta, feeds) for one, shape, start in zip(x, x_shape, starts)]


def compute_gradient_error(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: dict[Any, Any] | None = None,
) -> float:
    """The greatest absolute difference between the two Jacobians of `compute_gradient`; NaN if one holds a NaN."""
    pairs = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    if isinstance(pairs, tuple):
        pairs = [pairs]
    return max_error([by_op for by_op, _ in pairs], [by_difference for _, by_difference in pairs])


def max_error(grad1: Sequence[Jacobian], grad2: Sequence[Jacobian]) -> float:
    """The greatest absolute difference between the arrays of two lists, 0 if all are empty."""
    return float(np.max([np.fabs(a - b).max() if a.size else 0.0 for a, b in zip(grad1, grad2)], initial=0.0))


def compute_gradient_of_function(
    f: Callable[..., Any], x: Sequence[Any], delta: float = 1e-3
) -> tuple[list[Jacobian], list[Jacobian]]:
    """TensorFlow 2's form of `compute_gradient`: of a function, at the values `x`.

    Returns:
      Two lists with an array [y's size, size of x] for each x: by the gradient ops, and by central differences.
    """
    from ...ops.node import convert_to_tensor

    session = _session()
    xs = [convert_to_tensor(one) for one in x]
    starts = [session.run(one) for one in xs]
    y = f(*xs)
    y_shape = session.run(y).shape
    feeds = dict(zip(xs, starts))
    pairs = [_one(session, one, s.shape, y, y_shape, s, delta, feeds) for one, s in zip(xs, starts)]
    return [by_op.T for by_op, _ in pairs], [by_difference.T for _, by_difference in pairs]


def _session() -> Any:
    session = stacks.get_default_session()
    if session is None:
        raise ValueError("compute_gradient needs a default session: call it inside `with session:`")
    return session


def _start(x: Any, shape: Any, value: Any) -> np.ndarray:
    """A point of x's type to differentiate at, as a fresh array in C order."""
    dtype = x.dtype.base_dtype.as_numpy_dtype
    if value is None:
        value = np.random.random_sample(tuple(shape))
        if np.issubdtype(dtype, np.complexfloating):
            value = value + 1j * np.random.random_sample(tuple(shape))
    return np.array(value, dtype=dtype, order="C")


def _one(
    session: Any, x: Any, x_shape: Any, y: Any, y_shape: Any, start: Any, delta: float, feeds: dict[Any, Any]
) -> tuple[Jacobian, Jacobian]:
    at = _start(x, x_shape, start)
    feeds = {**feeds, x: at}
    return _by_op(session, x, at, y, tuple(y_shape), feeds), _by_difference(
        session, x, at, y, tuple(y_shape), delta, feeds
    )


def _by_op(session: Any, x: Any, at: np.ndarray, y: Any, y_shape: tuple[int, ...], feeds: dict[Any, Any]) -> Jacobian:
    """A column for each number in y: the gradient when that number alone has weight 1."""
    from ...ops.constant import constant
    from ...ops.gradients import gradients

    weights = np.zeros(y_shape, y.dtype.base_dtype.as_numpy_dtype)
    dy = constant(weights, name="dy")
    (dx,) = gradients(y, x, dy)
    jacobian = np.zeros((_numbers(at).size, _numbers(weights).size), _real(at))
    for column in range(jacobian.shape[1]):
        _numbers(weights)[column] = 1
        jacobian[:, column] = _numbers(_dense(session.run(dx, {**feeds, dy: weights}), at))
        _numbers(weights)[column] = 0
    if not at.size or not weights.size:
        got = _dense(session.run(dx, {**feeds, dy: weights}), at)
        if got.shape != at.shape:
            raise ValueError(f"Empty gradient has wrong shape: expected {at.shape}, got {got.shape}")
    return jacobian


def _by_difference(
    session: Any, x: Any, at: np.ndarray, y: Any, y_shape: tuple[int, ...], delta: float, feeds: dict[Any, Any]
) -> Jacobian:
    """A row for each number in x: how y changes between `delta` below and `delta` above it."""
    y_dtype = y.dtype.base_dtype.as_numpy_dtype
    size = _numbers(np.zeros(y_shape, y_dtype)).size
    jacobian = np.zeros((_numbers(at).size, size), _real(at))

    def value(row: int, step: float) -> np.ndarray:
        moved = at.copy()
        _numbers(moved)[row] += step
        return _numbers(np.array(session.run(y, {**feeds, x: moved}), y_dtype, order="C"))

    scale = np.asarray(2 * delta, _real(at))
    for row in range(jacobian.shape[0] if size else 0):
        jacobian[row] = (value(row, delta) - value(row, -delta)) / scale
    return jacobian


def _numbers(a: np.ndarray) -> np.ndarray:
    """The real numbers in `a`, in one row, as a view: a complex number is two."""
    flat = a.reshape(-1)
    return flat.view(flat.real.dtype) if np.iscomplexobj(flat) else flat


def _real(a: np.ndarray) -> Any:
    """The dtype of a Jacobian by `a`: that of its real numbers."""
    return a.real.dtype if np.iscomplexobj(a) else a.dtype


def _dense(gradient: Any, like: np.ndarray) -> np.ndarray:
    """A gradient as an array: IndexedSlices are added up."""
    if not hasattr(gradient, "indices"):
        return np.ascontiguousarray(gradient)
    total = np.zeros(like.shape, like.dtype)
    np.add.at(total, gradient.indices, gradient.values)
    return total
