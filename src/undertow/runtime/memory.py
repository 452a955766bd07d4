"""Keep freed memory for the next step instead of handing it back to the system after each."""

from __future__ import annotations

import ctypes
import sys

# mallopt's parameters, from malloc.h of the GNU C library.
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_MAX = -4
_KEPT = 1 << 30


def keep_freed_memory() -> None:
    """Let the C library keep up to 1 GiB at its heap's end that a step has freed, where it is the GNU one.

    By default each tensor of more than 128 KiB is mapped anew and its pages faulted in one by one at every step, which
    took most of the time of the article's first convolution, and half of the step where tensors have 32 MiB or more.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return  # another C library (musl)
    mallopt.argtypes, mallopt.restype = [ctypes.c_int, ctypes.c_int], ctypes.c_int
    # No mappings, rather than a threshold for them: that cannot be set above 32 MiB.
    for parameter, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _KEPT), (_M_TOP_PAD, 64 << 20)):
        mallopt(parameter, value)
