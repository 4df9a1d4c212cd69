"""The collections of the blueprint under test."""

from keywright.blueprints.auth_service.collections import EVERY

__all__ = ["EVERY"]
