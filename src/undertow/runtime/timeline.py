"""`tensorflow.python.client.timeline`: what a run noted, as JSON that `chrome://tracing` and Perfetto show.

Source: the Trace Event Format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

_LABEL = re.compile(r"(?P<name>.*) = (?P<op>.*)\((?P<inputs>.*)\)", re.DOTALL)


class AllocationMaximum(NamedTuple):
    """The most memory that an allocator gave at once: when, how much, and for which tensors."""

    timestamp: int
    num_bytes: int
    tensors: set[str]


class StepStatsAnalysis(NamedTuple):
    """A trace, and for each allocator its `AllocationMaximum`."""

    chrome_trace: ChromeTrace
    allocator_maximums: dict[str, AllocationMaximum]


class ChromeTrace:
    """The events of a trace: those that name processes, then all others in the order of being added."""

    def __init__(self) -> None:
        self._metadata: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []

    def name_process(self, pid: int, name: str) -> None:
        self._metadata.append({"name": "process_name", "ph": "M", "pid": pid, "args": {"name": name}})

    def add(self, phase: str, category: str, name: str, pid: int, tid: int, ts: int, **more: Any) -> None:
        self._events.append({"ph": phase, "cat": category, "name": name, "pid": pid, "tid": tid, "ts": ts, **more})

    def format_to_string(self, pretty: bool = False) -> str:
        """The trace as JSON."""
        trace = {"traceEvents": self._metadata + self._events}
        return json.dumps(trace, indent=4) if pretty else json.dumps(trace, separators=(",", ":"))


class _Tensor:
    """A tensor of the trace: who made it, and when it was read last."""

    def __init__(self, number: int, stats: Any, allocator: str, num_bytes: int, pid: int) -> None:
        self.number, self.stats, self.allocator, self.num_bytes, self.pid = number, stats, allocator, num_bytes, pid
        self.name = stats.node_name
        self.made = stats.all_start_micros
        self.ready = stats.all_start_micros + stats.all_end_rel_micros
        self.last_read = self.ready
        self.place = (0, 0)  # the process and thread of the op that makes it


class Timeline:
    """The ops of one run over time.

    `step_stats`: the `step_stats` of a RunMetadata; `graph` is not looked at.
    """

    def __init__(self, step_stats: Any, graph: Any = None) -> None:
        self._step_stats = step_stats

    def generate_chrome_trace_format(self, show_dataflow: bool = True, show_memory: bool = False) -> str:
        """The run as JSON in Chrome's trace format.

        `show_dataflow`: arrows from an op to those in other lanes that read what it gives; `show_memory`: the tensors'
        sizes and lives.
        """
        return self.analyze_step_stats(show_dataflow, show_memory).chrome_trace.format_to_string(pretty=True)

    def analyze_step_stats(self, show_dataflow: bool = True, show_memory: bool = True) -> StepStatsAnalysis:
        """The trace, and the most memory that each allocator gave."""
        trace = ChromeTrace()
        trace.name_process(0, "Allocators")
        devices = list(self._step_stats.dev_stats)
        for i, device in enumerate(devices):
            trace.name_process(2 * i + 1, f"{device.device} Compute")
            trace.name_process(2 * i + 2, f"{device.device} Tensors")
        tensors = self._tensors(devices)
        for i, device in enumerate(devices):
            self._add_ops(trace, device, 2 * i + 1, tensors, show_dataflow)
        if show_memory:
            _add_lives(trace, tensors)
        return StepStatsAnalysis(trace, _maximums(trace, tensors, show_memory))

    def _tensors(self, devices: list[Any]) -> dict[str, _Tensor]:
        found: dict[str, _Tensor] = {}
        for i, device in enumerate(devices):
            for stats in device.node_stats:
                if not stats.output or stats.node_name in found:
                    continue
                description = stats.output[0].tensor_description.allocation_description
                allocated = [o.tensor_description.allocation_description.requested_bytes for o in stats.output]
                tensor = _Tensor(len(found), stats, description.allocator_name, sum(allocated), 2 * i + 2)
                found[stats.node_name] = tensor
        return found

    def _add_ops(
        self, trace: ChromeTrace, device: Any, pid: int, tensors: dict[str, _Tensor], show_dataflow: bool
    ) -> None:
        lanes: list[int] = []  # when the last op of each ends
        for stats in sorted(device.node_stats, key=lambda s: (s.all_start_micros, -s.all_end_rel_micros)):
            start, elapsed = stats.all_start_micros, stats.all_end_rel_micros
            lane = next((i for i, end in enumerate(lanes) if end <= start), len(lanes))
            lanes[lane : lane + 1] = [start + elapsed]
            label = _LABEL.fullmatch(stats.timeline_label)
            op = label["op"] if label else "unknown"
            inputs = label["inputs"].split(", ") if label and label["inputs"] else []
            arguments = {"name": stats.node_name, "op": op}
            arguments.update((f"input{i}", name) for i, name in enumerate(inputs))
            trace.add("X", "Op", op, pid, lane, start, dur=elapsed, args=arguments)
            if stats.node_name in tensors and tensors[stats.node_name].stats is stats:
                tensors[stats.node_name].place = (pid, lane)
            for name in inputs:
                tensor = tensors.get(name.split(":")[0])
                if tensor is None:
                    continue
                tensor.last_read = max(tensor.last_read, start + elapsed)
                if show_dataflow and tensor.place not in ((0, 0), (pid, lane)):
                    trace.add("s", "DataFlow", tensor.name, *tensor.place, tensor.ready, id=tensor.number)
                    trace.add("t", "DataFlow", tensor.name, pid, lane, start, id=tensor.number)


def _add_lives(trace: ChromeTrace, tensors: dict[str, _Tensor]) -> None:
    for tensor in tensors.values():
        shown = str(tensor.stats.output[0].tensor_description).replace('"', "")
        snapshot = {"snapshot": {"tensor_description": shown}}
        trace.add("N", "Tensor", tensor.name, tensor.pid, 0, tensor.made, id=tensor.number)
        trace.add("O", "Tensor", tensor.name, tensor.pid, 0, tensor.ready, id=tensor.number, args=snapshot)
    for tensor in tensors.values():
        trace.add("D", "Tensor", tensor.name, tensor.pid, 0, tensor.last_read, id=tensor.number)


def _maximums(trace: ChromeTrace, tensors: dict[str, _Tensor], show: bool) -> dict[str, AllocationMaximum]:
    """The most that each allocator gave at once; the trace is told of every change if it is to show them."""
    changes: dict[str, list[tuple[int, int, str]]] = {}
    for tensor in tensors.values():
        change = changes.setdefault(tensor.allocator, [])
        change.append((tensor.made, tensor.num_bytes, tensor.name))
        change.append((tensor.last_read, -tensor.num_bytes, tensor.name))
    maximums = {}
    for allocator, change in changes.items():
        change.sort(key=lambda c: c[0])
        total, live, most = 0, set(), AllocationMaximum(0, 0, set())
        for time, size, name in change:
            total += size
            if size > 0:
                live.add(name)
            else:
                live.discard(name)
            if total > most.num_bytes:
                most = AllocationMaximum(time, total, set(live))
            if show:
                trace.add("C", "Memory", allocator, 0, 0, time, args={allocator: total})
        maximums[allocator] = most
    return maximums
