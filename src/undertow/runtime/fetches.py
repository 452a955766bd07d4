"""What `Session.run` is asked for: nested fetches and feeds, flattened and put together again."""

from __future__ import annotations

import collections.abc
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..graph.dtypes import DType
from ..graph.graph import Graph
from ..graph.operation import Operation, Tensor

Rebuild = Callable[[list[Any]], Any]


class _Conversion(NamedTuple):
    """How things of a type of the program's own are fetched and fed."""

    type: type
    fetch: Callable[[Any], Any]
    feed: Callable[[Any, Any], Any] | None
    feed_for_partial_run: Callable[[Any], Any] | None


_CONVERSIONS: list[_Conversion] = []


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Callable[[Any], Any],
    feed_function: Callable[[Any, Any], Any] | None = None,
    feed_function_for_partial_run: Callable[[Any], Any] | None = None,
) -> None:
    """Let sessions fetch and feed objects of a type.

    `fetch_function(object)` gives a list of what to fetch and a function of the list of values;
    `feed_function(object, value)` a list of (tensor, value); `feed_function_for_partial_run(object)` those tensors.
    `ValueError` if the type has some already.
    """
    if any(issubclass(conversion.type, tensor_type) for conversion in _CONVERSIONS):
        raise ValueError(f"{tensor_type} has already been registered so ignore it.")
    _CONVERSIONS.insert(0, _Conversion(tensor_type, fetch_function, feed_function, feed_function_for_partial_run))


def _conversion_for(item: Any) -> _Conversion | None:
    return next((c for c in _CONVERSIONS if isinstance(item, c.type)), None)


def flatten_fetches(graph: Graph, fetches: Any) -> tuple[list[Any], Rebuild]:
    """The tensors and operations in a nested structure, and how to put their values in its place.

    Lists, tuples, named tuples, dicts, strings, variables and composites (IndexedSlices, SparseTensor) are taken, as
    TensorFlow takes them. `TypeError` for anything else, `ValueError` for names and elements that the graph lacks.
    """
    elements: list[Any] = []
    shape = _flatten(graph, fetches, elements)
    return elements, shape


def _flatten(graph: Graph, fetch: Any, elements: list[Any]) -> Rebuild:
    if isinstance(fetch, (Tensor, Operation, str, bytes)) or hasattr(fetch, "_as_graph_element"):
        return _leaf(_element(graph, fetch), elements)
    if fetch is None:
        raise TypeError(f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}. Cannot be None")
    components = getattr(fetch, "_fetch_components", None)
    if components is not None:
        parts = [_flatten(graph, t, elements) for t in components()]
        return lambda values: fetch._fetch_value([p(values) for p in parts])
    if isinstance(fetch, collections.abc.Mapping):
        keys = list(fetch)
        parts = [_flatten(graph, fetch[k], elements) for k in keys]
        make: Any = type(fetch) if isinstance(fetch, dict) and type(fetch) is not collections.defaultdict else dict
        return lambda values: make(zip(keys, [p(values) for p in parts]))
    if isinstance(fetch, (list, tuple)):
        parts = [_flatten(graph, item, elements) for item in fetch]
        if hasattr(fetch, "_fields"):
            return lambda values: type(fetch)(*[p(values) for p in parts])
        kind = list if isinstance(fetch, list) else tuple
        return lambda values: kind([p(values) for p in parts])
    if hasattr(type(fetch), "__attrs_attrs__"):  # a class of the attrs package
        names = [field.name for field in type(fetch).__attrs_attrs__]
        parts = [_flatten(graph, getattr(fetch, name), elements) for name in names]
        return lambda values: type(fetch)(*[p(values) for p in parts])
    conversion = _conversion_for(fetch)
    if conversion is not None:
        tensors, contract = conversion.fetch(fetch)
        parts = [_flatten(graph, t, elements) for t in tensors]
        return lambda values: contract([p(values) for p in parts])
    raise TypeError(
        f"Fetch argument {fetch!r} has invalid type {type(fetch)}, must be a string or Tensor. "
        f"(Can not convert a {type(fetch).__name__} into a Tensor or Operation.)"
    )


def _leaf(element: Any, elements: list[Any]) -> Rebuild:
    index = len(elements)
    elements.append(element)
    return lambda values: values[index]


def _element(graph: Graph, fetch: Any) -> Any:
    try:
        element = graph.as_graph_element(fetch)
    except (ValueError, KeyError) as error:
        message = error.args[0] if error.args else error
        raise ValueError(f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({message})") from None
    if not graph.is_fetchable(element):
        raise ValueError(f"Operation {element.name!r} has been marked as not fetchable.")
    return element


def flatten_feeds(graph: Graph, feed_dict: Any) -> dict[Tensor, Any]:
    """The tensors of a feed dict and their values as arrays of the right dtype and of a shape that fits.

    `TypeError` for keys that are no tensors and values that are none or tensors, `ValueError` for shapes that do not
    fit.
    """
    if not isinstance(feed_dict, collections.abc.Mapping):
        raise TypeError("input must be a dictionary")
    flat: dict[Tensor, Any] = {}
    for key, value in feed_dict.items():
        _add_feed(graph, key, value, flat)
    return flat


def _add_feed(graph: Graph, key: Any, value: Any, flat: dict[Tensor, Any]) -> None:
    components = getattr(key, "_fetch_components", None)
    if components is not None or isinstance(key, (list, tuple)):
        keys = components() if components is not None else list(key)
        # A composite may be fed in part: slices without a dense shape, a sparse tensor whose shape is a constant.
        if components is None and len(keys) != len(value):
            raise ValueError(f"Feed of {len(value)} values for {len(keys)} tensors.")
        for k, v in zip(keys, value):
            _add_feed(graph, k, v, flat)
        return
    conversion = _conversion_for(key) if _CONVERSIONS else None
    if conversion is not None and conversion.feed is not None:
        for k, v in conversion.feed(key, value):
            _add_feed(graph, k, v, flat)
        return
    if not isinstance(key, Tensor) or key.graph is not graph:
        key = _feed_key(graph, key, "feed_dict key")
    flat[key] = feed_value(key, value)


def flatten_feed_list(graph: Graph, feeds: Any) -> list[Tensor]:
    """The tensors that a list of feeds without values stands for; `TypeError` for what is no tensor of the graph."""
    found: list[Tensor] = []
    for feed in feeds:
        conversion = _conversion_for(feed)
        if conversion is not None and conversion.feed_for_partial_run is not None:
            found += flatten_feed_list(graph, conversion.feed_for_partial_run(feed))
        elif hasattr(feed, "_fetch_components"):
            found += flatten_feed_list(graph, feed._fetch_components())
        else:
            found.append(_feed_key(graph, feed, "feed_list key"))
    return found


def _feed_key(graph: Graph, key: Any, what: str) -> Tensor:
    try:
        return graph.as_graph_element(key, allow_operation=False)
    except (KeyError, TypeError, ValueError) as error:
        message = error.args[0] if error.args else error
        raise TypeError(f"Cannot interpret {what} as Tensor: {message}") from None


def feed_value(tensor: Tensor, value: Any) -> np.ndarray:
    """One fed value as an array of the tensor's dtype; errors as `flatten_feeds`."""
    dtype = tensor.dtype.as_numpy_dtype
    if value.__class__ is np.ndarray and value.dtype == dtype and dtype is not np.object_:
        array = value
    else:
        array = _converted(tensor, value, dtype)
    if not _fits(tensor.shape._dims, array.shape):
        raise ValueError(
            f"Cannot feed value of shape {array.shape} for Tensor {tensor.name!r}, "
            f"which has shape {str(tensor.shape)!r}"
        )
    if not tensor.graph.is_feedable(tensor):
        raise ValueError(f"Tensor {tensor} may not be fed.")
    return array


def _converted(tensor: Tensor, value: Any, dtype: Any) -> np.ndarray:
    if isinstance(value, Tensor) or hasattr(value, "_dense_var_to_tensor"):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, "
            f"lists, numpy ndarrays, or TensorHandles. For reference, the tensor object was {value} which was passed "
            f"to the feed with key {tensor}."
        )
    if hasattr(value, "_fed_value"):  # a handle to a tensor that the session keeps
        return value._fed_value(tensor)
    if isinstance(value, int) and not _holds(tensor.dtype, value):
        raise TypeError(
            f"Type of feed value {value} with type {type(value)} is not compatible with Tensor type {dtype}. Try "
            "explicitly setting the type of the feed tensor to a larger type (e.g. int64)."
        )
    if tensor.dtype.base_dtype.name == "string":
        from ..ops.constant import as_array

        return as_array(np.asarray(value, dtype=object), tensor.dtype)
    if tensor.dtype.base_dtype.name in ("resource", "variant"):
        array = np.empty((), dtype=object)
        array[()] = value
        return array
    try:
        return np.asarray(value, dtype=dtype)
    except (ValueError, TypeError) as error:
        raise type(error)(
            f"The value fed for Tensor {tensor.name!r} is no array of {tensor.dtype.name}: {error}"
        ) from None


def _holds(dtype: DType, value: int) -> bool:
    """Whether an int can be fed as this dtype."""
    if dtype.base_dtype.name == "string":
        return False
    if not dtype.is_integer or isinstance(value, bool):
        return True
    return dtype.min <= value <= dtype.max


def _fits(wanted: tuple[int | None, ...] | None, shape: tuple[int, ...]) -> bool:
    if wanted is None:
        return True
    return len(wanted) == len(shape) and all(w is None or w == s for w, s in zip(wanted, shape))
