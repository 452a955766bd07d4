"""Strings: joined, split, matched, converted."""

import numpy as np
from harness import case

WORDS = ["  Hello World ", "", "a,b;c", "\u00e4pfel na\u00efve", "42"]


@case
def each_string(tf):
    x = tf.constant(WORDS)
    s = tf.strings
    return [
        s.length(x), s.length(x, unit="UTF8_CHAR"), s.lower(x), s.upper(x), s.upper(x, encoding="utf-8"), s.strip(x),
        tf.encode_base64(x), tf.decode_base64(tf.encode_base64(x, pad=True)), s.lower("ABC"),
    ]  # fmt: skip


@case
def numbers(tf):
    x = tf.constant([0.0, 1.0, -1.5, 1234567.0, 1e-7, np.inf, np.nan])
    return {
        "to": [tf.string_to_number(["1", "-2.5", " 3e2", "inf"]), tf.string_to_number(["7", "-9"], tf.int64)],
        "from": [tf.as_string(x), tf.as_string(x, precision=2), tf.as_string(x, scientific=True),
                 tf.as_string(x, shortest=True), tf.as_string(x, width=12, fill="0"), tf.as_string([1, -20, 300]),
                 tf.as_string([1, -20], width=5, fill="0"), tf.as_string([True, False]), tf.as_string(2.5 + 1j)],
    }  # fmt: skip


@case
def parts(tf):
    x = tf.constant(["a b  c", "", " d", "e,f"])
    return {
        "split": [tf.string_split(x), tf.string_split(x, " ,"), tf.string_split(x, skip_empty=False),
                  tf.string_split(["abc", "d"], "")],
        "split v2": [tf.strings.split(x), tf.strings.split(x, " "), tf.strings.split(x, sep=" ", maxsplit=1)],
        "substr": [tf.substr(x[:1], 1, 3), tf.strings.substr(["abcde", "fghij"], [0, -2], [2, 9]),
                   tf.strings.substr("\u00e4pfel", 1, 2, unit="UTF8_CHAR")],
        "joined": [tf.reduce_join([["a", "b"], ["c", "d"]], axis) for axis in (0, 1, None, [0, 1], [1, 0])],
        "joined with": tf.reduce_join([["a", "b"], ["c", "d"]], 1, keep_dims=True, separator="-"),
        "dense": tf.sparse.to_dense(tf.string_split(x), ""),
    }  # fmt: skip


@case
def patterns(tf):
    x = tf.constant(["abc123", "x1y22", "", "no"])
    return [
        tf.regex_replace(x, "[0-9]", "#"), tf.regex_replace(x, "[0-9]+", "", replace_global=False),
        tf.strings.regex_replace(x, r"([a-z])(\d)", r"\2\1"), tf.strings.regex_full_match(x, "[a-z]+.*"),
        tf.regex_replace(x, tf.constant("[a-z]"), tf.constant("_")),
    ]  # fmt: skip
