"""Memory that a step has freed stays with the process."""

import platform

import pytest
import torch

from undertow.runtime.memory import keep_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is the GNU C library that is told to")
@pytest.mark.parametrize("mebibytes", [4, 48])
def test_the_pages_of_a_tensor_are_not_faulted_in_anew(mebibytes):
    import resource

    keep_freed_memory()

    def faults():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(mebibytes << 18)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    # 1,024 and 12,288 pages. The heap may have to grow a few times: a hole is a little small for what it was left by.
    assert min(faults() for _ in range(20)) < 100
