"""Nested structures: lists, tuples, named tuples, dicts and attrs classes, and what is at their leaves.

A dict's leaves come in the order of its sorted keys. Strings, arrays, sets and shapes are leaves. With
`expand_composites` a sparse tensor or `IndexedSlices` is opened to its tensors. A function that ends with `_up_to`
goes down as far as another, shallower structure does, and takes what is below for leaves.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nest
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MappingView, Sequence
from typing import Any

Path = tuple[Any, ...]


def is_nested(seq: Any) -> bool:
    """Whether `seq` is a structure, which `flatten` opens."""
    if isinstance(seq, (str, bytes, bytearray)):
        return False
    return isinstance(seq, (Mapping, Sequence, MappingView)) or _is_attrs(seq)


is_sequence = is_nested


def is_sequence_or_composite(seq: Any) -> bool:
    """Whether `flatten` opens `seq` if it is to expand composites."""
    return _is_open(seq, expand_composites=True)


is_nested_or_composite = is_sequence_or_composite


def _is_attrs(value: Any) -> bool:
    return hasattr(type(value), "__attrs_attrs__")


def _is_composite(value: Any) -> bool:
    return hasattr(value, "_fetch_components")


def _is_open(value: Any, expand_composites: bool) -> bool:
    return is_nested(value) or (expand_composites and _is_composite(value))


def _sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def _children(structure: Any) -> list[tuple[Any, Any]]:
    """The (key, field's name or index; child) pairs of a structure, in the order of its leaves."""
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in _sorted_keys(structure)]
    if hasattr(structure, "_fields"):  # a named tuple
        return list(zip(structure._fields, structure))
    if _is_attrs(structure):
        return [(field.name, getattr(structure, field.name)) for field in type(structure).__attrs_attrs__]
    if _is_composite(structure):
        return list(enumerate(structure._fetch_components()))
    return list(enumerate(structure))


def _like(structure: Any, children: list[Any]) -> Any:
    """A structure of the type and keys of `structure`, with other children."""
    kind: Any = type(structure)
    if isinstance(structure, Mapping):
        values = dict(zip(_sorted_keys(structure), children))
        ordered = [(key, values[key]) for key in structure]
        if hasattr(structure, "default_factory"):  # a defaultdict
            return kind(structure.default_factory, ordered)
        return kind(ordered)
    if hasattr(structure, "_fields") or _is_attrs(structure) or _is_composite(structure):
        return kind(*children)
    if isinstance(structure, (range, MappingView)):
        return children
    return kind(children)


# Leaves


def _leaves(structure: Any, expand_composites: bool, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not _is_open(structure, expand_composites):
        yield path, structure
        return
    for key, child in _children(structure):
        yield from _leaves(child, expand_composites, (*path, key))


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of `structure`; itself in a list if it is one."""
    return [leaf for _, leaf in _leaves(structure, expand_composites)]


def flatten_with_tuple_paths(structure: Any, expand_composites: bool = False) -> list[tuple[Path, Any]]:
    """The leaves, each after the tuple of keys and indices that leads to it."""
    return list(_leaves(structure, expand_composites))


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """The leaves, each after the keys and indices that lead to it, joined."""
    return [(separator.join(map(str, path)), leaf) for path, leaf in _leaves(structure, expand_composites)]


def yield_flattened_paths(nest: Any, expand_composites: bool = False) -> Iterator[Path]:
    """The paths of the leaves."""
    return (path for path, _ in _leaves(nest, expand_composites))


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """The leaves `flat_sequence` in the shape of `structure`.

    Raises:
      TypeError: `flat_sequence` is no sequence.
      ValueError: the structure has another number of leaves.
    """
    if not is_nested(flat_sequence):
        raise TypeError(f"flat_sequence must be a sequence, but found incompatible type `{type(flat_sequence)}`.")
    flat = list(flat_sequence)
    if not _is_open(structure, expand_composites):
        if len(flat) != 1:
            raise ValueError(f"Structure is a scalar but len(flat_sequence) == {len(flat)} > 1")
        return flat[0]
    wanted = len(flatten(structure, expand_composites))
    if wanted != len(flat):
        raise ValueError(
            f"Could not pack sequence. Structure had {wanted} elements, but flat_sequence had {len(flat)} elements.  "
            f"Structure: {structure}, flat_sequence: {flat}."
        )
    return _packed(structure, iter(flat), expand_composites)


def _packed(structure: Any, leaves: Iterator[Any], expand_composites: bool) -> Any:
    if not _is_open(structure, expand_composites):
        return next(leaves)
    return _like(structure, [_packed(child, leaves, expand_composites) for _, child in _children(structure)])


def flatten_dict_items(dictionary: Any) -> dict[Any, Any]:
    """A dict of which keys and values are nested alike, opened: `{(1, 2): ("a", "b")}` is `{1: "a", 2: "b"}`.

    `ValueError` if a key comes twice, or has another number of leaves than its value.
    """
    if not isinstance(dictionary, Mapping):
        raise TypeError("input must be a dictionary")
    flat: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys = flatten(key)
        values = flatten(value) if is_nested(key) else [value]
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} elements. "
                f"Key: {keys}, value: {values}."
            )
        for new, item in zip(keys, values):
            if new in flat:
                raise ValueError(f"Could not flatten dictionary: this key is not unique: {new}")
            flat[new] = item
    return flat


# Comparing


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Check that the two are nested alike.

    Raises:
      ValueError: they are not.
      TypeError: they are, but one has another type of sequence than the other, and `check_types`.
    """
    try:
        _assert_same(nest1, nest2, check_types, expand_composites)
    except (ValueError, TypeError) as error:
        dots = [_dotted(nest, expand_composites) for nest in (nest1, nest2)]
        raise type(error)(
            f"The two structures don't have the same nested structure.\n\nFirst structure: {_told(nest1)}\n\n"
            f"Second structure: {_told(nest2)}\n\nMore specifically: {error}\n"
            f"Entire first structure:\n{dots[0]}\nEntire second structure:\n{dots[1]}"
        ) from None


def _assert_same(first: Any, second: Any, check_types: bool, expand_composites: bool) -> None:
    opened = _is_open(first, expand_composites)
    if opened != _is_open(second, expand_composites):
        sequence, other = (first, second) if opened else (second, first)
        raise ValueError(f'Substructure "{_told(sequence)}" is a sequence, while substructure "{_told(other)}" is not')
    if not opened:
        return
    if check_types:
        _assert_same_type(first, second)
    ours, theirs = _children(first), _children(second)
    if len(ours) != len(theirs):
        raise ValueError(
            f"The two structures don't have the same number of elements. First structure: {_told(first)}. "
            f"Second structure: {_told(second)}"
        )
    for (_, one), (_, other) in zip(ours, theirs):
        _assert_same(one, other, check_types, expand_composites)


def _assert_same_type(first: Any, second: Any) -> None:
    if not _alike(first, second):
        raise TypeError(
            f"The two namedtuples don't have the same sequence type. First structure {_told(first)} has type "
            f"{type(first).__name__}, while second structure {_told(second)} has type {type(second).__name__}"
        )
    if isinstance(first, Mapping) and set(first) != set(second):
        raise ValueError(
            "The two dictionaries don't have the same set of keys. First structure has keys "
            f"{_told(list(first))}, while second structure has keys {_told(list(second))}"
        )


def _alike(first: Any, second: Any) -> bool:
    """Whether the two are of types that may stand for each other."""
    if type(first) is type(second):
        return True
    if hasattr(first, "_fields") and hasattr(second, "_fields"):
        return type(first).__name__ == type(second).__name__ and first._fields == second._fields
    return any(isinstance(first, kind) and isinstance(second, kind) for kind in (list, Mapping))


def _told(value: Any) -> str:
    return f"type={type(value).__name__} str={value}"


class _Dot:
    def __repr__(self) -> str:
        return "."


def _dotted(structure: Any, expand_composites: bool) -> str:
    """The structure with a dot for each leaf; as it is if it cannot be built anew."""
    if not _is_open(structure, expand_composites) or _is_composite(structure):
        return "."
    return str(map_structure(lambda _: _Dot(), structure))


# Mapping


def map_structure(func: Callable[..., Any], *structure: Any, **options: Any) -> Any:
    """`func` of the leaves at each place of structures that are nested alike, in the first one's structure.

    `check_types=False` and `expand_composites=True` are those of `assert_same_structure`.
    """
    return _map(lambda _, *leaves: func(*leaves), func, structure, options)


def map_structure_with_tuple_paths(func: Callable[..., Any], *structure: Any, **options: Any) -> Any:
    """`map_structure`; the first argument of `func` is the tuple of keys and indices that leads to the leaf."""
    return _map(func, func, structure, options)


def map_structure_with_paths(func: Callable[..., Any], *structure: Any, **options: Any) -> Any:
    """`map_structure`; the first argument of `func` is the path to the leaf, `a/0`."""
    return _map(lambda path, *leaves: func("/".join(map(str, path)), *leaves), func, structure, options)


def _map(at: Callable[..., Any], func: Any, structures: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structures:
        raise ValueError("Must provide at least one structure")
    for name in options:
        if name not in ("check_types", "expand_composites"):
            raise ValueError(f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{name}`")
    for other in structures[1:]:
        assert_same_structure(structures[0], other, **options)
    expand = options.get("expand_composites", False)
    rows = zip(yield_flattened_paths(structures[0], expand), *(flatten(s, expand) for s in structures))
    return pack_sequence_as(structures[0], [at(*row) for row in rows], expand)


# Down to a shallower structure


def assert_shallow_structure(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Check that `input_tree` is nested like `shallow_tree`, or deeper; `TypeError` or `ValueError` if it is not."""
    if not _is_open(shallow_tree, expand_composites):
        return
    if not _is_open(input_tree, expand_composites):
        raise TypeError(
            f"If shallow structure is a sequence, input must also be a sequence. Input has type: {type(input_tree)}."
        )
    if check_types and not _alike(shallow_tree, input_tree):
        raise TypeError(
            "The two structures don't have the same sequence type. Input structure has type "
            f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
        )
    shallow, deep = _children(shallow_tree), _children(input_tree)
    if len(shallow) != len(deep):
        raise ValueError(
            f"The two structures don't have the same sequence length. Input structure has length {len(deep)}, "
            f"while shallow structure has length {len(shallow)}."
        )
    if check_types and isinstance(shallow_tree, Mapping):
        missing = sorted(set(shallow_tree) - set(input_tree))
        if missing:
            raise ValueError(
                "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
                f"following keys that are not in the input_tree: {missing}."
            )
    for (_, one), (_, other) in zip(shallow, deep):
        assert_shallow_structure(one, other, check_types, expand_composites)


def flatten_with_tuple_paths_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[tuple[Path, Any]]:
    """What `input_tree` has at the leaves of `shallow_tree`, each after its path."""
    assert_shallow_structure(shallow_tree, input_tree, check_types, expand_composites)
    return list(_leaves_up_to(shallow_tree, input_tree, expand_composites))


def _leaves_up_to(shallow: Any, deep: Any, expand_composites: bool, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not _is_open(shallow, expand_composites):
        yield path, deep
        return
    for (key, one), (_, other) in zip(_children(shallow), _children(deep)):
        yield from _leaves_up_to(one, other, expand_composites, (*path, key))


def flatten_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[Any]:
    """What `input_tree` has at the leaves of `shallow_tree`."""
    found = flatten_with_tuple_paths_up_to(shallow_tree, input_tree, check_types, expand_composites)
    return [part for _, part in found]


def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    """`func` of what each of `inputs` has at the leaves of `shallow_tree`, in that structure."""
    return map_structure_with_tuple_paths_up_to(shallow_tree, lambda _, *parts: func(*parts), *inputs, **options)


def map_structure_with_tuple_paths_up_to(
    shallow_tree: Any,
    func: Callable[..., Any],
    *inputs: Any,
    check_types: bool = True,
    expand_composites: bool = False,
) -> Any:
    """`map_structure_up_to`; the first argument of `func` is the tuple of keys and indices that leads to the leaf."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    flat = [flatten_up_to(shallow_tree, tree, check_types, expand_composites) for tree in inputs]
    paths = yield_flattened_paths(shallow_tree, expand_composites)
    results = [func(*row) for row in zip(paths, *flat)]
    return pack_sequence_as(shallow_tree, results, expand_composites)


def get_traverse_shallow_structure(
    traverse_fn: Callable[[Any], Any], structure: Any, expand_composites: bool = False
) -> Any:
    """A structure of bools, as deep as `traverse_fn` wants to go down into `structure`.

    `traverse_fn` says of a part whether to go into it: a bool, or one for each child in the part's own structure.
    """
    wanted = traverse_fn(structure)
    if not is_nested(structure):
        if not isinstance(wanted, bool):
            raise TypeError(f"traverse_fn returned structure: {wanted} for a leaf; it must be a bool.")
        return wanted
    if isinstance(wanted, bool):
        children = [wanted] * len(_children(structure))
        if not wanted:
            return False
    elif not is_nested(wanted):
        raise TypeError(f"traverse_fn returned a non-bool scalar: {wanted} for input: {structure}")
    else:
        assert_shallow_structure(wanted, structure, expand_composites=expand_composites)
        children = [child for _, child in _children(wanted)]
        if not all(isinstance(child, bool) for child in children):
            raise TypeError(
                f"traverse_fn didn't return a depth=1 structure of bools.  saw: {wanted}  for structure: {structure}"
            )
    return _like(
        structure,
        [
            get_traverse_shallow_structure(traverse_fn, part, expand_composites) if go else False
            for go, (_, part) in zip(children, _children(structure))
        ],
    )
