"""The collections of the blueprint under test."""

from keywright.blueprints.stateless_auth.collections import EVERY

__all__ = ["EVERY"]
