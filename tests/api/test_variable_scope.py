"""`tf.get_variable` and `tf.variable_scope`: what is shared, what is refused and how it says so."""

import pytest

import undertow as tf
from undertow.api import variable_scope


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def _made_here():
    """A node, to see which name scope is in force."""
    return tf.constant(1.0, name="c").op.name


def test_a_second_variable_of_a_name_is_refused_and_the_message_says_where_the_first_was_made():
    tf.get_variable("x", [2])
    message = (
        r"Variable x already exists, disallowed\. Did you mean to set reuse=True or reuse=tf\.AUTO_REUSE in VarScope\?"
    )
    with pytest.raises(ValueError, match=message + r" Originally defined at:\s+.*test_variable_scope\.py"):
        tf.get_variable("x", [2])


def test_reuse_gives_the_variable_there_is():
    with tf.variable_scope("a"):
        x = tf.get_variable("x", [2])
    with tf.variable_scope("a", reuse=True):
        assert tf.get_variable("x") is x
        assert tf.get_variable("x", [2]) is x
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        assert tf.get_variable("x", [2]) is x
        y = tf.get_variable("y", [2])
    assert y.name == "a/y:0"


def test_reuse_of_what_is_not_there_is_refused():
    tf.Variable([1.0], name="x")
    tf.get_variable_scope().reuse_variables()
    message = (
        r"Variable x does not exist, or was not created with tf\.get_variable\(\)\. Did you mean to set reuse=tf\.AUTO"
    )
    with pytest.raises(ValueError, match=message):
        tf.get_variable("x", [1])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"shape": [3]}, r"Trying to share variable x, but specified shape \(3,\) and found shape \(2,\)\."),
        ({"dtype": tf.int32}, r"Trying to share variable x, but specified dtype int32 and found dtype float32_ref\."),
    ],
)
def test_reuse_with_another_shape_or_dtype_is_refused(asked, message):
    tf.get_variable("x", [2])
    tf.get_variable_scope().reuse_variables()
    with pytest.raises(ValueError, match=message):
        tf.get_variable("x", **asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, r"Shape of a new variable \(x\) must be fully defined, but instead was <unknown>\."),
        ({"shape": [None, 2]}, r"Shape of a new variable \(x\) must be fully defined, but instead was \(\?, 2\)\."),
        ({"initializer": tf.zeros_initializer()}, "The initializer passed is not valid"),
        ({"shape": [2], "initializer": [1.0, 2.0]}, "If initializer is a constant, do not specify shape"),
        (
            {"initializer": [1.0], "dtype": tf.int32},
            "Initializer type '.*float32.*' and explicit dtype '.*int32.*' don't match",
        ),
        ({"shape": [2], "dtype": tf.complex64}, "An initializer for variable x of .*complex64.* is required"),
        ({"shape": [2], "partitioner": 3}, "Partitioner must be callable, but received: 3"),
        ({"shape": [2], "custom_getter": 3}, "Passed a custom_getter which is not callable: 3"),
    ],
)
def test_a_variable_that_cannot_be_made_is_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        tf.get_variable("x", **asked)
    assert tf.global_variables() == []


def test_an_initializer_may_be_a_class():
    assert tf.get_variable("x", [2], initializer=tf.ones_initializer).op.type == "VariableV2"


def test_dtypes_have_default_initializers():
    kinds = {tf.float64: "RandomUniform", tf.int32: "Const", tf.bool: "Const"}
    for dtype, kind in kinds.items():
        variable = tf.get_variable(f"x_{dtype.name}", [2], dtype)
        made = {
            op.type for op in tf.get_default_graph().get_operations() if op.name.startswith(f"{variable.op.name}/Init")
        }
        assert kind in made, dtype


def test_reuse_is_inherited_and_false_does_not_end_it():
    with tf.variable_scope("a", reuse=True):
        with tf.variable_scope("b") as b:
            assert b.reuse is True
        with tf.variable_scope("c", reuse=False) as c:
            assert c.reuse is True
        with tf.variable_scope("d", reuse=tf.AUTO_REUSE) as d:
            assert d.reuse is tf.AUTO_REUSE
    assert tf.get_variable_scope().reuse is False


def test_a_scope_entered_again_keeps_its_own_reuse_and_name_wherever_it_is_entered():
    with tf.variable_scope("a") as a:
        assert (a.name, a.original_name_scope) == ("a", "a/")
    with tf.variable_scope("other", reuse=True), tf.variable_scope(a) as again:
        assert (again.name, again.original_name_scope, again.reuse) == ("a", "a/", False)
        assert again is not a
        assert _made_here() == "other/a/c"
    assert tf.get_variable_scope().name == ""


def test_each_entry_opens_a_new_name_scope():
    for expected in ("a/c", "a_1/c"):
        with tf.variable_scope("a"):
            assert _made_here() == expected
    with tf.variable_scope("a", auxiliary_name_scope=False) as a:
        assert (_made_here(), a.original_name_scope) == ("c", "")


def test_default_names_count_the_scopes_opened_in_the_current_one():
    def opened(default):
        with tf.variable_scope(None, default) as scope:
            return scope.name

    assert [opened("d"), opened("d")] == ["d", "d_1"]
    with tf.variable_scope("d"):
        assert [opened("d"), opened("d")] == ["d/d", "d/d_1"]
    with tf.variable_scope("d"):
        assert opened("d") == "d/d"
    with tf.variable_scope("d_2"):
        pass
    assert opened("d") == "d_3"


def test_the_default_names_in_a_scope_entered_again_begin_anew():
    with tf.variable_scope("e"), tf.variable_scope("f") as f:
        pass
    for _ in range(2):
        with tf.variable_scope(f), tf.variable_scope(None, "d") as inner:
            assert inner.name == "e/f/d"


@pytest.mark.parametrize(
    ("args", "error", "message"),
    [
        ({"name_or_scope": None}, TypeError, "If default_name is None then name_or_scope is required"),
        ({"name_or_scope": 3}, TypeError, "VariableScope: name_or_scope must be a string or VariableScope"),
        (
            {"name_or_scope": None, "default_name": "d", "reuse": True},
            ValueError,
            "cannot be used without a name_or_scope",
        ),
        ({"name_or_scope": "a", "reuse": "yes"}, ValueError, "The reuse parameter must be True or False or None"),
        (
            {"name_or_scope": "a", "auxiliary_name_scope": 3},
            TypeError,
            "auxiliary_name_scope must be `True` or `False`",
        ),
        ({"name_or_scope": "a b"}, ValueError, "'a b' is not a valid"),
    ],
)
def test_a_scope_that_cannot_be_is_refused(args, error, message):
    with pytest.raises(error, match=message), tf.variable_scope(**args):
        pass
    assert tf.get_variable_scope().name == ""
    assert tf.get_default_graph().get_name_scope() == ""


def test_a_scope_is_left_when_its_block_fails():
    with pytest.raises(KeyError), tf.variable_scope("a"):
        raise KeyError("x")
    assert (tf.get_variable_scope().name, _made_here()) == ("", "c")


def test_defaults_of_a_scope_are_inherited_and_can_be_changed():
    ones = tf.ones_initializer()
    with tf.variable_scope("a", initializer=ones, dtype=tf.float64, constraint=abs, use_resource=False) as a:
        with tf.variable_scope("b") as b:
            assert (b.initializer, b.dtype, b.constraint, b.use_resource) == (ones, tf.float64, abs, False)
            b.set_dtype(tf.float16)
            assert tf.get_variable("x", [1]).dtype.base_dtype == tf.float16
        assert a.dtype == tf.float64
    x = tf.global_variables()[0]
    assert x.initializer.inputs[1].op.name == "a/b/x/Initializer/ones"
    assert x.constraint is abs


def test_a_regularizer_makes_a_loss_once_beside_the_variable():
    def regularizer(weights):
        return tf.constant(2.0, name="loss") if "y" not in weights.name else None

    with tf.variable_scope("a", regularizer=regularizer, reuse=tf.AUTO_REUSE):
        for name in ("x", "x", "y"):
            tf.get_variable(name, [2])
        tf.get_variable("z", [2], regularizer=tf.no_regularizer)
    (loss,) = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert loss.op.name == "a/x/Regularizer/loss"
    assert loss.op.get_attr("_class") == [b"loc:@a/x"]


def test_custom_getters_chain_from_the_inside_out_and_get_the_full_name():
    calls = []

    def getter_called(label):
        def custom_getter(getter, name, *args, **kwargs):
            calls.append((label, name))
            return getter(name, *args, **kwargs)

        return custom_getter

    with tf.variable_scope("a", custom_getter=getter_called("outer")):
        with tf.variable_scope("b", custom_getter=getter_called("inner")) as b:
            tf.get_variable("x", [1])
    assert calls == [("inner", "a/b/x"), ("outer", "a/b/x")]
    calls.clear()
    with tf.variable_scope(b, custom_getter=getter_called("again")):
        tf.get_variable("y", [1])
    assert [label for label, _ in calls] == ["again", "inner", "outer"]


def test_a_custom_getter_of_the_old_signature_gets_no_newer_arguments():
    def custom_getter(
        getter, name, shape, dtype, initializer, regularizer, reuse, trainable, collections, caching_device,
        partitioner, validate_shape, use_resource,
    ):  # fmt: skip
        return getter(name, shape=shape, dtype=dtype, initializer=initializer)

    assert tf.get_variable("x", [1], custom_getter=custom_getter).name == "x:0"


def test_a_local_variable_is_not_trainable_and_not_global():
    local = tf.get_local_variable("x", [2])
    assert (local.trainable, tf.local_variables(), tf.global_variables(), tf.trainable_variables()) == (
        False,
        [local],
        [],
        [],
    )


def test_the_store_is_kept_by_graph_and_lists_variables_by_full_name():
    with tf.variable_scope("a"):
        x = tf.get_variable("x", [1])
    assert variable_scope._get_default_variable_store()._vars == {"a/x": x}
    with tf.Graph().as_default():
        assert variable_scope._get_default_variable_store()._vars == {}


def test_the_name_scope_of_the_program_does_not_move_a_variable():
    with tf.name_scope("n"), tf.variable_scope("v"):
        assert tf.get_variable("x", [1]).name == "v/x:0"
        assert _made_here() == "n/v/c"


# Partitioned variables


def _parts(count):
    return tf.fixed_size_partitioner(count)


def test_parts_differ_by_one_row_at_most_and_the_larger_come_first():
    v = tf.get_variable("v", [7, 2], partitioner=_parts(3))
    assert [p.shape.as_list() for p in v] == [[3, 2], [2, 2], [2, 2]]
    assert [p.name for p in v] == ["v/part_0:0", "v/part_1:0", "v/part_2:0"]
    assert (v.name, v.shape.as_list(), v.dtype, len(v)) == ("v", [7, 2], tf.float32, 3)


def test_reuse_of_a_partitioned_variable_needs_no_partitioner():
    with tf.variable_scope("a", partitioner=_parts(2)):
        v = tf.get_variable("v", [4])
    with tf.variable_scope("a", reuse=True):
        assert tf.get_variable("v", [4]) is v
    with tf.variable_scope("a", reuse=True, partitioner=_parts(2)):
        assert tf.get_variable("v", [4]) is v


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, 2], r"does not match the Variable's rank: \[1, 2\] vs\. \(4,\)"),
        (3, "Partitioner must return a sequence, but saw: 3"),
        ([0], r"Partitioner returned zero partitions for some axes: \[0\]"),
        ([5], "Expected 0 <= offset < shape but found offset=4, shape=4"),
    ],
)
def test_a_partitioning_that_cannot_be_is_refused_before_anything_is_made(counts, message):
    with pytest.raises(ValueError, match=message):
        tf.get_variable("v", [4], partitioner=lambda shape, dtype: counts)
    assert tf.global_variables() == []


def test_a_scalar_is_never_cut():
    assert tf.get_variable("v", [], partitioner=_parts(2)).name == "v:0"


def test_a_variable_is_cut_along_one_axis_only():
    with pytest.raises(
        ValueError, match=r"Can only slice a variable along one dimension: shape: \(4, 4\), partitioning: \[2, 2\]"
    ):
        tf.get_variable("v", [4, 4], partitioner=lambda shape, dtype: [2, 2])


@pytest.mark.parametrize(
    ("first", "then", "reuse", "message"),
    [
        (None, 2, None, "an unpartitioned version of the variable was found: v"),
        (2, None, None, "No partitioner was provided, but a partitioned version of the variable was found: v/part_0"),
        (2, 2, None, "Partitioned variable with name v already exists"),
        (2, 3, True, r"specified partitions \[3\] and found partitions \[2\]"),
    ],
)
def test_partitioned_and_whole_variables_of_one_name_are_told_apart(first, then, reuse, message):
    tf.get_variable("v", [4], partitioner=first and _parts(first))
    with tf.variable_scope("", reuse=reuse), pytest.raises(ValueError, match=message):
        tf.get_variable("v", [4], partitioner=then and _parts(then))


@pytest.mark.parametrize(
    ("partitioner", "shape", "counts"),
    [  # the second: a row is 4 · 8 · 32 floats, 4,096 bytes: 8 rows a part; the last but one: 8,192 bytes, 2,048 a part
        (tf.fixed_size_partitioner(3, axis=1), [5, 2], [1, 2]),
        (tf.variable_axis_size_partitioner(32768, axis=2), [4, 8, 16, 32], [1, 1, 2, 1]),
        (tf.variable_axis_size_partitioner(1024, axis=3, max_shards=2), [4, 8, 16, 32], [1, 1, 1, 2]),
        (tf.min_max_variable_partitioner(100, min_slice_size=2 << 10), [2048], [4]),
        (tf.min_max_variable_partitioner(3, min_slice_size=2 << 10), [2048], [3]),
    ],
)
def test_partitioners_count_bytes(partitioner, shape, counts):
    assert partitioner(shape=tf.TensorShape(shape), dtype=tf.float32) == counts


def test_a_partitioned_variable_has_the_operators_of_its_tensor():
    v = tf.get_variable("v", [3], initializer=tf.ones_initializer(), partitioner=_parts(2))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(2.0 * v - 1.0).tolist() == [1.0, 1.0, 1.0]


# Creators


def test_variable_creators_are_asked_from_the_inside_out_with_all_arguments():
    asked = []

    def creator(label):
        def create(next_creator, **kwargs):
            asked.append((label, kwargs["name"], kwargs["trainable"]))
            return next_creator(**{**kwargs, "trainable": False})

        return create

    with tf.variable_creator_scope(creator("outer")), tf.variable_creator_scope(creator("inner")):
        made = [tf.Variable(1.0, name="x"), tf.get_variable("y", [1])]
    tf.Variable(1.0, name="z")
    assert asked == [("inner", "x", None), ("outer", "x", False), ("inner", "y", True), ("outer", "y", False)]
    assert [v.trainable for v in made] == [False, False]
    assert [v.name for v in tf.trainable_variables()] == ["z:0"]


def test_an_initializer_is_told_which_part_it_fills():
    told = []

    def initializer(shape, dtype, partition_info):
        told.append((shape, partition_info.full_shape, partition_info.var_offset, partition_info.single_offset(shape)))
        return tf.constant(0.0, shape=shape)

    tf.get_variable("v", [2, 5], initializer=initializer, partitioner=tf.fixed_size_partitioner(2, axis=1))
    assert told == [([2, 3], [2, 5], [0, 0], 0), ([2, 2], [2, 5], [0, 3], 3)]


@pytest.mark.parametrize(
    ("whole", "offset", "error"),
    [(None, [0, 1], TypeError), ("ab", [0, 0], TypeError), ([2], [0, 0], ValueError), ([2, 2], [0, 2], ValueError)],
)
def test_a_part_lies_inside_its_whole(whole, offset, error):
    with pytest.raises(error):
        variable_scope._PartitionInfo(whole, offset)
