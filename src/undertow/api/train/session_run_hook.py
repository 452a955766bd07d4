"""`tf.train.SessionRunHook`: what is called around each run of a monitored session.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/SessionRunHook
"""

from __future__ import annotations

from typing import Any, NamedTuple


class SessionRunArgs(NamedTuple):
    """What a hook adds to a run: fetches, feeds, options."""

    fetches: Any
    feed_dict: Any = None
    options: Any = None


class SessionRunValues(NamedTuple):
    """What a hook gets after a run: the values of its fetches, in their structure."""

    results: Any
    options: Any
    run_metadata: Any


class SessionRunContext:
    """What a hook may know of a run, and how it asks for a stop."""

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        return self._original_args

    @property
    def session(self) -> Any:
        return self._session

    @property
    def stop_requested(self) -> bool:
        return self._stop_requested

    def request_stop(self) -> None:
        """Let the session stop after this run."""
        self._stop_requested = True


class SessionRunHook:
    """Hooks override what they need; every method here does nothing."""

    def begin(self) -> None:
        """Called once, before the session is made: ops may still be added."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Called when a session was made, and each time it was made again."""

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Called before each run; what it returns is run too."""
        return None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Called after each run that did not fail."""

    def end(self, session: Any) -> None:
        """Called at the end, unless an error ended the session; it is still open."""
