"""Supervisors, clusters, servers, and where variables go."""

import threading

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def test_a_supervised_session_saves_and_the_next_one_restores(tmp_path):
    step = tf.train.get_or_create_global_step()
    more = tf.assign_add(step, 1)
    sv = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0)  # its thread would save at the same time
    with sv.managed_session() as sess:
        assert sess.run([more, more])[0] == 1
        sess.run(more)
        sv.saver.save(sess, sv.save_path, global_step=step)
    assert sv.should_stop()
    with sv.managed_session() as sess:
        assert sess.run(step) == 2
    assert (tmp_path / "graph.pbtxt").exists()


def test_the_end_of_the_input_ends_a_managed_session_quietly():
    number = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
    sv = tf.train.Supervisor()
    found = []
    with sv.managed_session() as sess:
        while not sv.should_stop():
            found.append(int(sess.run(number)))
    assert found == [0, 1, 2]


def test_an_error_in_a_managed_session_is_raised_after_it_stopped():
    sv = tf.train.Supervisor(logdir=None)
    with pytest.raises(RuntimeError, match="failing here"):
        with sv.managed_session():
            raise RuntimeError("failing here")
    assert sv.should_stop()


def test_a_supervisor_runs_the_init_op_and_then_the_init_fn():
    v = tf.Variable([1.0, 2.0])
    w = tf.Variable([0.0, 0.0], name="w")
    set_w = w.assign([7.0, 8.0])
    sv = tf.train.Supervisor(init_op=v.initializer, init_fn=lambda sess: sess.run(set_w))
    with sv.managed_session() as sess:
        assert sess.run(v).tolist() == [1.0, 2.0]
        assert sess.run(w).tolist() == [7.0, 8.0]


def test_a_train_loop_begins_anew_when_it_was_aborted():
    sv = tf.train.Supervisor()
    calls = []

    def step(sess):
        calls.append(sess)
        if len(calls) == 2:
            raise tf.errors.AbortedError(None, None, "gone")
        if len(calls) == 4:
            sv.request_stop()

    tf.train.basic_train_loop(sv, step)
    assert len(calls) == 4
    assert calls[1] is not calls[2]


def test_a_cluster_tells_its_jobs_tasks_and_addresses():
    cluster = tf.train.ClusterSpec({"ps": ["a:1", "b:1"], "worker": {0: "c:1", 3: "d:1"}})
    assert cluster.num_tasks("worker") == 2
    assert cluster.task_indices("worker") == [0, 3]
    assert cluster.job_tasks("worker") == ["c:1", None, None, "d:1"]
    assert cluster.task_address("ps", 1) == "b:1"
    assert tf.train.ClusterSpec(cluster.as_cluster_def()) == cluster
    assert str(cluster) == "ClusterSpec({'ps': ['a:1', 'b:1'], 'worker': {0: 'c:1', 3: 'd:1'}})"
    with pytest.raises(ValueError, match="No such job"):
        cluster.num_tasks("chief")


def test_variables_go_to_the_parameter_servers_in_turn():
    cluster = {"ps": ["a:1", "b:1"], "worker": ["c:1"]}
    with tf.device(tf.train.replica_device_setter(cluster=cluster, worker_device="/job:worker/task:0")):
        v, w = tf.Variable(1.0), tf.Variable(2.0)
        with tf.device("/cpu:0"):
            total = v + w
    assert [v.device, w.device, v.initializer.device] == ["/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:0"]
    assert total.device == "/job:worker/task:0/device:CPU:0"
    assert tf.train.replica_device_setter(ps_tasks=0) is None


def test_sessions_on_one_server_share_variables_and_queues():
    server = tf.train.Server.create_local_server()
    v = tf.Variable(1.0)
    q = tf.FIFOQueue(2, tf.float32)
    put, get = q.enqueue(5.0), q.dequeue()
    with tf.Session(server.target) as one, tf.Session(server.target) as other:
        one.run(v.assign(3.0))
        assert other.run(v) == 3.0
        one.run(put)
        assert other.run(get) == 5.0
    with tf.Session() as apart, pytest.raises(tf.errors.FailedPreconditionError):
        apart.run(v)


def test_closing_one_session_of_a_server_leaves_the_others_waiting():
    server = tf.train.Server.create_local_server()
    q = tf.FIFOQueue(2, tf.float32)
    put, get = q.enqueue(5.0), q.dequeue()
    one, other = tf.Session(server.target), tf.Session(server.target)
    one.run(q.size())
    found = []
    thread = threading.Thread(target=lambda: found.append(other.run(get)))
    thread.start()
    one.close()
    with tf.Session(server.target) as third:
        third.run(put)
    thread.join(5)
    assert found == [5.0]


def test_sessions_on_other_machines_are_not_built():
    with pytest.raises(tf.errors.UnimplementedError, match="another machine"):
        tf.Session("grpc://elsewhere:2222")
