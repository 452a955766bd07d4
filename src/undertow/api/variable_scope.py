"""`tf.get_variable` and `tf.variable_scope`: variables by name, shared where the program says so.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/variable_scope
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.keys import GraphKeys
from ..graph.scopes import graph_of, name_scope
from ..ops.node import convert_to_tensor
from .partitioned_variables import PartitionInfo
from .variable_store import AUTO_REUSE, VariableStore
from .variables import VariableAggregation, VariableSynchronization

_PartitionInfo = PartitionInfo  # the name by which initializers of the time know it

_STORE_KEY = ("__variable_store",)
_SCOPES_KEY = ("__varscope",)


class _ScopesOpened(threading.local):
    """A graph's current variable scope, and how often each was opened, which makes default names unique."""

    def __init__(self) -> None:
        self.current_scope = VariableScope(False)
        self.variable_scopes_count: dict[str, int] = {}

    def open_variable_scope(self, name: str) -> None:
        self.variable_scopes_count[name] = self.variable_scopes_count.get(name, 0) + 1

    def close_variable_subscopes(self, name: str) -> None:
        for opened in self.variable_scopes_count:
            if not name or opened.startswith(f"{name}/"):
                self.variable_scopes_count[opened] = 0

    def variable_scope_count(self, name: str) -> int:
        return self.variable_scopes_count.get(name, 0)

    def unique(self, prefix: str) -> str:
        """`prefix`, with `_1`, `_2` … if a scope of that name was opened in the current one."""
        outer = self.current_scope.name
        full = f"{outer}/{prefix}" if outer else prefix
        if not self.variable_scope_count(full):
            return prefix
        count = 1
        while self.variable_scope_count(f"{full}_{count}"):
            count += 1
        return f"{prefix}_{count}"


def _of_graph(key: Any, make: Callable[[], Any]) -> Any:
    kept = stacks.get_default_graph().get_collection_ref(key)
    if not kept:
        kept.append(make())
    return kept[0]


def _get_default_variable_store() -> VariableStore:
    return _of_graph(_STORE_KEY, VariableStore)


def _opened() -> _ScopesOpened:
    return _of_graph(_SCOPES_KEY, _ScopesOpened)


def get_variable_scope() -> VariableScope:
    """The current variable scope of the default graph."""
    return _opened().current_scope


class VariableScope:
    """The prefix of `get_variable`'s names and the defaults of its arguments, in force inside `variable_scope`."""

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Callable[..., Any] | None = None,
        name_scope: str = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Any = None,
    ) -> None:
        self._reuse = reuse
        self._name = name
        self._initializer = initializer
        self._regularizer = regularizer
        self._caching_device = caching_device
        self._partitioner = partitioner
        self._custom_getter = custom_getter
        self._name_scope = name_scope
        self._dtype = dtype
        self._use_resource = use_resource
        self._constraint = constraint

    @property
    def name(self) -> str:
        return self._name

    @property
    def original_name_scope(self) -> str:
        """The name scope that was entered with it first; `tf.name_scope` of it enters that again."""
        return self._name_scope

    @property
    def reuse(self) -> Any:
        return self._reuse

    @property
    def initializer(self) -> Any:
        return self._initializer

    @property
    def regularizer(self) -> Any:
        return self._regularizer

    @property
    def caching_device(self) -> Any:
        return self._caching_device

    @property
    def partitioner(self) -> Any:
        return self._partitioner

    @property
    def custom_getter(self) -> Callable[..., Any] | None:
        return self._custom_getter

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def use_resource(self) -> bool | None:
        return self._use_resource

    @property
    def constraint(self) -> Any:
        return self._constraint

    def reuse_variables(self) -> None:
        """From here on, `get_variable` in this scope gives variables that are there already."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        self._initializer = initializer

    def set_regularizer(self, regularizer: Any) -> None:
        self._regularizer = regularizer

    def set_caching_device(self, caching_device: Any) -> None:
        self._caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        self._partitioner = partitioner

    def set_custom_getter(self, custom_getter: Callable[..., Any] | None) -> None:
        self._custom_getter = custom_getter

    def set_dtype(self, dtype: Any) -> None:
        self._dtype = dtype

    def set_use_resource(self, use_resource: bool | None) -> None:
        self._use_resource = use_resource

    def get_collection(self, name: Any) -> list[Any]:
        """What of a collection has a name under this scope."""
        return stacks.get_default_graph().get_collection(name, f"{self._name}/" if self._name else "")

    def global_variables(self) -> list[Any]:
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def trainable_variables(self) -> list[Any]:
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def get_variable(
        self,
        var_store: VariableStore,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        custom_getter: Callable[..., Any] | None = None,
        constraint: Any = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> Any:
        """The variable `name` of this scope from `var_store`, with the scope's defaults for what is not given."""
        if dtype is not None and initializer is not None and not callable(initializer):
            found = convert_to_tensor(initializer).dtype.base_dtype
            if found != dtypes.as_dtype(dtype).base_dtype:
                raise ValueError(
                    f"Initializer type '{found!r}' and explicit dtype '{dtypes.as_dtype(dtype)!r}' don't match."
                )
        with name_scope(None):
            return var_store.get_variable(
                f"{self._name}/{name}" if self._name else name,
                shape=shape,
                dtype=self._dtype if dtype is None else dtype,
                initializer=self._initializer if initializer is None else initializer,
                regularizer=self._regularizer if regularizer is None else regularizer,
                reuse=self._reuse if reuse is None else reuse,
                trainable=trainable,
                collections=collections,
                caching_device=self._caching_device if caching_device is None else caching_device,
                partitioner=self._partitioner if partitioner is None else partitioner,
                validate_shape=validate_shape,
                use_resource=self._use_resource if use_resource is None else use_resource,
                custom_getter=self._custom_getter if custom_getter is None else custom_getter,
                constraint=self._constraint if constraint is None else constraint,
                synchronization=synchronization,
                aggregation=aggregation,
            )


# Entering a scope


class variable_scope:
    """Put the variables that `get_variable` makes inside under `name_or_scope/`, and set its defaults.

    With None as the name, `default_name` is made unique and used. A scope object re-enters that scope, whatever the
    current one is. Unless `auxiliary_name_scope` is off a name scope of the same name is entered too, a new one each
    time. `reuse`: True, False (in force until an outer scope says True), `tf.AUTO_REUSE`, or None to inherit.
    `TypeError` for a name that is no string and no scope, `ValueError` for a `reuse` that is none of these.
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Callable[..., Any] | None = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: bool | None = None,
        constraint: Any = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if name_or_scope is not None and not isinstance(name_or_scope, (str, VariableScope)):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        if reuse not in (None, True, False, AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if reuse and name_or_scope is None:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(f"The auxiliary_name_scope must be `True` or `False`, while get {auxiliary_name_scope}")
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._values = [v for v in values or () if v is not None]
        self._reuse = reuse or None  # False does not end an outer scope's reuse
        self._custom_getter = custom_getter
        self._auxiliary_name_scope = auxiliary_name_scope
        self._defaults = {
            "_initializer": initializer,
            "_regularizer": regularizer,
            "_caching_device": caching_device,
            "_partitioner": partitioner,
            "_dtype": dtype,
            "_use_resource": use_resource,
            "_constraint": constraint,
        }

    def __enter__(self) -> VariableScope:
        with ExitStack() as stack:
            graph = graph_of(self._values)
            stack.enter_context(graph.as_default())
            names = self._enter_name_scope(stack)
            name = self._name_or_scope
            if name is None:
                name = _opened().unique(self._default_name or "")
            result = stack.enter_context(_scope_in_force(self._scope(name, names), isinstance(name, VariableScope)))
            self._stack = stack.pop_all()
        return result

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def _enter_name_scope(self, stack: ExitStack) -> str:
        """Enter the scope for names that goes with the one for variables; its full name."""
        outer = stacks.get_default_graph().get_name_scope()
        outer = f"{outer}/" if outer else ""
        if not self._auxiliary_name_scope:
            return outer
        name = self._default_name if self._name_or_scope is None else self._name_or_scope
        if isinstance(name, VariableScope):
            name = name.name.rsplit("/", 1)[-1]
        return stack.enter_context(name_scope(name)) if name else ""

    def _scope(self, name: Any, names: str) -> VariableScope:
        """The scope that comes into force: what it inherits, then what was given."""
        base, full = get_variable_scope(), name
        if isinstance(name, VariableScope):
            base, full, names = name, name.name, name.original_name_scope
        elif base.name:
            full = f"{base.name}/{name}"
        scope = VariableScope(
            self._reuse or base.reuse,
            name=full,
            custom_getter=_chained(self._custom_getter, base.custom_getter),
            name_scope=names,
        )
        for key, given in self._defaults.items():
            setattr(scope, key, getattr(base, key) if given is None else given)
        return scope


@contextmanager
def _scope_in_force(scope: VariableScope, re_entered: bool) -> Iterator[VariableScope]:
    opened = _opened()
    opened.open_variable_scope(scope.name)
    outer, counts = opened.current_scope, opened.variable_scopes_count
    if re_entered:  # what is opened inside is forgotten after: the next re-entry gives the same default names
        opened.variable_scopes_count = dict(counts)
    opened.current_scope = scope
    try:
        yield scope
    finally:
        opened.close_variable_subscopes(scope.name)
        if re_entered:
            opened.variable_scopes_count = counts
        opened.current_scope = outer


def _chained(inner: Callable[..., Any] | None, outer: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Two scopes' custom getters as one: the inner one gets the outer one as its getter."""
    if inner is None or outer is None:
        return inner or outer

    def chained(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return inner(functools.partial(outer, getter), *args, **kwargs)

    return chained


@contextmanager
def variable_op_scope(
    values: Any, name_or_scope: Any, default_name: str | None = None, *args: Any, **kwargs: Any
) -> Iterator[VariableScope]:
    """The older spelling of `variable_scope(name_or_scope, default_name, values, …)`."""
    with variable_scope(name_or_scope, default_name, values, *args, **kwargs) as scope:
        yield scope
