"""Why nothing was written: each says what is wrong, where, and what to do next."""


class EmitError(Exception):
    """Nothing was written; the message is for the person at the command line."""


class PlanRefused(EmitError):
    """The item cannot be copied into this project as asked."""


class ProjectUnreadable(EmitError):
    """A file of the project is not what its name promises."""


class ChoiceRefused(EmitError):
    """A choice has a value that does not exist, or contradicts `keywright.toml`."""


class ChangedByUser(EmitError):
    """Files that would be written hold something else."""


class ApplyFailed(EmitError):
    """Writing stopped half-way; the project is as it was before."""


class ReleaseMissing(EmitError):
    """The release that wrote the copies cannot be asked what it wrote."""


class NothingCopied(EmitError):
    """The lock names nothing that could be compared or brought up to date."""
