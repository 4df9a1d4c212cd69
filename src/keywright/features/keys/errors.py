"""Refusals about signing keys, for operators."""


class KeyUnknown(Exception):
    """There is no such key, or it is revoked already."""


class KeysUnusable(Exception):
    """No key can sign; the text says what to do."""
