"""How a run reads and writes variables by their handles: in order, without copies, and never sharing memory."""

import itertools
import random

import numpy as np
import pytest

import undertow as tf
from undertow.graph.operation import Operation
from undertow.ops import handles
from undertow.runtime import autograd, lower
from undertow.runtime.devices import HOST, Placement


@pytest.fixture(autouse=True)
def graph():
    tf.enable_resource_variables()
    with tf.Graph().as_default() as g:
        yield g
    tf.disable_resource_variables()


@pytest.fixture
def session():
    with tf.Session() as s:
        yield s


def steps(session):
    """The steps of the plan that was made last."""
    return [step.kind for step in list(session._plans.values())[-1].steps]


class TestPlans:
    def test_all_of_an_optimizers_variables_are_one_step(self, session):
        variables = [tf.Variable([float(i)]) for i in range(3)]
        train = tf.train.AdamOptimizer().minimize(tf.add_n([tf.reduce_sum(v * v) for v in variables]))
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert "ResourceApplyAdam*3" in steps(session)

    def test_reads_of_one_value_are_one_step(self, session):
        w = tf.Variable(1.0)
        before = [w + 1.0, w + 2.0, -w.read_value()]
        with tf.control_dependencies([*before, w.assign(5.0)]):
            after = [w + 1.0, w + 2.0]
        session.run(w.initializer)
        assert session.run([before, after]) == [[2.0, 3.0, -1.0], [6.0, 7.0]]
        assert steps(session).count("read") == 2

    def test_a_loop_that_does_not_write_a_variable_reads_it_once(self, session):
        w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
        _, y = tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, tf.matmul(y, w)), [0, tf.ones([1, 2])])
        session.run(w.initializer)
        # [1 1] W = [4 6], then [22 32], then [118 172]
        assert session.run(y).tolist() == [[118.0, 172.0]]
        assert steps(session).count("read") == 1
        (loop,) = [s for s in list(session._plans.values())[-1].steps if s.kind == "While"]
        assert "read" not in [s.kind for s in loop.attrs["body"].steps]

    def test_of_int32_they_are_on_the_host_and_where_they_were_asked_to_be(self):
        main = Placement(tf_device := lower.torch.device("cuda", 0))
        with tf.device("/cpu:0"):
            pinned = tf.Variable(1.0)
        wanted = {tf.Variable(1.0): tf_device, tf.Variable(1): HOST, pinned: HOST}
        assert {v: main.storage(v.op) for v in wanted} == wanted


class TestSharing:
    def test_handles_of_one_shared_name_are_one_variable(self, session):
        w = tf.Variable([1.0, 2.0], name="w")
        other = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[2], shared_name="w", name="other")
        value = tf.raw_ops.ReadVariableOp(resource=other, dtype=tf.float32)
        add = tf.raw_ops.AssignAddVariableOp(resource=other, value=[1.0, 1.0])
        session.run(w.initializer)
        found, _, _ = session.run([value, add, w.op])  # the read goes first, though through another handle
        assert found.tolist() == [1.0, 2.0]
        assert session.run(w).tolist() == [2.0, 3.0]

    def test_what_was_fetched_stays_as_it_was(self, session):
        w = tf.Variable([1.0, 2.0])
        add = w.assign_add([1.0, 1.0])
        session.run(w.initializer)
        kept = session.run([w, w.value(), tf.reshape(w, [2, 1]), w[:1]])
        session.run(add)
        assert [k.reshape(-1)[0] for k in kept] == [1.0, 1.0, 1.0, 1.0]

    def test_a_fetched_handle_is_bytes(self, session):
        assert b"w" in session.run(tf.Variable(1.0, name="w").handle).tobytes()

    def test_destroyed_variables_have_no_value(self, session):
        w = tf.Variable(1.0)
        session.run(w.initializer)
        for ignored in (False, True):
            session.run(tf.raw_ops.DestroyResourceOp(resource=w.handle, ignore_lookup_error=ignored))
        assert not session.run(w.is_initialized())
        with pytest.raises(tf.errors.NotFoundError):
            session.run(tf.raw_ops.DestroyResourceOp(resource=w.handle, ignore_lookup_error=False))


class TestGradients:
    def test_reads_on_both_sides_of_a_write_count_with_their_own_values(self, session):
        w = tf.Variable(3.0)
        first = w * w
        with tf.control_dependencies([first, w.assign(5.0)]):
            second = w * w
        grad = tf.gradients(first + second, w)
        session.run(w.initializer)
        assert session.run(grad) == [2 * 3.0 + 2 * 5.0]

    def test_a_gradient_after_the_write_sees_the_value_that_was_read(self, session):
        w = tf.Variable(3.0)
        y = w * w
        with tf.control_dependencies([y]):
            write = w.assign(100.0)
        with tf.control_dependencies([write]):
            grad = tf.gradients(tf.identity(y), w)
        session.run(w.initializer)
        assert session.run([grad, write]) == [[6.0], 100.0]

    def test_a_branch_that_was_not_taken_gives_zeros(self, session):
        a, b, taken = tf.Variable(2.0), tf.Variable([1.0, 2.0]), tf.placeholder(tf.bool, [])
        y = tf.cond(taken, lambda: a * a, lambda: tf.reduce_sum(b))
        grads = tf.gradients(y, [a, b])
        session.run(tf.global_variables_initializer())
        found = session.run(grads, {taken: True})
        assert (found[0], found[1].tolist()) == (4.0, [0.0, 0.0])
        found = session.run(grads, {taken: False})
        assert (found[0], found[1].tolist()) == (0.0, [1.0, 1.0])

    def test_integers_have_none(self):
        n = tf.Variable([1, 2])
        assert tf.gradients(tf.cast(n, tf.float32) * 2.0, n) == [None]

    def test_a_training_loop_does_not_collect_old_values(self, session):
        w = tf.Variable(1.0)

        def body(i):
            with tf.control_dependencies([w.assign_sub(0.001 * tf.gradients(w * w, w)[0], read_value=False)]):
                return i + 1

        loop = tf.while_loop(lambda i: i < 50, body, [0])
        counts = []
        leaves = autograd.Watched.leaves

        def counted(self):
            counts.append(len(leaves(self)))
            return leaves(self)

        session.run(w.initializer)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(autograd.Watched, "leaves", counted)
            session.run(loop)
        assert session.run(w) == pytest.approx(0.998**50)
        assert len(counts) == 50
        assert max(counts) <= 2


class TestFunctions:
    def test_whether_an_op_reads_or_writes_is_told_by_its_type(self):
        assert handles.writes("ResourceSparseApplyFtrl")
        assert handles.writes("AssignVariableOp")
        assert not handles.writes("ReadVariableOp")
        assert not handles.uses("VarIsInitializedOp")

    def test_the_variable_is_found_behind_branches_and_loops(self):
        w = tf.Variable([1.0, 2.0])
        inside = []
        tf.cond(tf.constant(True), lambda: inside.append(w.read_value()) or 1.0, lambda: 0.0)
        tf.while_loop(lambda i: i < 1, lambda i: inside.append(w.read_value()) or i + 1, [0])
        for value in inside:
            handle = value.op.inputs[0].op.inputs[0]
            assert handle is not w.handle
            assert isinstance(handles.variable_op(handle), Operation)
            assert (handles.variable_op(handle), handles.value_shape(handle)) == (w.op, [2])


def random_program(seed):
    """Reads, writes, views, gradients, branches and loops of two variables, in an order that chance decides."""
    chance = random.Random(seed)
    start = np.arange(1, 5, dtype="float32").reshape(2, 2) / 4
    variables = [tf.get_variable(f"v{i}", initializer=start * (i + 1)) for i in range(2)]
    tensors, writes = [tf.constant(np.full((2, 2), 0.5, "float32"))], []

    def changed(variable, kind, value):
        return getattr(variable, kind)(tf.tanh(value), read_value=False)

    def loop(v, other, start):
        kind = chance.randrange(4)

        def body(i, a, b):
            now = v.value()
            if kind == 0:
                return i + 1, tf.tanh(tf.matmul(a, now)), b
            if kind == 1:
                return i + 1, now, tf.tanh(a * b + other)
            with tf.control_dependencies([now, a, b]):
                write = changed(other if kind == 2 else v, "assign_add", now + a)
            with tf.control_dependencies([write]):
                return i + 1, tf.transpose(now), b + now

        return tf.while_loop(lambda i, *_: i < 3, body, [0, start, start])[1:]

    for _ in range(chance.randint(6, 14)):
        waits = chance.sample([*tensors[1:], *writes], min(chance.randint(0, 2), len(tensors) + len(writes) - 1))
        v, other = chance.choice(variables), chance.choice(variables)
        a, b = chance.choice(tensors), chance.choice(tensors)
        with tf.control_dependencies(waits):
            kind = chance.randrange(8)
            if kind <= 1:
                views = [v.value, v.read_value, lambda v=v: tf.transpose(v), lambda v=v: v[::1]]
                tensors.append(chance.choice(views)())
            elif kind == 2:
                tensors.append(chance.choice([tf.add, tf.multiply, lambda a, _: tf.reshape(a, [2, 2])])(a, b))
            elif kind <= 4:
                writes.append(changed(v, chance.choice(["assign", "assign_add", "assign_sub"]), a))
            elif kind == 5:
                tensors += [g for g in tf.gradients(tf.reduce_sum(a * b), variables) if g is not None]
            elif kind == 6:
                tensors.append(tf.cond(tf.reduce_sum(a) > 1.0, lambda v=v, a=a: v * a, lambda v=v: tf.transpose(v)))
            else:
                tensors += loop(v, other, a)
    loss = tf.reduce_sum(tf.tanh(tf.add_n(tensors[-3:])))
    grads = [g for g in tf.gradients(loss, variables) if g is not None]
    return [*grads, *chance.sample(tensors, min(4, len(tensors))), *variables], writes[:2]


def outcome(seed):
    with tf.Graph().as_default(), tf.Session() as session:
        fetches, writes = random_program(seed)
        session.run(tf.global_variables_initializer())
        return list(itertools.chain(*(session.run((fetches, writes))[0] for _ in range(2))))


@pytest.mark.parametrize("seed", range(60))
def test_no_copy_is_missing(seed, monkeypatch):
    found = outcome(seed)
    monkeypatch.setattr(lower, "_read_cell", lower._copy_cell)  # now every read is a copy
    monkeypatch.setattr(autograd.Watched, "read", autograd.Watched.copy)
    for a, b in zip(found, outcome(seed)):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
