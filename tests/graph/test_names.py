"""Names: how they are made unique, what scopes put before them, and finding things by them."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def _name(name=None):
    return tf.constant(1, name=name).op.name


def test_a_taken_name_is_numbered_whatever_its_letter_case():
    names = [_name("a"), _name("a"), _name("A"), _name("a_1"), _name("a"), _name()]
    assert names == ["a", "a_1", "A_2", "a_1_1", "a_3", "Const"]


def test_unique_name_counts_on_unless_it_is_only_asked(graph):
    assert [graph.unique_name(n) for n in ("u", "u", "U")] == ["u", "u_1", "U_2"]
    assert [graph.unique_name("u", mark_as_used=False) for _ in "12"] == ["u_3", "u_3"]


def test_scopes_nest_reenter_and_go_back_to_the_top():
    with tf.name_scope("s") as first:
        assert (first, _name("x"), _name("x")) == ("s/", "s/x", "s/x_1")
        with tf.name_scope("t") as inner:
            assert (inner, _name("x")) == ("s/t/", "s/t/x")
        with tf.name_scope("s"):
            assert _name("x") == "s/s/x"
        with tf.name_scope(""):
            assert _name("top") == "top"
        with tf.name_scope(None):
            assert _name("top") == "top_1"
    with tf.name_scope("s") as second:
        assert (second, _name("x")) == ("s_1/", "s_1/x")
    with tf.name_scope(first):
        assert _name("x") == "s/x_2"
    with tf.name_scope("s/"):
        assert _name("y") == "s/y"
    with tf.name_scope("S") as third:
        assert third == "S_2/"
    with tf.name_scope("a/b/c") as deep:
        assert (deep, _name("z")) == ("a/b/c/", "a/b/c/z")


def test_the_graph_tells_the_scope_it_is_in(graph):
    assert graph.get_name_scope() == ""
    with tf.name_scope("q"), tf.name_scope("r"):
        assert graph.get_name_scope() == "q/r"


def test_a_scope_without_a_name_takes_the_default_and_without_that_the_top():
    with tf.name_scope(None, "default", [1]) as scope:
        assert scope == "default/"
    with tf.name_scope(None) as scope:
        assert scope == ""


@pytest.mark.parametrize("name", ["_x", "-x", "x y", "é", "x:0", " ", "/x"])
def test_a_name_with_other_letters_is_refused(name):
    with pytest.raises(ValueError, match=f"'{name}' is not a valid node name"):
        _name(name)


def test_a_scope_may_begin_with_an_underscore_only_inside_another(graph):
    for name in ("_a", "a b"):
        with pytest.raises(ValueError, match=f"'{name}' is not a valid scope name"), graph.name_scope(name):
            pass
    with tf.name_scope("s"), tf.name_scope("_a") as scope:
        assert scope == "s/_a/"


def test_a_name_that_ends_in_a_slash_is_taken_as_it_stands():
    with tf.name_scope("s"):
        assert _name("x/") == "x"


# Finding things by name


def test_tensors_and_operations_are_found_by_name(graph):
    a = tf.constant([1.0, 2.0], name="a")
    parts = tf.split(tf.constant([[1.0, 2.0]]), 2, 1, name="sp")
    assert graph.get_tensor_by_name("a:0") is a
    assert graph.get_tensor_by_name("sp:1") is parts[1]
    assert graph.get_operation_by_name("sp") is parts[0].op
    assert graph.as_graph_element("a") is a.op
    assert graph.as_graph_element("a:0") is a
    assert [t.value_index for t in parts] == [0, 1]


_FORM = 'Tensor names must be of the form "<op_name>:<output_index>".'


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("a", ValueError, f"The name 'a' refers to an Operation, not a Tensor. {_FORM}"),
        ("", ValueError, f"The name '' looks like an (invalid) Operation name, not a Tensor. {_FORM}"),
        ("a:0:0", ValueError, f"The name 'a:0:0' looks a like a Tensor name, but is not a valid one. {_FORM}"),
        ("a:x", ValueError, f"The name 'a:x' looks a like a Tensor name, but is not a valid one. {_FORM}"),
        (
            "a:1",
            KeyError,
            "The name 'a:1' refers to a Tensor which does not exist. "
            "The operation, 'a', exists but only has 1 outputs.",
        ),
        (
            "b:0",
            KeyError,
            "The name 'b:0' refers to a Tensor which does not exist. The operation, 'b', does not exist in the graph.",
        ),
        (3, TypeError, "Tensor names are strings (or similar), not int."),
    ],
)
def test_what_is_no_tensors_name_is_told(graph, name, error, message):
    tf.constant(1, name="a")
    with pytest.raises(error) as caught:
        graph.get_tensor_by_name(name)
    assert caught.value.args[0] == message


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("a:0", ValueError, "Name 'a:0' appears to refer to a Tensor, not a Operation."),
        ("b", KeyError, "The name 'b' refers to an Operation not in the graph."),
        (3, TypeError, "Operation names are strings (or similar), not int."),
    ],
)
def test_what_is_no_operations_name_is_told(graph, name, error, message):
    tf.constant(1, name="a")
    with pytest.raises(error) as caught:
        graph.get_operation_by_name(name)
    assert caught.value.args[0] == message


def test_only_what_is_allowed_is_looked_for(graph):
    a = tf.constant(1, name="a")
    with pytest.raises(ValueError, match="allow_tensor and allow_operation can't both be False"):
        graph.as_graph_element(a, allow_tensor=False, allow_operation=False)
    with pytest.raises(TypeError, match="Can not convert a Tensor into a Operation"):
        graph.as_graph_element(a, allow_tensor=False)
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor or Operation"):
        graph.as_graph_element(3)
