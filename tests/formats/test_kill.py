"""A process that is killed while it saves leaves the last good checkpoint. UNDERTOW_KILLS=200 tries it that often."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_no_kill_loses_or_breaks_the_last_checkpoint(tmp_path):
    script = Path(__file__).with_name("kill_saver.py")
    kills = os.environ.get("UNDERTOW_KILLS", "20")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, script, tmp_path, kills, "7"], capture_output=True, text=True, env=environment
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"{kills} kills")
