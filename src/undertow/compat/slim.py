"""tf_slim, the library that `tf.contrib.slim`, most of `tf.contrib.layers` and of `tf.contrib.framework` became.

Its authors keep it as a package of its own; it is written for TensorFlow, and here gets Undertow for it.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from undertow.compat.finder import lent


def load(name: str) -> ModuleType:
    """The module `name` of tf_slim: `"tf_slim"`, `"tf_slim.nets"` …

    Raises:
      ModuleNotFoundError: tf_slim is not installed, or has no such module.
    """
    with lent():
        return importlib.import_module(name)
