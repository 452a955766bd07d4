"""Datasets of what is in files: lines, TFRecords, records of one length, rows of CSV.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/TextLineDataset and its neighbours
"""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.tensor_spec import TensorSpec
from ...ops.node import convert_to_tensor, node
from .dataset import Dataset
from .inputs import number


class _FileDataset(Dataset):
    """Strings out of files, one file after the other, or taken in turn from `num_parallel_reads` of them."""

    def _read(self, filenames: Any, num_parallel_reads: Any, op_type: str, inputs: list[Tensor]) -> None:
        spec = TensorSpec((), dtypes.string)
        if num_parallel_reads is None and not isinstance(filenames, Dataset):
            super().__init__(node(op_type, _vector(filenames), *inputs), spec)
            return
        files = filenames if isinstance(filenames, Dataset) else Dataset.from_tensor_slices(_vector(filenames))
        if files.element_spec != TensorSpec((), dtypes.string):
            raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` scalars.")
        one_by_one = 1 if num_parallel_reads is None else num_parallel_reads
        read = files.interleave(lambda name: Dataset(node(op_type, _vector(name), *inputs), spec), one_by_one)
        super().__init__(read._variant_tensor, spec)


def _vector(filenames: Any) -> Tensor:
    tensor = convert_to_tensor(filenames, dtype=dtypes.string, name="filenames")
    return tensor if tensor.shape.ndims == 1 else node("Reshape", tensor, [-1], name="flat_filenames")


def _text(value: Any, name: str) -> Tensor:
    return convert_to_tensor("" if value is None else value, dtype=dtypes.string, name=name)


def _size(value: Any) -> Tensor:
    return number(262144 if value is None else value, "buffer_size")


class TextLineDataset(_FileDataset):
    """The lines of text files, without their ends. `compression_type` is "", "ZLIB" or "GZIP"."""

    def __init__(
        self, filenames: Any, compression_type: Any = None, buffer_size: Any = None, num_parallel_reads: Any = None
    ) -> None:
        inputs = [_text(compression_type, "compression_type"), _size(buffer_size)]
        self._read(filenames, num_parallel_reads, "TextLineDataset", inputs)


class TFRecordDataset(_FileDataset):
    """The records of TFRecord files. `compression_type` is "", "ZLIB" or "GZIP"."""

    def __init__(
        self, filenames: Any, compression_type: Any = None, buffer_size: Any = None, num_parallel_reads: Any = None
    ) -> None:
        inputs = [_text(compression_type, "compression_type"), _size(buffer_size)]
        self._read(filenames, num_parallel_reads, "TFRecordDataset", inputs)


class FixedLengthRecordDataset(_FileDataset):
    """Records of `record_bytes` bytes, which lie between a header and a footer in each file."""

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        inputs = [
            number(header_bytes or 0, "header_bytes"),
            number(record_bytes, "record_bytes"),
            number(footer_bytes or 0, "footer_bytes"),
            _size(buffer_size),
            _text(compression_type, "compression_type"),
        ]
        self._read(filenames, num_parallel_reads, "FixedLengthRecordDatasetV2", inputs)
