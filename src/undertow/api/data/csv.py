"""`tf.data.experimental.CsvDataset`: rows of CSV files.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/experimental/CsvDataset
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.dtypes import DType
from ...graph.operation import Tensor
from ...graph.tensor_spec import TensorSpec
from ...ops.constant import constant
from ...ops.node import convert_to_tensor, node
from .dataset import Dataset
from .inputs import number
from .structure import told


class CsvDataset(Dataset):
    """The rows of CSV files as tuples of scalars.

    `record_defaults` has for each column (each of `select_cols`, if told) a dtype where a value is needed, or the value
    that an empty field stands for. A run raises `InvalidArgumentError` for a row that does not fit.
    """

    def __init__(
        self,
        filenames: Any,
        record_defaults: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
    ) -> None:
        defaults = [_default(value) for value in record_defaults]
        spec = tuple(TensorSpec((), d.dtype) for d in defaults)
        text = [
            (filenames, "filenames"),
            ("" if compression_type is None else compression_type, "compression_type"),
            (field_delim, "field_delim"),
            (na_value, "na_value"),
        ]
        names, compression, delimiter, missing = (
            convert_to_tensor(value, dtype=dtypes.string, name=name) for value, name in text
        )
        flags = [
            convert_to_tensor(value, dtype=dtypes.bool, name=name)
            for value, name in ((header, "header"), (use_quote_delim, "use_quote_delim"))
        ]
        columns = convert_to_tensor(
            np.array([] if select_cols is None else select_cols, np.int64), dtype=dtypes.int64, name="select_cols"
        )
        size = number(4 << 20 if buffer_size is None else buffer_size, "buffer_size")
        shapes = told(spec)["output_shapes"]
        made = node(
            "CSVDataset", names, compression, size, flags[0], delimiter, flags[1], missing, columns, defaults,
            output_shapes=shapes,
        )  # fmt: skip
        super().__init__(made, spec)


def _default(value: Any) -> Tensor:
    """A default as a vector of one, or of none where a value is needed."""
    if isinstance(value, DType):
        return constant(np.zeros(0, value.as_numpy_dtype), value, name="record_default")
    if isinstance(value, Tensor):
        return value
    return convert_to_tensor(value, name="record_default")
