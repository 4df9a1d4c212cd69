"""What stops a command: one sentence for the person who runs it."""


class Failure(Exception):
    """Something outside of the program is wrong; the text says what to do next."""
