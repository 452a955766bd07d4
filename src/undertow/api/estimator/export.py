"""`tf.estimator.export`: what a served model takes and gives.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/export
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...graph import dtypes
from ...graph.operation import Tensor
from ...ops.array import placeholder
from ...ops.parsing import parse_example
from ...ops.sparse_tensor import SparseTensor
from ..saved_model import signature_def_utils
from ..saved_model.signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY


class _Receiver(NamedTuple):
    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any


class ServingInputReceiver(_Receiver):
    """The features a model is given, and the placeholders a server fills for it.

    Of one feature not in a dict a dict is made, in which it is "feature"; of one placeholder likewise, "input". Each of
    the alternatives, by name, is other placeholders from which the features come too. `ValueError` for what is neither
    a Tensor nor a SparseTensor.
    """

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> ServingInputReceiver:
        return super().__new__(
            cls,
            _tensors("feature", "feature", features, (str, int)),
            *_receivers(receiver_tensors, receiver_tensors_alternatives),
        )


class TensorServingInputReceiver(_Receiver):
    """As `ServingInputReceiver`, where the model takes one tensor and not a dict."""

    __slots__ = ()

    def __new__(
        cls, features: Tensor, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> TensorServingInputReceiver:
        if features is None:
            raise ValueError("features must be defined.")
        if not isinstance(features, (Tensor, SparseTensor)):
            raise ValueError("feature must be a Tensor or SparseTensor.")
        return super().__new__(cls, features, *_receivers(receiver_tensors, receiver_tensors_alternatives))


def _receivers(tensors: Any, alternatives: Any) -> tuple[dict[str, Any], Any]:
    found = _tensors("receiver_tensor", "input", tensors, (str,))
    if alternatives is None:
        return found, None
    if not isinstance(alternatives, dict):
        raise ValueError(f"receiver_tensors_alternatives must be a dict: {alternatives}.")
    named = {
        key: _tensors("receiver_tensors_alternative", "input", given, (str,)) for key, given in alternatives.items()
    }
    return found, named


def _tensors(what: str, alone: str, given: Any, keys: tuple[type, ...]) -> dict[Any, Any]:
    """A dict of the tensors given."""
    if given is None:
        raise ValueError(f"{what}s must be defined.")
    named = given if isinstance(given, dict) else {alone: given}
    for name, tensor in named.items():
        if not isinstance(name, keys):
            raise ValueError(f"{what} keys must be {'strings or ints' if int in keys else 'strings'}: {name}.")
        if not isinstance(tensor, (Tensor, SparseTensor)):
            raise ValueError(f"{what} {name} must be a Tensor or SparseTensor.")
    return named


class ExportOutput:
    """What a served model gives."""

    def as_signature_def(self, receiver_tensors: dict[str, Tensor]) -> Any:
        """The SignatureDef of a model with these inputs; `ValueError` if they do not suit its kind."""
        raise NotImplementedError


class PredictOutput(ExportOutput):
    """Any tensors, by name; `ValueError` for what is no tensor."""

    def __init__(self, outputs: Any) -> None:
        named = outputs if isinstance(outputs, dict) else {"output": outputs}
        self.outputs = {"/".join(key) if isinstance(key, tuple) else key: value for key, value in named.items()}
        for key, value in self.outputs.items():
            if not isinstance(key, str):
                raise ValueError(f"Prediction output key must be a string; got {key}.")
            if not isinstance(value, (Tensor, SparseTensor)):
                raise ValueError(f"Prediction output value must be a Tensor; got {value}.")

    def as_signature_def(self, receiver_tensors: dict[str, Tensor]) -> Any:
        return signature_def_utils.predict_signature_def(receiver_tensors, self.outputs)


class ClassificationOutput(ExportOutput):
    """Scores, float [batch, classes], class names, string, or both; `ValueError` for neither."""

    def __init__(self, scores: Tensor | None = None, classes: Tensor | None = None) -> None:
        if scores is not None and not (isinstance(scores, Tensor) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (isinstance(classes, Tensor) and classes.dtype == dtypes.string):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self.scores, self.classes = scores, classes

    def as_signature_def(self, receiver_tensors: dict[str, Tensor]) -> Any:
        return signature_def_utils.classification_signature_def(
            _examples("Classification", receiver_tensors), self.classes, self.scores
        )


class RegressionOutput(ExportOutput):
    """A float tensor; `ValueError` for another."""

    def __init__(self, value: Tensor) -> None:
        if not (isinstance(value, Tensor) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self.value = value

    def as_signature_def(self, receiver_tensors: dict[str, Tensor]) -> Any:
        return signature_def_utils.regression_signature_def(_examples("Regression", receiver_tensors), self.value)


def _examples(method: str, receiver_tensors: dict[str, Tensor]) -> Tensor:
    if len(receiver_tensors) != 1:
        raise ValueError(f"{method} input must be a single string Tensor; got {receiver_tensors}")
    return next(iter(receiver_tensors.values()))


def checked_export_outputs(export_outputs: Any, predictions: Any) -> dict[str, ExportOutput]:
    """What a model that predicts gives a server: one of the outputs is the default, the predictions if none is given.

    Raises:
      TypeError: they are no dict of ExportOutputs.
      ValueError: there are several, and none is under the default key.
    """
    if export_outputs is None:
        return {DEFAULT_SERVING_SIGNATURE_DEF_KEY: PredictOutput(predictions)}
    if not isinstance(export_outputs, dict):
        raise TypeError(f"export_outputs must be dict, given: {export_outputs}")
    if not all(isinstance(output, ExportOutput) for output in export_outputs.values()):
        raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {export_outputs}")
    if len(export_outputs) == 1:
        return {**export_outputs, DEFAULT_SERVING_SIGNATURE_DEF_KEY: next(iter(export_outputs.values()))}
    if export_outputs and DEFAULT_SERVING_SIGNATURE_DEF_KEY not in export_outputs:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default.  Do this by naming "
            "one of them with signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY."
        )
    return export_outputs


def signature_defs(receiver: Any, export_outputs: dict[str, ExportOutput]) -> dict[str, Any]:
    """The signatures of a model; of outputs and inputs that do not suit each other there is none.

    Those of an alternative input are named "alternative:output".
    """
    inputs = {"": receiver.receiver_tensors, **(receiver.receiver_tensors_alternatives or {})}
    found = {}
    for source, tensors in inputs.items():
        for key, output in export_outputs.items():
            try:
                signature = output.as_signature_def(tensors)
            except ValueError:
                continue
            key = key or DEFAULT_SERVING_SIGNATURE_DEF_KEY
            found[f"{source}:{key}" if source else key] = signature
    return found


def build_raw_serving_input_receiver_fn(
    features: dict[str, Tensor], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """A function that makes a placeholder for each feature, of its dtype, name and shape but any batch size."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        made = {}
        for name, tensor in features.items():
            known = tensor.shape.ndims is not None
            shape = [default_batch_size, *tensor.shape.as_list()[1:]] if known else None
            made[name] = placeholder(tensor.dtype, shape, name=tensor.op.name)
        return ServingInputReceiver(made, made)

    return serving_input_receiver_fn


def build_parsing_serving_input_receiver_fn(
    feature_spec: dict[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """A function that makes a placeholder of serialized Examples, "examples", parsed as `feature_spec` says."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        serialized = placeholder(dtypes.string, [default_batch_size], name="input_example_tensor")
        return ServingInputReceiver(parse_example(serialized, feature_spec), {"examples": serialized})

    return serving_input_receiver_fn
