"""TensorFlow's V2 checkpoints: `<prefix>.index` and `<prefix>.data-?????-of-?????`."""

from undertow.formats.bundle.layout import Slice
from undertow.formats.bundle.reader import BundleReader
from undertow.formats.bundle.writer import merge_bundles, write_bundle, write_pieces

__all__ = ["BundleReader", "Slice", "merge_bundles", "write_bundle", "write_pieces"]
