"""`tf.estimator.RunConfig`: how an estimator runs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/RunConfig
"""

from __future__ import annotations

import os
from typing import Any

from ...graph.errors import unbuilt

_UNSET: Any = object()
_SAVE_SECS = 600


class RunConfig:
    """Where an estimator keeps its model, its random seed, and how often it saves, summarizes and logs.

    A checkpoint every `save_checkpoints_steps` or `save_checkpoints_secs` (600 if neither is given, none if both are
    None).

    Raises:
      ValueError: both of the two are given, or a number is not positive.
      errors.UnimplementedError: training is to be distributed.
    """

    def __init__(
        self,
        model_dir: str | None = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = _UNSET,
        save_checkpoints_secs: Any = _UNSET,
        session_config: Any = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: Any = None,
        device_fn: Any = None,
        protocol: str | None = None,
        eval_distribute: Any = None,
        experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: float | None = None,
        session_creation_timeout_secs: float = 7200,
    ) -> None:
        if train_distribute or eval_distribute or experimental_distribute:
            raise unbuilt("Distributing an estimator", "Leave train_distribute and eval_distribute at None.")
        if save_checkpoints_steps is _UNSET and save_checkpoints_secs is _UNSET:
            save_checkpoints_secs = _SAVE_SECS
        steps, secs = (None if v is _UNSET else v for v in (save_checkpoints_steps, save_checkpoints_secs))
        if steps is not None and secs is not None:
            raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.")
        self.model_dir = None if model_dir is None else os.fspath(model_dir)
        self.tf_random_seed = tf_random_seed
        self.save_summary_steps = save_summary_steps
        self.save_checkpoints_steps = steps
        self.save_checkpoints_secs = secs
        self.session_config = session_config
        self.keep_checkpoint_max = keep_checkpoint_max
        self.keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self.log_step_count_steps = log_step_count_steps
        self.device_fn = device_fn
        self.protocol = protocol
        self.train_distribute = self.eval_distribute = None
        self.experimental_max_worker_delay_secs = experimental_max_worker_delay_secs
        self.session_creation_timeout_secs = session_creation_timeout_secs
        for name in (
            "save_summary_steps save_checkpoints_steps save_checkpoints_secs log_step_count_steps "
            "keep_checkpoint_every_n_hours"
        ).split():
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} should be >= 0, given: {value}")

    # There is one process, and it is the chief.
    master = evaluation_master = ""
    is_chief = True
    task_type, task_id, global_id_in_cluster = "worker", 0, 0
    num_ps_replicas, num_worker_replicas = 0, 1
    service = None

    def replace(self, **kwargs: Any) -> RunConfig:
        """The same with some arguments of the constructor changed; `ValueError` for another name."""
        options = dict(vars(self))
        for name in kwargs:
            if name not in options:
                raise ValueError(f"Replacing {name} is not supported.")
        if kwargs.get("save_checkpoints_steps") is not None:
            options["save_checkpoints_secs"] = None
        if kwargs.get("save_checkpoints_secs") is not None:
            options["save_checkpoints_steps"] = None
        return type(self)(**{**options, **kwargs})
