"""`python -m bench` is `capbench`, also where nothing is installed."""

from bench.cli import main

if __name__ == "__main__":
    main()
