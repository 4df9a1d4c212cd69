import pytest

from keywright.emit.layout import destination, destinations
from keywright.emit.refusals import PlanRefused

NOWHERE = ["cli.main", "emit.plan", "", "features.users", "blueprints.foundation"]


@pytest.mark.parametrize(
    ("name", "feature", "mvc"),
    [
        ("features.sign_up.routes", "features.sign_up.routes", "controllers.sign_up"),
        (
            "features.users.dependencies",
            "features.users.dependencies",
            "controllers.dependencies.users",
        ),
        (
            "features.sessions.cookies",
            "features.sessions.cookies",
            "controllers.cookies.sessions",
        ),
        ("features.users.schemas", "features.users.schemas", "schemas.users"),
        ("features.users.service", "features.users.service", "services.users"),
        ("features.outbox.worker", "features.outbox.worker", "workers.outbox"),
        ("features.users.emails", "features.users.emails", "emails.users"),
        ("features.users.policy", "features.users.policy", "policies.users"),
        ("features.users.types", "features.users.types", "entities.users"),
        ("features.users.errors", "features.users.errors", "errors.users"),
        ("features.users.events", "features.users.events", "events.users"),
        (
            "features.users.store",
            "features.users.store",
            "repositories.protocols.users",
        ),
        ("features.users.sql", "features.users.sql", "repositories.users"),
        ("features.users.mongo", "features.users.mongo", "repositories.users"),
        (
            "features.lockout.redis",
            "features.lockout.redis",
            "repositories.redis.lockout",
        ),
        ("features.users.models", "features.users.models", "models.users"),
        ("features.users.documents", "features.users.documents", "models.users"),
        (
            "features.oauth.providers.google",
            "features.oauth.providers.google",
            "providers.oauth.google",
        ),
        ("shared.jwt", "shared.jwt", "core.jwt"),
        ("senders.mailer", "senders.mailer", "senders.mailer"),
        ("blueprints.foundation.types", "foundation.types", "foundation.types"),
        ("blueprints.hybrid_auth.app", "main", "main"),
        ("blueprints.hybrid_auth.settings", "settings", "settings"),
        ("blueprints.hybrid_auth.types", "types", "types"),
        ("blueprints.hybrid_auth.storage", "storage", "storage"),
        ("blueprints.hybrid_auth.routes", "features.auth.routes", "controllers.auth"),
        ("blueprints.hybrid_auth.schemas", "features.auth.schemas", "schemas.auth"),
    ],
)
def test_each_role_has_one_place_in_each_layout(
    name: str, feature: str, mvc: str
) -> None:
    assert destination(name, layout="feature", package="shop") == f"shop.{feature}"
    assert destination(name, layout="mvc", package="shop") == f"shop.{mvc}"


def test_two_modules_for_one_place_are_refused() -> None:
    names = ["features.sessions.mongo", "features.sessions.sql"]
    with pytest.raises(PlanRefused, match=r"both become shop\.repositories\.sessions"):
        destinations(names, layout="mvc", package="shop")


def test_a_module_that_would_be_a_folder_too_is_refused() -> None:
    names = ["features.protocols.sql", "features.users.store"]
    with pytest.raises(PlanRefused, match="also the folder of"):
        destinations(names, layout="mvc", package="shop")


def test_no_feature_may_have_the_name_of_the_blueprints_own() -> None:
    with pytest.raises(PlanRefused, match="no feature may be called auth"):
        destination("features.auth.routes", layout="feature", package="shop")


@pytest.mark.parametrize("name", NOWHERE)
def test_other_modules_have_no_place(name: str) -> None:
    with pytest.raises(PlanRefused, match="no place"):
        destination(name, layout="mvc", package="shop")


def test_an_unknown_role_has_no_place_in_mvc() -> None:
    with pytest.raises(PlanRefused, match="no MVC folder"):
        destination("features.users.things", layout="mvc", package="shop")
