"""The old world's names: TensorFlow 1's modules, and what NumPy, SciPy and Python have removed since.

Nothing here acts until `install` is called, which `undertow run` and `%load_ext undertow` do.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """From now on, in this process, `import tensorflow` is Undertow, and the removed names are there.

    Raises:
      ImportError: TensorFlow itself has already been imported.
    """
    from undertow.compat import finder, numpy_names, python_names, scipy_names

    finder.install()
    python_names.install()
    numpy_names.install()
    scipy_names.install()


def __getattr__(name: str) -> Any:
    """`tf.compat.as_bytes` and its like: this folder has the place of a namespace that TensorFlow has too."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from undertow.api import compat

    return getattr(compat, name)
