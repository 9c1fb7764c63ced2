"""Entry point of `python -m bench`: the command line, also where nothing is installed."""

from bench.cli import main

if __name__ == "__main__":
    main()
