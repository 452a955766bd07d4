"""`tf.ragged`: tensors whose rows have different lengths.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.ragged": "constant placeholder range stack_dynamic_partitions",
    "ops.ragged_operators": "map_flat_values",
    "ops.ragged_segments": "row_splits_to_segment_ids segment_ids_to_row_splits",
    "ops.ragged_value": "RaggedTensorValue constant_value",
}

__getattr__, __dir__ = _lazy(__name__, "tf.ragged", _NAMES)
del _lazy
