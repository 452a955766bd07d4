"""DeviceAttributes, which the tensorboard package does not bring: one device of a process.

Source: the published schema device_attributes.proto.
"""

from __future__ import annotations

from .messages import _declare

_declared = _declare(
    "undertow/device_attributes.proto",
    {
        "InterconnectLink": [("device_id", 1, "int32"), ("type", 2, "string"), ("strength", 3, "int32")],
        "LocalLinks": [("link", 1, "InterconnectLink*")],
        "DeviceLocality": [("bus_id", 1, "int32"), ("numa_node", 2, "int32"), ("links", 3, "LocalLinks")],
        "DeviceAttributes": [
            ("name", 1, "string"),
            ("device_type", 2, "string"),
            ("memory_limit", 4, "int64"),
            ("locality", 5, "DeviceLocality"),
            ("incarnation", 6, "fixed64"),
            ("physical_device_desc", 7, "string"),
        ],
    },
)
DeviceAttributes = _declared["DeviceAttributes"]
DeviceLocality = _declared["DeviceLocality"]
LocalLinks = _declared["LocalLinks"]
InterconnectLink = _declared["InterconnectLink"]
