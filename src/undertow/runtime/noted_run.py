"""A run that fills a `tf.RunMetadata`, or that a profile is made of: its plan is a traced one."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import torch
from tensorboard.compat.proto.config_pb2 import RunMetadata

from ..graph.operation import Operation, Tensor
from . import run_metadata
from .devices import HOST
from .order import needed
from .tracing import Output, Record, Recorder, describe, input_names

if TYPE_CHECKING:
    from .engine import Engine


_numbers = itertools.count(1)


class TracedPlan:
    """A plan that notes what it does."""

    def __init__(self, engine: Engine, fetches: list[Tensor | Operation], feeds: list[Tensor]) -> None:
        self.engine, self.fetches, self.feeds = engine, fetches, feeds
        synchronize = None if engine.placement.main is HOST else torch.accelerator.synchronize
        self.recorder = Recorder(self.device, synchronize)
        self.ops = sorted(needed(fetches, set(feeds)), key=lambda op: op._id)
        self.plan = engine.plan(fetches, feeds, self.recorder)
        self.runs = 0
        self.number = next(_numbers)

    def device(self, op: Operation) -> str:
        """The name of the device that an op runs on."""
        return self.engine.device_name(op)

    def run(self, feeds: dict[Tensor, Any], elements: tuple[Any, ...]) -> tuple[list[Any], list[Record]]:
        """Run it; returns the fetched arrays, and what was noted."""
        self.recorder.begin()
        values = self.engine.run(self.plan, feeds, elements)
        self.runs += 1
        return values, self.recorder.taken()

    def noted_run(
        self, feeds: dict[Tensor, Any], elements: tuple[Any, ...], options: Any, metadata: RunMetadata
    ) -> list[Any]:
        """Run it, filling `metadata` with what `options`, a RunOptions or None, ask for; returns the arrays."""
        values, records = self.run(feeds, elements)
        records = self.whole(records, feeds)
        found = RunMetadata()
        if options is not None and options.trace_level:
            found.step_stats.CopyFrom(run_metadata.step_stats(records))
        if options is not None and options.output_partition_graphs:
            found.partition_graphs.append(run_metadata.partition_graph(self.ops, self.device))
        config = self.engine.session._config
        wanted = config.graph_options if config is not None else None
        if wanted is not None and wanted.build_cost_model and self.runs == _steps_before(wanted):
            found.cost_graph.CopyFrom(run_metadata.cost_graph(self.ops, records, self.device))
        metadata.ParseFromString(found.SerializeToString())
        return values

    def whole(self, records: list[Record], feeds: dict[Tensor, Any]) -> list[Record]:
        """The records with those of the ops that no step is needed for: constants, variables, feeds, fetches."""
        begin = min((r.start for r in records), default=self.recorder.now()) - 1000
        end = max((r.end for r in records), default=begin)
        noted = {r.name for r in records}
        still: list[Record] = []

        def add(name: str, kind: str, of: str, op: Operation, at: int, outputs: tuple[Output | None, ...]) -> None:
            given = tuple(o._replace(allocated=0) for o in outputs if o is not None)
            still.append(Record(name, kind, f"{name} = {kind}({of})", self.device(op), 0, at, at, 0, given))

        for i, (tensor, value) in enumerate(feeds.items()):
            add(f"_arg_{tensor.op.name}_{tensor.value_index}_{i}", "_Arg", "", tensor.op, begin, (describe(value),))
        for op in self.ops:
            if op.name not in noted and op.type != "Placeholder":
                add(op.name, op.type, ", ".join(input_names(op)), op, begin, (self._kept(op),))
        for i, fetch in enumerate(t for t in self.fetches if isinstance(t, Tensor)):
            source = fetch._as_node_def_input()
            add(f"_retval_{fetch.op.name}_{fetch.value_index}_{i}", "_Retval", source, fetch.op, end, ())
        return [*still, *records]

    def _kept(self, op: Operation) -> Output | None:
        """What an op that is no step stands for."""
        if op.type == "Const":
            return describe(op.attrs["value"])
        return describe(self.engine.store.cells.get(self.engine.store.key(op)))


def _steps_before(wanted: Any) -> int:
    """At which run of a plan a GraphOptions asks for its costs."""
    return wanted.build_cost_model_after + wanted.build_cost_model
