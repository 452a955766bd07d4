"""The old world's names: TensorFlow 1's modules, and what NumPy, SciPy, Pillow and Python have removed since.

Nothing here acts until `install` is called, which `undertow run` and `%load_ext undertow` do.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def install() -> None:
    """From now on, in this process, `import tensorflow` is Undertow, and the removed names are there.

    Raises:
      ImportError: TensorFlow itself has already been imported.
    """
    for name in ("finder", "python_names", "numpy_names", "scipy_names", "pillow_names"):
        import_module(f"undertow.compat.{name}").install()


def __getattr__(name: str) -> Any:
    """`tf.compat.as_bytes` and its like: this folder has the place of a namespace that TensorFlow has too."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from undertow.api import compat

    return getattr(compat, name)
