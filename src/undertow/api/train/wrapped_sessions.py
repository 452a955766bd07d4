"""The layers of a monitored session: one calls the hooks, one minds the threads, one makes the session again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import errors
from .. import logging
from ..protos import RunMetadata, RunOptions
from .coordinator import Coordinator
from .session_run_hook import SessionRunArgs, SessionRunContext, SessionRunValues

_PREEMPTION = (errors.AbortedError, errors.UnavailableError)


class StepContext:
    """What `run_step_fn` gives its function: the session below, and a run with the hooks."""

    def __init__(self, session: Any, run_with_hooks_fn: Callable[..., Any]) -> None:
        self._session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    @property
    def session(self) -> Any:
        return self._session

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """`run` of the monitored session."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self) -> None:
        """End the step, and the training."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class _WrappedSession:
    """A session around another."""

    def __init__(self, sess: Any) -> None:
        self._sess = sess
        self._wrapped_is_stoppable = isinstance(sess, _WrappedSession)

    @property
    def graph(self) -> Any:
        return self._sess.graph

    @property
    def sess_str(self) -> str:
        return self._sess.sess_str

    def should_stop(self) -> bool:
        """Whether this or the wrapped session should stop; a closed one should."""
        if self._check_stop():
            return True
        if self._sess:
            return self._wrapped_is_stoppable and self._sess.should_stop()
        return True

    def _check_stop(self) -> bool:
        return False

    def close(self) -> None:
        if self._sess:
            try:
                self._sess.close()
            except _PREEMPTION as error:
                logging.error("An error occurred when attempting to close the session. Error: %s", error)
            finally:
                self._sess = None

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._sess.run(*args, **kwargs)

    def run_step_fn(self, step_fn: Any, raw_session: Any, run_with_hooks: Any) -> Any:
        run_with_hooks = run_with_hooks or self.run
        return step_fn(StepContext(raw_session, run_with_hooks))


class _RecoverableSession(_WrappedSession):
    """Makes its session again when it was aborted or is unavailable."""

    def __init__(self, sess_creator: Any) -> None:
        self._sess_creator = sess_creator
        super().__init__(self._create_session())
        self._wrapped_is_stoppable = True

    def _create_session(self) -> Any:
        while True:
            try:
                return self._sess_creator.create_session()
            except _PREEMPTION as error:
                logging.info("An error was raised while a session was being created: %s", error)

    def _check_stop(self) -> bool:
        try:
            return self._sess._check_stop() if self._sess else True
        except _PREEMPTION as error:
            logging.info("An error was raised while considering whether the session is complete: %s", error)
            self.close()
            self._sess = self._create_session()
            return False
        except Exception:
            return True  # what went wrong is raised when it is closed

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._recovering(lambda: self._sess.run(*args, **kwargs))

    def run_step_fn(self, step_fn: Any, raw_session: Any, run_with_hooks: Any) -> Any:
        first = self._sess

        def step() -> Any:
            raw = raw_session if self._sess is first else getattr(self._sess_creator, "tf_sess", raw_session)
            return self._sess.run_step_fn(step_fn, raw, self._sess.run)

        return self._recovering(step)

    def _recovering(self, call: Callable[[], Any]) -> Any:
        while True:
            try:
                if not self._sess:
                    self._sess = self._create_session()
                return call()
            except _PREEMPTION as error:
                logging.info("An error was raised. The current session will be closed and made anew: %s", error)
                self.close()
                self._sess = None


class _CoordinatedSession(_WrappedSession):
    """Stops with its coordinator, and stops it when closed."""

    def __init__(self, sess: Any, coord: Coordinator, stop_grace_period_secs: float = 120) -> None:
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def _check_stop(self) -> bool:
        self._coord.raise_requested_exception()
        return self._coord.should_stop()

    def close(self) -> None:
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True)
        finally:
            try:
                super().close()
            except Exception as error:
                logging.info("Ignored on closing: %s", error)  # what stopped the threads matters more

    def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._sess.run(*args, **kwargs)
        except _PREEMPTION:
            raise
        except Exception:
            # If a thread was aborted, that is why this run failed, and it can be recovered from.
            try:
                self._coord.raise_requested_exception()
            except _PREEMPTION:
                raise
            except Exception as reported:
                logging.info("Reported by a thread: %s", reported)
            raise


class _HookedSession(_WrappedSession):
    """Calls hooks around each run, and runs what they ask for along."""

    def __init__(self, sess: Any, hooks: list[Any]) -> None:
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self) -> bool:
        return self._should_stop

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        asked = {"caller": fetches}
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self._sess)
        options = options or RunOptions()
        feeds = self._call_hook_before_run(context, asked, feed_dict, options)
        run_metadata = run_metadata or RunMetadata()
        outputs = self._sess.run(asked, feed_dict=feeds, options=options, run_metadata=run_metadata)
        for hook in self._hooks:
            hook.after_run(context, SessionRunValues(outputs.get(hook), options, run_metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return outputs["caller"]

    def _call_hook_before_run(
        self, run_context: SessionRunContext, fetch_dict: dict[Any, Any], user_feed_dict: Any, options: Any
    ) -> Any:
        """Ask the hooks; their fetches and options go into those given. Returns the feeds of all."""
        feeds: dict[Any, Any] = {}
        for hook in self._hooks:
            request = hook.before_run(run_context)
            if request is None:
                continue
            if request.fetches is not None:
                fetch_dict[hook] = request.fetches
            if request.feed_dict:
                if any(tensor in feeds for tensor in request.feed_dict):
                    raise RuntimeError("Same tensor is fed by two hooks.")
                feeds.update(request.feed_dict)
            if request.options:
                _merge_options(options, request.options)
        if not feeds:
            return user_feed_dict
        if user_feed_dict:
            if any(tensor in feeds for tensor in user_feed_dict):
                raise RuntimeError("Same tensor is fed by a SessionRunHook and user.")
            feeds.update(user_feed_dict)
        return feeds

    def run_step_fn(self, step_fn: Any, raw_session: Any, run_with_hooks: Any) -> Any:
        try:
            return super().run_step_fn(step_fn, raw_session, run_with_hooks)
        except StopIteration:
            self._should_stop = True
            return None


def _merge_options(options: Any, wanted: Any) -> None:
    """The more of both: the higher trace level and timeout, outputs that either wants."""
    options.trace_level = max(options.trace_level, wanted.trace_level)
    options.timeout_in_ms = max(options.timeout_in_ms, wanted.timeout_in_ms)
    options.inter_op_thread_pool = max(options.inter_op_thread_pool, wanted.inter_op_thread_pool)
    options.output_partition_graphs = max(options.output_partition_graphs, wanted.output_partition_graphs)
    options.report_tensor_allocations_upon_oom |= wanted.report_tensor_allocations_upon_oom
    options.debug_options.debug_tensor_watch_opts.extend(wanted.debug_options.debug_tensor_watch_opts)
