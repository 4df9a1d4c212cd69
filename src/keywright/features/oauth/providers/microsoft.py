"""Microsoft Entra: the issuer is that of one tenant.

Whoever runs a tenant writes what addresses its users have, so they are trusted only for
the domains that the settings list.
"""

from keywright.features.oauth.providers.oidc import OidcPreset

MICROSOFT = OidcPreset("microsoft", "Microsoft")
