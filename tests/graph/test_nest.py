"""Nested structures; values and sentences were seen on TensorFlow."""

import collections

import numpy as np
import pytest

import undertow as tf
from undertow.graph import nest

Point = collections.namedtuple("Point", "x y")
Other = collections.namedtuple("Other", "x y")
SamePoint = collections.namedtuple("Point", "x y")
OrderedDict = collections.OrderedDict


class MyList(list):
    pass


class Attrs:
    """What the attrs package makes of a class with two fields."""

    __attrs_attrs__ = tuple(collections.namedtuple("Field", "name")(n) for n in "ab")

    def __init__(self, a, b):
        self.a, self.b = a, b


@pytest.mark.parametrize(
    ("structure", "leaves"),
    [
        (3, [3]),
        (None, [None]),
        ("abc", ["abc"]),
        ([], []),
        ([[], {}], []),
        ([1, [2, (3, 4)], {"b": 5, "a": 6}], [1, 2, 3, 4, 6, 5]),
        (OrderedDict([("b", 1), ("a", 2)]), [2, 1]),
        (Point(1, [2, 3]), [1, 2, 3]),
        (range(3), [0, 1, 2]),
        ({"a": 1}.values(), [1]),
        (Attrs(1, [2, 3]), [1, 2, 3]),
        (tf.TensorShape([1, 2]), [tf.TensorShape([1, 2])]),
        ({1, 2}, [{1, 2}]),
    ],
)
def test_flatten_gives_the_leaves_a_dicts_by_sorted_key(structure, leaves):
    assert nest.flatten(structure) == leaves


def test_an_array_and_a_tensor_are_leaves():
    array = np.zeros(2)
    assert nest.flatten(array)[0] is array
    with tf.Graph().as_default():
        tensor = tf.constant([1, 2])
        assert nest.flatten([tensor])[0] is tensor


def test_a_dict_of_keys_that_do_not_compare_has_no_leaves():
    with pytest.raises(TypeError, match="nest only supports dicts with sortable keys"):
        nest.flatten({1: 2, "a": 3})


@pytest.mark.parametrize(
    ("structure", "flat", "packed"),
    [
        ([1, [2, 3]], [4, 5, 6], [4, [5, 6]]),
        ({"b": 1, "a": (2, 3)}, [4, 5, 6], {"a": (4, 5), "b": 6}),
        (Point(1, (2,)), [4, 5], Point(4, (5,))),
        (1, [4], 4),
        ("ab", ("c",), "c"),
        ([], [], []),
        (range(2), [3, 4], [3, 4]),
    ],
)
def test_pack_sequence_as_puts_leaves_into_a_structure(structure, flat, packed):
    assert nest.pack_sequence_as(structure, flat) == packed


def test_packing_keeps_types_and_the_order_of_keys():
    packed = nest.pack_sequence_as(OrderedDict([("b", 1), ("a", 2)]), [4, 5])
    assert list(packed.items()) == [("b", 5), ("a", 4)]
    assert type(nest.pack_sequence_as(MyList([1]), [3])) is MyList
    default = nest.pack_sequence_as(collections.defaultdict(list, a=1), [3])
    assert (default.default_factory, default["a"]) == (list, 3)
    assert vars(nest.pack_sequence_as(Attrs(1, 2), [3, 4])) == {"a": 3, "b": 4}


@pytest.mark.parametrize(
    ("structure", "flat", "error", "sentence"),
    [
        ("scalar", [4, 5], ValueError, r"Structure is a scalar but len\(flat_sequence\) == 2 > 1"),
        ([4, 5], 4, TypeError, "flat_sequence must be a sequence"),
        ([1, 2], [4], ValueError, "Structure had 2 elements, but flat_sequence had 1 elements"),
    ],
)
def test_leaves_that_do_not_fit_are_refused(structure, flat, error, sentence):
    with pytest.raises(error, match=sentence):
        nest.pack_sequence_as(structure, flat)


def test_map_structure_maps_the_leaves_of_one_or_more_structures():
    assert nest.map_structure(lambda x: x + 1, [1, (2, {"a": 3})]) == [2, (3, {"a": 4})]
    assert nest.map_structure(lambda x, y: x + y, [1, 2], [3, 4]) == [4, 6]
    assert nest.map_structure(lambda x, y: x + y, [1, 2], (3, 4), check_types=False) == [4, 6]
    assert nest.map_structure(lambda x: x, 3) == 3
    assert nest.map_structure_with_paths(lambda p, x: (p, x), {"a": [1], "b": Point(2, 3)}) == {
        "a": [("a/0", 1)],
        "b": Point(("b/x", 2), ("b/y", 3)),
    }
    assert nest.map_structure_with_tuple_paths(lambda p, x: (p, x), {"a": [1]}) == {"a": [(("a", 0), 1)]}


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: nest.map_structure(3, [1]), TypeError, "func must be callable, got: 3"),
        (lambda: nest.map_structure(abs), ValueError, "Must provide at least one structure"),
        (lambda: nest.map_structure(abs, [1], foo=1), ValueError, "Only valid keyword argument.*foo"),
        (lambda: nest.map_structure(max, [1, 2], [1, [2]]), ValueError, "don't have the same nested structure"),
    ],
)
def test_what_cannot_be_mapped_is_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([1, 2], ["a", None]),
        (1, 2),
        (Point(1, 2), SamePoint(3, 4)),
        ({"a": 1}, OrderedDict(a=2)),
        ([1], MyList([2])),
        (collections.defaultdict(list, a=1), {"a": 1}),
    ],
)
def test_these_are_nested_alike(first, second):
    nest.assert_same_structure(first, second)


@pytest.mark.parametrize(
    ("first", "second", "error", "sentence"),
    [
        ([1, 2], [3], ValueError, "don't have the same number of elements"),
        ([1, 2], [3, [4]], ValueError, r'"type=list str=\[4\]" is a sequence, while substructure "type=int str=2"'),
        ("a", [1], ValueError, "is a sequence"),
        ([1, 2], np.array([1, 2]), ValueError, "is a sequence"),
        ([1], (1,), TypeError, "has type list, while second structure .* has type tuple"),
        (Point(1, 2), Other(1, 2), TypeError, "has type Point, while second structure .* has type Other"),
        (Point(1, 2), (1, 2), TypeError, "don't have the same sequence type"),
        ({"a": 1}, {"b": 1}, ValueError, "don't have the same set of keys"),
    ],
)
def test_these_are_not_nested_alike(first, second, error, sentence):
    with pytest.raises(error, match=sentence) as raised:
        nest.assert_same_structure(first, second)
    assert str(raised.value).startswith("The two structures don't have the same nested structure.\n\nFirst structure: ")


def test_without_types_only_the_nesting_counts():
    for pair in (([1], (1,)), (Point(1, 2), (1, 2)), ({1: 1}, {"a": 1})):
        nest.assert_same_structure(*pair, check_types=False)


def test_the_error_shows_both_structures_with_dots_for_leaves():
    with pytest.raises(
        ValueError, match=r"Entire first structure:\n\[\., \.\]\nEntire second structure:\n\[\., \[\.\]\]$"
    ):
        nest.assert_same_structure([1, 2], [3, [4]])


def test_indexed_slices_are_a_leaf_unless_composites_are_expanded():
    with tf.Graph().as_default():
        slices = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))
        assert nest.flatten([slices]) == [slices]
        leaves = nest.flatten([slices], expand_composites=True)
        assert leaves == [slices.values, slices.indices]
        (packed,) = nest.pack_sequence_as([slices], leaves, expand_composites=True)
        assert (packed.values, packed.indices) == (slices.values, slices.indices)
        with pytest.raises(ValueError, match="same nested structure"):
            nest.assert_same_structure([slices], [slices.values], expand_composites=True)
        assert not nest.is_sequence(slices)
        assert nest.is_sequence_or_composite(slices)


def test_leaves_come_with_their_paths():
    structure = {"b": [1, 2], "a": Point(3, 4)}
    assert nest.flatten_with_joined_string_paths(structure) == [("a/x", 3), ("a/y", 4), ("b/0", 1), ("b/1", 2)]
    assert nest.flatten_with_tuple_paths([5, [6]]) == [((0,), 5), ((1, 0), 6)]
    assert list(nest.yield_flattened_paths({"a": 1})) == [("a",)]


def test_a_dict_of_nested_keys_is_opened():
    assert nest.flatten_dict_items({(4, 5, (6, 8)): ("a", "b", ("c", "d"))}) == {4: "a", 5: "b", 6: "c", 8: "d"}
    assert nest.flatten_dict_items({1: [2, 3]}) == {1: [2, 3]}


@pytest.mark.parametrize(
    ("dictionary", "error", "sentence"),
    [
        ({(1, 2): (3,)}, ValueError, "Key had 2 elements, but value had 1 elements"),
        ({1: 2, (1,): (3,)}, ValueError, "not unique: 1"),
        ([1], TypeError, "must be a dictionary"),
    ],
)
def test_a_dict_of_which_keys_and_values_differ_is_refused(dictionary, error, sentence):
    with pytest.raises(error, match=sentence):
        nest.flatten_dict_items(dictionary)


def test_up_to_goes_as_deep_as_the_shallow_structure():
    assert nest.flatten_up_to([1, [2]], [[3], [[4]]]) == [[3], [4]]
    assert nest.flatten_up_to({"b": 1, "a": [2]}, {"b": [5], "a": [{"c": 6}]}) == [{"c": 6}, [5]]
    assert nest.flatten_up_to(1, [3, 4]) == [[3, 4]]
    assert nest.flatten_with_tuple_paths_up_to([1, [2]], [[3], [[4]]]) == [((0,), [3]), ((1, 0), [4])]
    assert nest.map_structure_up_to([1, [2]], lambda x, y: (x, y), [[3], [4]], [5, [6]]) == [([3], 5), [(4, 6)]]
    with pytest.raises(ValueError, match="Cannot map over no sequences"):
        nest.map_structure_up_to([1], abs)


@pytest.mark.parametrize(
    ("shallow", "deep", "error", "sentence"),
    [
        ([1, 2], 3, TypeError, "If shallow structure is a sequence, input must also be a sequence"),
        ([1, 2], [1], ValueError, "Input structure has length 1, while shallow structure has length 2"),
        ([1, 2], (1, 2), TypeError, "Input structure has type <class 'tuple'>, while shallow structure has type"),
        ({"a": 1}, {"b": 3}, ValueError, r"The shallow_tree's keys are not a subset .* not in the input_tree: \['a'\]"),
    ],
)
def test_what_is_not_nested_like_the_shallow_structure_is_refused(shallow, deep, error, sentence):
    with pytest.raises(error, match=sentence):
        nest.assert_shallow_structure(shallow, deep)


def test_a_traversal_tells_how_deep_it_goes():
    found = nest.get_traverse_shallow_structure(lambda s: not isinstance(s, tuple), [(1, 2), [3, 4]])
    assert found == [False, [True, True]]
    assert nest.get_traverse_shallow_structure(lambda s: True, 1) is True


@pytest.mark.parametrize(
    ("answer", "structure", "error", "sentence"),
    [
        ([True], 0, TypeError, "returned structure"),
        ("x", [1], TypeError, "returned a non-bool scalar: x"),
        ([1], [1], TypeError, "didn't return a depth=1 structure of bools"),
        ([True], [[1], [2]], ValueError, "same sequence length"),
    ],
)
def test_a_traversal_that_does_not_answer_with_bools_is_refused(answer, structure, error, sentence):
    with pytest.raises(error, match=sentence):
        nest.get_traverse_shallow_structure(lambda _: answer, structure)


def test_the_public_names_lead_here():
    assert tf.nest.flatten is tf.contrib.framework.nest.flatten is nest.flatten
