"""What a TFRecord or an event file holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event

from ..formats.events import read_events
from ..formats.messages import SequenceExample
from ..formats.tfrecord import read_records

_LOOKED_INTO = 100  # Examples whose features are told of
_EVENTS = "brain.Event:"


def describe(path: str, compression: str) -> dict[str, Any]:
    """The records of a file: how many, how long, and what the first hold; of an event file its tags."""
    records = read_records(path, compression)
    first = next(records, None)
    if first is not None and not compression and _starts_events(first):
        return _events(path)
    found: dict[str, Any] = {"kind": "records", "path": path, "compression": compression or None}
    sizes = _Span()
    kept: list[bytes] = []
    for record in records if first is None else chain([first], records):
        sizes.add(len(record))
        if len(kept) < _LOOKED_INTO:
            kept.append(record)
    found |= {"records": sizes.count, "bytes": sizes.total, "smallest": sizes.least, "largest": sizes.greatest}
    return found | _examples(kept)


def _starts_events(record: bytes) -> bool:
    try:
        return bool(Event.FromString(record).file_version.startswith(_EVENTS))
    except DecodeError:
        return False


class _Span:
    """Numbers as they come: how many, their sum, the least and the greatest."""

    def __init__(self) -> None:
        self.count = self.total = 0
        self.least: int | None = None
        self.greatest: int | None = None

    def add(self, number: int) -> None:
        self.count += 1
        self.total += number
        self.least = number if self.least is None else min(self.least, number)
        self.greatest = number if self.greatest is None else max(self.greatest, number)


# Examples


def _examples(records: list[bytes]) -> dict[str, Any]:
    """The features of the records, if all are Examples, or SequenceExamples."""
    try:
        messages = [SequenceExample.FromString(record) for record in records]  # its context is an Example's features
    except DecodeError:
        return {"message": None}
    found = {"looked_into": len(messages), "features": _features(m.context.feature.items() for m in messages)}
    if any(message.feature_lists.feature_list for message in messages):
        return found | {"message": "SequenceExample", "feature_lists": _features(map(_steps, messages), lists=True)}
    return found | {"message": "Example"} if found["features"] else {"message": None}


def _steps(message: Any) -> Iterator[tuple[str, Any]]:
    for name, steps in message.feature_lists.feature_list.items():
        yield name, steps.feature


def _features(messages: Iterable[Any], lists: bool = False) -> list[dict[str, Any]]:
    """Each feature by name: in how many messages, of which kinds, how long; of lists also how many steps."""
    found: dict[str, dict[str, Any]] = {}
    for items in messages:
        for name, value in items:
            told = found.setdefault(name, {"in": 0, "kinds": Counter(), "lengths": _Span(), "steps": _Span()})
            told["in"] += 1
            if lists:
                told["steps"].add(len(value))
            for feature in value if lists else [value]:
                kind = feature.WhichOneof("kind")
                told["kinds"][kind.removesuffix("_list") if kind else "none"] += 1
                told["lengths"].add(len(getattr(feature, kind).value) if kind else 0)
    return [_told(name, found[name], lists) for name in sorted(found)]


def _told(name: str, told: dict[str, Any], lists: bool) -> dict[str, Any]:
    result = {
        "name": name,
        "kinds": sorted(told["kinds"]),
        "in": told["in"],
        "length": [told["lengths"].least, told["lengths"].greatest],
    }
    return result | {"steps": [told["steps"].least, told["steps"].greatest]} if lists else result


# Events


def _events(path: str) -> dict[str, Any]:
    tags: dict[tuple[str, str], dict[str, Any]] = {}
    other: Counter[str] = Counter()
    count = 0
    times: list[float] = []
    for event in read_events(path):
        count += 1
        times = [times[0] if times else event.wall_time, event.wall_time]
        what = event.WhichOneof("what")
        if what != "summary":
            other[what or "nothing"] += 1
            continue
        for value in event.summary.value:
            _add_value(tags, event.step, value)
    return {
        "kind": "events",
        "path": path,
        "events": count,
        "from": times[0] if times else None,
        "to": times[1] if times else None,
        "other": dict(other),
        "tags": [tags[key] for key in sorted(tags)],
    }


def _add_value(tags: dict[tuple[str, str], dict[str, Any]], step: int, value: Any) -> None:
    field = value.WhichOneof("value") or "nothing"
    kind = {"simple_value": "scalar", "histo": "histogram"}.get(field, field)
    plugin = value.metadata.plugin_data.plugin_name
    if kind == "tensor" and plugin:
        kind = f"tensor ({plugin})"
    told = tags.setdefault((value.tag, kind), {"tag": value.tag, "kind": kind, "count": 0, "steps": [step, step]})
    told["count"] += 1
    told["steps"] = [min(told["steps"][0], step), max(told["steps"][1], step)]
    if kind == "scalar":
        told["last"] = value.simple_value
