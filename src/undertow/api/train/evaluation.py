"""Evaluating one checkpoint, as `tf.contrib.training.evaluate_once`, tf_slim and estimators do it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/training/evaluate_once
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from ...graph import dtypes
from ...graph.keys import GraphKeys
from ...graph.scopes import get_collection
from ...ops import state
from .. import initializers, logging
from ..get_variable import get_variable
from .basic_session_run_hooks import FinalOpsHook
from .monitored_session import ChiefSessionCreator, MonitoredSession
from .scaffold import Scaffold
from .session_run_hook import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues


def get_or_create_eval_step() -> Any:
    """The graph's counter of evaluated batches: a local int64 variable; `ValueError` if there are several."""
    found = get_collection(GraphKeys.EVAL_STEP)
    if len(found) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    if found:
        return found[0]
    return get_variable(
        "eval_step",
        shape=[],
        dtype=dtypes.int64,
        initializer=initializers.zeros_initializer(),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
    )


class StopAfterNEvalsHook(SessionRunHook):
    """Stop after `num_evals` runs of the evaluation ops; None goes on until the input is at its end."""

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._num_evals, self._log_progress = num_evals, log_progress
        self._evals_completed: Any = None

    def _set_evals_completed_tensor(self, updated_eval_step: Any) -> None:
        self._evals_completed = updated_eval_step

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        done = run_values.results["evals_completed"]
        if self._log_progress:
            logging.info("Evaluation [%s]", done if self._num_evals is None else f"{done}/{self._num_evals}")
        if self._num_evals is not None and done >= self._num_evals:
            run_context.request_stop()


def evaluate_once(
    checkpoint_path: str | None,
    master: str = "",
    scaffold: Scaffold | None = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
    config: Any = None,
) -> Any:
    """Restore `checkpoint_path`, run `eval_ops` until a hook or the input's end stops it, then give `final_ops`.

    Without `checkpoint_path` the variables are initialized. The values of `final_ops`, or None.
    """
    started = time.time()
    eval_step = get_or_create_eval_step()
    hooks = list(hooks or ())
    if eval_ops is not None:
        counted = state.assign_add(eval_step, 1, use_locking=True)
        eval_ops = [eval_ops, counted]
        for hook in hooks:
            if isinstance(hook, StopAfterNEvalsHook):
                hook._set_evals_completed_tensor(counted)
    final = FinalOpsHook(final_ops, final_ops_feed_dict)
    hooks.append(final)
    logging.info("Starting evaluation at %s", time.strftime("%Y-%m-%dT%H:%M:%S%Z", time.localtime()))
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_filename_with_path=checkpoint_path)
    with MonitoredSession(creator, hooks) as session:
        if eval_ops is not None:
            while not session.should_stop():
                session.run(eval_ops, feed_dict)
    logging.info("Inference Time : %0.5fs", time.time() - started)
    return final.final_ops_values


# What tf_slim calls them by.
_StopAfterNEvalsHook = StopAfterNEvalsHook
_evaluate_once = evaluate_once
_get_or_create_eval_step = get_or_create_eval_step
