"""The module-level doors to the default graph: scopes, collections, seeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from . import stacks
from .graph import Graph
from .operation import Operation, Tensor

DEFAULT_GRAPH_SEED = 87654321
_MAX_SEED = 2**31 - 1


class name_scope:
    """Enter a name scope in the graph of `values`, named `name` or else `default_name`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/name_scope
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        if not (default_name is None or isinstance(default_name, str)):
            raise TypeError(
                f"`default_name` type ({type(default_name)}) is not a string type. "
                "You likely meant to pass this into the `values` kwarg."
            )
        self._name = default_name if name is None else name
        self._default_name = default_name
        self._values = values
        if self._name is None and values is not None:
            raise ValueError(f"At least one of name ({name}) and default_name ({default_name}) must be provided.")

    @property
    def name(self) -> str | None:
        return self._name

    def __enter__(self) -> str:
        graph = graph_of(self._values or ())
        self._stack = [graph.as_default(), graph.name_scope(self._name)]
        self._stack[0].__enter__()
        try:
            return self._stack[1].__enter__()  # type: ignore[return-value]
        except BaseException:
            self._stack[0].__exit__(None, None, None)
            raise

    def __exit__(self, *error: Any) -> None:
        for scope in reversed(self._stack):
            scope.__exit__(*error)


def graph_of(values: Any, graph: Graph | None = None) -> Graph:
    """The graph that all tensors and operations among `values` are of, else the default one.

    While a function is traced that is its graph. `ValueError` if they are of different graphs.
    """
    default = stacks.get_default_graph()
    if default.building_function and graph is None:
        return default  # it takes in what is of another graph
    first: Any = None
    for value in values:
        value = value if isinstance(value, (Tensor, Operation)) else getattr(value, "_as_graph_element", _nothing)()
        if value is None or (graph is not None and value.graph is graph):
            continue
        if graph is not None:
            raise ValueError(f"{value} must be from the same graph as {'the graph given' if first is None else first}.")
        graph, first = value.graph, value
    return default if graph is None else graph


def _nothing() -> None:
    return None


def control_dependencies(control_inputs: Any) -> AbstractContextManager[None]:
    """`Graph.control_dependencies` of the default graph."""
    return stacks.get_default_graph().control_dependencies(control_inputs)


def device(device_name_or_function: Any) -> AbstractContextManager[None]:
    """`Graph.device` of the default graph."""
    return stacks.get_default_graph().device(device_name_or_function)


def container(container_name: str) -> AbstractContextManager[str]:
    """`Graph.container` of the default graph."""
    return stacks.get_default_graph().container(container_name)


def colocate_with(op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
    """`Graph.colocate_with` of the default graph."""
    return stacks.get_default_graph().colocate_with(op, ignore_existing)


@contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """The older spelling of `name_scope(name, default_name, values)`."""
    with name_scope(name, default_name, values) as scope:
        yield scope


@contextmanager
def init_scope() -> Iterator[None]:
    """Build inside without control dependencies, and outside of any function being built."""
    graph = stacks.get_default_graph()
    scope = graph.get_name_scope()
    for outer in reversed(stacks.graphs.stack):
        if not outer.building_function:
            graph = outer
            break
    with graph.as_default(), graph.name_scope(f"{scope}/" if scope else None), graph.control_dependencies(None):
        yield


def add_to_collection(name: Any, value: Any) -> None:
    stacks.get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    stacks.get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """A copy of a collection of the default graph."""
    return stacks.get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """A collection of the default graph itself."""
    return stacks.get_default_graph().get_collection_ref(key)


def set_random_seed(seed: int | None) -> None:
    """Set the default graph's seed, from which every op without a seed of its own derives one."""
    stacks.get_default_graph().seed = seed


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """The (graph seed, op seed) pair of a random op; (None, None) for one that is not to repeat.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random/get_seed
    """
    graph = stacks.get_default_graph()
    if graph.seed is not None:
        seeds = (graph.seed, graph._last_id if op_seed is None else op_seed)
    elif op_seed is not None:
        seeds = (DEFAULT_GRAPH_SEED, op_seed)
    else:
        return None, None
    seeds = (seeds[0] % _MAX_SEED, seeds[1] % _MAX_SEED)
    return (0, _MAX_SEED) if seeds == (0, 0) else seeds  # (0, 0) would mean "not seeded"


def strip_name_scope(name: str, export_scope: str | None) -> str:
    """`name`, of a node or as another node refers to it, without the scope it begins with."""
    if not export_scope:
        return name
    return re.sub(rf"^(\^|loc:@|){re.escape(export_scope.rstrip('/'))}/", r"\1", name)


def prepend_name_scope(name: str, import_scope: str | None) -> str:
    """`name`, of a node or as another node refers to it, inside a scope."""
    if not import_scope:
        return name
    mark, rest = re.match(r"(\^|loc:@|)(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{mark}{import_scope.rstrip('/')}/{rest}"
