"""One measurement, in a process of its own: `measure.py SIDE WORKLOAD` prints a JSON line of seconds and MiB.

`seconds` is the median of the steps after the first ones, which are not counted; for "first step" it is the time from
the process's first import to the end of the first step. `mebibytes` is the peak of the process's memory. A workload
with ", jit" is compiled: by `global_jit_level`, on PyTorch by `torch.compile`.
"""

from __future__ import annotations

import time

START = time.perf_counter()

import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402

# Workload -> its module, the prefix of its functions' names, how many steps are timed and how many go before.
WORKLOADS = {
    "training step": ("article", "", 60, 20),
    "inference at 256": ("article", "inference_", 40, 10),
    "first step": ("article", "", 0, 1),
    "empty run": ("runs", "empty_", 2000, 200),
    "run with 3 feeds": ("runs", "three_feeds_", 2000, 200),
    "graph of 5,000 nodes": ("runs", "build_", 3, 1),
    "LSTM": ("lstm", "", 20, 5),
    "ResNet-20": ("resnet", "", 10, 3),
    "word2vec": ("word2vec", "", 100, 20),
    "transformer": ("transformer", "", 10, 3),
    "10,000 steps": ("article", "whole_", 1, 0),
}
JIT = ", jit"
WARM_JIT = 8  # steps before: what is hot is compiled
WORKLOADS |= {
    f"{name}{JIT}": (*WORKLOADS[name][:3], max(WARM_JIT, WORKLOADS[name][3]))
    for name in ("training step", "inference at 256", "LSTM", "ResNet-20", "word2vec", "transformer")
}


def make(side: str, workload: str) -> Callable[[], Any]:
    """The step of a workload on a side."""
    name, prefix, _, _ = WORKLOADS[workload]
    module, jit = import_module(f"workloads.{name}"), workload.endswith(JIT)
    if side == "pytorch":
        step = getattr(module, f"{prefix}pytorch")()
        return compiled(step) if jit else step
    if jit:  # TensorFlow compiles for a GPU only, unless told
        os.environ["TF_XLA_FLAGS"] = "--tf_xla_cpu_global_jit"
    tf = tensorflow_1(side)
    if jit:
        plain, on = tf.Session, tf.OptimizerOptions(global_jit_level=tf.OptimizerOptions.ON_1)
        config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=on))
        tf.Session = lambda: plain(config=config)
    return getattr(module, f"{prefix}tensorflow_1")(tf)


def compiled(step: Callable[[], Any]) -> Callable[[], Any]:
    """A step that torch compiles: what is between the parts that it cannot."""
    import torch

    return torch.compile(step)


def tensorflow_1(side: str) -> Any:
    """The `tf` of a side."""
    if side == "undertow":
        import undertow as tf

        return tf
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import warnings

    warnings.simplefilter("ignore")
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    return tf


def main() -> None:
    side, workload = sys.argv[1:]
    *_, count, warm = WORKLOADS[workload]
    step = make(side, workload)
    for _ in range(warm):
        step()
    seconds = [time.perf_counter() - START] if count == 0 else []
    for _ in range(count):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": statistics.median(seconds), "mebibytes": peak}))


if __name__ == "__main__":
    main()
