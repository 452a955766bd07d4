"""`tf.quantization`: numbers rounded to what an integer of few bits would hold.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/quantization
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.quantize": (
        "fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars "
        "fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel "
        "fake_quant_with_min_max_vars_per_channel_gradient quantize_and_dequantize"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.quantization", _NAMES)
