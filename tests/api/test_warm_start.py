"""`tf.train.warm_start`: variables that start from a checkpoint of another vocabulary."""

import numpy as np
import pytest

import undertow as tf
from undertow.api.train.checkpoint_ops import _load_and_remap_matrix_initializer, _load_embedding_initializer
from undertow.ops.node import node

OLD = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


@pytest.fixture
def folder(tmp_path):
    """A folder with the checkpoint of a variable w, and vocabularies for its rows and columns, old and new."""
    with tf.Graph().as_default():
        tf.get_variable("w", initializer=OLD)
        tf.get_variable("other", initializer=[1.0, 2.0])
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            tf.train.Saver().save(s, str(tmp_path / "model"), global_step=3)
    for name, text in (("old", "a b c d"), ("new", "d x a"), ("old_cols", "p q r"), ("new_cols", "r p")):
        (tmp_path / name).write_text("\n".join(text.split()) + "\n")
    return tmp_path


def started(*variables):
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        return [s.run(v).tolist() for v in variables]


def vocabulary(folder, **more):
    return tf.train.VocabInfo(str(folder / "new"), 3, 1, str(folder / "old"), **more)


def test_variables_start_from_the_checkpoint_by_name(folder):
    w = tf.get_variable("w", [4, 3])
    later = tf.get_variable("later", [2], initializer=tf.zeros_initializer())
    tf.train.warm_start(str(folder), "w", var_name_to_prev_var_name=None)
    tf.train.warm_start(str(folder), ["later"], var_name_to_prev_var_name={"later": "other"})
    assert started(w, later) == [OLD.tolist(), [1, 2]]


def test_rows_follow_their_entries_to_the_new_vocabulary(folder):
    w = tf.get_variable("w", [4, 3])
    tf.train.warm_start(str(folder), var_name_to_vocab_info={"w": vocabulary(folder)})
    assert started(w) == [[[9, 10, 11], [0, 0, 0], [0, 1, 2], [0, 0, 0]]]


def test_new_entries_are_the_backup_initializers(folder):
    w = tf.get_variable("w", [4, 3])
    info = vocabulary(folder, backup_initializer=tf.ones_initializer(), old_vocab_size=2)
    tf.train.warm_start(str(folder), var_name_to_vocab_info={"w": info})
    assert started(w) == [[[1] * 3, [1] * 3, [0, 1, 2], [1] * 3]]


def test_columns_follow_theirs(folder):
    w = tf.get_variable("w", [4, 2])
    info = tf.train.VocabInfo(str(folder / "new_cols"), 2, 0, str(folder / "old_cols"), axis=1)
    tf.train.warm_start(str(folder), var_name_to_vocab_info={"w": info})
    assert started(w) == [[[2, 0], [5, 3], [8, 6], [11, 9]]]


def test_a_variable_in_parts_starts_part_by_part(folder):
    w = tf.get_variable("w", [4, 3], partitioner=tf.fixed_size_partitioner(2))
    tf.train.warm_start(str(folder), var_name_to_vocab_info={"w": vocabulary(folder)})
    assert started(*w) == [[[9, 10, 11], [0, 0, 0]], [[0, 1, 2], [0, 0, 0]]]


@pytest.mark.parametrize("settings", ["var_name_to_vocab_info", "var_name_to_prev_var_name"])
def test_settings_for_no_variable_are_an_error(folder, settings):
    tf.get_variable("w", [4, 3])
    with pytest.raises(ValueError, match=rf"variables in {settings} that were not used: \['y'\]"):
        tf.train.warm_start(str(folder), **{settings: {"y": vocabulary(folder)}})


@pytest.mark.parametrize("chosen", [3, ["w", 3]])
def test_variables_are_chosen_by_names_or_themselves(folder, chosen):
    with pytest.raises(ValueError, match="vars_to_warm_start"):
        tf.train.warm_start(str(folder), chosen)


def test_a_vocabulary_is_of_rows_or_columns():
    with pytest.raises(ValueError, match="axis argument are 0 and 1"):
        tf.train.VocabInfo("new", 1, 0, "old", axis=2)


def test_rows_and_columns_outside_the_vocabulary_come_last(folder):
    # What the checkpoint lacks is the initializer's: row by row within the vocabulary, then the rows after it, then the
    # columns. Here it gives 1, 2 … the first time, ten times as much the second, a hundred times the third.
    scales = iter([1.0, 10.0, 100.0])

    def numbers(shape):
        return next(scales) * tf.reshape(tf.range(1.0, 1.0 + tf.cast(tf.reduce_prod(shape), tf.float32)), shape)

    load = _load_and_remap_matrix_initializer(
        ckpt_path=str(folder / "model-3"),
        old_tensor_name="w",
        new_row_vocab_size=3,
        new_col_vocab_size=2,
        old_row_vocab_file=str(folder / "old"),
        new_row_vocab_file=str(folder / "new"),
        old_col_vocab_file=str(folder / "old_cols"),
        new_col_vocab_file=str(folder / "new_cols"),
        num_row_oov_buckets=1,
        num_col_oov_buckets=1,
        initializer=numbers,
    )
    with tf.Session() as s:
        found = s.run(load([4, 3])).tolist()
    assert found == [[11, 9, 100], [1, 2, 200], [2, 0, 300], [10, 20, 400]]


def test_an_embedding_starts_by_rows(folder):
    load = _load_embedding_initializer(str(folder / "model-3"), "w", 3, 3, str(folder / "old"), str(folder / "new"))
    with tf.Session() as s:
        found = s.run(load([3, 3]))
    assert found[[0, 2]].tolist() == OLD[[3, 0]].tolist()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"shape": [4, 3], "dtype": tf.float64}, "only float32 is supported"),
        ({"shape": [4]}, "Expected 2-dim shape"),
        ({"shape": [0, 3]}, "Expected 1st dim of shape to be > 0"),
        ({"shape": [4, 4]}, r"new_col_vocab_size \(3\) \+ num_col_oov_buckets \(0\) = 3"),
        ({"shape": [5, 3]}, "would exceed expected total row count"),
    ],
)
def test_shapes_that_do_not_fit_the_vocabulary_are_refused(folder, arguments, sentence):
    load = _load_and_remap_matrix_initializer(str(folder / "model-3"), "w", 4, 3)
    with pytest.raises(ValueError, match=sentence):
        load(**arguments)


@pytest.mark.parametrize(
    ("offset", "count", "old_size", "remapping", "present"),
    [(0, 3, -1, [3, -1, 0], 2), (1, 2, -1, [-1, 0], 1), (0, 3, 1, [-1, -1, 0], 1), (0, 0, -1, [], 0)],
)
def test_a_remapping_gives_old_lines_of_new_entries(folder, offset, count, old_size, remapping, present):
    found = node(
        "GenerateVocabRemapping", str(folder / "new"), str(folder / "old"),
        new_vocab_offset=offset, num_new_vocab=count, old_vocab_size=old_size,
    )  # fmt: skip
    with tf.Session() as s:
        values = s.run(found)
    assert (values.remapping.tolist(), values.num_present) == (remapping, present)


@pytest.mark.parametrize(
    ("rows", "columns", "values", "error", "sentence"),
    [
        ([1, 1], [], [], tf.errors.UnimplementedError, "Old ID 1 is mapped to both new ID 0 and 1"),
        ([1, -1], [], [1.0], tf.errors.InvalidArgumentError, "contained 1 elements, but more missing values remain"),
        ([1, -1], [], [1.0] * 4, tf.errors.InvalidArgumentError, "contained 4 elements, but only 3 elements were used"),
        (
            [1],
            [],
            [],
            tf.errors.InvalidArgumentError,
            "Size of row_remapping is 1 instead of being equal to num_rows=2",
        ),
        ([1, 9], [], [], tf.errors.InvalidArgumentError, "Old ID 9 is not in the old matrix"),
    ],
)
def test_remappings_that_do_not_fit_are_named(folder, rows, columns, values, error, sentence):
    matrix = node(
        "LoadAndRemapMatrix", str(folder / "model-3"), "w", np.array(rows, np.int64), np.array(columns, np.int64),
        np.array(values, np.float32), num_rows=2, num_cols=3,
    )  # fmt: skip
    with tf.Session() as s, pytest.raises(error, match=sentence):
        s.run(matrix)


def test_what_is_no_matrix_of_floats_is_refused(folder):
    empty = np.zeros(0, np.int64)
    matrix = node(
        "LoadAndRemapMatrix", str(folder / "model-3"), "other", empty, empty, np.zeros(0, np.float32),
        num_rows=0, num_cols=1,
    )  # fmt: skip
    with tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError, match="invalid rank 1 instead of rank 2"):
        s.run(matrix)
