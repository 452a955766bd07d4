"""`tf.random`: the random ops under their newer names.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random
"""

from ..graph.scopes import get_seed as get_seed
from ..graph.scopes import set_random_seed as set_random_seed
from ..ops.random import categorical as categorical
from ..ops.random import multinomial as multinomial
from ..ops.random import random_gamma as gamma
from ..ops.random import random_normal as normal
from ..ops.random import random_poisson as poisson
from ..ops.random import random_shuffle as shuffle
from ..ops.random import random_uniform as uniform
from ..ops.random import truncated_normal as truncated_normal
from ..ops.stateless_random import stateless_categorical as stateless_categorical
from ..ops.stateless_random import stateless_multinomial as stateless_multinomial
from ..ops.stateless_random import stateless_random_normal as stateless_normal
from ..ops.stateless_random import stateless_random_uniform as stateless_uniform
from ..ops.stateless_random import stateless_truncated_normal as stateless_truncated_normal

__all__ = [
    "categorical", "gamma", "get_seed", "multinomial", "normal", "poisson", "set_random_seed", "shuffle",
    "stateless_categorical", "stateless_multinomial", "stateless_normal", "stateless_truncated_normal",
    "stateless_uniform", "truncated_normal", "uniform",
]  # fmt: skip
