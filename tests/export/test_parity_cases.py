"""The small programs of tests/parity, exported fetch by fetch, give what TensorFlow gave."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.cli.models import needed_ops
from undertow.export import to_torch

sys.path.insert(0, str(Path(__file__).parent.parent / "parity"))
import harness

# Family -> how many of its values come out of a module; the rest are refused, gradients most of them.
FAMILIES = {
    "activation": 45, "array": 60, "blocks": 20, "conv": 100, "matmul": 25, "math": 350, "norm": 45, "pool": 135,
    "reduction": 360, "resource_variables": 15, "shaping": 90, "slicing": 100, "softmax": 10,
    "tensor_array": 25, "while_loop": 30,
}  # fmt: skip
# Nothing to reduce or stack, and batch norm of one value: see docs/gaps.md.
LEFT_OUT = {"nothing_to_reduce", "nothing_to_map", "elements_of_other_dtypes", "fused_batch_norm_moves_its_averages"}


def exported(case):
    """The paths of a case's fetches and their values, out of modules of one output each."""
    with tf.Graph().as_default() as graph:
        built = case.build(tf)
        first = next(built) if hasattr(built, "__next__") else built
        fetches, feeds = first if isinstance(first, tuple) else (first, None)
        feeds = {graph.as_graph_element(key): value for key, value in (feeds or {}).items()}
        if any(t.dtype == tf.string for t in feeds):
            return
        session = tf.Session()
        session.run([v.initializer for v in tf.global_variables() + tf.local_variables()])
        inputs = [torch.from_numpy(np.asarray(v, dtype=t.dtype.as_numpy_dtype)) for t, v in feeds.items()]
        for path, fetch in harness.flatten(f"{case.name}/0", fetches):
            tensor = None if fetch is None else graph.as_graph_element(fetch)
            if not isinstance(tensor, tf.Tensor) or tensor.dtype.base_dtype in (tf.string, tf.resource, tf.variant):
                continue
            if not any("Random" in op.type for op in needed_ops([tensor])):
                try:
                    module = to_torch(tensor, list(feeds), session)
                except tf.errors.UnimplementedError:
                    continue
                yield path, module(*inputs).detach().resolve_conj()


@pytest.mark.parametrize("family", FAMILIES)
def test_values_are_tensorflows(family):
    count = 0
    with np.load(harness.HERE / "golden" / f"{family}.npz") as golden:
        for case in harness.load(family).values():
            if case.name in LEFT_OUT:
                continue
            for path, value in exported(case):
                wanted = golden[path]
                found = value.float().numpy() if value.dtype == torch.bfloat16 else value.numpy()
                rtol = case.rtol or (2e-3 if found.dtype == np.float16 else 2e-5)
                assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape), path
                np.testing.assert_allclose(found, wanted, rtol=rtol, atol=max(case.atol or 0, rtol / 10), err_msg=path)
                count += 1
    assert count >= FAMILIES[family]
