"""Summaries, byte for byte. Images and sounds are in tests/api/test_summary.py: a PNG may be packed in many ways."""

from harness import case


@case(nodes=True)
def numbers_and_their_tags(tf):
    a = tf.summary.scalar("loss", tf.constant(2.5))
    b = tf.summary.scalar("loss", tf.constant(3))
    c = tf.summary.scalar("a b/c:d", tf.constant(1.25, tf.float64))
    d = tf.summary.scalar("x", tf.constant(2, tf.int64), family="fam")
    with tf.name_scope("outer"):
        e = tf.summary.scalar("x", tf.constant(2, tf.uint8), family="fam")
        f = tf.summary.scalar("/inner/y", 1.0)
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "nan": tf.summary.scalar("n", float("nan"))}


@case(nodes=True)
def merged(tf):
    tf.summary.scalar("q/a", 1.0)
    tf.summary.scalar("b", 2.0)
    tf.summary.scalar("c", 3.0, collections=["mine"])
    return {
        "all": tf.summary.merge_all(),
        "mine": tf.summary.merge_all(key="mine", name="M"),
        "scope": tf.summary.merge_all(scope="q"),
        "two": tf.summary.merge([tf.summary.scalar("d", 4.0), tf.summary.histogram("h", tf.constant([1.0]))]),
    }


@case(nodes=True)
def histograms(tf):
    values = {
        "mixed": [1.0, 2.0, -1.0, 0.0, 0.0, 3.5],
        "edges": [-1e-12, 1e-12, 1.5e-12, 1e30, -2e30],
        "ones": [1.0, 1.0, 1.0],
        "zeros": [0.0, 0.0],
        "many": [float(2**i) for i in range(-20, 20)] + [-float(2**i) for i in range(-20, 20)],
        "none": [],
    }
    found = {key: tf.summary.histogram(key, tf.constant(value, tf.float64)) for key, value in values.items()}
    for dtype in (tf.float32, tf.float16, tf.bfloat16, tf.uint8, tf.int8, tf.int16, tf.int32, tf.int64):
        found[dtype.name] = tf.summary.histogram(dtype.name, tf.constant([[3, 5], [7, 7]], dtype))
    return found


@case(nodes=True)
def tensors_and_texts(tf):
    return {
        "floats": tf.summary.tensor_summary("f", tf.constant([1.0, 2.0])),
        "ints": tf.summary.tensor_summary("i", tf.constant([[1, 2]], tf.int64), family="fam", collections=["c"]),
        "bools": tf.summary.tensor_summary("b", tf.constant([True, False])),
        "strings": tf.summary.tensor_summary("s", tf.constant(["a"]), summary_description="d", display_name="D"),
        "half": tf.summary.tensor_summary("h", tf.constant(1.5, tf.float16)),
        "metadata": tf.summary.tensor_summary(
            "m", tf.constant(3), summary_metadata=tf.SummaryMetadata(display_name="z")
        ),
        "text": tf.summary.text("t", tf.constant("hello")),
        "table": tf.summary.text("t", tf.constant([["a", "b"], ["c", "d"]])),
    }


@case(nodes=True)
def the_nodes_of_images_and_sounds(tf):
    tf.summary.image("im", tf.zeros([1, 2, 2, 3]), max_outputs=2, family="fam")
    with tf.name_scope("s"):
        tf.summary.audio("au", tf.zeros([1, 4]), 8000, max_outputs=1, collections=["c"])
    return {"n": tf.constant(1)}
