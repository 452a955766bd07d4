"""Seeded random ops: the very numbers, run after run, of odd sizes and every dtype. `ops/random.py`."""

from harness import case

SHAPES = ([1], [7], [3, 5], [0, 4])


def _runs(fetches):
    """The same fetches in three runs of one session: an op's generator goes on from run to run."""
    for _ in range(3):
        yield fetches, None


def _exact(tf, dtype, **options):
    return {str(i): tf.random_uniform(shape, dtype=dtype, seed=11 + i, **options) for i, shape in enumerate(SHAPES)}


@case(rtol=0, atol=0)
def uniform_float32(tf):
    return _runs(_exact(tf, tf.float32))


@case(rtol=0, atol=0)
def uniform_float64(tf):
    return _runs(_exact(tf, tf.float64))


@case(rtol=0, atol=0)
def uniform_float16(tf):
    return _runs(_exact(tf, tf.float16))


@case(rtol=0, atol=0)
def uniform_bfloat16(tf):
    return _runs({k: tf.cast(v, tf.float32) for k, v in _exact(tf, tf.bfloat16).items()})


@case
def uniform_int32(tf):
    return _runs(
        {
            **_exact(tf, tf.int32, minval=-5, maxval=1000),
            "all": tf.random_uniform([9], -(2**31), 2**31 - 1, tf.int32, 3),
        }
    )


@case
def uniform_int64(tf):
    return _runs(
        {
            **_exact(tf, tf.int64, minval=-5, maxval=10**12),
            "all": tf.random_uniform([9], -(2**63), 2**63 - 1, tf.int64, 3),
        }
    )


@case(nodes=True, rtol=1e-6)
def uniform_between_bounds(tf):
    return _runs(
        [tf.random_uniform([4, 3], -2.0, 3.0, seed=5), tf.random_uniform(tf.shape(tf.zeros([2, 2])), 1, 2, seed=6)]
    )


@case(nodes=True, rtol=1e-5, atol=1e-6)
def normal(tf):
    shapes = enumerate(SHAPES)
    return _runs({str(i): tf.random_normal(s, 1.0, 2.0, seed=21 + i, name="draw") for i, s in shapes})


@case
def normal_of_other_dtypes(tf):
    return _runs([tf.random_normal([7], dtype=d, seed=4) for d in (tf.float16, tf.float64)])


@case(nodes=True, rtol=1e-5, atol=1e-6)
def truncated_normal(tf):
    return _runs({str(i): tf.truncated_normal(s, seed=31 + i) for i, s in enumerate(SHAPES)})


@case
def truncated_normal_of_other_dtypes(tf):
    return _runs([tf.truncated_normal([501], dtype=d, seed=4) for d in (tf.float16, tf.float64)])


@case(rtol=1e-5, atol=1e-5)
def many_numbers(tf):
    return _runs([tf.reduce_sum(f([300, 301], seed=2), axis=0) for f in (tf.random_uniform, tf.truncated_normal)])


@case
def shuffle(tf):
    values = [tf.range(33), tf.reshape(tf.range(20), [10, 2]), tf.constant(["a", "b", "c"]), tf.constant([1.0])]
    return _runs([tf.random_shuffle(v, seed=9) for v in values])


@case(nodes=True)
def crop(tf):
    return _runs(tf.random_crop(tf.constant([[i * 10 + j for j in range(9)] for i in range(8)]), [3, 4], seed=1))


@case
def categorical(tf):
    logits = tf.constant([[0.1, 0.2, -0.3, 2.0], [1.0, -1.0, 0.5, 0.0], [-40.0, 3.0, 3.0, 3.0]])
    return _runs(
        [tf.multinomial(logits, 7, seed=3), tf.random.categorical(tf.cast(logits, tf.float64), 12, tf.int32, seed=4)]
    )


@case(rtol=1e-6)
def gamma(tf):
    alpha, beta = tf.constant([0.3, 1.0, 2.5, 40.0]), tf.constant([[1.0], [2.0]])
    wide = tf.constant([0.05, 7.0], tf.float64)
    return _runs([tf.random_gamma([7], alpha, beta, seed=3), tf.random_gamma([2, 3], wide, dtype=tf.float64, seed=4)])


@case(rtol=1e-3, atol=1e-4)
def gamma_and_its_gradient(tf):
    alpha = tf.constant([0.4, 1.0, 3.0, 25.0], tf.float64)
    drawn = tf.random_gamma([5], alpha, dtype=tf.float64, seed=3)
    return {"drawn": drawn, "dalpha": tf.gradients(drawn, alpha)}


@case
def poisson(tf):
    rates = tf.constant([[0.0, 0.5, 9.9], [10.0, 33.3, 1e4]])
    return _runs([tf.random_poisson(rates, [6], seed=5), tf.random_poisson(4.0, [2, 3], dtype=tf.int32, seed=6)])


@case(rtol=1e-5, atol=1e-6)
def stateless(tf):
    draw, seed = tf.random, [2**33 + 5, -7]
    logits = tf.constant([[0.1, 0.2, 3.0], [1.0, -1.0, 0.5]])
    return _runs({
        "uniform": [draw.stateless_uniform([7], [1, 2], dtype=d) for d in (tf.float16, tf.float32, tf.float64)],
        "integers": [draw.stateless_uniform([7], seed, -5, 100, dtype=d) for d in (tf.int32, tf.int64)],
        "normal": [draw.stateless_normal([3, 3], seed, 1.0, 2.0), draw.stateless_normal([3], seed, dtype=tf.float64)],
        "truncated": draw.stateless_truncated_normal([101], seed),
        "classes": [draw.stateless_categorical(logits, 9, seed), draw.stateless_multinomial(logits, 5, seed, tf.int32)],
    })  # fmt: skip
