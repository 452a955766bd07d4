"""Strings whose parts are rows of different lengths: characters, bytes, words, n-grams.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/unicode_decode and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array, shaping
from .joining import concat
from .node import convert_to_tensor, node
from .ragged_segments import segment_ids_to_row_splits
from .ragged_tensor import RaggedTensor, convert_to_tensor_or_ragged_tensor
from .rules import shape_rule, with_rank
from .sparse_tensor import SparseTensor


def _strings(input: Any) -> Any:
    return convert_to_tensor_or_ragged_tensor(input, dtypes.string, name="input")


# Characters


def unicode_decode(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD,
    replace_control_characters: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """The code points of each string: int32, one ragged dimension more (a vector for a scalar).

    What is malformed becomes `replacement_char`, is left out (`errors="ignore"`) or refused ("strict").
    """
    with name_scope(name, "UnicodeDecode", [input]):
        return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters, False)


def unicode_decode_with_offsets(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD,
    replace_control_characters: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """`unicode_decode`, and the place of the first byte of each character: int64."""
    with name_scope(name, "UnicodeDecodeWithOffsets", [input]):
        return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters, True)


def unicode_split(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD, name: str | None = None
) -> Any:
    """The characters of each string, each a string in UTF-8: one ragged dimension more."""
    with name_scope(name, "UnicodeSplit", [input]):
        points = _decoded(input, input_encoding, errors, replacement_char, False, False)
        return _each_encoded(points)


def unicode_split_with_offsets(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD, name: str | None = None
) -> Any:
    """`unicode_split`, and the place of the first byte of each character: int64."""
    with name_scope(name, "UnicodeSplitWithOffsets", [input]):
        points, places = _decoded(input, input_encoding, errors, replacement_char, False, True)
        return _each_encoded(points), places


def _each_encoded(points: Any) -> Any:
    flat = points.flat_values if isinstance(points, RaggedTensor) else points
    single = node("ExpandDims", flat, 1)
    texts = unicode_encode(RaggedTensor.from_tensor(single), "UTF-8")
    return points.with_flat_values(texts) if isinstance(points, RaggedTensor) else texts


def _decoded(input: Any, encoding: str, errors: str, replacement: int, controls: bool, offsets: bool) -> Any:
    input = _strings(input)
    rank = input.shape.ndims
    if rank is None:
        raise ValueError("Rank of `input` must be statically known.")
    if isinstance(input, RaggedTensor):
        found = _decoded(input.flat_values, encoding, errors, replacement, controls, offsets)
        return tuple(map(input.with_flat_values, found)) if offsets else input.with_flat_values(found)
    if rank > 1:
        ragged = RaggedTensor.from_tensor(input, ragged_rank=rank - 1)
        return _decoded(ragged, encoding, errors, replacement, controls, offsets)
    vector = node("Reshape", input, [-1]) if rank == 0 else input
    parts = node(
        "UnicodeDecodeWithOffsets" if offsets else "UnicodeDecode", vector,
        input_encoding=encoding, errors=errors, replacement_char=replacement, replace_control_characters=controls,
    )  # fmt: skip
    splits, values = parts[0], list(parts[1:])
    result = [value if rank == 0 else RaggedTensor(value, splits) for value in values]
    return tuple(result) if offsets else result[0]


def unicode_encode(
    input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD, name: str | None = None
) -> Any:
    """Strings of code points [..., characters], one dimension less; the last one may be ragged.

    What is no character becomes `replacement_char`, is left out (`errors="ignore"`) or refused ("strict").
    """
    with name_scope(name, "UnicodeEncode", [input]):
        points = convert_to_tensor_or_ragged_tensor(input)
        rank = points.shape.ndims
        if rank is None:
            raise ValueError("Rank of input_tensor must be statically known.")
        if isinstance(points, RaggedTensor):
            values = points.values
            if isinstance(values, RaggedTensor) or (values.shape.ndims or 0) > 1:
                return points.with_values(unicode_encode(values, output_encoding, errors, replacement_char))
            return node(
                "UnicodeEncode", values, points.row_splits, errors=errors, output_encoding=output_encoding,
                replacement_char=replacement_char,
            )  # fmt: skip
        if rank == 0:
            raise ValueError("input_tensor's rank must be at least 1.")
        if rank == 2:
            return unicode_encode(RaggedTensor.from_tensor(points), output_encoding, errors, replacement_char)
        if rank == 1:
            ends = [0, array.shape(points, out_type=dtypes.int64)[0]]
            whole = RaggedTensor(points, convert_to_tensor(ends, dtypes.int64))
            return node("Reshape", unicode_encode(whole, output_encoding, errors, replacement_char), [])
        flat = shaping.reshape(points, concat([[-1], array.shape(points)[-1:]], 0))
        texts = unicode_encode(flat, output_encoding, errors, replacement_char)
        return shaping.reshape(texts, array.shape(points)[:-1])


@shape_rule("UnicodeDecode")
def _(input: TensorShape) -> list[TensorShape]:
    return [_splits(input), TensorShape.of((None,))]


@shape_rule("UnicodeDecodeWithOffsets")
def _(input: TensorShape) -> list[TensorShape]:
    return [_splits(input), TensorShape.of((None,)), TensorShape.of((None,))]


def _splits(input: TensorShape) -> TensorShape:
    count = input.num_elements()
    return TensorShape.of((None if count is None else count + 1,))


@shape_rule("UnicodeEncode")
def _(values: TensorShape, splits: TensorShape) -> TensorShape:
    with_rank(values, 1)
    ends = with_rank(splits, 1)[0]
    return TensorShape.of((None if ends is None else ends - 1,))


# Parts


def string_bytes_split(input: Any, name: str | None = None) -> Any:
    """The bytes of each string, each a string: one ragged dimension more (a vector for a scalar).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/bytes_split
    """
    with name_scope(name, "StringsByteSplit", [input]):
        return _split(_strings(input), lambda flat: node("StringSplit", flat, "", skip_empty=False))


def split_to_ragged(input: Any, sep: Any, maxsplit: int) -> Any:
    """`tf.strings.split` into rows of parts."""
    between = "" if sep is None else sep
    return _split(_strings(input), lambda flat: node("StringSplitV2", flat, between, maxsplit=maxsplit))


def _split(input: Any, split: Any) -> Any:
    rank = input.shape.ndims
    if rank is None:
        raise ValueError("input must have a statically-known rank.")
    if isinstance(input, RaggedTensor):
        return input.with_flat_values(_split(input.flat_values, split))
    if rank == 0:
        return _split(node("Reshape", input, [1]), split)[0]
    if rank > 1:
        return _split(RaggedTensor.from_tensor(input, ragged_rank=rank - 1), split)
    return rows_of(SparseTensor(*split(input)), input)


def rows_of(parts: SparseTensor, source: Any) -> Any:
    """The rows of a sparse matrix, one for each of `source`, whose values are at the beginning of each."""
    count = source.shape._dims[0] if source.shape._dims else None
    splits = segment_ids_to_row_splits(parts.indices[:, 0], parts.dense_shape[0] if count is None else count)
    return RaggedTensor(parts.values, splits)


def ngrams(
    data: Any, ngram_width: Any, separator: str = " ", pad_values: Any = None, padding_width: int | None = None,
    preserve_short_sequences: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Each `ngram_width` (one or several) neighbours of the last dimension of `data`, joined by `separator`.

    Rows are first padded at both ends with `pad_values`, one or a pair, `padding_width` times (as often as an n-gram
    needs by default). A row too short for any is one n-gram itself if `preserve_short_sequences`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings/ngrams
    """
    with name_scope(name, "StringNGrams", [data]):
        left, right = _pads(pad_values)
        if padding_width is not None and padding_width < 1:
            raise ValueError("padding_width must be greater than 0.")
        if padding_width is not None and pad_values is None:
            raise ValueError("pad_values must be provided if padding_width is set.")
        widths = list(ngram_width) if isinstance(ngram_width, (list, tuple)) else [ngram_width]
        if not all(isinstance(width, int) for width in widths) or not widths:
            raise TypeError(f"ngram_width must be an int or a list of ints; got {ngram_width!r}")
        if min(widths) < 1:
            raise ValueError(f"All ngram_widths must be greater than 0. Got {ngram_width}")
        data = _strings(data)
        flat = not isinstance(data, RaggedTensor) and data.shape.ndims == 1
        if not isinstance(data, RaggedTensor):
            rank = data.shape.ndims
            if rank is None:
                raise ValueError("Rank of data must be known.")
            if rank == 0:
                raise ValueError("Data must have rank>0")
            data = RaggedTensor.from_tensor(
                node("ExpandDims", data, 0) if rank == 1 else data, ragged_rank=max(rank - 1, 1)
            )
        inner = data
        while isinstance(inner.values, RaggedTensor):
            inner = inner.values
        pad = -1 if padding_width is None and pad_values is not None else padding_width or 0
        found, splits = node(
            "StringNGrams", inner.values, inner.row_splits, separator=separator, ngram_widths=widths, left_pad=left,
            right_pad=right, pad_width=pad, preserve_short_sequences=preserve_short_sequences,
        )  # fmt: skip
        if flat:
            return found
        return _with_innermost(data, RaggedTensor(found, splits))


def _with_innermost(data: RaggedTensor, rows: RaggedTensor) -> RaggedTensor:
    if isinstance(data.values, RaggedTensor):
        return data.with_values(_with_innermost(data.values, rows))
    return rows


def _pads(pad_values: Any) -> tuple[Any, Any]:
    if pad_values is None:
        return "", ""
    if isinstance(pad_values, (list, tuple)):
        if not all(isinstance(value, (str, bytes)) for value in pad_values) or len(pad_values) != 2:
            raise TypeError("pad_values must be a string, tuple of strings, or None.")
        return pad_values[0], pad_values[1]
    if not isinstance(pad_values, (str, bytes)):
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    return pad_values, pad_values


@shape_rule("StringNGrams")
def _(data: TensorShape, splits: TensorShape) -> list[TensorShape]:
    with_rank(data, 1)
    with_rank(splits, 1)
    return [TensorShape.of((None,)), splits]
