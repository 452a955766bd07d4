"""What a test may ask about the machine, and where it may write.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/test
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
from typing import Any

from absl.testing import absltest


def main(argv: list[str] | None = None) -> None:
    """Run all tests of the program, then exit."""
    absltest.main(argv=argv)


@functools.cache
def get_temp_dir() -> str:
    """A folder for this process's tests; it is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="undertow-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def test_src_dir_path(relative_path: str) -> str:
    """The path of a file beside the test program."""
    return os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]


def is_built_with_cuda() -> bool:
    """Whether the torch below us was built for CUDA."""
    from ...runtime import gpu

    return gpu.built_with_cuda()


def is_built_with_rocm() -> bool:
    """False: Undertow runs on CUDA, MPS and CPU."""
    return False


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None) -> bool:
    """Whether there is a GPU; with either argument, one of CUDA and of at least the compute capability given."""
    from ...runtime import gpu

    if not cuda_only and min_cuda_compute_capability is None:
        return gpu.available()
    capability = gpu.cuda_capability()
    return capability is not None and capability >= (min_cuda_compute_capability or (0, 0))


def gpu_device_name() -> str:
    """`"/device:GPU:0"`, or "" where there is no GPU."""
    return "/device:GPU:0" if is_gpu_available() else ""


def assert_equal_graph_def(actual: Any, expected: Any, checkpoint_v2: bool = False) -> None:
    """Two GraphDefs hold the same nodes, in whatever order.

    With `checkpoint_v2` the temporary names that a V2 Saver makes up are not compared.

    Raises:
      AssertionError: they do not; the first difference is named.
      TypeError: one is not a GraphDef.
    """
    for name, graph in (("actual", actual), ("expected", expected)):
        if not hasattr(graph, "node"):
            raise TypeError(f"Expected tf.GraphDef for {name}, got {type(graph).__name__}")
    nodes = [{node.name: _comparable(node, checkpoint_v2) for node in graph.node} for graph in (actual, expected)]
    if nodes[0].keys() != nodes[1].keys():
        raise AssertionError(
            f"only in actual: {sorted(nodes[0].keys() - nodes[1].keys())}, "
            f"only in expected: {sorted(nodes[1].keys() - nodes[0].keys())}"
        )
    for name, node in nodes[0].items():
        if node != nodes[1][name]:
            raise AssertionError(f"the nodes {name} differ: {node} against {nodes[1][name]}")


def _comparable(node: Any, checkpoint_v2: bool) -> Any:
    """A node whose control inputs stand in order, without what a Saver makes up."""
    copy = type(node)()
    copy.CopyFrom(node)
    inputs = list(node.input)
    del copy.input[:]
    copy.input.extend([i for i in inputs if not i.startswith("^")] + sorted(i for i in inputs if i.startswith("^")))
    if checkpoint_v2 and node.op == "Const" and b"_temp_" in b"".join(node.attr["value"].tensor.string_val):
        copy.attr["value"].Clear()
    return copy
