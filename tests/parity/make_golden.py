"""Write `golden/FAMILY.npz`: what TensorFlow 2.21's compat.v1 says of each case. See `harness.py`.

Usage: TF_USE_LEGACY_KERAS=1 python tests/parity/make_golden.py [FAMILY …]
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
import tensorflow.compat.v1 as tf  # noqa: E402

warnings.simplefilter("ignore")
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

for family in sys.argv[1:] or harness.families():
    found = {}
    for case in harness.load(family).values():
        found.update(harness.run(tf, case))
    path = harness.HERE / "golden" / f"{family}.npz"
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **found)
    print(f"{family}: {len(found)} values, {path.stat().st_size:,} bytes")
