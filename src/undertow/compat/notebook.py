"""`%load_ext undertow`: in a notebook, `import tensorflow` is Undertow from here on."""

from __future__ import annotations

from typing import Any

from undertow import compat


def load_ipython_extension(ipython: Any) -> None:
    """Called by IPython. The notebook keeps its own way of showing figures.

    Raises:
      ImportError: the notebook has already imported TensorFlow itself.
    """
    compat.install()
