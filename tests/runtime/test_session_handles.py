"""Handles to tensors that a session keeps, and servers whose sessions share."""

import gc

import numpy as np
import pytest

import undertow as tf
from undertow.runtime.device_lib import list_local_devices
from undertow.runtime.session import register_session_run_conversion_functions


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_a_handle_stands_for_a_tensor_that_stays():
    total = tf.constant(10) * 5
    with tf.Session() as s:
        handle = s.run(tf.get_session_handle(total))
        holder, value = tf.get_session_tensor(handle.handle, tf.int32)
        assert s.run(value * 10, {holder: handle.handle}) == 500
        assert handle.eval() == 50
    assert [op.type for op in (holder.op, value.op)] == ["Placeholder", "GetSessionTensor"]
    assert str(handle) == "GetSessionHandle;0;/job:localhost/replica:0/task:0/device:CPU:0"


def test_a_handle_can_be_fed_for_any_tensor_of_its_dtype():
    a = tf.constant([1.0, 2.0])
    doubled = a * 2.0
    other = tf.placeholder(tf.int32, [2])
    with tf.Session() as s:
        handle = s.run(tf.get_session_handle(doubled))
        assert s.run(tf.reduce_sum(doubled), {doubled: handle}) == 6
        with pytest.raises(tf.errors.InvalidArgumentError, match="expects to be int32 but float32 is fed"):
            s.run(other, {other: handle})


def test_a_deleted_tensor_is_gone():
    with tf.Session() as s:
        handle = s.run(tf.get_session_handle(tf.constant(1)))
        raw = handle.get_raw_handle()
        holder, delete = tf.delete_session_tensor(raw)
        s.run(delete, {holder: raw})
        with pytest.raises(TypeError, match="may have already been deleted"):
            handle.eval()
        with pytest.raises(tf.errors.InvalidArgumentError, match="Failed to delete a tensor with handle 'GetSession"):
            s.run(delete, {holder: raw})
        holder, value = tf.get_session_tensor(raw, tf.int32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in the session store"):
            s.run(value, {holder: raw})


def test_a_tensor_goes_with_its_last_handle_unless_the_raw_handle_was_asked_for():
    with tf.Session() as s:
        handle_op = tf.get_session_handle(tf.constant(1))
        kept = s.run(handle_op).get_raw_handle()
        gone = s.run(handle_op).handle
        gc.collect()
        holder, value = tf.get_session_tensor(kept, tf.int32)
        assert s.run(value, {holder: kept}) == 1
        with pytest.raises(tf.errors.InvalidArgumentError):
            s.run(value, {holder: gone})


def test_only_a_tensor_has_a_handle():
    with pytest.raises(TypeError, match="`data` must be of type Tensor"):
        tf.get_session_handle(3)


def test_types_of_the_programs_own_can_be_fetched_and_fed():
    class Squared:
        def __init__(self, tensor):
            self.square = tf.square(tensor)

    def fetch(item):
        return [item.square], lambda values: values[0]

    register_session_run_conversion_functions(
        Squared, fetch, lambda item, value: [(item.square, value)], lambda item: [item.square]
    )
    with pytest.raises(ValueError, match="already been registered"):
        register_session_run_conversion_functions(Squared, fetch)
    item = Squared(tf.constant([1.0, 3.0]))
    with tf.Session() as s:
        assert s.run(item).tolist() == [1, 9]
        assert s.run(item.square + 1, {item: [5.0, 6.0]}).tolist() == [6, 7]
        handle = s.partial_run_setup([item], [item])
        assert s.partial_run(handle, item, {item: [0.0, 0.0]}).tolist() == [0, 0]


def test_strings_are_fed_whole_with_the_zeros_at_their_end():
    x = tf.placeholder(tf.string, [2])
    with tf.Session() as s:
        assert s.run(x + "", {x: [b"a\x00", "b\x00c\x00"]}).tolist() == [b"a\x00", b"b\x00c\x00"]
        with pytest.raises(TypeError, match="Type of feed value 1 with type <class 'int'> is not compatible"):
            s.run(x, {x: 1})


def test_slices_without_a_dense_shape_are_fed_in_two():
    slices = tf.IndexedSlices(tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int64, [2]))
    with tf.Session() as s:
        found = s.run(slices.values * 2, {slices: (np.ones(2), [0, 1])})
    assert found.tolist() == [2, 2]


def test_a_sparse_placeholder_of_a_known_shape_needs_no_shape_fed():
    sparse = tf.sparse_placeholder(tf.float32, [2, 3], name="sp")
    assert sparse.dense_shape.op.type == "Const"
    with tf.Session() as s:
        dense = s.run(tf.sparse_tensor_to_dense(sparse), {sparse: ([[0, 1]], [7.0])})
    assert dense.tolist() == [[0, 7, 0], [0, 0, 0]]


def test_resetting_a_server_ends_its_sessions_and_forgets_a_container():
    with tf.container("one"):
        first = tf.Variable(1.0)
    with tf.container("two"):
        second = tf.Variable(2.0)
    server = tf.train.Server.create_local_server()
    s = tf.Session(server.target)
    s.run(tf.global_variables_initializer())
    tf.Session.reset(server.target, ["one"])
    with pytest.raises(tf.errors.AbortedError, match="has been reset"):
        s.run(second)
    s = tf.Session(server.target)
    with pytest.raises(tf.errors.FailedPreconditionError):
        s.run(first)
    assert s.run(second) == 2
    tf.Session.reset(server.target)
    with pytest.raises(tf.errors.FailedPreconditionError):
        tf.Session(server.target).run(second)


def test_a_servers_config_is_for_sessions_without_one():
    server = tf.train.Server.create_local_server(config=tf.ConfigProto(operation_timeout_in_ms=50))
    queue = tf.FIFOQueue(1, tf.float32)
    with tf.Session(server.target) as s, pytest.raises(tf.errors.DeadlineExceededError):
        s.run(queue.dequeue())


def test_a_session_is_entered_once_at_a_time():
    tf.constant(1)
    s = tf.Session()
    with pytest.raises(RuntimeError, match="Session context managers are not re-entrant"), s, s:
        pass


def test_a_second_interactive_session_warns():
    tf.InteractiveSession._active_session_count = 0
    first = tf.InteractiveSession()
    with pytest.warns(UserWarning, match="An interactive session is already active"):
        second = tf.InteractiveSession()
    second.close()
    first.close()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"target": 37}, TypeError, "target must be a string, but got <class 'int'>"),
        ({"graph": 37}, TypeError, "graph must be a tf.Graph, but got <class 'int'>"),
        ({"config": 37}, TypeError, "config must be a tf.ConfigProto, but got <class 'int'>"),
        ({"target": "nowhere"}, tf.errors.NotFoundError, "No session factory registered for the given session options"),
    ],
)
def test_wrong_arguments_of_a_session_are_named(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        tf.Session(**arguments)


def test_an_empty_graph_has_nothing_to_run():
    with tf.Session() as s, pytest.raises(RuntimeError, match="The Session graph is empty"):
        s.run([])


def test_devices_are_listed_as_often_as_the_config_says():
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2, "GPU": 0})) as s:
        names = [device.name for device in s.list_devices()]
    assert names == [f"/job:localhost/replica:0/task:0/device:CPU:{i}" for i in range(2)]


def test_the_devices_of_a_server_are_of_its_job():
    server = tf.train.Server.create_local_server()
    with tf.Session(server.target) as s:
        (device,) = s.list_devices()
    assert device.name == "/job:local/replica:0/task:0/device:CPU:0"
    assert device.incarnation


def test_local_devices_are_messages():
    device = list_local_devices()[0]
    assert (device.name, device.device_type, device.physical_device_desc) == ("/device:CPU:0", "CPU", "")
    assert device.memory_limit > 0
