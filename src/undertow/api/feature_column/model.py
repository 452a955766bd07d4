"""What is made of columns: the first layer of a network, a linear model, a specification of examples.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/input_layer
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...graph.keys import GraphKeys
from ...graph.operation import Tensor
from ...graph.scopes import get_collection, name_scope
from ...ops import activation, array, joining, reduction
from ...ops.embedding_sparse import safe_embedding_lookup_sparse
from ...ops.matmul import matmul
from ...ops.sparse import sparse_reshape
from ...ops.sparse_tensor import SparseTensor
from ..get_variable import get_variable
from ..initializers import Zeros
from ..variable_scope import get_variable_scope, variable_scope
from .features import CategoricalColumn, DenseColumn, FeatureColumn, Features


def _by_name(feature_columns: Any) -> list[Any]:
    if isinstance(feature_columns, FeatureColumn):
        feature_columns = [feature_columns]
    if isinstance(feature_columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    columns = list(feature_columns)
    if not columns:
        raise ValueError("feature_columns must not be empty.")
    seen: dict[str, Any] = {}
    for column in columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(
                f"Items of feature_columns must be a _FeatureColumn. Given (type {type(column)}): {column}."
            )
        if column.name in seen:
            raise ValueError(
                f"Duplicate feature column name found for columns: {column} and {seen[column.name]}. This usually "
                "means that these columns refer to same base feature. Either one must be discarded or a duplicated "
                "but renamed item must be inserted in features dict."
            )
        seen[column.name] = column
    return [seen[name] for name in sorted(seen)]


def _collections(weight_collections: Iterable[str] | None) -> list[str]:
    named = list(weight_collections or [])
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES):
        if key not in named:
            named.append(key)
    return named


def _check_batches(columns: list[Any], tensors: list[Tensor]) -> None:
    first = None
    for column, tensor in zip(columns, tensors):
        rows = tensor.get_shape()[0].value if tensor.get_shape().ndims else None
        if rows is None:
            continue
        if first is not None and rows != first[1]:
            raise ValueError(
                "Batch size (first dimension) of each feature must be same. Batch size of columns "
                f"({first[0].name}, {column.name}): ({first[1]}, {rows})"
            )
        first = first or (column, rows)


def input_layer(
    features: Any, feature_columns: Any, weight_collections: Iterable[str] | None = None, trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None, cols_to_output_tensors: dict[Any, Any] | None = None,
) -> Tensor:  # fmt: skip
    """The numbers of all columns beside each other, columns by name: (batch size, sum of their sizes).

    `features` maps names to tensors, dense or sparse, an example a row. The two dictionaries are filled with the
    variables and the output of each column. `ValueError` for columns that are not dense, or two of one name.
    """
    columns = _by_name(feature_columns)
    for column in columns:
        if not isinstance(column, DenseColumn):
            raise ValueError(
                "Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with an "
                f"embedding_column or indicator_column. Given: {column}"
            )
    collections, given = _collections(weight_collections), Features(features)
    outputs = []
    with variable_scope(None, "input_layer"):
        for column in columns:
            with variable_scope(None, column._scope_name) as scope:
                outputs.append(column.flat(given, trainable, collections))
                if cols_to_vars is not None:
                    cols_to_vars[column] = _variables(scope.name)
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = outputs[-1]
        _check_batches(columns, outputs)
        return joining.concat(outputs, axis=1)


def linear_model(
    features: Any, feature_columns: Any, units: int = 1, sparse_combiner: str = "sum",
    weight_collections: Iterable[str] | None = None, trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
) -> Tensor:  # fmt: skip
    """A weighted sum of all columns and a bias: (batch size, units). All weights start at zero.

    Categorical columns have a weight for each id, combined by `sparse_combiner`. `cols_to_vars` is filled with the
    variables of each column, and of `"bias"`. `ValueError` for what is no column, or two of one name.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/linear_model
    """
    columns = _by_name(feature_columns)
    collections, given = _collections(weight_collections), Features(features)
    with variable_scope(None, "linear_model") as model:
        pass
    outer = get_variable_scope().name
    scopes = []  # named beside the model's scope, then put below it: the second model's have a number of their own
    for column in columns:
        with variable_scope(None, column._scope_name) as scope:
            scopes.append(scope.name[len(outer) + 1 :] if outer else scope.name)
    sums, made = [], {}
    with variable_scope(model), name_scope(model.name.rpartition("/")[2]):
        for column, name in zip(columns, scopes):
            with variable_scope(name) as scope:
                sums.append(_weighted(column, given, units, sparse_combiner, trainable, collections))
                made[column] = _variables(scope.name)
        _check_batches(columns, sums)
        total = reduction.add_n(sums, name="weighted_sum_no_bias")
        bias = _zeros("bias_weights", (units,), trainable, collections)
        made["bias"] = list(bias) if hasattr(bias, "_variable_list") else [bias]
        if cols_to_vars is not None:
            cols_to_vars.update(made)
        return activation.bias_add(total, array.identity(bias), name="weighted_sum")


def _variables(scope: str) -> list[Any]:
    return get_collection(GraphKeys.GLOBAL_VARIABLES, f"{scope}/")


def _zeros(name: str, shape: tuple[int, ...], trainable: bool, collections: list[str]) -> Any:
    return get_variable(
        name, shape, initializer=Zeros(), trainable=trainable, collections=collections, use_resource=True
    )  # fmt: skip


def _weighted(
    column: Any, features: Features, units: int, combiner: str, trainable: bool, collections: list[str]
) -> Tensor:
    if not isinstance(column, CategoricalColumn):
        weights = _zeros("weights", (column.size, units), trainable, collections)
        return matmul(column.flat(features, trainable, collections), weights, name="weighted_sum")
    weights = _zeros("weights", (column.num_buckets, units), trainable, collections)
    ids, id_weights = (_matrix(part) for part in column.ids(features))
    return safe_embedding_lookup_sparse(weights, ids, id_weights, combiner, name="weighted_sum")


def _matrix(sparse: SparseTensor | None) -> SparseTensor | None:
    return None if sparse is None else sparse_reshape(sparse, [array.shape(sparse)[0], -1])


def make_parse_example_spec(feature_columns: Any) -> dict[str, Any]:
    """What `tf.io.parse_example` needs to read all of the columns' features.

    `ValueError` for what is no column, or columns that read one feature in different ways.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/make_parse_example_spec
    """
    found: dict[str, Any] = {}
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(f"All feature_columns must be _FeatureColumn instances. Given: {column}")
        for key, value in column.parse_example_spec.items():
            if key in found and found[key] != value:
                raise ValueError(
                    f"feature_columns contain different parse_spec for key {key}. Given {value} and {found[key]}"
                )
            found[key] = value
    return found
