"""`tf.estimator.FinalExporter`, `LatestExporter` and `BestExporter`: which models of a training are kept for serving.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/Exporter
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable
from typing import Any

from ...formats.events import read_events
from .. import file_io, logging


class Exporter:
    """Writes a model after an evaluation, or does not."""

    @property
    def name(self) -> str:
        """The folder, in `export/` of the model's, into which it writes."""
        raise NotImplementedError

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """Write the model of `checkpoint_path` into a folder in `export_path`; its path, None if it was not written."""
        raise NotImplementedError


class _SavedModelExporter(Exporter):
    def __init__(
        self, name: str, serving_input_receiver_fn: Any, assets_extra: Any, as_text: bool, exports_to_keep: int | None
    ) -> None:
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError("`exports_to_keep`, if provided, must be positive number")
        self._name = name
        self._receiver_fn = serving_input_receiver_fn
        self._assets_extra, self._as_text, self._to_keep = assets_extra, as_text, exports_to_keep

    @property
    def name(self) -> str:
        return self._name

    def _write(self, estimator: Any, export_path: Any, checkpoint_path: Any) -> bytes:
        written = estimator.export_saved_model(
            export_path, self._receiver_fn, self._assets_extra, self._as_text, checkpoint_path
        )
        if self._to_keep is not None:
            base = file_io.local_path(export_path)
            stamps = sorted((name for name in os.listdir(base) if name.isdigit()), key=int)
            for old in stamps[: -self._to_keep]:
                file_io.delete_recursively(os.path.join(base, old))
        return written


class FinalExporter(_SavedModelExporter):
    """Writes the model at the end of the training."""

    def __init__(
        self, name: str, serving_input_receiver_fn: Any, assets_extra: Any = None, as_text: bool = False
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, None)

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        return self._write(estimator, export_path, checkpoint_path) if is_the_final_export else None


class LatestExporter(_SavedModelExporter):
    """Writes the model after each evaluation; only the newest `exports_to_keep` stay (all, if None)."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Any,
        assets_extra: Any = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        return self._write(estimator, export_path, checkpoint_path)


def _loss_smaller(best_eval_result: Any, current_eval_result: Any) -> bool:
    for name, result in (("best", best_eval_result), ("current", current_eval_result)):
        if not result or "loss" not in result:
            raise ValueError(f"{name}_eval_result cannot be empty or no loss is found in it.")
    return bool(best_eval_result["loss"] > current_eval_result["loss"])


class BestExporter(_SavedModelExporter):
    """Writes the model when an evaluation is better than all before it, by `compare_fn(best, current)`.

    The evaluations before are read from the event files of `event_file_pattern` in the model's folder, if there is one.
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Any = None,
        event_file_pattern: str | None = "eval/*.tfevents.*",
        compare_fn: Callable[..., bool] = _loss_smaller,
        assets_extra: Any = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        if compare_fn is None:
            raise ValueError("`compare_fn` must not be None.")
        arguments = inspect.signature(compare_fn).parameters
        for wanted in ("best_eval_result", "current_eval_result"):
            if wanted not in arguments:
                raise ValueError(f"compare_fn ({compare_fn}) must include {wanted} argument.")
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)
        self._better, self._pattern = compare_fn, event_file_pattern
        self._best: Any = None
        self._model_dir: str | None = None

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        if self._pattern and self._model_dir != estimator.model_dir:
            self._model_dir = estimator.model_dir
            self._best = self._best_of(_results(os.path.join(estimator.model_dir, self._pattern)))
        if self._best is not None and not self._better(best_eval_result=self._best, current_eval_result=eval_result):
            return None
        logging.info("Performing best model export.")
        self._best = eval_result
        return self._write(estimator, export_path, checkpoint_path)

    def _best_of(self, results: Iterable[Any]) -> Any:
        best = None
        for result in results:
            if best is None or self._better(best_eval_result=best, current_eval_result=result):
                best = result
        return best


def _results(pattern: str) -> Iterable[dict[str, float]]:
    """The numbers of each summary in the event files."""
    for path in file_io.get_matching_files(pattern):
        for event in read_events(path):
            found = {value.tag: value.simple_value for value in event.summary.value if value.HasField("simple_value")}
            if found:
                yield found
