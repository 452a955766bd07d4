"""`tf.contrib.framework`'s functions of checkpoints; nodes and sentences are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import undertow as tf

framework = tf.contrib.framework
A, B = np.arange(20, dtype=np.float32).reshape(5, 4), np.arange(6, dtype=np.float32)


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture(params=[tf.train.SaverDef.V1, tf.train.SaverDef.V2], ids=["V1", "V2"])
def checkpoint(request, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.Variable(A, name="a"), tf.Variable(B, name="b")
        session.run(tf.global_variables_initializer())
        return tf.train.Saver(write_version=request.param).save(session, str(tmp_path / "m"))


def test_variables_are_assigned_in_parts_and_reshaped(checkpoint):
    parts = tf.get_variable("a", [5, 4], partitioner=tf.fixed_size_partitioner(2))
    b = tf.get_variable("x/b", [2, 3])
    op, feeds = framework.assign_from_checkpoint(checkpoint, {"a": list(parts), "b": b})
    names = ["placeholder/a/part_0:0", "placeholder/a/part_1:0", "placeholder/x/b:0"]
    assert [t.name for t in feeds] == names and op.name == "group_deps"
    with tf.Session() as session:
        session.run(op, feeds)
        np.testing.assert_array_equal(session.run(parts.as_tensor()), A)
        np.testing.assert_array_equal(session.run(b), B.reshape(2, 3))


def test_variables_of_a_list_go_by_their_own_names(checkpoint):
    parts = tf.get_variable("a", [5, 4], partitioner=tf.fixed_size_partitioner(3))
    op, feeds = tf.contrib.slim.assign_from_checkpoint(checkpoint, [*parts, tf.get_variable("b", [6])])
    with tf.Session() as session:
        session.run(op, feeds)
        np.testing.assert_array_equal(session.run(parts.as_tensor()), A)


def test_what_is_missing_or_of_another_size_is_refused(checkpoint):
    c = tf.get_variable("c", [7])
    with pytest.raises(ValueError, match=r"Checkpoint is missing variable \[c\]"):
        framework.assign_from_checkpoint(checkpoint, [c])
    with pytest.raises(ValueError, match=r"must be unchanged for b lh_shape: \[\(6,\)\], rh_shape: \[\(7,\)\]"):
        framework.assign_from_checkpoint(checkpoint, {"b": c})
    assert framework.assign_from_checkpoint(checkpoint, [c], ignore_missing_vars=True)[1] == {}


def test_a_checkpoint_is_looked_into_by_contribs_names(checkpoint):
    assert framework.list_variables(checkpoint_dir=checkpoint) == [("a", [5, 4]), ("b", [6])]
    np.testing.assert_array_equal(framework.load_variable(checkpoint_dir=checkpoint, name="b"), B)
    assert framework.load_checkpoint(filepattern=checkpoint).has_tensor("a")
    v = tf.get_variable("v", [6])
    framework.init_from_checkpoint(checkpoint_dir=checkpoint, assignment_map={"b": v})
    restore = framework.assign_from_checkpoint_fn(checkpoint, {"a": tf.get_variable("w", [5, 4])})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(v), B)
        restore(session)
        np.testing.assert_array_equal(session.run("w:0"), A)
