"""A checkpoint of either format, by its prefix."""

from __future__ import annotations

import os

from .bundle import BundleReader
from .bundle.layout import index_path
from .slices import SlicesReader, _files

CheckpointFile = BundleReader | SlicesReader


def open_checkpoint(prefix: str | os.PathLike[str]) -> CheckpointFile:
    """A reader of the checkpoint `prefix`: of the V2 format if it has an index, else of the V1 format.

    Raises:
      NotFoundError: there is none.
      DataLossError: it is damaged.
    """
    prefix = os.fspath(prefix)
    return SlicesReader(prefix) if not os.path.exists(index_path(prefix)) and _files(prefix) else BundleReader(prefix)
