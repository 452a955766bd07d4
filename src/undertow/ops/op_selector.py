"""Walking a graph: which ops make tensors, read them, and are behind them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/graph_editor/get_backward_walk_ops
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..graph.graph import Graph
from ..graph.operation import Operation, Tensor
from .gradient_paths import passed_to


def is_differentiable(op: Operation) -> bool:
    """Whether a gradient passes through `op`."""
    return bool(op.inputs and passed_to(op))


def is_iterable(obj: Any) -> bool:
    """Whether `for … in obj` works; a tensor's does not."""
    return not isinstance(obj, Tensor) and hasattr(obj, "__iter__")


def _key(item: Any) -> Any:
    """What things of one graph have in common; the graph of a function is of the graph around it."""
    graph = item if isinstance(item, Graph) else item.graph
    return getattr(graph, "_graph_key", graph)


def check_graphs(*args: Any) -> None:
    """`ValueError` unless all of these are of one graph."""
    first = None
    for i, item in enumerate(a for a in args if a is not None):
        if first is None:
            first = item
        elif _key(item) != _key(first):
            raise ValueError(f"Argument[{i}]: Wrong graph!")


def get_unique_graph(tops: Any, check_types: Any = None, none_if_empty: bool = False) -> Any:
    """The one graph that ops and tensors, or a graph, are of.

    `TypeError` for other things, `ValueError` for things of several graphs and, unless `none_if_empty`, for none.
    """
    if isinstance(tops, Graph):
        return tops
    if not is_iterable(tops):
        raise TypeError(f"{type(tops)} is not iterable")
    kinds = (Operation, Tensor) if check_types is None else check_types
    kinds = (kinds,) if isinstance(kinds, type) else tuple(kinds)
    found = None
    for op in tops:
        if not isinstance(op, kinds):
            raise TypeError(f"Expected a type in ({', '.join(map(str, kinds))}), got: {type(op)}")
        if found is not None and _key(found) != _key(op):
            raise ValueError(f"Operation {op} does not belong to given graph")
        found = op.graph if found is None else found
    if found is None and not none_if_empty:
        raise ValueError("Can't find the unique graph of an empty list")
    return found


def make_list_of_op(
    tops: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ts: bool = False
) -> list[Operation]:
    """The operations that `tops` is: one, several, or all of a graph; tensors among them are an error or left out.

    `TypeError` for what is none, `ValueError` if they are of several graphs.
    """
    if isinstance(tops, Graph):
        if not allow_graph:
            raise TypeError(f"allow_graph is False: cannot convert a tf.Graph: {type(tops)}")
        return tops.get_operations()
    return _listed(tops, Operation, Tensor if ignore_ts else None, check_graph)


def make_list_of_t(
    ts: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ops: bool = False
) -> list[Tensor]:
    """The tensors that `ts` is: one, several, or all of a graph; operations among them are an error or left out.

    `TypeError` for what is none, `ValueError` if they are of several graphs.
    """
    if isinstance(ts, Graph):
        if not allow_graph:
            raise TypeError(f"allow_graph is False: cannot convert a tf.Graph: {type(ts)}")
        return get_tensors(ts)
    return _listed(ts, Tensor, Operation if ignore_ops else None, check_graph)


def _listed(items: Any, kind: type, ignored: type | None, check_graph: bool) -> list[Any]:
    listed = list(items) if is_iterable(items) else [items]
    if not listed:
        return []
    if check_graph:
        get_unique_graph(listed, check_types=None if ignored else kind)
    return [item for item in listed if isinstance(item, kind)]


def get_tensors(graph: Any) -> list[Tensor]:
    """All tensors of a graph; `TypeError` if it is none."""
    if not isinstance(graph, Graph):
        raise TypeError(f"Expected a graph, got: {type(graph)}")
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def get_generating_ops(ts: Any) -> list[Operation]:
    """The operations that make these tensors."""
    return [t.op for t in make_list_of_t(ts, allow_graph=False)]


def get_consuming_ops(ts: Any) -> list[Operation]:
    """The operations that read these tensors."""
    found = [op for t in make_list_of_t(ts, allow_graph=False) for op in t.consumers()]
    return list(dict.fromkeys(found))


def concatenate_unique(la: list[Any], lb: Iterable[Any]) -> list[Any]:
    """`la` with those of `lb` that it lacks put behind, in their order."""
    la.extend(item for item in dict.fromkeys(lb) if item not in set(la))
    return la


def get_backward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Callable[[Operation], bool] | None = None,
    stop_at_ts: Any = (),
    control_inputs: bool = False,
    only_differentiable: bool = False,
) -> list[Operation]:
    """The operations behind `seed_ops` (or behind the makers of tensors), as they are met.

    Only those in `within_ops` and of which `within_ops_fn` is true are walked through, by no tensor in `stop_at_ts`;
    along control inputs if `control_inputs`. `inclusive`: the seeds are among them.
    """
    seeds = list(seed_ops) if is_iterable(seed_ops) else [seed_ops]
    if seeds and isinstance(seeds[0], Tensor):
        seeds = get_generating_ops(seeds)
    else:
        seeds = make_list_of_op(seeds, allow_graph=False)
    stop = frozenset(make_list_of_t(stop_at_ts))
    allowed = None if within_ops is None else frozenset(make_list_of_op(within_ops, allow_graph=False))

    def within(op: Operation) -> bool:
        if allowed is not None and op not in allowed:
            return False
        return (within_ops_fn is None or within_ops_fn(op)) and (not only_differentiable or is_differentiable(op))

    found: dict[Operation, None] = {}
    wave = dict.fromkeys(seeds)
    while wave:
        found.update(wave)
        behind: dict[Operation, None] = {}
        for op in wave:
            makers = [t.op for t in op.inputs if t not in stop]
            makers += op.control_inputs if control_inputs else []
            behind.update((maker, None) for maker in makers if maker not in found and within(maker))
        wave = behind
    return [op for op in found if inclusive or op not in set(seeds)]
