"""`tf.contrib.factorization`: what of it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/factorization
"""

from ...names import lazy

_NAMES = {
    "api.contrib.factorization.kmeans": (
        "COSINE_DISTANCE KMEANS_PLUS_PLUS_INIT KMeans RANDOM_INIT SQUARED_EUCLIDEAN_DISTANCE"
    ),
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.factorization", _NAMES)
