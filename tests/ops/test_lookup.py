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


def test_unknown_words_go_into_the_buckets_after_the_known_ones():
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.index_table_from_tensor(["a", "b"], num_oov_buckets=10)
        strong = lookup.IdTableWithHashBuckets(None, 10, lookup.StrongHashSpec([98765, 132]))
        session.run(tf.tables_initializer())
        # Fingerprint64("c") is 2 modulo 10, that of "d" 5; SipHash of "a" with this key is 4 modulo 10.
        assert session.run(table.lookup(tf.constant(["b", "c", "d"]))).tolist() == [1, 2 + 2, 2 + 5]
        assert session.run(strong.lookup(tf.constant(["a"]))).tolist() == [4]
        assert session.run([table.size(), strong.size()]) == [12, 10]


def test_values_of_a_mutable_table_may_be_vectors():
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.MutableHashTable(tf.string, tf.int64, [-1, -2])
        session.run(table.insert(["a"], [[3, 4]]))
        found = table.lookup(tf.constant([["a", "b"]]))
        assert found.shape.as_list() == [1, 2, 2]
        assert session.run(found).tolist() == [[[3, 4], [-1, -2]]]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected shape \[1,2\] for value, got \[1\]"):
            session.run(table.insert(["a"], [3]))


def test_a_dense_table_exports_all_its_buckets():
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -5, initial_num_buckets=4)
        session.run(table.insert([11, 12], [1, 2]))
        session.run(table.remove(tf.constant([12], tf.int64)))
        keys, values = session.run(table.export())
        assert sorted(zip(keys.tolist(), values.tolist())) == [(0, 0), (0, 0), (0, 0), (11, 1)]
        session.run(table.insert([21, 22, 23], [1, 2, 3]))  # 4 of 4 is more than 0.8
        assert len(session.run(table.export())[0]) == 8
        for key, name in ((0, "empty_key"), (-5, "deleted_key")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=f"Using the {name} as a table key"):
                session.run(table.insert([key], [1]))


def test_keys_of_a_dense_table_may_be_vectors():
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, [0, 0], [-1, -1])
        session.run(table.insert([[1, 2], [3, 4]], [10, 20]))
        assert session.run(table.lookup(tf.constant([[3, 4], [9, 9]], tf.int64))).tolist() == [20, -1]
        with pytest.raises(tf.errors.InvalidArgumentError, match="must end with the table's key shape"):
            session.run(table.lookup(tf.constant([[1, 2, 3]], tf.int64)))


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
        with pytest.raises(ValueError, match="num_oov_buckets must be greater or equal than 0, got -1"):
            lookup.index_table_from_tensor(["a"], num_oov_buckets=-1)


def test_nodes_have_tensorflows_names():
    with tf.Graph().as_default():
        table = lookup.index_table_from_tensor(["a"])
        assert table.resource_handle.op.name == "string_to_index/hash_table/hash_table"
        assert table.init.name == "string_to_index/hash_table/table_init/LookupTableImportV2"
        assert table.lookup(tf.constant(["a"])).op.name == "hash_table_Lookup/LookupTableFindV2"
        assert tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS) == [table.init]
        words = tf.lookup.StaticHashTable(lookup.KeyValueTensorInitializer(["a"], [1]), -1)
        assert [words.resource_handle.op.name, words.init.name] == ["hash_table", "key_value_init/LookupTableImportV2"]


@pytest.mark.parametrize("dense", [False, True])
def test_tables_that_change_are_in_checkpoints(tmp_path, dense):
    def table(name):
        if dense:
            return lookup.MutableDenseHashTable(tf.int64, tf.int64, [-1, -1], 0, -5, 8, name=name)
        return lookup.MutableHashTable(tf.int64, tf.int64, [-1, -1], name=name)

    path = str(tmp_path / "saved")
    values = [[10, 11], [20, 21]]
    with tf.Graph().as_default(), tf.Session() as session:
        kept = table("t1")
        tf.Variable(1.0, name="v").initializer.run()
        session.run(kept.insert([1, 2], values))
        tf.train.Saver().save(session, path)
    assert [name for name, _ in tf.train.list_variables(path)] == ["t1-keys", "t1-values", "v"]
    with tf.Graph().as_default(), tf.Session() as session:
        kept = table("t1")
        session.run(kept.insert([7], [[7, 7]]))
        tf.train.Saver([kept]).restore(session, path)
        found = kept.lookup(tf.constant([1, 2, 7], tf.int64))
        assert session.run(found).tolist() == [*values, [-1, -1]]
        assert session.run(kept.size()) == 2
