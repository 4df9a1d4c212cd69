"""The collections of the blueprint under test."""

from keywright.blueprints.stateful_auth.collections import EVERY

__all__ = ["EVERY"]
