"""Variables by handle: their nodes, what is done with them, and in which order. `api/resource_variable.py`.

`test_the_same_by_handle` runs the other families' cases with resource variables too.
"""

import numpy as np
from harness import case

TABLE = np.arange(12.0).reshape(4, 3).astype("float32")


def _made(tf, name="w", value=TABLE, **options):
    return tf.get_variable(name, initializer=tf.constant(value), use_resource=True, **options)


# Nodes


@case(nodes=True)
def how_they_are_made(tf):
    with tf.variable_scope("scope", use_resource=True):
        scoped = tf.get_variable("scoped", [2], initializer=tf.ones_initializer())
    with tf.name_scope("names"):
        return [
            scoped,
            _made(tf, "a"),
            tf.Variable(3.0, use_resource=True),
            tf.Variable(lambda: tf.zeros([2]), use_resource=True, name="of_a_function"),
            tf.Variable([1, 2], use_resource=True, trainable=False, dtype=tf.int64, name="whole"),
        ]


@case(nodes=True)
def how_they_are_used(tf):
    w = _made(tf)
    return [
        w + 1.0, 2.0 * w, -w, w * w, w.read_value(), w.value(), tf.identity(w), tf.reduce_sum(w), tf.shape(w),
        w.sparse_read([0, 2]), tf.gather(w, [1]), tf.gather(w, [1], axis=0), tf.gather(w, [1], axis=1),
        w.gather_nd([[0, 1]]), tf.gather_nd(w, [[3, 2]]), tf.nn.embedding_lookup(w, [[1, 3]]), w[0], w[1:, ::-1],
        tf.convert_to_tensor(w), tf.matmul(w, w, transpose_b=True), tf.stack([w, w]), w,
    ]  # fmt: skip


@case(nodes=True)
def how_they_are_changed(tf):
    w, v, n = _made(tf), _made(tf, "v", np.ones(3, "float32")), _made(tf, "n", np.int32(0), trainable=False)
    slices = tf.IndexedSlices(tf.constant([[1.0, 2.0, 3.0]]), tf.constant([2]))
    changes = [
        w.assign(TABLE + 1.0, name="named"),
        w.assign_add(TABLE),
        w.assign_sub(tf.ones([4, 3])).assign_add(tf.ones([4, 3])),
        tf.assign(v, [4.0, 5.0, 6.0], name="put"),
        tf.assign_add(v, [1.0, 1.0, 1.0], name="more"),
        tf.assign_sub(v, [2.0, 2.0, 2.0]).value(),
        tf.scatter_update(w, [0, 1], tf.zeros([2, 3])),
        tf.scatter_nd_add(w, [[0, 2]], [5.0]),
        [w.scatter_add(slices), w.scatter_nd_update([[3, 0]], [7.0])],
        w[1].assign([9.0, 9.0, 9.0]),
        n.count_up_to(3),
        tf.count_up_to(n, 3),
        {"op": w.assign_add(TABLE, read_value=False)},
    ]
    yield from changes
    yield [w, v]


@case(nodes=True)
def what_is_asked_of_them(tf):
    w = _made(tf)
    with tf.control_dependencies([w.initializer]):
        v = tf.get_variable("v", [2], use_resource=True, trainable=False, initializer=tf.zeros_initializer())
    return [w.is_initialized(), tf.report_uninitialized_variables([w, v]), v]


@case(nodes=True)
def how_they_are_saved(tf):
    made = [_made(tf), _made(tf, "v", np.float64(2.0))]
    tf.train.Saver()
    return made


@case(nodes=True)
def parts(tf):
    with tf.variable_scope("scope", use_resource=True, partitioner=tf.fixed_size_partitioner(2)):
        p = tf.get_variable("p", [4, 3], initializer=tf.ones_initializer())
    return [tf.convert_to_tensor(p), tf.nn.embedding_lookup(p, [3, 0])]


@case(nodes=True)
def layers(tf):
    x = tf.constant(np.linspace(-1.0, 1.0, 6).reshape(2, 3), tf.float32)
    with tf.variable_scope("net", use_resource=True):
        told = {"kernel_initializer": tf.ones_initializer(), "kernel_regularizer": lambda v: tf.reduce_sum(v)}
        h = tf.layers.dense(x, 4, tf.nn.relu, **told)
        y = tf.layers.batch_normalization(h, training=True)
    yield [y, *tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]


@case(nodes=True)
def branches(tf):
    w, taken = _made(tf), tf.placeholder(tf.bool, [], name="taken")
    y = tf.cond(taken, lambda: w * 2.0, lambda: tf.gather(w, [0]))
    changed = tf.cond(taken, lambda: w.assign_add(TABLE).value(), lambda: w + 0.0)
    total = tf.reduce_sum(changed)
    for value in (True, False):
        yield y, {taken: value}
        yield total, {taken: value}


@case(nodes=True)
def loops(tf):
    w = _made(tf)
    _, total = tf.while_loop(lambda i, _: i < 3, lambda i, t: (i + 1, t + w), [0, tf.zeros([4, 3])])
    return total


def _applied(tf, optimizer):
    """An optimizer's own nodes: gradients are fed, so that no node computes them."""
    with tf.variable_scope("s", use_resource=True):
        w, table = _made(tf), _made(tf, "table")
        step = tf.train.get_or_create_global_step()
    grad = tf.placeholder(tf.float32, [4, 3], name="grad")
    rows = tf.IndexedSlices(
        tf.placeholder(tf.float32, [None, 3], name="rows"), tf.placeholder(tf.int32, [None], name="indices")
    )
    done = optimizer.apply_gradients([(grad, w), (rows, table)], global_step=step)
    for _ in range(2):
        yield {"op": done}, {"grad:0": TABLE * 0.1, "rows:0": TABLE[:3], "indices:0": [2, 0, 2]}
    yield {v.op.name: v for v in tf.global_variables()}


def _applied_by(name, make):
    def build(tf):
        return _applied(tf, make(tf.train))

    build.__name__ = f"applied_by_{name}"
    case(nodes=True)(build)


for _name, _make in {
    "adam": lambda t: t.AdamOptimizer(0.1),
    "gradient_descent": lambda t: t.GradientDescentOptimizer(0.1),
    "momentum": lambda t: t.MomentumOptimizer(0.1, 0.9),
    "rms_prop": lambda t: t.RMSPropOptimizer(0.1, centered=True),
    "adadelta": lambda t: t.AdadeltaOptimizer(0.1),
}.items():
    _applied_by(_name, _make)


@case(nodes=True)
def a_constraint(tf):
    w, grad = _made(tf, constraint=lambda x: tf.minimum(x, 2.0)), tf.placeholder(tf.float32, [4, 3])
    yield {"op": tf.train.GradientDescentOptimizer(0.5).apply_gradients([(grad, w)])}, {grad: TABLE}
    yield w


@case(nodes=True)
def a_moving_average(tf):
    w = _made(tf)
    average = tf.train.ExponentialMovingAverage(0.9)
    update = average.apply([w])
    moved = w.assign_add(TABLE, read_value=False)
    yield {"op": moved}
    yield {"op": update}
    yield average.average(w)


# Order


@case
def reads_see_what_dependencies_put_before_them(tf):
    w = _made(tf)
    first = w.read_value()
    with tf.control_dependencies([first]):
        more = w.assign_add(tf.ones([4, 3]))
    with tf.control_dependencies([more]):
        second = w.read_value()
        with tf.control_dependencies([second]):
            third = w.assign(second * 10.0).value()
    for _ in range(2):
        yield {"first": first, "second": second, "third": third, "later": first + second}
    yield w


@case
def a_value_read_stays_as_it_was(tf):
    w = _made(tf)
    before = w.value()
    rows = tf.reshape(before, [3, 4])
    with tf.control_dependencies([before, rows]):
        changed = w.assign_add(TABLE * 100.0)
    with tf.control_dependencies([changed]):
        after = [tf.identity(before), tf.transpose(rows), before[1]]
    yield {"before": before, "after": after, "changed": changed}


@case
def what_a_loop_carries_stays_as_it_was(tf):
    w = _made(tf, value=np.ones(2, "float32"))

    def body(i, kept, total):
        now = w.read_value()
        with tf.control_dependencies([now, kept]):
            changed = w.assign_add([1.0, 10.0])
        with tf.control_dependencies([changed]):
            return i + 1, now, total + kept

    _, kept, total = tf.while_loop(lambda i, *_: i < 4, body, [0, tf.zeros([2]), tf.zeros([2])])
    yield {"kept": kept, "total": total}
    yield w


# Gradients


@case(rtol=1e-4)
def gradients(tf):
    w, taken = _made(tf, value=TABLE[:3] / 10.0 + 1.0), tf.placeholder(tf.bool, [], name="taken")
    x = tf.constant(np.linspace(-1.0, 1.0, 6).reshape(2, 3), tf.float32)
    _, y = tf.while_loop(lambda i, _: i < 3, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, w))), [0, x])
    chosen = tf.cond(taken, lambda: tf.reduce_sum(w * w), lambda: tf.reduce_sum(tf.gather(w, [1]) * w[2]))
    rows = tf.gather(w, [[0, 2], [2, 2]])
    whole = tf.reduce_sum(tf.square(w) * w.read_value() + w.value())
    grad = tf.gradients(whole, w)[0]
    fetches = {
        "whole": grad,
        "second": tf.gradients(tf.reduce_sum(grad * w), w),
        "loop": tf.gradients(y, w),
        "cond": tf.gradients(chosen, w),
        "rows": tf.convert_to_tensor(tf.gradients(rows * rows, w)[0]),
        "rows_and_all": tf.convert_to_tensor(tf.gradients(tf.reduce_sum(rows) + whole, w)[0]),
        "none": tf.gradients(x, w),
        "handle": tf.gradients(whole, w.handle),
        "hessian": tf.hessians(tf.reduce_sum(w * w * w), w),
        "changed": tf.gradients(tf.reduce_sum(w.assign_add(w * 0.0) * 3.0), w),
    }
    for value in (True, False):
        yield fetches, {taken: value}


@case(rtol=1e-4)
def an_optimizer_in_a_loop(tf):
    w = _made(tf, value=np.array([1.0, -2.0], "float32"))

    def body(i, losses):
        loss = tf.reduce_sum(tf.square(w - [0.5, 0.25]) * [1.0, 3.0])
        grad = tf.gradients(loss, w)[0]
        with tf.control_dependencies([loss]):
            step = w.assign_sub(0.1 * grad, read_value=False)
        with tf.control_dependencies([step]):
            return i + 1, losses + loss

    yield tf.while_loop(lambda i, _: i < 5, body, [0, 0.0])[1]
    yield w


@case
def optimizers_that_need_the_same_values(tf):
    a, b = _made(tf, "a", np.float32(2.0)), _made(tf, "b", np.float32(3.0))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    grads = [tf.gradients(a * b, a)[0], tf.gradients(a * a * b, b)[0]]
    with tf.control_dependencies(grads):
        done = [optimizer.apply_gradients([(g, v)]) for g, v in zip(grads, (a, b))]
    for _ in range(2):
        yield {"op": done}
    yield [a, b]


@case
def updates_that_only_handles_have(tf):
    random = np.random.RandomState(0)
    names = ("nesterov", "plain", "sparse", "amsgrad")
    var, a, m, v = ({n: _made(tf, f"{s}_{n}", random.rand(4, 3).astype("float32")) for n in names} for s in "wamv")
    grad, lr = tf.constant(random.randn(4, 3), tf.float32), 0.1
    told = {"lr": lr, "momentum": 0.9}
    raw = tf.raw_ops
    done = [
        raw.ResourceApplyKerasMomentum(
            var=var["nesterov"].handle, accum=a["nesterov"].handle, grad=grad, use_nesterov=True, **told
        ),
        raw.ResourceApplyKerasMomentum(var=var["plain"].handle, accum=a["plain"].handle, grad=grad, **told),
        raw.ResourceSparseApplyKerasMomentum(
            var=var["sparse"].handle, accum=a["sparse"].handle, grad=grad, indices=[3, 1, 3, 3], **told
        ),
        raw.ResourceApplyAdamWithAmsgrad(
            var=var["amsgrad"].handle, m=m["amsgrad"].handle, v=v["amsgrad"].handle, vhat=a["amsgrad"].handle,
            beta1_power=0.81, beta2_power=0.97, lr=lr, beta1=0.9, beta2=0.99, epsilon=1e-3, grad=grad,
        ),
    ]  # fmt: skip
    for _ in range(2):
        yield {"op": done}
    yield [var, a, m["amsgrad"], v["amsgrad"]]
