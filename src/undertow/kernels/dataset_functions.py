"""Datasets: what a function, traced into a graph of its own, is applied to.

`map` objects stand for elements that may fail: they go on after an error, as TensorFlow's iterators do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..graph.function import Function
from .dataset import Data, Element, handle, owned, told
from .dataset_batch import batch
from .registry import invalid, kernel

Call = Callable[[Element], Element]


def _call(context: Any, function: Function, captured: list[Any], after: int = 0) -> Call:
    """`function` with its last arguments filled in; `after` inputs of the op follow those."""
    run, rest = context.function(function), owned(context, captured, after)
    return (lambda values: run([*values, *rest])) if rest else run


def _map(data: np.ndarray, call: Call) -> np.ndarray:
    source: Data = data.item()
    return handle(Data(lambda: map(call, source)))


@kernel("MapDataset", context=True, on_host=True)
def mapped(context: Any, data: np.ndarray, captured: list[Any], *, f: Function) -> np.ndarray:
    return _map(data, _call(context, f, captured))


@kernel("ParallelMapDatasetV2", context=True, on_host=True)
def parallel_mapped(context: Any, data: np.ndarray, captured: list[Any], calls: Any, *, f: Function) -> np.ndarray:
    return _map(data, _call(context, f, captured, after=1))


@kernel("MapAndBatchDataset", context=True, on_host=True)
def map_and_batch(
    context: Any, data: np.ndarray, captured: list[Any], batch_size: Any, calls: Any, drop: Any, *, f: Function
) -> np.ndarray:
    return batch(_map(data, _call(context, f, captured, after=3)), batch_size, drop)


@kernel("FilterDataset", context=True, on_host=True)
def filtered(context: Any, data: np.ndarray, captured: list[Any], *, predicate: Function) -> np.ndarray:
    source: Data = data.item()
    call = _call(context, predicate, captured)
    return handle(Data(lambda: filter(lambda element: told(call(element)[0]), source)))


@kernel("TakeWhileDataset", context=True, on_host=True)
def taken_while(context: Any, data: np.ndarray, captured: list[Any], *, predicate: Function) -> np.ndarray:
    source: Data = data.item()
    call = _call(context, predicate, captured)
    return handle(Data(lambda: itertools.takewhile(lambda element: told(call(element)[0]), source)))


@kernel("FlatMapDataset", context=True, on_host=True)
def flat_mapped(context: Any, data: np.ndarray, captured: list[Any], *, f: Function) -> np.ndarray:
    source: Data = data.item()
    call = _call(context, f, captured)
    return handle(Data(lambda: (inner for element in source for inner in call(element)[0].item())))


# Interleaving


@kernel("InterleaveDataset", context=True, on_host=True)
def interleaved(
    context: Any, data: np.ndarray, captured: list[Any], cycle_length: Any, block_length: Any, *, f: Function
) -> np.ndarray:
    return _interleave(data, _call(context, f, captured, after=2), told(cycle_length), told(block_length))


@kernel("ParallelInterleaveDatasetV4", context=True, on_host=True)
def parallel_interleaved(
    context: Any,
    data: np.ndarray,
    captured: list[Any],
    cycle_length: Any,
    block_length: Any,
    buffer_output_elements: Any,
    prefetch_input_elements: Any,
    calls: Any,
    *,
    f: Function,
) -> np.ndarray:
    return _interleave(data, _call(context, f, captured, after=5), told(cycle_length), told(block_length))


@kernel("ParallelInterleaveDataset", context=True, on_host=True)
def contrib_interleaved(
    context: Any,
    data: np.ndarray,
    captured: list[Any],
    cycle_length: Any,
    block_length: Any,
    sloppy: Any,
    buffer_output_elements: Any,
    prefetch_input_elements: Any,
    *,
    f: Function,
) -> np.ndarray:
    return _interleave(data, _call(context, f, captured, after=5), told(cycle_length), told(block_length))


def _interleave(data: np.ndarray, call: Call, cycle_length: int, block_length: int) -> np.ndarray:
    if cycle_length < 1:
        raise invalid("`cycle_length` must be > 0")
    if block_length < 1:
        raise invalid("`block_length` must be > 0")
    source: Data = data.item()

    def items() -> Iterator[Element]:
        inputs = iter(source)
        open_ones: list[Iterator[Element] | None] = [None] * cycle_length
        more = True
        while more or any(o is not None for o in open_ones):
            for place in range(cycle_length):
                if open_ones[place] is None and more:
                    element = next(inputs, None)
                    more = element is not None
                    open_ones[place] = None if element is None else iter(call(element)[0].item())
                current = open_ones[place]
                if current is None:
                    continue
                for _ in range(block_length):
                    try:
                        inner = next(current)
                    except StopIteration:
                        open_ones[place] = None
                        break
                    yield inner

    return handle(Data(items))


# With a state that goes from element to element


@kernel("ScanDataset", context=True, on_host=True)
def scanned(
    context: Any, data: np.ndarray, initial_state: list[Any], captured: list[Any], *, f: Function
) -> np.ndarray:
    source: Data = data.item()
    call = _call(context, f, captured)
    start = owned(context, initial_state, after=len(captured))
    size = len(start)

    def items() -> Iterator[Element]:
        state = start
        for element in source:
            results = call([*state, *element])
            state = results[:size]
            yield results[size:]

    return handle(Data(items))


@kernel("ReduceDataset", context=True, on_host=True)
def reduced(context: Any, data: np.ndarray, initial_state: list[Any], captured: list[Any], *, f: Function) -> Any:
    call = _call(context, f, captured)
    state = owned(context, initial_state, after=len(captured))
    for element in data.item():
        state = call([*state, *element])
    return state[0] if len(state) == 1 else state


@kernel("GroupByWindowDataset", context=True, on_host=True)
def grouped_by_window(
    context: Any,
    data: np.ndarray,
    key_captured: list[Any],
    reduce_captured: list[Any],
    size_captured: list[Any],
    *,
    key_func: Function,
    reduce_func: Function,
    window_size_func: Function,
) -> np.ndarray:
    source: Data = data.item()
    key_call = _call(context, key_func, key_captured, after=len(reduce_captured) + len(size_captured))
    reduce_call = _call(context, reduce_func, reduce_captured, after=len(size_captured))
    size_call = _call(context, window_size_func, size_captured)

    def reduce(key: Any, elements: list[Element]) -> Iterator[Element]:
        return iter(reduce_call([key, handle(Data(lambda: iter(elements)))])[0].item())

    def items() -> Iterator[Element]:
        groups: dict[int, tuple[Any, int, list[Element]]] = {}
        for element in source:
            (key,) = key_call(element)
            number = told(key)
            if number not in groups:
                size = told(size_call([key])[0])
                if size < 1:
                    raise invalid(f"Window size must be greater than zero, but got {size}.")
                groups[number] = (key, size, [])
            _, size, elements = groups[number]
            elements.append(element)
            if len(elements) == size:
                del groups[number]
                yield from reduce(key, elements)
        for number in sorted(groups):
            key, _, elements = groups[number]
            yield from reduce(key, elements)

    return handle(Data(items))


@kernel("GroupByReducerDataset", context=True, on_host=True)
def grouped_by_reducer(
    context: Any,
    data: np.ndarray,
    key_captured: list[Any],
    init_captured: list[Any],
    reduce_captured: list[Any],
    finalize_captured: list[Any],
    *,
    key_func: Function,
    init_func: Function,
    reduce_func: Function,
    finalize_func: Function,
) -> np.ndarray:
    source: Data = data.item()
    calls = []
    after = sum(map(len, (key_captured, init_captured, reduce_captured, finalize_captured)))
    for function, captured in (
        (key_func, key_captured),
        (init_func, init_captured),
        (reduce_func, reduce_captured),
        (finalize_func, finalize_captured),
    ):
        after -= len(captured)
        calls.append(_call(context, function, captured, after))
    key_call, init_call, reduce_call, finalize_call = calls

    def items() -> Iterator[Element]:
        states: dict[int, Element] = {}
        for element in source:
            (key,) = key_call(element)
            number = told(key)
            state = states[number] if number in states else init_call([key])
            states[number] = reduce_call([*state, *element])
        for number in sorted(states):
            yield finalize_call(states[number])

    return handle(Data(items))


@kernel("DatasetToSingleElement", on_host=True)
def single_element(data: np.ndarray) -> Any:
    elements = list(itertools.islice(data.item(), 2))
    if not elements:
        raise invalid("Dataset was empty.")
    if len(elements) > 1:
        raise invalid("Dataset had more than one element.")
    return elements[0][0] if len(elements[0]) == 1 else elements[0]
