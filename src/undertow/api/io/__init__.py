"""`tf.io`: files, records and the encodings of tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io
"""

from ..names import lazy as _lazy

_NAMES = {
    "api.graph_io": "write_graph",
    "api.io.gfile": "gfile=",
    "api.python_io": "TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator",
}

__getattr__, __dir__ = _lazy(__name__, "tf.io", _NAMES)
del _lazy
