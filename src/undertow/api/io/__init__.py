"""`tf.io`: files, records and the encodings of tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io
"""

from ..names import lazy as _lazy

_NAMES = {
    "api.graph_io": "write_graph",
    "api.io.gfile": "gfile=",
    "api.train.producers": "match_filenames_once",
    "api.python_io": "TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator",
    "ops.image_codec": (
        "decode_and_crop_jpeg decode_bmp decode_gif decode_image decode_jpeg decode_png encode_jpeg extract_jpeg_shape "
        "is_jpeg"
    ),
    "ops.parsing": (
        "FixedLenFeature FixedLenSequenceFeature SparseFeature VarLenFeature decode_compressed decode_csv "
        "decode_json_example decode_raw parse_example parse_single_example parse_tensor serialize_tensor"
    ),
    "ops.parsing_sequence": "parse_sequence_example parse_single_sequence_example",
    "ops.queues": "PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    "ops.readers": "matching_files read_file write_file",
    "ops.sparse_storage": "deserialize_many_sparse serialize_many_sparse serialize_sparse",
    "ops.string": "decode_base64 encode_base64",
}

__getattr__, __dir__ = _lazy(__name__, "tf.io", _NAMES)
del _lazy
