"""Text in encodings: what becomes of it, and of what is malformed."""

import pytest

import undertow as tf


def run(*tensors):
    with tf.Session() as session:
        return session.run(list(tensors))


def test_malformed_text_is_replaced_left_out_or_refused():
    with tf.Graph().as_default():
        text = [b"a\xff\xe2\x82"]  # the last character lacks a byte: one replacement for what is there of it
        assert run(tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", replacement_char=63))[0].tolist() == [b"a??"]
        assert run(tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", errors="ignore"))[0].tolist() == [b"a"]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid formatting on input string"):
            run(tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", errors="strict"))


def test_a_byte_order_mark_is_read_where_the_encoding_leaves_the_order_open():
    with tf.Graph().as_default():
        for text, encoding in ((b"\xfe\xff\x00a", "UTF-16"), (b"\xff\xfea\x00", "UTF-16"), (b"\x00a", "UTF-16")):
            assert run(tf.strings.unicode_transcode(text, encoding, "UTF-8")) == [b"a"]
        assert run(tf.strings.unicode_transcode(b"\xfe\xff\x00a", "UTF-16-BE", "UTF-8")) == ["\ufeffa".encode()]


def test_control_characters_are_replaced_if_asked():
    with tf.Graph().as_default():
        found = tf.strings.unicode_transcode("a\n", "UTF-8", "UTF-8", "replace", 32, replace_control_characters=True)
        assert run(found) == [b"a "]


def test_scripts_have_icus_numbers():
    with tf.Graph().as_default():
        points = [ord("A"), ord("д"), ord("1"), 0x4E00, 0x0300, -1, 0x110000, 0xD800]
        assert run(tf.strings.unicode_script(points))[0].tolist() == [25, 8, 0, 17, 1, -1, -1, 103]


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: tf.strings.unicode_transcode("a", "no such", "UTF-8"), "converter for input encoding: no such"),
        (lambda: tf.strings.unicode_transcode("a", "UTF-8", "UTF-8", replacement_char=2**21), "out of unicode"),
    ],
)
def test_what_is_no_encoding_or_character_is_refused(build, told):
    with tf.Graph().as_default(), pytest.raises(tf.errors.InvalidArgumentError, match=told):
        run(build())
