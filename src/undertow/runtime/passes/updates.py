"""All of an optimizer's variables in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
