"""Crosses of features: every combination of one value of each, joined or hashed.

`kernels/sparse_cross.py` says how it is done.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/cross
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .math import cast
from .node import node
from .rules import shape_rule
from .sparse_tensor import SparseTensor, SparseTensorValue

DEFAULT_HASH_KEY = 956888297470  # SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY of contrib's layers


def sparse_cross(inputs: Any, name: str | None = None) -> SparseTensor:
    """For each row of the tensors `inputs`, all combinations of their values, joined by `_X_`.

    `inputs` are sparse or dense matrices of integers or strings; the sparse ones come first in the combinations.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/cross
    """
    return _crossed("SparseCross", inputs, False, 0, DEFAULT_HASH_KEY, name)


def sparse_cross_hashed(
    inputs: Any, num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """`sparse_cross` as hashes, below `num_buckets` if it is above 0.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/cross_hashed
    """
    key = DEFAULT_HASH_KEY if hash_key is None else hash_key
    return _crossed("SparseCross", inputs, True, num_buckets, key, name)


def sparse_feature_cross(
    inputs: Any, hashed_output: bool = False, num_buckets: int = 0, name: str | None = None,
    hash_key: int | None = None,
) -> SparseTensor:  # fmt: skip
    """`tf.contrib.layers.sparse_feature_cross`: `sparse_cross`, hashed or not; without a key by an older hash."""
    op_type = "SparseFeatureCross" if hash_key is None else "SparseFeatureCrossV2"
    return _crossed(op_type, inputs, hashed_output, num_buckets, hash_key, name)


def _crossed(
    op_type: str, inputs: Any, hashed_output: bool, num_buckets: int, hash_key: int | None, name: str | None
) -> SparseTensor:
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(item, (SparseTensor, SparseTensorValue, Tensor)) for item in inputs):
        raise TypeError("All inputs must be SparseTensors")
    given = [SparseTensor.from_value(i) if isinstance(i, SparseTensorValue) else i for i in inputs]
    sparse = [item for item in given if isinstance(item, SparseTensor)]
    values = [_strings_or_integers(item.values) for item in sparse]
    dense = [_strings_or_integers(item) for item in given if isinstance(item, Tensor)]
    only_strings = all(tensor.dtype.base_dtype == dtypes.string for tensor in values + dense)
    parts = node(
        op_type, [s.indices for s in sparse], values, [s.dense_shape for s in sparse], dense,
        hashed_output=hashed_output, num_buckets=num_buckets, hash_key=hash_key,
        out_type=dtypes.int64 if hashed_output else dtypes.string,
        internal_type=dtypes.string if only_strings else dtypes.int64, name=name,
    )  # fmt: skip
    return SparseTensor(*parts)


def _strings_or_integers(tensor: Tensor) -> Tensor:
    return tensor if tensor.dtype.base_dtype == dtypes.string else cast(tensor, dtypes.int64)


@shape_rule("SparseCross", "SparseFeatureCross", "SparseFeatureCrossV2")
def _(
    indices: list[TensorShape], values: list[TensorShape], shapes: list[TensorShape], dense: list[TensorShape]
) -> list[TensorShape]:
    for shape in (*indices, *dense):
        rules.with_rank(shape, 2)
    return [TensorShape.of((None, 2)), TensorShape.of((None,)), TensorShape.of((2,))]
