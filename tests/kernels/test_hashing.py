"""Hashes: published vectors, and TensorFlow 1.15.5's answers for long texts."""

import numpy as np

from undertow.kernels.hashing import fingerprint64, fingerprint_cat64, hash64, strong_hash


def texts(lengths):
    random = np.random.RandomState(0)
    return [bytes(random.randint(0, 256, n).astype(np.uint8)) for n in lengths]


def test_fingerprints_are_farmhash():
    # https://github.com/google/farmhash: those of TensorFlow's string_to_hash_bucket_fast test.
    expected = [12917804110809363939, 11795596070477164822, 11430444447143000872, 4470636696479570465]
    assert fingerprint64([b"a", b"b", b"c", b"d"]).tolist() == expected
    assert int(fingerprint64([b""])[0]) == 0x9AE16A3B2F90404F


def test_each_length_has_the_fingerprint_that_tensorflow_gives_it():
    # tf.strings.to_hash_bucket_fast(text, 2**62 - 57) of 1.15.5
    lengths = [3, 7, 15, 16, 17, 32, 33, 64, 65, 127, 128, 129, 1000]
    buckets = fingerprint64(texts(lengths)) % np.uint64(2**62 - 57)
    assert buckets.tolist() == [
        3489990177927064465,
        3845957037670755925,
        2813324491271339235,
        1936047651039880371,
        3198407170343042123,
        3742558570943728321,
        2596981361530037705,
        1840854917662025063,
        3487148000285120363,
        4590410898152240414,
        1479635456334598941,
        3021000538926668770,
        43736971442768874,
    ]


def test_hash64_is_murmur():
    assert hash64([b"a", b"b", b"c"]).tolist() == [2996632905371535868, 5795986006276551370, 14899841994519054197]


def test_strong_hashes_are_siphash():
    found = strong_hash([b"a", b"b", b"c"], [98765, 132])
    assert found.tolist() == [7157389809176466784, 15805638358933211562, 18100027895074076528]
    # The vector of the paper: key 00 01 .. 0f, text 00 01 .. 0e.
    key = [int.from_bytes(bytes(range(8)), "little"), int.from_bytes(bytes(range(8, 16)), "little")]
    assert int(strong_hash([bytes(range(15))], key)[0]) == 0xA129CA6149BE45E5


def test_two_fingerprints_make_one_that_tells_their_order():
    a, b = fingerprint64([b"a"]), fingerprint64([b"b"])
    assert fingerprint_cat64(a, b).tolist() != fingerprint_cat64(b, a).tolist()
