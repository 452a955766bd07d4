"""Time Undertow against TensorFlow 2.21's compat.v1 and against hand-written eager PyTorch, paired in one run.

Usage: TENSORFLOW_PYTHON=path/to/python python benchmarks/run.py [--rounds 5] [--only WORKLOAD]

Each workload runs `rounds` times on each side in turn, every time in a fresh process with the same number of threads;
the table shows the median over the rounds of each process's median, and the ratios. `make bench` calls it.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
WORKLOADS = {  # name -> unit, its factor, the sides that have it
    "training step": ("ms", 1e3, ("undertow", "tensorflow", "pytorch")),
    "inference at 256": ("ms", 1e3, ("undertow", "tensorflow", "pytorch")),
    "empty run": ("µs", 1e6, ("undertow", "tensorflow")),
    "import and first step": ("s", 1, ("undertow", "tensorflow", "pytorch")),
}


def measure(side: str, workload: str, threads: int) -> float:
    """The median of one process, in seconds."""
    python = os.environ["TENSORFLOW_PYTHON"] if side == "tensorflow" else sys.executable
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "TF_NUM_INTRAOP_THREADS": str(threads)}
    result = subprocess.run(
        [python, str(HERE / "programs.py"), side, workload], env=environment, capture_output=True, text=True
    )
    if result.returncode:
        sys.exit(f"{workload} on {side} failed:\n{result.stderr[-2000:]}")
    return statistics.median(map(float, result.stdout.split()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="workloads whose name holds this")
    arguments = parser.parse_args()
    if "TENSORFLOW_PYTHON" not in os.environ:
        sys.exit("TENSORFLOW_PYTHON must name a Python that has TensorFlow 2.21 and tf-keras; `make bench` makes one.")
    threads = os.cpu_count() or 1
    print(f"{threads} threads, {arguments.rounds} rounds; medians, and Undertow's share of the others' time\n")
    print(f"{'':24}{'Undertow':>12}{'TensorFlow':>12}{'PyTorch':>12}{'÷ TF':>8}{'÷ PT':>8}")
    for workload, (unit, factor, sides) in WORKLOADS.items():
        if arguments.only not in workload:
            continue
        found: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(arguments.rounds):
            for side in sides:
                found[side].append(measure(side, workload, threads))
        medians = {side: statistics.median(values) for side, values in found.items()}
        ours = medians["undertow"]
        cells = [
            f"{medians[s] * factor:9.2f} {unit}" if s in medians else "" for s in ("undertow", "tensorflow", "pytorch")
        ]
        ratios = [f"{ours / medians[s]:.2f}" if s in medians else "" for s in ("tensorflow", "pytorch")]
        print(f"{workload:24}" + "".join(f"{c:>12}" for c in cells) + "".join(f"{r:>8}" for r in ratios), flush=True)


if __name__ == "__main__":
    main()
