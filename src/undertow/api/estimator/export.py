"""`tf.estimator.export`: what a served model takes and gives. Writing SavedModels is not built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/export
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...graph import dtypes
from ...graph.operation import Tensor
from ...ops.array import placeholder


class ServingInputReceiver(NamedTuple):
    """The features a model is given, and the placeholders a server fills for it."""

    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any = None


class TensorServingInputReceiver(NamedTuple):
    """As `ServingInputReceiver`, where the model takes one tensor and not a dict."""

    features: Tensor
    receiver_tensors: Any
    receiver_tensors_alternatives: Any = None


class ExportOutput:
    """What a served model gives."""


class PredictOutput(ExportOutput):
    """Any tensors, by name."""

    def __init__(self, outputs: Any) -> None:
        self.outputs = outputs if isinstance(outputs, dict) else {"output": outputs}


class ClassificationOutput(ExportOutput):
    """Scores, float [batch, classes], class names, string, or both; `ValueError` for neither."""

    def __init__(self, scores: Tensor | None = None, classes: Tensor | None = None) -> None:
        if scores is not None and not scores.dtype.is_floating:
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and dtypes.as_dtype(classes.dtype) != dtypes.string:
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self.scores, self.classes = scores, classes


class RegressionOutput(ExportOutput):
    """A float tensor; `ValueError` for another."""

    def __init__(self, value: Tensor) -> None:
        if not value.dtype.is_floating:
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self.value = value


def build_raw_serving_input_receiver_fn(
    features: dict[str, Tensor], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """A function that makes a placeholder for each feature, of its dtype and shape but any batch size."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        made = {
            name: placeholder(tensor.dtype, [default_batch_size, *tensor.shape.as_list()[1:]], name=name)
            for name, tensor in features.items()
        }
        return ServingInputReceiver(made, made)

    return serving_input_receiver_fn
