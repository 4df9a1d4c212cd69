"""The application of one worker: the blueprint the settings name, and the mailbox."""

import os

from starlette.applications import Starlette

from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.senders.mail import Mailer
from keywright.senders.mailer import open_mailer
from keywright.service.folder import prepare_folder
from keywright.service.mailbox import Mailbox, MailboxMailer
from keywright.shared.clock import utc_now
from keywright.shared.settings import PREFIX

MAILBOX_PATH = "/dev/mail"


def has_mailbox(settings: Settings) -> bool:
    """Say whether e-mails go to the developer's own mailbox."""
    url = settings.mail_url.get_secret_value()
    return settings.env == "development" and url.lower().startswith("console:")


def build(settings: Settings) -> Starlette:
    """Return the application; the form of its answers is one per process."""
    os.environ[f"{PREFIX}RESPONSES"] = settings.responses
    # What it imports reads the variable that was just set.
    from keywright.blueprints.hybrid_auth.app import create_app

    mailer: Mailer = open_mailer(
        settings.mail_url.get_secret_value(), settings.mail_from
    )
    if not has_mailbox(settings):
        return create_app(settings, mailer=mailer)
    from keywright.service.mailbox_page import mailbox_routes

    mailbox = Mailbox(prepare_folder() / "mail")
    app = create_app(settings, mailer=MailboxMailer(mailbox, mailer, now=utc_now))
    app.router.routes.extend(mailbox_routes(mailbox))
    return app


def described(settings: Settings) -> dict[str, object]:
    """Return the OpenAPI description of what `build` serves."""
    os.environ[f"{PREFIX}RESPONSES"] = settings.responses
    from keywright.blueprints.hybrid_auth.app import create_app

    description: dict[str, object] = create_app(settings).openapi()
    return description
