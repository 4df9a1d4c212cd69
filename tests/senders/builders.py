"""E-mails to send."""

from keywright.senders.mail import Email

MESSAGE_ID = "0193a5c2-1111-7aaa-8bbb-0123456789ab"
SENDER = "Shop <no-reply@shop.example>"


def an_email(
    *,
    to: str = "ada@example.test",
    subject: str = "Your code",
    text: str = "Your code is 123456.",
    html: str = "<p>Your code is <b>123456</b>.</p>",
) -> Email:
    """Return an e-mail with a code."""
    return Email(to=to, subject=subject, text=text, html=html)
