"""No operation signs users in with a provider."""

from collections.abc import Mapping

OPERATIONS: Mapping[tuple[str, str], int] = {}
