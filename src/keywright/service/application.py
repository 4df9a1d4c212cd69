"""The application of one worker: the blueprint the settings name, and the mailbox."""

import os

from starlette.applications import Starlette

from keywright.blueprints.foundation.settings import AuthSettings, is_printed
from keywright.senders.mail import Mailer
from keywright.service.blueprints import blueprint_of
from keywright.service.folder import prepare_folder
from keywright.service.mailbox import Mailbox, MailboxMailer
from keywright.shared.clock import utc_now
from keywright.shared.settings import PREFIX

MAILBOX_PATH = "/dev/mail"


def has_mailbox(settings: AuthSettings) -> bool:
    """Say whether e-mails go to the developer's own mailbox."""
    url = settings.mail_url.get_secret_value()
    return settings.env == "development" and is_printed(url)


def build(settings: AuthSettings) -> Starlette:
    """Return the application; the form of its answers is one per process."""
    blueprint = blueprint_of(settings)
    # What the blueprint imports reads this variable.
    os.environ[f"{PREFIX}RESPONSES"] = settings.responses
    mailer: Mailer = settings.named_mailer()
    if not has_mailbox(settings):
        return blueprint.create_app(settings, mailer=mailer)
    from keywright.service.mailbox_page import mailbox_routes

    mailbox = Mailbox(prepare_folder() / "mail")
    developers = MailboxMailer(mailbox, mailer, now=utc_now)
    app = blueprint.create_app(settings, mailer=developers)
    app.router.routes.extend(mailbox_routes(mailbox))
    return app


def described(settings: AuthSettings) -> dict[str, object]:
    """Return the OpenAPI description of what `build` serves."""
    os.environ[f"{PREFIX}RESPONSES"] = settings.responses
    app = blueprint_of(settings).create_app(settings)
    description: dict[str, object] = app.openapi()
    return description
