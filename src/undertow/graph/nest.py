"""Nested structures: lists, tuples, named tuples and dicts, and what is at their leaves.

A dict's leaves come in the order of its sorted keys. Strings and arrays are leaves.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nest
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any


def is_nested(structure: Any) -> bool:
    """Whether `structure` is one that `flatten` opens."""
    return isinstance(structure, (Mapping, Sequence)) and not isinstance(structure, (str, bytes, bytearray))


is_sequence = is_nested


def _children(structure: Any) -> Iterator[tuple[Any, Any]]:
    """The (key or index, child) pairs of a structure."""
    if isinstance(structure, Mapping):
        try:
            keys = sorted(structure)
        except TypeError:
            raise TypeError("nest only supports dicts with sortable keys.") from None
        return ((key, structure[key]) for key in keys)
    return enumerate(structure)


def _like(structure: Any, children: list[Any]) -> Any:
    """A structure of the type and keys of `structure`, with other children."""
    if isinstance(structure, Mapping):
        values = dict(zip(sorted(structure), children))
        ordered = [(key, values[key]) for key in structure]
        if hasattr(structure, "default_factory"):  # a defaultdict
            return type(structure)(structure.default_factory, ordered)  # type: ignore[call-arg]
        return type(structure)(ordered)  # type: ignore[call-arg]
    return type(structure)(*children) if hasattr(structure, "_fields") else type(structure)(children)


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of `structure`, itself if it is one."""
    if not is_nested(structure):
        parts = getattr(structure, "_fetch_components", None) if expand_composites else None
        return [structure] if parts is None else list(parts())
    return [leaf for _, child in _children(structure) for leaf in flatten(child, expand_composites)]


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """The leaves `flat_sequence` in the shape of `structure`; `ValueError` if their numbers differ."""
    if not is_nested(flat_sequence):
        raise TypeError("flat_sequence must be a sequence")
    flat = list(flat_sequence)
    wanted = len(flatten(structure, expand_composites))
    if not is_nested(structure) and len(flat) != 1 and wanted == 1:
        raise ValueError(f"Structure is a scalar but len(flat_sequence) == {len(flat)} > 1")
    if wanted != len(flat):
        raise ValueError(
            f"Could not pack sequence. Structure had {wanted} elements, but flat_sequence had {len(flat)} elements. "
            f"Structure: {structure}, flat_sequence: {flat}."
        )
    leaves = iter(flat)

    def packed(part: Any) -> Any:
        if is_nested(part):
            return _like(part, [packed(child) for _, child in _children(part)])
        parts = getattr(part, "_fetch_components", None) if expand_composites else None
        return next(leaves) if parts is None else type(part)(*[next(leaves) for _ in parts()])

    return packed(structure)


def map_structure(func: Callable[..., Any], *structure: Any, check_types: bool = True, **kwargs: Any) -> Any:
    """`func` of the leaves at each place of structures that are alike, in that structure."""
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types)
    return pack_sequence_as(structure[0], [func(*leaves, **kwargs) for leaves in zip(*map(flatten, structure))])


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """`ValueError` if the two are not nested alike, `TypeError` if they are, but in other types."""
    if is_nested(nest1) != is_nested(nest2):
        raise ValueError(
            f"The two structures don't have the same nested structure.\n\nFirst structure: {nest1}\n\n"
            f"Second structure: {nest2}"
        )
    if not is_nested(nest1):
        return
    same_fields = getattr(nest1, "_fields", None) == getattr(nest2, "_fields", None)
    both_maps = isinstance(nest1, Mapping) and isinstance(nest2, Mapping)
    if (
        check_types
        and type(nest1) is not type(nest2)
        and not both_maps
        and not (same_fields and hasattr(nest1, "_fields") and type(nest1).__name__ == type(nest2).__name__)
    ):
        raise TypeError(
            "The two structures don't have the same sequence type. First structure has type "
            f"{type(nest1).__name__}, while second structure has type {type(nest2).__name__}."
        )
    first, second = list(_children(nest1)), list(_children(nest2))
    if len(first) != len(second) or (both_maps and [k for k, _ in first] != [k for k, _ in second]):
        problem = "keys" if both_maps else "number of elements"
        raise ValueError(
            f"The two structures don't have the same {problem}. First structure: {nest1}, second structure: {nest2}."
        )
    for (_, a), (_, b) in zip(first, second):
        assert_same_structure(a, b, check_types, expand_composites)
