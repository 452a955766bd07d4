"""Where the time and the memory of a whole program's runs go, op by op."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..graph.operation import Operation, Tensor
from . import engine
from .engine import Engine
from .noted_run import TracedPlan
from .run_metadata import step_stats
from .timeline import Timeline
from .tracing import Record


@dataclass
class Cost:
    """What one op, or all ops of a type, took: calls, nanoseconds, bytes of memory made."""

    count: int = 0
    elapsed: int = 0
    allocated: int = 0

    def add(self, record: Record) -> None:
        self.count += 1
        self.elapsed += record.end - record.start - record.inside
        self.allocated += sum(o.allocated for o in record.outputs)


@dataclass
class Profile:
    """What the sessions of this process have run since `start`."""

    runs: int = 0
    elapsed: int = 0  # nanoseconds in `Session.run`, from fed arrays to fetched ones
    by_type: dict[str, Cost] = field(default_factory=dict)
    by_op: dict[str, Cost] = field(default_factory=dict)
    _of_plans: dict[int, int] = field(default_factory=dict)  # by a plan's number: nanoseconds
    _longest: int = 0  # the plan that took most of them
    _records: list[Record] = field(default_factory=list)  # its last run

    def add(self, plan: TracedPlan, elapsed: int, records: list[Record]) -> None:
        """Count a run."""
        self.runs += 1
        self.elapsed += elapsed
        total = self._of_plans[plan.number] = self._of_plans.get(plan.number, 0) + elapsed
        if total >= self._of_plans.get(self._longest, 0):
            self._longest, self._records = plan.number, records
        for record in records:
            self.by_type.setdefault(record.type, Cost()).add(record)
            self.by_op.setdefault(record.name, Cost()).add(record)

    def timeline(self) -> str:
        """A run of what took most of the time, in Chrome's trace format."""
        return Timeline(step_stats(self._records)).generate_chrome_trace_format()


class _ProfilingEngine(Engine):
    """An engine whose plans are all traced ones."""

    profile: Profile

    def plan(self, fetches: list[Tensor | Operation], feeds: list[Tensor], recorder: Any = None) -> Any:
        return super().plan(fetches, feeds, recorder) if recorder else TracedPlan(self, fetches, feeds)

    def run(self, plan: Any, feeds: dict[Tensor, Any], elements: tuple[Any, ...]) -> list[Any]:
        if not isinstance(plan, TracedPlan):
            return super().run(plan, feeds, elements)
        start = time.perf_counter_ns()
        values, records = plan.run(feeds, elements)
        self.profile.add(plan, time.perf_counter_ns() - start, records)
        return values


def start() -> Profile:
    """Let the sessions made from now on be profiled; returns what they will have run."""
    profile = Profile()
    made: Callable[[Any, Any], Engine] = type("ProfilingEngine", (_ProfilingEngine,), {"profile": profile})
    engine.make = made
    return profile
