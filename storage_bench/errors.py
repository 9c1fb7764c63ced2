"""The one exception that leaves this package: what went wrong, and what to do next."""


class StorageError(Exception):
    """A storage job that has no usable result, or a folder that must not be used."""

    def __init__(self, reason: str, next_step: str) -> None:
        super().__init__(f"{reason} {next_step}")
        self.reason = reason
        """One sentence: what was wanted and what was found."""
        self.next_step = next_step
        """One sentence: what the user can do about it."""
