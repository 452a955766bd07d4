"""Writes tests/parity/golden/bundle/: small checkpoints as TensorFlow 2.21 writes them, and what is in them.

`values.json` holds for each checkpoint the pieces given to SaveV2, in order: name, shape and slice, type, shape,
and the bytes in hex (of each element, for strings). `many_keys` is too big to keep; its files' SHA-256 is in it.
"""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
tf1.disable_v2_behavior()

GOLDEN = Path(__file__).parent / "golden" / "bundle"
NUMBERS = [
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "complex64", "complex128",
]  # fmt: skip
QUANTIZED = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16", "qint32": "int32"}


def numbers(dtype):
    """A 2x3 array with a value that only this type holds."""
    values = np.array([[0, 1, 2], [3, 100, 101]])
    if dtype.startswith("complex"):
        return (values * (1 - 2.5j)).astype(dtype)
    if dtype.startswith(("float", "bfloat")):
        return (values / 3 - 1).astype(tf.as_dtype(dtype).as_numpy_dtype)
    if dtype.startswith("int"):
        return -(values << 40) if dtype == "int64" else (values + np.iinfo(dtype).min).astype(dtype)
    if dtype.startswith("uint"):
        return (np.iinfo(dtype).max - values.astype(np.uint64)).astype(dtype)
    return values % 2 == 1


def all_types():
    for dtype in NUMBERS:
        yield f"numbers/{dtype}", "", tf.constant(numbers(dtype))
    for dtype, storage in QUANTIZED.items():
        yield f"numbers/{dtype}", "", tf.bitcast(tf.constant(numbers(storage)), tf.as_dtype(dtype))
    yield "scalar", "", tf.constant(np.float32(1.5))
    yield "empty", "", tf.constant(np.zeros((2, 0, 3), np.int32))
    yield "strings", "", tf.constant(np.array([[b"", b"a\0b"], [b"x" * 300, "ü".encode()]], object))
    yield "no_strings", "", tf.constant(np.zeros((0, 2), object).astype(bytes))
    yield "long/" + "k" * 2000, "", tf.constant(np.int32(7))


def slices():
    whole = np.arange(5 * 4, dtype=np.float32).reshape(5, 4)
    yield "rows", "5 4 0,2:-", tf.constant(whole[:2])
    yield "rows", "5 4 2,3:0,4", tf.constant(whole[2:])
    yield "tiles", "5 4 0,2:0,1", tf.constant(whole[:2, :1])
    yield "tiles", "5 4 2,3:0,1", tf.constant(whole[2:, :1])
    yield "tiles", "5 4 0,5:1,3", tf.constant(whole[:, 1:])
    yield "in_one", "5 4 0,5:-", tf.constant(whole)
    yield "a_gap", "5 4 0,2:-", tf.constant(whole[:2])
    yield "far \udcff\0away", "10000000000 70000 9999999,1:63,2", tf.constant(whole[:1, :2])
    yield "far \udcff\0away", "10000000000 70000 64,1:8192,2", tf.constant(whole[:1, :2])


def many_keys():
    for i in range(9000):
        yield f"scope_{i % 13}/variable_{i}/Adam_{i % 2}", "", tf.constant(np.float32(i))


def save(prefix, pieces):
    with tf.Graph().as_default(), tf1.Session() as session:
        names, specs, tensors = zip(*pieces())
        keys = [name.encode(errors="surrogateescape") for name in names]
        session.run(tf.raw_ops.SaveV2(prefix=prefix, tensor_names=keys, shape_and_slices=specs, tensors=tensors))
        return [describe(*piece) for piece in zip(names, specs, tensors, session.run(list(tensors)))]


def describe(name, spec, tensor, value):
    strings = tensor.dtype == tf.string
    data = [s.hex() for s in np.ravel(value).tolist()] if strings else np.asarray(value).tobytes().hex()
    return {"name": name, "spec": spec, "dtype": tensor.dtype.name, "shape": list(np.shape(value)), "data": data}


def sharded(folder):
    """A Saver's checkpoint of variables on two devices, one of them partitioned, and the `checkpoint` beside it."""
    with tf.Graph().as_default():
        with tf.device("/cpu:0"):
            a = tf1.get_variable("a", initializer=np.arange(5, dtype=np.float32))
        with tf.device("/cpu:1"):
            b = tf1.get_variable("b", initializer=np.arange(4, dtype=np.int32))
        whole = np.arange(10 * 4, dtype=np.float32).reshape(10, 4)
        p = tf1.get_variable("p", initializer=tf.constant(whole), partitioner=tf1.fixed_size_partitioner(3))
        with tf1.Session(config=tf1.ConfigProto(device_count={"CPU": 2})) as session:
            session.run(tf1.global_variables_initializer())
            saver = tf1.train.Saver(sharded=True, save_relative_paths=True)
            saver.save(session, f"{folder}/sharded", write_meta_graph=False)
            p_value = np.concatenate(session.run(list(p)))
            values = [("a", a, session.run(a)), ("b", b, session.run(b)), ("p", p, p_value)]
            return [describe(name, "", variable, value) for name, variable, value in values]


def parts(folder):
    """Three checkpoints with a part each of one variable, and what MergeV2Checkpoints makes of them."""
    whole = np.arange(9, dtype=np.float32).reshape(3, 3)
    made = {}
    for i in range(3):

        def pieces(i=i):
            yield "p", f"3 3 {i},1:-", tf.constant(whole[i : i + 1])
            yield f"own_{i}", "", tf.constant(np.int64(i))

        made[f"part_{i}"] = save(f"{folder}/part_{i}", pieces)
    with tempfile.TemporaryDirectory() as other:
        for i in range(3):
            for file in Path(folder).glob(f"part_{i}.*"):
                shutil.copy(file, other)
        with tf.Graph().as_default(), tf1.Session() as session:
            olds = [f"{other}/part_{i}" for i in range(3)]
            session.run(tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=olds, destination_prefix=f"{folder}/merged"))
    return made


def main():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir(parents=True)
    values = {"all_types": save(f"{GOLDEN}/all_types", all_types), "slices": save(f"{GOLDEN}/slices", slices)}
    values["sharded"] = sharded(GOLDEN)
    values.update(parts(GOLDEN))
    with tempfile.TemporaryDirectory() as folder:
        save(f"{folder}/many_keys", many_keys)
        files = sorted(Path(folder).glob("many_keys.*"))
        values["many_keys"] = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    (GOLDEN / "values.json").write_text(json.dumps(values, indent=0) + "\n")


if __name__ == "__main__":
    main()
