"""Checkpoints over all dtypes, in parts and sharded: `checkpoints.py write|read FOLDER`, on TensorFlow or Undertow.

`test_checkpoints.py` lets one read what the other wrote, its meta graphs too.
"""

import sys
from pathlib import Path

import numpy as np

VALUES = {
    "float16": np.float16([0.5, -1]), "float32": np.float32([[1, 2, 3], [4, 5, 6.5]]), "float64": np.array([[0.1]]),
    "int8": np.int8([-3]), "int16": np.int16([-300]), "int32": np.int32([1, -2]), "int64": np.int64([2**40, -1]),
    "uint8": np.uint8([255, 0]), "uint16": np.uint16([65535]), "bool": np.array([True, False]),
    "complex64": np.complex64([1 + 2j]), "complex128": np.array([1 + 2j]),
    "string": np.array([b"a", b"", b"x" * 300]), "scalar": np.float32(7), "empty": np.zeros((0, 3), np.float32),
    "bfloat16": np.float32([1.5, 2]), "part/part_0": np.ones((2, 4), np.float32),
    "part/part_1": np.ones((2, 4), np.float32), "part/part_2": np.ones((1, 4), np.float32),
}  # fmt: skip
WAYS = {
    "v1": {"write_version": 1},
    "v1_sharded": {"write_version": 1, "sharded": True},
    "v2": {"save_relative_paths": True},
    "v2_sharded": {"sharded": True},
}
NOT_V1 = ["bfloat16"]


def build(tf, skipped):
    """The variables, all on one of two devices."""
    for i, name in enumerate(sorted(set(VALUES) - set(skipped))):
        if not name.startswith("part"):
            with tf.device("/cpu:0" if i % 2 else None):
                value = tf.constant(VALUES[name])
                tf.Variable(tf.cast(value, tf.bfloat16) if name == "bfloat16" else value, name=name)
    tf.get_variable("part", [5, 4], initializer=tf.ones_initializer(), partitioner=tf.fixed_size_partitioner(3))


def write(tf, folder):
    for way, options in WAYS.items():
        with tf.Graph().as_default(), tf.Session() as session:
            build(tf, NOT_V1 if "v1" in way else ())
            session.run(tf.global_variables_initializer())
            tf.train.Saver(**options).save(session, str(Path(folder) / way), latest_filename=f"state_{way}")


def read(tf, folder):
    for way in WAYS:
        with tf.Graph().as_default(), tf.Session() as session:
            prefix = tf.train.latest_checkpoint(folder, f"state_{way}")
            tf.train.import_meta_graph(str(Path(folder) / f"{way}.meta")).restore(session, prefix)
            check(session, tf.global_variables(), VALUES, way)
        with tf.Graph().as_default(), tf.Session() as session:
            build(tf, NOT_V1 if "v1" in way else ())
            tf.train.Saver().restore(session, prefix)
            check(session, tf.global_variables(), VALUES, way)


def check(session, variables, values, way):
    assert len(variables) == len(values) - len(NOT_V1 if "v1" in way else ()), way
    for variable in variables:
        found, wanted = session.run(variable), values[variable.op.name]
        if wanted.dtype.kind == "S":
            found, wanted = found.tolist(), wanted.tolist()
        elif variable.op.name == "bfloat16":
            found = found.astype(np.float32)
        np.testing.assert_array_equal(found, wanted, err_msg=f"{way}: {variable.op.name}")


if __name__ == "__main__":
    import tensorflow.compat.v1

    tensorflow.compat.v1.disable_v2_behavior()
    {"write": write, "read": read}[sys.argv[1]](tensorflow.compat.v1, sys.argv[2])
