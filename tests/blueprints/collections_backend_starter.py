"""The collections of the blueprint under test."""

from keywright.blueprints.backend_starter.collections import EVERY

__all__ = ["EVERY"]
