"""`tf.saved_model.loader`: reading a SavedModel.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/load
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf.message import DecodeError

from ...formats.messages import AssetFileDef
from ...formats.naming import naming
from ...formats.saved_model import (
    asset_path,
    has_saved_model,
    read_saved_model,
    saved_model_path,
    variables_prefix,
)
from ...graph import stacks
from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from .. import file_io
from ..train import meta_graph
from .constants import ASSETS_KEY, INIT_OP_SIGNATURE_KEY, LEGACY_INIT_OP_KEY, MAIN_OP_KEY


def maybe_saved_model_directory(export_dir: Any) -> bool:
    """Whether the folder has a SavedModel's file, which may hold one."""
    return has_saved_model(file_io.local_path(export_dir))


contains_saved_model = maybe_saved_model_directory


def parse_saved_model(export_dir: Any) -> Any:
    """The `SavedModel` message of a folder; `OSError` if there is none or it cannot be read."""
    return read_saved_model(file_io.local_path(export_dir))


def load(sess: Any, tags: Iterable[str], export_dir: Any, import_scope: str | None = None, **saver_kwargs: Any) -> Any:
    """Add the graph of exactly these tags to the graph of `sess`, restore its variables, run its main op.

    `saver_kwargs` are for `tf.train.import_meta_graph`. The MetaGraphDef is returned: the tensors that its signatures
    name are under `import_scope`, if there is one.

    Raises:
      OSError: the folder holds no SavedModel, or a broken one.
      RuntimeError: no graph in it has these tags.
    """
    return SavedModelLoader(export_dir).load(sess, tags, import_scope, **saver_kwargs)


class SavedModelLoader:
    """A SavedModel, to be loaded at once (`load`) or step by step."""

    def __init__(self, export_dir: Any) -> None:
        self._folder = file_io.local_path(export_dir)
        self._path = saved_model_path(self._folder)
        self._message = read_saved_model(self._folder)

    @property
    def export_dir(self) -> str:
        """The folder."""
        return self._folder

    @property
    def variables_path(self) -> str:
        """The prefix of the checkpoint."""
        return variables_prefix(self._folder)

    @property
    def saved_model_proto(self) -> Any:
        """The message as it is in the folder."""
        return self._message

    def get_meta_graph_def_from_tags(self, tags: Iterable[str]) -> Any:
        """The MetaGraphDef of exactly these tags; `RuntimeError` if there is none."""
        wanted = list(tags)
        there = [set(meta.meta_info_def.tags) for meta in self._message.meta_graphs]
        if set(wanted) not in there:
            shown = tags if isinstance(tags, str) else ", ".join(map(repr, wanted)).strip("[]")
            raise RuntimeError(
                f"MetaGraphDef associated with tags {shown} could not be found in SavedModel. To inspect available "
                f"tag-sets in the SavedModel, run: undertow inspect {self._folder}\navailable_tags: {there}"
            )
        return self._message.meta_graphs[there.index(set(wanted))]

    def load_graph(
        self, graph: Graph, tags: Iterable[str], import_scope: str | None = None, **saver_kwargs: Any
    ) -> tuple[Any, list[Any]]:
        """Add the nodes of the graph of these tags to `graph`; the saver of its variables (None: it has none), []."""
        definition = self.get_meta_graph_def_from_tags(tags)
        with graph.as_default(), naming(self._path):
            return meta_graph.import_meta_graph(definition, import_scope=import_scope, **saver_kwargs), []

    def restore_variables(self, sess: Any, saver: Any, import_scope: str | None = None) -> None:
        """Restore the variables; `ValueError` if there are some, but no saver."""
        with sess.graph.as_default(), naming(self._path):
            if saver is None:
                if stacks.get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, scope=import_scope):
                    raise ValueError(
                        "No tf.train.Saver object was passed to the function `SavedModelLoader.restore_variables`. "
                        "Since there are variables in the graph, a saver is required."
                    )
            else:
                saver.restore(sess, self.variables_path)

    def run_init_ops(self, sess: Any, tags: Iterable[str], import_scope: str | None = None) -> None:
        """Run the main op, if the graph of these tags has one, with its assets where they lie now."""
        definition = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default(), naming(self._path):
            assets = get_asset_tensors(self._folder, definition, import_scope)
            init = get_init_op(definition, import_scope)
            if init is not None:
                sess.run(fetches=[init], feed_dict=assets)

    def load(self, sess: Any, tags: Iterable[str], import_scope: str | None = None, **saver_kwargs: Any) -> Any:
        """As `tf.saved_model.loader.load`."""
        saver, _ = self.load_graph(sess.graph, tags, import_scope, **saver_kwargs)
        self.restore_variables(sess, saver, import_scope)
        self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)


def get_asset_tensors(export_dir: Any, meta_graph_def_to_load: Any, import_scope: str | None = None) -> dict[str, str]:
    """The names of the tensors that are paths of assets, with the paths where these lie now.

    Raises:
      OSError: what it says of its assets cannot be read, or an asset does not lie in the SavedModel.
    """
    folder = file_io.local_path(export_dir)
    assets = list(meta_graph_def_to_load.asset_file_def)
    if ASSETS_KEY in meta_graph_def_to_load.collection_def:
        for told in meta_graph_def_to_load.collection_def[ASSETS_KEY].any_list.value:
            try:
                assets.append(AssetFileDef.FromString(told.value))
            except DecodeError:
                raise OSError(f"{folder}: an item of the collection {ASSETS_KEY} is no AssetFileDef.") from None
    scope = f"{import_scope}/" if import_scope else ""
    return {f"{scope}{asset.tensor_info.name}": asset_path(folder, asset.filename) for asset in assets}


def get_init_op(meta_graph_def: Any, import_scope: str | None = None) -> Any:
    """The main op of a graph that was imported, None if it has none."""
    names = [
        name
        for key in (MAIN_OP_KEY, LEGACY_INIT_OP_KEY)
        if key in meta_graph_def.collection_def
        for name in meta_graph_def.collection_def[key].node_list.value
    ]
    if INIT_OP_SIGNATURE_KEY in meta_graph_def.signature_def:
        outputs = meta_graph_def.signature_def[INIT_OP_SIGNATURE_KEY].outputs
        names = [outputs[INIT_OP_SIGNATURE_KEY].name] if INIT_OP_SIGNATURE_KEY in outputs else names
    if len(names) > 1:
        raise RuntimeError(f"Expected one main op, found {len(names)}: {names}")
    if not names:
        return None
    scope = f"{import_scope}/" if import_scope else ""
    return stacks.get_default_graph().as_graph_element(f"{scope}{names[0]}")
