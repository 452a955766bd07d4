"""`undertow run --profile`: at the end, where the time and the memory of the program's sessions went."""

from __future__ import annotations

import atexit
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from undertow.runtime.profiling import Cost, Profile

_ROWS = 20


def install(timeline: Path | None) -> None:
    """Profile the program's sessions; the tables go to stderr when it ends, and a timeline to a file if asked for."""
    from undertow.runtime import profiling

    atexit.register(_report, profiling.start(), timeline)


def _report(profile: Profile, timeline: Path | None) -> None:
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not profile.runs:
        console.print("undertow: nothing to profile: no session has run.")
        return
    in_ops = sum(cost.elapsed for cost in profile.by_type.values())
    console.print(
        f"\n{profile.runs:,} runs took {_seconds(profile.elapsed)}, {_seconds(in_ops)} of it in "
        f"{sum(cost.count for cost in profile.by_type.values()):,} calls of ops.\n",
    )
    console.print(_table("type of op", profile.by_type, in_ops))
    console.print()
    console.print(_table("op", profile.by_op, in_ops))
    if timeline is not None:
        _write(profile, timeline)


def _table(what: str, costs: dict[str, Cost], whole: int) -> object:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(what, overflow="fold")
    for column in ("calls", "time", "share", "memory made"):
        table.add_column(column, justify="right", no_wrap=True)
    ordered = sorted(costs.items(), key=lambda item: -item[1].elapsed)
    for name, cost in ordered[:_ROWS]:
        share = f"{cost.elapsed / whole:.1%}" if whole else ""
        table.add_row(name, f"{cost.count:,}", _seconds(cost.elapsed), share, _size(cost.allocated))
    if len(ordered) > _ROWS:
        table.add_row(f"… and {len(ordered) - _ROWS} more", style="dim")
    return table


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e9:,.2f} s" if nanoseconds >= 1e9 else f"{nanoseconds / 1e6:,.2f} ms"


def _size(number: float) -> str:
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while number >= 1024 and len(units) > 1:
        number /= 1024
        del units[0]
    return f"{number:,.0f} B" if units[0] == "B" else f"{number:,.1f} {units[0]}"


def _write(profile: Profile, timeline: Path) -> None:
    from undertow.formats.whole import write_whole

    try:
        write_whole(timeline, profile.timeline().encode())
    except OSError as error:
        print(f"undertow: --timeline {timeline}: {error.strerror}", file=sys.stderr)
