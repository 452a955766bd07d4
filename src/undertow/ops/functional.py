"""`tf.map_fn`, `tf.scan`, `tf.foldl`, `tf.foldr`: a Python function along the first dimension, as a loop in the graph.

`elems` is a tensor or a nested structure of tensors whose first dimensions agree; the function gets the same
structure of their elements.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/map_fn and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import nest
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .array import shape as shape_of
from .constant import constant
from .node import convert_to_tensor
from .tensor_array import TensorArray
from .while_loop import while_loop


def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """`fn` of each element of `elems`, stacked.

    `dtype`, in the structure of what `fn` gives, is needed where it is not that of `elems`. `TypeError` if `fn` is not
    callable, `elems` is sparse or `fn` gives another structure or dtype, `ValueError` for scalars.
    """
    _check_callable(fn)
    if hasattr(elems, "dense_shape") and hasattr(elems, "indices"):
        raise TypeError(
            "To perform a map over the values of a sparse tensor use either SparseTensor(input.indices, "
            "fn(input.values), input.dense_shape) or use SparseTensor(input.indices, map_fn(fn, input.values), "
            "input.dense_shape)"
        )
    with name_scope(name, "map", nest.flatten(elems)):
        tensors = _tensors(elems)
        given = nest.map_structure(lambda t: t.dtype, nest.pack_sequence_as(elems, tensors)) if dtype is None else dtype
        count, known = _count(tensors)
        arrays = _unstacked(tensors, count)
        i = constant(0)
        results = [TensorArray(t, size=count, dynamic_size=False, infer_shape=infer_shape) for t in nest.flatten(given)]

        def compute(i: Tensor, results: list[TensorArray]) -> Any:
            values = fn(_read(elems, arrays, i))
            nest.assert_same_structure(elems if dtype is None else dtype, values)
            results = [array.write(i, value) for array, value in zip(results, nest.flatten(values))]
            return i + 1, results

        _, results = while_loop(
            lambda i, _: i < count,
            compute,
            (i, results),
            parallel_iterations=parallel_iterations or 10,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        return nest.pack_sequence_as(given, _stacked(results, known))


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All that `fn(accumulated, element)` gives along `elems`, from the last one if `reverse`, stacked.

    It starts with `initializer`, else with the first element, which is then the first result. `TypeError` if `fn` is
    not callable or gives another structure than what it starts with, `ValueError` for scalars.
    """
    _check_callable(fn)
    with name_scope(name, "scan", nest.flatten(elems)):
        tensors = _tensors(elems)
        count, known = _count(tensors)
        arrays = _unstacked(tensors, count)
        if initializer is None:
            start = [array.read(count - 1 if reverse else 0) for array in arrays]
            first = 1
        else:
            start = [convert_to_tensor(value) for value in nest.flatten(initializer)]
            first = 0
        structure = elems if initializer is None else initializer
        results = [
            TensorArray(
                t.dtype, size=count, element_shape=t.shape if infer_shape else None, dynamic_size=False,
                infer_shape=infer_shape,
            )
            for t in start
        ]  # fmt: skip
        if initializer is None:
            results = [r.write(count - 1 if reverse else 0, t) for r, t in zip(results, start)]

        def compute(i: Tensor, before: list[Tensor], results: list[TensorArray]) -> Any:
            after = fn(nest.pack_sequence_as(structure, before), _read(elems, arrays, i))
            nest.assert_same_structure(structure, after)
            flat = nest.flatten(after)
            results = [array.write(i, value) for array, value in zip(results, flat)]
            return i - 1 if reverse else i + 1, flat, results

        _, _, results = while_loop(
            (lambda i, *_: i >= 0) if reverse else (lambda i, *_: i < count),
            compute,
            (count - 1 - first if reverse else first, start, results),
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        return nest.pack_sequence_as(structure, _stacked(results, known))


def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last of what `fn(accumulated, element)` gives along `elems`, from the first one on.

    It starts with `initializer`, else with the first element. `TypeError` if `fn` is not callable, `ValueError` for
    scalars.
    """
    _check_callable(fn)
    with name_scope(name, "foldl", nest.flatten(elems)):
        tensors = _tensors(elems)
        count, _ = _count(tensors)
        arrays = [TensorArray(t.dtype, size=count, dynamic_size=False, infer_shape=True).unstack(t) for t in tensors]
        start = _read(elems, arrays, 0) if initializer is None else initializer
        i = constant(1 if initializer is None else 0)

        def compute(i: Tensor, before: Any) -> Any:
            after = fn(before, _read(elems, arrays, i))
            return [i + 1, after]

        _, result = while_loop(
            lambda i, _: i < count,
            compute,
            [i, start],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        return result


def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last of what `fn(accumulated, element)` gives along `elems`, from the last one back; see `foldl`."""
    _check_callable(fn)
    with name_scope(name, "foldr", nest.flatten(elems)):
        tensors = _tensors(elems)
        count, _ = _count(tensors)
        arrays = [TensorArray(t.dtype, size=count, dynamic_size=False, infer_shape=True).unstack(t) for t in tensors]
        i = count
        if initializer is None:
            i = count - 1
            initializer = _read(elems, arrays, i)

        def compute(i: Tensor, before: Any) -> Any:
            i = i - 1
            return [i, fn(before, _read(elems, arrays, i))]

        _, result = while_loop(
            lambda i, _: i > 0,
            compute,
            [i, initializer],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        return result


def _check_callable(fn: Any) -> None:
    if not callable(fn):
        raise TypeError("fn must be callable.")


def _tensors(elems: Any) -> list[Tensor]:
    """The tensors of `elems`. `ValueError` if there are none or one is known to be a scalar."""
    tensors = [convert_to_tensor(elem, name="elem") for elem in nest.flatten(elems)]
    if not tensors:
        raise ValueError("elems must hold at least one tensor.")
    if any(t.shape.ndims == 0 for t in tensors):
        if nest.is_nested(elems):
            raise ValueError("elements in elems must be 1+ dimensional Tensors, not scalars")
        raise ValueError("elems must be a 1+ dimensional Tensor, not a scalar")
    return tensors


def _count(tensors: list[Tensor]) -> tuple[Any, int | None]:
    """How many elements there are: as a number if it is known, else as a tensor; and as far as it is known."""
    known = TensorShape([None])
    for tensor in tensors:
        known = known.merge_with(tensor.shape[:1] if tensor.shape.ndims else [None])
    count = known.as_list()[0]
    return (count or shape_of(tensors[0])[0]), count


def _unstacked(tensors: list[Tensor], count: Any) -> list[TensorArray]:
    arrays = [TensorArray(t.dtype, size=count, dynamic_size=False, infer_shape=True) for t in tensors]
    return [array.unstack(t) for array, t in zip(arrays, tensors)]


def _read(elems: Any, arrays: list[TensorArray], i: Any) -> Any:
    return nest.pack_sequence_as(elems, [array.read(i) for array in arrays])


def _stacked(results: list[TensorArray], known: int | None) -> list[Tensor]:
    tensors = [array.stack() for array in results]
    for tensor in tensors:
        if tensor.shape.ndims is not None:
            tensor.set_shape(TensorShape([known]).concatenate(tensor.shape[1:]))
    return tensors
