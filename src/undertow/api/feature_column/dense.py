"""Columns of ids as numbers: how often each is there, or embeddings.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/embedding_column
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ...graph import dtypes, stacks
from ...graph.operation import Tensor
from ...graph.scopes import add_to_collection, name_scope
from ...ops import array, reduction
from ...ops.embedding_sparse import safe_embedding_lookup_sparse
from ...ops.sparse import sparse_tensor_to_dense
from ...ops.sparse_math import sparse_add
from ...ops.sparse_merge import sparse_merge
from ..get_variable import get_variable
from ..initializers import TruncatedNormal
from ..train.checkpoint_utils import init_from_checkpoint
from .categorical import WeightedCategoricalColumn
from .features import CategoricalColumn, DenseColumn, Features


class _OfCategories(DenseColumn):
    """A dense column made of a categorical one, whose features it reads."""

    categorical_column: CategoricalColumn

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column.parse_example_spec


class _Weighted(_OfCategories):
    """One that has weights for each category."""

    dimension: int

    @property
    def variable_shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return (self.dimension,)

    def transform(self, features: Features) -> tuple[Any, Any]:
        return self.categorical_column.ids(features)


class _Indicator(NamedTuple):
    categorical_column: CategoricalColumn


class IndicatorColumn(_Indicator, _OfCategories):
    """What `indicator_column` makes."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.categorical_column.name}_indicator"

    @property
    def variable_shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return (1, self.categorical_column.num_buckets)

    def transform(self, features: Features) -> Tensor:
        ids, weights = self.categorical_column.ids(features)
        buckets = self.categorical_column.num_buckets
        if weights is not None:
            merged = sparse_merge(ids, weights, buckets)
            return sparse_add(array.zeros(merged.dense_shape), merged)  # what is there twice is summed
        places = array.one_hot(sparse_tensor_to_dense(ids, default_value=-1), buckets, 1.0, 0.0)
        return reduction.reduce_sum(places, axis=[-2])


def indicator_column(categorical_column: Any) -> IndicatorColumn:
    """For each id of a categorical column how often it is there, or the sum of its weights."""
    return IndicatorColumn(categorical_column)


class _Embedding(NamedTuple):
    categorical_column: CategoricalColumn
    dimension: int
    combiner: str
    initializer: Callable[..., Any]
    ckpt_to_load_from: str | None
    tensor_name_in_ckpt: str | None
    max_norm: float | None
    trainable: bool


class EmbeddingColumn(_Embedding, _Weighted):
    """What `embedding_column` makes."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.categorical_column.name}_embedding"

    def dense(self, features: Features, trainable: bool, collections: Any) -> Tensor:
        return _embedded(self, features, _weights(self, trainable, collections))


class _SharedEmbedding(NamedTuple):
    categorical_column: CategoricalColumn
    dimension: int
    combiner: str
    initializer: Callable[..., Any]
    shared_embedding_collection_name: str
    ckpt_to_load_from: str | None
    tensor_name_in_ckpt: str | None
    max_norm: float | None
    trainable: bool


class SharedEmbeddingColumn(_SharedEmbedding, _Weighted):
    """One of what `shared_embedding_columns` makes. The weights are kept in a collection of the graph."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def _scope_name(self) -> str:
        return self.shared_embedding_collection_name

    def dense(self, features: Features, trainable: bool, collections: Any) -> Tensor:
        kept = stacks.get_default_graph().get_collection(self.shared_embedding_collection_name)
        if len(kept) > 1:
            raise ValueError(
                f"Collection {kept} can only contain one variable. Suggested fix A: Choose a unique name for this "
                "collection. Suggested fix B: Do not add any variables to this collection. The feature_column library "
                "already adds a variable under the hood."
            )
        with name_scope(self.name):
            features.get(self)
            wanted = [self.categorical_column.num_buckets, self.dimension]
            if kept and kept[0].get_shape().as_list() != wanted:
                raise ValueError(
                    f"Shared embedding collection {self.shared_embedding_collection_name} contains variable "
                    f"{kept[0].name} of unexpected shape {kept[0].get_shape()}. Expected shape is {tuple(wanted)}."
                )
            weights = kept[0] if kept else _weights(self, trainable, collections)
            if not kept:
                add_to_collection(self.shared_embedding_collection_name, weights)
            return _embedded(self, features, weights)


def _weights(column: EmbeddingColumn | SharedEmbeddingColumn, trainable: bool, collections: Any) -> Any:
    weights = get_variable(
        "embedding_weights", (column.categorical_column.num_buckets, column.dimension), dtypes.float32,
        column.initializer, trainable=column.trainable and trainable, collections=collections,
    )  # fmt: skip
    if column.ckpt_to_load_from is not None:
        stored = list(weights) if hasattr(weights, "_variable_list") else weights
        init_from_checkpoint(column.ckpt_to_load_from, {str(column.tensor_name_in_ckpt): stored})
    return weights


def _embedded(column: EmbeddingColumn | SharedEmbeddingColumn, features: Features, weights: Any) -> Tensor:
    ids, id_weights = features.get(column)
    return safe_embedding_lookup_sparse(
        weights, ids, id_weights, column.combiner, name=f"{column.name}_weights", max_norm=column.max_norm
    )


def _checked(
    dimension: int, initializer: Any, checkpoint: str | None, tensor_name: str | None, where: str = ""
) -> Callable[..., Any]:
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (checkpoint is None) != (tensor_name is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")
    if initializer is not None and not callable(initializer):
        raise ValueError(f"initializer must be callable if specified.{where}")
    return TruncatedNormal(0.0, 1 / math.sqrt(dimension)) if initializer is None else initializer


def embedding_column(
    categorical_column: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
    ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None, max_norm: float | None = None,
    trainable: bool = True,
) -> EmbeddingColumn:  # fmt: skip
    """The mean, sum or (`sqrtn`) scaled sum of the embeddings of an example's ids, `dimension` numbers.

    The weights start from `initializer` (truncated normal), or from a checkpoint's tensor. `ValueError` for a
    `dimension` below 1, an `initializer` that is no function, or half of a checkpoint's two arguments.
    """
    made = _checked(
        dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt,
        f" Embedding of column_name: {getattr(categorical_column, 'name', categorical_column)}",
    )  # fmt: skip
    return EmbeddingColumn(
        categorical_column, dimension, combiner, made, ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable
    )


def shared_embedding_columns(
    categorical_columns: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
    shared_embedding_collection_name: str | None = None, ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None, max_norm: float | None = None, trainable: bool = True,
) -> list[SharedEmbeddingColumn]:  # fmt: skip
    """An `embedding_column` for each of `categorical_columns`, all of the same weights.

    `ValueError` also if the columns are of different kinds or have different numbers of buckets.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/shared_embedding_columns
    """
    made = _checked(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    by_name = sorted(categorical_columns, key=lambda column: column.name)
    first, buckets = by_name[0], by_name[0].num_buckets
    for other in by_name[1:]:
        if type(_unweighted(other)) is not type(_unweighted(first)):
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same type, or be "
                f"weighted_categorical_column of the same type. Given column: {first} of type: {type(first)} does not "
                f"match given column: {other} of type: {type(other)}"
            )
        if other.num_buckets != buckets:
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same number of buckets. Given "
                f"column: {first} with buckets: {buckets} does  not match column: {other} with buckets: "
                f"{other.num_buckets}"
            )
    name = shared_embedding_collection_name or "_".join(c.name for c in by_name) + "_shared_embedding"
    return [
        SharedEmbeddingColumn(
            column, dimension, combiner, made, name, ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable
        )
        for column in categorical_columns
    ]


def _unweighted(column: Any) -> Any:
    return column.categorical_column if isinstance(column, WeightedCategoricalColumn) else column
