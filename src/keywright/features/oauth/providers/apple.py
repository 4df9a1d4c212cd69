"""Apple: the client secret is a token signed by a key of yours, good for half a year.

Name and address would come by a POST from Apple's page, which no cookie of ours goes
along with; so they are not asked for.
"""

from keywright.features.oauth.providers.oidc import OidcPreset

APPLE = OidcPreset(
    "apple", "Apple", issuer="https://appleid.apple.com", scopes=("openid",)
)
