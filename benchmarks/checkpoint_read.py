"""Time and peak memory of reading a checkpoint whole, against TensorFlow's `tf.train.load_checkpoint`.

    TENSORFLOW_PYTHON=.venv-tf/bin/python python benchmarks/checkpoint_read.py [--megabytes 1000] [--rounds 5]

Every reading is a process of its own, the two sides by turns, the file in the page cache; what is printed are
medians. The peak is what the process grew by while it read and kept every tensor. `copy=True` gives arrays of
one's own, as TensorFlow does; without it they are the file's own pages, which the system can take back.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from undertow.formats.bundle import write_bundle

TENSORS = 200

MEASURE = """
import sys, time
def status(field):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(field)) / 1024
{imports}
prefix = sys.argv[1]
before = status("VmRSS")
start = time.perf_counter()
{read}
seconds = time.perf_counter() - start
print(seconds, status("VmHWM") - before, len(tensors))
"""
OURS = "from undertow.formats.bundle import BundleReader"
READ = "with BundleReader(prefix) as reader: tensors = {{key: reader.read(key, copy={}) for key in reader}}"
THEIRS = "import tensorflow as tf"
LOAD = """reader = tf.train.load_checkpoint(prefix)
tensors = {key: reader.get_tensor(key) for key in reader.get_variable_to_shape_map()}"""


def measure(python: str, imports: str, read: str, prefix: Path) -> tuple[float, float]:
    """Seconds and MiB of one reading in a process of its own."""
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    command = [python, "-c", MEASURE.format(imports=imports, read=read), str(prefix)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{python} failed:\n{done.stderr[-2000:]}")
    seconds, megabytes, count = done.stdout.split()[-3:]
    assert int(count) == TENSORS
    return float(seconds), float(megabytes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000, help="the checkpoint's size (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="readings of each kind (default: %(default)s)")
    parser.add_argument("--folder", default=None, help="where the checkpoint is made (default: the system's)")
    options = parser.parse_args()
    sides = {
        "undertow": (sys.executable, OURS, READ.format(False)),
        "undertow, copy=True": (sys.executable, OURS, READ.format(True)),
    }
    if tensorflow := os.environ.get("TENSORFLOW_PYTHON"):
        sides["tensorflow"] = (tensorflow, THEIRS, LOAD)
    else:
        print("TENSORFLOW_PYTHON is not set: Undertow alone.")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        prefix = Path(folder) / "model"
        elements = options.megabytes * 2**20 // 4 // TENSORS
        tensor = np.random.default_rng(0).standard_normal(elements, np.float32)
        write_bundle(prefix, {f"layer_{i}/kernel": tensor for i in range(TENSORS)})
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(options.rounds):
            for name, side in sides.items():
                results[name].append(measure(*side, prefix))
    for name, measured in results.items():
        seconds, grown = (statistics.median(column) for column in zip(*measured))
        line = f"{name:20} {seconds:7.3f} s {grown:7.0f} MiB"
        if "tensorflow" in results:
            ratios = [theirs[0] / ours[0] for theirs, ours in zip(results["tensorflow"], measured)]
            line += f"  {statistics.median(ratios):5.2f}x TensorFlow's speed"
        print(line)


if __name__ == "__main__":
    main()
