"""`tf.saved_model.builder`: writing a SavedModel.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/Builder
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterable
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage

from ...formats.messages import AssetFileDef
from ...formats.saved_model import (
    ASSETS_DIRECTORY,
    SCHEMA_VERSION,
    VARIABLES_DIRECTORY,
    SavedModel,
    variables_prefix,
    write_saved_model,
)
from ...graph import dtypes, stacks
from ...graph.operation import Operation, Tensor
from .. import file_io
from ..train.saver import Saver
from .constants import ASSETS_KEY, MAIN_OP_KEY


class SavedModelBuilder:
    """Writes a SavedModel into the folder `export_dir`, which is made.

    First `add_meta_graph_and_variables`, then `add_meta_graph` for each further graph of the same variables, then
    `save`: before that the folder holds no SavedModel, so that one that is there is whole.

    Raises:
      AssertionError: the folder is there and not empty.
    """

    def __init__(self, export_dir: Any) -> None:
        self._folder = file_io.local_path(export_dir)
        if file_io.file_exists(self._folder):
            if file_io.list_directory(self._folder):
                raise AssertionError(
                    "Export directory already exists, and isn't empty. Please choose a different export directory, or "
                    f"delete all the contents of the specified directory: {self._folder}"
                )
        else:
            file_io.recursive_create_dir(self._folder)
        self._message = SavedModel(saved_model_schema_version=SCHEMA_VERSION)
        self._assets: dict[str, str] = {}  # a name in the folder of assets -> the file it was copied from
        self._has_variables = False

    def add_meta_graph_and_variables(
        self,
        sess: Any,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_collection: Iterable[Tensor] | None = None,
        legacy_init_op: Operation | None = None,
        clear_devices: bool = False,
        main_op: Operation | None = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Add the default graph under `tags`, and save its variables, as they are in `sess`.

        `signature_def_map` holds SignatureDefs by name, `assets_collection` constants that are paths of files to be
        taken along. `main_op` (or `legacy_init_op`) is run whenever the model is loaded. With `clear_devices` nodes
        stand on no device, with `strip_default_attrs` they tell only attrs that are not the default. `saver` is used
        in place of one for all variables.

        Raises:
          AssertionError: variables were saved before, or a signature is not whole.
          TypeError: an asset is no constant string, or the main op no Operation.
          ValueError: an asset's path is empty, or the graph has a main op already.
          NotFoundError: an asset is not there.
        """
        if self._has_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` "
                "instead."
            )
        saver = self._prepare(signature_def_map, assets_collection, main_op, legacy_init_op, saver)
        file_io.recursive_create_dir(os.path.join(self._folder, VARIABLES_DIRECTORY))
        saver.save(sess, variables_prefix(self._folder), write_meta_graph=False, write_state=False)
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)
        self._has_variables = True

    def add_meta_graph(
        self,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_collection: Iterable[Tensor] | None = None,
        legacy_init_op: Operation | None = None,
        clear_devices: bool = False,
        main_op: Operation | None = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Add the default graph under `tags`; its variables are those saved before. For the rest see above."""
        if not self._has_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )
        saver = self._prepare(signature_def_map, assets_collection, main_op, legacy_init_op, saver)
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)

    def save(self, as_text: bool = False) -> bytes:
        """Write the SavedModel's own file, binary or as text; its path, as bytes, as TensorFlow gives it."""
        return os.fsencode(write_saved_model(self._folder, self._message, as_text))

    def _prepare(
        self, signatures: Any, assets: Iterable[Tensor] | None, main_op: Any, legacy_init_op: Any, saver: Saver | None
    ) -> Saver:
        """Check what is given, put it into the graph and the folder; the saver for the variables."""
        for signature in (signatures or {}).values():
            for info in (*signature.inputs.values(), *signature.outputs.values()):
                _check_info(info)
        main_op = legacy_init_op if main_op is None else main_op
        if main_op is not None and not isinstance(main_op, Operation):
            raise TypeError(f"main_op needs to be an Operation: {main_op}")
        graph = stacks.get_default_graph()
        if main_op is not None and graph.get_collection(MAIN_OP_KEY):
            raise ValueError(f"Graph already contains one or more main ops under the collection {MAIN_OP_KEY}.")
        for tensor in assets or ():
            graph.add_to_collection(ASSETS_KEY, self._asset(tensor))
        if main_op is not None:
            graph.add_to_collection(MAIN_OP_KEY, main_op)
        return saver or Saver(sharded=True, allow_empty=True)

    def _add(
        self, saver: Saver, tags: Iterable[str], signatures: Any, clear_devices: bool, strip_default_attrs: bool
    ) -> None:
        meta = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        meta.meta_info_def.tags.extend(tags)
        for key, signature in (signatures or {}).items():
            meta.signature_def[key].CopyFrom(signature)
        self._message.meta_graphs.add().CopyFrom(meta)

    def _asset(self, tensor: Any) -> Any:
        """Copy the file that a constant names, unless it is there; what the collection of assets says of it."""
        source = _asset_source(tensor)
        name = self._asset_name(source)
        if name not in self._assets:
            folder = os.path.join(self._folder, ASSETS_DIRECTORY)
            file_io.recursive_create_dir(folder)
            file_io.copy(source, os.path.join(folder, name))
            self._assets[name] = source
        told = AnyMessage()
        told.Pack(AssetFileDef(tensor_info={"name": tensor.name}, filename=name))
        return told

    def _asset_name(self, source: str) -> str:
        """The file's own name, and "_1", "_2" … after it if another file has that name here."""
        if not os.path.exists(source):
            return os.path.basename(source)  # the copy then says that it is not there
        name, count = os.path.basename(source), 0
        while name in self._assets and not filecmp.cmp(self._assets[name], source, shallow=False):
            count += 1
            name = f"{os.path.basename(source)}_{count}"
        return name


def _asset_source(tensor: Any) -> str:
    """The path that a constant of the collection of assets holds."""
    if not isinstance(tensor, Tensor):
        raise TypeError("Asset path tensor must be a Tensor.")
    if tensor.op.type != "Const":
        raise TypeError("Asset path tensor must be of type constant.")
    if tensor.dtype != dtypes.string:
        raise TypeError("Asset path tensor must be of dtype string.")
    if tensor.shape.ndims != 0:
        raise TypeError("Asset path tensor must be a scalar.")
    path = tensor.op.attrs["value"].item()
    if not path:
        raise ValueError(f"Invalid asset filepath tensor {tensor}")
    return file_io.local_path(path)


def _check_info(info: Any) -> None:
    if info.WhichOneof("encoding") is None:
        raise AssertionError(
            "All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' fields (e.g., name or "
            f"coo_sparse) set: {info}"
        )
    if not info.dtype:
        raise AssertionError(f"All TensorInfo protos used in the SignatureDefs must have the dtype field set: {info}")
