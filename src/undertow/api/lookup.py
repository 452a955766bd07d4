"""`tf.lookup`: tables from keys to values.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/lookup
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.lookup": "StaticHashTable",
    "ops.table_initializers": "KeyValueTensorInitializer TextFileIndex TextFileInitializer",
    "ops.vocabulary": "StaticVocabularyTable",
}

__getattr__, __dir__ = _lazy(__name__, "tf.lookup", _NAMES)
del _lazy
