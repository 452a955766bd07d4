"""Write `golden/FAMILY.npz`: what TensorFlow 2.21's compat.v1, or 1.15.5, says of each case. See `harness.py`.

Usage: TF_USE_LEGACY_KERAS=1 python tests/parity/make_golden.py [FAMILY …]

Without a family it makes all those that the TensorFlow at hand is to make.
"""

import os
import pathlib
import sys
import warnings

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.modules["harness"] = __import__("harness")

import harness  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

warnings.simplefilter("ignore")
is_1_15 = tf.__version__.startswith("1.15")
if not is_1_15:
    tf = tf.compat.v1
    tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

ours = [family for family in harness.families() if (family in harness.MADE_BY_1_15) == is_1_15]
for family in sys.argv[1:] or ours:
    found = {}
    for case in harness.load(family).values():
        found.update(harness.run(tf, case))
    path = harness.HERE / "golden" / f"{family}.npz"
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **found)
    print(f"{family}: {len(found)} values, {path.stat().st_size:,} bytes")
