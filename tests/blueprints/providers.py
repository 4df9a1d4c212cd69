"""The operations that sign users in with a provider.

A slot: copied code without providers has none.
"""

from collections.abc import Mapping

SOCIAL = "/api/auth"
OPERATIONS: Mapping[tuple[str, str], int] = {
    ("get", f"{SOCIAL}/providers"): 200,
    ("get", f"{SOCIAL}/{{provider}}"): 303,
    ("get", f"{SOCIAL}/{{provider}}/callback"): 303,
    ("post", f"{SOCIAL}/{{provider}}/callback"): 303,
    ("post", f"{SOCIAL}/{{provider}}/link"): 200,
    ("delete", f"{SOCIAL}/{{provider}}/link"): 200,
    ("post", f"{SOCIAL}/{{provider}}/id-token"): 200,
}
