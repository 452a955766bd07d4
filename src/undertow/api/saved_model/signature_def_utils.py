"""`tf.saved_model.signature_def_utils`: what a model takes and gives, as SignatureDefs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/signature_def_utils
"""

from __future__ import annotations

from typing import Any

from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.meta_graph_pb2 import SignatureDef

from ...graph import dtypes, stacks
from ...graph.errors import NotFoundError
from ...graph.operation import Operation, Tensor
from . import signature_constants as keys
from .utils import build_tensor_info, build_tensor_info_from_op


def build_signature_def(inputs: Any = None, outputs: Any = None, method_name: str | None = None) -> Any:
    """A SignatureDef of TensorInfos by name."""
    return SignatureDef(inputs=inputs or {}, outputs=outputs or {}, method_name=method_name or "")


def predict_signature_def(inputs: dict[str, Tensor], outputs: dict[str, Tensor]) -> Any:
    """The signature of a model that takes and gives any tensors; `ValueError` if there are none of either."""
    for what, given in (("inputs", inputs), ("outputs", outputs)):
        if not given:
            raise ValueError(f"Prediction {what} cannot be None or empty.")
    return _signature(inputs, outputs, keys.PREDICT_METHOD_NAME)


def classification_signature_def(examples: Tensor, classes: Tensor | None, scores: Tensor | None) -> Any:
    """The signature of a classifier of serialized Examples that gives class names, scores, or both.

    `ValueError` if `examples` or `classes` are no strings, `scores` no float32, or there is neither of the latter.
    """
    if examples is None:
        raise ValueError("Classification examples cannot be None.")
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    _must_be(examples, dtypes.string, "Classification examples must be a string Tensor.")
    outputs = {}
    if classes is not None:
        _must_be(classes, dtypes.string, "Classification classes must be a string Tensor.")
        outputs[keys.CLASSIFY_OUTPUT_CLASSES] = classes
    if scores is not None:
        _must_be(scores, dtypes.float32, "Classification scores must be a float Tensor.")
        outputs[keys.CLASSIFY_OUTPUT_SCORES] = scores
    return _signature({keys.CLASSIFY_INPUTS: examples}, outputs, keys.CLASSIFY_METHOD_NAME)


def regression_signature_def(examples: Tensor, predictions: Tensor) -> Any:
    """The signature of a regressor of serialized Examples; `ValueError` unless they are strings, its result float32."""
    if examples is None:
        raise ValueError("Regression examples cannot be None.")
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    _must_be(examples, dtypes.string, "Regression examples must be a string Tensor.")
    _must_be(predictions, dtypes.float32, "Regression output must be a float Tensor.")
    return _signature({keys.REGRESS_INPUTS: examples}, {keys.REGRESS_OUTPUTS: predictions}, keys.REGRESS_METHOD_NAME)


def op_signature_def(op: Operation, key: str) -> Any:
    """A signature whose only output, `key`, names an op."""
    return build_signature_def(outputs={key: build_tensor_info_from_op(op)})


def load_op_from_signature_def(signature_def: Any, key: str, import_scope: str | None = None) -> Any:
    """The op that a signature made by `op_signature_def` names; `NotFoundError` if the graph has none."""
    name = signature_def.outputs[key].name if key in signature_def.outputs else key
    try:
        return stacks.get_default_graph().as_graph_element(f"{import_scope}/{name}" if import_scope else name)
    except (KeyError, ValueError):
        raise NotFoundError(
            None, None, f"The {name} could not be found in the graph, as the signature's output {key!r} wants it."
        ) from None


# A method's inputs, and outputs of which there must be at least one: the types that they must have.
_SERVED = {
    keys.PREDICT_METHOD_NAME: ({}, {}),
    keys.CLASSIFY_METHOD_NAME: (
        {keys.CLASSIFY_INPUTS: types_pb2.DT_STRING},
        {keys.CLASSIFY_OUTPUT_CLASSES: types_pb2.DT_STRING, keys.CLASSIFY_OUTPUT_SCORES: types_pb2.DT_FLOAT},
    ),
    keys.REGRESS_METHOD_NAME: (
        {keys.REGRESS_INPUTS: types_pb2.DT_STRING},
        {keys.REGRESS_OUTPUTS: types_pb2.DT_FLOAT},
    ),
}


def is_valid_signature(signature_def: Any) -> bool:
    """Whether TensorFlow Serving can serve it."""
    if signature_def is None or signature_def.method_name not in _SERVED:
        return False
    inputs, outputs = _SERVED[signature_def.method_name]
    return _fits(signature_def.inputs, inputs) and _fits(signature_def.outputs, outputs)


def _fits(given: Any, wanted: dict[str, int]) -> bool:
    """Whether there is something given, and all of it is of the names and types wanted, if names are."""
    return bool(given) and (not wanted or all(info.dtype == wanted.get(name, -1) for name, info in given.items()))


def _signature(inputs: dict[str, Any], outputs: dict[str, Any], method: str) -> Any:
    taken = {name: build_tensor_info(tensor) for name, tensor in inputs.items()}
    given = {name: build_tensor_info(tensor) for name, tensor in outputs.items()}
    return build_signature_def(taken, given, method)


def _must_be(tensor: Tensor, dtype: Any, sentence: str) -> None:
    if dtypes.as_dtype(tensor.dtype).base_dtype != dtype:
        raise ValueError(sentence)
