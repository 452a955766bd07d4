"""`tf.train.SyncReplicasOptimizer`: an optimizer that averages the gradients of several workers before it applies them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/SyncReplicasOptimizer
"""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.keys import GraphKeys
from ...graph.operation import Operation, Tensor
from ...graph.scopes import control_dependencies, device, get_collection, name_scope
from ...ops import state
from ...ops.accumulators import ConditionalAccumulator, SparseConditionalAccumulator
from ...ops.array import fill
from ...ops.control_flow import group, no_op
from ...ops.queues import FIFOQueue
from ..variables import Variable, report_uninitialized_variables
from .optimizer import Optimizer
from .queue_runner import QueueRunner
from .session_manager import _ready
from .session_run_hook import SessionRunHook


class SyncReplicasOptimizer(Optimizer):
    """Wraps `opt`: each worker's `minimize` hands in its gradients, and waits until they have been applied.

    For every variable an accumulator averages `replicas_to_aggregate` gradients, those that were computed from older
    values left out; the chief's queue runner applies the averages and then lets every worker, `total_num_replicas` of
    them, go on by a token. With more workers than gradients to wait for, the slowest are done without.
    `variable_averages` are applied to `variables_to_average` after each step.
    """

    def __init__(
        self,
        opt: Optimizer,
        replicas_to_aggregate: int,
        total_num_replicas: int | None = None,
        variable_averages: Any = None,
        variables_to_average: Any = None,
        use_locking: bool = False,
        name: str = "sync_replicas",
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = replicas_to_aggregate if total_num_replicas is None else total_num_replicas
        self._tokens_per_step = max(self._total_num_replicas, replicas_to_aggregate)
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._gradients_applied = False
        self._global_step: Any = None
        self._chief_queue_runner: QueueRunner | None = None

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """The wrapped optimizer's."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """The wrapped optimizer's."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The wrapped optimizer's."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Variable]:
        """The wrapped optimizer's."""
        return self._opt.variables()

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """The op that hands in a worker's gradients and waits for the next step.

        `ValueError` for no variables, and without a global step, which tells which gradients are too old.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        self._global_step = global_step
        dtype = global_step.dtype.base_dtype
        self._local_step = Variable(
            0, trainable=False, collections=[GraphKeys.LOCAL_VARIABLES], dtype=dtype, name="sync_rep_local_step"
        )
        self.local_step_init_op = state.assign(self._local_step, global_step)
        self.ready_for_local_init_op = report_uninitialized_variables(get_collection(GraphKeys.GLOBAL_VARIABLES))
        with name_scope(None, self._name):
            handed_in, averages, accumulators = self._accumulators(pairs)
            with device(global_step.device), name_scope(""):
                update = self._opt.apply_gradients(averages, global_step)
                self._tokens = FIFOQueue(-1, dtype, shapes=(), name="sync_token_q", shared_name="sync_token_q")
                never_closed = FIFOQueue(1, dtypes.int32, shapes=(), name="dummy_queue", shared_name="dummy_queue")
                with control_dependencies(handed_in):
                    token = self._tokens.dequeue()
                waited = state.assign(self._local_step, token)
                with control_dependencies([update]):
                    done = self._tokens.enqueue_many((fill([self._tokens_per_step], global_step),))
                if self._variable_averages is not None:
                    with control_dependencies([done]):
                        done = self._variable_averages.apply(self._variables_to_average)
                self._chief_queue_runner = QueueRunner(never_closed, [done])
            first: list[Any] = [self.local_step_init_op]
            for accumulator, place in accumulators:
                with device(place):
                    first.append(accumulator.set_global_step(global_step, name="SetGlobalStep"))
            self.chief_init_op = group(*first)
        self._gradients_applied = True
        return waited

    def _accumulators(self, pairs: list[tuple[Any, Any]]) -> tuple[list[Operation], list[Any], list[Any]]:
        """The ops that hand in each gradient, (average, variable) for each pair, and the accumulators with devices."""
        handed_in: list[Operation] = []
        averages: list[Any] = []
        accumulators: list[Any] = []
        for grad, variable in pairs:
            if grad is None:
                averages.append((None, variable))
                continue
            shared_name = f"{variable.name}/grad_accum"
            with device(variable.device):
                accumulator: Any
                if isinstance(grad, Tensor):
                    accumulator = ConditionalAccumulator(grad.dtype, variable.get_shape(), shared_name)
                    handed_in.append(accumulator.apply_grad(grad, local_step=self._local_step))
                    average = accumulator.take_grad(self._replicas_to_aggregate)
                else:
                    accumulator = SparseConditionalAccumulator(grad.dtype, (), shared_name)
                    handed_in.append(accumulator.apply_indexed_slices_grad(grad, local_step=self._local_step))
                    average = accumulator.take_indexed_slices_grad(self._replicas_to_aggregate)
            averages.append((average, variable))
            accumulators.append((accumulator, variable.device))
        return handed_in, averages, accumulators

    def get_chief_queue_runner(self) -> QueueRunner:
        """What the chief runs beside its steps: it applies the averages; `ValueError` before `apply_gradients`."""
        if self._chief_queue_runner is None:
            raise ValueError("Should be called after apply_gradients().")
        return self._chief_queue_runner

    def get_init_tokens_op(self, num_tokens: int = -1) -> Operation:
        """The op with which the chief lets the workers begin, by so many tokens.

        `ValueError` before `apply_gradients`, and for fewer tokens than the first step needs.
        """
        if not self._gradients_applied:
            raise ValueError("get_init_tokens_op() should be called after apply_gradients().")
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens == -1:
            num_tokens = self._replicas_to_aggregate
        elif num_tokens < needed:
            raise ValueError(f"Too few tokens to finish the first step: {num_tokens} (given) vs {needed} (needed)")
        if num_tokens <= 0:
            return no_op(name="no_init_tokens")
        with device(self._global_step.device), name_scope(""):
            return self._tokens.enqueue_many((fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SessionRunHook:
        """The hook that a monitored session needs: it initializes, and for the chief it starts the queue runner."""
        return _SyncReplicasOptimizerHook(self, is_chief, num_tokens)


class _SyncReplicasOptimizerHook(SessionRunHook):
    def __init__(self, sync_optimizer: SyncReplicasOptimizer, is_chief: bool, num_tokens: int) -> None:
        self._optimizer = sync_optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens

    def begin(self) -> None:
        if not self._optimizer._gradients_applied:
            raise ValueError("SyncReplicasOptimizer.apply_gradient should be called before using the hook.")
        self._queue_runner: QueueRunner | None = None
        self._first: list[Any] = [self._optimizer.local_step_init_op]
        if self._is_chief:
            self._first = [self._optimizer.chief_init_op, self._optimizer.get_init_tokens_op(self._num_tokens)]
            self._queue_runner = self._optimizer.get_chief_queue_runner()

    def after_create_session(self, session: Any, coord: Any) -> None:
        ready, why = _ready(
            self._optimizer.ready_for_local_init_op, session, "Model is not ready for SyncReplicasOptimizer local init."
        )
        if not ready:
            raise RuntimeError(f"Init operations did not make model ready for local_init: {why}")
        for op in self._first:
            session.run(op)
        if self._queue_runner is not None:
            self._queue_runner.create_threads(session, coord=coord, daemon=True, start=True)
