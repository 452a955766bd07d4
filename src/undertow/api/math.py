"""`tf.math`: arithmetic, elementwise, over axes and over segments.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.activation": "softplus softsign",
    "ops.confusion_matrix": "confusion_matrix",
    "ops.losses": "zero_fraction",
    "ops.math": (
        "abs acos acosh add angle asin asinh atan atan2 atanh ceil conj cos cosh divide divide_no_nan=div_no_nan "
        "equal exp expm1 floor floordiv floormod greater greater_equal imag is_finite is_inf is_nan less less_equal "
        "log log1p log_sigmoid logical_and logical_not logical_or logical_xor maximum minimum mod=floormod multiply "
        "multiply_no_nan negative nextafter not_equal polyval pow real reciprocal reciprocal_no_nan rint round rsqrt "
        "scalar_mul sigmoid sign sin sinh sqrt square squared_difference subtract tan tanh truediv xdivy xlogy"
    ),
    "ops.norm": "l2_normalize",
    "ops.ranking": "in_top_k top_k",
    "ops.reduction": (
        "accumulate_n add_n argmax argmin count_nonzero cumprod cumsum cumulative_logsumexp is_non_decreasing "
        "is_strictly_increasing lbeta reduce_all reduce_any "
        "reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum "
        "reduce_variance"
    ),
    "ops.segment": (
        "bincount segment_max segment_mean segment_min segment_prod segment_sum unsorted_segment_max "
        "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n unsorted_segment_sum"
    ),
    "ops.special": (
        "bessel_i0 bessel_i0e bessel_i1 bessel_i1e betainc digamma erf erfc erfinv igamma igammac lgamma ndtri "
        "polygamma zeta"
    ),
    "ops.softmax": "log_softmax softmax",
    "ops.sorting": "invert_permutation",
}

__getattr__, __dir__ = _lazy(__name__, "tf.math", _NAMES)
del _lazy
