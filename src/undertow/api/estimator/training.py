"""`tf.estimator.train_and_evaluate`: training with an evaluation after its checkpoints.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/train_and_evaluate
"""

from __future__ import annotations

import os
import time
from typing import Any

from ..train.saving_hooks import CheckpointSaverListener
from .estimator import Estimator
from .spec import EvalSpec, TrainSpec


class _EvaluateAfterSave(CheckpointSaverListener):
    def __init__(self, estimator: Estimator, max_steps: int | None, eval_spec: EvalSpec) -> None:
        self._estimator, self._max_steps, self._spec = estimator, max_steps, eval_spec
        self._evaluated: float | None = None
        self._first = True
        self._step: int | None = None
        self.values: Any = None
        self.exported: list[Any] = []

    def begin(self) -> None:
        self._first = True

    def after_save(self, session: Any, global_step_value: int) -> None:
        if self._first:  # the checkpoint of the start, which is no result of this training
            self._first = False
            return
        if self._evaluated is not None and time.time() - self._evaluated < self._spec.throttle_secs:
            return
        self._evaluate(global_step_value)

    def end(self, session: Any, global_step_value: int) -> None:
        if self._step != global_step_value:
            self._evaluate(global_step_value)

    def _evaluate(self, step: int) -> None:
        spec = self._spec
        self.values = self._estimator.evaluate(spec.input_fn, steps=spec.steps, hooks=spec.hooks, name=spec.name)
        self._evaluated, self._step = time.time(), step
        self.exported = [
            exporter.export(
                estimator=self._estimator,
                export_path=os.path.join(self._estimator.model_dir, "export", exporter.name),
                checkpoint_path=self._estimator.latest_checkpoint(),
                eval_result=self.values,
                is_the_final_export=self._max_steps is None or step >= self._max_steps,
            )
            for exporter in spec.exporters
        ]


def train_and_evaluate(estimator: Estimator, train_spec: TrainSpec, eval_spec: EvalSpec) -> tuple[Any, list[Any]]:
    """Train, and evaluate after a checkpoint unless the last evaluation is less than `throttle_secs` old, and at the
    end. The last evaluation's metrics, and what the exporters gave then; (None, []) if the training was done before.

    Raises:
      TypeError: an argument is not of its type.
    """
    for value, wanted in ((estimator, Estimator), (train_spec, TrainSpec), (eval_spec, EvalSpec)):
        if not isinstance(value, wanted):
            raise TypeError(f"train_and_evaluate wants an {wanted.__name__}, given: {type(value).__name__}")
    evaluating = _EvaluateAfterSave(estimator, train_spec.max_steps, eval_spec)
    estimator.train(
        train_spec.input_fn, hooks=train_spec.hooks, max_steps=train_spec.max_steps, saving_listeners=[evaluating]
    )
    return evaluating.values, evaluating.exported
