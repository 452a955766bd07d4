"""Resource variables as TensorFlow 1.15.5 has them; values and nodes are compared in `tests/parity`."""

import copy

import numpy as np
import pytest

import undertow as tf
from undertow.api.resource_variable import ResourceVariable


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g
    tf.disable_resource_variables()


def made(value=(1.0, 2.0), **options):
    return tf.Variable(value, use_resource=True, **options)


def run(fetches, feeds=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


class TestWhoSaysSo:
    def test_the_argument_then_the_scope_then_the_switch(self):
        tf.enable_resource_variables()
        assert tf.resource_variables_enabled()
        kinds = [
            tf.get_variable("a", [1]).op.type,
            tf.Variable(1.0).op.type,
            tf.Variable(1.0, use_resource=False).op.type,
        ]
        with tf.variable_scope("scope", use_resource=False):
            kinds += [tf.get_variable("a", [1]).op.type, tf.Variable(1.0).op.type]
            with tf.variable_scope("inside"):
                kinds += [tf.get_variable("a", [1]).op.type, tf.get_variable("b", [1], use_resource=True).op.type]
        tf.disable_resource_variables()
        kinds.append(tf.Variable(1.0).op.type)
        handle, ref = "VarHandleOp", "VariableV2"
        assert kinds == [handle, handle, ref, ref, ref, ref, handle, ref]

    def test_a_creator_has_the_say_and_is_told_nothing_by_default(self):
        told = []

        def creator(next_creator, **arguments):
            told.append(arguments["use_resource"])
            return next_creator(**{**arguments, "use_resource": True})

        with tf.variable_creator_scope(creator):
            assert tf.Variable(1.0).op.type == "VarHandleOp"
        assert told == [None]

    def test_it_is_a_tf_variable_and_no_ref_variable(self):
        from undertow.api.reference_variable import RefVariable

        assert isinstance(made(), tf.Variable)
        assert not isinstance(made(), RefVariable)
        assert isinstance(tf.Variable(1.0), RefVariable)

    def test_slots_and_what_an_optimizer_makes_are_of_the_variables_kind(self):
        w = made()
        ref = tf.Variable(1.0)
        optimizer = tf.train.AdamOptimizer()
        optimizer.minimize(tf.reduce_sum(w) + ref)
        kinds = {v.op.name: v.op.type for v in optimizer.variables()}
        first = min(w.name, ref.name)
        assert kinds[f"{w.op.name}/Adam"] == "VarHandleOp"
        assert kinds[f"{ref.op.name}/Adam"] == "VariableV2"
        assert kinds["beta1_power"] == ("VarHandleOp" if first == w.name else "VariableV2")


class TestWhatItIs:
    def test_its_dtype_is_no_reference_and_its_handle_a_resource(self):
        w = made(name="w")
        assert (w.dtype, w.handle.dtype, w.handle.shape, w.shape) == (tf.float32, tf.resource, [], [2])
        assert str(w) == "<tf.Variable 'w:0' shape=(2,) dtype=float32>"
        assert (w.op, w.name, w.create) == (w.handle.op, "w:0", w.initializer)

    def test_the_shape_need_not_be_known(self):
        x = tf.placeholder(tf.float32)
        assert ResourceVariable(x).shape.ndims is None

    def test_bad_arguments_are_refused(self):
        for options, error in (
            ({}, "initial_value must be specified"),
            ({"initial_value": 1.0, "constraint": 3}, "must be a callable"),
            ({"initial_value": 1.0, "collections": "all"}, "must be a list, tuple, or set"),
            ({"initial_value": 1.0, "variable_def": object()}, "mutually exclusive"),
        ):
            with pytest.raises(ValueError, match=error):
                ResourceVariable(**options)

    def test_the_initial_value_of_a_function_takes_the_dtype(self):
        assert ResourceVariable(lambda: 1, dtype=tf.float32).dtype == tf.float32
        assert ResourceVariable(lambda: 1).dtype == tf.int32

    def test_it_does_not_change_in_place(self):
        w = made()
        with pytest.raises(RuntimeError, match="Variable \\+= value not supported"):
            w += 1.0
        with pytest.raises(NotImplementedError, match="set_shape"):
            w.set_shape([2])
        with pytest.raises(NotImplementedError):
            copy.deepcopy(w)
        with pytest.raises(TypeError, match="not iterable"):
            list(w)

    def test_a_caching_device_keeps_one_read(self):
        w = made(name="w", caching_device="/cpu:0")
        assert w.value() is w.value()
        assert w.value().op.name == "w/Read/Identity"


class TestProtobufs:
    def test_there_and_back(self):
        w = made(name="w", trainable=False)
        definition = w.to_proto()
        assert definition.is_resource
        assert (definition.variable_name, definition.snapshot_name) == ("w:0", "w/Read/ReadVariableOp:0")
        again = tf.Variable.from_proto(definition)
        assert isinstance(again, ResourceVariable)
        assert (again.handle, again.initializer, again.trainable) == (w.handle, w.initializer, False)
        assert again.initial_value is w.initial_value

    def test_a_cached_value_comes_back(self):
        w = made(caching_device="/cpu:0")
        assert ResourceVariable.from_proto(w.to_proto()).value() is w.value()

    def test_outside_of_the_export_scope_there_is_none(self):
        assert made().to_proto(export_scope="elsewhere") is None


class TestChanges:
    def test_what_does_not_fit_is_refused_when_the_graph_is_built(self):
        w = made()
        with pytest.raises(ValueError, match=r"Shapes \(2,\) and \(3,\) are incompatible"):
            w.assign([1.0, 2.0, 3.0])
        with pytest.raises(ValueError, match="in both shapes must be equal"):
            w.assign_add([1.0, 2.0, 3.0])
        with pytest.raises(TypeError):
            w.assign("text")
        with pytest.raises(TypeError, match="not IndexedSlices"):
            w.scatter_sub(3.0)
        with pytest.raises(TypeError, match="int32, int64"):
            w.count_up_to(3)

    def test_a_fed_value_may_have_another_shape(self):
        w, x = made(), tf.placeholder(tf.float32)
        assert run(w.assign(x), {x: [[7.0]]}).tolist() == [[7.0]]

    def test_one_change_after_another_waits_for_it(self):
        w = made()
        assert run(w.assign([5.0, 5.0]).assign_add([1.0, 2.0]).assign_sub([0.5, 0.5])).tolist() == [5.5, 6.5]

    def test_the_operation_is_what_is_waited_for(self):
        w = made()
        changed = w.assign_add([1.0, 1.0])
        assert changed.op.type == "AssignAddVariableOp"
        assert (changed.name, changed.handle) == (changed.op.name, w.handle)
        assert changed.value().op.control_inputs == [changed.op]
        assert isinstance(w.assign([0.0, 0.0], read_value=False), tf.Operation)

    def test_assign_add_of_a_variable_forgets_the_name_as_tensorflow_does(self):
        assert tf.assign_add(made(), [1.0, 1.0], name="more").op.name == "AssignAddVariableOp"
        assert tf.assign(made(), [1.0, 1.0], name="put").op.name == "put"

    @pytest.mark.parametrize(
        ("kind", "wanted"),
        [("add", [7.0, 2.0]), ("sub", [-5.0, 2.0]), ("mul", [6.0, 2.0]), ("div", [1 / 6, 2.0]), ("max", [6.0, 2.0]),
         ("min", [1.0, 2.0]), ("update", [6.0, 2.0])],
    )  # fmt: skip
    def test_rows_are_changed_by(self, kind, wanted):
        w = made()
        slices = tf.IndexedSlices(tf.constant([6.0]), tf.constant([0]))
        assert run(getattr(w, f"scatter_{kind}")(slices)).tolist() == pytest.approx(wanted)
        assert run(getattr(tf, f"scatter_{kind}")(w, [0], [6.0])).tolist() == pytest.approx(wanted)

    def test_counting_ends_at_the_limit(self):
        n = made(0)
        count = n.count_up_to(1)
        with tf.Session() as session:
            session.run(n.initializer)
            assert session.run(count) == 0
            with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 1"):
                session.run(count)

    def test_load_and_eval(self):
        w = made()
        with tf.Session() as session:
            w.load([3.0, 4.0], session)
            assert w.eval(session).tolist() == [3.0, 4.0]


class TestRuns:
    def test_the_variable_is_fetched_and_fed_by_its_first_read(self):
        w = made()
        assert run(w, {w: [9.0, 9.0]}).tolist() == [9.0, 9.0]
        assert run(w + 0.0, {w: [9.0, 9.0]}).tolist() == [1.0, 2.0]

    def test_no_value_yet(self):
        w = made(name="w")
        with tf.Session() as session:
            assert session.run([w.is_initialized(), tf.is_variable_initialized(w)]) == [False, False]
            assert session.run(tf.report_uninitialized_variables()).tolist() == [b"w"]
            with pytest.raises(tf.errors.FailedPreconditionError, match=r"resource variable w .*uninitialized"):
                session.run(w)
            with pytest.raises(tf.errors.NotFoundError, match="localhost/w does not exist"):
                session.run(w.assign_add([1.0, 1.0]))
            session.run(w.initializer)
            assert session.run(tf.report_uninitialized_variables()).tolist() == []

    def test_the_function_of_a_dataset_reads_the_value_of_the_time(self):
        w = made(10.0)
        elements = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0]).map(lambda x: x * w)
        assert elements.output_shapes.as_list() == []
        iterator = elements.make_initializable_iterator()
        following, more = iterator.get_next(), w.assign_add(1.0)
        with tf.Session() as session:
            session.run([w.initializer, iterator.initializer])
            assert session.run(following) == 10.0
            session.run(more)
            assert [session.run(following) for _ in range(2)] == [22.0, 33.0]

    def test_an_update_by_a_custom_gradient_reaches_the_variable(self):
        w = made()

        @tf.custom_gradient
        def scaled(x):
            return x * w, lambda dy, variables: (dy * w, [dy * x * 10.0])

        assert run(tf.gradients(scaled(tf.constant([3.0, 4.0])), w))[0].tolist() == [30.0, 40.0]

    def test_an_optimizer_of_the_programs_own_is_asked_by_its_resource_methods(self):
        class Own(tf.train.Optimizer):
            def __init__(self):
                super().__init__(False, "Own")

            def _resource_apply_dense(self, grad, handle):
                return handle.assign_sub(0.5 * grad, read_value=False)

            def _resource_apply_sparse(self, grad, handle, indices):
                return handle.scatter_sub(tf.IndexedSlices(0.25 * grad, indices))

        dense, table = made(), made([[1.0], [2.0], [3.0]])
        train = Own().minimize(tf.reduce_sum(dense * dense) + tf.reduce_sum(tf.gather(table, [2, 0, 2]) * 4.0))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            assert session.run(dense).tolist() == [0.0, 0.0]
            assert session.run(table).tolist() == [[0.0], [2.0], [1.0]]  # 3 - 0.25 * (4 + 4)


class TestCheckpoints:
    def test_what_one_kind_saves_the_other_restores(self, tmp_path):
        values = {"w": np.arange(6.0).reshape(2, 3), "n": np.int64(7), "text": np.array([b"a", b"bc"], dtype=object)}
        for saved_by in (True, False):
            prefix = str(tmp_path / f"by_{saved_by}")
            for use_resource in (saved_by, not saved_by):
                with tf.Graph().as_default(), tf.Session() as session:
                    variables = [
                        tf.get_variable(k, initializer=tf.constant(v), use_resource=use_resource, trainable=False)
                        for k, v in values.items()
                    ]
                    saver = tf.train.Saver()
                    if use_resource is saved_by:
                        session.run(tf.global_variables_initializer())
                        saver.save(session, prefix)
                    else:
                        saver.restore(session, prefix)
                        for found, wanted in zip(session.run(variables), values.values()):
                            np.testing.assert_array_equal(found, wanted)

    def test_parts_are_saved_as_slices_of_the_whole(self, tmp_path):
        with tf.Session() as session:
            with tf.variable_scope("s", use_resource=True, partitioner=tf.fixed_size_partitioner(3)):
                tf.get_variable("p", initializer=tf.constant(np.arange(10.0).reshape(5, 2)), dtype=tf.float64)
            session.run(tf.global_variables_initializer())
            prefix = tf.train.Saver().save(session, str(tmp_path / "m"))
        assert tf.train.load_variable(prefix, "s/p").tolist() == np.arange(10.0).reshape(5, 2).tolist()
        with tf.Graph().as_default(), tf.Session() as session:
            w = tf.get_variable("w", [5, 2], tf.float64, use_resource=True)
            tf.train.init_from_checkpoint(prefix, {"s/p": w})
            session.run(w.initializer)
            assert session.run(w).tolist() == np.arange(10.0).reshape(5, 2).tolist()

    def test_another_shape_is_not_restored(self, tmp_path):
        with tf.Session() as session:
            session.run(made(name="w").initializer)
            prefix = tf.train.Saver().save(session, str(tmp_path / "m"))
        with tf.Graph().as_default(), tf.Session() as session:
            made([1.0, 2.0, 3.0], name="w")
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected \[3\] got \[2\]"):
                tf.train.Saver().restore(session, prefix)

    def test_a_handle_or_a_read_is_saved_as_its_variable(self, tmp_path):
        with tf.Session() as session:
            w = made(name="w")
            session.run(w.initializer)
            saver = tf.train.Saver({"by_handle": w.handle, "by_read": w.value()})
            prefix = saver.save(session, str(tmp_path / "m"))
            assert tf.train.list_variables(prefix) == [("by_handle", [2]), ("by_read", [2])]
            session.run(w.assign([0.0, 0.0]))
            tf.train.Saver({"by_read": w.handle}).restore(session, prefix)
            assert session.run(w).tolist() == [1.0, 2.0]
