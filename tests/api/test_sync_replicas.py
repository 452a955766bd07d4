"""Clusters within a process, and `tf.train.SyncReplicasOptimizer`."""

import threading

import pytest

import undertow as tf
from undertow.compat.test_util import create_local_cluster

# The chief's thread waits for gradients when its session is closed.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def make(worker, target, is_chief, gradient, aggregate, workers):
    """The session and train op of one worker that hands in `gradient` for a variable and a row of another."""
    with tf.Graph().as_default():
        with tf.device("/job:ps/task:0"):
            step = tf.Variable(0, name="global_step", trainable=False)
            v = tf.Variable(0.0, name="v")
        with tf.device("/job:ps/task:1"):
            rows = tf.Variable([[3.0], [4.0]], name="rows")
        with tf.device(f"/job:worker/task:{worker}"):
            slices = tf.IndexedSlices(tf.constant([[gradient]]), tf.constant([1]), tf.constant([2, 1]))
            optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(2.0), aggregate, workers)
            train = optimizer.apply_gradients([(tf.constant(gradient), v), (slices, rows)], global_step=step)
        hook = optimizer.make_session_run_hook(is_chief, num_tokens=workers)
        session = tf.train.MonitoredTrainingSession(target, is_chief, hooks=[hook])
    return session, train, [session.graph.get_tensor_by_name(f"{n}:0") for n in ("global_step", "v", "rows")]


def until(session, tensor, value):
    while session.run(tensor) != value:
        threading.Event().wait(0.01)


def test_workers_apply_the_mean_of_their_gradients():
    servers, _ = create_local_cluster(num_workers=2, num_ps=2)
    first, train_first, _ = make(0, servers[0].target, True, 0.1, 2, 2)
    second, train_second, (step, v, rows) = make(1, servers[1].target, False, 0.3, 2, 2)
    first.run(train_first)
    second.run(train_second)
    until(second, step, 1)
    # The mean of 0.1 and 0.3 is 0.2, the learning rate 2.
    assert second.run(v) == pytest.approx(-0.4)
    assert second.run(rows).tolist() == [[3.0], [pytest.approx(3.6)]]


def test_one_worker_alone_trains_step_by_step():
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        step = tf.train.create_global_step()
        optimizer = tf.train.SyncReplicasOptimizer(tf.train.AdamOptimizer(0.1), 1)
        train = optimizer.minimize(v * v, global_step=step)
        assert [x.op.name for x in optimizer.variables()] == [x.op.name for x in optimizer._opt.variables()]
        assert optimizer.get_slot_names() == ["m", "v"]
        hooks = [optimizer.make_session_run_hook(True)]
        # The chief's thread asks for gradients for as long as there is a session, which is waited for by default 120 s.
        with tf.train.MonitoredTrainingSession(hooks=hooks, stop_grace_period_secs=1) as s:
            for _ in range(3):
                s.run(train)
            assert s.run(v) < 1


def test_what_is_asked_too_early_or_for_too_few_is_refused():
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1), 3, 1)
        with pytest.raises(ValueError, match="Must supply at least one variable"):
            optimizer.apply_gradients([])
        with pytest.raises(ValueError, match="Global step is required"):
            optimizer.apply_gradients([(tf.constant(1.0), v)])
        with pytest.raises(ValueError, match="should be called after apply_gradients"):
            optimizer.get_init_tokens_op()
        with pytest.raises(ValueError, match="Should be called after apply_gradients"):
            optimizer.get_chief_queue_runner()
        with pytest.raises(ValueError, match="apply_gradient should be called before"):
            optimizer.make_session_run_hook(True).begin()
        optimizer.minimize(v * v, global_step=tf.train.create_global_step())
        with pytest.raises(ValueError, match=r"Too few tokens to finish the first step: 1 \(given\) vs 2 \(needed\)"):
            optimizer.get_init_tokens_op(1)


def test_tasks_of_a_cluster_share_what_is_on_one_of_them_and_have_their_own():
    (first, second), _ = create_local_cluster(num_workers=2, num_ps=1)
    with tf.Graph().as_default():
        with tf.device("/job:ps/task:0"):
            shared = tf.Variable(1, name="shared")
        own = tf.Variable(1, name="own")
        a, b = tf.Session(first.target), tf.Session(second.target)
        for s in (a, b):
            s.run(tf.global_variables_initializer())
        a.run([shared.assign(5), own.assign(5)])
        assert b.run([shared, own]) == [5, 1]


def test_a_task_in_another_process_is_told():
    cluster = tf.train.ClusterSpec({"ps": ["localhost:1"], "worker": ["localhost:0"]})
    server = tf.train.Server(cluster, job_name="worker", task_index=0)
    with tf.Graph().as_default():
        with tf.device("/job:ps/task:0"):
            v = tf.Variable(1)
        with tf.Session(server.target) as s, pytest.raises(tf.errors.UnimplementedError, match="/job:ps/task:0"):
            s.run(v.initializer)


def test_other_machines_are_not_reached():
    with pytest.raises(tf.errors.UnimplementedError, match="several machines"):
        tf.train.Server({"ps": ["ps0:2222"], "worker": ["localhost:0"]}, job_name="worker", task_index=0)
