"""`tf.contrib.lookup`: tables from words to numbers and back.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup
"""

from ...names import lazy as _lazy

_NAMES = {
    "ops.lookup": (
        "HashTable KeyValueTensorInitializer MutableHashTable TextFileIndex TextFileInitializer index_table_from_file "
        "index_table_from_tensor index_to_string_table_from_file index_to_string_table_from_tensor"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.contrib.lookup", _NAMES)
del _lazy
