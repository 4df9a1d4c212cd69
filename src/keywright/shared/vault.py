"""Encryption of what is kept in a store: AES-256-GCM under a derived key."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keywright.shared.secrets import digest, from_text, random_bytes, to_text

NONCE_BYTES = 12


class SealBroken(Exception):
    """What was stored cannot be opened: another key, another context, or damage.

    One error for all three, so that it is no oracle (ASVS V11.2.5).
    """


class Vault:
    """Seals values under the newest key and opens those of former keys."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take 32-byte *keys*, newest first."""
        self._keys = {to_text(digest(key)[:6]): AESGCM(key) for key in keys}
        self._newest = next(iter(self._keys))

    def seal(self, plain: bytes, *, context: bytes) -> str:
        """Return *plain* encrypted as `v1.<key id>.<nonce>.<ciphertext>`.

        *context* is bound to the result: it opens only with the same context, so
        values of two rows cannot be exchanged.
        """
        nonce = random_bytes(NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, plain, context)
        return f"v1.{self._newest}.{to_text(nonce)}.{to_text(sealed)}"

    def open(self, sealed: str, *, context: bytes) -> bytes:
        """Return what was sealed, or raise `SealBroken`."""
        try:
            version, key_id, nonce, ciphertext = sealed.split(".")
            if version != "v1":
                raise SealBroken
            key = self._keys[key_id]
            return key.decrypt(from_text(nonce), from_text(ciphertext), context)
        except (ValueError, KeyError, InvalidTag):
            raise SealBroken from None

    def resealed(self, sealed: str, *, context: bytes) -> str | None:
        """Return the same value sealed under the newest key; None where it is.

        Raise `SealBroken`.
        """
        if self.is_newest(sealed):
            return None
        return self.seal(self.open(sealed, context=context), context=context)

    def is_newest(self, sealed: str) -> bool:
        """Say whether *sealed* was sealed under the newest key."""
        return sealed.startswith(f"v1.{self._newest}.")
