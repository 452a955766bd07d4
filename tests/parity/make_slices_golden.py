"""Writes tests/parity/golden/slices/: V1 checkpoints as TensorFlow writes them (2.21 and 1.15.5 the same bytes)."""

import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow

tf = tensorflow.compat.v1
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

GOLDEN = Path(__file__).parent / "golden" / "slices"
VALUES = {  # as in test_slices.py
    "float32": np.float32([[1, 2, 3], [4, 5, 6.5]]), "float64": np.array([[0.1]]), "int32": np.int32([1, -2]),
    "int64": np.int64([2**40, -1]), "uint8": np.uint8([255, 0]), "int8": np.int8([-3]), "int16": np.int16([-300]),
    "uint16": np.uint16([65535]), "bool": np.array([True, False]), "complex64": np.complex64([1 + 2j]),
    "complex128": np.array([1 + 2j]), "string": np.array([b"a", b"", b"xyz"]), "float16": np.float16([0.5, -1]),
    "scalar": np.float32(7), "empty": np.zeros((0, 3), np.float32),
}  # fmt: skip


def save(name, sharded, build):
    with tf.Graph().as_default(), tf.Session() as session:
        build()
        for variable in tf.global_variables():
            rows = np.arange(20, dtype=np.float32).reshape(5, 4)
            part = {"part/part_0": rows[:3], "part/part_1": rows[3:]}.get(variable.op.name)
            feeds = {} if part is None else {variable.initializer.inputs[1]: part}
            session.run(variable.initializer, feeds)
        saver = tf.train.Saver(write_version=tf.train.SaverDef.V1, sharded=sharded)
        saver.save(session, str(GOLDEN / name), write_meta_graph=False, write_state=False)


def everything():
    for name, value in VALUES.items():
        tf.Variable(tf.constant(value), name=name)
    tf.get_variable("part", [5, 4], partitioner=tf.fixed_size_partitioner(2))


def two_devices():
    for i, device in enumerate(("/cpu:0", "/job:localhost/task:0/cpu:0")):
        with tf.device(device):
            tf.get_variable(f"v{i}", initializer=[float(i), 1.0])


GOLDEN.mkdir(parents=True, exist_ok=True)
save("everything", False, everything)
save("sharded", True, two_devices)
