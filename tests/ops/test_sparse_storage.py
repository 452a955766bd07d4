"""Sparse tensors in strings, variants and maps, and crosses of features."""

import numpy as np
import pytest

import undertow as tf
from undertow.ops import sparse_storage


def sparse(values=(1, 2)):
    return tf.SparseTensor([[0, 1], [2, 0]], list(values), [3, 4])


@pytest.mark.parametrize("values", [(1, 2), (1.5, 2.5), ("a", "bc"), (True, False)])
@pytest.mark.parametrize("out_type", [tf.string, tf.variant])
def test_a_sparse_tensor_comes_back_from_three_strings_or_variants(values, out_type):
    with tf.Graph().as_default(), tf.Session() as session:
        given = sparse(values)
        kept = sparse_storage.serialize_sparse(given, out_type=out_type)
        assert kept.shape.as_list() == [3]
        before, after = session.run([given, sparse_storage.deserialize_sparse(kept, given.dtype)])
        assert [part.tolist() for part in before] == [part.tolist() for part in after]


def test_the_strings_are_tensorflows():
    with tf.Graph().as_default(), tf.Session() as session:
        values = session.run(tf.io.serialize_sparse(sparse()))[1]
        assert values == b'\x08\x03\x12\x04\x12\x02\x08\x02"\x08\x01\0\0\0\x02\0\0\0'
        strings = [b'\x08\t\x12\x08\x12\x02\x08\x01\x12\x02\x08\x01"\x08\0\0\0\0\0\0\0\0',
                   b'\x08\x07\x12\x04\x12\x02\x08\x01"\x03\x02ab',
                   b'\x08\t\x12\x04\x12\x02\x08\x01"\x08\x04\0\0\0\0\0\0\0']  # fmt: skip
        found = session.run(sparse_storage.deserialize_sparse(strings, tf.string))  # strings as bytes, with lengths
        assert [part.tolist() for part in found] == [[[0]], [b"ab"], [4]]


def test_rows_are_serialized_each_and_come_back_together():
    with tf.Graph().as_default(), tf.Session() as session:
        kept = tf.serialize_many_sparse(sparse())
        found = session.run(tf.deserialize_many_sparse(kept, tf.int32))
        assert kept.shape.as_list() == [None, 3]
        assert [part.tolist() for part in found] == [[[0, 1], [2, 0]], [1, 2], [3, 4]]


def test_batches_of_different_shapes_have_the_largest():
    with tf.Graph().as_default(), tf.Session() as session:
        small = tf.SparseTensor([[0, 0]], [5], [1, 9])
        both = tf.stack([tf.serialize_sparse(sparse()), tf.serialize_sparse(small)])
        found = session.run(sparse_storage.deserialize_sparse(both, tf.int32))
        assert found.indices.tolist() == [[0, 0, 1], [0, 2, 0], [1, 0, 0]]
        assert found.dense_shape.tolist() == [2, 3, 9]


def test_a_map_gives_each_sparse_tensor_once():
    with tf.Graph().as_default(), tf.Session() as session:
        handle = sparse_storage._add_sparse_to_tensors_map(sparse())
        number = session.run(handle)
        found = sparse_storage._take_many_sparse_from_tensors_map(handle.op, np.array([number]), rank=3)
        assert found.shape.as_list() == [None, None, None]
        assert session.run(found).dense_shape.tolist() == [1, 3, 4]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Unable to find SparseTensor: 0"):
            session.run(found)


def test_tensors_come_back_from_a_string():
    with tf.Graph().as_default(), tf.Session() as session:
        for value in ([[1.5, 2.5]], ["a", ""], True):
            tensor = tf.constant(value)
            assert np.array_equal(*session.run([tensor, tf.io.parse_tensor(tf.serialize_tensor(tensor), tensor.dtype)]))
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Type mismatch between parsed tensor \(int32\)"):
            session.run(tf.io.parse_tensor(tf.serialize_tensor(1), tf.int64))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse"):
            session.run(tf.io.parse_tensor("nonsense", tf.int64))


def test_crosses_are_all_combinations_row_by_row():
    with tf.Graph().as_default(), tf.Session() as session:
        words = tf.SparseTensor([[0, 0], [0, 2], [1, 1]], ["a", "b", "c"], [2, 3])
        inputs = [words, tf.constant([["x"], ["z"]]), tf.constant([[1, -2], [3, 4]])]
        found = session.run(tf.sparse.cross(inputs))
        texts = [b"a_X_x_X_1", b"a_X_x_X_-2", b"b_X_x_X_1", b"b_X_x_X_-2", b"c_X_z_X_3", b"c_X_z_X_4"]
        assert found.values.tolist() == texts
        assert found.indices.tolist() == [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]]
        assert found.dense_shape.tolist() == [2, 4]


def test_hashes_of_crosses_are_tensorflows():
    # 1.15.5's
    with tf.Graph().as_default(), tf.Session() as session:
        hashed = tf.sparse.cross_hashed([tf.constant([[1, 2, -3]])])
        cross = tf.contrib.layers.sparse_feature_cross
        old = cross([tf.constant([[5]]), tf.constant([[7]])], hashed_output=True)
        words = [tf.constant([[f"batch1-FC{i}-F1"]]) for i in (1, 2, 3)]
        keyed = cross(words, hashed_output=True, hash_key=tf.contrib.layers.SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY)
        assert session.run(hashed).values.tolist() == [5199413699614396413, 5167850198417433268, 2705231284862781983]
        assert session.run(old).values.tolist() == [2148546192418823596]
        assert session.run(keyed).values.tolist() == [1971693436396284976]


@pytest.mark.parametrize("many", [False, True])
def test_sparse_tensors_are_batched_with_dense_ones(many):
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.Variable(0).assign_add(1)
        dense = tf.stack([step, step]) if many else step
        places, shape = ([[0, 1], [1, 0]], [2, 3]) if many else ([[1]], [3])
        words = tf.SparseTensor(places, tf.stack([step] * (1 + many)), shape)
        numbers, rows = tf.train.batch([dense, words], 4, enqueue_many=many)
        alone = tf.SparseTensor(places, [0] * (1 + many), shape)  # no other thread than the first's counts steps
        only = tf.train.shuffle_batch({"w": alone}, 2, 10, 2, enqueue_many=many)["w"]
        session.run(tf.global_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        numbers, rows = session.run([numbers, rows])
        assert rows.values.tolist() == numbers.tolist()
        assert rows.indices.tolist() == [[i, (1 - i % 2) if many else 1] for i in range(4)]
        assert rows.dense_shape.tolist() == [4, 3]
        assert session.run(only).dense_shape.tolist() == [2, 3]
        coordinator.request_stop()
        coordinator.join(threads)
