"""TensorShape and Dimension."""

import numpy as np
import pytest

import undertow as tf

Shape, Dim = tf.TensorShape, tf.Dimension


def test_shapes_print_their_dimensions():
    assert [str(Shape(s)) for s in (None, [], 3, [None, 2])] == ["<unknown>", "()", "(3,)", "(?, 2)"]
    assert repr(Shape([None, 2])) == "TensorShape([Dimension(None), Dimension(2)])"
    assert repr(Shape(None)) == "TensorShape(None)"
    assert (str(Dim(None)), repr(Dim(3))) == ("?", "Dimension(3)")


def test_nobody_knows_whether_unknown_dimensions_are_equal():
    assert (Dim(3) == 3, Dim(3) != 4) == (True, True)
    assert (Dim(None) == 3) is None
    assert (Dim(None) == Dim(None)) is None
    assert (Dim(None) != 3) is None


def test_dimensions_compute_and_unknown_ones_stay_unknown():
    assert [d.value for d in (Dim(3) + 2, Dim(3) - 2, Dim(3) * 2, Dim(7) // 2, Dim(7) % 4)] == [5, 1, 6, 3, 3]
    assert [d.value for d in (2 + Dim(3), 7 - Dim(3), 2 * Dim(3), 9 // Dim(2))] == [5, 4, 6, 4]
    assert (Dim(None) + 1).value is None


def test_dimensions_do_not_divide_truly():
    with pytest.raises(TypeError):
        Dim(7) / 2
    with pytest.raises(TypeError):
        7 / Dim(2)


def test_dimensions_are_compared_if_both_are_known():
    assert (Dim(3) < 4, Dim(3) <= 3, Dim(3) > 4) == (True, True, False)
    assert (Dim(None) < 3) is None


def test_a_dimension_is_an_index():
    assert int(Dim(3)) == 3
    assert [1, 2, 3][Dim(1)] == 2
    assert np.zeros(Shape([2, 3])).shape == (2, 3)


@pytest.mark.parametrize("value", [-1, "a", 1.5])
def test_what_is_no_size_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        Dim(value)


def test_two_dimensions_become_the_one_that_both_are():
    assert Dim(3).merge_with(None).value == Dim(None).merge_with(3).value == 3
    assert Dim(3).is_compatible_with(None)
    with pytest.raises(ValueError, match="Dimensions 3 and 4 are not compatible"):
        Dim(3).merge_with(4)


def test_two_shapes_become_the_one_that_both_are():
    assert Shape([None, 2]).merge_with([3, None]).as_list() == [3, 2]
    assert Shape(None).merge_with([1]).as_list() == [1]
    for other in ([1, 3], [1]):
        with pytest.raises(ValueError, match=r"Shapes \(1, 2\) and \(1.*\) are not compatible"):
            Shape([1, 2]).merge_with(other)


def test_shapes_are_joined_end_to_end():
    assert Shape([1]).concatenate([2, None]).as_list() == [1, 2, None]
    assert Shape([1]).concatenate(None).ndims is None
    assert Shape(None).concatenate([1]).ndims is None


def test_a_rank_is_known_asked_and_demanded():
    assert (Shape([1, 2]).ndims, Shape(None).ndims, Shape([1, 2]).rank) == (2, None, 2)
    assert Shape(None).with_rank(2).as_list() == [None, None]
    for method, rank, sentence in (
        ("with_rank", 3, r"Shape \(1, 2\) must have rank 3"),
        ("with_rank_at_least", 3, r"Shape \(1, 2\) must have rank at least 3"),
        ("with_rank_at_most", 1, r"Shape \(1, 2\) must have rank at most 1"),
        ("assert_has_rank", 3, r"Shape \(1, 2\) must have rank 3"),
    ):
        with pytest.raises(ValueError, match=sentence):
            getattr(Shape([1, 2]), method)(rank)


def test_compatible_shapes_could_be_the_same():
    assert Shape([1, None]).is_compatible_with([1, 5])
    assert Shape(None).is_compatible_with([2])
    assert not Shape([1]).is_compatible_with([2])
    assert not Shape([1]).is_compatible_with([1, 1])
    assert Shape([1, 2]).most_specific_compatible_shape([1, 3]).as_list() == [1, None]


def test_what_is_fully_defined_has_a_number_of_elements():
    assert Shape([2, 3]).is_fully_defined()
    assert not Shape([1, None]).is_fully_defined()
    assert [Shape(s).num_elements() for s in ([2, 3], [2, None], [], None)] == [6, None, 1, None]
    with pytest.raises(ValueError, match=r"Shape \(1, \?\) is not fully defined"):
        Shape([1, None]).assert_is_fully_defined()


def test_shapes_are_indexed_and_sliced():
    s = Shape([1, 2, None])
    assert (s[0].value, s[-1].value, s[1:].as_list()) == (1, None, [2, None])
    assert Shape(None)[0].value is None
    assert Shape(None)[1:3].as_list() == [None, None]
    assert Shape(None)[1:].ndims is None
    assert Shape(None)[:2].as_list() == [None, None]


def test_a_shape_of_unknown_rank_has_no_length_and_is_false():
    assert (len(Shape([1, 2])), bool(Shape([])), bool(Shape(None)), bool(Shape([0]))) == (2, True, False, True)
    for ask in (len, list, Shape.as_list):
        with pytest.raises(ValueError):
            ask(Shape(None))


def test_iterating_gives_dimensions():
    assert [d.value for d in Shape([1, None])] == [1, None]


def test_a_shape_goes_to_a_protobuf_and_back():
    for dims in ([1, None], [], [0]):
        assert Shape(Shape(dims).as_proto()).as_list() == dims
    assert Shape(Shape(None).as_proto()).ndims is None
    assert Shape(None).as_proto().unknown_rank


def test_a_dimensions_value_is_had_of_anything():
    assert [tf.dimension_value(d) for d in (Dim(3), None, 4)] == [3, None, 4]
