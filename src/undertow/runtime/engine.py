"""What a session runs with once something runs: its device, its store, and the making and running of plans."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from ..graph.device import DeviceAttributes
from ..graph.operation import Operation, Tensor
from ..kernels.values import to_numpy, to_torch
from . import servers
from .devices import HOST, Placement, accelerator
from .lower import Lowering
from .memory import keep_freed_memory
from .partial import PartialRun
from .plan import Plan
from .store import Store
from .tracing import Recorder

if TYPE_CHECKING:
    from .captured import Captures
    from .noted_run import TracedPlan

_LOG = logging.getLogger("undertow")


class Engine:
    """The torch side of one session."""

    def __init__(self, session: Any, config: Any) -> None:
        self.session = session
        self.log_placement = bool(config is not None and config.log_device_placement)
        self.placement = Placement(self._device(config))
        self.captures: Captures | None = None
        if self.placement.main.type == "cuda":
            from .captured import Captures  # who has no GPU need not wait for it
            from .cuda import settle

            settle()
            self.captures = Captures(self.placement)
        else:
            _LOG.info("Sessions run on %s: no run is captured as a CUDA graph", self.placement.main.type)
        if self.placement.main is HOST:
            keep_freed_memory()
        self.jit = config is not None and config.graph_options.optimizer_options.global_jit_level > 0
        if self.jit and self.captures is not None:
            _LOG.warning("global_jit_level: runs on a GPU are captured as CUDA graphs, and not compiled.")
        isolated = config is not None and config.isolate_session_state
        target = session.sess_str
        self.store = Store(None) if isolated else Store(servers.shared(target), servers.home(target))

    def _device(self, config: Any) -> torch.device:
        found = accelerator()
        if config is None:
            return found or HOST
        if config.intra_op_parallelism_threads > 0:
            torch.set_num_threads(config.intra_op_parallelism_threads)
        no_gpu = "GPU" in config.device_count and config.device_count["GPU"] == 0
        if found is None or no_gpu:
            return HOST
        fraction = config.gpu_options.per_process_gpu_memory_fraction
        if found.type == "cuda" and 0 < fraction <= 1:
            torch.cuda.set_per_process_memory_fraction(fraction)
        visible = config.gpu_options.visible_device_list
        if found.type == "cuda" and visible:
            return torch.device("cuda", int(visible.split(",")[0]))
        return found

    def plan(self, fetches: list[Tensor | Operation], feeds: list[Tensor], recorder: Recorder | None = None) -> Plan:
        """The plan for these fetches when these tensors are fed, its steps noted by `recorder` if there is one."""
        lowering = Lowering(fetches, feeds, self.store, self.placement, self.session, recorder=recorder)
        plan = lowering.plan(jit=self.jit and recorder is None and self.captures is None)
        if self.captures is not None and recorder is None:
            plan.captured = self.captures.of(plan, feeds, ", ".join(f.name for f in fetches[:3]))
        if self.log_placement:
            for op in dict.fromkeys(step.op for step in plan.steps):
                print(f"{op.name}: ({op.type}): {self.device_name(op)}", file=sys.stderr)
        return plan

    def traced_plan(self, fetches: list[Tensor | Operation], feeds: list[Tensor]) -> TracedPlan:
        """A plan that notes what it does."""
        from .noted_run import TracedPlan  # with its protocol buffers, for the few runs that want them

        return TracedPlan(self, fetches, feeds)

    def partial_run(self, fetches: list[Tensor | Operation], feeds: list[Tensor]) -> PartialRun:
        """A run in parts."""
        plan = Lowering(fetches, feeds, self.store, self.placement, self.session).plan(in_parts=True)
        return PartialRun(plan, fetches, feeds, self.placement)

    def device_name(self, op: Operation) -> str:
        """The full name of the device that an op runs on."""
        return device_name(self.placement.device(op))

    def run(self, plan: Plan, feeds: dict[Tensor, Any], elements: tuple[Any, ...]) -> list[Any]:
        """Run a plan on arrays, giving arrays."""
        fed = [to_torch(array) for array in feeds.values()]
        if plan.captured is not None:
            values = plan.captured.run(fed)
        elif self.placement.main is HOST:
            values = plan.run(fed)
        else:
            values = plan.run([self.placement.feed(t, value) for t, value in zip(feeds, fed)])
        plan.check_alive(values)
        return [
            None if fetch is None
            else feeds[element].copy()[()] if element in feeds
            else to_numpy(value, fetch.shared)
            for element, fetch, value in zip(elements, plan.fetches, values)
        ]  # fmt: skip


make: Callable[[Any, Any], Engine] = Engine  # what sessions make theirs by; a profile puts its own here


def device_name(device: torch.device) -> str:
    kind = "CPU" if device.type == "cpu" else "GPU"
    return f"/job:localhost/replica:0/task:0/device:{kind}:{device.index or 0}"


_INCARNATION = secrets.randbits(63) | 1  # tells the devices of this process from those of another


def list_devices(config: Any = None, job: str = "localhost", task: int = 0) -> list[DeviceAttributes]:
    """The host, as often as `config.device_count` says, and the accelerators there are."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    wanted = dict(config.device_count) if config is not None else {}
    memory = [("CPU", pages)] * wanted.get("CPU", 1)
    count = min(torch.cuda.device_count(), wanted.get("GPU", torch.cuda.device_count()))
    memory += [("GPU", torch.cuda.get_device_properties(i).total_memory) for i in range(count)]
    found: list[DeviceAttributes] = []
    for kind, size in memory:
        index = sum(device.device_type == kind for device in found)
        name = f"/job:{job}/replica:0/task:{task}/device:{kind}:{index}"
        found.append(DeviceAttributes(name, kind, size, _INCARNATION + len(found)))
    return found


def describe_device(device: DeviceAttributes) -> str:
    """What a GPU is, as TensorFlow words it; nothing for the host."""
    if device.device_type != "GPU":
        return ""
    index = int(device.name.rpartition(":")[2])
    major, minor = torch.cuda.get_device_capability(index)
    return f"device: {index}, name: {torch.cuda.get_device_name(index)}, compute capability: {major}.{minor}"
