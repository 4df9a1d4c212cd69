"""How much memory this process has needed."""

import sys

KIB, MIB = 1024, 1024 * 1024


def peak_megabytes() -> float | None:
    """Return the most that was held at once so far, in MiB; None where nobody counts.

    Linux counts in KiB, macOS in bytes, and Windows has no such number.
    """
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else KIB)
