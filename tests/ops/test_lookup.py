"""Lookup tables: what they find, how they are filled, what is refused."""

import pytest

import undertow as tf

lookup = tf.contrib.lookup


@pytest.fixture
def vocabulary(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("one\ntwo\nthree\n")
    return str(path)


def test_words_become_their_places_and_places_their_words(vocabulary):
    with tf.Graph().as_default(), tf.Session() as session:
        index = lookup.index_table_from_file(vocabulary)
        words = lookup.index_to_string_table_from_file(vocabulary, vocab_size=2)
        of_list = lookup.index_table_from_tensor(["a", "b"], default_value=7)
        back = lookup.index_to_string_table_from_tensor(["a", "b"])
        session.run(tf.tables_initializer())
        assert session.run(index.lookup(tf.constant([["three", "none"]]))).tolist() == [[2, -1]]
        assert session.run(words.lookup(tf.constant([1, 2], tf.int64))).tolist() == [b"two", b"UNK"]
        assert session.run(of_list.lookup(tf.constant(["b", "c"]))).tolist() == [1, 7]
        assert session.run(back.lookup(tf.constant(0, tf.int64))) == b"a"
        assert session.run(index.size()) == 3


def test_sparse_keys_give_sparse_values():
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.index_table_from_tensor(["a", "b"])
        found = table.lookup(tf.SparseTensor([[0, 1]], ["b"], [1, 2]))
        session.run(tf.tables_initializer())
        assert session.run(found).values.tolist() == [1]


def test_columns_of_a_file_can_be_keys_and_values(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("x,1.5\ny,2.5\n")
    with tf.Graph().as_default(), tf.Session() as session:
        initializer = lookup.TextFileInitializer(str(path), tf.string, 0, tf.float32, 1, delimiter=",")
        table = lookup.HashTable(initializer, -1.0)
        table.init.run()
        assert session.run(table.lookup(tf.constant(["y", "z"]))).tolist() == [2.5, -1.0]


def test_a_mutable_table_takes_and_loses_keys():
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.MutableHashTable(tf.string, tf.int64, -1)
        found = table.lookup(tf.constant(["a", "b"]))
        session.run(table.insert(["a", "b"], [1, 2]))
        session.run(table.insert(["a"], [5]))
        assert session.run(found).tolist() == [5, 2]
        session.run(table.remove(["b"]))
        assert (session.run(found).tolist(), session.run(table.size())) == ([5, -1], 1)


def test_what_cannot_be_is_refused(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.index_table_from_tensor(["a", "b"])
        with pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized"):
            session.run(table.lookup(tf.constant(["a"])))
        with pytest.raises(TypeError, match="Keys must be dtype"):
            table.lookup(tf.constant([1]))
        twice = lookup.HashTable(lookup.KeyValueTensorInitializer(["a", "a"], [1, 2]), -1)
        with pytest.raises(tf.errors.FailedPreconditionError, match="different value for same key"):
            session.run(twice.init)
        missing = lookup.index_table_from_file(str(tmp_path / "nothing"))
        with pytest.raises(tf.errors.NotFoundError, match="No such file"):
            session.run(missing.init)
        with pytest.raises(tf.errors.UnimplementedError, match="num_oov_buckets"):
            lookup.index_table_from_tensor(["a"], num_oov_buckets=2)


def test_nodes_have_tensorflows_names():
    with tf.Graph().as_default():
        table = lookup.index_table_from_tensor(["a"])
        assert table.resource_handle.op.name == "string_to_index/hash_table/hash_table"
        assert table.init.name == "string_to_index/hash_table/table_init/LookupTableImportV2"
        assert table.lookup(tf.constant(["a"])).op.name == "hash_table_Lookup/LookupTableFindV2"
        assert tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS) == [table.init]
