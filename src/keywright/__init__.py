"""Sign-in, sessions and tokens for Python back ends."""

__version__ = "0.1.0"
