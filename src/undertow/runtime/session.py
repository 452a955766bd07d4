"""`tf.Session`: runs parts of a graph, and keeps its variables from run to run.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Session
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NoReturn

from ..graph import stacks
from ..graph.device import DeviceAttributes as _DeviceAttributes
from ..graph.errors import (
    AbortedError,
    CancelledError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    unbuilt,
)
from ..graph.graph import Graph
from ..graph.operation import Operation, Tensor
from . import loading, servers
from .fetches import feed_value, flatten_feed_list, flatten_feeds, flatten_fetches
from .fetches import (
    register_session_run_conversion_functions as register_session_run_conversion_functions,
)

if TYPE_CHECKING:
    from .engine import Engine
    from .partial import PartialRun


_PLAIN = (Tensor, Operation)  # what is fetched by itself most often: it needs no flattening


class BaseSession:
    """What `Session` and `InteractiveSession` share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        if isinstance(target, bytes):
            target = target.decode()
        if target is not None and not isinstance(target, str):
            raise TypeError(f"target must be a string, but got {type(target)}")
        if config is not None and not hasattr(config, "gpu_options"):
            raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
        target = target or ""
        _check_target(target)
        if config is None:
            config = servers.config(target)
        if target:
            servers.connect(target, self)
        self._graph = stacks.get_default_graph() if graph is None else graph
        self._target = target
        self._config = config
        self._timeout = config.operation_timeout_in_ms if config is not None else 0
        self._closed = self._aborted = False
        self._engine: Any = None
        self._plans: dict[Any, Any] = {}  # a Plan, or for runs that are noted a TracedPlan
        self._partial_runs: dict[str, PartialRun] = {}
        self._partial_numbers = itertools.count()
        self._planning = threading.Lock()  # threads may run at once; what they run is planned by one at a time

    @property
    def graph(self) -> Graph:
        return self._graph

    @property
    def graph_def(self) -> Any:
        shapes = self._config is not None and self._config.graph_options.infer_shapes
        return self._graph.as_graph_def(add_shapes=shapes)

    @property
    def sess_str(self) -> str:
        return self._target

    @property
    def _session(self) -> Any:
        return self._engine

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run what `fetches` need and return their values in the same structure.

        `fetches`: a tensor, operation, variable or name, or lists, tuples, named tuples and dicts of them; an
        operation's value is None. `feed_dict`: values to use for tensors in place of computing them. Raises
        `RuntimeError` if the session is closed, `TypeError` and `ValueError` for fetches and feeds of the wrong kind,
        dtype or shape, and `tf.errors.OpError`s for what goes wrong in an op.
        """
        if self._closed:
            self._refuse()
        graph = self._graph
        if not graph._ops:
            raise RuntimeError("The Session graph is empty.  Add operations to the graph before calling run().")
        feeds = flatten_feeds(graph, feed_dict) if feed_dict else {}
        if fetches.__class__ in _PLAIN and fetches.graph is graph:
            return self._run((fetches,), feeds, options, run_metadata)[0]
        elements, rebuild = flatten_fetches(graph, fetches)
        return rebuild(self._run(tuple(elements), feeds, options, run_metadata))

    def _run(
        self, elements: tuple[Any, ...], feeds: dict[Tensor, Any], options: Any = None, run_metadata: Any = None
    ) -> list[Any]:
        if options is not None or run_metadata is not None or self._timeout:
            return self._run_with(elements, feeds, options, run_metadata)
        plan, engine = self._plan((self._graph.plans_version, elements, tuple(feeds)))
        return engine.run(plan, feeds, elements)

    def _run_with(self, elements: tuple[Any, ...], feeds: dict[Tensor, Any], options: Any, metadata: Any) -> list[Any]:
        """`_run` with a limit to its time, or with notes of what it did in `metadata`, a RunMetadata."""
        noted = metadata is not None and self._to_be_noted(options)
        key = (self._graph.plans_version, elements, tuple(feeds))
        plan, engine = self._plan((*key, "traced") if noted else key)
        limit_ms = (options.timeout_in_ms if options is not None else 0) or self._timeout
        with engine.store.cancellation.within(limit_ms) if limit_ms else contextlib.nullcontext():
            if noted:
                return plan.noted_run(feeds, elements, options, metadata)
            if metadata is not None:
                metadata.Clear()
            return engine.run(plan, feeds, elements)

    def _to_be_noted(self, options: Any) -> bool:
        if options is not None and (options.trace_level or options.output_partition_graphs):
            return True
        return self._config is not None and self._config.graph_options.build_cost_model > 0

    def _plan(self, key: Any) -> tuple[Any, Engine]:
        plan = self._plans.get(key)
        if plan is None:
            with self._planning:
                plan = self._plans.get(key) or self._make_plan(key)
        engine = self._engine
        if engine is None:  # closed by another thread
            raise CancelledError(None, None, "Session has been closed.")
        return plan, engine

    def _make_plan(self, key: Any) -> Any:
        if self._closed:
            raise CancelledError(None, None, "Session has been closed.")
        if self._engine is None:
            self._engine = loading.engine().make(self, self._config)
        version, elements, fed, *traced = key
        for element in elements:
            if not self._graph.is_fetchable(element):
                raise ValueError(f"Operation {element.name!r} has been marked as not fetchable.")
        if self._plans and next(iter(self._plans))[0] != version:
            self._plans.clear()  # the graph has grown: none of them can be asked for again
        make = self._engine.traced_plan if traced else self._engine.plan
        plan = self._plans[key] = make(list(elements), list(fed))
        return plan

    def make_callable(self, fetches: Any, feed_list: Any = None, accept_options: bool = False) -> Callable[..., Any]:
        """A function of the values of `feed_list` that runs `fetches`: `run` with the looking-up done once."""
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError("`feed_list` must be a list or tuple.")
        tensors = [self._graph.as_graph_element(t, allow_operation=False) for t in feed_list or ()]
        elements, rebuild = flatten_fetches(self._graph, fetches)
        frozen = tuple(elements)

        def call(*values: Any, options: Any = None, run_metadata: Any = None) -> Any:
            if self._closed:
                self._refuse()
            if len(values) != len(tensors):
                raise ValueError(f"The callable takes {len(tensors)} values, got {len(values)}.")
            feeds = {t: feed_value(t, v) for t, v in zip(tensors, values)}
            return rebuild(self._run(frozen, feeds, options, run_metadata))

        return call

    def _make_callable_from_options(self, callable_options: Any) -> Callable[..., list[Any]]:
        """A function of values for `callable_options.feed` that gives those of `.fetch`, both lists of names."""
        call = self.make_callable(list(callable_options.fetch), list(callable_options.feed), accept_options=True)
        targets = [self._graph.as_graph_element(name).name for name in callable_options.target]
        if targets:
            raise unbuilt("CallableOptions.target")
        return lambda *values, run_metadata=None: call(
            *values, options=callable_options.run_options, run_metadata=run_metadata
        )

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> str:
        """Begin a run in parts; returns the handle for `partial_run`. `fetches` and `feeds` are those of all parts.

        `TypeError` and `ValueError` for what is not of the graph, `InvalidArgumentError` for no fetch and for a tensor
        fed twice.
        """
        if self._closed:
            self._refuse()
        elements, _ = flatten_fetches(self._graph, fetches)
        tensors = flatten_feed_list(self._graph, feeds or ())
        if not elements:
            raise InvalidArgumentError(None, None, "Must specify at least one target to fetch or execute.")
        twice = next((t for i, t in enumerate(tensors) if t in tensors[:i]), None)
        if twice is not None:
            raise InvalidArgumentError(None, None, f'Endpoint "{twice.name}" fed more than once.')
        _, engine = self._plan((self._graph.plans_version, tuple(elements), tuple(tensors)))
        number = next(self._partial_numbers)
        handle = f"{','.join(t.name for t in tensors)}->{','.join(e.name for e in elements)}//1/;{number}"
        self._partial_runs[handle] = engine.partial_run(elements, tensors)
        return handle

    def partial_run(self, handle: str, fetches: Any, feed_dict: Any = None) -> Any:
        """Go on with a run in parts: feed some more, and fetch what has not been fetched.

        `InvalidArgumentError` for a handle that is over, feeds and fetches that were not set up or come twice, and
        fetches that need what has not been fed; `RuntimeError` for fetching an operation.
        """
        if self._closed:
            self._refuse()
        elements, rebuild = flatten_fetches(self._graph, fetches)
        feeds = flatten_feeds(self._graph, feed_dict) if feed_dict else {}
        started = self._partial_runs.get(handle)
        if started is None:
            raise InvalidArgumentError(None, None, "Must run 'setup' before performing partial runs!")
        values = started.go_on(elements, feeds)
        if started.over:
            del self._partial_runs[handle]
        return rebuild(values)

    def list_devices(self) -> list[_DeviceAttributes]:
        """The devices that this process has."""
        return loading.engine().list_devices(self._config, *servers.home(self._target)[0])

    def close(self) -> None:
        """Let go of the variables' memory; running after that raises `RuntimeError`.

        Runs in other threads that wait for something, a queue's element, raise `CancelledError`.
        """
        self._closed = True
        with self._planning:
            engine, self._engine = self._engine, None
            self._plans.clear()
            self._partial_runs.clear()
        if engine is not None:
            engine.store.cancellation.cancel()

    def _abort(self) -> None:
        """End it because its server has been reset."""
        BaseSession.close(self)
        self._aborted = True

    def _refuse(self) -> NoReturn:
        if self._aborted:
            raise AbortedError(None, None, f"Session was aborted: the server at {self._target!r} has been reset.")
        raise RuntimeError("Attempted to use a closed Session.")

    def as_default(self) -> AbstractContextManager[Any]:
        """Make this the default session inside `with`; it is not closed after it."""
        return stacks.sessions.using(self)


def _check_target(target: str) -> None:
    """That there is a runtime at `target`: the local one, or a server of this process."""
    if servers.known(target):
        return
    if "://" in target:
        raise unbuilt(f"A session on another machine or process (target={target!r})", "Leave `target` empty.")
    raise NotFoundError(
        None,
        None,
        f'No session factory registered for the given session options: {{target: "{target}"}} Registered factories are '
        "{DIRECT_SESSION, GRPC_SESSION}.",
    )


class Session(BaseSession):
    """A session: `with tf.Session() as sess:` makes it and its graph the default and closes it after.

    `target` is the default local runtime, `graph` the default graph unless given, `config` a `tf.ConfigProto`.
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._contexts: list[AbstractContextManager[Any]] = []

    def __enter__(self) -> Session:
        if self._contexts:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a "
                "session multiple times."
            )
        for context in (self._graph.as_default(), self.as_default()):
            context.__enter__()
            self._contexts.append(context)
        return self

    def __exit__(self, *error: Any) -> None:
        while self._contexts:
            self._contexts.pop().__exit__(*error)
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Forget what the sessions on the server at `target` share: variables, queues; their next runs start anew.

        `containers`: the names of those to forget, all if there are none. Sessions without a server share nothing.
        """
        target = target.decode() if isinstance(target, bytes) else target
        if config is not None and config.operation_timeout_in_ms and not servers.known(target):
            raise DeadlineExceededError(None, None, f"There is no server at {target!r}.")
        _check_target(target)
        servers.reset(target, containers)


class InteractiveSession(BaseSession):
    """A session that makes itself the default one when it is made, for a shell or a notebook."""

    _active_session_count = 0

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        if InteractiveSession._active_session_count > 0:
            warnings.warn(
                "An interactive session is already active. This can cause out-of-memory errors in some cases. You must "
                "explicitly call `InteractiveSession.close()` to release resources held by the other session(s).",
                stacklevel=2,
            )
        InteractiveSession._active_session_count += 1
        self._pushed: list[tuple[stacks.DefaultStack[Any], Any]] = [(stacks.sessions, self)]
        if graph is not None:
            self._pushed.append((stacks.graphs, graph))
        for stack, item in self._pushed:
            stack.stack.append(item)

    def close(self) -> None:
        """Close it, and take back its being the default."""
        super().close()
        if self._pushed:
            InteractiveSession._active_session_count -= 1
        for stack, item in self._pushed:
            if item in stack.stack:
                stack.stack.remove(item)
        self._pushed = []
