"""`tf.summary`'s ops: what runs become Summary protobufs, for TensorBoard.

A summary's tag is its node's name: the name scopes in force count, and a name taken gets a number. With a `family`
the name and the tag begin with that, the tag once more. Each is put into `collections`, `tf.GraphKeys.SUMMARIES` if
none are named, where `merge_all` finds it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/summary
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..graph import dtypes, stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule

_ILLEGAL = re.compile(r"[^-/\w.]", re.ASCII)

_TYPES = "ScalarSummary HistogramSummary ImageSummary AudioSummaryV2 TensorSummaryV2 MergeSummary"
shape_rule(*_TYPES.split())(rules.scalar)


def scalar(name: str, tensor: Any, collections: Iterable[str] | None = None, family: str | None = None) -> Tensor:
    """A summary of one number."""
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        return _collected(node("ScalarSummary", tag, tensor, name=scope), collections)


def histogram(name: str, values: Any, collections: Iterable[str] | None = None, family: str | None = None) -> Tensor:
    """A summary of how the numbers of a tensor of any shape are distributed. A run fails if one is not finite."""
    with _summary_scope(name, family, values=[values], default_name="HistogramSummary") as (tag, scope):
        return _collected(node("HistogramSummary", tag, values, name=scope), collections)


def image(
    name: str, tensor: Any, max_outputs: int = 3, collections: Iterable[str] | None = None, family: str | None = None
) -> Tensor:
    """A summary of the first `max_outputs` images of a batch [N, H, W, C]; C is 1 (grey), 3 (RGB) or 4 (RGBA).

    uint8 is shown as it is. Floats of 0 and more are scaled so that an image's largest is 255; if there are negative
    ones, 0 is shown as 128 and the farthest from it as 1 or 255. A pixel that is not finite is red.
    """
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        return _collected(node("ImageSummary", tag, tensor, max_images=max_outputs, name=scope), collections)


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Iterable[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """A summary of the first `max_outputs` sounds of a batch [N, frames, channels] or [N, frames], in [-1, 1].

    `sample_rate` is in hertz.
    """
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        rate = convert_to_tensor(sample_rate, dtypes.float32, name="sample_rate")
        summary = node("AudioSummaryV2", tag, tensor, rate, max_outputs=max_outputs, name=scope)
        return _collected(summary, collections)


def tensor_summary(
    name: str,
    tensor: Any,
    summary_description: str | None = None,
    collections: Iterable[str] | None = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> Tensor:
    """A summary of a tensor as it is, of any dtype; `summary_metadata`, a SummaryMetadata, tells who shows it."""
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata

    metadata = SummaryMetadata() if summary_metadata is None else summary_metadata
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    serialized = metadata.SerializeToString()
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        return _collected(node("TensorSummaryV2", tag, tensor, serialized, name=scope), collections)


def text(name: str, tensor: Tensor, collections: Iterable[str] | None = None) -> Tensor:
    """A summary of a string tensor, which TensorBoard shows as Markdown: a vector as a list, a matrix as a table."""
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata

    if tensor.dtype != dtypes.string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    return tensor_summary(name, tensor, summary_metadata=metadata, collections=collections)


def merge(inputs: Any, collections: Iterable[str] | None = None, name: str | None = None) -> Tensor:
    """One summary of the values of several; a run fails if two have one tag. It is itself put into no collection."""
    if name is not None:
        name = _clean(name)
    with name_scope(name, "Merge", inputs):
        return _collected(node("MergeSummary", inputs, name=name), [] if collections is None else collections)


def merge_all(key: str = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None) -> Tensor | None:
    """`merge` of the summaries of the collection `key`, with `scope` those whose names match; None if none are."""
    summaries = stacks.get_default_graph().get_collection(key, scope)
    return merge(summaries, name=name) if summaries else None


def get_summary_description(node_def: Any) -> Any:
    """The SummaryDescription that a TensorSummary node's NodeDef holds; `ValueError` for a node of any other type."""
    from google.protobuf import json_format
    from tensorboard.compat.proto.summary_pb2 import SummaryDescription

    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    return json_format.Parse(node_def.attr["description"].s.decode(), SummaryDescription())


def _clean(name: str) -> str:
    """`name` with what a node's name cannot have replaced; that is told once it happens."""
    clean = _ILLEGAL.sub("_", name).lstrip("/")
    if clean != name:
        logging.getLogger("tensorflow").info("Summary name %s is illegal; using %s instead.", name, clean)
    return clean


@contextmanager
def _summary_scope(
    name: str, family: str | None, values: Any, default_name: str | None = None
) -> Iterator[tuple[str, str]]:
    """The scope of a summary's node: yields its tag and the node's name."""
    name = _clean(name)
    if family is not None:
        family = _clean(family)
        name = f"{family}/{name}"
    with name_scope(name, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield (tag if family is None else f"{family}/{tag}"), scope


def _collected(summary: Tensor, collections: Iterable[str] | None) -> Tensor:
    keys = [GraphKeys.SUMMARIES] if collections is None else collections
    for key in [keys] if isinstance(keys, str) else keys:
        stacks.get_default_graph().add_to_collection(key, summary)
    return summary
