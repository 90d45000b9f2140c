"""How long a test waits: as long as it says on an idle machine, longer on a busy one."""

import os
import time
from collections.abc import Callable


def patience(seconds: float) -> float:
    """Lengthen a time limit as much as the programs that run slow each other down."""
    return seconds * max(1, os.getloadavg()[0] / os.cpu_count())


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds. Tell whether it came to hold in time."""
    began = time.monotonic()
    while not true() and time.monotonic() < began + patience(seconds):
        time.sleep(0.05)
    return true()
