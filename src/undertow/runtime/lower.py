"""From a graph to a plan: order, kernels bound to attrs, variables' cells, gradient regions, then the passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch

from ..graph.dtypes import resource, spelled
from ..graph.errors import InvalidArgumentError, unbuilt
from ..graph.function import Function
from ..graph.operation import Operation, Tensor
from ..kernels.registry import load
from ..kernels.values import to_torch, torch_dtype
from ..ops.gradient_registry import is_custom
from ..ops.handles import value_dtype
from . import autograd, passes
from .aliasing import is_shared, reads_to_copy
from .autograd import GradientNode, Watched
from .calls import bound, giving
from .devices import HOST, Placement
from .loops import ENTERS, EXITS, Loop, Parts, Rounds, invariant_reads
from .order import FetchRead, Order, Task, arrange, reference_inputs, sources, variable_of
from .own_gradients import with_own_gradient
from .passes.draft import Draft
from .plan import Fetch, Plan, Step
from .store import Store
from .tracing import Recorder

VARIABLES = {"VariableV2", "Variable", "VarHandleOp"}
CONTROL_ONLY = {"NoOp", "ControlTrigger"}
PLANNED = {"Const", "Placeholder", "ReadVariableOp", "SymbolicGradient", *CONTROL_ONLY, *VARIABLES}  # need no kernel
BRANCHES = {"Switch", "RefSwitch"}
JOINS = {"Merge", "RefMerge"}


class Context:
    """What a kernel may need beside its inputs: its op, the device it runs on, what it keeps in this session.

    `resources` are what ops of the session share, `cancellation` is what to wait with.
    """

    __slots__ = ("_store", "cancellation", "device", "op", "resources", "session", "state")

    def __init__(self, op: Operation, device: torch.device, store: Store, session: Any) -> None:
        self.op = op
        self.device = device
        self.state = store.state(op)
        self.resources = store.resources
        self.cancellation = store.cancellation
        self.session = session
        self._store = store

    @property
    def kept(self) -> tuple[dict[str, Any], Iterator[int]]:
        """The tensors that handles stand for, by the handles' names, and numbers for new ones."""
        return self._store.kept, self._store.kept_numbers

    def function(self, function: Function) -> Callable[[Sequence[Any]], list[Any]]:
        """What runs a function that is an attr of the op, on the host: its arguments' values to its outputs'.

        One that draws numbers of its own starts anew with each call of this.
        """
        made = self.state.setdefault("functions", {})
        if function in made:
            return made[function]
        store = self._store.beside() if function.draws else self._store
        fetches: list[Tensor | Operation] = [*function.outputs, *function.effects]
        lowering = Lowering(fetches, function.inputs, store, Placement(HOST), self.session)
        run: Callable[[Sequence[Any]], list[Any]] = lowering.plan().run
        if function.effects:
            count, whole = len(function.outputs), run
            run = lambda values: whole(values)[:count]  # noqa: E731 - what is run for its effect gives nothing
        if not function.draws:
            made[function] = run
        return run


class Lowering:
    """One graph, one set of fetches and feeds, on its way to becoming a plan."""

    def __init__(
        self,
        fetches: Sequence[Tensor | Operation],
        feeds: Sequence[Tensor],
        store: Store,
        placement: Placement,
        session: Any,
        loop: Loop | None = None,
        outer: Lowering | None = None,
        recorder: Recorder | None = None,
        recorded: Iterable[Operation] = (),
    ) -> None:
        self.fetches, self.feeds = list(fetches), list(feeds)
        self.fed = set(feeds)
        self.store, self.placement, self.session = store, placement, session
        self.loop, self.outer = loop, outer  # for a part of a loop: which one, and the lowering that it is part of
        self.recorder: Recorder | None = recorder if outer is None else outer.recorder  # for a traced run
        self.recorded: set[Operation] = set(recorded)  # what gradients go through
        self.steps: list[Step] = []
        self.constants: dict[int, Any] = {}
        self.slots: dict[Tensor, int] = {}
        self.recorded_slots: dict[Tensor, int] = {}  # where a recorded step finds a tensor, if elsewhere
        self.fetched_slots: dict[Tensor, int] = {}  # the values of variables that were fetched by reference
        self.control_slots: dict[Operation, int] = {}  # the slots that tell whether an op of a branch ran
        self.moves: dict[Any, int] = {}  # the slot of what was brought to a device: of which slot, to which, recorded
        self.reads: dict[Any, int] = {}  # the slot of what is read by handle: of which slot, after how many writes
        self.size = 0
        for tensor in feeds:
            self.slots[tensor] = self.new_slot()

    def new_slot(self) -> int:
        self.size += 1
        return self.size - 1

    def plan(self, in_parts: bool = False, jit: bool = False) -> Plan:
        """The plan; one that runs in parts keeps its steps apart."""
        if self.loop is None or self.outer is None:
            self.order: Order = arrange(self.fetches, self.fed)
        else:
            self.order = arrange(self.fetches, self.fed, self.loop.frame, self.outer.order.frames)
        self.depths = self._branch_depths()
        ops = [t for t in self.order.tasks if isinstance(t, Operation)]
        in_loops = [op for t in self.order.tasks if isinstance(t, Loop) for op in t.ops]
        self.kernels = load({op.type for op in (*ops, *in_loops)} - PLANNED)
        self.gradients = {op: GradientNode.of(op) for op in ops if op.type == "SymbolicGradient"}
        inside = [GradientNode.of(op) for op in in_loops if op.type == "SymbolicGradient"]
        taken = [*self.gradients.values(), *inside]
        self.recorded.update(*(g.region for g in taken))
        if self.outer is not None:
            self.recorded |= self.outer.recorded
        self.leaves = {t for g in taken for t in g.origins}
        self.switches: dict[Tensor, list[bool]] = {t: [False] for g in self.gradients.values() for t in g.stops}
        self.copied = reads_to_copy(self)
        for tensor in self.feeds:
            self._prepare_for_gradients(tensor, None)
        for task in self.order.tasks:
            self._lower(task)
        fetches = [self._fetch(f) for f in self.fetches]
        if not in_parts:
            draft = Draft(self.steps, {f.slot for f in fetches if f}, self.constants, self.new_slot)
            passes.apply(draft)
            if jit:
                from .compiled import in_regions  # few ask for it

                in_regions(draft)
        if self.recorder is not None:
            self.steps = [self.recorder.wrapped(step) for step in self.steps]
        return Plan(self.steps, self.constants, self.size, [self.slots[t] for t in self.feeds], fetches)

    # Steps

    def _lower(self, task: Task) -> None:
        if isinstance(task, FetchRead):
            self.fetched_slots[task.tensor] = self._read(task, task.tensor, task.tensor.op)
            return
        if isinstance(task, Loop):
            self._loop(task)
            return
        op: Operation = task
        if op.type == "Const":
            self._constant(op)
        elif op.type in VARIABLES:
            out = op.outputs[0]
            cell = self.store.cell(op, torch_dtype(value_dtype(out)), self.placement.storage(op))
            self.constants[self._output(out)] = cell
        elif op.type in CONTROL_ONLY:
            self._control_only(op)
        elif op.type == "ReadVariableOp":
            self._read_by_handle(op)
        elif op in self.gradients:
            self._gradient(self.gradients[op])
        elif op.type == "Placeholder":
            self._unfed(op)
        else:
            self._kernel(op)
        for tensor in op.outputs:
            self._prepare_for_gradients(tensor, op)

    def _output(self, tensor: Tensor) -> int:
        """The slot that an op's output goes to; a fed output goes nowhere."""
        if tensor in self.fed:
            return self.new_slot()
        slot = self.slots[tensor] = self.new_slot()
        return slot

    def _constant(self, op: Operation) -> None:
        value = to_torch(op.attrs["value"])
        value = self.placement.constant(op, value)
        slot = self._output(op.outputs[0])
        alive = self._alive(op)
        if alive is None:
            self.constants[slot] = value
        else:  # a constant in a branch tells by its slot whether the branch was taken
            self.steps.append(Step(op, "Const", lambda: value, [], [slot], alive=alive))

    def _control_only(self, op: Operation) -> None:
        alive = self._alive(op)
        if alive is not None:
            slot = self.control_slots[op] = self.new_slot()
            self.steps.append(Step(op, "NoOp", lambda: None, [], [slot], alive=alive))

    def _unfed(self, op: Operation) -> None:
        dtype, shape = op.attrs["dtype"].name, op.outputs[0].shape
        message = f"You must feed a value for placeholder tensor '{op.name}' with dtype {spelled(dtype)}"
        if shape._dims:
            message += f" and shape [{','.join('?' if d is None else str(d) for d in shape._dims)}]"

        def fail() -> Any:
            raise InvalidArgumentError(None, op, message)

        self.steps.append(Step(op, "Placeholder", fail, [], [self._output(op.outputs[0])], alive=self._alive(op)))

    def _kernel(self, op: Operation) -> None:
        kernel = self.kernels.get(op.type)
        if kernel is None:
            raise unbuilt(f"The op {op.type} (node {op.name!r})")
        recorded = op in self.recorded
        inputs = []
        for tensor, by_reference in zip(op.inputs, reference_inputs(op)):
            brought_in = self.loop is not None and tensor.op.type == "RefEnter"  # into the loop, as the cell it is
            if tensor.dtype._is_ref_dtype and not by_reference and (brought_in or tensor not in self.fed):
                inputs.append(self._read(op, tensor, op))
            elif (op, tensor) in self.order.late and not (recorded and tensor in self.leaves):
                inputs.append(self._read(op, self.order.late[op, tensor], op))
            else:
                inputs.append(self._slot(tensor, recorded))
        inputs = self.placement.moved(self, op, kernel, inputs)
        outputs = [self._output(t) for t in op.outputs]
        context = Context(op, self.placement.device(op), self.store, self.session) if kernel.context else None
        call = bound(op, kernel, context)
        alive, kind = self._alive(op), op.type
        if recorded and is_custom(op):  # outside of branches and loops the graph has its gradient instead
            call, inputs = with_own_gradient(self, op, call, inputs)
            kind = "own gradient"
        if not outputs:
            slot = self.control_slots[op] = self.new_slot()
            outputs = [slot]
        self.steps.append(Step(op, kind, call, inputs, outputs, recorded, op.attrs, alive))

    def _loop(self, loop: Loop) -> None:
        """A loop: a step that runs the condition's plan and the body's in turn."""
        parts = Parts.of(loop)
        written = {v for v, writers in self.order.writers.items() if loop in writers}
        reads = [op for op in invariant_reads(loop, parts, self.kernels) if variable_of(op.inputs[0]) not in written]
        invariants = [op.outputs[0] for op in (*parts.invariants, *reads)]

        def part(fetches: list[Tensor], variables: list[Tensor]) -> Plan:
            feeds = [*variables, *invariants]
            return Lowering(fetches, feeds, self.store, self.placement, self.session, loop, self).plan()

        merges = [m.outputs[0] for m in parts.merges]
        condition = part([parts.pred], merges)
        body = part(parts.nexts, [m if b is None else b for m, b in zip(merges, parts.in_body)])
        recorded = not self.recorded.isdisjoint(loop.ops)
        entering = [*parts.starts, *(e.inputs[0] for e in parts.invariants)]
        slots = [self.placement.carried(self, loop.ops[0], t, self._slot(t, recorded)) for t in entering]
        slots += [self._read_for_loop(loop, op) for op in reads]
        parts.invariants += reads
        outputs = [self.new_slot() if t is None else self._output(t) for t in parts.at_exit]
        call = giving(len(outputs), Rounds(condition, body, len(merges), self.store.cancellation.check))
        attrs = {"parts": parts, "condition": condition, "body": body, "device": self.placement.main}
        self.steps.append(Step(loop.ops[0], "While", call, slots, outputs, attrs=attrs, alive=self._alive(loop)))

    def _slot(self, tensor: Tensor, recorded: bool) -> int:
        if recorded and tensor in self.recorded_slots:
            return self.recorded_slots[tensor]
        return self.slots[tensor]

    def _read(self, task: Task, tensor: Tensor, op: Operation) -> int:
        """The value of a variable, as its storage or, where someone still needs it after a write, a copy."""
        slot = self.new_slot()
        copied = (task, tensor) in self.copied
        call = _copy_cell if copied else _read_cell
        alive = None if isinstance(task, FetchRead) else self._alive(op)
        if alive is None and tensor not in self.fed:
            alive = self._alive(tensor.op)  # a Merge reads what an Assign in the branch not taken did not give
        self.steps.append(Step(op, "read", call, [self.slots[tensor]], [slot], alive=alive))
        return slot

    def _read_by_handle(self, op: Operation) -> None:
        """A ReadVariableOp: as `_read`. Reads that give the same are one step, unless they are recorded."""
        (handle,), (value,) = op.inputs, op.outputs
        recorded, copied, alive = op in self.recorded, (op, handle) in self.copied, self._alive(op)
        source = self._slot(handle, recorded)
        self.placement.note_read(op)
        writers = self.order.writers.get(variable_of(handle), ())
        version = sum(self.order.position[w] < self.order.position[op] for w in writers)
        alike = (source, version) if not recorded and not copied and alive is None and value not in self.fed else None
        if alike in self.reads:
            self.slots[value] = self.reads[alike]
            return
        slot, call = self._output(value), _copy_cell if copied else _read_cell
        self.steps.append(Step(op, "read", call, [source], [slot], recorded, alive=alive))
        if alike is not None:
            self.reads[alike] = slot

    def _read_for_loop(self, loop: Loop, op: Operation) -> int:
        """The value that a ReadVariableOp inside gives all through the loop, read in front of it."""
        (handle,), slot = op.inputs, self.new_slot()
        call = _copy_cell if (loop, variable_of(handle)) in self.copied else _read_cell
        recorded = op in self.recorded
        source = self._slot(handle.op.inputs[0], recorded)
        self.placement.note_read(op)
        self.steps.append(Step(op, "read", call, [source], [slot], recorded, alive=self._alive(loop)))
        return self.placement.carried(self, loop.ops[0], op.outputs[0], slot)

    def _prepare_for_gradients(self, tensor: Tensor, op: Operation | None) -> None:
        if tensor in self.leaves and tensor in self.slots:
            recorded = op in self.recorded
            self._recorded_step(tensor, "leaf", Watched if tensor.dtype is resource else autograd.leaf, recorded)
        if tensor in self.switches and tensor in self.slots:
            self._recorded_step(tensor, "gate", autograd.gate(self.switches[tensor]), True)

    def _recorded_step(self, tensor: Tensor, kind: str, call: Callable[..., Any], recorded: bool) -> None:
        source = self._slot(tensor, True)
        slot = self.recorded_slots[tensor] = self.new_slot()
        alive = self._alive(tensor.op) if tensor not in self.fed else None
        self.steps.append(
            Step(tensor.op, kind, call, [source], [slot], recorded, alive=None if alive is None else [source])
        )

    def _gradient(self, node: GradientNode) -> None:
        later = [g for g in self.gradients.values() if self.order.position[g.op] > self.order.position[node.op]]
        recorded = node.op in self.recorded
        retain = recorded or self.loop is not None or any(node.stops or g.region & node.region for g in later)
        switches = [self.switches[t] for t in node.stops]
        gradient = autograd.gradient_call(node, switches, create_graph=recorded, retain_graph=retain)
        targets = [o if o in self.slots else t for o, t in zip(node.origins, node.targets)]
        inputs = [self._slot(t, True) for t in (*node.ys, *node.grad_ys, *targets)]
        outputs = [self._output(t) for t in node.op.outputs]
        self.placement.note_gradients(self, node.op, node.origins)
        call = giving(len(outputs), gradient)
        # Recorded or not, the call itself turns recording on for what it differentiates.
        self.steps.append(
            Step(node.op, "SymbolicGradient", call, inputs, outputs, recorded, alive=self._alive(node.op))
        )

    def _alive(self, op: Operation | Loop) -> list[int] | None:
        """The slots that show whether the branch which `op` is in was taken; None outside of any branch."""
        if not self._conditional(op):
            return None
        slots: list[int] = []
        for control in op._control_inputs:
            if not self.fed.isdisjoint(control.outputs):
                continue
            if control.type in BRANCHES:  # it has run if its inputs are there, whichever way it sends them
                slots.extend(self.slots[t] for t in control.inputs if t not in self.fed)
            elif self._conditional(control):
                slots.append(self.slots[control.outputs[0]] if control.outputs else self.control_slots[control])
        return slots

    def _conditional(self, op: Operation | Loop) -> bool:
        """Whether an op may not run: it comes after a Switch whose branches no Merge has joined yet."""
        return self.depths[op] > 0

    def _branch_depths(self) -> dict[Operation | Loop, int]:
        """How many branches, each inside the other, every task is in."""
        depths: dict[Operation | Loop, int] = {}
        for task in self.order.tasks:
            if isinstance(task, FetchRead):
                continue
            if isinstance(task, Loop):
                enters = [s for e in task.of_type(*ENTERS) for s in sources(e, self.fed)]
                depths[task] = max((depths[s] + (s.type in BRANCHES) for s in enters), default=0)
                depths.update(dict.fromkeys(task.ops, depths[task]))
                continue
            if task.type == "ControlTrigger":  # it waits for what is in a branch, whether that was taken or not
                depths[task] = 0
                continue
            branching = task.type not in EXITS
            depth = max((depths[s] + (branching and s.type in BRANCHES) for s in sources(task, self.fed)), default=0)
            depths[task] = max(depth - 1, 0) if task.type in JOINS else depth
        return depths

    # Fetches

    def _fetch(self, fetch: Tensor | Operation) -> Fetch | None:
        if isinstance(fetch, Operation):
            return None
        slot = self.fetched_slots.get(fetch)
        if slot is None:
            slot = self._slot(fetch, self.loop is not None)
        if self.loop is not None and all(reader.type != "LoopCond" for reader in fetch._consumers):
            slot = self.placement.carried(self, fetch.op, fetch, slot)  # a condition is looked at where it is
        return Fetch(slot, is_shared(self, fetch))


def _read_cell(cell: Any) -> Any:
    return cell.read()


def _copy_cell(cell: Any) -> Any:
    return cell.copy()
