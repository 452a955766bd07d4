"""Device names: `tf.DeviceSpec`, and how nested `tf.device` scopes come together.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/DeviceSpec
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .operation import Operation

_INT_FIELDS = ("replica", "task")


class DeviceSpec:
    """A device name in its parts, each of which may be left open: `/job:worker/task:1/device:GPU:0`."""

    def __init__(
        self,
        job: str | None = None,
        replica: int | None = None,
        task: int | None = None,
        device_type: str | None = None,
        device_index: int | None = None,
    ) -> None:
        self.job = job
        self.replica = replica
        self.task = task
        self.device_type = device_type.upper() if device_type and device_type.lower() in ("cpu", "gpu") else device_type
        self.device_index = device_index

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpec:
        """Parse a name such as `/job:ps/task:0/cpu:0` or `/device:GPU:*`; `ValueError` if it is not one."""
        return cls().parse_from_string(spec)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        for part in filter(None, spec.split("/")):
            fields = part.split(":")
            key = fields[0]
            try:
                if key == "job" and len(fields) == 2:
                    self.job = fields[1]
                elif key in _INT_FIELDS and len(fields) == 2:
                    setattr(self, key, int(fields[1]))
                elif key == "device" and len(fields) == 3:
                    self.device_type = fields[1]
                    self.device_index = None if fields[2] == "*" else int(fields[2])
                elif key.upper() in ("CPU", "GPU") and len(fields) == 2:
                    self.device_type = key.upper()
                    self.device_index = None if fields[1] == "*" else int(fields[1])
                else:
                    raise ValueError
            except ValueError:
                raise ValueError(f"Unknown attribute: '{key}' in '{spec}'") from None
        return self

    def merge_from(self, dev: DeviceSpec) -> None:
        """Take over what `dev` sets."""
        for field in ("job", "replica", "task", "device_type", "device_index"):
            if getattr(dev, field) is not None:
                setattr(self, field, getattr(dev, field))

    def to_string(self) -> str:
        text = f"/job:{self.job}" if self.job is not None else ""
        for field in _INT_FIELDS:
            if getattr(self, field) is not None:
                text += f"/{field}:{getattr(self, field)}"
        if self.device_type is not None:
            text += f"/device:{self.device_type}:{'*' if self.device_index is None else self.device_index}"
        return text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self.to_string() == other.to_string()

    def __hash__(self) -> int:
        return hash(self.to_string())


def checked(device: Any) -> Any:
    """What `tf.device` was given, once it is known to be a name, a DeviceSpec, a function of the op, or None."""
    if device is None or callable(device):
        return device
    if isinstance(device, DeviceSpec):
        return device.to_string()
    if isinstance(device, (str, bytes)):
        name = device if isinstance(device, str) else device.decode()
        DeviceSpec.from_string(name)
        return name
    raise TypeError(f"tf.device takes a device name, a DeviceSpec, a function of the op or None, got {device!r}.")


def place(op: Operation, stack: list[Any]) -> str:
    """The device that nested scopes ask for: the innermost wins part by part, None forgets the outer ones."""
    merged = DeviceSpec()
    for device in reversed(stack):
        if device is None:
            break
        if callable(device):  # it sees what is asked for so far, and decides
            op._device = merged.to_string()
            name = device(op)
            merged = DeviceSpec.from_string((name.to_string() if isinstance(name, DeviceSpec) else name) or "")
            continue
        outer = DeviceSpec.from_string(device or "")
        outer.merge_from(merged)
        merged = outer
    return merged.to_string()


def canonical_name(device: Any) -> str:
    """A device name as TensorFlow spells it out, "" for None."""
    if device is None:
        return ""
    if isinstance(device, DeviceSpec):
        return device.to_string()
    return DeviceSpec.from_string(device).to_string()


def merge_device(spec: Any) -> Any:
    """A device function that adds `spec` to what an op already asks for."""
    wanted = spec if isinstance(spec, DeviceSpec) else DeviceSpec.from_string(spec or "")

    def merge(op: Any) -> str:
        merged = DeviceSpec.from_string(wanted.to_string())
        merged.merge_from(DeviceSpec.from_string(getattr(op, "device", "") or ""))
        return merged.to_string()

    return merge


class DeviceAttributes:
    """One device of `Session.list_devices`: its full name, its type, its memory in bytes, a number of its own."""

    def __init__(self, name: str, device_type: str, memory_limit_bytes: int, incarnation: int = 0) -> None:
        self.name = canonical_name(name)
        self.device_type = device_type
        self.memory_limit_bytes = memory_limit_bytes
        self.incarnation = incarnation

    def __repr__(self) -> str:
        return f"_DeviceAttributes({self.name}, {self.device_type}, {self.memory_limit_bytes}, {self.incarnation})"
