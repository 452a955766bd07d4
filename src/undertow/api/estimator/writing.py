"""An evaluation's metrics as summaries."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .. import logging
from ..protos import Summary
from ..summary_writer import FileWriterCache


def write_metrics(folder: str, values: dict[str, Any]) -> None:
    """Log the metrics and add the numbers among them to the event file in `folder`, which is made if need be."""
    step = values["global_step"]
    shown = ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))
    logging.info("Saving dict for global step %d: %s", step, shown)
    os.makedirs(folder, exist_ok=True)
    summary = Summary()
    for name, value in sorted(values.items()):
        if name != "global_step" and np.ndim(value) == 0 and np.issubdtype(np.asarray(value).dtype, np.number):
            summary.value.add(tag=name, simple_value=float(value))
    writer = FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    writer.flush()
