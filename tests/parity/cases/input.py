"""Queues that feed a program: the nodes that they are; and records parsed."""

from harness import case


@case(nodes=True)
def batches(tf):
    x, n = tf.constant([1.0, 2.0]), tf.constant(3)
    tf.train.batch([x, n], 4)
    tf.train.batch({"n": n, "x": x}, 4, dynamic_pad=True, allow_smaller_final_batch=True, name="padded")
    tf.train.batch_join([[x], [x + 1.0]], 4, enqueue_many=True)
    return {"x": x}


@case(nodes=True)
def shuffled_batches(tf):
    x = tf.constant([1.0, 2.0])
    tf.train.shuffle_batch([x], 4, capacity=20, min_after_dequeue=5, seed=1)
    tf.train.shuffle_batch_join([[x]], 4, capacity=20, min_after_dequeue=5, seed=1)
    return {"x": x}


@case(nodes=True)
def producers(tf):
    tf.train.range_input_producer(10)
    tf.train.slice_input_producer([tf.constant([1, 2, 3]), tf.constant([[1.0], [2.0], [3.0]])], num_epochs=2)
    return {"limited": tf.identity(tf.train.limit_epochs(tf.constant(7), 3).op.inputs[0])}


def _example(tf, **features):
    made = {}
    for key, values in features.items():
        if isinstance(values[0], bytes):
            made[key] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        elif isinstance(values[0], float):
            made[key] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
        else:
            made[key] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


@case(nodes=True)
def examples(tf):
    features = {
        "a": tf.FixedLenFeature([2], tf.float32),
        "b": tf.FixedLenFeature([], tf.int64, default_value=3),
        "s": tf.FixedLenSequenceFeature([2], tf.int64, allow_missing=True),
        "v": tf.VarLenFeature(tf.string),
    }
    first = _example(tf, a=[1.0, 2.0], b=[5], v=[b"x", b"y"], s=[1, 2, 3, 4])
    second = _example(tf, a=[3.0, 4.0], v=[b"z"], s=[7, 8])
    result = {}
    for name, found in (
        ("many", tf.parse_example(tf.constant([first, second]), features)),
        ("one", tf.parse_single_example(tf.constant(first), features)),
    ):
        sparse = found.pop("v")
        result.update({f"{name}_{key}": value for key, value in found.items()})
        result.update({f"{name}_indices": sparse.indices, f"{name}_shape": sparse.dense_shape})
        result[f"{name}_values"] = tf.equal(sparse.values, "x")
    return result


@case(nodes=True)
def csv_and_raw_bytes(tf):
    columns = tf.decode_csv(['1,2.5,"a, ""b"""', "3,,x"], [[0], [1.5], [""]])
    chosen = tf.decode_csv(["1|2|NA"], [[1], [1.0]], field_delim="|", na_value="NA", select_cols=[0, 2])
    return {
        "numbers": columns[:2],
        "text": tf.equal(columns[2], 'a, "b"'),
        "chosen": chosen,
        "little": tf.decode_raw([b"\x01\x02\x03\x04"], tf.int16),
        "big": tf.decode_raw([b"\x01\x02\x03\x04"], tf.int16, little_endian=False),
    }
