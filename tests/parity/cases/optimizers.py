"""Optimizers: five steps each, dense and sparse, in both precisions; their slots, by name; their nodes."""

import numpy as np
from harness import case

START = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25], [2.0, -0.75]])
WANTED = np.array([[0.3, 0.7], [-0.2, 1.1], [0.9, -0.4], [1.6, 0.0]])
ROWS = [2, 0, 2]


def _losses(tf, dtype):
    """A dense and a sparse loss, each of a variable of its own."""
    name = tf.as_dtype(dtype).name
    w = tf.Variable(tf.constant(START, dtype), name=f"dense_{name}")
    table = tf.Variable(tf.constant(START, dtype), name=f"table_{name}")
    dense = tf.reduce_sum(tf.square(w - tf.constant(WANTED, dtype)) * tf.constant([[1.0, 3.0]], dtype))
    rows = tf.gather(table, ROWS)
    sparse = tf.reduce_sum(tf.square(rows) + rows)
    return dense + sparse


def _train(tf, make, dtypes=("float32", "float64"), takes_step=False):
    step = tf.train.get_or_create_global_step()
    trained, optimizers = [], []
    for dtype in dtypes:
        optimizers.append(make(tf, step) if takes_step else make(tf))
        trained.append(optimizers[-1].minimize(_losses(tf, dtype), global_step=None if trained else step))
    for _ in range(5):
        for op in trained:  # one after the other: they share the step
            yield {"op": op}
    names = [v.name for o in optimizers for v in o.variables()]
    yield {"variables": {v.op.name: v for v in tf.global_variables()}, "own": tf.constant(names)}


@case
def gradient_descent(tf):
    return _train(tf, lambda tf: tf.train.GradientDescentOptimizer(0.05))


@case
def momentum(tf):
    return _train(tf, lambda tf: tf.train.MomentumOptimizer(0.05, 0.8))


@case
def nesterov(tf):
    return _train(tf, lambda tf: tf.train.MomentumOptimizer(0.05, 0.8, use_nesterov=True))


@case
def adam(tf):
    return _train(tf, lambda tf: tf.train.AdamOptimizer(0.1, beta1=0.8, beta2=0.99, epsilon=1e-3))


@case
def rms_prop(tf):
    return _train(tf, lambda tf: tf.train.RMSPropOptimizer(0.05, decay=0.8, momentum=0.6, epsilon=1e-3))


@case
def centered_rms_prop(tf):
    return _train(tf, lambda tf: tf.train.RMSPropOptimizer(0.05, momentum=0.6, centered=True))


@case
def adagrad(tf):
    return _train(tf, lambda tf: tf.train.AdagradOptimizer(0.3))


@case
def adadelta(tf):
    return _train(tf, lambda tf: tf.train.AdadeltaOptimizer(1.0, rho=0.8, epsilon=1e-3))


@case
def ftrl(tf):
    told = {"l1_regularization_strength": 0.1, "l2_regularization_strength": 0.2}
    return _train(tf, lambda tf: tf.train.FtrlOptimizer(0.2, **told))


@case
def ftrl_with_shrinkage(tf):
    return _train(
        tf,
        lambda tf: tf.train.FtrlOptimizer(
            0.2, learning_rate_power=-0.4, l2_shrinkage_regularization_strength=0.1, accum_name="a", linear_name="b"
        ),
    )


@case
def proximal_gradient_descent(tf):
    return _train(tf, lambda tf: tf.train.ProximalGradientDescentOptimizer(0.05, 0.1, 0.2), ("float32",))


@case
def proximal_adagrad(tf):
    return _train(tf, lambda tf: tf.train.ProximalAdagradOptimizer(0.3, 0.1, 0.1, 0.2), ("float32",))


@case
def adagrad_da(tf):
    return _train(tf, lambda tf, step: tf.train.AdagradDAOptimizer(0.3, step, 0.1, 0.05, 0.1), takes_step=True)


def _apply(tf, optimizer, with_step=True):
    """The optimizer's own nodes: gradients are fed, so that no node computes them."""
    with tf.variable_scope("s"):
        w = tf.get_variable("w", initializer=tf.constant(START, tf.float32))
        table = tf.get_variable("table", initializer=tf.constant(START, tf.float32))
    step = tf.train.get_or_create_global_step() if with_step else None
    grad = tf.placeholder(tf.float32, [4, 2], name="grad")
    rows = tf.IndexedSlices(
        tf.placeholder(tf.float32, [None, 2], name="rows"), tf.placeholder(tf.int32, [None], name="indices")
    )
    done = optimizer(tf).apply_gradients([(grad, w), (rows, table)], global_step=step)
    feeds = {"grad:0": START * 0.1, "rows:0": START[:3], "indices:0": ROWS}
    yield {"op": done}, feeds
    yield {"op": done}, feeds
    yield {v.op.name: v for v in tf.global_variables()}


@case(nodes=True)
def gradient_descent_nodes(tf):
    return _apply(tf, lambda tf: tf.train.GradientDescentOptimizer(0.1))


@case(nodes=True)
def momentum_nodes(tf):
    return _apply(tf, lambda tf: tf.train.MomentumOptimizer(0.1, 0.9))


@case(nodes=True)
def adam_nodes(tf):
    return _apply(tf, lambda tf: tf.train.AdamOptimizer(0.1))


@case(nodes=True)
def adam_nodes_without_a_step(tf):
    return _apply(tf, lambda tf: tf.train.AdamOptimizer(tf.constant(0.1)), with_step=False)


@case(nodes=True)
def rms_prop_nodes(tf):
    return _apply(tf, lambda tf: tf.train.RMSPropOptimizer(0.1, centered=True, name="R"))


@case(nodes=True)
def adagrad_nodes(tf):
    return _apply(tf, lambda tf: tf.train.AdagradOptimizer(0.1))


@case(nodes=True)
def adadelta_nodes(tf):
    return _apply(tf, lambda tf: tf.train.AdadeltaOptimizer(0.1))


@case(nodes=True)
def proximal_adagrad_nodes(tf):
    return _apply(tf, lambda tf: tf.train.ProximalAdagradOptimizer(0.1))


@case(nodes=True)
def two_adams_in_a_scope(tf):
    with tf.name_scope("ns"), tf.variable_scope("vs"):
        w = tf.get_variable("w", [300, 2000], initializer=tf.zeros_initializer())
        b = tf.get_variable("b", [], initializer=tf.zeros_initializer())
        grads = [(tf.placeholder(tf.float32, [300, 2000]), w), (None, b)]
        done = [tf.train.AdamOptimizer(0.1).apply_gradients(grads, name=name) for name in (None, "second")]
    for op in done:
        yield {"op": op}, {"ns/vs/Placeholder:0": np.ones((300, 2000))}
    yield {v.op.name: tf.reduce_max(v) for v in tf.global_variables()}


@case
def a_constraint_holds_after_each_step(tf):
    w = tf.get_variable("w", initializer=tf.constant(START), constraint=lambda x: tf.maximum(x, -1.0))
    done = tf.train.GradientDescentOptimizer(0.4).minimize(tf.reduce_sum(w * w * [[1.0, 3.0]]))
    for _ in range(3):
        yield {"op": done}
    yield {"w": w}


@case
def the_loss_has_a_gradient_of_its_own(tf):
    w = tf.Variable(tf.constant(START))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    grads = optimizer.compute_gradients(w * w, grad_loss=tf.constant(WANTED))
    return {"grads": [g for g, _ in grads]}


def _average(tf, **options):
    w = tf.Variable(tf.constant([1.0, 2.0, 3.0]), name="w")
    x = tf.placeholder(tf.float32, [3], name="x")
    step = tf.Variable(0, name="step", trainable=False)
    counted = step if options.pop("counted", False) else None
    average = tf.train.ExponentialMovingAverage(0.9, num_updates=counted, **options)
    tensor = tf.multiply(x, 1.0, name="tensor")
    update = average.apply([w, tensor])
    names = [average.average_name(w), average.average(tensor).name, *sorted(average.variables_to_restore())]
    for i in range(4):
        yield {"op": tf.assign(w, [i, 2.0 * i, 1.0]), "step": tf.assign_add(step, 1)}, {}
        yield {"op": update}, {"x:0": [1.0, i, -i]}
        yield {"w": average.average(w), "tensor": average.average(tensor)}
    yield {"names": tf.constant(names)}


@case
def moving_average(tf):
    return _average(tf)


@case
def moving_average_that_counts(tf):
    return _average(tf, counted=True, name="shadow")


@case
def moving_average_without_the_bias_of_zero(tf):
    return _average(tf, zero_debias=True)


@case
def learning_rates(tf):
    step = tf.placeholder(tf.int64, [], name="step")
    t = tf.train
    rates = {
        "exponential": t.exponential_decay(0.1, step, 10, 0.5),
        "exponential64": t.exponential_decay(tf.constant(0.1, tf.float64), step, 10, 0.5),
        "exponential_staircase": t.exponential_decay(0.1, step, 10, 0.5, staircase=True),
        "natural_exp": t.natural_exp_decay(0.1, step, 10, 0.5),
        "natural_exp_staircase": t.natural_exp_decay(0.1, step, 10, 0.5, True),
        "inverse_time": t.inverse_time_decay(0.1, step, 10, 0.5),
        "inverse_time_staircase": t.inverse_time_decay(0.1, step, 10, 0.5, True),
        "polynomial": t.polynomial_decay(0.1, step, 10),
        "polynomial_square": t.polynomial_decay(0.1, step, 10, power=2.0, end_learning_rate=0.01),
        "polynomial_cycle": t.polynomial_decay(0.1, step, 10, cycle=True),
        "piecewise": t.piecewise_constant(step, [5, 20], [1.0, 2.0, 3.0]),
        "cosine": t.cosine_decay(0.1, step, 10, alpha=0.1),
        "restarts": t.cosine_decay_restarts(0.1, step, 10),
        "restarts_equal": t.cosine_decay_restarts(0.1, step, 10, t_mul=1.0, m_mul=0.9, alpha=0.05),
        "linear_cosine": t.linear_cosine_decay(0.1, step, 10),
    }
    for i in (0, 1, 5, 10, 17, 20, 35):
        yield {"names": tf.constant([rates[k].name for k in sorted(rates) if k != "piecewise"]), **rates}, {step: i}


@case(nodes=True)
def learning_rate_nodes(tf):
    step = tf.placeholder(tf.int64, [], name="step")
    return {
        "a": tf.train.exponential_decay(0.1, step, 10, 0.5, staircase=True),
        "b": tf.train.natural_exp_decay(0.1, step, 10, 0.5),
        "c": tf.train.inverse_time_decay(0.1, step, 10, 0.5),
        "d": tf.train.polynomial_decay(0.1, step, 10),
        "e": tf.train.polynomial_decay(0.1, step, 10, cycle=True),
        "f": tf.train.cosine_decay(0.1, step, 10),
    }, {step: 3}


def _raw(tf, op_type, **attrs):
    """The op on variables and scalars, twice; the sparse ones with a row that comes three times."""
    random = np.random.RandomState(len(op_type))
    scalars = {
        "lr": 0.1, "alpha": 0.3, "rho": 0.9, "momentum": 0.8, "epsilon": 1e-3, "beta1": 0.9, "beta2": 0.99,
        "beta1_power": 0.81, "beta2_power": 0.97, "l1": 0.02, "l2": 0.03, "l2_shrinkage": 0.1, "lr_power": -0.5,
        "logbase": 1.1, "sign_decay": 0.7, "beta": 0.6,
    }  # fmt: skip
    refs, values = attrs.pop("refs"), attrs.pop("values")
    variables = {name: tf.Variable(random.rand(5, 3) + 0.5, name=name) for name in refs}
    sparse = op_type.startswith("Sparse")
    told = {name: tf.constant(scalars[name], tf.float64) for name in values if name in scalars}
    gradient = "delta" if "delta" in values else "grad"
    told[gradient] = tf.constant(random.randn(4 if sparse else 5, 3))
    if sparse:
        told["indices"] = tf.constant([3, 1, 3, 3])
    if "global_step" in values:
        told["global_step"] = tf.constant(4, tf.int64)
    if hasattr(variables["var"], "handle"):  # in the test that runs the cases by handle
        done = getattr(tf.raw_ops, f"Resource{op_type}")(**{n: v.handle for n, v in variables.items()}, **told, **attrs)
    else:
        done = getattr(tf.raw_ops, op_type)(**{n: v._ref() for n, v in variables.items()}, **told, **attrs).op
    yield {"op": done}
    yield {"op": done}
    yield dict(variables)


_OPS = {
    "ApplyAdaMax": ("var m v", "beta1_power lr beta1 beta2 epsilon grad"),
    "ApplyAddSign": ("var m", "lr alpha sign_decay beta grad"),
    "ApplyPowerSign": ("var m", "lr logbase sign_decay beta grad"),
    "ApplyAdagradV2": ("var accum", "lr epsilon grad"),
    "SparseApplyAdadelta": ("var accum accum_update", "lr rho epsilon grad"),
    "SparseApplyAdagrad": ("var accum", "lr grad"),
    "SparseApplyAdagradDA": ("var gradient_accumulator gradient_squared_accumulator", "grad lr l1 l2 global_step"),
    "SparseApplyFtrlV2": ("var accum linear", "grad lr l1 l2 l2_shrinkage lr_power"),
    "SparseApplyMomentum": ("var accum", "lr grad momentum"),
    "SparseApplyProximalAdagrad": ("var accum", "lr l1 l2 grad"),
    "SparseApplyProximalGradientDescent": ("var", "alpha l1 l2 grad"),
    "SparseApplyRMSProp": ("var ms mom", "lr rho momentum epsilon grad"),
}


def _raw_case(op_type, name=None, **attrs):
    refs, values = _OPS[op_type]

    def build(tf):
        return _raw(tf, op_type, refs=refs.split(), values=values.split(), **attrs)

    build.__name__ = name or op_type
    case(build)


for _op_type in _OPS:
    _raw_case(_op_type)
_raw_case("SparseApplyMomentum", "SparseApplyMomentum_nesterov", use_nesterov=True)
_raw_case("SparseApplyFtrlV2", "SparseApplyFtrlV2_times_lr", multiply_linear_by_lr=True)
_raw_case("SparseApplyAdagrad", "SparseApplyAdagrad_keeps_its_slot", update_slots=False)
