"""`tensorflow.python.framework.test_util`: what TensorFlow 1.15's own tests are decorated with.

A test that TensorFlow runs once in a graph and once eagerly runs here in a graph; one that runs only eagerly, or only
with TensorFlow 2's behaviour, is skipped.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import unittest
from collections.abc import Callable, Iterator
from typing import Any

from undertow.api.test import (
    TestCase,
    assert_equal_graph_def,
    gpu_device_name,
    is_gpu_available,
    main,
)
from undertow.graph import scopes
from undertow.graph.graph import Graph

__all__ = ["assert_equal_graph_def", "gpu_device_name", "is_gpu_available", "main"]

TensorFlowTestCase = TestCase

Test = Callable[..., Any]


def _unchanged(*args: Any, **kwargs: Any) -> Any:
    """A decorator that changes nothing, bare (`@d`) or called (`@d("reason")`, `@d(reason=…)`)."""
    func = kwargs.get("func", kwargs.get("f", args[0] if args else None))
    return func if callable(func) else lambda test: test


# Their other half is eager, TensorFlow 2's or XLA's.
run_deprecated_v1 = run_v1_only = deprecated_graph_mode_only = _unchanged
enable_control_flow_v2 = disable_control_flow_v2 = with_control_flow_v2 = enable_output_all_intermediates = _unchanged
also_run_as_tf_function = assert_no_garbage_created = assert_no_new_tensors = _unchanged
disable_xla = disable_all_xla = xla_allow_fallback = _unchanged


def _skipped(why: str) -> Callable[..., Any]:
    def decorator(*args: Any, **kwargs: Any) -> Any:
        func = kwargs.get("func", args[0] if args else None)
        skip = unittest.skip(why)
        return skip(func) if callable(func) else skip

    return decorator


run_v2_only = _skipped("needs TensorFlow 2's behaviour")
assert_no_new_pyobjects_executing_eagerly = _skipped("runs eagerly")


def for_all_test_methods(decorator: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[type], type]:
    """A class decorator: `decorator(*args, **kwargs)` on each method whose name begins with `test`."""

    def decorate(cls: type) -> type:
        for name, method in list(vars(cls).items()):
            if callable(method) and name.startswith("test") and name != "test_session":
                setattr(cls, name, decorator(*args, **kwargs)(method))
        return cls

    return decorate


def run_in_graph_and_eager_modes(
    func: Test | None = None,
    config: Any = None,
    use_gpu: bool = True,
    reset_test: bool = True,
    assert_no_eager_garbage: bool = False,
) -> Any:
    """Run the test within `self.test_session()`, which is its graph half."""

    def decorator(test: Test) -> Test:
        if isinstance(test, type):
            raise ValueError(
                "`run_in_graph_and_eager_modes` only supports test methods. Use `run_all_in_graph_and_eager_modes`."
            )

        @functools.wraps(test)
        def in_a_session(self: Any, *args: Any, **kwargs: Any) -> None:
            with self.test_session(use_gpu=use_gpu, config=config):
                test(self, *args, **kwargs)

        return in_a_session

    return decorator if func is None else decorator(func)


def run_all_in_graph_and_eager_modes(cls: type) -> type:
    """`run_in_graph_and_eager_modes` on each test of a class."""
    return for_all_test_methods(run_in_graph_and_eager_modes)(cls)


def build_as_function_and_v1_graph(func: Test) -> Test:
    """Run the test with a new graph as default, which is its TensorFlow 1 half."""

    @functools.wraps(func)
    def in_a_graph(self: Any, *args: Any, **kwargs: Any) -> None:
        with Graph().as_default():
            func(self, *args, **kwargs)

    return in_a_graph


def run_gpu_only(func: Test | None = None) -> Any:
    """Skip the test where there is no GPU."""

    def decorator(test: Test) -> Test:
        @functools.wraps(test)
        def on_a_gpu(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not is_gpu_available():
                self.skipTest("Test requires GPU")
            return test(self, *args, **kwargs)

        return on_a_gpu

    return decorator if func is None else decorator(func)


run_cuda_only = run_gpu_only


@contextlib.contextmanager
def device(use_gpu: bool) -> Iterator[None]:
    """Put ops on the GPU if it is asked for and there is one, else on the CPU."""
    with scopes.device((gpu_device_name() if use_gpu else "") or "/device:CPU:0"):
        yield


def use_gpu() -> Any:
    """`device(True)`."""
    return device(True)


def force_gpu() -> Any:
    """Put ops on the GPU."""
    return scopes.device(gpu_device_name() or "/device:GPU:0")


def force_cpu() -> Any:
    """Put ops on the CPU."""
    return scopes.device("/device:CPU:0")


def is_xla_enabled() -> bool:
    """False."""
    return False


def IsMklEnabled() -> bool:
    """False: the op names that MKL builds rewrite are not ours."""
    return False


def GpuSupportsHalfMatMulAndConv() -> bool:
    """Whether the GPU multiplies float16, which CUDA does from compute capability 5.3."""
    return is_gpu_available(min_cuda_compute_capability=(5, 3))


def _permuted(x: Any, orders: dict[int, list[int]]) -> Any:
    """A tensor transposed, or a shape permuted, by the order for its rank."""
    if isinstance(x, list):
        return [x[i] for i in orders[len(x)]]
    from undertow.compat.face import public

    return public("transpose")(x, orders[x.get_shape().ndims])


def NHWCToNCHW(input_tensor: Any) -> Any:
    """Channels from last to second, of a tensor or of a list that is a shape; 4 or 5 axes."""
    return _permuted(input_tensor, {4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]})


def NCHWToNHWC(input_tensor: Any) -> Any:
    """Channels from second to last, of a tensor or of a list that is a shape; 4 or 5 axes."""
    return _permuted(input_tensor, {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]})


def create_local_cluster(
    num_workers: int,
    num_ps: int,
    protocol: str = "grpc",
    worker_config: Any = None,
    ps_config: Any = None,
) -> tuple[list[Any], list[Any]]:
    """The servers of a cluster within this process: its workers and its parameter servers."""
    from undertow.api.train.server_lib import ClusterSpec, Server

    count = {"worker": num_workers, "ps": num_ps}
    ports = iter(_free_ports(num_workers + num_ps))
    cluster = ClusterSpec({job: [f"localhost:{next(ports)}" for _ in range(n)] for job, n in count.items()})
    configs = {"worker": worker_config, "ps": ps_config}
    workers, servers = (
        [
            Server(cluster, job_name=job, task_index=i, protocol=protocol, config=configs[job], start=True)
            for i in range(count[job])
        ]
        for job in ("worker", "ps")
    )
    return workers, servers


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
