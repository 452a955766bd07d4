"""`tf.contrib.opt.ScipyOptimizerInterface`: SciPy's optimizers on variables.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/opt/ScipyOptimizerInterface
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....graph.operation import Tensor
from ....ops import joining, shaping
from ....ops.array import placeholder, zeros_like
from ....ops.gradients import gradients
from ....ops.resource_variable import is_resource_variable
from ... import logging
from ...variables import trainable_variables


class ScipyOptimizerInterface:
    """Minimizes `loss` by `scipy.optimize.minimize`, which SciPy must be installed for, over `var_list`.

    `equalities` are tensors to be 0, `inequalities` to be at least 0; `var_to_bounds` maps variables to pairs
    (low, high) that broadcast to their shape. `method` ("L-BFGS-B", or "SLSQP" where there are constraints), `options`
    and other keywords go to SciPy.

    Raises:
      ValueError: the method takes no constraints and some are given.
    """

    _default_method = "L-BFGS-B"

    def __init__(
        self,
        loss: Tensor,
        var_list: Sequence[Any] | None = None,
        equalities: Sequence[Tensor] | None = None,
        inequalities: Sequence[Tensor] | None = None,
        var_to_bounds: dict[Any, Any] | None = None,
        **optimizer_kwargs: Any,
    ) -> None:
        self._loss = loss
        self._vars = list(trainable_variables() if var_list is None else var_list)
        self._constraints = [("eq", t) for t in equalities or ()] + [("ineq", t) for t in inequalities or ()]
        self._arguments = dict(optimizer_kwargs)
        self._method = self._arguments.pop("method", "SLSQP" if self._constraints else self._default_method)
        if self._constraints and self._method not in ("SLSQP", "COBYLA", "trust-constr"):
            raise ValueError(f"{self._method} takes no constraints: SLSQP does.")
        sizes = [var.shape.num_elements() for var in self._vars]
        self._slices = [slice(end - size, end) for end, size in zip(np.cumsum(sizes).tolist(), sizes)]
        self._bounds = None if var_to_bounds is None else self._packed_bounds(var_to_bounds)
        self._loss_gradient = self._gradient(loss)
        self._constraint_gradients = [self._gradient(tensor) for _, tensor in self._constraints]
        self._new_values = [placeholder(var.dtype.base_dtype, var.shape) for var in self._vars]
        self._updates = [var.assign(value) for var, value in zip(self._vars, self._new_values)]

    def minimize(
        self,
        session: Any = None,
        feed_dict: Any = None,
        fetches: Sequence[Any] | None = None,
        step_callback: Callable[[np.ndarray], Any] | None = None,
        loss_callback: Callable[..., Any] | None = None,
        **run_kwargs: Any,
    ) -> None:
        """Leave the variables at the minimum.

        `loss_callback(*values of fetches)` is called at each evaluation of the loss, `step_callback(packed variables)`
        after each step.
        """
        from scipy.optimize import minimize

        from ....graph import stacks

        session = session or stacks.get_default_session()
        fetches = list(fetches or ())
        seen = loss_callback or (lambda *_: None)

        def evaluate(tensors: list[Any], more: list[Any], packed: np.ndarray) -> list[Any]:
            values = self._unpacked(packed)
            by_handle = [i for i, var in enumerate(self._vars) if is_resource_variable(var)]  # a feed reaches one read
            session.run([self._updates[i].op for i in by_handle], {self._new_values[i]: values[i] for i in by_handle})
            feeds = {**(feed_dict or {}), **dict(zip(self._vars, values))}
            return session.run([*tensors, *more], feeds, **run_kwargs)

        def loss_and_gradient(packed: np.ndarray) -> tuple[float, np.ndarray]:
            loss, gradient, *values = evaluate([self._loss, self._loss_gradient], fetches, packed)
            seen(*values)
            return float(loss), np.asarray(gradient, np.float64)

        constraints = [
            {
                "type": kind,
                "fun": lambda packed, tensor=tensor: np.float64(evaluate([tensor], [], packed)[0]),
                "jac": lambda packed, slope=slope: np.float64(evaluate([slope], [], packed)[0]),
            }
            for (kind, tensor), slope in zip(self._constraints, self._constraint_gradients)
        ]
        start = np.concatenate([np.ravel(value) for value in session.run(self._vars)]).astype(np.float64)
        result = minimize(
            loss_and_gradient,
            start,
            jac=True,
            method=self._method,
            bounds=self._bounds,
            constraints=constraints,
            callback=step_callback,
            **self._arguments,
        )
        logging.info("Optimization terminated with:\n  Message: %s\n  Objective function value: %f\n  Number of "
                     "iterations: %s\n  Number of functions evaluations: %s", result.message, result.fun,
                     result.get("nit"), result.get("nfev"))  # fmt: skip
        session.run(self._updates, dict(zip(self._new_values, self._unpacked(result.x))), **run_kwargs)

    def _gradient(self, tensor: Tensor) -> Tensor:
        found = zip(gradients(tensor, self._vars), self._vars)
        return joining.concat([shaping.reshape(zeros_like(v) if g is None else g, [-1]) for g, v in found], 0)

    def _unpacked(self, packed: np.ndarray) -> list[np.ndarray]:
        return [
            packed[part].reshape(var.shape.as_list()).astype(var.dtype.as_numpy_dtype)
            for var, part in zip(self._vars, self._slices)
        ]

    def _packed_bounds(self, bounds: dict[Any, Any]) -> list[tuple[float, float]]:
        packed: list[tuple[float, float]] = []
        for var in self._vars:
            low, high = (np.broadcast_to(b, var.shape.as_list()) for b in bounds.get(var, (-np.inf, np.inf)))
            packed += zip(low.ravel().tolist(), high.ravel().tolist())
        return packed
