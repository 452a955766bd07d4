"""Elements in groups that a function tells: windows, reductions, batches of sequences of like length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.shape import TensorShape
from ...graph.tensor_spec import TensorSpec
from ...ops.node import convert_to_tensor, node
from .dataset import Dataset
from .functions import Traced, traced
from .structure import DatasetSpec, map_structure, relaxed, types_of

_KEY = TensorSpec((), dtypes.int64)


def _scalar(dataset: Dataset, function: Callable[..., Any], name: str, spec: Any = None) -> Traced:
    made = traced(function, dataset.element_spec if spec is None else spec, Dataset, name)
    if made.spec != _KEY:
        raise ValueError(f"`{name}` must return a single tf.int64 tensor, but it returns {made.spec!r}.")
    return made


def group_by_window(
    key_func: Callable[..., Any],
    reduce_func: Callable[[Any, Dataset], Dataset],
    window_size: Any = None,
    window_size_func: Callable[[Any], Any] | None = None,
) -> Callable[[Dataset], Dataset]:
    """What `reduce_func(key, dataset)` makes of each `window_size` elements that `key_func` gives one key (int64).

    `ValueError` if not just one of `window_size` and `window_size_func(key)` is told.
    """
    if (window_size is None) == (window_size_func is None):
        raise ValueError("Must pass either window_size or window_size_func, and not both.")
    size_of = window_size_func or (lambda _: convert_to_tensor(window_size, dtypes.int64))

    def apply(dataset: Dataset) -> Dataset:
        key = _scalar(dataset, key_func, "key_func")
        reduced = traced(reduce_func, (_KEY, DatasetSpec(dataset.element_spec)), Dataset, "reduce_func")
        size = _scalar(dataset, lambda k: _int64(size_of(k)), "window_size_func", _KEY)
        if not isinstance(reduced.spec, DatasetSpec):
            raise TypeError("`reduce_func` must return a `Dataset` object.")
        return dataset._then(
            "GroupByWindowDataset",
            key.captured,
            reduced.captured,
            size.captured,
            key_func=key.function,
            reduce_func=reduced.function,
            window_size_func=size.function,
            spec=reduced.spec.element_spec,
        )

    return apply


def _int64(value: Any) -> Any:
    tensor = convert_to_tensor(value)
    return tensor if tensor.dtype is dtypes.int64 else node("Cast", tensor, DstT=dtypes.int64)


class Reducer:
    """How a group is made one value: `init_func(key)`, `reduce_func(state, element)`, `finalize_func(*state)`."""

    def __init__(
        self, init_func: Callable[..., Any], reduce_func: Callable[..., Any], finalize_func: Callable[..., Any]
    ) -> None:
        self.init_func, self.reduce_func, self.finalize_func = init_func, reduce_func, finalize_func


def group_by_reducer(key_func: Callable[..., Any], reducer: Reducer) -> Callable[[Dataset], Dataset]:
    """What `reducer` makes of the elements of each key (int64), in the order of the keys."""

    def apply(dataset: Dataset) -> Dataset:
        key = _scalar(dataset, key_func, "key_func")
        first = traced(reducer.init_func, _KEY, Dataset, "init_func")
        state = first.spec
        while True:
            reduced = traced(reducer.reduce_func, (state, dataset.element_spec), Dataset, "reduce_func")
            if types_of(reduced.spec) != types_of(state):
                raise TypeError(
                    "The element types for the new state must match the initial state. "
                    f"Expected {types_of(state)}; got {types_of(reduced.spec)}."
                )
            wider = relaxed(state, reduced.spec)
            if wider == state:
                break
            state = wider
        final = traced(reducer.finalize_func, state, Dataset, "finalize_func")
        return dataset._then(
            "GroupByReducerDataset",
            key.captured,
            first.captured,
            reduced.captured,
            final.captured,
            key_func=key.function,
            init_func=first.function,
            reduce_func=reduced.function,
            finalize_func=final.function,
            spec=final.spec,
        )

    return apply


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Callable[[Dataset], Dataset]:
    """Padded batches of elements of like length: a bucket lies between two boundaries, and has its own batch size.

    With `pad_to_bucket_boundary` unknown dimensions are padded to one less than the bucket's upper boundary, which
    every length must be below. `ValueError` if there are not as many batch sizes as boundaries and one more.
    """
    if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
        raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
    boundaries = np.array(bucket_boundaries, np.int64)
    sizes = np.array(bucket_batch_sizes, np.int64)

    def key(*element: Any) -> Any:
        length = _int64(element_length_func(*element))
        below = node("Cast", node("LessEqual", boundaries, length), DstT=dtypes.int64)
        return node("Sum", below, [0])

    def size(bucket: Any) -> Any:
        return node("GatherV2", sizes, bucket, 0)

    def shapes(structure: Any, filler: Any) -> Any:
        def one(shape: TensorShape) -> Any:
            if shape.ndims is None:
                raise ValueError("Padded shapes are needed for components of unknown rank.")
            if filler is None:
                return shape
            if not shape.ndims:
                return convert_to_tensor(np.zeros(0, np.int64))
            return node("Pack", [filler if d is None else np.int64(d) for d in shape.as_list()])

        return map_structure(one, structure)

    def batch(bucket: Any, grouped: Dataset) -> Dataset:
        count = size(bucket)
        if no_padding:
            return grouped.batch(count, drop_remainder)
        filler = None
        if pad_to_bucket_boundary:
            within = node("Less", bucket, np.int64(len(boundaries)))
            message = "When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries)."
            check = node("Assert", within, [message])
            with within.graph.control_dependencies([check]):
                filler = node("Sub", node("GatherV2", boundaries, bucket, 0), np.int64(1))
        wanted = (
            grouped.output_shapes
            if padded_shapes is None
            else map_structure(lambda _, s: TensorShape(s), grouped.output_types, padded_shapes)
        )
        return grouped.padded_batch(count, shapes(wanted, filler), padding_values, drop_remainder)

    return lambda dataset: dataset.apply(group_by_window(key, batch, window_size_func=size))
