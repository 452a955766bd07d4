"""`tf.contrib.training.HParams`: values of fixed types."""

import copy

import pytest

import undertow as tf

HParams = tf.contrib.training.HParams


def test_the_text_of_many_assignments_is_parsed_by_the_types_of_the_first_values():
    hparams = HParams(a=1, b=2.0, c="relu", d=[1, 2], e=True, f="/x=y")
    hparams.parse("a=+3, b=-2e10,c=,d=[4,5,6],e=false,f=/u=v,")
    assert hparams.values() == {"a": 3, "b": -2e10, "c": "", "d": [4, 5, 6], "e": False, "f": "/u=v"}
    hparams.parse("d[1]=50")
    assert hparams.d == [4, 50, 6]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x=1", "Unknown hyperparameter"),
        ("a=1.0", "Could not parse hparam 'a' of type 'int' with value '1.0'"),
        ("e=yep", "Could not parse.*'e'"),
        ("a=[1]", "Must not pass a list"),
        ("d=1", "Must pass a list"),
        ("d[0]=[1]", "Assignment of a list to a list index"),
        ("a=1,a=2", "Multiple assignments to variable 'a'"),
        ("d[0]=1,d[0]=2", r"Multiple assignments to variable 'd\[0\]'"),
        ("d=[1],d[0]=2", "Multiple assignments to variable 'd'"),
        ("a", "Malformed"),
    ],
)
def test_a_wrong_text_is_refused_and_nothing_is_changed(text, sentence):
    hparams = HParams(a=1, d=[1, 2], e=True)
    with pytest.raises(ValueError, match=sentence):
        hparams.parse(f"a=7,{text}" if not text.startswith("a") else text)
    assert hparams.values() == {"a": 1, "d": [1, 2], "e": True}


@pytest.mark.parametrize(
    ("name", "value"), [("s", 2.2), ("i", False), ("b", 1), ("b", "true"), ("i", 2.2), ("l", [2, 3.3]), ("i", "2")]
)
def test_a_value_of_another_type_is_refused(name, value):
    with pytest.raises(ValueError, match="Could not cast"):
        HParams(i=1, s="s", b=True, f=1.1, l=[1, 2]).set_hparam(name, value)


def test_an_integer_becomes_a_float_and_none_takes_anything():
    hparams = HParams(f=1.1, n=None)
    hparams.override_from_dict({"f": 1, "n": "1"})
    assert hparams.f == 1.0 and type(hparams.f) is float and hparams.n == "1"


def test_a_default_of_another_type_is_refused_and_a_missing_name_gives_it():
    hparams = HParams(a=1)
    assert (hparams.get("a", 2), hparams.get("b", 3), "a" in hparams, "b" in hparams) == (1, 3, True, False)
    with pytest.raises(ValueError, match="Could not cast"):
        hparams.get("a", 2.0)


def test_names_that_are_taken_and_empty_lists_are_refused():
    with pytest.raises(ValueError, match="reserved: parse"):
        HParams(parse=1)
    with pytest.raises(ValueError, match="cannot be empty: a"):
        HParams(a=[])


def test_json_and_text_give_the_same_values_back():
    hparams = HParams(a=12, b=[2.0, 3.0], c="relu4", d=False)
    for other in (HParams(a=1, b=[0.5], c="", d=True) for _ in range(2)):
        assert other.parse_json(hparams.to_json()).values() == hparams.values()
    assert HParams(a=1, b=[0.5], c="", d=True).parse(str(hparams)).values() == hparams.values()
    assert repr(HParams(b=2.0, a="x")) == "HParams([('a', 'x'), ('b', 2.0)])"
    assert copy.deepcopy(hparams).values() == hparams.values()
