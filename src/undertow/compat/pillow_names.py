"""The filters of pictures that Pillow 10 removed from `PIL.Image`."""

from __future__ import annotations

from types import ModuleType

from undertow.compat.after_import import after_import
from undertow.compat.removed import put_back

_RENAMED = {"ANTIALIAS": "LANCZOS", "CUBIC": "BICUBIC", "LINEAR": "BILINEAR"}


def install() -> None:
    """Serve them once Pillow is imported."""
    after_import("PIL.Image", _serve)


def _serve(module: ModuleType) -> None:
    put_back("Pillow", module, {old: lambda new=new: getattr(module, new) for old, new in _RENAMED.items()})  # type: ignore[misc]
