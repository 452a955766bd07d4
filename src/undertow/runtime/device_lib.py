"""`tensorflow.python.client.device_lib`: the devices of this process, as messages."""

from __future__ import annotations

from typing import Any


def list_local_devices(session_config: Any = None) -> list[Any]:
    """A DeviceAttributes message for the host and each accelerator; `session_config` may limit their number."""
    from ..formats.device_attributes import DeviceAttributes
    from .engine import describe_device, list_devices

    found = []
    for device in list_devices(session_config):
        made = DeviceAttributes(
            name=device.name[device.name.index("/device:") :],
            device_type=device.device_type,
            memory_limit=device.memory_limit_bytes,
            incarnation=device.incarnation,
            physical_device_desc=describe_device(device),
        )
        made.locality.SetInParent()
        found.append(made)
    return found
