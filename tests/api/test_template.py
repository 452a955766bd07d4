"""tf.make_template: variables of a function, made once. Names are 1.15.5's."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def linear(x, trainable=True):
    return x * tf.get_variable("w", [], initializer=tf.zeros_initializer(), trainable=trainable)


def test_every_call_shares_the_variables_of_the_first():
    template = tf.make_template("s", linear)
    assert [template.variable_scope_name, template.variables] == [None, []]
    assert [template(1.0).op.name, template(2.0).op.name] == ["s/mul", "s_1/mul"]
    assert [v.op.name for v in tf.global_variables()] == ["s/w"]
    assert [template.name, template.variable_scope.name, template.variable_scope_name] == ["s", "s", "s/"]
    assert template.variables == template.trainable_variables == tf.global_variables()


def test_templates_of_one_name_have_variables_of_their_own():
    first, second = (tf.make_template("s", linear) for _ in range(2))
    assert [first(1.0).op.name, second(1.0).op.name, first(1.0).op.name] == ["s/mul", "s_1/mul", "s_2/mul"]
    assert [v.op.name for v in tf.global_variables()] == ["s/w", "s_1/w"]


def test_the_scope_can_be_made_before_the_first_call():
    first, second = (tf.make_template("s", linear, create_scope_now_=True) for _ in range(2))
    assert [second(1.0).op.name, first(1.0).op.name] == ["s_1/mul", "s/mul"]


def test_variables_stay_where_the_first_call_was():
    with tf.variable_scope("outer"):
        template = tf.make_template("s", linear)
        template(1.0)
    with tf.variable_scope("other"):
        assert template(1.0).op.name == "other/s/mul"
    assert template.variable_scope.name == "outer/s"


def test_templates_may_be_inside_each_other():
    def outer(x):
        first, second = (tf.make_template("n", linear) for _ in range(2))
        return first(x) + second(x) + first(x)

    template = tf.make_template("s", outer)
    assert [template(1.0).op.name, template(2.0).op.name] == ["s/add_1", "s_1/add_1"]
    assert [v.op.name for v in template.variables] == ["s/n/w", "s/n_1/w"]


def test_arguments_may_be_told_beforehand():
    template = tf.make_template("s", linear, trainable=False)
    template(1.0)
    assert [template.trainable_variables, len(template.non_trainable_variables)] == [[], 1]


def test_a_getter_may_change_the_variables():
    def doubled(getter, *args, **kwargs):
        return getter(*args, **kwargs) * 2

    assert tf.make_template("s", linear, custom_getter_=doubled)(1.0).op.inputs[1].op.type == "Mul"


def test_what_a_template_cannot_share_is_refused():
    template = tf.make_template("s", lambda: tf.Variable(1.0))
    template()
    with pytest.raises(ValueError, match="Trainable variable created when calling a template after the first time"):
        template()
    with pytest.raises(ValueError, match="name cannot be None"):
        tf.make_template(None, linear)
    twice = [tf.make_template("s", linear, unique_name_="q") for _ in range(2)]
    twice[0](1.0)
    with pytest.raises(ValueError, match="Variable q/w already exists, disallowed"):
        twice[1](1.0)


def test_an_error_inside_tells_where_the_template_was_made():
    with pytest.raises(ZeroDivisionError, match=r"(?s)division by zero\n\noriginally defined at:.*test_template"):
        tf.make_template("s", lambda: 1 / 0)()
