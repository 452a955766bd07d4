"""`tf.contrib.lookup`: tables from words to numbers and back.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup
"""

from ...names import lazy as _lazy

_NAMES = {
    "api.contrib.lookup.shortcuts": (
        "index_table_from_tensor index_to_string index_to_string_table_from_tensor string_to_index "
        "string_to_index_table_from_file string_to_index_table_from_tensor"
    ),
    "ops.lookup": (
        "HashTable InitializableLookupTableBase=StaticHashTable LookupInterface MutableDenseHashTable MutableHashTable"
    ),
    "ops.table_initializers": (
        "KeyValueTensorInitializer TableInitializerBase TextFileIdTableInitializer TextFileIndex TextFileInitializer "
        "TextFileStringTableInitializer"
    ),
    "ops.vocabulary": (
        "FastHashSpec HasherSpec IdTableWithHashBuckets StrongHashSpec index_table_from_file "
        "index_to_string_table_from_file"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.contrib.lookup", _NAMES)
del _lazy
