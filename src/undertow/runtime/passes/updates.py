"""All of an optimizer's variables in one call; rows scaled while they are added to a variable's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...kernels.registry import KERNELS
from ...kernels.state import scatter_add_scaled
from ...kernels.training_groups import GROUPED
from ..plan import Step
from .draft import Draft


def group_updates(draft: Draft) -> None:
    """Updates of one kind that follow each other with the same hyperparameters become one step over all variables."""
    steps: list[Step] = []
    run: list[Step] = []
    for step in draft.steps:
        if run and not _same_kind(run[0], step):
            steps.extend(_grouped(run))
            run = []
        if step.kind in GROUPED and step.alive is None:
            run.append(step)
        else:
            steps.append(step)
    draft.steps[:] = steps + _grouped(run)


def _same_kind(first: Step, step: Step) -> bool:
    if step.kind != first.kind or step.alive is not None or step.attrs["T"] != first.attrs["T"]:
        return False
    if step.op.device != first.op.device or _options(step) != _options(first):
        return False
    shared = GROUPED[first.kind].shared
    return [step.inputs[i] for i in shared] == [first.inputs[i] for i in shared]


def _options(step: Step) -> dict[str, Any]:
    """The attrs that tell how an update is done."""
    return {name: value for name, value in step.attrs.items() if not name.startswith("_")}


def _grouped(run: list[Step]) -> list[Step]:
    if len(run) < 2:
        return run
    group = GROUPED[run[0].kind]
    own = [i for i in range(len(run[0].inputs)) if i not in group.shared]
    inputs = [run[0].inputs[i] for i in group.shared] + [step.inputs[i] for i in own for step in run]
    outputs = [step.outputs[0] for step in run]
    call = _call(group.function, len(group.shared), len(own), len(run), run[0].attrs)
    return [Step(run[-1].op, f"{run[0].kind}*{len(run)}", call, inputs, outputs)]


def _call(
    function: Callable[..., Any], shared: int, own: int, count: int, attrs: dict[str, Any]
) -> Callable[..., list[Any]]:
    def update(*values: Any) -> list[Any]:
        lists = [list(values[shared + i * count : shared + (i + 1) * count]) for i in range(own)]
        function(*values[:shared], *lists, attrs=attrs)
        return lists[0]  # the variables' cells: what each update gives

    return update


SCATTERS = {f"{by}Scatter{change}": sign for by in ("", "Resource") for change, sign in (("Add", 1), ("Sub", -1))}


def scale_into_scatter(draft: Draft) -> None:
    """Rows times a scalar, the learning rate, that are only added to or subtracted from a variable's rows."""
    readers = draft.readers()
    producers = {slot: step for step in draft.steps for slot in step.outputs}
    changes: dict[int, Step | None] = {}
    for product in draft.steps:
        if product.kind != "Mul" or product.recorded or product.attrs["T"].name not in ("float32", "float64"):
            continue
        scatter = draft.only_reader(product, readers)
        if scatter is None or scatter.kind not in SCATTERS or product.alive is not None or scatter.alive is not None:
            continue
        rows, scale = product.inputs if product.op.inputs[1].shape.ndims == 0 else product.inputs[::-1]
        ranks = sorted(-1 if t.shape.ndims is None else t.shape.ndims for t in product.op.inputs)
        if ranks[0] or not ranks[1] or scatter.inputs[2] != product.outputs[0]:
            continue
        if not all(_stays(slot, producers, draft.constants) for slot in (rows, scale)):
            continue
        sign, negated = SCATTERS[scatter.kind], producers.get(rows)
        if negated is not None and _only_negates(negated, draft, readers, producers):
            rows, sign, changes[id(negated)] = negated.inputs[0], -sign, None
        inputs = [*scatter.inputs[:2], rows, scale]
        call = partial(scatter_add_scaled, sign=sign)
        changes[id(product)] = None
        changes[id(scatter)] = Step(scatter.op, f"{scatter.kind}*", call, inputs, scatter.outputs)
    draft.replace(changes)


def _only_negates(
    step: Step, draft: Draft, readers: dict[int, list[Step]], producers: dict[int, Step]
) -> bool:  # fmt: skip
    """Whether a step negates for one other only, as variables behind handles have it before rows are added."""
    if step.kind != "Neg" or step.alive is not None or draft.only_reader(step, readers) is None:
        return False
    return _stays(step.inputs[0], producers, draft.constants)


def _stays(slot: int, producers: dict[int, Step], constants: dict[int, Any]) -> bool:
    """Whether a value is no memory of a variable's, which may be written before it is read."""
    made = producers.get(slot)
    if made is None:
        return slot in constants
    if made.kind not in KERNELS:
        return made.kind == "SymbolicGradient" or made.kind.endswith("gradient")
    return not KERNELS[made.kind].view or all(_stays(s, producers, constants) for s in made.inputs)
