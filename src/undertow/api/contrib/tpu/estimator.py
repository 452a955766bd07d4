"""`tf.contrib.tpu.TPUEstimator`: an estimator that tells its functions the batch size.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/tpu/TPUEstimator
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....graph.errors import unbuilt
from ... import logging
from ...estimator.estimator import Estimator
from ...estimator.spec import EstimatorSpec, ModeKeys
from ...train.saving_hooks import StepCounterHook
from .config import RunConfig
from .spec import TPUEstimatorSpec


class TPUEstimator(Estimator):
    """A `tf.estimator.Estimator` with `use_tpu=False`: it runs on the device that is here.

    `input_fn` and `model_fn` find the batch size of the mode as `params["batch_size"]`, the model function also
    `params["use_tpu"]`, False; it may give a `TPUEstimatorSpec`. `batch_axis` and what is told of exports to a TPU
    change nothing.

    Raises:
      ValueError: `config` is not a `tf.contrib.tpu.RunConfig`, or `params` has a name that is given here.
      errors.UnimplementedError: `use_tpu` is true, or `warm_start_from` or `embedding_config_spec` is given.
    """

    def __init__(
        self,
        model_fn: Callable[..., Any] | None = None,
        model_dir: Any = None,
        config: RunConfig | None = None,
        params: dict[str, Any] | None = None,
        use_tpu: bool = True,
        train_batch_size: int | None = None,
        eval_batch_size: int | None = None,
        predict_batch_size: int | None = None,
        batch_axis: Any = None,
        eval_on_tpu: bool = True,
        export_to_tpu: bool = True,
        export_to_cpu: bool = True,
        warm_start_from: Any = None,
        embedding_config_spec: Any = None,
        export_saved_model_api_version: Any = 1,
    ) -> None:
        if config is None or not isinstance(config, RunConfig):
            raise ValueError("`config` must be provided with type `tpu_config.RunConfig`")
        if params is not None and any(name in params for name in _RESERVED):
            raise ValueError(f"{_RESERVED} are reserved keys but existed in params {params}.")
        if use_tpu:
            raise unbuilt("TPUEstimator(use_tpu=True)", "With use_tpu=False it runs on the device that is here.")
        if embedding_config_spec is not None:
            raise unbuilt("TPUEstimator(embedding_config_spec=…)", "It is for TPUs only.")
        quiet = config.replace(log_step_count_steps=None)
        super().__init__(model_fn, model_dir, quiet, params, warm_start_from)  # type: ignore[arg-type]
        self._every = config.log_step_count_steps
        sizes = (train_batch_size, eval_batch_size, predict_batch_size)
        self._batch_sizes = dict(zip((ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT), sizes, strict=True))

    def _input_params(self, mode: str) -> Any:
        size = self._batch_sizes[mode]
        return self.params if size is None else {**self.params, "batch_size": size}

    def _model_params(self, mode: str) -> Any:
        return {**self._input_params(mode), "use_tpu": False}

    def _checked(self, spec: Any) -> EstimatorSpec:
        made = super()._checked(spec.as_estimator_spec() if isinstance(spec, TPUEstimatorSpec) else spec)
        size = self._batch_sizes[ModeKeys.TRAIN]
        if made.mode == ModeKeys.TRAIN and size is not None and self._every:
            counter = _ExamplesPerSecond(size, self._every, self.model_dir)
            made = made._replace(training_hooks=(*made.training_hooks, counter))
        return made


_RESERVED = ["batch_size", "context"]


class _ExamplesPerSecond(StepCounterHook):
    def __init__(self, batch_size: int, every_n_steps: int, output_dir: str) -> None:
        super().__init__(every_n_steps=every_n_steps, output_dir=output_dir)
        self._batch_size = batch_size

    def _log_and_record(self, elapsed_steps: int, elapsed_time: float, global_step: int) -> None:
        super()._log_and_record(elapsed_steps, elapsed_time, global_step)
        logging.info("examples/sec: %g", self._batch_size * elapsed_steps / elapsed_time)
