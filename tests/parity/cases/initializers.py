"""`tf.initializers`: the nodes that each makes under its variable, and seeded values. `api/initializers.py`."""

from harness import case


def _all(tf, **seed):
    make = tf.initializers
    return {
        "zeros": make.zeros(),
        "ones": make.ones(),
        "constant": make.constant([1.0, 2.0, 3.0]),
        "random_uniform": make.random_uniform(-1.0, 2.0, **seed),
        "random_normal": make.random_normal(1.0, 0.5, **seed),
        "truncated_normal": make.truncated_normal(1.0, 0.5, **seed),
        "uniform_unit_scaling": make.uniform_unit_scaling(1.5, **seed),
        "variance_scaling": make.variance_scaling(2.0, "fan_out", "normal", **seed),
        "untruncated": make.variance_scaling(2.0, "fan_avg", "untruncated_normal", **seed),
        "uniform": make.variance_scaling(0.5, "fan_in", "uniform", **seed),
        "glorot_uniform": make.glorot_uniform(**seed),
        "glorot_normal": make.glorot_normal(**seed),
        "he_normal": make.he_normal(**seed),
        "he_uniform": make.he_uniform(**seed),
        "lecun_normal": make.lecun_normal(**seed),
        "lecun_uniform": make.lecun_uniform(**seed),
    }


@case(nodes=True, rtol=1e-5, atol=1e-6)
def of_a_matrix(tf):
    return {k: tf.get_variable(k, [3, 4], initializer=i) for k, i in _all(tf, seed=3).items()}


@case(nodes=True, rtol=1e-5, atol=1e-6)
def of_a_convolution(tf):
    return {k: tf.get_variable(k, [3, 3, 2, 4], initializer=i) for k, i in _all(tf, seed=4).items()}


@case(rtol=1e-5, atol=1e-6)
def of_a_vector_and_a_scalar(tf):
    made = {k: i for k, i in _all(tf, seed=5).items() if k != "constant"}
    return [
        {f"{k}{len(s)}": tf.get_variable(f"{k}{len(s)}", s, initializer=i) for k, i in made.items()} for s in ([5], [])
    ]


@case
def of_float64(tf):
    return {k: tf.get_variable(k, [4, 3], tf.float64, initializer=i) for k, i in _all(tf, seed=6).items()}


@case(nodes=True, rtol=1e-5, atol=1e-6)
def orthogonal(tf):
    make = tf.initializers.orthogonal
    shapes = {"tall": [5, 3], "wide": [3, 5], "kernel": [2, 2, 3, 4]}
    return {k: tf.get_variable(k, s, initializer=make(2.0, seed=7)) for k, s in shapes.items()}


@case(nodes=True)
def identity(tf):
    shapes = {"square": [3, 3], "wide": [2, 4]}
    return {k: tf.get_variable(k, s, initializer=tf.initializers.identity(1.5)) for k, s in shapes.items()}


@case(nodes=True)
def of_other_dtypes(tf):
    return [
        tf.get_variable("i", [2], tf.int32, initializer=tf.constant_initializer([4, 5])),
        tf.get_variable("j", [2], tf.int64, initializer=tf.random_uniform_initializer(2, 9, seed=1)),
        tf.get_variable("b", [2], tf.bool),
        tf.get_variable("default", [2], tf.int32),
        tf.get_variable("large", [40, 50], initializer=tf.zeros_initializer),
    ]


@case(nodes=True, rtol=1e-5, atol=1e-6)
def of_a_part(tf):
    cut = tf.fixed_size_partitioner(2)
    made = [
        tf.get_variable("g", [6, 2], initializer=tf.glorot_uniform_initializer(seed=1), partitioner=cut),
        tf.get_variable("u", [6, 2], initializer=tf.uniform_unit_scaling_initializer(seed=1), partitioner=cut),
        tf.get_variable("c", [4], initializer=tf.constant_initializer(3.0), partitioner=cut),
        tf.get_variable("i", [4, 4], initializer=tf.initializers.identity(), partitioner=cut),
    ]
    return [list(v) for v in made]
