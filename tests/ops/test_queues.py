"""Queues and those who run them."""

import threading
import time

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def test_a_fifo_queue_gives_elements_in_their_order_and_refuses_more_when_closed():
    q = tf.FIFOQueue(10, [tf.int32, tf.string], [[], [2]])
    fill = q.enqueue_many(([1, 2, 3], [["a", "b"], ["c", "d"], ["e", "f"]]))
    one, some, close = q.dequeue(), q.dequeue_up_to(5), q.close()
    with tf.Session() as sess:
        sess.run(fill)
        number, texts = sess.run(one)
        assert number == 1 and texts.tolist() == [b"a", b"b"]
        sess.run(close)
        numbers, texts = sess.run(some)
        assert numbers.tolist() == [2, 3] and texts.shape == (2, 2)
        with pytest.raises(tf.errors.OutOfRangeError, match=r"is closed and has insufficient elements \(requested 1"):
            sess.run(one)
        with pytest.raises(tf.errors.CancelledError, match="is closed"):
            sess.run(fill)


def test_a_random_shuffle_queue_with_a_seed_shuffles_as_tensorflow_does():
    q = tf.RandomShuffleQueue(100, 2, [tf.int32], [[]], seed=3)
    fill, one = q.enqueue_many((list(range(30)),)), q.dequeue()
    with tf.Session() as sess:
        sess.run(fill)
        # What TensorFlow 2.21 gives.
        assert [sess.run(one) for _ in range(10)] == [17, 12, 28, 26, 25, 6, 8, 11, 29, 22]


def test_a_padding_queue_pads_to_the_largest_of_the_batch():
    q = tf.PaddingFIFOQueue(5, [tf.float32, tf.string], [[None], [None]])
    x, s = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.string, [None])
    put, two = q.enqueue((x, s)), q.dequeue_many(2)
    assert two[0].shape.as_list() == [2, None]
    with tf.Session() as sess:
        sess.run(put, {x: [1.0], s: ["a", "b"]})
        sess.run(put, {x: [2.0, 3.0, 4.0], s: []})
        numbers, texts = sess.run(two)
    assert numbers.tolist() == [[1, 0, 0], [2, 3, 4]]
    assert texts.tolist() == [[b"a", b"b"], [b"", b""]]


def test_a_priority_queue_gives_the_lowest_priority_first():
    q = tf.PriorityQueue(10, [tf.string], [[]])
    put, three = q.enqueue_many(([3, 1, 2], ["c", "a", "b"])), q.dequeue_many(3)
    with tf.Session() as sess:
        sess.run(put)
        priorities, values = sess.run(three)
    assert priorities.tolist() == [1, 2, 3] and values.tolist() == [b"a", b"b", b"c"]


def test_what_is_in_a_queue_is_not_changed_by_a_later_assignment():
    v = tf.Variable([1.0, 2.0])
    q = tf.FIFOQueue(3, [tf.float32], [[2]])
    put, get, change = q.enqueue((v,)), q.dequeue(), v.assign([8.0, 9.0])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(put)
        sess.run(change)
        assert sess.run(get).tolist() == [1.0, 2.0]


def test_closing_the_session_wakes_who_waits():
    q = tf.FIFOQueue(3, [tf.float32], [[]])
    get = q.dequeue()
    sess = tf.Session()
    raised = []

    def wait():
        try:
            sess.run(get)
        except tf.errors.CancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    sess.close()
    thread.join(5)
    assert "Dequeue operation was cancelled" in raised[0].message


def test_queues_of_one_shared_name_are_one_and_must_agree():
    a = tf.FIFOQueue(3, tf.float32, shared_name="q")
    b = tf.FIFOQueue(3, tf.float32, shared_name="q")
    c = tf.FIFOQueue(4, tf.float32, shared_name="q")
    with tf.Session() as sess:
        sess.run(a.enqueue(5.0))
        assert sess.run(b.dequeue()) == 5.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="has capacity 3 but requested capacity was 4"):
            sess.run(c.size())


def test_queue_runners_fill_a_queue_until_their_coordinator_stops():
    q = tf.FIFOQueue(2, tf.float32)
    tf.train.add_queue_runner(tf.train.QueueRunner(q, [q.enqueue(1.0)] * 2))
    get = q.dequeue()
    with tf.Session() as sess:
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        assert [sess.run(get) for _ in range(20)] == [1.0] * 20
        coord.request_stop()
        coord.join(threads, stop_grace_period_secs=5)
        assert not any(t.is_alive() for t in threads)


def test_many_threads_may_run_one_session_while_new_plans_are_made():
    x = tf.placeholder(tf.float32, [None])
    results = [x * float(i) for i in range(20)]
    failed = []
    with tf.Session() as sess:

        def work():
            try:
                for i, r in enumerate(results):
                    assert sess.run(r, {x: np.ones(3, np.float32)}).tolist() == [i] * 3
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert not failed


def test_a_coordinator_raises_in_join_what_a_thread_reported():
    coord = tf.train.Coordinator()

    def work():
        with coord.stop_on_exception():
            raise ValueError("broken")

    thread = threading.Thread(target=work)
    thread.start()
    with pytest.raises(ValueError, match="broken"):
        coord.join([thread])
    assert coord.joined and coord.should_stop()
    coord.clear_stop()
    assert not coord.should_stop()


def test_the_end_of_the_input_is_no_error_for_a_coordinator():
    coord = tf.train.Coordinator()
    coord.request_stop(tf.errors.OutOfRangeError(None, None, "end"))
    coord.join([])
    coord.raise_requested_exception()
