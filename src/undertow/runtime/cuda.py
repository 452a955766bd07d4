"""What replayed plans need of CUDA: to see waiting, to record a graph, and to bring feeds without waiting."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ..kernels.values import end_to_end

_ALIGNMENT = 256  # bytes, as torch's own allocator has it
_TURNS = 2  # how many runs' feeds may be on their way at once


def settle() -> None:
    """Have torch's CUDA libraries work as TensorFlow 1.15 has them.

    float32 is float32: TF32 takes the environment's `UNDERTOW_TF32=1`. cuDNN tries which of its ways is the fastest for
    a convolution unless `TF_CUDNN_USE_AUTOTUNE=0`, TensorFlow's own switch.
    """
    tf32 = os.environ.get("UNDERTOW_TF32", "0") == "1"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = os.environ.get("TF_CUDNN_USE_AUTOTUNE", "1") != "0"


class Cuda:
    """One session's graphs on one device. They share a pool of memory: only one of them runs at a time."""

    failures = 0  # of this process to record; graphs from before one may not draw random numbers any more

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._pool: Any = None

    def enter(self) -> None:
        """Make the device the one that this thread works with."""
        if torch.cuda.current_device() != self.device.index:
            torch.cuda.set_device(self.device)

    def watch(self, do: Callable[[], Any]) -> tuple[Any, bool]:
        """What `do` gives, and whether the host waited for the device meanwhile."""
        mode = torch.cuda.get_sync_debug_mode()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            torch.cuda.set_sync_debug_mode("warn")
            try:
                result = do()
            finally:
                torch.cuda.set_sync_debug_mode(mode)
        return result, any("synchronizing" in str(warning.message) for warning in told)

    def record(self, do: Callable[[], Any]) -> tuple[Callable[[], None], Any]:
        """A function that has the device do again what `do` gives it to do, and what `do` returns.

        Nothing is done yet. `RuntimeError` for what a graph cannot hold.
        """
        graph = torch.cuda.CUDAGraph()
        generator = torch.cuda.default_generators[torch.cuda.current_device()]
        state, stream = generator.clone_state(), torch.cuda.current_stream()
        try:
            # Other threads may do with the device what they like meanwhile: a loader that brings the next batch.
            with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
                result = do()
        except Exception:
            # What a broken recording leaves behind: the stream that was recorded, and random numbers that still are.
            torch.cuda.set_stream(stream)
            generator.graphsafe_set_state(state)
            self._pool = None
            Cuda.failures += 1
            raise
        self._pool = graph.pool()
        return graph.replay, result

    def staging(self, examples: Sequence[torch.Tensor]) -> Staging:
        """Places on the device for values of these shapes, to be brought from the host at each run."""
        return Staging(examples, self.device)


class Staging:
    """Tensors on the device in one block, filled from the host by one copy that nobody waits for.

    The host's part is locked memory, which takes a copy of what is fed: its owner may change it at once.
    """

    def __init__(self, examples: Sequence[torch.Tensor], device: torch.device) -> None:
        *starts, size = end_to_end((e.numel() * e.element_size() for e in examples), _ALIGNMENT)

        def views(block: torch.Tensor) -> list[torch.Tensor]:
            parts = zip(examples, starts)
            return [block[a : a + e.numel() * e.element_size()].view(e.dtype).view(e.shape) for e, a in parts]

        self._block = torch.empty(size, dtype=torch.uint8, device=device)
        self.tensors = views(self._block)
        self._locked = [torch.empty(size, dtype=torch.uint8, pin_memory=True) for _ in range(_TURNS)]
        self._locked_tensors = [views(block) for block in self._locked]
        self._left = [torch.cuda.Event() for _ in range(_TURNS)]  # when each turn's copy has left the host
        self._turn = 0

    def fill(self, values: Sequence[torch.Tensor]) -> None:
        """Bring these values, from the host."""
        turn = self._turn
        self._turn = (turn + 1) % _TURNS
        self._left[turn].synchronize()
        for locked, value in zip(self._locked_tensors[turn], values):
            locked.copy_(value)
        self._block.copy_(self._locked[turn], non_blocking=True)
        self._left[turn].record()
