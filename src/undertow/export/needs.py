"""The packages that only an export needs: imported when one is asked for."""

from __future__ import annotations

import importlib
from typing import Any

from ..graph import errors


def needs(module: str) -> Any:
    """The module of that name.

    Raises:
      errors.FailedPreconditionError: it is not installed; it says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise errors.FailedPreconditionError(
            None, None, f"{package} is not installed, which this export needs: pip install 'undertow[export]'"
        ) from None
