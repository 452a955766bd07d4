"""Critical sections: what runs in one, runs alone."""

import itertools
import threading

import pytest

import undertow as tf


def counter():
    return tf.get_variable("v", initializer=0.0, use_resource=True)


def add_two(v):
    before = v.read_value()
    with tf.control_dependencies([before]):
        added = v.assign_add(2.0)
        with tf.control_dependencies([added]):
            return tf.identity(before)


def test_executions_of_one_run_follow_each_other():
    with tf.Graph().as_default(), tf.Session() as session:
        section, v = tf.CriticalSection(), counter()
        found = [section.execute(lambda: add_two(v)) for _ in range(20)]
        session.run(v.initializer)
        assert sorted(session.run(found)) == [2.0 * i for i in range(20)]


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product([False, True], repeat=2)))
def test_sections_may_be_in_branches_and_have_them(outer, inner):
    with tf.Graph().as_default(), tf.Session() as session:
        section, v = tf.CriticalSection(shared_name="cs"), counter()

        def both():
            return tf.cond(tf.constant(inner), lambda: add_two(v), v.read_value)

        found = [tf.cond(tf.constant(outer), lambda: section.execute(both), v.read_value) for _ in range(5)]
        session.run(v.initializer)
        expected = [2.0 * i for i in range(5)] if outer and inner else [0.0] * 5
        assert sorted(session.run(found)) == expected


def test_runs_of_other_threads_wait():
    with tf.Graph().as_default(), tf.Session() as session:
        section, v = tf.CriticalSection(), counter()
        found = section.execute(lambda: add_two(v))
        session.run(v.initializer)
        values = []
        threads = [threading.Thread(target=lambda: values.append(session.run(found))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(values) == [2.0 * i for i in range(8)]


def test_a_section_that_fails_can_be_entered_again():
    with tf.Graph().as_default(), tf.Session() as session:
        section = tf.CriticalSection()
        fails = tf.placeholder(tf.bool, [])

        def body():
            with tf.control_dependencies([tf.Assert(tf.logical_not(fails), ["no"])]):
                return tf.constant(1)

        found = section.execute(body)
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(found, {fails: True})
        assert session.run(found, {fails: False}) == 1


def test_what_would_wait_for_itself_is_refused():
    with tf.Graph().as_default():
        section, same = tf.CriticalSection(shared_name="s"), tf.CriticalSection(shared_name="s")
        for inner in (section, same):
            with pytest.raises(ValueError, match="attempts to directly access the CriticalSection in which it would"):
                section.execute(lambda inner=inner: inner.execute(lambda: tf.constant(1.0)))


def test_a_variable_belongs_to_one_section_unless_it_is_told_otherwise():
    with tf.Graph().as_default():
        one, other, v = tf.CriticalSection(), tf.CriticalSection(), counter()
        one.execute(lambda: v + 1)
        with pytest.raises(ValueError, match="requested exclusive resource access"):
            other.execute(lambda: v + 1, exclusive_resource_access=False)


def test_names_are_tensorflows():
    with tf.Graph().as_default():
        section = tf.CriticalSection(name="cs")
        section.execute(lambda: tf.constant(1), name="E")
        (execution,) = tf.get_collection("critical_section_executions")
        assert [section.name, execution.op.name, execution.op.type] == ["cs", "E/MutexLock", "MutexLock"]
        assert tf.get_collection("critical_sections") == [section]
