"""Sessions that initialize, restore, call hooks and stop by themselves."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def _step():
    return tf.assign_add(tf.train.get_or_create_global_step(), 1)


def test_a_training_session_saves_at_its_end_and_goes_on_from_there(tmp_path):
    step = _step()
    with tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path)) as session:
        assert [session.run(step) for _ in range(3)] == [1, 2, 3]
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("model.ckpt-3")
    with tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path)) as session:
        assert session.run(tf.train.get_global_step()) == 3
        assert session.graph.finalized


def test_training_stops_at_the_last_step():
    step = _step()
    done = []
    with tf.train.MonitoredTrainingSession(hooks=[tf.train.StopAtStepHook(last_step=4)]) as session:
        while not session.should_stop():
            done.append(session.run(step))
    assert done == [1, 2, 3, 4]


def test_hooks_are_called_in_their_order_and_get_what_they_asked_for():
    x = tf.constant(3.0)
    calls = []

    class Hook(tf.train.SessionRunHook):
        def begin(self):
            calls.append("begin")

        def after_create_session(self, session, coord):
            calls.append("created")

        def before_run(self, run_context):
            return tf.train.SessionRunArgs({"twice": doubled})

        def after_run(self, run_context, run_values):
            calls.append(run_values.results["twice"])

        def end(self, session):
            calls.append("end")

    doubled = x * 2.0
    with tf.train.SingularMonitoredSession(hooks=[Hook()]) as session:
        assert session.run(x) == 3.0
    assert calls == ["begin", "created", 6.0, "end"]


def test_the_end_of_the_input_ends_the_with_block_quietly():
    q = tf.FIFOQueue(3, tf.float32)
    close, get = q.close(), q.dequeue()
    with tf.train.MonitoredSession() as session:
        session.run(close)
        session.run(get)
        raise AssertionError("not reached")


def test_queue_runners_are_started_and_joined():
    number = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
    found = []
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            found.append(int(session.run(number)))
    assert found == [0, 1, 2]


def test_a_loss_that_is_not_a_number_stops_the_training():
    x = tf.placeholder(tf.float32, [])
    with pytest.raises(tf.train.NanLossDuringTrainingError, match="NaN loss"):
        with tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(x)]) as session:
            session.run(x, {x: float("nan")})


def test_two_hooks_may_not_feed_one_tensor():
    x = tf.placeholder(tf.float32, [])
    hooks = [tf.train.FeedFnHook(lambda: {x: 1.0}), tf.train.FeedFnHook(lambda: {x: 2.0})]
    with pytest.raises(RuntimeError, match="Same tensor is fed by two hooks"):
        with tf.train.MonitoredSession(hooks=hooks) as session:
            session.run(x)


def test_an_init_op_that_leaves_variables_out_is_told():
    tf.Variable(1.0, name="left_out")
    creator = tf.train.ChiefSessionCreator(tf.train.Scaffold(init_op=tf.no_op()))
    with pytest.raises(RuntimeError, match="Variables not initialized: left_out"):
        creator.create_session()


def test_an_aborted_session_is_made_again():
    x = tf.constant(1.0)
    failed = []

    class Abort(tf.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            if not failed:
                failed.append(True)
                raise tf.errors.AbortedError(None, None, "gone")

    with tf.train.MonitoredSession(hooks=[Abort()]) as session:
        assert session.run(x) == 1.0
    assert failed == [True]


def test_checkpoints_are_saved_every_so_many_steps_and_listeners_told(tmp_path):
    step = _step()
    saved = []

    class Listener(tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            saved.append(int(global_step_value))

    hook = tf.train.CheckpointSaverHook(
        str(tmp_path), save_steps=2, scaffold=(scaffold := tf.train.Scaffold()), listeners=[Listener()]
    )
    creator = tf.train.ChiefSessionCreator(scaffold, checkpoint_dir=str(tmp_path))
    with tf.train.MonitoredSession(creator, hooks=[hook]) as session:
        for _ in range(5):
            session.run(step)
    assert saved == [0, 2, 4, 5]
