"""What stateless-auth needs kept, and what stands behind its codes."""

from dataclasses import dataclass

from keywright.blueprints.foundation.types import Stores as AnyStores
from keywright.features.code_sign_in.service import CodeSignIn
from keywright.features.password_reset.service import PasswordReset
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.sign_up.service import SignUp

Stores = AnyStores[RefreshFamilyStore]


@dataclass(frozen=True, slots=True)
class Codes:
    """What stands behind each type of code; *signs_in_twice* asks for both factors."""

    sign_up: SignUp
    sign_in: CodeSignIn
    reset: PasswordReset
    change: PasswordReset
    signs_in_twice: bool
