"""The store of pictures that blueprints are given.

A slot: copied code without pictures of users has none.
"""

from collections.abc import Callable

from tests.files import Files

FILES: Callable[[], object] | None = Files
