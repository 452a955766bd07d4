"""`tf.contrib.tpu.RunConfig`: how a `TPUEstimator` runs; what it says of TPUs is kept and changes nothing here.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/tpu/RunConfig
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ....graph.errors import unbuilt
from ...estimator import run_config


class InputPipelineConfig:
    """How the input of a TPU's training is split."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


class _Options(NamedTuple):
    iterations_per_loop: int | str
    num_shards: int | None
    num_cores_per_replica: int | None
    per_host_input_for_training: int
    tpu_job_name: str | None
    initial_infeed_sleep_secs: int | None
    input_partition_dims: Any
    eval_training_input_configuration: int
    experimental_host_call_every_n_steps: int


class TPUConfig(_Options):
    """What a TPU is to do; `ValueError` for what 1.15 refuses."""

    __slots__ = ()

    def __new__(
        cls,
        iterations_per_loop: int | str = 2,
        num_shards: int | None = None,
        num_cores_per_replica: int | None = None,
        per_host_input_for_training: int | bool = True,
        tpu_job_name: str | None = None,
        initial_infeed_sleep_secs: int | None = None,
        input_partition_dims: Any = None,
        eval_training_input_configuration: int = InputPipelineConfig.PER_HOST_V1,
        experimental_host_call_every_n_steps: int = 1,
    ) -> TPUConfig:
        if not re.fullmatch(r"0*[1-9]\d*[smh]?", str(iterations_per_loop)):
            raise ValueError(
                "Invalid TPUConfig `iterations_per_loop` value. Value must be positive integer value or time-based "
                "value `<N><s|m|h>` where <N> is any positive integer and `s`, `m`, `h` are unit of time in seconds, "
                "minutes, hours respectively. Examples of valid values: `3600s`, `60m`, `1h`."
            )
        if num_cores_per_replica not in (None, 1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError(f"num_cores_per_replica must be 1, 2, 4, 8, 16, 32, 64, 128; got {num_cores_per_replica}")
        if isinstance(per_host_input_for_training, bool):
            per_host = InputPipelineConfig.PER_HOST_V1 if per_host_input_for_training else 1
        else:
            per_host = per_host_input_for_training
        if input_partition_dims is not None and per_host != InputPipelineConfig.PER_HOST_V2:
            raise ValueError("input_partition_dims is only supported in PER_HOST_V2 mode.")
        if initial_infeed_sleep_secs is not None and initial_infeed_sleep_secs <= 0:
            raise ValueError(f"TPUConfig initial_infeed_sleep_secs must be positive, got {initial_infeed_sleep_secs}")
        return super().__new__(
            cls, iterations_per_loop, num_shards, num_cores_per_replica, per_host, tpu_job_name,
            initial_infeed_sleep_secs, input_partition_dims, eval_training_input_configuration,
            experimental_host_call_every_n_steps,
        )  # fmt: skip


class RunConfig(run_config.RunConfig):
    """`tf.estimator.RunConfig` with a `tpu_config`; `UnimplementedError` for sessions on other machines."""

    def __init__(
        self,
        tpu_config: TPUConfig | None = None,
        evaluation_master: str | None = None,
        master: str | None = None,
        cluster: Any = None,
        **kwargs: Any,
    ) -> None:
        if evaluation_master or master or cluster is not None:
            raise unbuilt("RunConfig(master=…, cluster=…)", "Leave them out: the estimator runs here.")
        super().__init__(**kwargs)
        self.tpu_config = tpu_config or TPUConfig()

    cluster = None
