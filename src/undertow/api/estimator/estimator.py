"""`tf.estimator.Estimator`: a model function trained, evaluated and asked, with its checkpoints in a folder.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/Estimator
"""

from __future__ import annotations

import copy
import inspect
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...graph import scopes
from ...graph.errors import unbuilt
from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from ...ops import summary
from .. import logging, metrics
from ..train import checkpoint_management, checkpoint_utils, evaluation, training_util
from ..train.basic_session_run_hooks import LoggingTensorHook, NanTensorHook, StopAtStepHook
from ..train.monitored_session import ChiefSessionCreator, MonitoredSession, MonitoredTrainingSession
from ..train.saver import Saver
from ..train.saving_hooks import CheckpointSaverHook
from ..train.scaffold import Scaffold
from ..train.session_run_hook import SessionRunHook
from .exporting import export_saved_model
from .predictions import chosen, examples
from .run_config import RunConfig
from .spec import EstimatorSpec, ModeKeys
from .writing import write_metrics


class Estimator:
    """Runs `model_fn(features, labels, mode, params, config)`, which gives an `EstimatorSpec`; each run has its graph.

    The model function may leave out any of the last four, `labels` only for prediction. Variables are restored from
    the newest checkpoint in `model_dir`, a new temporary folder if None.

    Raises:
      ValueError: the model function cannot be called so, or `model_dir` is not the one in `config`.
      errors.UnimplementedError: `warm_start_from` is given.
    """

    def __init__(
        self,
        model_fn: Callable[..., EstimatorSpec],
        model_dir: Any = None,
        config: RunConfig | None = None,
        params: Any = None,
        warm_start_from: Any = None,
    ) -> None:
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        if warm_start_from is not None:
            raise unbuilt("Estimator(warm_start_from=…)", "Call tf.train.init_from_checkpoint in the model_fn.")
        if config is not None and not isinstance(config, RunConfig):
            raise ValueError(f"config must be an instance of `RunConfig`, received {config}.")
        _check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy({} if params is None else params)
        self._config = _with_model_dir(config or RunConfig(), None if model_dir is None else os.fspath(model_dir))

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._config.model_dir or ""

    @property
    def config(self) -> RunConfig:
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., EstimatorSpec]:
        """The model function with this estimator's params, of (features, labels, mode, config)."""
        return lambda features, labels, mode, config: self._call_model_fn(features, labels, mode)

    def latest_checkpoint(self) -> str | None:
        """The newest checkpoint's prefix, None if there is none."""
        return checkpoint_management.latest_checkpoint(self.model_dir)

    def get_variable_names(self) -> list[str]:
        """The names in the newest checkpoint; `ValueError` if nothing is trained."""
        return [name for name, _ in checkpoint_utils.list_variables(self._required_checkpoint())]

    def get_variable_value(self, name: str) -> np.ndarray:
        """A variable's value in the newest checkpoint; `ValueError` if nothing is trained."""
        return checkpoint_utils.load_variable(self._required_checkpoint(), name)

    def eval_dir(self, name: str | None = None) -> str:
        """The folder of an evaluation's summaries."""
        return os.path.join(self.model_dir, "eval" if not name else f"eval_{name}")

    def train(
        self,
        input_fn: Callable[..., Any],
        hooks: Sequence[SessionRunHook] | None = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Estimator:
        """Train `steps` more steps, or to the global step `max_steps`, or until the input is at its end.

        Raises:
          ValueError: both are given, or one that is not positive.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        _check_steps("steps", steps)
        _check_steps("max_steps", max_steps)
        if max_steps is not None and self._trained_steps() >= max_steps:
            logging.info("Skipping training since max_steps has already saved.")
            return self
        with Graph().as_default() as graph:
            spec, input_hooks = self._build(graph, input_fn, ModeKeys.TRAIN)
            loss = self._train(graph, spec, [*(hooks or ()), *input_hooks], steps, max_steps, saving_listeners)
        logging.info("Loss for final step: %s.", loss)
        return self

    def evaluate(
        self,
        input_fn: Callable[..., Any],
        steps: int | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """The metrics of the model function, the mean `loss` and `global_step` over `steps` batches (None: all).

        They are written as summaries too. A model never trained is evaluated as initialized.
        """
        _check_steps("steps", steps)
        checkpoint = checkpoint_path or self.latest_checkpoint()
        if not checkpoint:
            logging.info("Could not find trained model in model_dir: %s, running initialization to evaluate.",
                         self.model_dir)  # fmt: skip
        with Graph().as_default() as graph:
            spec, input_hooks = self._build(graph, input_fn, ModeKeys.EVAL)
            measured = dict(spec.eval_metric_ops)
            if "loss" in measured:
                raise ValueError('Metric with name "loss" is not allowed, because Estimator already defines it.')
            measured["loss"] = metrics.mean(spec.loss)
            step = training_util.get_global_step(graph)
            values = evaluation.evaluate_once(
                checkpoint,
                master=self._config.evaluation_master,
                scaffold=spec.scaffold,
                eval_ops=[update for _, update in measured.values()],
                final_ops={**{key: value for key, (value, _) in measured.items()}, "global_step": step},
                hooks=[*(hooks or ()), *spec.evaluation_hooks, *input_hooks, evaluation.StopAfterNEvalsHook(steps)],
                config=self._config.session_config,
            )
        write_metrics(self.eval_dir(name), values)
        return values

    def predict(
        self,
        input_fn: Callable[..., Any],
        predict_keys: Any = None,
        hooks: Sequence[SessionRunHook] | None = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """Each example's predictions, a value or a dict as the model function gives; or each batch's.

        `predict_keys` are those of the dict that are wanted. A model never trained predicts as initialized.
        """
        checkpoint = checkpoint_path or self.latest_checkpoint()
        if not checkpoint:
            logging.info("Could not find trained model in model_dir: %s, running initialization to predict.",
                         self.model_dir)  # fmt: skip
        with Graph().as_default() as graph:
            spec, input_hooks = self._build(graph, input_fn, ModeKeys.PREDICT)
            predictions = chosen(spec.predictions, predict_keys)
            creator = ChiefSessionCreator(
                spec.scaffold,
                self._config.master,
                self._config.session_config,
                checkpoint_filename_with_path=checkpoint,
            )
            all_hooks = [*(hooks or ()), *spec.prediction_hooks, *input_hooks]
            with MonitoredSession(creator, all_hooks) as session:
                while not session.should_stop():
                    batch = session.run(predictions)
                    if yield_single_examples:
                        yield from examples(batch)
                    else:
                        yield batch

    def export_saved_model(
        self,
        export_dir_base: Any,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: dict[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Write the model that predicts as a SavedModel, into a new folder in `export_dir_base`; its path.

        Its inputs are those that `serving_input_receiver_fn` gives, its signatures those of the model function's
        `export_outputs`. `assets_extra` maps names in the folder `assets.extra` to files to be copied there.

        `ValueError` if nothing is trained or no signature can be made, `UnimplementedError` for another mode.
        """
        if experimental_mode != ModeKeys.PREDICT:
            raise unbuilt(f"Estimator.export_saved_model(experimental_mode={experimental_mode!r})")
        return export_saved_model(
            self, export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path, True
        )

    def export_savedmodel(
        self,
        export_dir_base: Any,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: dict[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """The name that `export_saved_model` had before; nodes keep attrs that are the default."""
        return export_saved_model(
            self,
            export_dir_base,
            serving_input_receiver_fn,
            assets_extra,
            as_text,
            checkpoint_path,
            strip_default_attrs,
        )

    # The parts

    def _trained_steps(self) -> int:
        checkpoint = self.latest_checkpoint()
        return int(checkpoint_utils.load_variable(checkpoint, GraphKeys.GLOBAL_STEP)) if checkpoint else 0

    def _required_checkpoint(self) -> str:
        checkpoint = self.latest_checkpoint()
        if not checkpoint:
            raise ValueError(f"Could not find trained model in model_dir: {self.model_dir}.")
        return checkpoint

    def _build(self, graph: Any, input_fn: Callable[..., Any], mode: str) -> tuple[EstimatorSpec, list[Any]]:
        scopes.set_random_seed(self._config.tf_random_seed)
        with graph.device(self._config.device_fn):
            training_util.create_global_step(graph)
            (features, labels), hooks = self._inputs(graph, input_fn, mode)
            spec = self._call_model_fn(features, labels, mode)
        if spec.scaffold is None:
            spec = spec._replace(scaffold=Scaffold())
        return spec, hooks

    def _inputs(self, graph: Any, input_fn: Callable[..., Any], mode: str) -> tuple[tuple[Any, Any], list[Any]]:
        offered = {"mode": mode, "params": self._input_params(mode), "config": self.config}
        wanted = _arguments(input_fn)
        with graph.device("/cpu:0"):
            made = input_fn(**{name: value for name, value in offered.items() if name in wanted})
            hooks: list[Any] = []
            if hasattr(made, "make_initializable_iterator"):
                iterator = made.make_initializable_iterator()
                hooks = [_InitializeIterator(iterator)]
                made = iterator.get_next()
        if isinstance(made, (list, tuple)):
            if len(made) != 2:
                raise ValueError(f"input_fn should return (features, labels) as a len 2 tuple, got {len(made)} values.")
            return (made[0], made[1]), hooks
        return (made, None), hooks

    def _call_model_fn(self, features: Any, labels: Any, mode: str) -> EstimatorSpec:
        wanted = _arguments(self._model_fn)
        offered = {"labels": labels, "mode": mode, "params": self._model_params(mode), "config": self.config}
        if "labels" not in wanted and labels is not None and mode != ModeKeys.PREDICT:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        if mode == ModeKeys.PREDICT:
            offered["labels"] = None
        logging.info("Calling model_fn.")
        spec = self._model_fn(features=features, **{name: v for name, v in offered.items() if name in wanted})
        logging.info("Done calling model_fn.")
        return self._checked(spec)

    def _input_params(self, mode: str) -> Any:
        return self.params

    def _model_params(self, mode: str) -> Any:
        return self.params

    def _checked(self, spec: Any) -> EstimatorSpec:
        if not isinstance(spec, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return spec

    def _train(
        self, graph: Any, spec: EstimatorSpec, hooks: list[Any], steps: int | None, max_steps: int | None,
        saving_listeners: Any,
    ) -> Any:  # fmt: skip
        graph.add_to_collection(GraphKeys.LOSSES, spec.loss)
        if not any(tensor.op.name == "loss" for tensor in graph.get_collection(GraphKeys.SUMMARIES)):
            summary.scalar("loss", spec.loss)
        config = self._config
        hooks = [*hooks, NanTensorHook(spec.loss), *spec.training_hooks]
        if config.log_step_count_steps:
            step = training_util.get_global_step(graph)
            hooks.append(LoggingTensorHook({"loss": spec.loss, "step": step}, config.log_step_count_steps))
        if steps is not None or max_steps is not None:
            hooks.append(StopAtStepHook(steps, max_steps))
        if spec.scaffold._saver is None and not graph.get_collection(GraphKeys.SAVERS):
            saver = Saver(
                sharded=True,
                max_to_keep=config.keep_checkpoint_max,
                keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
                defer_build=True,
                save_relative_paths=True,
            )
            graph.add_to_collection(GraphKeys.SAVERS, saver)
        with MonitoredTrainingSession(
            master=config.master,
            is_chief=config.is_chief,
            checkpoint_dir=self.model_dir,
            scaffold=spec.scaffold,
            hooks=hooks,
            chief_only_hooks=[*spec.training_chief_hooks, *self._saving(spec, hooks, saving_listeners)],
            save_checkpoint_secs=0,
            save_summaries_steps=config.save_summary_steps,
            config=config.session_config,
            log_step_count_steps=config.log_step_count_steps,
        ) as session:
            loss = None
            while not session.should_stop():
                _, loss = session.run([spec.train_op, spec.loss])
        return loss

    def _saving(self, spec: EstimatorSpec, hooks: list[Any], listeners: Any) -> list[Any]:
        """The hook that saves, unless there is one; the listeners go to whichever it is."""
        savers = [h for h in (*hooks, *spec.training_chief_hooks) if isinstance(h, CheckpointSaverHook)]
        made = []
        config = self._config
        if not savers and (config.save_checkpoints_secs or config.save_checkpoints_steps):
            made = savers = [
                CheckpointSaverHook(
                    self.model_dir,
                    save_secs=config.save_checkpoints_secs,
                    save_steps=config.save_checkpoints_steps,
                    scaffold=spec.scaffold,
                )
            ]
        if listeners and not savers:
            raise ValueError("There should be a CheckpointSaverHook to use saving_listeners.")
        if listeners:
            savers[0]._listeners.extend(listeners)
        return made


class _InitializeIterator(SessionRunHook):
    def __init__(self, iterator: Any) -> None:
        self._initializer = iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._initializer)


def _arguments(function: Callable[..., Any]) -> set[str]:
    return {p.name for p in inspect.signature(function).parameters.values() if p.kind != p.VAR_KEYWORD}


def _check_model_fn(model_fn: Callable[..., Any], params: Any) -> None:
    wanted = _arguments(model_fn)
    if "features" not in wanted:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in wanted:
        raise ValueError(f"model_fn ({model_fn}) does not include params argument, but params ({params}) is passed to "
                         "Estimator.")  # fmt: skip
    if wanted - {"features", "labels", "mode", "params", "config", "self"}:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {sorted(wanted)}")


def _check_steps(name: str, steps: int | None) -> None:
    if steps is not None and steps <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {steps}")


def _with_model_dir(config: RunConfig, model_dir: str | None) -> RunConfig:
    if model_dir and config.model_dir and model_dir != config.model_dir:
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. In constructor: "
            f"'{model_dir}', in `RunConfig`: '{config.model_dir}' "
        )
    folder = model_dir or config.model_dir
    if not folder:
        folder = tempfile.mkdtemp()
        logging.warning("Using temporary folder as model directory: %s", folder)
    return config.replace(model_dir=folder)
