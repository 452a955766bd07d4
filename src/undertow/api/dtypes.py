"""`tf.dtypes`: the types of elements, and conversions between them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/dtypes
"""

from .names import lazy as _lazy

_NAMES = {
    "graph.dtypes": (
        "DType QUANTIZED_DTYPES as_dtype bfloat16 bool complex64 complex128 double float16 float32 float64 half int8 "
        "int16 int32 int64 qint8 qint16 qint32 quint8 quint16 resource string uint8 uint16 uint32 uint64 variant"
    ),
    "ops.math": "cast complex saturate_cast",
    "ops.string": "as_string",
}

__getattr__, __dir__ = _lazy(__name__, "tf.dtypes", _NAMES)
del _lazy
