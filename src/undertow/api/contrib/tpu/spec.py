"""`tf.contrib.tpu.TPUEstimatorSpec`: an `EstimatorSpec` whose metrics and scaffold are made by functions.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/tpu/TPUEstimatorSpec
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...estimator.spec import EstimatorSpec
from ...train.session_run_hook import SessionRunArgs, SessionRunContext, SessionRunHook


class _Spec(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metrics: Any
    export_outputs: Any
    scaffold_fn: Callable[[], Any] | None
    host_call: Any
    training_hooks: tuple[SessionRunHook, ...]
    evaluation_hooks: tuple[SessionRunHook, ...]
    prediction_hooks: tuple[SessionRunHook, ...]


class TPUEstimatorSpec(_Spec):
    """The ops of a model in one mode, as `tf.estimator.EstimatorSpec` has them but for three.

    `eval_metrics` and `host_call` are each a pair (function, its arguments in a list or by name), `eval_metrics`
    giving {name: (value, update op)}; what the host call gives is run at each step. `scaffold_fn()` gives the scaffold.

    Raises:
      ValueError, TypeError: one of them is not of that form, or what `EstimatorSpec` says.
      RuntimeError: a function does not take its arguments.
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metrics: Any = None,
        export_outputs: Any = None,
        scaffold_fn: Callable[[], Any] | None = None,
        host_call: Any = None,
        training_hooks: Sequence[SessionRunHook] | None = None,
        evaluation_hooks: Sequence[SessionRunHook] | None = None,
        prediction_hooks: Sequence[SessionRunHook] | None = None,
    ) -> TPUEstimatorSpec:
        for name, pair in (("eval_metrics", eval_metrics), ("host_call", host_call)):
            if pair is not None:
                _check(name, pair)
        plain = EstimatorSpec(
            mode, predictions, loss, train_op, None, export_outputs, None, training_hooks, None, evaluation_hooks,
            prediction_hooks,
        )  # fmt: skip
        return super().__new__(
            cls, mode, plain.predictions, plain.loss, train_op, eval_metrics, export_outputs, scaffold_fn, host_call,
            plain.training_hooks, plain.evaluation_hooks, plain.prediction_hooks,
        )  # fmt: skip

    def as_estimator_spec(self) -> EstimatorSpec:
        """The same for a `tf.estimator.Estimator`: the functions are called."""
        hooks = [] if self.host_call is None else [_Run(_called(self.host_call))]
        return EstimatorSpec(
            self.mode,
            self.predictions,
            self.loss,
            self.train_op,
            eval_metric_ops=None if self.eval_metrics is None else _called(self.eval_metrics),
            export_outputs=self.export_outputs,
            scaffold=None if self.scaffold_fn is None else self.scaffold_fn(),
            training_hooks=[*self.training_hooks, *hooks],
            evaluation_hooks=[*self.evaluation_hooks, *hooks],
            prediction_hooks=[*self.prediction_hooks, *hooks],
        )


class _Run(SessionRunHook):
    def __init__(self, fetches: Any) -> None:
        self._fetches = fetches

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._fetches)


def _called(pair: Any) -> Any:
    function, tensors = pair
    return function(**tensors) if isinstance(tensors, dict) else function(*tensors)


def _check(name: str, pair: Any) -> None:
    if not isinstance(pair, (tuple, list)):
        raise ValueError(f"{name} should be tuple or list")
    if len(pair) != 2:
        raise ValueError(f"{name} should have two elements.")
    function, tensors = pair
    if not callable(function):
        raise TypeError(f"{name}[0] should be callable.")
    if not isinstance(tensors, (tuple, list, dict)):
        raise ValueError(f"{name}[1] should be tuple or list, or dict.")
    if isinstance(tensors, dict):
        return
    parameters = inspect.signature(function).parameters.values()
    most = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
    if len(tensors) != most and not any(p.kind == p.VAR_POSITIONAL or p.default is not p.empty for p in parameters):
        raise RuntimeError(
            f"In TPUEstimatorSpec.{name}, length of tensors {len(tensors)} does not match method args of the function, "
            f"which takes {most}."
        )
