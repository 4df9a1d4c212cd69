"""The signing keys of a service, as somebody who stole them would use them."""

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from keywright.features.keys.service import SigningKeys
from keywright.shared.jwt import SigningKey
from tests.blueprints.harness import Service
from tests.security.jose import Sign, by_key


def signing_key(service: Service) -> SigningKey:
    """Return the key with which *service* signs access tokens."""
    return service.built.get(SigningKeys).ring.signing


def true_signature(service: Service) -> Sign:
    """Return what signs like *service* itself."""
    key = signing_key(service).jwk
    return by_key(key.raw_value if key.key_type == "oct" else key.private_key)


def elliptic_key(service: Service) -> EllipticCurvePrivateKey:
    """Return the private key of a service that signs with ES256."""
    key = signing_key(service).jwk.private_key
    assert isinstance(key, EllipticCurvePrivateKey)
    return key
