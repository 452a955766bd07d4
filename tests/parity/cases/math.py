"""Elementwise arithmetic, comparison, conversion: values, gradients, ties, zeros, integer semantics, node names."""

import numpy as np
from harness import case

X = np.array([-2.5, -1.5, -0.5, -0.2, 0.0, 0.3, 0.5, 0.9, 1.5, 2.5, 3.7])
IN_1 = np.array([-0.99, -0.5, -0.1, 0.0, 0.2, 0.7, 0.99])
POSITIVE = np.array([0.05, 0.3, 1.0, 1.5, 2.0, 3.3, 7.0, 12.5])


def _with_gradient(tf, function, values):
    result = {}
    for dtype in (np.float32, np.float64):
        x = tf.constant(values.astype(dtype))
        y = function(x)
        (grad,) = tf.gradients(y, x)
        result[np.dtype(dtype).name] = {"y": y, "grad": grad}
    return result


@case(rtol=2e-5)
def unary_on_all_reals(tf):
    functions = (
        "abs asinh atan ceil cos cosh erf erfc exp expm1 floor negative rint round sigmoid sign sin sinh square "
        "tan tanh"
    ).split()
    result = {name: _with_gradient(tf, getattr(tf, name), X) for name in functions}
    for name in ("bessel_i0e", "bessel_i1e"):
        result[name] = _with_gradient(tf, getattr(tf.math, name), X)
    return result


@case(rtol=2e-5, atol=2e-6)
def unary_within_one(tf):
    return {name: _with_gradient(tf, getattr(tf, name), IN_1) for name in ("acos", "asin", "atanh", "log1p")}


@case(rtol=1e-4, atol=1e-5)
def unary_on_positive(tf):
    functions = "acosh digamma lgamma log reciprocal rsqrt sqrt".split()
    return {name: _with_gradient(tf, getattr(tf, name), POSITIVE + (name == "acosh")) for name in functions}


@case
def second_derivatives(tf):
    result = {}
    for name in ("exp", "tanh", "sigmoid", "sqrt", "log", "square"):
        x = tf.constant(POSITIVE)
        (first,) = tf.gradients(getattr(tf, name)(x), x)
        result[name] = tf.gradients(first, x)
    x, y = tf.constant(POSITIVE), tf.constant(POSITIVE[::-1].copy())
    for name in ("pow", "atan2"):
        first = tf.gradients(getattr(tf, name)(x, y), [x, y])
        result[name] = [g for f in first for g in tf.gradients(f, [x, y])]
    return result


@case
def gradients_at_the_edges(tf):
    x = tf.constant([0.0, 0.0, 1.0, -1.0])
    y = tf.constant([0.0, 2.0, 0.0, 2.0])
    result = {}
    for name in ("sqrt", "abs", "sign", "rsqrt", "log"):
        result[name] = tf.gradients(getattr(tf, name)(x), x)
    for name in ("maximum", "minimum", "div_no_nan", "squared_difference", "truediv"):
        z = getattr(tf, name)(x, y)
        result[name] = [z, tf.gradients(z, [x, y])]
    for name in ("xlogy", "xdivy", "multiply_no_nan"):
        z = getattr(tf.math, name)(x, tf.abs(y))
        result[name] = [z, tf.gradients(z, [x, y])]
    return result


@case
def no_gradient_goes_through_these(tf):
    x, y = tf.constant(X), tf.constant(X[::-1].copy())
    return {
        **{name: tf.gradients(getattr(tf, name)(x), x) for name in ("floor", "ceil", "round", "rint")},
        "floordiv": tf.gradients(x // (y + 10.0), [x, y]),
        "less": tf.gradients(tf.cast(x < y, tf.float64), [x, y]),
        "cast to int": tf.gradients(tf.cast(tf.cast(x, tf.int32), tf.float64), x),
    }


@case
def ties_give_the_gradient_to_the_first(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    y = tf.constant([1.0, 5.0, 0.0])
    return [tf.gradients(function(a, b), [x, y]) for function in (tf.maximum, tf.minimum) for a, b in ((x, y), (y, x))]


@case
def clipping_by_maximum_broadcasts_its_gradient(tf):
    x = tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3))
    y = tf.constant([2.0, 2.0, 2.0])
    z = tf.maximum(x, y) * [1.0, 10.0, 100.0]
    return [z, tf.gradients(z, [x, y])]


@case(rtol=1e-5)
def powers(tf):
    x = tf.constant([-2.0, -1.0, 0.0, 0.5, 2.0, 3.0])
    y = tf.constant([2.0, 3.0, 2.0, 0.5, -1.5, 0.0])
    z = tf.pow(x, y)
    integers = tf.constant([-3, 0, 2, 5]) ** tf.constant([3, 0, 10, 2])
    complex_power = tf.pow(tf.constant([1 + 2j, -1j]), tf.constant([2 - 1j, 0.5]))
    by_constant = [tf.gradients(x**p, x) for p in (2.0, 3.0, 1.0, 0.5)]
    return [z, tf.gradients(z, [x, y]), integers, complex_power, by_constant]


@case
def float_division_and_remainders(tf):
    x = tf.constant([7.0, -7.0, 7.0, -7.0, 1.0, 0.3, 6.0])
    y = tf.constant([3.0, 3.0, -3.0, -3.0, 0.1, 0.1, -2.0])
    result = {name: getattr(tf, name)(x, y) for name in "truediv floordiv mod floormod truncatemod div realdiv".split()}
    return {**result, "grad of mod": tf.gradients(tf.mod(x, y), [x, y])}


@case
def integer_division_and_remainders(tf):
    result = {}
    for dtype in (np.int8, np.int16, np.int32, np.int64):
        x = tf.constant(np.array([7, -7, 7, -7, 100, -128], dtype))
        y = tf.constant(np.array([3, 3, -3, -3, 7, 5], dtype))
        names = "truediv floordiv floormod truncatediv div".split()
        names += ["truncatemod"] if dtype in (np.int32, np.int64) else []
        result[np.dtype(dtype).name] = [getattr(tf, name)(x, y) for name in names]
    small = tf.constant(np.array([250, 3, 7], np.uint8))
    result["uint8"] = [small // tf.constant(2, tf.uint8), small / 2, small + small, small * small, small - 5]
    return result


@case
def comparisons(tf):
    x, y = tf.constant([1.0, 2.0, np.nan, 4.0]), tf.constant([1.0, 3.0, np.nan, -np.inf])
    names = "equal not_equal less less_equal greater greater_equal".split()
    return {
        **{name: getattr(tf, name)(x, y) for name in names},
        "finite": [tf.is_nan(y), tf.is_inf(y), tf.is_finite(y)],
        "strings": [tf.equal(["a", "bc"], "bc"), tf.not_equal(["a", "bc"], [["a"], ["b"]])],
        "bools": [tf.equal([True, False], True), tf.logical_xor([True, False], True), tf.logical_not([True, False])],
        "ints": [tf.less(tf.constant([1, 2]), 2), tf.equal(tf.constant([1, 2], tf.int64), 2)],
    }


@case(rtol=1e-4, atol=1e-6)
def special_functions_of_two(tf):
    a, x = tf.constant([0.5, 1.0, 2.5, 7.0]), tf.constant([0.1, 1.0, 3.0, 6.0])
    return {
        "igamma": [tf.igamma(a, x), tf.gradients(tf.igamma(tf.stop_gradient(a), x), x)],
        "igammac": [tf.igammac(a, x), tf.gradients(tf.igammac(tf.stop_gradient(a), x), x)],
        "zeta": tf.zeta(a + 1.0, x),
        "polygamma": [tf.polygamma([0.0, 1.0, 2.0, 3.0], x), tf.gradients(tf.polygamma([0.0, 1.0, 2.0, 3.0], x), x)],
        "atan2": [tf.atan2(a, x), tf.gradients(tf.atan2(a, x), [a, x])],
        "lbeta": [tf.lbeta(x), tf.lbeta([[1.0, 2.0], [3.0, 4.0]])],
    }


@case
def bits(tf):
    x, y = tf.constant([5, -8, 127, 0]), tf.constant([3, 2, 1, 30])
    names = "bitwise_and bitwise_or bitwise_xor left_shift right_shift".split()
    return [*(getattr(tf.bitwise, name)(x, y) for name in names), tf.bitwise.invert(x), ~x, x & y, x | y, x ^ y]


@case
def complex_numbers(tf):
    z = tf.constant([1 + 2j, -3.5j, 0, -1], tf.complex64)
    w = tf.complex(tf.constant([1.0, 2.0, 3.0, 4.0]), tf.constant([0.5, 0.0, -1.0, 2.0]))
    real = tf.constant([1.0, -2.0])
    wide = tf.complex(tf.constant([1.0], tf.float64), tf.constant([2.0], tf.float64))
    return {
        "parts": [tf.real(z), tf.imag(z), tf.angle(w), tf.conj(z), tf.abs(z), tf.square(w)],
        "of real": [tf.real(real), tf.conj(real), tf.imag(real)],
        "wide": [tf.real(wide), tf.imag(wide), tf.abs(wide), tf.angle(wide)],
        "arithmetic": [z + w, z * w, z / w, z - w, tf.exp(w), tf.reciprocal(w), tf.sign(z)],
        "gradients": [
            tf.gradients(tf.real(w * tf.conj(w)), w),
            tf.gradients(tf.abs(w), w),
            tf.gradients(tf.imag(w), w),
        ],
        "cast": [tf.cast(z, tf.float32), tf.cast(real, tf.complex64), tf.to_complex64(real)],
    }


@case
def casts(tf):
    x = tf.constant([-2.7, -0.5, 0.0, 1.5, 100.9])
    i = tf.constant([-2, 0, 300, 70000])
    return {
        "to": [tf.to_int32(x), tf.to_int64(x), tf.to_double(x), tf.to_float(i), tf.to_bfloat16(x)],
        "bool": [tf.cast(x, tf.bool), tf.cast([True, False], tf.float32), tf.cast([True, False], tf.int32)],
        "wrapped": [tf.cast(i, tf.int16), tf.cast(i, tf.uint8), tf.cast(tf.constant([200], tf.uint8), tf.int8)],
        "half": [tf.cast(x, tf.float16), tf.cast(tf.cast(x, tf.float16), tf.float32)],
        "python": [tf.cast(3, tf.float32), tf.cast([1.0, 2.0], tf.int64), tf.cast(3, tf.int32)],
        "gradient": tf.gradients(tf.cast(x, tf.float64) ** 2, x),
    }


@case
def saturated_casts(tf):
    x = tf.constant([-1e10, -3.0, 0.4, 254.9, 300.0, 1e10])
    i = tf.constant([-70000, -3, 200, 70000])
    return [
        *(tf.saturate_cast(x, dtype) for dtype in (tf.uint8, tf.int8, tf.int16)),
        *(tf.saturate_cast(i, dtype) for dtype in (tf.uint8, tf.int8, tf.int16, tf.int64, tf.float32)),
    ]


@case
def dtypes_stay(tf):
    result = {}
    for dtype in (np.float16, np.float32, np.float64, np.int32, np.int64, np.int16, np.int8, np.uint8):
        x = tf.constant(np.array([1, 2, 3]).astype(dtype))
        result[np.dtype(dtype).name] = [x + x, x * 2, x - 1, tf.square(x), tf.maximum(x, 2), tf.minimum(x, 2)]
    return result


@case
def sums_of_many(tf):
    a, b, c = (tf.constant(np.arange(4.0).reshape(2, 2) * k) for k in (1, 2, 3))
    return [
        tf.add_n([a]), tf.add_n([a, b, c]), tf.gradients(tf.add_n([a, a, b]), [a, b, c]), tf.accumulate_n([a, b, c]),
        tf.scalar_mul(3.0, a), tf.scalar_mul(2, tf.constant([1, 2])),
        tf.math.polyval([1.0, -2.0, 3.0], tf.constant([2.0, 3.0])),
        tf.add("a", ["b", "c"]), tf.constant(["x", "y"]) + "z",
    ]  # fmt: skip


@case(nodes=True)
def nodes_of_functions(tf):
    x, i, b = tf.constant([1.0, 2.0], name="x"), tf.constant([1, 2], name="i"), tf.constant([True, False], name="b")
    z = tf.constant([1 + 1j], tf.complex64, name="z")
    names = "abs exp sqrt rsqrt negative sign round rint sigmoid reciprocal lgamma logical_not"
    result = [getattr(tf, name)(b if name == "logical_not" else x) for name in names.split()]
    names = "add subtract multiply div divide truediv floordiv realdiv floor_div mod floormod truncatemod div_no_nan"
    names += " pow maximum minimum squared_difference atan2 equal not_equal less less_equal greater greater_equal"
    result += [getattr(tf, name)(x, 2) for name in names.split()]
    result += [getattr(tf, name)(i, 2) for name in "div divide truediv floordiv truncatediv add".split()]
    result += [tf.abs(z), tf.conj(z), tf.conj(x), tf.real(z), tf.imag(z), tf.complex(x, x, name="made"), tf.angle(z)]
    result += [tf.cast(x, tf.int32), tf.cast(2, tf.float32), tf.to_float(i), tf.to_int32(3.5), tf.cast(i, "int64", "c")]
    result += [tf.logical_and(b, True), tf.logical_xor(b, False), tf.add_n([x, x]), tf.add_n([x], name="one")]
    result += [tf.scalar_mul(2, x), tf.accumulate_n([x, x], name="acc"), tf.multiply(x, x, name="named")]
    result += [tf.math.reciprocal_no_nan(x), tf.math.multiply_no_nan(x, 2.0), tf.lbeta(x)]
    return result


@case(nodes=True)
def nodes_of_operators(tf):
    x, i, b = tf.constant([1.0, 2.0], name="x"), tf.constant([3, 2], name="i"), tf.constant([True, False], name="b")
    m = tf.constant(np.eye(2, dtype=np.float32), name="m")
    with tf.name_scope("inside"):
        result = [x + 2, 2 + x, x - 2, 2 - x, x * 2, 2 * x, x / 2, 2 / x, x // 2, 2 // x, x % 2, 2 % x, x**2, 2**x]
    result += [i / 2, 3 / i, i // 2, i % 2, 7 % i, i + np.int64(2), x * np.float64(2), x + [1, 2], [1, 2] + x]  # noqa: RUF005
    result += [
        np.ones(2) * x,
        np.float64(3.0) * x,
        np.float32(3.0) - x,
        np.ones((2, 2)) @ m,
        m @ m,
        m @ np.ones((2, 1)),
    ]
    result += [x < 2, x <= 2, x > 2, x >= 2, x > 2, x <= 2, -x, abs(x), ~b, ~i]
    result += [b & True, True | b, b ^ b, i & 1, i | 1, i ^ 1]
    return result


@case(rtol=1e-5, atol=1e-7)
def incomplete_beta_integrals(tf):
    a, b, x = np.meshgrid([0.0, 0.3, 1.0, 5.0, 80.0], [-1.0, 0.5, 1.0, 20.0], [0.0, 0.01, 0.3, 0.5, 0.97, 1.0, 1.5])
    inside = tf.constant([0.1, 0.4, 0.8])
    y = tf.betainc(tf.constant(2.5), tf.constant(0.7), inside)
    return [tf.betainc(tf.constant(a), tf.constant(b), tf.constant(x)), y, tf.gradients(y, inside)]


@case
def no_gradient_in_gives_none_out_even_at_a_pole(tf):
    x = tf.constant([0.0, 0.0, 4.0])
    weights = tf.constant([0.0, 1.0, 1.0])
    return [tf.gradients(f(x), x, grad_ys=weights) for f in (tf.sqrt, tf.rsqrt, tf.reciprocal)]
