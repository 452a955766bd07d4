"""`tf.train.SessionManager`: sessions that start from a checkpoint, or from an initializer.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/SessionManager
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ...graph import errors, stacks
from ...graph.graph import Graph
from ...runtime.session import Session
from .. import logging
from .checkpoint_management import checkpoint_exists, get_checkpoint_state


class SessionManager:
    """Makes sessions whose model is ready: restored, or initialized, then `local_init_op` run and `ready_op` asked.

    `ready_op` and `ready_for_local_init_op` give the names of what is not initialized, an empty vector when all is.
    """

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Graph | None = None,
        recovery_wait_secs: float = 30,
        local_init_run_options: Any = None,
        local_init_feed_dict: Any = None,
    ) -> None:
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(
                "If you pass a ready_for_local_init_op you must also pass a local_init_op , ready_for_local_init_op "
                f"[{ready_for_local_init_op}]"
            )
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = stacks.get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options
        self._local_init_feed_dict = local_init_feed_dict

    def prepare_session(
        self,
        master: str,
        init_op: Any = None,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable[[Any], Any] | None = None,
    ) -> Session:
        """A session restored from the newest checkpoint, if there is one; else `init_op` and `init_fn` are run.

        `RuntimeError` if the model is not ready then.
        """
        sess, restored = self._restore_checkpoint(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        if not restored:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError("Model is not initialized and no init_op or init_fn or local_init_op was given")
            if init_op is not None:
                sess.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(sess)
        done, message = self._try_run_local_init_op(sess)
        if not done:
            raise RuntimeError(
                "Init operations did not make model ready for local_init.  "
                f"Init op: {_name(init_op)}, init fn: {init_fn}, error: {message}"
            )
        ready, message = self._model_ready(sess)
        if not ready:
            raise RuntimeError(
                f"Init operations did not make model ready.  Init op: {_name(init_op)}, init fn: {init_fn}, "
                f"local_init_op: {_name(self._local_init_op)}, error: {message}"
            )
        return sess

    def recover_session(
        self,
        master: str,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
    ) -> tuple[Session, bool]:
        """A session restored from the newest checkpoint, and whether its model is ready."""
        sess, restored = self._restore_checkpoint(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        done, message = self._try_run_local_init_op(sess)
        if not restored:
            return sess, False
        if not done:
            logging.info("Restoring model did not make model ready for local init: %s", message)
            return sess, False
        ready, message = self._model_ready(sess)
        if not ready:
            logging.info("Restoring model did not make model ready: %s", message)
            return sess, False
        return sess, True

    def wait_for_session(self, master: str, config: Any = None, max_wait_secs: float = float("Inf")) -> Session:
        """A session whose model someone else makes ready; `DeadlineExceededError` if nobody does in time."""
        if max_wait_secs is None:
            max_wait_secs = float("Inf")
        end = time.time() + max_wait_secs
        while True:
            sess = Session(master, graph=self._graph, config=config)
            done, message = self._try_run_local_init_op(sess)
            ready = False
            if done:
                ready, message = self._model_ready(sess)
            if ready:
                return sess
            sess.close()
            if time.time() + self._recovery_wait_secs > end:
                raise errors.DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {max_wait_secs} secs."
                )
            logging.info("Waiting for model to be ready.  Ready_for_local_init_op:  %s", message)
            time.sleep(self._recovery_wait_secs)

    def _restore_checkpoint(
        self,
        master: str,
        saver: Any,
        checkpoint_dir: str | None,
        checkpoint_filename_with_path: str | None,
        wait_for_checkpoint: bool,
        max_wait_secs: float,
        config: Any,
    ) -> tuple[Session, bool]:
        """A new session, and whether a checkpoint was restored in it."""
        if checkpoint_dir and checkpoint_filename_with_path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        sess = Session(master, graph=self._graph, config=config)
        if not saver or not (checkpoint_dir or checkpoint_filename_with_path):
            return sess, False
        if checkpoint_filename_with_path:
            saver.restore(sess, checkpoint_filename_with_path)
            return sess, True
        assert checkpoint_dir is not None
        end = time.time() + max_wait_secs
        state = get_checkpoint_state(checkpoint_dir)
        while not state or not state.model_checkpoint_path or not checkpoint_exists(state.model_checkpoint_path):
            if not wait_for_checkpoint or time.time() > end:
                return sess, False
            logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            state = get_checkpoint_state(checkpoint_dir)
        saver.restore(sess, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return sess, True

    def _try_run_local_init_op(self, sess: Session) -> tuple[bool, str | None]:
        if self._local_init_op is None:
            return True, None
        ready, message = _ready(self._ready_for_local_init_op, sess, "Model not ready for local init")
        if not ready:
            return False, message
        logging.info("Running local_init_op.")
        sess.run(self._local_init_op, feed_dict=self._local_init_feed_dict, options=self._local_init_run_options)
        logging.info("Done running local_init_op.")
        return True, None

    def _model_ready(self, sess: Session) -> tuple[bool, str | None]:
        return _ready(self._ready_op, sess, "Model not ready")


def _name(op: Any) -> str:
    return "None" if op is None else str(getattr(op, "name", op))


def _ready(op: Any, sess: Session, message: str) -> tuple[bool, str | None]:
    """Whether an op that gives the names of what is not initialized gives none, and else what to say."""
    if op is None:
        return True, None
    try:
        names = sess.run(op)
    except errors.FailedPreconditionError as error:
        if "uninitialized" not in str(error):
            logging.warning("%s : error [%s]", message, error)
            raise
        return False, f"{message}: {error}"
    if names is None or getattr(names, "size", len(names) if hasattr(names, "__len__") else 0) == 0:
        return True, None
    shown = ", ".join(name.decode() for name in names.reshape(-1).tolist())
    return False, f"Variables not initialized: {shown}"
