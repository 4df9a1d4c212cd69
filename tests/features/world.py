"""Every service over the memory twins, with a clock that tests set."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from keywright.features.account_deletion.service import (
    AccountDeletion,
    OnRemoval,
    nothing_else,
)
from keywright.features.account_deletion.worker import LapsedPurge
from keywright.features.audit.memory import AuditLog
from keywright.features.challenges.memory import Challenges
from keywright.features.challenges.service import FlowRules, Flows
from keywright.features.keys.memory import Keys
from keywright.features.keys.service import SigningKeys
from keywright.features.lockout.memory import FailureCounts
from keywright.features.lockout.service import KnownDevices, Lockout
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.features.password_reset.service import PasswordReset
from keywright.features.passwords.policy import (
    length_rule,
    no_context,
    no_controls,
    not_common,
)
from keywright.features.passwords.service import PasswordDoor, Passwords
from keywright.features.profile.service import Profile
from keywright.features.rate_limits.memory import Limiter
from keywright.features.rate_limits.service import RateLimits
from keywright.features.refresh_tokens.memory import Families
from keywright.features.refresh_tokens.service import (
    FamilyAuthenticator,
    RefreshTokens,
)
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.service import OwnSessions
from keywright.features.sessions.types import (
    Credentials,
    Device,
    PresentedCredentials,
    Principal,
)
from keywright.features.sign_in.events import SignInRefused
from keywright.features.sign_in.service import SignIn
from keywright.features.sign_in.types import SecondFactor, SignedIn
from keywright.features.sign_up.service import SignUp
from keywright.features.users.memory import Users
from keywright.features.users.types import Status, User
from keywright.senders.mail import Email
from keywright.shared.access_tokens import AccessTokens
from keywright.shared.events import Event
from keywright.shared.jwt import KeyRing, generate_key
from keywright.shared.passwords import HashCost, PasswordHashes
from keywright.shared.rotating_tokens import RotatingTokens
from keywright.shared.secrets import MasterSecret, new_id
from keywright.shared.vault import Vault
from tests.features.sessions.builders import device
from tests.features.steps import Steps
from tests.features.users.builders import user
from tests.instants import DAY, NOW

CHEAP = HashCost(memory_kib=8, passes=1)
HASHES = PasswordHashes(threads=2, cost=CHEAP)
SECRET = MasterSecret([bytes(range(32))])
VAULT = Vault(SECRET.keys("vault"))
KEY = generate_key("ES256")
RING = KeyRing(KEY, [KEY])
ADDRESS = "ada@example.com"
PASSWORD = "correct horse battery"
OTHER_PASSWORD = "staple of another kind"
CLIENT = "192.0.2.7"
DEVICE = device()


class World:
    """A service with everything it needs; *now* is its clock's value.

    Every call of a store is a step of *steps*.
    """

    def __init__(
        self,
        *,
        hashes: PasswordHashes = HASHES,
        rules: FlowRules | None = None,
        lifetimes: Lifetimes | None = None,
        max_sessions: int = 10,
        limited: bool = True,
        second_factors: Sequence[SecondFactor] = (),
        on_removal: OnRemoval | None = None,
    ) -> None:
        self.now = NOW
        self.steps = Steps()
        self.events: list[Event] = []
        self.vault = VAULT
        self._open_stores()
        self.writer = LetterWriter(VAULT, now=self.clock)
        self.devices = KnownDevices(SECRET.keys("known device"))
        self.lockout = Lockout(self.failures, SECRET.key("lockout"), now=self.clock)
        self.limits = RateLimits(
            self.limiter, SECRET.key("rate limit"), enabled=limited, now=self.clock
        )
        self.passwords = Passwords(
            hashes,
            VAULT,
            rules=(length_rule(), no_controls, not_common({"password1"}), no_context),
            context=("Example", "auth.example.com"),
        )
        self.flows = Flows(
            self.challenges,
            keys=SECRET.keys("challenge"),
            vault=VAULT,
            rules=rules or FlowRules(),
            now=self.clock,
        )
        lifetimes = lifetimes or Lifetimes()
        self.access = AccessTokens(
            lambda: RING,
            issuer="https://auth.example.com",
            lifetime=lifetimes.access,
            now=self.clock,
        )
        self.tokens = RotatingTokens(
            signing_keys=SECRET.keys("refresh signing"),
            successor_keys=SECRET.keys("refresh successor"),
        )
        self.refresh = RefreshTokens(
            families=self.families,
            tokens=self.tokens,
            access=self.access,
            letters=self.writer,
            lifetimes=lifetimes,
            max_sessions=max_sessions,
            publish=self.publish,
            now=self.clock,
        )
        self.authenticator = FamilyAuthenticator(self.families, self.access, self.clock)
        self.sessions = OwnSessions(self.families, self.publish, self.clock)
        self.profile = Profile(self.users, self.publish, self.clock)
        self._open_flows(second_factors, on_removal)

    def _open_stores(self) -> None:
        watch = self.steps.watch
        self.outbox = Letters()
        users = Users(self.outbox)
        self.users = watch("users", users)
        self.challenges = watch("challenges", Challenges(self.outbox))
        self.families = watch("families", Families(users, self.outbox))
        self.failures = watch("failures", FailureCounts())
        self.limiter = watch("limiter", Limiter())
        self.audit = watch("audit", AuditLog())

    def _open_flows(
        self, second_factors: Sequence[SecondFactor], on_removal: OnRemoval | None
    ) -> None:
        outbox = self.steps.watch("outbox", self.outbox)
        self.deletion = AccountDeletion(
            users=self.users,
            sessions=self.families,
            flows=self.flows,
            letters=self.writer,
            publish=self.publish,
            now=self.clock,
            token_lifetime=timedelta(minutes=10),
            grace=30 * DAY,
            on_removal=on_removal or nothing_else,
        )
        self.purge = LapsedPurge(self.users, self.deletion, self.publish, self.clock)
        self.signing_in = SignIn(
            users=self.users,
            issuer=self.refresh,
            devices=self.devices,
            outbox=outbox,
            letters=self.writer,
            refuse_deactivated=self.deletion.refuse_deactivated,
            publish=self.publish,
            now=self.clock,
            second_factors=second_factors,
        )
        self.door = PasswordDoor(
            users=self.users,
            passwords=self.passwords,
            lockout=self.lockout,
            devices=self.devices,
            door=self.signing_in,
            outbox=outbox,
            letters=self.writer,
            publish=self.publish,
            now=self.clock,
        )
        self.sign_up = SignUp(
            users=self.users,
            flows=self.flows,
            passwords=self.passwords,
            letters=self.writer,
            limits=self.limits,
            publish=self.publish,
            now=self.clock,
        )
        self.reset = PasswordReset(
            users=self.users,
            sessions=self.families,
            flows=self.flows,
            passwords=self.passwords,
            lockout=self.lockout,
            devices=self.devices,
            limits=self.limits,
            letters=self.writer,
            publish=self.publish,
            now=self.clock,
            token_lifetime=timedelta(minutes=10),
        )

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    def advance(self, passed: timedelta) -> None:
        """Let time pass."""
        self.now += passed

    async def publish(self, event: Event) -> None:
        """Keep *event*."""
        self.events.append(event)

    async def add_user(
        self,
        *,
        email: str = ADDRESS,
        password: str | None = PASSWORD,
        status: Status = Status.ACTIVE,
        purge_after: datetime | None = None,
        is_email_verified: bool = True,
        last_login_at: datetime | None = None,
    ) -> User:
        """Add a user with *password*, or with none."""
        user_id = new_id()
        added = user(
            id=user_id,
            email=email,
            password_hash=password and await self.sealed(password, user_id),
            status=status,
            purge_after=purge_after,
            is_email_verified=is_email_verified,
            last_login_at=last_login_at,
            created_at=self.now,
        )
        await self.users.add(added)
        return added

    async def sealed(self, password: str, user_id: UUID) -> str:
        """Return the sealed hash of *password* for that user."""
        return await self.passwords.seal(password, user_id=user_id)

    async def sign_in(
        self,
        email: str = ADDRESS,
        password: str = PASSWORD,
        *,
        device: Device = DEVICE,
        cookie: str | None = None,
    ) -> SignedIn:
        """Sign in by password."""
        return await self.door.sign_in(
            email, password, device=device, device_cookie=cookie
        )

    async def principal(self, credentials: Credentials) -> Principal:
        """Return whom the access token in *credentials* speaks for."""
        presented = PresentedCredentials(cookie=credentials.access, bearer=None)
        return await self.authenticator.authenticate(presented)

    def letters(self) -> list[Letter]:
        """Return the letters that will be sent, oldest first."""
        return [
            letter
            for letter in self.outbox.recorded()
            if letter.status is LetterStatus.WAITING
        ]

    def kinds(self) -> list[str]:
        """Return the kinds of the letters that will be sent, oldest first."""
        return [letter.kind for letter in self.letters()]

    def mail(self) -> Email:
        """Return the newest mail that will be sent."""
        return self.writer.read(self.letters()[-1])

    def code(self) -> str:
        """Return the code in the newest mail."""
        return _only(re.findall(r"^\d{6}$", self.mail().text, re.MULTILINE))

    def token(self) -> str:
        """Return the token in the newest mail."""
        return _only(re.findall(r"^[\w-]{64}$", self.mail().text, re.MULTILINE))

    def reasons(self) -> list[str]:
        """Return why sign-ins were refused so far."""
        refused = [one for one in self.events if isinstance(one, SignInRefused)]
        return [one.reason for one in refused]

    def happened(self) -> list[str]:
        """Return the names of the events so far."""
        return [type(event).__name__ for event in self.events]


def signing_keys(world: World, keys: Keys, *, algorithm: str = "ES256") -> SigningKeys:
    """Return the signing keys in *keys*, as one more server sees them."""
    return SigningKeys(
        world.steps.watch("keys", keys),
        VAULT,
        algorithm=algorithm,
        longest_life=timedelta(minutes=15),
        now=world.clock,
    )


def other_code(code: str) -> str:
    """Return a code that is not *code*."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _only(found: list[str]) -> str:
    (one,) = found
    return one
