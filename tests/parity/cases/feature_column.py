"""Feature columns: each kind's values, the variables that are made, and what a training step makes of them."""

import tempfile

import numpy as np
from harness import case

FEATURES = {
    "price": [[0.5], [2.0], [-1.0]],
    "size": [[1.0, 5.0], [3.0, -2.0], [0.0, 1.0]],
    "day": [[1, 4], [-1, 2], [0, 0]],
    "night": [[2, 2], [3, -1], [-1, -1]],
    "weight": [[0.5, 2.0], [0.0, 1.5], [3.0, 0.25]],
    "word": [["a", ""], ["b", "z"], ["c", "a"]],
    "code": [[7, 9], [9, -1], [8, 8]],
}


def _features(tf):
    return {key: tf.constant(value) for key, value in FEATURES.items()}


def _start(shape, dtype=None, partition_info=None):
    return (np.arange(np.prod(shape), dtype=np.float32).reshape(shape) - 3) / 8


def _embedding(tf, column, size, **options):
    return tf.feature_column.embedding_column(column, size, initializer=_start, **options)


def _columns(tf):
    fc = tf.feature_column
    price, size = fc.numeric_column("price"), fc.numeric_column("size", shape=2, normalizer_fn=lambda x: x / 2)
    day = fc.categorical_column_with_identity("day", 5)
    words = fc.categorical_column_with_vocabulary_list("word", ["c", "a"], num_oov_buckets=3)
    codes = fc.categorical_column_with_vocabulary_list("code", [9, 7], default_value=1)
    return fc, price, size, day, words, codes


def _trained(tf, output):
    """The output, the variables' names and shapes; then the output and the variables after a step."""
    variables = tf.global_variables()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.square(output - 1.0)))
    names = tf.constant([v.name for v in variables] + [output.name])
    shapes = {v.op.name: tf.constant(v.shape.as_list()) for v in variables}
    yield {"tables": tf.tables_initializer()}
    yield {"output": output, "names": names, "shapes": shapes, "trainable": tf.constant(len(tf.trainable_variables()))}
    yield {"step": step}
    yield {"output": output, "values": list(variables)}


@case
def numbers_and_ranges(tf):
    fc, price, size, *_ = _columns(tf)
    columns = [size, fc.bucketized_column(size, [0.0, 1.0]), price, fc.bucketized_column(price, [-1, 2])]
    return fc.input_layer(_features(tf), columns)


@case
def ids_as_indicators(tf):
    fc, _, _, day, words, codes = _columns(tf)
    weighted = fc.weighted_categorical_column(fc.categorical_column_with_identity("code", 10), "weight2")
    columns = [day, words, codes, fc.categorical_column_with_hash_bucket("night", 7, tf.int64), weighted]
    features = {**_features(tf), "weight2": tf.constant([[1.0, 2.0], [3.0, 0.0], [4.0, 5.0]])}
    output = fc.input_layer(features, [fc.indicator_column(c) for c in columns])
    yield {"tables": tf.tables_initializer()}
    yield {"output": output, "default": fc.input_layer(
        {"day": tf.constant([3, 9, -2])},
        [fc.indicator_column(fc.categorical_column_with_identity("day", 5, default_value=1))],
    )}  # fmt: skip


@case
def hashed_words(tf):
    fc = tf.feature_column
    column = fc.categorical_column_with_hash_bucket("word", 11)
    sparse = tf.SparseTensor([[0, 0], [0, 2], [2, 1]], ["x", "yy", "x"], [3, 4])
    both = [{"word": tf.constant(FEATURES["word"])}, {"word": sparse}]
    return [fc.input_layer(features, [fc.indicator_column(column)]) for features in both]


@case
def words_of_a_file(tf):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write("b\na\nq\n")
    fc = tf.feature_column
    whole = fc.categorical_column_with_vocabulary_file("word", file.name, num_oov_buckets=2)
    part = fc.categorical_column_with_vocabulary_file("word", file.name, vocabulary_size=2, default_value=0)
    outputs = [fc.input_layer(_features(tf), [fc.indicator_column(column)]) for column in (whole, part)]
    yield {"tables": tf.tables_initializer()}
    yield {"outputs": outputs, "buckets": tf.constant([o.shape[1].value for o in outputs])}


@case
def crosses(tf):
    fc, _, size, day, words, _ = _columns(tf)
    ranges = fc.bucketized_column(size, [0.0, 1.0])
    inner = fc.crossed_column(["word", ranges], 10)
    columns = [inner, fc.crossed_column([day, inner], 13, hash_key=5), fc.crossed_column(["code", words], 9)]
    output = fc.input_layer(_features(tf), [fc.indicator_column(c) for c in columns])
    yield {"tables": tf.tables_initializer()}
    yield {"output": output, "names": tf.constant([c.name for c in columns])}


@case
def embeddings(tf):
    fc, price, _, day, words, codes = _columns(tf)
    weighted = fc.weighted_categorical_column(fc.categorical_column_with_identity("code", 10), "weight2")
    columns = [_embedding(tf, words, 2), price, _embedding(tf, codes, 1, combiner="sum", trainable=False),
               _embedding(tf, weighted, 3, combiner="sqrtn"), _embedding(tf, day, 2, max_norm=0.5)]  # fmt: skip
    features = {**_features(tf), "weight2": tf.constant([[1.0, 2.0], [3.0, 0.0], [4.0, 5.0]])}
    yield from _trained(tf, fc.input_layer(features, columns))


@case
def shared_embeddings(tf):
    fc, price, *_ = _columns(tf)
    days = [fc.categorical_column_with_identity(key, 5) for key in ("night", "day")]
    columns = fc.shared_embedding_columns(days, 2, initializer=_start)
    kept = {}
    output = fc.input_layer(_features(tf), [*columns, price], cols_to_vars=kept)
    yield from _trained(tf, output)
    yield {"kept": tf.constant([f"{c.name} {[v.name for v in kept[c]]}" for c in columns])}


@case
def two_layers_of_the_same_columns(tf):
    fc, _, _, day, *_ = _columns(tf)
    with tf.variable_scope("tower"):
        layers = [fc.input_layer(_features(tf), [_embedding(tf, day, 2)]) for _ in range(2)]
    yield from _trained(tf, layers[0] + 2 * layers[1])


@case
def a_linear_model(tf):
    fc, _, size, day, words, codes = _columns(tf)
    weighted = fc.weighted_categorical_column(fc.categorical_column_with_identity("code", 10), "weight2")
    columns = [size, fc.bucketized_column(size, [0.0, 1.0]), day, words, weighted, _embedding(tf, codes, 2),
               fc.crossed_column(["word", "code"], 20)]  # fmt: skip
    features = {**_features(tf), "weight2": tf.constant([[1.0, 2.0], [3.0, 0.0], [4.0, 5.0]])}
    yield from _trained(tf, fc.linear_model(features, columns))


@case
def two_linear_models(tf):
    fc, price, _, day, words, _ = _columns(tf)
    with tf.variable_scope("tower"):
        kept = {}
        first = fc.linear_model(_features(tf), [day, price], units=2, sparse_combiner="mean")
        second = fc.linear_model(_features(tf), [day, words], units=2, cols_to_vars=kept, trainable=False)
    names = tf.constant(sorted(f"{getattr(k, 'name', k)} {[v.name for v in kept[k]]}" for k in kept))
    yield from _trained(tf, first + second)
    yield {"names": names, "second": tf.constant(second.name)}


@case
def examples_read_by_their_columns(tf):
    fc, price, _, day, words, _ = _columns(tf)
    columns = [price, fc.numeric_column("missing", shape=2, default_value=4), fc.indicator_column(day),
               fc.bucketized_column(price, [0, 1]), fc.indicator_column(words)]  # fmt: skip
    made = tf.train.Example()
    made.features.feature["price"].float_list.value.append(0.5)
    made.features.feature["day"].int64_list.value.extend([1, 3])
    made.features.feature["word"].bytes_list.value.append(b"a")
    parsed = tf.io.parse_example([made.SerializeToString()] * 2, fc.make_parse_example_spec(columns))
    output = fc.input_layer(parsed, columns)
    yield {"tables": tf.tables_initializer()}
    yield output
