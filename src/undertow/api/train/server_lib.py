"""`tf.train.ClusterSpec` and `tf.train.Server`: jobs and tasks by address, and a server within this process.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/ClusterSpec
"""

from __future__ import annotations

import socket
import threading
from typing import Any

from ...graph import errors
from ...graph.errors import unbuilt
from ...runtime.servers import register
from ..protos import ClusterDef


class ClusterSpec:
    """The jobs of a cluster: for each name a list of its tasks' addresses, or a dict from task numbers to them.

    Made of such a dict, a ClusterDef or another ClusterSpec; `TypeError` for anything else.
    """

    def __init__(self, cluster: Any) -> None:
        self._tasks: dict[str, dict[int, str]]
        if isinstance(cluster, ClusterSpec):
            self._tasks = {job: dict(tasks) for job, tasks in cluster._tasks.items()}
        elif isinstance(cluster, dict):
            self._tasks = {job: _numbered(job, tasks) for job, tasks in cluster.items()}
        elif hasattr(cluster, "job"):
            self._tasks = {job.name: dict(job.tasks) for job in cluster.job}
        else:
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network addresses, or a "
                "`ClusterDef` protocol buffer"
            )

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSpec) and self._tasks == other._tasks

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        tasks = self.as_dict()
        return f"ClusterSpec({{{', '.join(f'{job!r}: {tasks[job]!r}' for job in sorted(tasks))}}})"

    @property
    def jobs(self) -> list[str]:
        return list(self._tasks)

    def as_dict(self) -> dict[str, Any]:
        """Job names to lists of addresses, to dicts where task numbers are missing."""
        return {
            job: list(dict(sorted(tasks.items())).values()) if sorted(tasks) == list(range(len(tasks))) else dict(tasks)
            for job, tasks in self._tasks.items()
        }

    def num_tasks(self, job_name: str) -> int:
        """How many tasks a job has; `ValueError` if there is no such job."""
        return len(self._job(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        """The numbers of a job's tasks; `ValueError` if there is no such job."""
        return sorted(self._job(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task; `ValueError` if there is none of that job and number."""
        job = self._job(job_name)
        if task_index not in job:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}")
        return job[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """A job's addresses by task number, None where one is missing; `ValueError` if there is no such job."""
        job = self._job(job_name)
        return [job.get(i) for i in range(max(job, default=-1) + 1)]

    def as_cluster_def(self) -> Any:
        """This as a ClusterDef protobuf, jobs by name."""
        result = ClusterDef()
        for name in sorted(self._tasks):
            job = result.job.add(name=name)
            for index, address in sorted(self._tasks[name].items()):
                job.tasks[index] = address
        return result

    def _job(self, name: str) -> dict[int, str]:
        if name not in self._tasks:
            raise ValueError(f"No such job in cluster: {name!r}")
        return self._tasks[name]


def _numbered(job: Any, tasks: Any) -> dict[int, str]:
    if isinstance(tasks, (list, tuple)):
        tasks = dict(enumerate(tasks))
    elif isinstance(tasks, int):
        raise TypeError(f"The tasks for job {job!r} must be a list or a dictionary from integers to strings.")
    if not isinstance(tasks, dict) or not all(isinstance(i, int) for i in tasks):
        raise TypeError(f"The tasks for job {job!r} must be a list or a dictionary from integers to strings.")
    if not isinstance(job, str) or not all(isinstance(address, str) for address in tasks.values()):
        raise TypeError("Job names and task addresses must be strings.")
    return dict(tasks)


def _is_local(address: str) -> bool:
    return address.rpartition(":")[0] in ("localhost", "127.0.0.1", "")


class Server:
    """A server within this process: sessions on its `target` share variables and queues.

    The tasks of a cluster have to be servers of this process: `UnimplementedError` for other machines, and in a run for
    what is on a task elsewhere. `UnknownError` if its port is taken.
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ) -> None:
        given = getattr(server_or_cluster_def, "job_name", None)  # of a ServerDef
        if given is not None:
            job_name, task_index = (
                job_name or given,
                server_or_cluster_def.task_index if task_index is None else task_index,
            )
            protocol = protocol or server_or_cluster_def.protocol
            if config is None and server_or_cluster_def.HasField("default_session_config"):
                config = server_or_cluster_def.default_session_config
            server_or_cluster_def = server_or_cluster_def.cluster
        cluster = ClusterSpec(server_or_cluster_def)
        job = job_name or (cluster.jobs[0] if len(cluster.jobs) == 1 else None)
        if job is None:
            raise ValueError("Must specify an explicit `job_name`.")
        if task_index is None and cluster.num_tasks(job) != 1:
            raise ValueError("Must specify an explicit `task_index`.")
        index = cluster.task_indices(job)[0] if task_index is None else task_index
        address = cluster.task_address(job, index)
        addresses = {task for name in cluster.jobs for task in cluster._job(name).values()}
        if len(addresses) > 1 and not all(map(_is_local, addresses)):
            raise unbuilt("A cluster of several machines", "Run the program with one worker and no server.")
        host, colon, port = address.rpartition(":")
        if not colon or not port.isdigit():
            raise errors.InvalidArgumentError(None, None, f'Could not parse port for local server from "{address}".')
        self._address = host, int(port)
        self._config = config
        self._place = cluster, job, index, protocol or "grpc"
        self._socket: socket.socket | None = None
        self._target: str | None = None
        if start:
            self.start()

    def start(self) -> None:
        """Take the port, and accept sessions; a second time does nothing."""
        if self._socket is not None:
            return
        self._socket = socket.socket()
        try:
            self._socket.bind(("127.0.0.1", self._address[1]))
        except OSError as error:
            self._socket = None
            raise errors.UnknownError(None, None, f"Could not start gRPC server: {error.strerror}") from None
        cluster, job, index, _ = self._place
        whole = [(name, *task) for name in cluster.jobs for task in sorted(cluster._job(name).items())]
        key = tuple(sorted(whole)) if len(whole) > 1 else None
        self._target = f"grpc://localhost:{self._socket.getsockname()[1]}"
        register(self._target, self._config, (job, index), key)

    def join(self) -> None:
        """Wait until the process is ended."""
        threading.Event().wait()

    @property
    def target(self) -> str:
        """What a `tf.Session` connects to."""
        if self._target is None:
            raise ValueError("The server was not started.")
        return self._target

    @property
    def server_def(self) -> Any:
        """This as a ServerDef protobuf."""
        from ...formats.server_def import ServerDef

        cluster, job, index, protocol = self._place
        made = ServerDef(cluster=cluster.as_cluster_def(), job_name=job, task_index=index, protocol=protocol)
        if self._config is not None:
            made.default_session_config.CopyFrom(self._config)
        return made

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """A server for this process alone, on a free port."""
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)
