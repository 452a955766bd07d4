"""`tf.sparse`: tensors of which few elements are not zero.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.accumulators": "SparseConditionalAccumulator",
    "ops.segment": (
        "segment_mean=sparse_segment_mean segment_sqrt_n=sparse_segment_sqrt_n segment_sum=sparse_segment_sum"
    ),
    "ops.sparse": (
        "concat=sparse_concat expand_dims=sparse_expand_dims eye=sparse_eye fill_empty_rows=sparse_fill_empty_rows "
        "from_dense mask=sparse_mask reorder=sparse_reorder reset_shape=sparse_reset_shape "
        "reshape=sparse_reshape retain=sparse_retain slice=sparse_slice split=sparse_split to_dense "
        "transpose=sparse_transpose"
    ),
    "ops.sparse_cross": "cross=sparse_cross cross_hashed=sparse_cross_hashed",
    "ops.sparse_merge": "merge=sparse_merge to_indicator=sparse_to_indicator",
    "ops.sparse_math": (
        "add=sparse_add matmul=sparse_tensor_dense_matmul maximum=sparse_maximum minimum=sparse_minimum "
        "reduce_max=sparse_reduce_max reduce_max_sparse=sparse_reduce_max_sparse reduce_sum=sparse_reduce_sum "
        "reduce_sum_sparse=sparse_reduce_sum_sparse softmax=sparse_softmax sparse_dense_matmul"
    ),
    "ops.sparse_tensor": "SparseTensor placeholder=sparse_placeholder",
}

__getattr__, __dir__ = _lazy(__name__, "tf.sparse", _NAMES)
del _lazy
