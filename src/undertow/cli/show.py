"""`undertow inspect`: what a file holds, told in tables or as JSON."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from undertow.cli.program import refuse

_STATISTICS = ("min", "mean", "max", "norm", "nan")
_TYPES_SHOWN = 12
_WEIGHTS = 100  # a constant of that many bytes is more than a shape, or zeros
_NAMES_SHOWN = 40  # inputs, outputs and collections of a graph: one that trains has hundreds


def show(path: str, stats: bool, as_json: bool) -> None:
    """Print what the file holds.

    Raises:
      SystemExit: with 1 and a sentence on stderr, if it cannot be read, is broken or of no kind that is known.
    """
    from undertow.graph.errors import OpError
    from undertow.inspect.files import describe

    try:
        found = describe(path, stats)
    except OpError as error:
        refuse(error.message, code=1)
    except (OSError, ValueError, MemoryError, OverflowError) as error:
        refuse(f"{path}: {error}" if path not in str(error) else str(error), code=1)
    if as_json:
        json.dump(_plain(found), sys.stdout, indent=1)
        print()
    else:
        for part in _SHOWN[found["kind"]](found):
            _print(part)


def _plain(value: Any) -> Any:
    """As JSON can hold it: it has no NaN and no infinities."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


# What is printed: sentences, and tables as (headings, rows); a heading that ends in ">" is of numbers.

_Part = Any


def _print(part: _Part) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 10_000)
    if isinstance(part, str):
        console.print(Text(part), soft_wrap=True)
        return
    headings, rows = part
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        numbers = heading.endswith(">")
        table.add_column(heading.rstrip(">"), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    if rows:
        console.print()
        console.print(table)


def _checkpoint(found: dict[str, Any]) -> Iterator[_Part]:
    yield (
        f"{found['path']}: a checkpoint ({found['format']}) of {_count(found['tensors'], 'tensor')}: "
        f"{found['elements']:,} elements, {_bytes(found['bytes'])}."
    )
    yield _tensors(found["tensors"])


def _tensors(tensors: list[dict[str, Any]]) -> _Part:
    measured = any("stats" in tensor for tensor in tensors)
    headings = ["name", "dtype", "shape", "bytes>", *(f"{name}>" for name in _STATISTICS if measured)]
    rows = []
    for tensor in tensors:
        stats = tensor.get("stats", {})
        numbers = [_number(stats[name]) if name in stats else "" for name in _STATISTICS] if measured else []
        shape = _shape(tensor["shape"]) + (f" in {tensor['parts']} parts" if "parts" in tensor else "")
        rows.append([tensor["name"], tensor["dtype"], shape, f"{tensor['bytes']:,}", *numbers])
    return headings, rows


def _graph(found: dict[str, Any]) -> Iterator[_Part]:
    yield f"{found['path']}: a graph of {_graph_size(found)}."
    yield from _graph_parts(found)


def _graph_size(found: dict[str, Any]) -> str:
    return (
        f"{_many(found['nodes'], 'node')}, {_count(found['variables'], 'variable')}, "
        f"{_bytes(found['constant_bytes'])} of constants"
    )


def _graph_parts(found: dict[str, Any]) -> Iterator[_Part]:
    for role in ("input", "variable", "output"):
        items = found[f"{role}s"]
        rows = [[i["name"], i.get("type", ""), i.get("dtype") or "", _shape(i.get("shape"))] for i in items]
        typed = role == "output"
        rows = [row if typed else [row[0], *row[2:]] for row in rows]
        headings = [f"{role}s" if role != "output" else "outputs (nodes that none reads)", *["type"] * typed]
        yield [*headings, "dtype", "shape"], _cut(rows)
    weights = [constant for constant in found["constants"] if constant["bytes"] >= _WEIGHTS]
    if weights:
        yield "\nConstants:"
        yield _tensors(weights)
    types = list(found["types"].items())
    shown = ", ".join(f"{count} {op_type}" for op_type, count in types[:_TYPES_SHOWN])
    rest = f" and {len(types) - _TYPES_SHOWN} types more" if len(types) > _TYPES_SHOWN else ""
    yield f"\nNodes: {shown}{rest}."
    if found["lacking"]:
        yield "Undertow lacks: " + ", ".join(f"{op_type} ({n})" for op_type, n in found["lacking"].items()) + "."
    else:
        yield "Undertow has all of its ops."


def _meta_graph(found: dict[str, Any]) -> Iterator[_Part]:
    written = f", written by TensorFlow {found['tensorflow']}" if found["tensorflow"] else ""
    yield f"{found['path']}: a graph with its collections (MetaGraphDef) of {_graph_size(found)}{written}."
    yield from _meta_parts(found)


def _meta_parts(found: dict[str, Any]) -> Iterator[_Part]:
    for key, signature in found["signatures"].items():
        ends = [
            [role[:-1], name, info["name"], info["dtype"], _shape(info["shape"])]
            for role in ("inputs", "outputs")
            for name, info in signature[role].items()
        ]
        yield f"\nSignature {key}: {signature['method'] or 'no method'}"
        yield ["", "name", "tensor", "dtype", "shape"], ends
    if found["collections"]:
        yield "\nCollections: " + ", ".join(f"{key} ({count})" for key, count in found["collections"].items()) + "."
    yield from _graph_parts(found)


def _saved_model(found: dict[str, Any]) -> Iterator[_Part]:
    variables = found.get("variables")
    held = f", {_count(variables['tensors'], 'variable')} ({_bytes(variables['bytes'])})" if variables else ""
    assets = f", {_many(len(found['assets']), 'asset')}" if "assets" in found else ""
    yield f"{found['path']}: a SavedModel of {_count(found['graphs'], 'graph')}{held}{assets}."
    for graph in found["graphs"]:
        written = f", written by TensorFlow {graph['tensorflow']}" if graph["tensorflow"] else ""
        yield f"\nThe graph for {', '.join(graph['tags']) or 'no tags'}: {_graph_size(graph)}{written}."
        yield from _meta_parts(graph)
    if variables:
        yield "\nVariables:"
        yield _tensors(variables["tensors"])
    if "assets" in found:
        yield ["asset", "bytes>"], [[name, f"{size:,}"] for name, size in found["assets"].items()]


def _records(found: dict[str, Any]) -> Iterator[_Part]:
    packed = f", {found['compression']} compressed" if found["compression"] else ""
    sizes = f" of {found['smallest']:,} to {found['largest']:,} bytes" if found["records"] else ""
    yield f"{found['path']}: a TFRecord file of {_many(found['records'], 'record')}{sizes}{packed}."
    if not found["message"]:
        if found["records"]:
            yield "The records are no tf.train.Example."
        return
    yield f"They are tf.train.{found['message']}; in the first {found['looked_into']} are:"
    yield ["feature", "kind", "length", "in>"], [_feature(feature) for feature in found["features"]]
    lists = found.get("feature_lists", [])
    yield (
        ["feature list", "steps", "kind", "length", "in>"],
        [[f["name"], _span(f["steps"]), *_feature(f)[1:]] for f in lists],
    )


def _feature(feature: dict[str, Any]) -> list[str]:
    return [feature["name"], " or ".join(feature["kinds"]), _span(feature["length"]), f"{feature['in']:,}"]


def _events(found: dict[str, Any]) -> Iterator[_Part]:
    times = [time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) for at in (found["from"], found["to"])]
    yield f"{found['path']}: an event file of {_many(found['events'], 'event')}, from {times[0]} to {times[1]}."
    others = {name: count for name, count in found["other"].items() if name != "file_version"}
    if others:
        yield "Beside summaries: " + ", ".join(f"{name} ({count})" for name, count in sorted(others.items())) + "."
    yield (
        ["tag", "kind", "steps", "values>", "last>"],
        [
            [tag["tag"], tag["kind"], _span(tag["steps"]), f"{tag['count']:,}", _number(tag.get("last", ""))]
            for tag in found["tags"]
        ],
    )


_SHOWN: dict[str, Callable[[dict[str, Any]], Iterable[_Part]]] = {
    "checkpoint": _checkpoint,
    "events": _events,
    "graph": _graph,
    "meta graph": _meta_graph,
    "records": _records,
    "saved model": _saved_model,
}


def _cut(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) <= _NAMES_SHOWN:
        return rows
    return [*rows[:_NAMES_SHOWN], [f"… and {len(rows) - _NAMES_SHOWN:,} more"]]


def _shape(shape: list[int | None] | None) -> str:
    return "?" if shape is None else f"[{', '.join('?' if dim is None else str(dim) for dim in shape)}]"


def _span(ends: list[int]) -> str:
    return f"{ends[0]:,}" if ends[0] == ends[1] else f"{ends[0]:,} to {ends[1]:,}"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _count(items: Iterable[Any], what: str) -> str:
    return _many(len(list(items)), what)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _bytes(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1024
    raise AssertionError
