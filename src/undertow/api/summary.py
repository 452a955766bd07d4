"""`tf.summary`: what is shown in TensorBoard, and the files it is kept in.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/summary
"""

from .names import lazy as _lazy

_NAMES = {
    "api.protos": "Event SessionLog Summary SummaryDescription TaggedRunMetadata",
    "api.summary_writer": "FileWriter FileWriterCache",
    "ops.summary": "audio get_summary_description histogram image merge merge_all scalar tensor_summary text",
}

__getattr__, __dir__ = _lazy(__name__, "tf.summary", _NAMES)
del _lazy
