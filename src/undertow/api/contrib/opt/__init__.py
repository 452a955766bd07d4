"""`tf.contrib.opt`: what of it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/opt
"""

from ...names import lazy

_NAMES = {
    "api.contrib.opt.adam": "LazyAdamOptimizer NadamOptimizer",
    "api.contrib.opt.scipy": "ScipyOptimizerInterface",
    "api.contrib.opt.weight_decay": (
        "AdamWOptimizer DecoupledWeightDecayExtension MomentumWOptimizer extend_with_decoupled_weight_decay"
    ),
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.opt", _NAMES)
