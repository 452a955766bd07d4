"""Strings: what each op is. `kernels/string.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array, reduction, rules
from .constant import constant
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule
from .sparse_tensor import SparseTensor
from .spelling import either

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "as_string": "AsString",
    "decode_base64": "DecodeBase64",
    "encode_base64": "EncodeBase64",
    "string_lower": "StringLower",
    "string_strip": "StringStrip",
    "string_to_hash_bucket_fast": "StringToHashBucketFast",
    "string_to_hash_bucket_strong": "StringToHashBucketStrong",
    "string_upper": "StringUpper",
    "substr": "Substr",
    "unicode_script": "UnicodeScript",
    "unicode_transcode": "UnicodeTranscode",
    "unsorted_segment_join": "UnsortedSegmentJoin",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


shape_rule(
    "AsString", "DecodeBase64", "EncodeBase64", "RegexFullMatch", "RegexReplace", "StaticRegexFullMatch",
    "StaticRegexReplace", "StringLength", "StringLower", "StringStrip", "StringToHashBucket", "StringToHashBucketFast",
    "StringToHashBucketStrong", "StringToNumber", "StringUpper", "UnicodeScript", "UnicodeTranscode",
)(rules.unchanged)  # fmt: skip


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """The strings of several tensors of one shape (or scalars), joined element by element with `separator` between."""
    return node("StringJoin", inputs, separator=separator, name=name)


@shape_rule("StringJoin")
def _(inputs: list[TensorShape]) -> TensorShape:
    if any(shape.ndims is None for shape in inputs):
        return TensorShape(None)
    whole = [shape for shape in inputs if shape.ndims != 0]
    return rules.merged(*whole) if whole else TensorShape.of(())


def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """The length of each string, in bytes or (`unit="UTF8_CHAR"`) in characters: int32.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/length
    """
    return node("StringLength", input, unit=unit, name=name)


def string_to_number(
    string_tensor: Any = None, out_type: Any = dtypes.float32, name: str | None = None, input: Any = None
) -> Tensor:
    """The number that each string spells, as `out_type`; `InvalidArgumentError` if it spells none.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/to_number
    """
    return node("StringToNumber", either("input", input, "string_tensor", string_tensor), out_type=out_type, name=name)


def string_to_hash_bucket(
    string_tensor: Any = None, num_buckets: int | None = None, name: str | None = None, input: Any = None
) -> Tensor:
    """A number below `num_buckets` for each string, by a hash of its bytes: int64. `_fast` has the better hash.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/to_hash_bucket
    """
    strings = either("input", input, "string_tensor", string_tensor)
    return node("StringToHashBucket", strings, num_buckets=num_buckets, name=name)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    """Each string with what matches `pattern` replaced by `rewrite`, in which \\1, \\2 … are the groups.

    Only the first match unless `replace_global`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/regex_replace
    """
    if all(isinstance(part, (str, bytes)) for part in (pattern, rewrite)):
        return node(
            "StaticRegexReplace", input, pattern=pattern, rewrite=rewrite, replace_global=replace_global, name=name
        )
    return node("RegexReplace", input, pattern, rewrite, replace_global=replace_global, name=name)


def regex_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether all of each string matches `pattern`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/regex_full_match
    """
    if isinstance(pattern, (str, bytes)):
        return node("StaticRegexFullMatch", input, pattern=pattern, name=name)
    return node("RegexFullMatch", input, pattern, name=name)


@shape_rule("Substr")
def _(input: TensorShape, pos: TensorShape, len: TensorShape) -> TensorShape:
    return rules.broadcast(input, rules.merged(pos, len))


def string_split(
    source: Any, sep: Any = None, skip_empty: bool = True, delimiter: Any = None, result_type: str = "SparseTensor",
    name: str | None = None,
) -> Any:  # fmt: skip
    """The parts of each string of a vector, between any of the bytes of `sep` (a space): [n, most parts].

    An empty `sep` splits into bytes.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/string_split
    """
    _check_result(result_type)
    sep = either("sep", sep, "delimiter", delimiter)
    with name_scope(name, "StringSplit", [source]):
        sep = convert_to_tensor(" " if sep is None else sep, dtype=dtypes.string)
        source = convert_to_tensor(source, dtype=dtypes.string)
        parts = SparseTensor(*node("StringSplit", source, sep, skip_empty=skip_empty))
        return parts if result_type == "SparseTensor" else _ragged().rows_of(parts, source)


def string_split_v2(
    input: Any = None, sep: Any = None, maxsplit: int = -1, result_type: str = "SparseTensor", source: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The parts of each string of a vector between `sep`, or between blanks; at most `maxsplit` splits, as Python's.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/split
    """
    _check_result(result_type)
    source = either("input", input, "source", source)
    with name_scope(name, "StringSplit", [source]):
        if result_type == "RaggedTensor":
            return _ragged().split_to_ragged(source, sep, maxsplit)
        source = convert_to_tensor(source, dtype=dtypes.string)
        if source.shape.ndims == 0:
            source = node("ExpandDims", source, 0)
        if source.shape.ndims is not None and source.shape.ndims > 1:
            return _ragged().split_to_ragged(source, sep, maxsplit).to_sparse()
        return SparseTensor(*node("StringSplitV2", source, "" if sep is None else sep, maxsplit=maxsplit))


def _check_result(result_type: str) -> None:
    if result_type not in ("SparseTensor", "RaggedTensor"):
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


def _ragged() -> Any:
    from . import ragged_string  # here: it needs much of ops, and few programs need it

    return ragged_string


@shape_rule("StringSplit", "StringSplitV2")
def _(input: TensorShape, separator: TensorShape) -> list[TensorShape]:
    rules.with_rank(input, 1)
    return [TensorShape.of((None, 2)), TensorShape.of((None,)), TensorShape.of((2,))]


def reduce_join(
    inputs: Any, axis: Any = None, keep_dims: bool | None = None, separator: str = "", name: str | None = None,
    reduction_indices: Any = None, keepdims: bool | None = None,
) -> Tensor:  # fmt: skip
    """The strings along `axis` (several: in that order; all, the last first, if None) joined with `separator`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/reduce_join
    """
    keep = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
    axis = either("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "ReduceJoin", [inputs]):
        inputs = convert_to_tensor(inputs, dtype=dtypes.string)
        if axis is None:
            rank = inputs.shape.ndims
            last_first = None if rank is None else np.arange(rank - 1, -1, -1)
            axis = reduction.range(array.rank(inputs) - 1, -1, -1) if rank is None else constant(last_first, "int32")
        return node("ReduceJoin", inputs, axis, keep_dims=keep, separator=separator)


@shape_rule("ReduceJoin", values=["reduction_indices"])
def _(inputs: TensorShape, reduction_indices: Any, *, keep_dims: bool) -> TensorShape:
    return rules.reduced(inputs, reduction_indices, keep_dims)


def string_format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """`template` with each `placeholder` replaced by one of `inputs`, of which `summarize` elements at the ends show.

    `ValueError` if there are not as many of one as of the other.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/format
    """
    inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if template.count(placeholder) != len(inputs):
        raise ValueError(
            f"{template.count(placeholder)} placeholder(s) in template does not match {len(inputs)} tensor(s) provided "
            "as input"
        )
    return node("StringFormat", inputs, template=template, placeholder=placeholder, summarize=summarize, name=name)


def fingerprint(data: Any, method: str = "farmhash64", name: str | None = None) -> Tensor:
    """The fingerprint of the bytes of each row of `data`: uint8 [rows, 8].

    Source: https://www.tensorflow.org/api_docs/python/tf/fingerprint
    """
    return node("Fingerprint", data, method, name=name)


@shape_rule("Fingerprint", values=["method"])
def _(data: TensorShape, method: Any) -> TensorShape:
    if method is not None and bytes(method[()]) != b"farmhash64":
        raise ValueError(f"Unsupported method: {method[()].decode()}")
    if data.ndims == 0:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    return TensorShape.of((data._dims[0] if data._dims else None, 8))
