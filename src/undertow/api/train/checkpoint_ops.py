"""Variables that start from a checkpoint's matrix whose rows or columns belong to another vocabulary.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework/load_and_remap_matrix_initializer
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.operation import Tensor
from ...ops.joining import concat
from ...ops.node import convert_to_tensor, node
from ...ops.shaping import reshape
from ..initializers import truncated_normal_initializer, zeros_initializer

Initializer = Callable[..., Any]


def _load_and_remap_matrix(
    ckpt_path: Any,
    old_tensor_name: str,
    new_row_vocab_offset: int,
    num_rows_to_load: int,
    new_col_vocab_size: int,
    initializer: Initializer | None,
    old_row_vocab_size: int = -1,
    old_row_vocab_file: Any = None,
    new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None,
    new_col_vocab_file: Any = None,
    num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0,
    max_rows_in_memory: int = -1,
) -> Tensor:
    """A matrix of `[num_rows_to_load + num_row_oov_buckets, new_col_vocab_size + num_col_oov_buckets]` floats.

    Row i is the checkpoint's row of the same entry: that of line `new_row_vocab_offset + i` of the new vocabulary,
    looked up in the old one; so it is with columns. Without files nothing is moved. What the checkpoint lacks is
    `initializer`'s, a function of a shape. `ValueError` for negative numbers of buckets, and if it is needed and None.
    """
    for what, count in (("num_row_oov_buckets", num_row_oov_buckets), ("num_col_oov_buckets", num_col_oov_buckets)):
        if count < 0:
            raise ValueError(f"{what} must be >= 0, but received {count}")
    rows: Any = np.arange(new_row_vocab_offset, new_row_vocab_offset + num_rows_to_load)
    rows_present: Any = num_rows_to_load
    if new_row_vocab_file is not None and old_row_vocab_file is not None:
        rows, rows_present = node(
            "GenerateVocabRemapping", new_row_vocab_file, old_row_vocab_file,
            new_vocab_offset=new_row_vocab_offset, num_new_vocab=num_rows_to_load, old_vocab_size=old_row_vocab_size,
        )  # fmt: skip
    columns: Any = np.zeros(0, np.int64)
    columns_present: Any = new_col_vocab_size
    if new_col_vocab_file is not None and old_col_vocab_file is not None:
        columns, columns_present = node(
            "GenerateVocabRemapping", new_col_vocab_file, old_col_vocab_file,
            new_vocab_offset=0, num_new_vocab=new_col_vocab_size,
        )  # fmt: skip
    missing = num_rows_to_load * new_col_vocab_size - rows_present * columns_present
    moved = isinstance(missing, Tensor)
    if initializer is None and (moved or num_row_oov_buckets or num_col_oov_buckets):
        raise ValueError("An initializer is needed for what the checkpoint does not have.")
    matrix = node(
        "LoadAndRemapMatrix",
        ckpt_path,
        old_tensor_name,
        rows,
        columns,
        reshape(initializer(convert_to_tensor([missing, 1])), [-1])
        if moved and initializer
        else np.zeros(0, np.float32),
        num_rows=num_rows_to_load,
        num_cols=new_col_vocab_size,
        max_rows_in_memory=max_rows_in_memory,
    )
    if num_row_oov_buckets and initializer:
        matrix = concat([matrix, initializer([num_row_oov_buckets, new_col_vocab_size])], 0)
    if num_col_oov_buckets and initializer:
        matrix = concat([matrix, initializer([num_rows_to_load + num_row_oov_buckets, num_col_oov_buckets])], 1)
    return matrix


def _load_and_remap_matrix_initializer(
    ckpt_path: Any,
    old_tensor_name: str,
    new_row_vocab_size: int,
    new_col_vocab_size: int,
    old_row_vocab_size: int = -1,
    old_row_vocab_file: Any = None,
    new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None,
    new_col_vocab_file: Any = None,
    num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0,
    initializer: Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> Initializer:
    """An initializer that gives such a matrix, or, for a variable in parts, the rows of a part.

    `ValueError` for negative numbers of buckets and for one vocabulary of a pair; the initializer itself raises it for
    another dtype than float32 and for shapes that do not fit.
    """
    for what, count in (("num_row_oov_buckets", num_row_oov_buckets), ("num_col_oov_buckets", num_col_oov_buckets)):
        if count < 0:
            raise ValueError(f"{what} must be >= 0, but received {count}")
    for axis, old, new in (
        ("row", old_row_vocab_file, new_row_vocab_file),
        ("col", old_col_vocab_file, new_col_vocab_file),
    ):
        if (old is None) != (new is None):
            raise ValueError(
                f"old_{axis}_vocab_file and new_{axis}_vocab_file must both be specified or left unspecified."
            )
    missing_values = initializer or zeros_initializer()
    whole = [new_row_vocab_size + num_row_oov_buckets, new_col_vocab_size + num_col_oov_buckets]

    def load(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Tensor:
        shape = [int(size) for size in shape]
        if dtypes.as_dtype(dtype) is not dtypes.float32:
            raise ValueError(f"Currently, only float32 is supported. Received dtype: {dtype}")
        if len(shape) != 2:
            raise ValueError(f"Expected 2-dim shape, but received: {shape}")
        if shape[0] <= 0:
            raise ValueError(f"Expected 1st dim of shape to be > 0, but received shape: {shape}")
        if shape[1] != whole[1]:
            raise ValueError(
                f"Expected 2nd dim of shape to be new_col_vocab_size ({new_col_vocab_size}) + num_col_oov_buckets "
                f"({num_col_oov_buckets}) = {whole[1]}, but received shape: {shape}"
            )
        offset = 0 if partition_info is None else partition_info.single_offset(shape)
        if offset + shape[0] > whole[0]:
            raise ValueError(
                f"Trying to initialize {shape[0]} additional rows after {offset} rows have already been initialized, "
                f"which would exceed expected total row count of new_row_vocab_size ({new_row_vocab_size}) + "
                f"num_row_oov_buckets ({num_row_oov_buckets}) = {whole[0]}."
            )
        beyond = min(shape[0], max(0, offset + shape[0] - new_row_vocab_size))
        return _load_and_remap_matrix(
            ckpt_path=ckpt_path,
            old_tensor_name=old_tensor_name,
            new_row_vocab_offset=min(offset, new_row_vocab_size),
            num_rows_to_load=shape[0] - beyond,
            new_col_vocab_size=new_col_vocab_size,
            initializer=missing_values,
            old_row_vocab_size=old_row_vocab_size,
            old_row_vocab_file=old_row_vocab_file,
            new_row_vocab_file=new_row_vocab_file,
            old_col_vocab_file=old_col_vocab_file,
            new_col_vocab_file=new_col_vocab_file,
            num_row_oov_buckets=beyond,
            num_col_oov_buckets=num_col_oov_buckets,
            max_rows_in_memory=max_rows_in_memory,
        )

    return load


def _load_embedding_initializer(
    ckpt_path: Any,
    embedding_tensor_name: str,
    new_vocab_size: int,
    embedding_dim: int,
    old_vocab_file: Any,
    new_vocab_file: Any,
    old_vocab_size: int = -1,
    num_oov_buckets: int = 0,
    initializer: Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> Initializer:
    """An initializer for an embedding: a row for each entry of a vocabulary, as the checkpoint has it for that entry.

    What the checkpoint lacks is `initializer`'s, small random numbers if it is None.
    """
    if initializer is None:
        initializer = truncated_normal_initializer(stddev=1.0 / np.sqrt(embedding_dim))
    return _load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path,
        old_tensor_name=embedding_tensor_name,
        new_row_vocab_size=new_vocab_size,
        new_col_vocab_size=embedding_dim,
        old_row_vocab_size=old_vocab_size,
        old_row_vocab_file=old_vocab_file,
        new_row_vocab_file=new_vocab_file,
        num_row_oov_buckets=num_oov_buckets,
        initializer=initializer,
        max_rows_in_memory=max_rows_in_memory,
    )
