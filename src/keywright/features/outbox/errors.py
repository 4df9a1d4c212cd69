"""What can be wrong with mail."""

from keywright.shared.errors import AuthError


class MailLate(AuthError):
    """Letters wait although they are due: the mail server takes none."""

    code, status, title = "mail_late", 503, "E-mails are late."
