"""Fake quantization: values and gradients; edit distances."""

import numpy as np
from harness import case

X = np.array([[-7.3, -0.26, 0.0, 0.3], [0.74, 1.5, 5.2, 9.0]], np.float32)


def _weighted(tf, y, xs):
    return tf.gradients(y * np.arange(1, 9, dtype=np.float32).reshape(2, 4), xs)


@case
def fake_quantization(tf):
    x = tf.constant(X)
    low, high = tf.constant(-1.0), tf.constant(5.7)
    lows, highs = tf.constant([-1.0, 0.1, -3.0, 0.0]), tf.constant([1.0, 2.0, -0.5, 6.0])
    results = []
    for options in ({}, {"num_bits": 4}, {"narrow_range": True}):
        y = tf.quantization.fake_quant_with_min_max_args(x, **options)
        z = tf.quantization.fake_quant_with_min_max_vars(x, low, high, **options)
        w = tf.quantization.fake_quant_with_min_max_vars_per_channel(x, lows, highs, **options)
        results += [y, z, w, _weighted(tf, y, x), _weighted(tf, z, [x, low, high]), _weighted(tf, w, [x, lows, highs])]
    results.append(tf.quantization.fake_quant_with_min_max_args_gradient(2 * x, x, min=-1, max=1))
    results.append(tf.quantization.fake_quant_with_min_max_vars_gradient(2 * x, x, low, high))
    return results


@case
def quantized_and_back(tf):
    x = tf.constant(X)
    results = [
        tf.quantization.quantize_and_dequantize(x, 0.0, 0.0),
        tf.quantization.quantize_and_dequantize(x, -4.0, 5.0, range_given=True, num_bits=4),
        tf.quantization.quantize_and_dequantize(x, 0.0, 5.0, range_given=True, signed_input=False),
        tf.quantization.quantize_and_dequantize(x, -1.0, 1.0, range_given=True, round_mode="HALF_UP"),
        tf.quantization.quantize_and_dequantize(x, 0.0, 0.0, narrow_range=True, num_bits=5),
    ]
    return [results, [_weighted(tf, y, x) for y in results]]
