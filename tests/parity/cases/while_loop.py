"""tf.cond, tf.case and tf.while_loop: graphs, values, gradients."""

import numpy as np
from harness import case


@case(nodes=True)
def branches(tf):
    x = tf.constant(1.5, name="x")
    p = tf.placeholder_with_default(True, [], name="p")
    v = tf.get_variable("v", initializer=2.0)
    found = [
        tf.cond(p, lambda: x + 1, lambda: [x]),
        tf.cond(p, lambda: {"a": x, "b": tf.constant(2)}, lambda: {"a": x * v, "b": 1}),
        tf.cond(p, lambda: [x, x + 2], lambda: [x + 3, 1.0], strict=True, name="strict"),
        tf.cond(p, lambda: tf.cond(x > 1.0, lambda: x * v, lambda: x), lambda: tf.square(x)),
        tf.cond(p, lambda: tf.no_op(), lambda: tf.no_op()),
    ]
    yield found, {p: True}
    yield found, {p: False}


@case
def gradients_of_branches(tf):
    x = tf.constant([1.0, 2.0])
    p = tf.placeholder_with_default(True, [])
    y = tf.cond(p, lambda: x * x, lambda: tf.exp(x))
    z = tf.cond(p, lambda: tf.cond(x[0] > 1.0, lambda: x * 2.0, lambda: x * x * x), lambda: x * 0.5)
    loose = tf.cond(p, lambda: x[0] * 1.0, lambda: tf.constant(5.0))
    found = [y, z, [tf.gradients(t, x) for t in (y, z, y * z, loose)]]
    yield found, {p: True}
    yield found, {p: False}


@case
def branches_with_side_effects(tf):
    p = tf.placeholder(tf.bool, [])
    v = tf.get_variable("v", initializer=2.0)
    w = tf.get_variable("w", initializer=2.0)
    taken = tf.cond(p, lambda: tf.assign_add(v, 1.0), lambda: tf.assign(w, 7.0))
    with tf.control_dependencies([taken]):
        after = [tf.identity(v.read_value()), tf.identity(w.read_value())]
    yield after, {p: True}
    yield after, {p: False}
    yield after, {p: True}


@case
def cases(tf):
    x = tf.placeholder(tf.int32, [])
    y = tf.constant(3.0)
    chosen = tf.case(
        [(x < 1, lambda: y), (x < 3, lambda: y * y), (x < 5, lambda: tf.constant(7.0))], default=lambda: -y
    )
    without = tf.case([(x > 9, lambda: y), (x < 9, lambda: y * 2.0)])
    only = tf.case(
        {tf.equal(x, 2): lambda: y, tf.equal(x, 4): lambda: y + 1.0}, default=lambda: y - 1.0, exclusive=True
    )
    for i in range(6):
        yield [chosen, without, only, tf.gradients(chosen, y)], {x: i}


@case(nodes=True)
def loops(tf):
    x = tf.constant(3.0, name="x")
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    return [
        tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s * x + 1.0), [0, tf.constant(1.0)]),
        tf.while_loop(lambda s: s < 50.0, lambda s: s * x, [1.0], maximum_iterations=3),
        tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * v), (0, tf.ones([2])), name="w"),
        tf.while_loop(
            lambda i, s: i < 3, lambda i, s: (i + 1, tf.concat([s, s], 0)), (0, tf.ones([1])),
            shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])), back_prop=False,
        ),
        tf.while_loop(
            lambda i, d: i < 3, lambda i, d: (i + 1, {"a": d["b"], "b": d["a"] + d["b"]}), (0, {"a": 0, "b": 1})
        ),
    ]  # fmt: skip


@case(nodes=True)
def loops_and_branches_inside_each_other(tf):
    x = tf.constant(1.0, name="x")

    def body(i, s):
        with tf.name_scope("b"):
            s = tf.cond(s > 2.0, lambda: s * x, lambda: tf.cond(s > 1.0, lambda: s + x, lambda: tf.constant(2.0)))
        _, s = tf.while_loop(lambda j, s: j < i, lambda j, s: (j + 1, s + x), [0, s])
        return i + 1, s

    inside = tf.cond(
        x > 0.0, lambda: tf.while_loop(lambda i: i < 10.0, lambda i: i * 2.0 + x, [x]), lambda: x, name="outer"
    )
    return [tf.while_loop(lambda i, s: i < 4, body, [0, x]), inside]


@case
def gradients_of_loops(tf):
    x = tf.constant([2.0, 3.0], tf.float64)
    n = tf.placeholder_with_default(3, [])
    _, power = tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s * x), [0, tf.ones([2], tf.float64)])

    def outer(i, s):
        _, t = tf.while_loop(lambda j, t: j <= i, lambda j, t: (j + 1, t * x + s), [0, s])
        return i + 1, t

    _, nested = tf.while_loop(lambda i, s: i < n, outer, [0, x])
    _, branching = tf.while_loop(
        lambda i, s: i < n,
        lambda i, s: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: s * x, lambda: s + x * x)),
        [0, x],
    )
    found = [[y, tf.gradients(y, x)] for y in (power, nested, branching)]
    yield found, {n: 3}
    yield found, {n: 0}
    yield found, {n: 1}


@case
def gradients_to_what_starts_a_loop(tf):
    x = tf.constant(2.0)
    w = tf.get_variable("w", initializer=[[1.0, 0.5], [0.25, 2.0]])
    h = tf.ones([1, 2]) * x
    _, h = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, w))), [0, h])
    loss = tf.reduce_sum(h)
    return [loss, tf.gradients(loss, [x, w])]


@case
def a_variable_written_in_a_loop(tf):
    v = tf.get_variable("v", initializer=1.0, use_resource=False)

    def body(i):
        with tf.control_dependencies([tf.assign_add(v, 2.0)]):
            return i + 1

    i = tf.while_loop(lambda i: i < 4, body, [0])
    with tf.control_dependencies([i]):
        after = tf.identity(v.read_value())
    yield [i, after], {}
    yield [i, after], {}


@case
def loops_gather_rows(tf):
    table = tf.get_variable("table", initializer=np.arange(12, dtype=np.float32).reshape(4, 3))

    def body(i, s):
        return i + 1, s + tf.reduce_sum(tf.gather(table, [i, 0]) ** 2)

    _, s = tf.while_loop(lambda i, s: i < 3, body, [0, 0.0])
    grad = tf.gradients(s, table)[0]
    return [s, tf.convert_to_tensor(grad)]


@case
def second_derivatives_of_what_is_after_a_loop(tf):
    x = tf.constant(2.0)
    _, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * 2.0), [0, 1.0])
    z = x * x * y
    first = tf.gradients(z, x)[0]
    return [z, first, tf.gradients(first, x)]


@case
def gradients_taken_inside(tf):
    p = tf.constant(5.0)
    squared = tf.square(p)
    c = tf.placeholder(tf.int32, [])
    w = tf.get_variable("w", initializer=4.0, use_resource=False)

    def body(i, x):
        return i + 1, x + tf.gradients(tf.constant([1.0, 2.0]) * squared, p)[0]

    def train(i):
        with tf.control_dependencies([tf.assign_sub(w, 0.25 * tf.gradients(tf.square(w), w)[0])]):
            return i + 1

    summed = tf.while_loop(lambda i, _: i < 10, body, [0, 0.0])
    with tf.control_dependencies([tf.while_loop(lambda i: i < 3, train, [0])]):
        trained = tf.identity(w.read_value())
    outside = tf.cond(c < 2, lambda: tf.gradients(squared * squared, [p])[0], lambda: p * 3.0)
    inside = tf.cond(c < 2, lambda: tf.gradients(p * p, [p])[0], lambda: p * 3.0)
    yield [summed, trained, outside, inside], {c: 1}
    yield [outside, inside], {c: 3}


@case
def a_loop_without_back_prop_is_a_constant(tf):
    v = tf.constant(2.0)
    r = tf.while_loop(lambda v: v < 100.0, tf.square, [v], back_prop=False)
    return [r, tf.gradients(r + v, v), tf.gradients(r, v)]


@case
def a_loop_sees_what_it_writes(tf):
    v = tf.get_variable("v", initializer=0, use_resource=False)
    last = tf.while_loop(lambda i: tf.less(v, 10), lambda i: tf.assign_add(v, 1) + 0, [tf.constant(0)])
    return [last]


@case
def what_is_outside_and_waited_for_inside_runs_once(tf):
    found = []
    for i, build in enumerate([_waiting_loop, _waiting_branch, _waiting_branch_in_a_loop]):
        v = tf.get_variable(f"v{i}", initializer=0.0, use_resource=False)
        result = build(tf, tf.assign_add(v, 1.0))
        with tf.control_dependencies([result]):
            found.append([result, tf.identity(v.read_value())])
    return found


def _waiting_loop(tf, op):
    def body(i):
        with tf.control_dependencies([op]):
            return i + 1

    return tf.while_loop(lambda i: i < 5, body, [1])


def _waiting_branch(tf, op):
    x = tf.constant(2)

    def branch():
        with tf.control_dependencies([op]):
            return x * 2

    return tf.cond(x > 3, branch, lambda: x)


def _waiting_branch_in_a_loop(tf, op):
    def body(i):
        def branch():
            with tf.control_dependencies([op]):
                return i + 1

        return tf.cond(i > 0, branch, lambda: i + 2)

    return tf.while_loop(lambda i: i < 5, body, [1])
