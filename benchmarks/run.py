"""Time Undertow against TensorFlow 2.21's compat.v1 and against hand-written eager PyTorch, paired in one run.

Usage: TENSORFLOW_PYTHON=path/to/python python benchmarks/run.py [--rounds 5] [--threads N] [--only WORKLOAD]

Each workload runs `rounds` times on each side in turn, every time in a fresh process with the same number of threads;
the table shows the median over the rounds of each process's median step, the ratios, and the peak memory of the
processes as a ratio too. `make bench` calls it. On a machine with a CUDA GPU that torch knows, Undertow and PyTorch use
it, and the article's whole training is timed as well.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ALL = ("undertow", "tensorflow", "pytorch")
OF_GRAPHS = ("undertow", "tensorflow")
WORKLOADS = {  # name -> unit, its factor, the sides that have it
    "training step": ("ms", 1e3, ALL),
    "inference at 256": ("ms", 1e3, ALL),
    "first step": ("s", 1, ALL),
    "empty run": ("µs", 1e6, OF_GRAPHS),
    "run with 3 feeds": ("µs", 1e6, OF_GRAPHS),
    "graph of 5,000 nodes": ("ms", 1e3, OF_GRAPHS),
    "LSTM": ("ms", 1e3, ALL),
    "ResNet-20": ("ms", 1e3, ALL),
    "word2vec": ("ms", 1e3, ALL),
    "transformer": ("ms", 1e3, ALL),
    # Compiled: by `global_jit_level`, on PyTorch by `torch.compile`.
    "training step, jit": ("ms", 1e3, ALL),
    "inference at 256, jit": ("ms", 1e3, ALL),
    "LSTM, jit": ("ms", 1e3, ALL),
    "ResNet-20, jit": ("ms", 1e3, ALL),
    "word2vec, jit": ("ms", 1e3, OF_GRAPHS),  # torch.compile fails on sparse gradients
    "transformer, jit": ("ms", 1e3, ALL),
}
ON_A_GPU = {"10,000 steps": ("s", 1, ("undertow", "pytorch"))}  # the TensorFlow of `make bench` is the CPU's


def has_gpu() -> bool:
    """Whether torch sees a GPU: asked of a process of its own, as this one's memory would count for its children's."""
    code = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def measure(side: str, workload: str, threads: int) -> dict[str, float]:
    """The median step of one process, in seconds, and its peak memory, in MiB."""
    python = os.environ["TENSORFLOW_PYTHON"] if side == "tensorflow" else sys.executable
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "TF_NUM_INTRAOP_THREADS": str(threads)}
    command = [python, str(HERE / "measure.py"), side, workload]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{workload} on {side} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.splitlines()[-1])


def row(workload: str, rounds: int, threads: int) -> str:
    """A workload's line of the table."""
    unit, factor, sides = (WORKLOADS | ON_A_GPU)[workload]
    found: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            found[side].append(measure(side, workload, threads))

    def median(side: str, key: str) -> float:
        return statistics.median(one[key] for one in found[side])

    cells = [f"{median(s, 'seconds') * factor:9.2f} {unit:2}" if s in sides else "" for s in ALL]
    ratios = [
        f"{median('undertow', key) / median(other, key):.2f}" if other in sides else ""
        for key in ("seconds", "mebibytes")
        for other in ALL[1:]
    ]
    return f"{workload:22}" + "".join(f"{c:>13}" for c in cells) + "".join(f"{r:>8}" for r in ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="workloads whose name holds this")
    arguments = parser.parse_args()
    if "TENSORFLOW_PYTHON" not in os.environ:
        sys.exit("TENSORFLOW_PYTHON must name a Python that has TensorFlow 2.21 and tf-keras; `make bench` makes one.")
    threads = arguments.threads
    print(f"{threads} threads, {arguments.rounds} rounds, medians; shares of the others' time (t) and memory (m)\n")
    heads = ["Undertow", "TensorFlow", "PyTorch"]
    print(
        f"{'':22}" + "".join(f"{h:>13}" for h in heads) + "".join(f"{h:>8}" for h in ("t÷TF", "t÷PT", "m÷TF", "m÷PT"))
    )
    for workload in WORKLOADS | (ON_A_GPU if has_gpu() else {}):
        if arguments.only in workload:
            print(row(workload, arguments.rounds, threads), flush=True)


if __name__ == "__main__":
    main()
