"""`tf.debugging`: checks.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/debugging
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.check": (
        "Assert assert_all_finite=verify_tensor_all_finite assert_equal assert_greater assert_greater_equal "
        "assert_integer assert_less assert_less_equal assert_near assert_negative assert_non_negative "
        "assert_non_positive assert_none_equal assert_positive assert_proper_iterable assert_rank assert_rank_at_least "
        "assert_rank_in assert_same_float_dtype assert_scalar assert_type check_numerics is_numeric_tensor"
    ),
    "ops.math": "is_finite is_inf is_nan",
    "ops.reduction": "is_non_decreasing is_strictly_increasing",
}

__getattr__, __dir__ = _lazy(__name__, "tf.debugging", _NAMES)
