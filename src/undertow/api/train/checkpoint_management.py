"""The `checkpoint` file of a folder, and the files of a checkpoint.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/latest_checkpoint and its neighbours
"""

from __future__ import annotations

import glob
import logging
import os
from collections.abc import Iterable
from typing import Any

from ...formats.checkpoint_state import CheckpointState, read_checkpoint_state, write_checkpoint_state
from ...graph.errors import DataLossError, NotFoundError

_log = logging.getLogger("tensorflow")


def _state_file(folder: str, latest_filename: str | None) -> str:
    return os.path.join(folder, latest_filename or "checkpoint")


def generate_checkpoint_state_proto(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Iterable[str] | None = None,
    all_model_checkpoint_timestamps: Iterable[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """A `CheckpointState` message; if `save_dir` is relative, so are its paths, to it.

    `ValueError` if there are not as many timestamps as paths.
    """
    paths = list(all_model_checkpoint_paths or ())
    timestamps = list(all_model_checkpoint_timestamps or ())
    if model_checkpoint_path not in paths:
        paths.append(model_checkpoint_path)
    if timestamps and len(timestamps) != len(paths):
        raise ValueError(
            f"Checkpoint timestamps, if provided, must match checkpoint paths (got paths {paths} and timestamps "
            f"{timestamps})"
        )
    if not os.path.isabs(save_dir):
        model_checkpoint_path = _relative(model_checkpoint_path, save_dir)
        paths = [_relative(path, save_dir) for path in paths]
    return CheckpointState(
        model_checkpoint_path=model_checkpoint_path,
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=timestamps,
        last_preserved_timestamp=last_preserved_timestamp or 0.0,
    )


def _relative(path: str, folder: str) -> str:
    return path if os.path.isabs(path) else os.path.relpath(path, folder or ".")


def update_checkpoint_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Iterable[str] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Iterable[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    """Write the folder's `checkpoint` file: `model_checkpoint_path` is the newest, the others are still there.

    `RuntimeError` if a checkpoint has the file's own name.
    """
    _write_state(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename, False,
        all_model_checkpoint_timestamps, last_preserved_timestamp,
    )  # fmt: skip


def _write_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_paths: Iterable[str] | None,
    latest_filename: str | None,
    save_relative_paths: bool,
    timestamps: Iterable[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    paths = list(all_paths or ())
    if save_relative_paths:
        model_checkpoint_path, *paths = (
            os.path.relpath(path, save_dir or ".") if os.path.isabs(path) else path
            for path in (model_checkpoint_path, *paths)
        )
    state = generate_checkpoint_state_proto(
        save_dir, model_checkpoint_path, paths, timestamps, last_preserved_timestamp
    )
    file = _state_file(save_dir, latest_filename)
    if file == state.model_checkpoint_path:
        raise RuntimeError(
            f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state.  Please use a "
            "different save path."
        )
    write_checkpoint_state(file, state)


def get_checkpoint_state(checkpoint_dir: str, latest_filename: str | None = None) -> Any:
    """The `CheckpointState` of a folder, its paths as one can open them; None if there is none or it is damaged."""
    folder = os.fspath(checkpoint_dir)
    file = _state_file(folder, latest_filename)
    try:
        state = read_checkpoint_state(file)
    except NotFoundError:
        return None
    except DataLossError as error:
        _log.warning("%s", error)
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {folder}")
    if not os.path.isabs(state.model_checkpoint_path):
        state.model_checkpoint_path = os.path.join(folder, state.model_checkpoint_path)
    for i, path in enumerate(state.all_model_checkpoint_paths):
        if not os.path.isabs(path):
            state.all_model_checkpoint_paths[i] = os.path.join(folder, path)
    return state


def latest_checkpoint(checkpoint_dir: str, latest_filename: str | None = None) -> str | None:
    """The prefix of a folder's newest checkpoint; None if there is none."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    if checkpoint_exists(state.model_checkpoint_path):
        return state.model_checkpoint_path
    _log.error("Couldn't match files for checkpoint %s", state.model_checkpoint_path)
    return None


def _index_files(prefix: str) -> list[str]:
    """The index of the checkpoint(s) `prefix`, which may be a pattern; a V1 checkpoint's own file."""
    return glob.glob(f"{prefix}.index") or glob.glob(prefix)


def checkpoint_exists(checkpoint_prefix: str) -> bool:
    """Whether there is a checkpoint of that prefix."""
    return bool(_index_files(os.fspath(checkpoint_prefix)))


def get_checkpoint_mtimes(checkpoint_prefixes: Iterable[str]) -> list[float]:
    """When each checkpoint was written, in seconds since 1970; those that are not there are left out."""
    found = (_index_files(prefix) for prefix in checkpoint_prefixes)
    return [os.path.getmtime(files[0]) for files in found if files]


def remove_checkpoint(
    checkpoint_prefix: str, checkpoint_format_version: int = 2, meta_graph_suffix: str = "meta"
) -> None:
    """Delete a checkpoint's files, its meta graph too. The index goes first: what is left is no checkpoint then."""
    prefix = glob.escape(checkpoint_prefix)
    base, shards = (checkpoint_prefix.rsplit("-?????-of", 1)[0], f"{prefix}.data-?????-of-?????")
    files = [f"{prefix}.index", shards]
    if checkpoint_format_version != 2:
        files = [prefix.replace("[?]", "?")]  # that of a sharded one is a pattern
    for pattern in (*files, f"{glob.escape(base)}.{meta_graph_suffix}"):
        for path in glob.glob(pattern):
            os.remove(path)
