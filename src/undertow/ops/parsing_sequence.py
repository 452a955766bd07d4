"""Serialized `tf.train.SequenceExample`s into tensors: a context, and lists of features step by step.

`kernels/parsing_sequence.py` does it.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/parse_single_sequence_example
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape, as_shape
from .node import convert_to_tensor, node
from .parsing import FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, _dense, _names
from .rules import shape_rule, with_rank
from .sparse_tensor import SparseTensor


@dataclass
class _Wanted:
    """What to parse, sorted by key: sparse features, and dense ones with their shapes and defaults."""

    sparse: dict[str, Any]
    dense: dict[str, Any]
    shapes: list[TensorShape]
    defaults: list[Tensor]
    may_be_missing: list[str]


def _wanted(features: Any, dense_kind: type) -> _Wanted:
    features = features or {}
    for feature in features.values():
        if not isinstance(feature, (VarLenFeature, dense_kind)):
            raise ValueError(f"Unsupported {type(feature).__name__} {feature}.")
    sparse = {key: features[key] for key in sorted(features) if isinstance(features[key], VarLenFeature)}
    dense = {key: features[key] for key in sorted(features) if key not in sparse}
    found = _Wanted(sparse, dense, [], [], [])
    for key, feature in features.items():
        if feature.dtype is None:
            raise ValueError(f"Missing type for feature {key}.")
    for key, feature in dense.items():
        if dense_kind is FixedLenFeature:
            default, shape = _dense(key, feature)
            found.defaults.append(default)
        else:
            if feature.shape is None:
                raise ValueError(f"Missing shape for feature {key}.")
            shape = as_shape(feature.shape)
            if feature.allow_missing:
                found.may_be_missing.append(key)
            if feature.default_value is not None:
                raise ValueError(f"Value feature_list_dense_defaults[{key}] must be None")
        found.shapes.append(shape)
    return found


def _types(features: dict[str, Any]) -> list[Any]:
    return [dtypes.as_dtype(feature.dtype) for feature in features.values()]


def _results(wanted: _Wanted, indices: Any, values: Any, shapes: Any, dense: Any) -> dict[str, Any]:
    found: dict[str, Any] = {key: SparseTensor(i, v, s) for key, i, v, s in zip(wanted.sparse, indices, values, shapes)}
    found.update(zip(wanted.dense, dense))
    return found


def parse_single_sequence_example(
    serialized: Any, context_features: Any = None, sequence_features: Any = None, example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """One serialized SequenceExample, a scalar string, as two dicts of tensors: its context and its steps.

    `context_features` are `FixedLenFeature`s and `VarLenFeature`s, `sequence_features` `FixedLenSequenceFeature`s
    (dense, [steps, ..]) and `VarLenFeature`s (sparse, [steps, most values]). `ValueError` for others or none.
    """
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = _wanted(context_features, FixedLenFeature)
    lists = _wanted(sequence_features, FixedLenSequenceFeature)
    with name_scope(name, "ParseSingleSequenceExample", [serialized]):
        outputs = node(
            "ParseSingleSequenceExample", convert_to_tensor(serialized, dtypes.string, name="serialized"),
            _names(lists.may_be_missing), list(context.sparse), list(context.dense), list(lists.sparse),
            list(lists.dense), context.defaults, "" if example_name is None else example_name,
            context_sparse_types=_types(context.sparse), context_dense_shapes=context.shapes,
            feature_list_sparse_types=_types(lists.sparse), feature_list_dense_types=_types(lists.dense),
            feature_list_dense_shapes=lists.shapes, name="ParseSingleSequenceExample",
        )  # fmt: skip
    return (
        _results(context, outputs.context_sparse_indices, outputs.context_sparse_values,
                 outputs.context_sparse_shapes, outputs.context_dense_values),
        _results(lists, outputs.feature_list_sparse_indices, outputs.feature_list_sparse_values,
                 outputs.feature_list_sparse_shapes, outputs.feature_list_dense_values),
    )  # fmt: skip


def parse_sequence_example(
    serialized: Any, context_features: Any = None, sequence_features: Any = None, example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Serialized SequenceExamples, [n] strings, as three dicts: contexts, steps, and how many steps each has.

    As `parse_single_sequence_example`; dense steps are padded with zeros to the most steps of all.
    """
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = _wanted(context_features, FixedLenFeature)
    lists = _wanted(sequence_features, FixedLenSequenceFeature)
    with name_scope(name, "ParseSequenceExample", [serialized]):
        outputs = node(
            "ParseSequenceExampleV2", convert_to_tensor(serialized, dtypes.string, name="serialized"),
            _names([] if example_names is None else example_names), _names(context.sparse), _names(context.dense),
            _names([]), _names(lists.sparse), _names(lists.dense), _names([]),
            [key in lists.may_be_missing for key in lists.dense] or convert_to_tensor([], dtypes.bool),
            context.defaults, Ncontext_sparse=len(context.sparse), context_sparse_types=_types(context.sparse),
            context_dense_shapes=context.shapes, Nfeature_list_sparse=len(lists.sparse),
            Nfeature_list_dense=len(lists.dense), feature_list_sparse_types=_types(lists.sparse),
            feature_list_dense_types=_types(lists.dense), feature_list_dense_shapes=lists.shapes,
            name="ParseSequenceExample",
        )  # fmt: skip
    return (
        _results(context, outputs.context_sparse_indices, outputs.context_sparse_values,
                 outputs.context_sparse_shapes, outputs.context_dense_values),
        _results(lists, outputs.feature_list_sparse_indices, outputs.feature_list_sparse_values,
                 outputs.feature_list_sparse_shapes, outputs.feature_list_dense_values),
        dict(zip(lists.dense, outputs.feature_list_dense_lengths)),
    )  # fmt: skip


def _shapes_of_sparse(count: int, rank: int) -> list[TensorShape]:
    each = TensorShape.of((None, rank)), TensorShape.of((None,)), TensorShape.of((rank,))
    return [shape for shape in each for _ in range(count)]


@shape_rule("ParseSingleSequenceExample")
def _(
    serialized: TensorShape, missing: TensorShape, context_sparse: Any, context_dense: Any, list_sparse: Any,
    list_dense: Any, defaults: Any, debug_name: TensorShape, *, context_dense_shapes: list[TensorShape],
    feature_list_dense_shapes: list[TensorShape],
) -> list[TensorShape]:  # fmt: skip
    with_rank(serialized, 0)
    steps = TensorShape.of((None,))
    return [
        *_shapes_of_sparse(len(context_sparse), 1), *context_dense_shapes, *_shapes_of_sparse(len(list_sparse), 2),
        *(steps.concatenate(shape) for shape in feature_list_dense_shapes),
    ]  # fmt: skip


@shape_rule("ParseSequenceExampleV2")
def _(
    serialized: TensorShape, *_: Any, Ncontext_sparse: int, context_dense_shapes: list[TensorShape],
    Nfeature_list_sparse: int, feature_list_dense_shapes: list[TensorShape],
) -> list[TensorShape]:  # fmt: skip
    rows = TensorShape.of(with_rank(serialized, 1))
    steps = rows.concatenate(TensorShape.of((None,)))
    return [
        *_shapes_of_sparse(Ncontext_sparse, 2), *(rows.concatenate(shape) for shape in context_dense_shapes),
        *_shapes_of_sparse(Nfeature_list_sparse, 3),
        *(steps.concatenate(shape) for shape in feature_list_dense_shapes), *[rows] * len(feature_list_dense_shapes),
    ]  # fmt: skip
