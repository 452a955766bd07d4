"""`Dataset.from_generator`: what a Python generator yields, checked and made arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...graph.errors import InvalidArgumentError
from ...ops.constant import as_array
from .structure import flatten, map_structure, types_of


def generated(generator: Callable[..., Any], element_spec: Any) -> Callable[..., Iterator[list[np.ndarray]]]:
    """The function that calls `generator` and gives its elements as lists of arrays.

    What does not have the structure, the types or the shapes told raises `InvalidArgumentError`.
    """
    wanted = flatten(element_spec)
    types = types_of(element_spec)
    single = len(wanted) == 1 and element_spec is wanted[0]

    def leaves(values: Any) -> list[Any]:
        if single:
            return [values]
        found: list[Any] = []
        try:
            map_structure(lambda _, value: found.append(value), types, values)
        except (TypeError, ValueError):
            raise _invalid(
                "TypeError: `generator` yielded an element that did not match the expected structure. The expected "
                f"structure was {types}, but the yielded element was {values}."
            ) from None
        return found

    def call(*arguments: Any) -> Iterator[list[np.ndarray]]:
        for values in generator(*arguments):
            yield [_array(value, spec) for value, spec in zip(leaves(values), wanted)]

    return call


def _array(value: Any, spec: Any) -> np.ndarray:
    try:
        if spec.dtype.name == "string":
            array = as_array(np.asarray(value), spec.dtype)
        else:
            array = np.array(value, dtype=spec.dtype.as_numpy_dtype)
    except (TypeError, ValueError):
        raise _invalid(
            "TypeError: `generator` yielded an element that could not be converted to the expected type. The expected "
            f"type was {spec.dtype.name}, but the yielded element was {value}."
        ) from None
    dims = spec.shape._dims
    if dims is not None and (
        len(dims) != array.ndim or any(d is not None and d != n for d, n in zip(dims, array.shape))
    ):
        raise _invalid(
            f"ValueError: `generator` yielded an element of shape {array.shape} where an element of shape "
            f"{spec.shape} was expected."
        )
    return array


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)
