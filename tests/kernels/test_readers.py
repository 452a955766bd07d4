"""Readers of files through queues."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def _all(reader, files, count, up_to=None):
    """What `count` reads give, and the error after them."""
    queue = tf.train.string_input_producer([str(f) for f in files], shuffle=False, num_epochs=1)
    op = reader.read(queue) if up_to is None else reader.read_up_to(queue, up_to)
    done = [reader.num_records_produced(), reader.num_work_units_completed()]
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        result = [tuple(sess.run(op)) for _ in range(count)]
        with pytest.raises(tf.errors.OutOfRangeError, match="closed and has insufficient elements"):
            sess.run(op)
        counts = sess.run(done)
        coord.request_stop()
        coord.join(threads)
    return result, counts


def test_a_line_reader_names_lines_by_file_and_number_and_drops_their_ends(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"head\none\r\n\nlast")
    b.write_bytes(b"head\nx\n")
    found, counts = _all(tf.TextLineReader(skip_header_lines=1), [a, b], 4)
    keys = [f"{p}:{n}".encode() for p, n in [(a, 2), (a, 3), (a, 4), (b, 2)]]
    assert found == list(zip(keys, [b"one", b"", b"last", b"x"]))
    assert counts == [4, 2]


def test_reading_up_to_so_many_stops_at_the_end_of_a_file(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"1\n2\n3\n")
    b.write_bytes(b"4\n")
    found, _ = _all(tf.TextLineReader(), [a, b], 3, up_to=2)
    assert [values.tolist() for _, values in found] == [[b"1", b"2"], [b"3"], [b"4"]]


def test_a_record_reader_names_records_by_where_they_begin(tmp_path):
    path = tmp_path / "r"
    with tf.python_io.TFRecordWriter(str(path)) as writer:
        writer.write(b"rec0")
        writer.write(b"rec1")
    found, _ = _all(tf.TFRecordReader(), [path], 2)
    assert found == [(f"{path}:0".encode(), b"rec0"), (f"{path}:20".encode(), b"rec1")]


def test_fixed_length_records_leave_out_header_and_footer_and_hop(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"HHabcdefghiF")
    found, _ = _all(tf.FixedLengthRecordReader(4, 2, 1, hop_bytes=2), [path], 3)
    assert [value for _, value in found] == [b"abcd", b"cdef", b"efgh"]


def test_a_file_that_is_not_there_is_named(tmp_path):
    queue = tf.FIFOQueue(2, tf.string)
    put = queue.enqueue(str(tmp_path / "none"))
    value = tf.WholeFileReader().read(queue)[1]
    with tf.Session() as sess:
        sess.run(put)
        with pytest.raises(tf.errors.NotFoundError, match="none; No such file"):
            sess.run(value)


def test_files_are_written_read_and_matched(tmp_path):
    path = str(tmp_path / "new" / "x.txt")
    with tf.Session() as sess:
        sess.run(tf.write_file(path, b"\x00text"))
        assert sess.run(tf.read_file(path)) == b"\x00text"
        assert sess.run(tf.matching_files(str(tmp_path / "new" / "*.txt"))).tolist() == [path.encode()]


def test_a_batch_comes_from_the_records_of_a_file_and_ends_with_them(tmp_path):
    path = tmp_path / "lines"
    path.write_text("\n".join(f"{i},{i * i}" for i in range(10)))
    queue = tf.train.string_input_producer([str(path)], num_epochs=1)
    _, line = tf.TextLineReader().read(queue)
    number, square = tf.decode_csv(line, [[0], [0]])
    numbers, squares = tf.train.batch([number, square], 4, allow_smaller_final_batch=True)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(coord=coord)
        found = []
        try:
            while not coord.should_stop():
                n, s = sess.run([numbers, squares])
                assert (n * n == s).all()
                found.append(n.tolist())
        except tf.errors.OutOfRangeError:
            coord.request_stop()
        coord.join(threads)
    assert found == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_an_example_without_a_feature_that_must_be_there_is_refused():
    features = {"a": tf.FixedLenFeature([2], tf.float32)}
    empty = tf.train.Example().SerializeToString()
    with tf.Session() as sess:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Feature: a \(data type: float\) is required"):
            sess.run(tf.parse_single_example(empty, features))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse example input"):
            sess.run(tf.parse_single_example(b"\xff", features))
