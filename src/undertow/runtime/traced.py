"""Steps as one function of tensors that torch's compiler takes: their operations, those of gradients among them.

What a kernel asks of values while it is traced has to be answered without them. Yes or no is answered as in an ordinary
run just before, and whether that was right is one more result of the function; so is whether all indices are in range.
A function whose last result says no has computed nothing of use: its steps are then run one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from .plan import Step

aten = torch.ops.aten
_ASKED = aten._local_scalar_dense.default
_SMALL = 64  # elements of a tensor that is computed while tracing, from others that do not depend on what is traced

# Ops that take indices -> where, and whether a negative one counts from the end; of a dim that an argument tells.
_INDEX = {"index_select": 2, "gather": 2, "scatter": 2, "scatter_add": 2, "scatter_reduce": 2, "index_add": 2,
          "index_copy": 2, "index_fill": 2, "index_reduce": 2}  # fmt: skip
_UNCHECKED = {"nll_loss_forward", "nll_loss_backward", "nll_loss2d_forward", "nll_loss2d_backward", "take", "put",
              "embedding_bag", "_embedding_bag", "max_unpool2d", "max_unpool3d", "masked_scatter", "masked_select",
              "_ctc_loss", "embedding_renorm"}  # fmt: skip
_DIVISIONS = {"div", "floor_divide", "remainder", "fmod"}
_UNTRACEABLE = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape, torch.Tag.nondeterministic_seeded}

# oneDNN's product, by a name under which inductor calls it as it is: under its own it wants weights that are constants.
_LINEAR: Any = getattr(getattr(torch.ops.mkldnn, "_linear_pointwise", None), "default", None)
_LIBRARY = torch.library.Library("undertow", "DEF")
_LIBRARY.define(
    "linear(Tensor a, Tensor b) -> Tensor",
    tags=(getattr(torch.Tag, "needs_exact_strides", torch.Tag.needs_fixed_stride_order),),
)
_LIBRARY.impl("linear", lambda a, b: _LINEAR(a, b, None, "none", [], ""), "CPU")
_LIBRARY.impl("linear", lambda a, b: a.new_empty(a.shape[0], b.shape[0]), "Meta")


class NotTraceable(BaseException):
    """A step cannot be traced. (No `Exception`: no kernel is to catch it and go another way.)"""

    def __init__(self, step: Step | None, reason: str) -> None:
        super().__init__(reason)
        self.step = step
        self.reason = reason


class Asked(TorchDispatchMode):
    """Notes in an ordinary run what yes-or-no questions kernels ask, and the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[bool] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func is _ASKED and args[0].dtype is torch.bool:
            self.answers.append(result)
        return result


class _Watch(TorchDispatchMode):
    """Answers while steps are traced, and notes under which conditions what is traced is right."""

    def __init__(self, answers: list[bool], inputs: Sequence[Tensor]) -> None:
        super().__init__()
        self._answers = iter(answers)
        self._inputs = {_memory(t) for t in inputs}
        self.conditions: list[Tensor] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is _ASKED:
            return self._answer(args[0])
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        fake = any(isinstance(t, FakeTensor) for t in tensors)
        if tensors and not fake and sum(t.numel() for t in tensors) <= _SMALL:
            with no_dispatch():
                return func(*args, **kwargs)
        name = func.overloadpacket.__name__
        name = name if name.startswith("__") else name.rstrip("_")
        if name in ("index", "index_put", "_index_put_impl", "_unsafe_index", "_unsafe_index_put"):
            return self._indexed(func, args, kwargs)
        if name in _UNCHECKED or not _UNTRACEABLE.isdisjoint(func.tags):
            raise NotTraceable(None, f"{name} asks for values")
        if name in _DIVISIONS and _divides_integers(args, kwargs, name):
            raise NotTraceable(None, "an integer division by what may be 0")
        if func._schema.is_mutable:
            self._check_written(func, args, kwargs)
        if _LINEAR is not None and func is _LINEAR:
            return torch.ops.undertow.linear(*args[:2])
        if name in _INDEX:
            dim, index = args[1], args[2]
            size = args[0].shape[dim] if args[0].dim() else 1
            args = (*args[:2], self._in_range(index, 0, size), *args[3:])
        elif name == "embedding":
            args = (args[0], self._in_range(args[1], 0, args[0].shape[0]), *args[2:])
        elif name == "embedding_dense_backward":
            args = (args[0], self._in_range(args[1], 0, args[2]), *args[2:])
        return func(*args, **kwargs)

    def _answer(self, value: Tensor) -> Any:
        if not isinstance(value, FakeTensor):
            with no_dispatch():
                answer = value.item()
            if value.dtype is torch.bool:
                next(self._answers, None)
            return answer
        if value.dtype is not torch.bool:
            if value.constant is not None:
                with no_dispatch():
                    return value.constant.item()
            raise NotTraceable(None, "it asks for a value")
        known = next(self._answers, None)
        if known is None:
            raise NotTraceable(None, "it asks otherwise than in the run before")
        self.conditions.append(value if known else torch.logical_not(value))
        return known

    def _in_range(self, index: Tensor, low: int, high: int) -> Tensor:
        if not isinstance(index, FakeTensor):
            with no_dispatch():
                if index.numel() and not low <= int(index.min()) <= int(index.max()) < high:
                    raise NotTraceable(None, "an index is out of range")
            return index
        if not high:
            raise NotTraceable(None, "indices into nothing")
        if index.numel():
            self.conditions.append(((index >= low) & (index < high)).all())
        return index.clamp(low, high - 1)

    def _indexed(self, func: Any, args: Any, kwargs: Any) -> Any:
        base, indices = args[0], list(args[1])
        if func._schema.is_mutable:
            self._check_written(func, args, kwargs)
        for i, index in enumerate(indices):
            if index is None:
                continue
            if index.dtype in (torch.bool, torch.uint8):
                raise NotTraceable(None, "a mask selects elements")
            indices[i] = self._in_range(index, -base.shape[i], base.shape[i])
        return func(base, indices, *args[2:], **kwargs)

    def _check_written(self, func: Any, args: Any, kwargs: Any) -> None:
        """That what an op changes is neither an input of the steps nor a constant."""
        given = [*zip(func._schema.arguments, args), *((a, kwargs.get(a.name)) for a in func._schema.arguments)]
        for argument, value in given:
            if argument.alias_info is None or not argument.alias_info.is_write:
                continue
            for tensor in tree_leaves(value):
                if isinstance(tensor, Tensor) and (
                    not isinstance(tensor, FakeTensor) or _memory(tensor) in self._inputs
                ):
                    raise NotTraceable(None, f"{func} changes what it is given")


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _divides_integers(args: Any, kwargs: Any, name: str) -> bool:
    """Whether an op is a division of integers by what may be 0, which ends the process when it is compiled."""
    if (name == "div" and kwargs.get("rounding_mode") is None) or any(map(_inexact, args[:2])):
        return False
    if not isinstance(args[1], Tensor) or isinstance(args[1], FakeTensor):
        return isinstance(args[1], Tensor)
    with no_dispatch():
        return not bool(args[1].all())


def _inexact(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.is_floating_point() or value.is_complex()
    return isinstance(value, (float, complex))


def trace(
    steps: list[Step], inputs: list[int], values: list[Tensor], known: dict[int, Any], outputs: list[int],
    answers: list[bool],
) -> tuple[GraphModule, dict[int, Tensor]]:  # fmt: skip
    """The function of the `values` of `inputs` that gives those of `outputs`, and whether they are right.

    It leaves out outputs that do not depend on the values; they come beside it.

    `known` are slots whose values follow from shapes, `answers` those to the questions that the steps ask.
    `NotTraceable` names the step that stands in the way.
    """
    at: Step | None = None
    fixed: dict[int, Tensor] = {}

    def function(*given: Tensor) -> list[Tensor]:
        nonlocal at
        slots = {**known, **dict(zip(inputs, given))}
        recording = torch.is_grad_enabled()
        try:
            with _Watch(answers, given) as watch:
                for at in steps:
                    torch._C._set_grad_enabled(at.recorded)
                    result = at.call(*[slots[i] for i in at.inputs])
                    slots.update([(at.outputs[0], result)] if len(at.outputs) == 1 else zip(at.outputs, result))
                    for slot in at.outputs:
                        if slot in outputs and not isinstance(slots[slot], Tensor):
                            raise NotTraceable(at, "it gives no tensor")
                at = None
        finally:
            torch._C._set_grad_enabled(recording)
        right = watch.conditions[:1]
        for condition in watch.conditions[1:]:
            right = [torch.logical_and(right[0], condition)]
        fixed.update((slot, slots[slot]) for slot in outputs if not isinstance(slots[slot], FakeTensor))
        return [*(slots[slot].detach() for slot in outputs if slot not in fixed), *right]

    try:
        with torch.no_grad():
            graph = make_fx(function, tracing_mode="fake", _allow_non_fake_inputs=True)(*values)
    except NotTraceable as stop:
        stop.step = stop.step or at
        raise
    except Exception as error:
        raise NotTraceable(at, (str(error).splitlines() or [type(error).__name__])[0]) from error
    return graph, fixed


def compiled(graph: GraphModule, values: Sequence[Tensor]) -> Callable[..., Sequence[Tensor]]:
    """The function as inductor compiles it for tensors like `values`."""
    import torch._inductor

    with torch.no_grad():
        return torch._inductor.compile(graph, list(values))
