"""What a model function gives an estimator, and what a training and an evaluation are.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/EstimatorSpec
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...graph.operation import Operation, Tensor
from ...ops import shaping
from ...ops.node import convert_to_tensor
from ..train.session_run_hook import SessionRunHook
from .export import checked_export_outputs
from .exporter import Exporter


class ModeKeys:
    """The names of an estimator's modes."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


class _Spec(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: dict[str, Any]
    export_outputs: Any
    training_chief_hooks: tuple[Any, ...]
    training_hooks: tuple[Any, ...]
    scaffold: Any
    evaluation_hooks: tuple[Any, ...]
    prediction_hooks: tuple[Any, ...]


class EstimatorSpec(_Spec):
    """The ops of a model in one mode: training needs `loss` and `train_op`, evaluation `loss`, and else `predictions`.

    `predictions` is a tensor or a dict of tensors; `loss` has one element; `eval_metric_ops` maps names to pairs
    (value, update op).

    Raises:
      ValueError: the mode is none of ModeKeys, what it needs is missing, or the loss is not one number.
      TypeError: something is not of the type above.
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: dict[str, Any] | None = None,
        export_outputs: Any = None,
        training_chief_hooks: Sequence[SessionRunHook] | None = None,
        training_hooks: Sequence[SessionRunHook] | None = None,
        scaffold: Any = None,
        evaluation_hooks: Sequence[SessionRunHook] | None = None,
        prediction_hooks: Sequence[SessionRunHook] | None = None,
    ) -> EstimatorSpec:
        if mode not in (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT):
            raise ValueError(f"Mode should be one of ModeKeys, given: {mode}")
        if train_op is None and mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        if loss is None and mode != ModeKeys.PREDICT:
            raise ValueError("Missing loss.")
        if predictions is None and mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        if train_op is not None and not isinstance(train_op, (Tensor, Operation)):
            raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
        hooks = [tuple(h or ()) for h in (training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks)]
        for hook in (hook for kind in hooks for hook in kind):
            if not isinstance(hook, SessionRunHook):
                raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
        return super().__new__(
            cls,
            mode,
            _checked_predictions(predictions),
            None if loss is None else _scalar(loss),
            train_op,
            _checked_metrics(eval_metric_ops or {}),
            checked_export_outputs(export_outputs, predictions) if mode == ModeKeys.PREDICT else export_outputs,
            hooks[0],
            hooks[1],
            scaffold,
            hooks[2],
            hooks[3],
        )


def _scalar(loss: Any) -> Tensor:
    loss = convert_to_tensor(loss)
    if loss.shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar, given: {loss}")
    return loss if loss.shape.ndims == 0 else shaping.reshape(loss, [])


def _checked_predictions(predictions: Any) -> Any:
    values = predictions.items() if isinstance(predictions, dict) else [("", predictions)]
    for name, value in values:
        if value is not None and not hasattr(value, "op"):
            raise TypeError(f"predictions[{name}] must be Tensor, given: {value}" if name else
                            f"predictions must be Tensor, given: {value}")  # fmt: skip
    return {} if predictions is None else predictions


def _checked_metrics(metrics: Any) -> dict[str, Any]:
    if not isinstance(metrics, dict):
        raise TypeError(f"eval_metric_ops must be a dict, given: {metrics}")
    for name, pair in metrics.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Values of eval_metric_ops must be (metric_value, update_op) tuples, given: {pair} for "
                            f"key: {name}")  # fmt: skip
    return metrics


class _Training(NamedTuple):
    input_fn: Callable[..., Any]
    max_steps: int | None
    hooks: tuple[Any, ...]


class TrainSpec(_Training):
    """A training: its input, the step it goes to (None: until the input is at its end) and its hooks."""

    __slots__ = ()

    def __new__(
        cls, input_fn: Callable[..., Any], max_steps: int | None = None, hooks: Sequence[SessionRunHook] | None = None
    ) -> TrainSpec:
        _check_input("TrainSpec", input_fn)
        _check_steps("max_steps", max_steps)
        return super().__new__(cls, input_fn, max_steps, tuple(hooks or ()))


class _Evaluation(NamedTuple):
    input_fn: Callable[..., Any]
    steps: int | None
    name: str | None
    hooks: tuple[Any, ...]
    exporters: tuple[Exporter, ...]
    start_delay_secs: float
    throttle_secs: float


class EvalSpec(_Evaluation):
    """An evaluation: its input, how many batches (None: all) and how many seconds must lie between two.

    After each the `exporters` are asked.
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: Callable[..., Any],
        steps: int | None = 100,
        name: str | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        exporters: Any = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> EvalSpec:
        _check_input("EvalSpec", input_fn)
        _check_steps("steps", steps)
        for field, seconds in (("start_delay_secs", start_delay_secs), ("throttle_secs", throttle_secs)):
            if seconds < 0:
                raise ValueError(f"Must specify {field} >= 0, given: {seconds}")
        hooks = tuple(hooks or ())
        exporters = _checked_exporters(exporters)
        return super().__new__(cls, input_fn, steps, name, hooks, exporters, start_delay_secs, throttle_secs)


def _checked_exporters(exporters: Any) -> tuple[Exporter, ...]:
    given = (exporters,) if isinstance(exporters, Exporter) else exporters or ()
    if not isinstance(given, (list, tuple, set)) or not all(isinstance(exporter, Exporter) for exporter in given):
        raise TypeError(f"`exporters` must be an Exporter, an iterable of Exporter, or `None`, found {exporters}.")
    names = [exporter.name for exporter in given]
    if None in names or len(set(names)) < len(names):
        raise ValueError(
            "`exporters` must have unique names. Such a name cannot be `None`. All exporter names: " + str(names)
        )
    return tuple(given)


def _check_input(of: str, input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"{of}'s input_fn must be callable, given: {input_fn}")


def _check_steps(name: str, steps: int | None) -> None:
    if steps is not None and steps <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {steps}")
