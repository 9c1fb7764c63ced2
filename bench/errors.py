"""The one exception that a user may see: what was wanted, what was found, what to do next."""


class CapbenchError(Exception):
    """A fault that is the user's to mend, told in one line."""

    exit_code = 2

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(f"{message} {next_step}")
        self.message = message
        self.next_step = next_step


class UsageError(CapbenchError):
    """A command, file or option that cannot be used as given."""

    exit_code = 2


class NothingMeasured(CapbenchError):
    """No case could be measured at all."""

    exit_code = 3


class InvalidEvidence(CapbenchError):
    """A bundle that is not what its manifest says, or whose figures do not follow from it."""

    exit_code = 4


class Incomplete(CapbenchError):
    """Part of what was asked for is missing: an interrupted run, a full disk."""

    exit_code = 5
