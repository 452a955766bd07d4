"""A GPU that is not there: tensors in the processor's memory that say they are on `cuda:0`, and are treated so.

What a real one refuses, this one refuses: to mix its tensors with the host's, to be looked at as NumPy. It counts how
often the host waits for it, and it can record what it is given to do as a CUDA graph does: nothing is done then, no
value can be seen, and a replay does it all again in the same memory, without Python.

It is there in the thread alone that made it: queue runners, and what else has threads of its own, do without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map, tree_map_only

DEVICE = torch.device("cuda", 0)
_POSING_AS = torch.device("meta")  # what torch's own C++ takes the tensors for: nothing there works without us
_aten = torch.ops.aten
_WAITS = {  # what the host must know a value for, or the size of a result
    _aten._local_scalar_dense.default, _aten.nonzero.default, _aten.masked_select.default, _aten._unique.default,
    _aten._unique2.default, _aten.unique_dim.default, _aten.unique_consecutive.default, _aten.bincount.default,
    _aten.equal.default, _aten.multinomial.default, _aten.histc.default, _aten._linalg_check_errors.default,
    _aten._ctc_loss.default, _aten._ctc_loss.Tensor,
}  # fmt: skip
_PUTS = {_aten.index_put.default, _aten.index_put_.default, _aten._index_put_impl_.default}
_COPIES = {_aten._to_copy.default, _aten.copy_.default}
_OF_HOST = {  # the inputs that are looked at on the host, or brought from there if need be
    **dict.fromkeys(_COPIES, (0, 1)), **dict.fromkeys(_PUTS | {_aten.index.Tensor}, (1,)),
    _aten._ctc_loss.Tensor: (2, 3), _aten._ctc_loss_backward.Tensor: (3, 4),
}  # fmt: skip
_TAKE_NUMBERS = ("masked_fill", "fill", "index_fill", "floor_divide", "index_put", "_index_put_impl", "_foreach")


class OnGpu(torch.Tensor):
    """A tensor on the device: its values are in `inner`."""

    inner: torch.Tensor

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> OnGpu:
        inner = inner.resolve_conj().resolve_neg()  # the bits that say so would be lost
        made = torch.Tensor._make_wrapper_subclass(
            cls, inner.size(), inner.stride(), inner.storage_offset(), dtype=inner.dtype, device=_POSING_AS
        )
        made.inner = inner
        return made

    @property
    def device(self) -> torch.device:
        return DEVICE

    @property
    def is_cuda(self) -> bool:
        return True

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{function} outside of the pretended GPU")


class _Devices(TorchFunctionMode):
    """Lets programs say `cuda`."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function is torch.device:
            return function(*args, **(kwargs or {}))
        kwargs = {k: _posing(v) if k == "device" else v for k, v in (kwargs or {}).items()}
        if function is torch.Tensor.cuda:
            return args[0].to(_POSING_AS)
        if function is torch.Tensor.numpy and isinstance(args[0], OnGpu):
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        if function is torch.Tensor.tolist and isinstance(args[0], OnGpu):
            return args[0].cpu().tolist()
        if function is torch.unravel_index and isinstance(args[0], OnGpu):  # it makes a tensor of the shape
            return tuple(place.to(_POSING_AS) for place in function(args[0].cpu(), *args[1:], **kwargs))
        if function is torch.Tensor.new_tensor:
            of, *args = args
            kwargs = {"dtype": of.dtype, "device": _POSING_AS if isinstance(of, OnGpu) else of.device, **kwargs}
            function = torch.tensor
        if function in (torch.tensor, torch.as_tensor, torch.asarray) and kwargs.get("device") == _POSING_AS:
            # torch's own C++ makes one without values for this device.
            return function(*args, **{**kwargs, "device": "cpu"}).to(_POSING_AS)
        return function(*map(_posing, args), **kwargs)


def _posing(device: Any) -> Any:
    named = isinstance(device, str) and device in ("cuda", "cuda:0")
    return _POSING_AS if named or (isinstance(device, torch.device) and device.type == "cuda") else device


class PretendGpu(TorchDispatchMode):
    """While it is on, `cuda:0` is there."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0  # of the host for the device
        self.launches = 0  # of work on the device
        self._tape: list[Callable[[], None]] | None = None
        self._devices = _Devices()

    def __enter__(self) -> PretendGpu:
        self._devices.__enter__()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._devices.__exit__(*error)

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if function is _aten._pack_padded_sequence.default and isinstance(args[0], OnGpu):  # lengths stay on the host
            data, sizes = function(args[0].inner, *args[1:])
            return OnGpu(data), sizes
        wanted = kwargs.get("device")
        if wanted == _POSING_AS:
            kwargs["device"] = torch.device("cpu")
        tensors = [t for t in tree_flatten((args, kwargs))[0] if isinstance(t, torch.Tensor)]
        ours = [t for t in tensors if isinstance(t, OnGpu)]
        here = wanted == _POSING_AS or (bool(ours) and wanted is None)
        if not ours and not here:
            return function(*args, **kwargs)
        if ours:
            _refuse_mixed(function, args, kwargs)
        copies = function in _COPIES and not kwargs.get("non_blocking", (*args, None, None)[2] is True)
        leaves = (bool(ours) and not here) or (function is _aten.copy_.default and not isinstance(args[0], OnGpu))
        arrives = here and any(not isinstance(t, OnGpu) for t in tensors) and function in _OF_HOST
        masks = function in _PUTS | {_aten.index.Tensor} and any(_is_mask(t) for t in args[1])
        repeats = function is _aten.repeat_interleave.Tensor and kwargs.get("output_size") is None
        if function in _WAITS or masks or repeats or ((leaves or arrives) and (copies or function not in _COPIES)):
            self.waits += 1
            self._refuse_recording(function)
        elif arrives or leaves:
            self._refuse_recording(function)
        inner_args, inner_kwargs = tree_map_only(OnGpu, lambda t: t.inner, (args, kwargs))
        result = self._do(function, inner_args, inner_kwargs)
        if not here:
            return result
        wrapped = tree_map(lambda t: OnGpu(t) if isinstance(t, torch.Tensor) else t, result)
        return return_and_correct_aliasing(function, args, kwargs, wrapped)

    def _refuse_recording(self, function: Any) -> None:
        if self._tape is not None:
            raise RuntimeError(f"operation not permitted when stream is capturing: {function}")

    def _do(self, function: Any, args: Any, kwargs: Any) -> Any:
        if self._tape is None:
            return function(*args, **kwargs)
        changed = [
            value
            for argument, value in zip(function._schema.arguments, args)
            if argument.alias_info is not None and argument.alias_info.is_write
        ]
        changed += [
            kwargs[a.name] for a in function._schema.arguments[len(args) :] if a.name in kwargs and a.alias_info
        ]
        before = tree_map_only(torch.Tensor, torch.clone, changed)
        result = function(*args, **kwargs)
        known = {t.untyped_storage().data_ptr() for t in tree_flatten((args, kwargs))[0] if isinstance(t, torch.Tensor)}
        made = [
            t
            for t in tree_flatten(result)[0]
            if isinstance(t, torch.Tensor) and t.untyped_storage().data_ptr() not in known
        ]
        for new, old in zip(tree_flatten(changed)[0], tree_flatten(before)[0]):
            if isinstance(new, torch.Tensor):
                new.copy_(old)  # nothing is done while it is recorded

        def again() -> None:
            repeated = [t for t in tree_flatten(function(*args, **kwargs))[0] if isinstance(t, torch.Tensor)]
            fresh = [t for t in repeated if t.untyped_storage().data_ptr() not in known]
            for target, value in zip(made, fresh):
                target.copy_(value)

        self._tape.append(again)
        for tensor in made:
            _spoil(tensor)
        return result

    # What the runtime asks of CUDA

    @contextlib.contextmanager
    def recording(self) -> Iterator[list[Callable[[], None]]]:
        """Record instead of doing."""
        self._tape = []
        try:
            yield self._tape
        finally:
            self._tape = None


def _refuse_mixed(function: Any, args: Any, kwargs: Any) -> None:
    """As CUDA: what works elementwise takes numbers of the host, a few ops bring what they index with."""
    name = function._schema.name.partition("::")[2]
    numbers = torch.Tag.pointwise in function.tags or name.rstrip("_").startswith(_TAKE_NUMBERS)
    rest = [a for i, a in enumerate(args) if i not in _OF_HOST.get(function, ())]
    tensors = [t for t in tree_flatten((rest, kwargs))[0] if isinstance(t, torch.Tensor)]
    strangers = [t for t in tensors if not isinstance(t, OnGpu)]
    if any(t.dim() or not numbers for t in strangers):
        raise RuntimeError(f"Expected all tensors to be on the same device, but found two, cuda:0 and cpu: {function}")
    written = args and function._schema.arguments[0].alias_info and function._schema.arguments[0].alias_info.is_write
    if written and function is not _aten.copy_.default and any(t is args[0] for t in strangers):
        raise RuntimeError(f"Expected all tensors to be on the same device, but cpu is written from cuda:0: {function}")
    generators = [g for g in (*args, *kwargs.values()) if isinstance(g, torch.Generator)]
    if any(not getattr(g, "is_pretended", False) for g in generators):
        raise RuntimeError(f"Expected a 'cuda' device type for generator but found 'cpu': {function}")


def _is_mask(index: torch.Tensor | None) -> bool:
    return index is not None and index.dtype in (torch.bool, torch.uint8)


def _spoil(tensor: torch.Tensor) -> None:
    """Make a tensor's values those that nobody may look at."""
    tensor.fill_(float("nan") if tensor.is_floating_point() or tensor.is_complex() else 0)


class PretendCuda:
    """In the place of `undertow.runtime.cuda.Cuda`."""

    failures = 0

    def __init__(self, gpu: PretendGpu) -> None:
        self.device = DEVICE
        self._gpu = gpu

    def enter(self) -> None:
        pass

    def watch(self, do: Callable[[], Any]) -> tuple[Any, bool]:
        before = self._gpu.waits
        return do(), self._gpu.waits > before

    def record(self, do: Callable[[], Any]) -> tuple[Callable[[], None], Any]:
        with self._gpu.recording() as tape:
            result = do()

        def replay() -> None:
            for again in tape:
                again()

        return replay, result

    def staging(self, examples: list[torch.Tensor]) -> _PretendStaging:
        return _PretendStaging(examples)


class _PretendStaging:
    def __init__(self, examples: list[torch.Tensor]) -> None:
        self.tensors = [torch.empty(e.shape, dtype=e.dtype, device=DEVICE) for e in examples]

    def fill(self, values: list[torch.Tensor]) -> None:
        for place, value in zip(self.tensors, values):
            place.copy_(value)
