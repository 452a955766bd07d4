"""Things that live in a session and have to be made first, beside variables: `tensorflow.python.ops.resources`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..graph import stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from .constant import constant
from .control_flow import group
from .node import node
from .slicing import boolean_mask


class _Resource(NamedTuple):
    handle: Tensor
    create: Operation
    is_initialized: Tensor


def register_resource(handle: Tensor, create_op: Operation, is_initialized_op: Tensor, is_shared: bool = True) -> None:
    """List a resource with the op that makes it and the tensor that tells whether it is there."""
    key = GraphKeys.RESOURCES if is_shared else GraphKeys.LOCAL_RESOURCES
    stacks.get_default_graph().add_to_collection(key, _Resource(handle, create_op, is_initialized_op))


def shared_resources() -> list[Any]:
    """The default graph's resources that sessions on one server share."""
    return stacks.get_default_graph().get_collection(GraphKeys.RESOURCES)


def local_resources() -> list[Any]:
    """The default graph's resources of one session."""
    return stacks.get_default_graph().get_collection(GraphKeys.LOCAL_RESOURCES)


def report_uninitialized_resources(
    resource_list: Sequence[Any] | None = None, name: str = "report_uninitialized_resources"
) -> Tensor:
    """The names of the resources that have not been made yet, a string vector; by default of all of them."""
    listed = shared_resources() + local_resources() if resource_list is None else list(resource_list)
    with name_scope(name):
        if not listed:
            return constant([], dtype="string")
        missing = node("LogicalNot", node("Pack", [r.is_initialized for r in listed], axis=0, name="stack"))
        return boolean_mask(constant([r.handle.name for r in listed]), missing)


def initialize_resources(resource_list: Sequence[Any], name: str = "init") -> Operation:
    """One operation that makes all of them; one that does nothing if there are none."""
    return group(*[r.create for r in resource_list], name=name)
