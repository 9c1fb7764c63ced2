"""Entry point of `python -m bench`: the command line, also where nothing is installed."""

if __name__ == "__main__":
    from capbench import start

    start()
