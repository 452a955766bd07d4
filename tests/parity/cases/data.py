"""Pipelines of tf.data: elements, their order (shuffled ones too), random numbers in functions, node names."""

import numpy as np
from harness import case


def _elements(dataset, count):
    """Steps that start an iterator and get `count` elements."""
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    yield {"initializer": iterator.initializer}
    for _ in range(count):
        yield {"element": element}


def _side_by_side(tf, datasets, count):
    """The elements of several datasets of `count` or more, as one."""
    return _elements(tf.data.Dataset.zip({name: d.take(count) for name, d in datasets.items()}), count)


@case(nodes=True)
def nodes_of_a_pipeline(tf):
    x = tf.placeholder(tf.float32, [None, 3])
    factor = tf.constant(2.0)
    dataset = tf.data.Dataset.from_tensor_slices({"b": x, "a": np.arange(4)})
    dataset = dataset.map(lambda e: e["b"] * factor).batch(2).repeat(3).prefetch(1).take(4).skip(1)
    dataset = dataset.filter(lambda e: tf.reduce_sum(e) > 0)
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    feed = {x: np.arange(12, dtype=np.float32).reshape(4, 3)}
    yield {"initializer": iterator.initializer}, feed
    yield {"element": element}
    yield {"element": element}


@case(nodes=True)
def nodes_of_several_datasets(tf):
    numbers = tf.data.Dataset.range(5)
    both = tf.data.Dataset.zip((numbers, tf.data.Dataset.from_tensors([1.0, 2.0]).repeat()))
    both = both.concatenate(both).shard(2, 1)
    return {"element": both.make_one_shot_iterator().get_next()}


@case
def a_seed_gives_tensorflows_order(tf):
    def shuffled(buffer, **options):
        return tf.data.Dataset.range(10).shuffle(buffer, seed=3, **options).repeat(3)

    datasets = {f"{b}": shuffled(b) for b in (1, 3, 10, 100)}
    datasets["same"] = shuffled(4, reshuffle_each_iteration=False)
    datasets["both"] = tf.data.Dataset.range(10).apply(tf.data.experimental.shuffle_and_repeat(4, 3, seed=3))
    return _side_by_side(tf, datasets, 30)


@case
def a_graph_seed_gives_tensorflows_order(tf):
    tf.set_random_seed(11)
    dataset = tf.data.Dataset.from_tensor_slices((np.arange(200), np.arange(200) * 0.5))
    return _elements(dataset.shuffle(50, seed=1).batch(20), 10)


@case
def seeded_ops_in_functions_go_on_from_element_to_element(tf):
    dataset = tf.data.Dataset.range(4)
    uniform = dataset.map(lambda x: tf.random.uniform([2], seed=5))
    shuffled = dataset.map(lambda x: tf.random_shuffle(tf.range(5), seed=2))
    return _side_by_side(tf, {"uniform": uniform, "shuffled": shuffled}, 4)


@case
def seeded_samples_of_datasets(tf):
    parts = [tf.data.Dataset.range(a, a + 10) for a in (0, 100, 200)]
    alike = tf.data.experimental.sample_from_datasets(parts, seed=4)
    weighed = tf.data.experimental.sample_from_datasets(parts, weights=[0.2, 0.7, 0.1], seed=4)
    numbers = tf.data.experimental.RandomDataset(3)
    return _side_by_side(tf, {"alike": alike, "weighed": weighed, "numbers": numbers}, 20)


@case
def interleaving(tf):
    def repeated(x):
        return tf.data.Dataset.from_tensors(x).repeat(x)

    shapes = ((1, 1), (2, 1), (2, 2), (3, 2), (4, 3))
    return _side_by_side(
        tf,
        {f"{c}_{b}": tf.data.Dataset.range(6).interleave(repeated, cycle_length=c, block_length=b) for c, b in shapes},
        15,
    )


@case
def windows(tf):
    def windowed(*args):
        return tf.data.Dataset.range(20).window(*args).flat_map(lambda w: w.batch(9))

    whole = {"plain": windowed(3), "overlap": windowed(3, 1), "stride": windowed(3, 2, 2), "gaps": windowed(2, 4, 2)}
    return _side_by_side(tf, whole, 4)


@case
def the_last_windows_are_shorter(tf):
    return _elements(tf.data.Dataset.range(5).window(3, 1, 1).flat_map(lambda w: w.batch(3)), 5)


@case
def padded_batches(tf):
    dataset = tf.data.Dataset.range(1, 7).map(lambda x: (tf.fill([x], x), tf.fill([x, 2], "s")))
    dataset = dataset.padded_batch(4, ([None], [7, 2]), padding_values=(np.int64(-1), "pad"))
    return _elements(dataset, 2)


@case
def groups(tf):
    e = tf.data.experimental
    numbers = tf.data.Dataset.range(11)
    windows = numbers.apply(
        e.group_by_window(lambda x: x % 3, lambda k, d: d.batch(4), window_size_func=lambda k: k + 2)
    )
    sums = e.Reducer(lambda k: (np.int64(0), k), lambda s, x: (s[0] + x, s[1]), lambda a, b: a * 100 + b)
    return _side_by_side(tf, {"windows": windows, "sums": numbers.apply(e.group_by_reducer(lambda x: x % 3, sums))}, 3)


@case
def buckets_of_sequences(tf):
    lengths = tf.data.Dataset.range(1, 12).map(lambda x: (tf.fill([x], x), x))
    bucket = tf.data.experimental.bucket_by_sequence_length
    return _elements(lengths.apply(bucket(lambda x, n: tf.cast(n, tf.int32), [4, 8], [2, 2, 3])), 6)


@case
def buckets_padded_to_their_boundary(tf):
    lengths = tf.data.Dataset.range(1, 7).map(lambda x: tf.fill([x], x))
    bucket = tf.data.experimental.bucket_by_sequence_length
    return _elements(lengths.apply(bucket(lambda x: tf.shape(x)[0], [4, 8], [2, 2, 3], pad_to_bucket_boundary=True)), 4)


@case
def scans_choices_and_reductions(tf):
    e = tf.data.experimental
    scanned = tf.data.Dataset.range(6).apply(e.scan(np.int64(10), lambda s, x: (s + x, (s, x))))
    choice = tf.data.Dataset.from_tensor_slices(np.array([0, 1, 0, 1, 1, 0], np.int64))
    chosen = e.choose_from_datasets([tf.data.Dataset.range(3), tf.data.Dataset.range(10, 20)], choice)
    total = tf.data.Dataset.range(5).reduce((np.int64(0), 1.0), lambda s, x: (s[0] + x, s[1] * 2))
    yield from _side_by_side(tf, {"scanned": scanned, "chosen": chosen}, 6)
    yield {"total": total}


@case
def nested_structures(tf):
    slices = {"b": np.arange(6).reshape(3, 2), "a": (np.ones(3), np.array(["x", "yy", "zzz"]))}
    dataset = tf.data.Dataset.from_tensor_slices(slices)
    return _elements(dataset.map(lambda e: (e["a"][0] * 2, {"s": e["a"][1], "n": e["b"]})).batch(2), 2)


@case
def loops_and_branches_in_functions(tf):
    branch = tf.data.Dataset.range(4).map(lambda x: tf.cond(x > 1, lambda: x * 10, lambda: x))
    loop = tf.data.Dataset.range(4).map(lambda x: tf.while_loop(lambda i: i < 10, lambda i: i + x + 1, [x]))
    return _side_by_side(tf, {"branch": branch, "loop": loop}, 4)


def _sparse(tf):
    return tf.SparseTensor([[0, 0], [0, 2], [2, 1]], [1.0, 2.0, 3.0], [4, 3])


@case
def sparse_elements(tf):
    dataset = tf.data.Dataset.from_tensor_slices({"s": _sparse(tf), "n": np.arange(4)})
    yield from _elements(dataset, 4)


@case
def batches_of_sparse_elements(tf):
    dataset = tf.data.Dataset.from_tensor_slices((_sparse(tf), np.arange(4))).map(lambda s, n: (s, n * 2))
    yield from _elements(dataset.batch(2).repeat(2).batch(2), 2)


@case
def functions_that_give_sparse_tensors(tf):
    def one(x):
        return {"s": tf.SparseTensor([[x, 1]], tf.fill([1], "value"), [5, 2])}

    yield from _elements(tf.data.Dataset.range(4).map(one).batch(4), 1)


@case
def dense_elements_become_sparse_batches(tf):
    dataset = tf.data.Dataset.range(5).map(lambda x: tf.fill([x], x))
    yield from _elements(dataset.apply(tf.data.experimental.dense_to_sparse_batch(3, [6])), 2)
