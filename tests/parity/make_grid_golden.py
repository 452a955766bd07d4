"""Write what TensorFlow says at the points of `grid.py` to `golden/grid.json.gz`, but for what it has no kernel for.

Run by `make parity`, in an environment with TensorFlow 2.21.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import grid
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
found = {}
for _, group in itertools.groupby(grid.points(), key=lambda p: (p.op, p.inputs[0][1].dtype.name)):
    points = list(group)
    try:
        answers = grid.run(tf, points)
    except Exception:
        answers = {}
        for point in points:
            try:
                answers.update(grid.run(tf, [point]))
            except Exception as error:
                print(f"without {point.name}: {type(error).__name__}")
    found.update({name: [grid.golden_value(v) for v in values] for name, values in answers.items()})
target = pathlib.Path(__file__).parent / "golden" / "grid.json.gz"
target.write_bytes(gzip.compress(json.dumps(found, separators=(",", ":")).encode(), mtime=0))
print(f"{len(found)} points, {target.stat().st_size} bytes")
