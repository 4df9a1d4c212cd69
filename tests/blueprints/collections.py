"""The collections of all blueprints; a slot, which copied code fills with its own."""

from keywright.migrations.collections import EVERY

__all__ = ["EVERY"]
