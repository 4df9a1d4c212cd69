"""A look behind the backs of the stores.

A slot: copied code fills it with what looks into its database.
"""

from tests.contracts.behind_sql import Behind

__all__ = ["Behind"]
