"""What the graph knows of a variable behind its handle."""

import pytest

import undertow as tf
from undertow.ops import resources
from undertow.ops.resource_variable import is_resource_variable, variable_shape

raw = tf.raw_ops


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def handle(shape, dtype=tf.float32):
    return raw.VarHandleOp(dtype=dtype, shape=shape)


def test_what_is_read_has_the_variables_shape():
    h = handle([4, None, 3])
    assert raw.ReadVariableOp(resource=h, dtype=tf.float32).shape.as_list() == [4, None, 3]
    assert raw.ResourceGather(resource=h, indices=[[0, 1]], dtype=tf.float32).shape.as_list() == [1, 2, None, 3]
    assert raw.ResourceGatherNd(resource=h, indices=[[0, 1]], dtype=tf.float32).shape.as_list() == [1, 3]
    assert raw.VariableShape(input=h).shape.as_list() == [3]
    assert raw.VarIsInitializedOp(resource=h).shape.as_list() == []


def test_in_batches_rows_are_gathered_from_the_second_axis():
    h = handle([2, 5, 3])
    found = raw.ResourceGather(resource=h, indices=[[0, 1], [2, 4]], dtype=tf.float32, batch_dims=1)
    assert found.shape.as_list() == [2, 2, 3]


def test_a_handle_is_a_scalar_wherever_it_is_passed_on():
    h = handle([4, 3])
    assert tf.identity(h).shape.as_list() == []
    assert raw.ReadVariableOp(resource=tf.identity(h), dtype=tf.float32).shape.as_list() == [4, 3]


@pytest.mark.parametrize("op_type", ["AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"])
def test_another_shape_or_dtype_is_refused(op_type):
    with pytest.raises(ValueError, match="Shapes must be equal rank, but are 2 and 1"):
        getattr(raw, op_type)(resource=handle([2, 3]), value=[1.0])
    with pytest.raises(ValueError, match=r"wrong dtype\. Expected float got int32"):
        getattr(raw, op_type)(resource=handle([1]), value=[1])


def test_updates_of_other_rows_than_the_variables_are_refused():
    with pytest.raises(ValueError, match="in both shapes must be equal"):
        raw.ResourceScatterAdd(resource=handle([4, 3]), indices=[0, 1], updates=[[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(ValueError, match="in both shapes must be equal"):
        raw.ResourceApplyGradientDescent(var=handle([4, 3]), alpha=0.1, delta=[[1.0] * 2] * 4)


def test_the_shape_is_a_constant_if_it_is_known():
    assert variable_shape(handle([4, 3])).op.type == "Const"
    assert variable_shape(handle([4, None]), out_type=tf.int64).op.type == "VariableShape"


def test_only_resource_variables_are_so():
    assert is_resource_variable(tf.Variable(1.0, use_resource=True))
    assert not is_resource_variable(tf.Variable(1.0))
    assert not is_resource_variable(tf.constant(1.0))


def test_resources_are_listed_made_and_reported():
    table = tf.Variable(1.0, use_resource=True, name="table")
    resources.register_resource(table.handle, table.create, table.is_initialized())
    resources.register_resource(table.handle, table.create, table.is_initialized(), is_shared=False)
    assert len(resources.shared_resources()) == len(resources.local_resources()) == 1
    report = resources.report_uninitialized_resources(resources.shared_resources())
    with tf.Session() as session:
        assert session.run(report).tolist() == [b"table:0"]
        session.run(resources.initialize_resources(resources.shared_resources()))
        assert session.run(report).tolist() == []
        assert session.run(resources.report_uninitialized_resources([])).tolist() == []
