"""Barriers and staging areas: elements that wait in the session. Expectations are 1.15.5's."""

import threading

import pytest

import undertow as tf
from undertow.ops.barrier import Barrier
from undertow.ops.staging import MapStagingArea, StagingArea


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def barrier():
    return Barrier((tf.float32, tf.float32), shapes=((), ()), name="B")


def test_elements_are_ready_when_all_components_are_there(session):
    b = barrier()
    sizes = [b.ready_size(), b.incomplete_size()]
    session.run(b.insert_many(0, ["a", "b"], [1.0, 2.0]))
    assert session.run(sizes) == [0, 2]
    session.run(b.insert_many(1, ["a", "c"], [3.0, 4.0]))
    assert session.run(sizes) == [1, 2]
    taken = b.take_many(1)
    assert [t.shape.as_list() for t in (taken.indices, taken.keys, *taken.values)] == [[1]] * 4
    indices, keys, values = session.run(taken)
    assert [indices.tolist(), keys.tolist(), [v.tolist() for v in values]] == [[-(2**63)], [b"a"], [[1.0], [3.0]]]


def test_what_does_not_fit_a_barrier_is_told(session):
    b = barrier()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Key x already has a value for component 0 in barrier"):
        session.run(b.insert_many(0, ["x", "x"], [1.0, 2.0]))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"The component ID is out of range 2 > num_components \(= 2"
    ):
        session.run(b.insert_many(2, ["z"], [1.0]))
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal, but are 2 and 1"):
        b.insert_many(0, ["z", "y"], [1.0])
    with pytest.raises(ValueError, match="Empty tensors are not supported, but received shape"):
        Barrier((tf.float32,), shapes=((0,),))


def test_a_closed_barrier_takes_no_new_key_and_gives_what_is_left(session):
    b = barrier()
    session.run(b.insert_many(0, ["a", "b"], [1.0, 2.0]))
    session.run(b.close())
    with pytest.raises(tf.errors.CancelledError, match="is closed, but attempted to insert a brand new key: c"):
        session.run(b.insert_many(0, ["c"], [1.0]))
    session.run(b.insert_many(1, ["a", "b"], [3.0, 4.0]))
    with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient elements"):
        session.run(b.take_many(3))
    assert session.run(b.take_many(3, allow_small_batch=True)).keys.tolist() == [b"a", b"b"]
    with pytest.raises(tf.errors.OutOfRangeError):
        session.run(b.take_many(1, allow_small_batch=True))


def test_a_taker_waits_for_another_thread(session):
    b = barrier()
    taken, inserts = b.take_many(2), [b.insert_many(i, ["a", "b"], [1.0, 2.0]) for i in range(2)]
    found = []
    thread = threading.Thread(target=lambda: found.append(session.run(taken)))
    thread.start()
    for insert in inserts:
        session.run(insert)
    thread.join()
    assert found[0].keys.tolist() == [b"a", b"b"]


def test_a_staging_area_is_first_in_first_out(session):
    area = StagingArea([tf.float32, tf.int32], shapes=[[], [2]], names=["x", "y"])
    x = tf.placeholder(tf.float32, [])
    put, get, size = area.put({"x": x, "y": [1, 2]}), area.get(), area.size()
    for value in (1.0, 2.0):
        session.run(put, {x: value})
    assert get["y"].shape.as_list() == [2]
    assert [session.run(size), session.run(get)["x"], session.run(area.peek(0))["x"]] == [2, 1.0, 2.0]
    session.run(area.clear())
    assert session.run(size) == 0
    assert [put.type, area.get()["x"].op.type, area.name] == ["Stage", "Unstage", "StagingArea"]


def test_a_full_staging_area_lets_no_more_in(session):
    area = tf.contrib.staging.StagingArea([tf.int32], capacity=2)
    x = tf.placeholder(tf.int32, [])
    put, get = area.put([x]), area.get()
    thread = threading.Thread(target=lambda: [session.run(put, {x: i}) for i in range(6)])
    thread.start()
    assert [session.run(get)[0] for _ in range(6)] == [0, 1, 2, 3, 4, 5]
    thread.join()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: StagingArea([tf.float32]).put([1]), "Datatypes do not match"),
        (lambda: StagingArea([tf.float32]).put([1.0, 2.0]), "Unexpected number of inputs '2' vs '1'"),
        (lambda: StagingArea([tf.float32], names=["x"]).put([1.0]), "You must enqueue a dictionary"),
        (lambda: StagingArea([tf.float32], names=["x"]).put({"y": 1.0}), "Keys in dictionary to put do not match"),
        (lambda: MapStagingArea([tf.float32]).put(1, [1.0]), "Indices must be supplied"),
    ],
)
def test_what_does_not_fit_a_staging_area_is_told(session, make, told):
    with pytest.raises(ValueError, match=told):
        make()


@pytest.mark.parametrize("ordered", [False, True])
def test_a_map_keeps_elements_by_key_until_they_are_complete(session, ordered):
    area = MapStagingArea([tf.float32, tf.int32], names=["x", "f"], ordered=ordered)
    key = tf.placeholder(tf.int64, [])
    put_x, put_f = area.put(key, {"x": 1.5}), area.put(key, {"f": tf.cast(key, tf.int32)})
    sizes = [area.size(), area.incomplete_size()]
    for k in (7, 3):
        session.run(put_x, {key: k})
        assert session.run(sizes)[1] == 1
        session.run(put_f, {key: k})
    assert session.run(sizes) == [2, 0]
    found, values = session.run(area.get())
    assert [found, values["f"]] == ([3, 3] if ordered else [7, 7])
    rest = 7 if ordered else 3
    assert session.run(area.get(key, ["x"])[1], {key: rest}) == {"x": 1.5}
    assert session.run(area.get(key, ["f"])[1], {key: rest}) == {"f": rest}
    assert session.run(sizes) == [0, 0]
