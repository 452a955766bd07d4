"""`tf.random`: the random ops under their newer names.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random
"""

from .names import lazy as _lazy

_NAMES = {
    "graph.scopes": "get_seed set_random_seed",
    "ops.candidate_sampling": (
        "all_candidate_sampler fixed_unigram_candidate_sampler learned_unigram_candidate_sampler "
        "log_uniform_candidate_sampler uniform_candidate_sampler"
    ),
    "ops.random": (
        "categorical gamma=random_gamma multinomial normal=random_normal poisson=random_poisson "
        "shuffle=random_shuffle truncated_normal uniform=random_uniform"
    ),
    "ops.stateless_random": (
        "stateless_categorical stateless_multinomial stateless_normal=stateless_random_normal "
        "stateless_truncated_normal stateless_uniform=stateless_random_uniform"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.random", _NAMES)
del _lazy
