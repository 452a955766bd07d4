"""`tf.test.Benchmark`: timing an op.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/test/Benchmark
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ...graph import errors


class Benchmark:
    """A set of timings: each method whose name begins with `benchmark` is one."""

    def report_benchmark(
        self,
        iters: int | None = None,
        cpu_time: float | None = None,
        wall_time: float | None = None,
        throughput: float | None = None,
        extras: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        """Print a timing on one line."""
        values = {
            "iters": iters,
            "cpu_time": cpu_time,
            "wall_time": wall_time,
            "throughput": throughput,
            **(extras or {}),
        }
        told = ", ".join(f"{key}: {value}" for key, value in values.items() if value is not None)
        print(f"{type(self).__name__}.{name or 'benchmark'}: {told}")

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors in the default session."""
        from ...graph import stacks

        return stacks.get_default_session().run(tensors)

    def run_op_benchmark(
        self,
        sess: Any,
        op_or_tensor: Any,
        feed_dict: dict[Any, Any] | None = None,
        burn_iters: int = 2,
        min_iters: int = 10,
        store_trace: bool = False,
        store_memory_usage: bool = True,
        name: str | None = None,
        extras: dict[str, Any] | None = None,
        mbs: float = 0,
    ) -> dict[str, Any]:
        """Run an op `burn_iters` + `min_iters` times, report the median of the latter, in seconds, and return it.

        `mbs` is how many MB it moves, for the throughput.

        Raises:
          UnimplementedError: `store_trace` is set.
        """
        if store_trace:
            raise errors.unbuilt("run_op_benchmark(store_trace=True)")
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict)
        took = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(op_or_tensor, feed_dict)
            took.append(time.perf_counter() - start)
        wall_time = float(np.median(took))
        result: dict[str, Any] = {"iters": min_iters, "wall_time": wall_time, "extras": extras or {}, "name": name}
        result["throughput"] = mbs / wall_time if mbs else None
        self.report_benchmark(**result)
        return result
