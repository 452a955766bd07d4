"""`tf.distributions`: random variables that are sampled, have densities, moments and divergences.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/distributions
"""

from ..names import lazy as _lazy

_NAMES = {
    "api.distributions.base": "Distribution FULLY_REPARAMETERIZED NOT_REPARAMETERIZED ReparameterizationType",
    "api.distributions.discrete": "Bernoulli Categorical Multinomial",
    "api.distributions.divergence": "RegisterKL kl_divergence",
    "api.distributions.positive": "Beta Dirichlet Exponential Gamma",
    "api.distributions.real": "Laplace Normal StudentT Uniform",
}

__getattr__, __dir__ = _lazy(__name__, "tf.distributions", _NAMES)
del _lazy
