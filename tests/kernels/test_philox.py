"""The generator itself, against the known answers of its authors, and the shapes of what is drawn from it."""

import numpy as np

from undertow.kernels import philox


def test_the_known_answers_of_the_generators_authors():
    # Random123's kat_vectors, philox4x32 of 10 rounds: all zeros, all ones.
    assert philox.bits(np.array([0], np.uint64), 0, 0).tolist() == [[0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]]
    ones = 2**64 - 1
    assert philox.bits(np.array([ones], np.uint64), ones, ones).tolist() == [
        [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    ]


def test_a_sequence_does_not_depend_on_where_it_is_cut():
    whole = philox.sequence(5, 40_000, 1, 7, 8).reshape(-1)  # more than one block
    np.testing.assert_array_equal(philox.sequence(5 + 9_000, 4, 1, 7, 8).reshape(-1), whole[36_000:36_004])


def test_uniform_numbers_stay_below_one():
    top = np.array([[0xFFFFFFFF, 0xFFFFFFFF]], np.uint32)
    assert philox.uniform32(top).tolist() == [[1 - 2**-23] * 2]
    assert philox.uniform64(top).tolist() == [1 - 2**-52]


def test_truncated_numbers_are_inside_two_deviations_and_as_many_as_asked_for():
    for double, count in ((False, 10_001), (True, 10_001)):
        drawn = philox.truncated(0, count, 1, 2, double)
        assert drawn.shape == (count,)
        assert drawn.abs().max() < 2
        assert abs(float(drawn.std()) - 0.8796) < 0.02  # a standard normal's deviation once it is cut off at two
