"""`tf.gradients`: values, which are None, which are IndexedSlices."""

import contextlib

import numpy as np
from harness import case

TABLE = np.arange(12.0).reshape(4, 3) / 10
IDS = [[2, 0], [2, 3]]


@case
def several_ys_add_up(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    y = x * x
    return {"list": tf.gradients([y, 3 * x, y], x), "itself": tf.gradients([x, y], [x, y])}


@case
def grad_ys_are_the_start(tf):
    x = tf.constant([1.0, 2.0, 3.0], tf.float64)
    y, z = x * x, tf.exp(x)
    single = tf.constant([1.0, 2.0, 3.0])
    return {
        "given": tf.gradients([y, z], x, grad_ys=[tf.constant([1.0, 0.0, 2.0], tf.float64), None]),
        "number": tf.gradients(single * single, single, grad_ys=2.0),
        "list": tf.gradients(single * single, single, grad_ys=[[1.0, 2.0, 3.0]]),
    }


@case
def stop_gradients_make_partial_derivatives(tf):
    a = tf.constant(2.0)
    b = 3 * a
    c = a * b
    return {
        "total": tf.gradients(a + b + c, [a, b]),
        "partial": tf.gradients(a + b + c, [a, b], stop_gradients=[a, b]),
        "through": tf.gradients(c * c, [a, b], stop_gradients=[c]),
        "between": tf.gradients(c * c + b, [a, b, c], stop_gradients=[b]),
    }


@case
def none_where_there_is_no_path(tf):
    x, z = tf.constant([1.5, -2.5]), tf.constant([1.0, 2.0])
    w = tf.Variable([1.0, 2.0])
    n = tf.constant([1, 2])
    ys = {
        "unrelated": x * x,
        "floor": tf.floor(z),
        "round": tf.round(z),
        "ceil": tf.ceil(z),
        "sign": tf.sign(z),
        "compare": tf.cast(z > x, tf.float32),
        "argmax": tf.cast(tf.argmax(z), tf.float32),
        "integers": tf.cast(z, tf.int32),
        "stopped": tf.stop_gradient(z) * x,
        "ones": tf.ones_like(z) + tf.zeros_like(z),
        "one_hot": tf.one_hot([1, 0], 2, on_value=z[0]),
        "shape": tf.cast(tf.shape(z), tf.float32),
        "range": tf.range(z[0], 3.0, z[1]),
        "assigned": tf.assign(w, z) * 2,
        "floordiv": z // x,
    }
    return {key: tf.gradients(y, [x, z, w, n]) for key, y in ys.items()}


@case
def unconnected_gradients_can_be_zero(tf):
    x, z = tf.constant([1.0, 2.0]), tf.constant([[1.0, 2.0]], tf.float64)
    zero = tf.UnconnectedGradients.ZERO
    return {
        "zero": tf.gradients(x * x, [x, z], unconnected_gradients=zero),
        "by_name": tf.gradients(x * x, [x, z], unconnected_gradients="zero"),
        "none": tf.gradients(x * x, [x, z], unconnected_gradients="none"),
    }


@case
def second_and_third_derivatives(tf):
    x = tf.constant([0.5, 2.0], tf.float64)
    y = tf.reduce_sum(x * x * x * x + tf.exp(x))
    first = tf.gradients(y, x)[0]
    second = tf.gradients(first, x)[0]
    return {"first": first, "second": second, "third": tf.gradients(second, x)}


@case
def gradient_penalty(tf):
    x = tf.constant([[1.0, -2.0], [0.5, 3.0]])
    w = tf.Variable([[0.3], [0.7]])
    out = tf.tanh(tf.matmul(x, w))
    inner = tf.gradients(out, x)[0]
    penalty = tf.reduce_mean(tf.square(tf.sqrt(tf.reduce_sum(inner * inner, 1)) - 1))
    return {"inner": inner, "penalty": penalty, "dw": tf.gradients(tf.reduce_sum(out) + penalty, w)}


@case
def hessians(tf):
    x = tf.constant([0.5, 2.0, -1.0], tf.float64)
    m = tf.constant([[0.5, 2.0], [1.0, 3.0]])
    return {
        "vector": tf.hessians(tf.reduce_sum(x * x * x) + x[0] * x[1], x),
        "matrix": tf.hessians(tf.reduce_sum(tf.matmul(m, m)), m),
        "two": tf.hessians(tf.reduce_prod(x), [x, x]),
    }


@case
def variables_and_their_reads(tf):
    w = tf.Variable([1.0, 2.0], name="w")
    several = w * w.read_value() + tf.identity(w) + w.value()
    return {
        "several": tf.gradients(several, w),
        "ref": tf.gradients(w * 3, w._ref()),
        "one_read": tf.gradients(several, w.value()),
        "new_read": tf.gradients(w.read_value() * 2, w.value()),
        "twice": tf.gradients(w * 3, [w, w]),
    }


@case
def rows_gathered_have_sparse_gradients(tf):
    p = tf.constant(TABLE)
    w = tf.Variable(TABLE, name="w")
    w32 = tf.Variable(TABLE.astype("float32"), name="w32")
    scale = tf.constant([[[1.0, 2.0, 3.0]]], tf.float64)
    return {
        "constant": tf.gradients(tf.gather(p, IDS) * scale, p),
        "variable": tf.gradients(tf.gather(w, IDS) * scale, w),
        "identity": tf.gradients(tf.gather(tf.identity(w), IDS) * scale, w),
        "lookup": tf.gradients(tf.square(tf.nn.embedding_lookup(w32, IDS)), w32),
        "one_row": tf.gradients(tf.gather(w, 2), w),
        "int64": tf.gradients(tf.gather(w, tf.constant([1, 1], tf.int64)), w),
        "two_gathers": tf.gradients(tf.gather(w, IDS) * scale + 2 * tf.gather(w, [[1, 1], [0, 3]]), w),
        "two_ys": tf.gradients([tf.gather(w, [0]), tf.gather(w, [1, 2])], w),
        "mixed": tf.gradients([tf.gather(w, [0, 0]), w * w], w),
        "axis_1": tf.gradients(tf.gather(w, [0, 2], axis=1), w),
        "after_arithmetic": tf.gradients(tf.gather(w * 2, [1, 1]), w),
        "to_dense": tf.convert_to_tensor(tf.gradients(tf.gather(w, IDS) * scale, w)[0]),
    }


@case
def rows_of_unknown_number(tf):
    w = tf.Variable(TABLE, name="w")
    ids = tf.placeholder(tf.int32, [None], name="ids")
    grad = tf.gradients(tf.square(tf.gather(w, ids)), w)[0]
    for fed in ([1, 1, 3], [], [0]):
        yield {"values": grad.values, "indices": grad.indices, "dense": tf.convert_to_tensor(grad)}, {ids: fed}


@case
def complex_ys_need_a_start(tf):
    x = tf.constant([1.0, 2.0])
    y = tf.complex(x * x, x)
    return {"real": tf.gradients(tf.real(y * y), x), "given": tf.gradients(y, x, grad_ys=tf.complex(x, 2 * x))}


@case
def gradient_functions_can_be_replaced(tf):
    graph = tf.get_default_graph()
    x = tf.constant([0.2, 1.7, -2.6])
    with graph.gradient_override_map({"Round": "Identity"}):
        straight = tf.round(x)
    name = "ParityTimesTen"
    with contextlib.suppress(KeyError):  # this process has built the case before

        @tf.RegisterGradient(name)
        def _(op, grad):
            return 10 * grad * op.outputs[0]

    with graph.gradient_override_map({"Exp": name}):
        e = tf.exp(x * 2)
    again = tf.square(e)
    with graph.gradient_override_map({"Tanh": name}):
        chained = tf.tanh(again) + again * e
    return {
        "straight": tf.gradients(straight * straight, x),
        "own": tf.gradients(again, x),
        "two_on_a_path": tf.gradients(chained, [x, e, again]),
        "beside": tf.gradients(again + x, x),
    }


@case
def custom_gradient(tf):
    @tf.custom_gradient
    def log1pexp(x):
        e = tf.exp(x)
        return tf.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))

    @tf.custom_gradient
    def two(x, y):
        return (x * y, x + y), lambda da, db: (da * 100.0, db * 1000.0)

    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, -1.0])
    a, b = two(x, y * y)
    return {
        "value": log1pexp(x),
        "far": tf.gradients(log1pexp(x * 100.0), x),
        "two": tf.gradients(a * 2 + b, [x, y]),
        "one": tf.gradients(a, [x, y]),
    }


@case
def maximum_takes_all_for_the_first(tf):
    x, y = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0, 3.0, 2.0])
    return {"max": tf.gradients(tf.maximum(x, y), [x, y]), "min": tf.gradients(tf.minimum(x, y), [x, y])}
