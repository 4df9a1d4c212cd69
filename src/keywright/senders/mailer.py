"""The mailer: this slot chooses by the scheme of the address that is set."""

from keywright.senders.mail import Mailer
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_mailer"]


def open_mailer(url: str, sender: str) -> Mailer:
    """Return the mailer that *url* names; *sender* is the From of every e-mail.

    Nothing is connected before the first e-mail. Raises `SettingsInvalid`.
    """
    match url.partition(":")[0].lower():
        case "console":
            from keywright.senders.mailer_console import open_mailer as open_chosen
        case "file":
            from keywright.senders.mailer_file import open_mailer as open_chosen
        case "smtp" | "smtps":
            from keywright.senders.mailer_smtp import open_mailer as open_chosen
        case "resend":
            from keywright.senders.mailer_resend import open_mailer as open_chosen
        case _:
            expected = "console:, file:DIR, smtp://…, smtps://… or resend:KEY"
            raise SettingsInvalid({"AUTH_MAIL_URL": expected})
    return open_chosen(url, sender)
