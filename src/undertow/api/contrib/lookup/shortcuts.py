"""`tf.contrib.lookup`: what only it has, older spellings of the tables of a vocabulary.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup
"""

from __future__ import annotations

from typing import Any

from ....graph import dtypes
from ....graph.operation import Tensor
from ....ops import vocabulary
from ....ops.lookup import StaticHashTable
from ....ops.vocabulary import FastHashSpec


def index_table_from_tensor(
    mapping: Any = None, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = FastHashSpec,
    dtype: Any = dtypes.string, name: str | None = None, vocabulary_list: Any = None,
) -> Any:  # fmt: skip
    """A table from the words of `mapping`, a list, to their places in it."""
    if mapping is None and vocabulary_list is None:
        raise ValueError("mapping must be specified.")
    words = vocabulary_list if mapping is None else mapping
    return vocabulary.index_table_from_tensor(words, num_oov_buckets, default_value, hasher_spec, dtype, name)


def index_to_string_table_from_tensor(
    mapping: Any = None, default_value: str = "UNK", name: str | None = None, vocabulary_list: Any = None
) -> StaticHashTable:
    """A table from the places in `mapping`, a list, to its words."""
    if mapping is None and vocabulary_list is None:
        raise ValueError("mapping must be specified.")
    words = vocabulary_list if mapping is None else mapping
    return vocabulary.index_to_string_table_from_tensor(words, default_value, name)


def string_to_index_table_from_file(
    vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None, default_value: int = -1,
    hasher_spec: Any = FastHashSpec, name: str | None = None,
) -> Any:  # fmt: skip
    """`index_table_from_file` by its older name."""
    return vocabulary.index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, dtypes.string, name
    )


def string_to_index_table_from_tensor(
    mapping: Any, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = FastHashSpec,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`index_table_from_tensor` by its older name."""
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, dtypes.string, name)


def string_to_index(tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None) -> Tensor:
    """The places in `mapping` of the words in `tensor`."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor: Any, mapping: Any, default_value: str = "UNK", name: str | None = None) -> Tensor:
    """The words of `mapping` at the places in `tensor`."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)
