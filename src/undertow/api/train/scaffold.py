"""`tf.train.Scaffold`: the ops that a training needs beside its own, made where the program gives none.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Scaffold
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import stacks
from ...graph.keys import GraphKeys
from ...ops import summary
from ...ops.control_flow import group
from .. import variables
from .saver import Saver


class Scaffold:
    """Initializers, readiness checks, summaries and a saver, each given or else made by `finalize`.

    What is made is collected in the graph (`init_op`, `ready_op`, …) and found there again. `copy_from_scaffold` gives
    what is not given. `finalize` makes the graph read-only.
    """

    def __init__(
        self,
        init_op: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable[..., Any] | None = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        local_init_op: Any = None,
        summary_op: Any = None,
        saver: Any = None,
        copy_from_scaffold: Scaffold | None = None,
        local_init_feed_dict: Any = None,
    ) -> None:
        other = copy_from_scaffold
        if other is not None and not isinstance(other, Scaffold):
            raise TypeError("copy_from_scaffold is not a Scaffold instance.")

        def chosen(name: str, value: Any) -> Any:
            return value if value is not None or other is None else getattr(other, f"_{name}")

        self._init_op = chosen("init_op", init_op)
        self._init_feed_dict = chosen("init_feed_dict", init_feed_dict)
        self._user_init_fn = chosen("user_init_fn", init_fn)
        self._ready_op = chosen("ready_op", ready_op)
        self._ready_for_local_init_op = chosen("ready_for_local_init_op", ready_for_local_init_op)
        self._local_init_op = chosen("local_init_op", local_init_op)
        self._local_init_feed_dict = chosen("local_init_feed_dict", local_init_feed_dict)
        self._summary_op = chosen("summary_op", summary_op)
        self._saver = chosen("saver", saver)

    def finalize(self) -> Scaffold:
        """Make what is missing, and the graph read-only."""
        if self._init_op is None:
            self._init_op = self.get_or_default(
                "init_op", GraphKeys.INIT_OP, lambda: group(variables.global_variables_initializer())
            )
        if self._ready_op is None:
            self._ready_op = self.get_or_default(
                "ready_op", GraphKeys.READY_OP, variables.report_uninitialized_variables
            )
        if self._ready_for_local_init_op is None:
            self._ready_for_local_init_op = self.get_or_default(
                "ready_for_local_init_op",
                GraphKeys.READY_FOR_LOCAL_INIT_OP,
                lambda: variables.report_uninitialized_variables(variables.global_variables()),
            )
        if self._local_init_op is None:
            self._local_init_op = self.get_or_default(
                "local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op
            )
        if self._summary_op is None:
            self._summary_op = self.get_or_default("summary_op", GraphKeys.SUMMARY_OP, summary.merge_all)
        if self._saver is None:
            self._saver = _get_saver_or_default()
        self._saver.build()
        stacks.get_default_graph().finalize()
        return self

    @property
    def init_fn(self) -> Callable[[Any], Any] | None:
        function = self._user_init_fn
        return None if function is None else lambda session: function(self, session)

    @property
    def init_op(self) -> Any:
        return self._init_op

    @property
    def ready_op(self) -> Any:
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        return self._ready_for_local_init_op

    @property
    def local_init_op(self) -> Any:
        return self._local_init_op

    @property
    def local_init_feed_dict(self) -> Any:
        return self._local_init_feed_dict

    @property
    def summary_op(self) -> Any:
        return self._summary_op

    @property
    def saver(self) -> Any:
        return self._saver

    @property
    def init_feed_dict(self) -> Any:
        return self._init_feed_dict

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str, default_constructor: Callable[[], Any]) -> Any:
        """The one item of a collection, else a new one put there; `RuntimeError` if there are several."""
        graph = stacks.get_default_graph()
        found = graph.get_collection(collection_key)
        if len(found) > 1:
            raise RuntimeError(
                f'More than one item in the collection "{collection_key}". Please indicate which one to use by passing '
                f"it to the tf.Scaffold constructor by:  tf.Scaffold({arg_name}=item to use)"
            )
        if found:
            return found[0]
        made = default_constructor()
        if made is not None:
            graph.add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Any:
        """An op that initializes local variables and tables."""
        tables = stacks.get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS)
        return group(variables.local_variables_initializer(), *tables)


def _get_saver_or_default() -> Any:
    graph = stacks.get_default_graph()
    savers = graph.get_collection(GraphKeys.SAVERS)
    if len(savers) > 1:
        raise RuntimeError(
            'More than one item in collection "savers". Please indicate which one to use by passing it to the '
            "constructor."
        )
    if savers:
        return savers[0]
    saver = Saver(sharded=True, allow_empty=True)
    graph.add_to_collection(GraphKeys.SAVERS, saver)
    return saver
