"""`tf.data.experimental` and `tf.contrib.data`: further datasets and transformations, most for `Dataset.apply`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/experimental
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.scopes import name_scope
from ...graph.shape import TensorShape
from ...graph.tensor_spec import SparseTensorSpec, TensorSpec
from ...ops.node import convert_to_tensor, node
from ...ops.parsing import parse_example
from ...ops.stateless_random import stateless_multinomial
from ..names import lazy
from . import options, structure
from .csv import CsvDataset as CsvDataset
from .dataset import Dataset
from .grouping import Reducer as Reducer
from .grouping import bucket_by_sequence_length as bucket_by_sequence_length
from .grouping import group_by_reducer as group_by_reducer
from .grouping import group_by_window as group_by_window
from .inputs import batch_dimension, number, seeds
from .structure import flatten, map_structure, normalized, pack, told

AUTOTUNE = -1
OptimizationOptions = options.OptimizationOptions
StatsOptions = options.StatsOptions
ThreadingOptions = options.ThreadingOptions
DistributeOptions = options.DistributeOptions

Transformation = Callable[[Dataset], Dataset]


def RandomDataset(seed: Any = None) -> Dataset:
    """Random int64 numbers below 2**32, without end. With a seed they are TensorFlow's."""
    spec = TensorSpec((), dtypes.int64)
    return Dataset(node("RandomDataset", *seeds(seed), **told(spec)), spec)


def Counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Dataset:
    """`start`, `start + step`, … without end."""
    with name_scope("counter"):
        dtype = dtypes.as_dtype(dtype)
        start = convert_to_tensor(start, dtype=dtype, name="start")
        step = convert_to_tensor(step, dtype=dtype, name="step")
        return Dataset.from_tensors(0).repeat(None).apply(scan(start, lambda state, _: (state + step, state)))


# For elements as they are


def enumerate_dataset(start: Any = 0) -> Transformation:
    """`Dataset.enumerate`."""
    return lambda dataset: dataset.enumerate(start)


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Transformation:
    """`shuffle`, then `repeat`."""

    def apply(dataset: Dataset) -> Dataset:
        inputs = [number(buffer_size, "buffer_size"), *seeds(seed), number(-1 if count is None else count, "count")]
        return dataset._then("ShuffleAndRepeatDataset", *inputs)

    return apply


def ignore_errors() -> Transformation:
    """Leave out the elements that cannot be made."""
    return lambda dataset: dataset._then("IgnoreErrorsDataset")


def unique() -> Transformation:
    """Each value once. `TypeError` for elements that are not one tensor of int32, int64 or string."""

    def apply(dataset: Dataset) -> Dataset:
        allowed = (dtypes.int32, dtypes.int64, dtypes.string)
        if dataset.output_types not in allowed:
            raise TypeError("`unique()` only takes elements of one `tf.int32`, `tf.int64` or `tf.string` component.")
        return dataset._then("UniqueDataset")

    return apply


def take_while(predicate: Callable[..., Any]) -> Transformation:
    """The elements before the first of which `predicate` is false."""

    def apply(dataset: Dataset) -> Dataset:
        made = dataset._predicate(predicate, "tf.data.experimental.take_while()")
        return dataset._then("TakeWhileDataset", made.captured, predicate=made.function)

    return apply


def _unchanged(dataset: Dataset) -> Dataset:
    return dataset


def prefetch_to_device(device: str, buffer_size: Any = None) -> Transformation:
    """The same elements: a run brings them to its device itself."""
    return _unchanged


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Transformation:
    """The same elements: a run brings them to its device itself."""
    return _unchanged


# Put together and taken apart


def unbatch() -> Transformation:
    """`Dataset.unbatch`."""
    return lambda dataset: dataset.unbatch()


def batch_and_drop_remainder(batch_size: Any) -> Transformation:
    """`Dataset.batch`, leaving out a last batch that is smaller."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(batch_size: Any, padded_shapes: Any, padding_values: Any = None) -> Transformation:
    """`Dataset.padded_batch`, leaving out a last batch that is smaller."""
    return lambda dataset: dataset.padded_batch(batch_size, padded_shapes, padding_values, drop_remainder=True)


def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """`map`, then `batch`. `ValueError` if both numbers of parallel work are told."""
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive: give one of them."
        )

    def apply(dataset: Dataset) -> Dataset:
        made = dataset._traced(map_func, "tf.data.experimental.map_and_batch()")
        size = number(batch_size, "batch_size")
        calls = number(1 if num_parallel_calls is None else num_parallel_calls, "num_parallel_calls")
        drop = convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        lead = batch_dimension(size, drop)
        spec = map_structure(lambda s: type(s)(lead.concatenate(s.shape), s.dtype), made.spec)
        return dataset._then("MapAndBatchDataset", made.captured, size, calls, drop, f=made.function, spec=spec)

    return apply


map_and_batch_with_legacy_function = map_and_batch


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Transformation:
    """Batches as sparse tensors of which each element, of any size up to `row_shape`, is a row."""

    def apply(dataset: Dataset) -> Dataset:
        if not isinstance(dataset.element_spec, TensorSpec):
            raise TypeError("`dense_to_sparse_batch` requires an input dataset whose elements have a single component.")
        dims = TensorShape(row_shape)
        row = convert_to_tensor(np.array([-1 if d is None else d for d in dims.as_list()], np.int64), name="row_shape")
        spec = SparseTensorSpec(TensorShape([None]).concatenate(dims), dataset.element_spec.dtype)
        return dataset._then("DenseToSparseBatchDataset", number(batch_size, "batch_size"), row, spec=spec)

    return apply


def parse_example_dataset(features: Any, num_parallel_calls: Any = 1) -> Transformation:
    """`tf.io.parse_example` of each batch of serialized examples: dicts of tensors. `ValueError` without features."""
    if features is None or not features:
        raise ValueError(f"Missing: features was {features}.")
    return lambda dataset: dataset.map(lambda batch: parse_example(batch, features), num_parallel_calls)


# Functions


def scan(initial_state: Any, scan_func: Callable[[Any, Any], Any]) -> Transformation:
    """The outputs of `scan_func(state, element)`, which gives (the next state, an output)."""

    def apply(dataset: Dataset) -> Dataset:
        with name_scope("initial_state"):
            state = normalized(initial_state)
        _, made = dataset._carried(state, scan_func, "tf.data.experimental.scan()", output=True)
        return dataset._then("ScanDataset", flatten(state), made.captured, f=made.function, spec=made.spec[1])

    return apply


def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Transformation:
    """`Dataset.interleave`; the order is always the same, whatever `sloppy` is."""

    def apply(dataset: Dataset) -> Dataset:
        made = dataset._to_dataset(map_func, "tf.data.experimental.parallel_interleave()")
        inputs = [
            number(cycle_length, "cycle_length"),
            number(block_length, "block_length"),
            convert_to_tensor(bool(sloppy), dtype=dtypes.bool, name="sloppy"),
            number(buffer_output_elements or 2 * block_length, "buffer_output_elements"),
            number(prefetch_input_elements or 2 * cycle_length, "prefetch_input_elements"),
        ]
        return dataset._then(
            "ParallelInterleaveDataset", made.captured, *inputs, f=made.function, spec=made.spec.element_spec
        )

    return apply


def sloppy_interleave(map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1) -> Transformation:
    """`parallel_interleave` with `sloppy=True`."""
    return parallel_interleave(map_func, cycle_length, block_length, sloppy=True)


# Several datasets


def choose_from_datasets(datasets: Sequence[Dataset], choice_dataset: Dataset) -> Dataset:
    """Each next element from the dataset whose number `choice_dataset` gives.

    `TypeError` if those are not scalar int64 tensors, or the datasets' elements are of different types.
    """
    if choice_dataset.element_spec != TensorSpec((), dtypes.int64):
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")
    return _directed(choice_dataset, datasets)


def sample_from_datasets(datasets: Sequence[Dataset], weights: Any = None, seed: Any = None) -> Dataset:
    """Each next element from a random dataset, with a seed the one that TensorFlow takes.

    `weights`: a vector, or a dataset of vectors, of as many probabilities as there are datasets; else they are alike.
    """
    count = len(datasets)
    if weights is None:
        weights = np.full(count, 1 / count)
    if not isinstance(weights, Dataset):
        vector = convert_to_tensor(weights, name="weights")
        if vector.dtype not in (dtypes.float32, dtypes.float64):
            raise TypeError("`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` elements.")
        if not vector.shape.is_compatible_with([count]):
            raise ValueError(f"`weights` must be a vector of length `len(datasets)` ({count}).")
        weights = Dataset.from_tensors(vector).repeat()

    def choose(weights: Any, seed: Any) -> Any:
        logits = node("Log", weights, name="logits")
        drawn = stateless_multinomial(node("ExpandDims", logits, 0), 1, seed=seed)
        return node("Squeeze", drawn, squeeze_dims=[0, 1])

    seeds_of_each = RandomDataset(seed).batch(2)
    return _directed(Dataset.zip((weights, seeds_of_each)).map(choose), datasets)


def _directed(selector: Dataset, datasets: Sequence[Dataset]) -> Dataset:
    if not datasets:
        raise ValueError("The datasets must be a list of at least one.")
    spec = datasets[0].element_spec
    for dataset in datasets[1:]:
        if structure.types_of(dataset.element_spec) != structure.types_of(spec):
            raise TypeError(
                "The datasets' elements are of different types: "
                f"{structure.types_of(spec)} and {structure.types_of(dataset.element_spec)}."
            )
        spec = structure.relaxed(spec, dataset.element_spec)
    inputs = [d._variant_tensor for d in datasets]
    return Dataset(node("DirectedInterleaveDataset", selector._variant_tensor, inputs, **told(spec)), spec)


def get_single_element(dataset: Dataset) -> Any:
    """The tensors of a dataset's only element. A run raises `InvalidArgumentError` if it has not just one."""
    if not isinstance(dataset, Dataset):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    spec = dataset.element_spec
    return pack(spec, node("DatasetToSingleElement", dataset._variant_tensor, **told(spec)))


def reduce_dataset(dataset: Dataset, reducer: Reducer) -> Any:
    """What `reducer` makes of all elements: tensors."""
    made = dataset.map(lambda *args: args if len(args) > 1 else args[0])
    return get_single_element(made.apply(group_by_reducer(lambda *_: np.int64(0), reducer)))


def get_structure(dataset_or_iterator: Any) -> Any:
    """The specs of an element's components, in its structure."""
    return dataset_or_iterator.element_spec


__getattr__, __dir__ = lazy(
    __name__,
    "tf.data.experimental",
    {"api.data.pipelines": "make_batched_features_dataset make_csv_dataset"},
)
