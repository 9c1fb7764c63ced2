"""Entry point of `python -m bench`: the command line, also where nothing is installed."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # In the sources the launcher lies there; what is installed has it beside the packages.
    sys.path.insert(0, str(Path(__file__).parent / "launch"))
    from capbench import start

    start()
