"""`tf.data.Dataset`: a pipeline of elements, as ops in the graph; an iterator runs it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/Dataset
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph import dtypes, stacks
from ...graph.errors import unbuilt
from ...graph.function import Function, PythonFunction
from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...graph.shape import TensorShape
from ...graph.tensor_spec import SparseTensorSpec, TensorSpec
from ...ops.dataset import refuse_capture
from ...ops.node import convert_to_tensor, node
from ...ops.sparse_tensor import SparseTensor
from . import structure
from .functions import Traced, traced
from .generator import generated
from .inputs import batch_dimension, boolean, number, seeds
from .iterator import Iterator
from .options import Options
from .padding import padded_shapes_of, padding_values_of, shape_of_padding
from .structure import DatasetSpec, flatten, map_structure, normalized, pack, specs_of, tensor_of, told

_BY_VALUE = frozenset({"Assert"})  # stateful, but of the same value each time


class Dataset:
    """A sequence of elements, each a tensor or a structure (tuple, dict …) of tensors.

    Its methods add ops to the default graph and return new datasets. `ValueError` and `TypeError` for elements, and
    functions, that do not fit.
    """

    def __init__(self, variant_tensor: Tensor, element_spec: Any, options: Options | None = None) -> None:
        self._variant_tensor = variant_tensor
        self._spec = element_spec
        self._options = options or Options()

    # What it is

    @property
    def element_spec(self) -> Any:
        """The specs of an element's components, in its structure."""
        return self._spec

    @property
    def output_types(self) -> Any:
        return structure.types_of(self._spec)

    @property
    def output_shapes(self) -> Any:
        return structure.shapes_of(self._spec)

    @property
    def output_classes(self) -> Any:
        return structure.classes_of(self._spec)

    def options(self) -> Options:
        return self._options

    def with_options(self, options: Options) -> Dataset:
        """The same dataset, with these options over its own."""
        if not isinstance(options, Options):
            raise TypeError(f"`options` must be a tf.data.Options, not {options!r}.")
        return Dataset(self._variant_tensor, self._spec, self._options.merge(options))

    def __repr__(self) -> str:
        shapes = map_structure(str, self.output_shapes)
        types = map_structure(repr, self.output_types)
        return f"<DatasetV1Adapter shapes: {shapes}, types: {types}>".replace("'", "")

    def __iter__(self) -> Any:
        raise RuntimeError("dataset.__iter__() is only supported when eager execution is enabled.")

    def _then(self, op_type: str, *inputs: Any, spec: Any = None, **attrs: Any) -> Dataset:
        """The dataset that an op makes of this one."""
        spec = self._spec if spec is None else spec
        return Dataset(node(op_type, self._variant_tensor, *inputs, **told(spec), **attrs), spec, self._options)

    def _traced(self, function: Callable[..., Any], name: str, spec: Any = None) -> Traced:
        return traced(function, self._spec if spec is None else spec, Dataset, name)

    # Iterators

    def make_one_shot_iterator(self) -> Iterator:
        """An iterator that needs no initializer, and goes through once.

        `ValueError` if the dataset depends on a placeholder or a variable.
        """
        try:
            refuse_capture(self._variant_tensor, _BY_VALUE)
        except ValueError as error:
            if "Cannot capture a stateful node" not in str(error):
                raise
            raise ValueError(
                f"Failed to create a one-shot iterator for a dataset. `tf.data.Dataset.make_initializable_iterator()` "
                f"is more appropriate. {error}"
            ) from None
        factory = Function("_make_dataset", [], [self._variant_tensor], [])
        resource = node("OneShotIterator", dataset_factory=factory, **told(self._spec))
        return Iterator(resource, None, None, element_spec=self._spec)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Iterator:
        """An iterator whose `initializer` is to be run before, and again to start anew."""
        resource = node("IteratorV2", container="", shared_name=shared_name or "", **told(self._spec))
        initializer = node("MakeIterator", self._variant_tensor, resource)
        return Iterator(resource, initializer, None, element_spec=self._spec)

    _make_one_shot_iterator = make_one_shot_iterator
    _make_initializable_iterator = make_initializable_iterator

    # Where elements come from

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element: `tensors`."""
        with name_scope("normalize_element"):
            element = normalized(tensors)
        spec = specs_of(element)
        shapes = told(spec)["output_shapes"]
        return Dataset(node("TensorDataset", _tensors(element), output_shapes=shapes), spec)

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """An element for each index of the first dimension, which is of one size in all tensors."""
        with name_scope("normalize_element"):
            element = normalized(tensors)
        whole = specs_of(element)
        size = TensorShape([None])
        for spec in flatten(whole):
            if spec.shape.ndims == 0:
                raise ValueError("Unbatching a tensor is only supported for rank >= 1")
            if spec.shape.ndims:
                size[0].assert_is_compatible_with(spec.shape[0])
                size = size.merge_with(spec.shape[:1])
        spec = map_structure(_row, whole)
        shapes = told(spec)["output_shapes"]
        return Dataset(
            node("TensorSliceDataset", [_rows(leaf) for leaf in flatten(element)], output_shapes=shapes), spec
        )

    @staticmethod
    def from_generator(
        generator: Callable[..., Any], output_types: Any, output_shapes: Any = None, args: Any = None
    ) -> Dataset:
        """What `generator(*args)`, called anew for each pass, yields; `args` come to it as arrays."""
        if not callable(generator):
            raise TypeError("`generator` must be callable.")
        spec = structure.specs(output_types, output_shapes)
        arguments = [convert_to_tensor(a, name=f"args_{i}") for i, a in enumerate(args or ())]
        call = PythonFunction("generator", generated(generator, spec))
        functions: dict[str, Any] = {"init_func": call, "next_func": call, "finalize_func": call}
        return Dataset(node("GeneratorDataset", arguments, [], [], **functions, **told(spec)), spec)

    @staticmethod
    def range(*args: Any) -> Dataset:
        """int64 numbers: `range(stop)`, `range(start, stop)`, `range(start, stop, step)`."""
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid arguments to RangeDataset: {args}")
        start, stop = (0, args[0]) if len(args) == 1 else args[:2]
        step = args[2] if len(args) == 3 else 1
        inputs = [number(v, n) for v, n in ((start, "start"), (stop, "stop"), (step, "step"))]
        spec = TensorSpec((), dtypes.int64)
        return Dataset(node("RangeDataset", *inputs, **told(spec)), spec)

    @staticmethod
    def zip(datasets: Any) -> Dataset:
        """Elements of several datasets side by side, in the structure of `datasets`; as many as the shortest has."""
        leaves = flatten(datasets)
        for leaf in leaves:
            if not isinstance(leaf, Dataset):
                what = "a list: use a tuple instead" if isinstance(leaf, list) else f"{leaf!r}"
                raise TypeError(
                    f"The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects, not {what}."
                )
        spec = map_structure(lambda d: d.element_spec, datasets)
        return Dataset(node("ZipDataset", [d._variant_tensor for d in leaves], **told(spec)), spec)

    @staticmethod
    def list_files(file_pattern: Any, shuffle: bool | None = None, seed: Any = None) -> Dataset:
        """The names of the files that match, in random order unless `shuffle=False`.

        A run raises `InvalidArgumentError` if there are none.
        """
        with name_scope("list_files"):
            pattern = convert_to_tensor(file_pattern, dtype=dtypes.string, name="file_pattern")
            found = node("MatchingFiles", pattern)
            count = node("Size", found, out_type=dtypes.int64)
            some = node("Greater", count, np.int64(0), name="match_not_empty")
            check = node("Assert", some, ["No files matched pattern: ", pattern], name="assert_not_empty")
            with stacks.get_default_graph().control_dependencies([check]):
                found = node("Identity", found)
            dataset = Dataset.from_tensor_slices(found)
            if shuffle is False:
                return dataset
            size = node("Maximum", node("Size", found, out_type=dtypes.int64), np.int64(1))
            return dataset.shuffle(size, seed=seed)

    # Elements as they are

    def concatenate(self, dataset: Dataset) -> Dataset:
        """This one's elements, then those of `dataset`; `TypeError` if they are of other types."""
        pairs = list(zip(flatten(self._spec), flatten(dataset._spec)))
        same = len(flatten(self._spec)) == len(flatten(dataset._spec)) and all(a.dtype is b.dtype for a, b in pairs)
        if not same:
            raise TypeError(
                f"Two datasets to concatenate have different types {self.output_types} and {dataset.output_types}"
            )
        spec = structure.relaxed(self._spec, dataset._spec)
        return self._then("ConcatenateDataset", dataset._variant_tensor, spec=spec)

    def repeat(self, count: Any = None) -> Dataset:
        """The elements `count` times, without end for None or -1."""
        return self._then("RepeatDataset", number(-1 if count is None else count, "count"))

    def take(self, count: Any) -> Dataset:
        """The first `count`; all for -1."""
        return self._then("TakeDataset", number(count, "count"))

    def skip(self, count: Any) -> Dataset:
        """All but the first `count`; none for -1."""
        return self._then("SkipDataset", number(count, "count"))

    def shard(self, num_shards: Any, index: Any) -> Dataset:
        """Every `num_shards`-th, from `index` on."""
        return self._then("ShardDataset", number(num_shards, "num_shards"), number(index, "index"))

    def shuffle(self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = None) -> Dataset:
        """In random order: each is one of the next `buffer_size`. With a seed it is TensorFlow's order."""
        size = number(buffer_size, "buffer_size")
        again = reshuffle_each_iteration is None or bool(reshuffle_each_iteration)
        return self._then("ShuffleDataset", size, *seeds(seed), reshuffle_each_iteration=again)

    def cache(self, filename: Any = "") -> Dataset:
        """The elements of the first whole pass, kept in memory for those after it, whatever `filename` is."""
        return self._then("CacheDataset", convert_to_tensor(filename, dtype=dtypes.string, name="filename"))

    def prefetch(self, buffer_size: Any) -> Dataset:
        """The same elements; none is made ahead of its time."""
        return self._then("PrefetchDataset", number(-1 if buffer_size is None else buffer_size, "buffer_size"))

    def enumerate(self, start: Any = 0) -> Dataset:
        """(number, element), numbered from `start`."""
        return Dataset.zip((Dataset.range(start, np.iinfo(np.int64).max), self))

    # Elements put together and taken apart

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Dataset:
        """`batch_size` elements as one with a dimension more; the last has fewer unless `drop_remainder`."""
        size, drop = number(batch_size, "batch_size"), boolean(drop_remainder)
        lead = batch_dimension(size, drop)
        spec = map_structure(lambda s: _stacked(s, lead), self._spec)
        return self._then("BatchDatasetV2", size, drop, spec=spec)

    def padded_batch(
        self, batch_size: Any, padded_shapes: Any, padding_values: Any = None, drop_remainder: Any = False
    ) -> Dataset:
        """`batch`, elements padded to `padded_shapes`; None or -1 there is the largest size in the batch."""
        if any(not isinstance(s, TensorSpec) for s in flatten(self._spec)):
            raise TypeError("Batching of padded sparse tensors is not currently supported")
        size = number(batch_size, "batch_size")
        shapes = padded_shapes_of(padded_shapes, self._spec)
        values = padding_values_of(padding_values, self._spec)
        drop = boolean(drop_remainder)
        lead = batch_dimension(size, drop)
        flat = [
            TensorSpec(lead.concatenate(shape_of_padding(shape)), spec.dtype)
            for shape, spec in zip(shapes, flatten(self._spec))
        ]
        spec = pack(self._spec, flat)
        made = node(
            "PaddedBatchDatasetV2", self._variant_tensor, size, shapes, values, drop,
            output_shapes=told(spec)["output_shapes"],
        )  # fmt: skip
        return Dataset(made, spec, self._options)

    def unbatch(self) -> Dataset:
        """The rows of each element as elements."""
        if any(isinstance(s, SparseTensorSpec) for s in flatten(self._spec)):
            raise unbuilt("Dataset.unbatch of sparse tensors", "Make them dense first.")
        return self._then("UnbatchDataset", spec=map_structure(_row, self._spec))

    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False) -> Dataset:
        """Datasets of `size` elements (one for each component), every `stride`-th, each `shift` after the last."""
        inputs = [number(size, "size"), number(size if shift is None else shift, "shift"), number(stride, "stride")]
        return self._then(
            "WindowDataset", *inputs, boolean(drop_remainder), spec=map_structure(DatasetSpec, self._spec)
        )

    # Functions

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Dataset:
        """`map_func` of each element; a tuple's parts are its arguments. They are made one after the other."""
        made = self._traced(map_func, "Dataset.map()")
        if num_parallel_calls is None:
            return self._then("MapDataset", made.captured, f=made.function, spec=made.spec)
        calls = number(num_parallel_calls, "num_parallel_calls")
        return self._then("ParallelMapDatasetV2", made.captured, calls, f=made.function, spec=made.spec)

    map_with_legacy_function = map

    def flat_map(self, map_func: Callable[..., Any]) -> Dataset:
        """The elements of the datasets that `map_func` makes of each element."""
        made = self._to_dataset(map_func, "Dataset.flat_map()")
        return self._then("FlatMapDataset", made.captured, f=made.function, spec=made.spec.element_spec)

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = 1,
        block_length: Any = 1,
        num_parallel_calls: Any = None,
    ) -> Dataset:
        """`flat_map`, taking `block_length` elements in turn from `cycle_length` datasets at a time."""
        made = self._to_dataset(map_func, "Dataset.interleave()")
        if not isinstance(cycle_length, Tensor) and cycle_length == -1:
            cycle_length = 2  # AUTOTUNE
        inputs = [number(cycle_length, "cycle_length"), number(block_length, "block_length")]
        spec = made.spec.element_spec
        if num_parallel_calls is None:
            return self._then("InterleaveDataset", made.captured, *inputs, f=made.function, spec=spec)
        ahead = [number(-1, "buffer_output_elements"), number(-1, "prefetch_input_elements")]
        calls = number(num_parallel_calls, "num_parallel_calls")
        return self._then(
            "ParallelInterleaveDatasetV4", made.captured, *inputs, *ahead, calls, f=made.function, spec=spec
        )

    def _to_dataset(self, function: Callable[..., Any], name: str) -> Traced:
        made = self._traced(function, name)
        if not isinstance(made.spec, DatasetSpec):
            raise TypeError(f"`map_func` must return a `Dataset` object. Got {made.spec!r}")
        return made

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements of which `predicate` is true."""
        made = self._predicate(predicate, "Dataset.filter()")
        return self._then("FilterDataset", made.captured, predicate=made.function)

    filter_with_legacy_function = filter

    def _predicate(self, function: Callable[..., Any], name: str) -> Traced:
        made = self._traced(function, name)
        spec = made.spec
        if not isinstance(spec, TensorSpec) or spec.dtype is not dtypes.bool or spec.shape.ndims not in (0, None):
            raise ValueError(f"`predicate` must return a scalar boolean tensor, but it returns {spec!r}.")
        return made

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """The last of what `reduce_func(state, element)` gives along the elements, from `initial_state` on: tensors."""
        with name_scope("initial_state"):
            state = normalized(initial_state)
        state_spec, made = self._carried(state, reduce_func, "Dataset.reduce()")
        result = node(
            "ReduceDataset", self._variant_tensor, _tensors(state), made.captured, f=made.function, **told(state_spec)
        )
        return pack(state_spec, result)

    def _carried(self, state: Any, function: Callable[..., Any], name: str, output: bool = False) -> tuple[Any, Traced]:
        """A function of (state, element) that gives the next state, and with `output` something beside it.

        The shapes of the state are what both the first one and those after it have. `TypeError` if it gives another
        structure or other types.
        """
        spec = specs_of(state)
        while True:
            made = self._traced(function, name, (spec, self._spec))
            given = made.spec
            if output:
                if not isinstance(given, tuple) or len(given) != 2:
                    raise TypeError(
                        "The scan function must return a pair comprising the new state and the output value."
                    )
                given = given[0]
            if structure.types_of(given) != structure.types_of(spec):
                raise TypeError(
                    "The element types for the new state must match the initial state. Expected "
                    f"{structure.types_of(spec)}; got {structure.types_of(given)}."
                )
            wider = structure.relaxed(spec, given)
            if wider == spec:
                return spec, made
            spec = wider

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """`transformation_func(self)`; `TypeError` if that is no dataset."""
        result = transformation_func(self)
        if not isinstance(result, Dataset):
            raise TypeError(f"`transformation_func` must return a Dataset, not {result!r}.")
        return result


def _tensors(element: Any) -> list[Tensor]:
    return [tensor_of(leaf) for leaf in flatten(element)]


def _stacked(spec: Any, lead: TensorShape) -> Any:
    if isinstance(spec, DatasetSpec):
        raise TypeError("Batching of datasets is not supported: flat_map them to elements first.")
    return type(spec)(lead.concatenate(spec.shape), spec.dtype)


def _rows(value: Any) -> Tensor:
    """The tensor of which each row stands for a component."""
    if isinstance(value, SparseTensor):
        return node("SerializeManySparse", *value._fetch_components(), out_type=dtypes.variant)
    return value


def _row(spec: Any) -> Any:
    return type(spec)(spec.shape[1:] if spec.shape.ndims is not None else None, spec.dtype)
