"""`tf.version`: of the TensorFlow that Undertow stands for.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/version
"""

import platform

from .. import __version__ as VERSION

GIT_VERSION = f"v{VERSION}"
COMPILER_VERSION = platform.python_compiler()
GRAPH_DEF_VERSION = 134
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
