"""`tf.train.Saver`: variables into checkpoints and back.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Saver
"""

from __future__ import annotations

import logging
import numbers
import os
import time
from collections.abc import Iterable
from typing import Any

from ...graph import errors, stacks
from ...graph.errors import unbuilt
from ...graph.keys import GraphKeys
from ...runtime.session import BaseSession
from .. import variables as variables_module
from .checkpoint_management import (
    _write_state,
    checkpoint_exists,
    get_checkpoint_mtimes,
    remove_checkpoint,
)
from .meta_graph import export_meta_graph
from .saver_builder import SaverNodes, entries_of
from .training_util import global_step as global_step_value

_log = logging.getLogger("tensorflow")
_V1, _V2 = 1, 2

_UNALTERED = "Please ensure that you have not altered the graph expected based on the checkpoint. Original error:"
_MISSING = (
    "Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key that is missing "
    f"from the checkpoint. {_UNALTERED}"
)
_MISMATCH = (
    "Restoring from checkpoint failed. This is most likely due to a mismatch between the current graph and the graph "
    f"from the checkpoint. {_UNALTERED}"
)


class Saver:
    """Saves variables to checkpoints and restores them.

    `var_list`: variables, or a dict from names in the checkpoint to variables; by default all global variables and what
    is in SAVEABLE_OBJECTS. The newest `max_to_keep` checkpoints are kept (all, if None or 0), and one more for each
    `keep_checkpoint_every_n_hours`. With `reshape` a variable may be of another shape than in the checkpoint; `sharded`
    writes a file for each device. `ValueError` if there is nothing to save (unless `allow_empty`) or two variables have
    one name.
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = _V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if defer_build and var_list is not None:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set defer_build=False or "
                "var_list=None."
            )
        if builder is not None:
            raise unbuilt("tf.train.Saver(builder=…)")
        if write_version not in (_V1, _V2):
            raise RuntimeError(f"Unexpected write_version: {write_version}")
        self._write_version = write_version
        self._var_list = var_list
        self._options = (reshape, sharded, restore_sequentially, name, filename)
        self._sharded = sharded
        self._max_to_keep = max_to_keep or 0
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._allow_empty = allow_empty
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._last_checkpoints: list[tuple[str, float]] = []
        self._checkpoints_to_be_deleted: list[tuple[str, float]] = []
        self._is_empty = False
        self.saver_def: Any = None
        if saver_def is not None:
            self._use(saver_def)
        elif not defer_build:
            self.build()
        self._next_checkpoint_time = time.time() + self._keep_checkpoint_every_n_hours * 3600

    def build(self) -> None:
        """Add the nodes to the graph; needed only after `defer_build`."""
        if self.saver_def is not None or self._is_empty:
            return
        if self._var_list is None:
            graph = stacks.get_default_graph()
            self._var_list = variables_module.global_variables() + graph.get_collection(GraphKeys.SAVEABLE_OBJECTS)
        entries = entries_of(self._var_list)
        if not entries:
            if not self._allow_empty:
                raise ValueError("No variables to save")
            self._is_empty = True
            return
        from tensorboard.compat.proto.saver_pb2 import SaverDef

        nodes = SaverNodes(entries, *self._options, self._write_version)
        self.saver_def = SaverDef(
            filename_tensor_name=nodes.filename.name,
            save_tensor_name=nodes.saved.name,
            restore_op_name=nodes.restore.name,
            max_to_keep=self._max_to_keep,
            sharded=self._sharded,
            keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours,
            version=self._write_version,
        )

    def _use(self, saver_def: Any) -> None:
        """Work with the nodes that a SaverDef names; they are in the graph already."""
        for field in ("save_tensor_name", "restore_op_name"):
            if not getattr(saver_def, field):
                raise ValueError(f"saver_def must specify the {field}: {saver_def}")
        self.saver_def = saver_def
        self._sharded = saver_def.sharded
        self._write_version = saver_def.version
        self._max_to_keep = saver_def.max_to_keep
        self._keep_checkpoint_every_n_hours = saver_def.keep_checkpoint_every_n_hours

    # As a protobuf

    def as_saver_def(self) -> Any:
        """The SaverDef that names this saver's nodes."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """A SaverDef, None if the saver is not under `export_scope`."""
        if export_scope is None:
            return self.saver_def
        if not self.saver_def.filename_tensor_name.startswith(f"{export_scope}/"):
            return None
        result = type(self.saver_def)()
        result.CopyFrom(self.saver_def)
        for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
            setattr(result, field, getattr(result, field)[len(export_scope) + 1 :])
        return result

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """A saver of the nodes that a SaverDef names."""
        if import_scope:
            prefixed = type(saver_def)()
            prefixed.CopyFrom(saver_def)
            for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
                setattr(prefixed, field, f"{import_scope}/{getattr(prefixed, field)}")
            saver_def = prefixed
        return Saver(saver_def=saver_def, name=import_scope)

    def export_meta_graph(
        self,
        filename: str | None = None,
        collection_list: Any = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
    ) -> Any:
        """As `tf.train.export_meta_graph`, of the default graph with this saver."""
        return export_meta_graph(
            filename,
            saver_def=self.saver_def,
            collection_list=collection_list,
            as_text=as_text,
            export_scope=export_scope,
            clear_devices=clear_devices,
            clear_extraneous_savers=clear_extraneous_savers,
            strip_default_attrs=strip_default_attrs,
        )

    # The checkpoints written so far

    @property
    def last_checkpoints(self) -> list[str]:
        """The checkpoints not yet deleted, the oldest first."""
        return [path for path, _ in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        self._last_checkpoints = [(path, float("inf")) for path in _as_list(last_checkpoints)]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: list[tuple[str, float]]) -> None:
        """Take over pairs (checkpoint, when it was written), the oldest first."""
        self._last_checkpoints = list(_as_list(last_checkpoints_with_time))

    def recover_last_checkpoints(self, checkpoint_paths: Iterable[str]) -> None:
        """Take over those of `checkpoint_paths` that are there, to be deleted in time."""
        there = [path for path in checkpoint_paths if checkpoint_exists(path)]
        self.set_last_checkpoints_with_time(list(zip(there, get_checkpoint_mtimes(there))))

    def _record(self, path: str) -> None:
        if self._max_to_keep <= 0:
            return
        self._last_checkpoints = [entry for entry in self._last_checkpoints if entry[0] != path]
        self._last_checkpoints.append((path, time.time()))
        if len(self._last_checkpoints) > self._max_to_keep:
            self._checkpoints_to_be_deleted.append(self._last_checkpoints.pop(0))

    def _delete_old(self, meta_graph_suffix: str) -> None:
        while self._checkpoints_to_be_deleted:
            path, written = self._checkpoints_to_be_deleted.pop(0)
            if written > self._next_checkpoint_time:
                self._next_checkpoint_time += self._keep_checkpoint_every_n_hours * 3600
                continue
            try:
                remove_checkpoint(path, self.saver_def.version, meta_graph_suffix)
            except OSError as error:
                _log.warning("Ignoring: %s", error)

    # Saving and restoring

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
    ) -> str | None:
        """Save the variables of `sess` as the checkpoint `save_path`, or `save_path-GLOBAL_STEP`; its prefix.

        The folder's `checkpoint` file then names it as the newest. A MetaGraphDef is written beside it. None if the
        saver is empty.

        Raises:
          TypeError: `sess` is no session.
          ValueError: the folder is not there, or names collide.
          RuntimeError: the saver was not built.
        """
        self._check_built("save")
        latest_filename = "checkpoint" if latest_filename is None else latest_filename
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        if not isinstance(save_path, (str, bytes, os.PathLike)):
            raise TypeError(f"Expected binary or unicode string, got {save_path!r}")
        path = os.fsdecode(save_path)
        if os.path.basename(path) == latest_filename and not self._sharded and global_step is None:
            raise ValueError(f"'latest_filename' collides with 'save_path': '{latest_filename}' and '{path}'")
        if not isinstance(sess, BaseSession):
            raise TypeError(f"'sess' must be a Session; {sess}")
        path += self._step_suffix(sess, global_step)
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        base = path
        if not self._is_empty:
            path = os.fsdecode(sess.run(self.saver_def.save_tensor_name, {self.saver_def.filename_tensor_name: path}))
            if write_state:
                self._record(path)
                _write_state(folder, path, self.last_checkpoints, latest_filename, self._save_relative_paths)
                self._delete_old(meta_graph_suffix)
        if write_meta_graph:
            with sess.graph.as_default():
                self.export_meta_graph(f"{base}.{meta_graph_suffix}", strip_default_attrs=strip_default_attrs)
        return None if self._is_empty else path

    def _step_suffix(self, sess: Any, global_step: Any) -> str:
        if global_step is None:
            return ""
        step = global_step if isinstance(global_step, numbers.Integral) else global_step_value(sess, global_step)
        return f"-{step:08d}" if self._pad_step_number else f"-{step}"

    def restore(self, sess: Any, save_path: str) -> None:
        """Restore the variables from the checkpoint `save_path`; they need no initializing before.

        Raises:
          ValueError: there is no such checkpoint.
          NotFoundError: a variable is not in it.
          InvalidArgumentError: a variable is of another shape or dtype there.
          DataLossError: its files are damaged.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        self._check_built("restore")
        path = os.fsdecode(save_path)
        if not checkpoint_exists(path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {path}")
        _log.info("Restoring parameters from %s", path)
        try:
            sess.run(self.saver_def.restore_op_name, {self.saver_def.filename_tensor_name: path})
        except errors.NotFoundError as error:
            raise errors.NotFoundError(error.node_def, error.op, f"{_MISSING}\n\n{error.message}") from None
        except errors.InvalidArgumentError as error:
            raise errors.InvalidArgumentError(error.node_def, error.op, f"{_MISMATCH}\n\n{error.message}") from None

    def _check_built(self, wanted: str) -> None:
        if self.saver_def is None and not self._is_empty:
            raise RuntimeError(f"`build()` should be called before {wanted} if defer_build==True")


def _as_list(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"A list is wanted, not {value!r}.")
    return list(value)
