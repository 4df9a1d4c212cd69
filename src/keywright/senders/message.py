"""An e-mail as the bytes of a message (RFC 5322), headers that cannot be forged."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from keywright.senders.mail import Email, Undeliverable
from keywright.shared.settings import SettingsInvalid

_POLICY = SMTP.clone(cte_type="7bit")
_MALFORMED = (MessageError, ValueError, IndexError)  # the parser runs over the end


def parse_sender(text: str) -> Address:
    """Return the address in *text*, "a@shop.example" or "Shop <a@shop.example>"."""
    try:
        ((name, spec),) = getaddresses([text])
        address = Address(name, addr_spec=spec)
        domain = address.domain.encode("idna").decode("ascii")
        sender = Address(name, address.username, domain)
    except _MALFORMED:
        sender = Address()
    if not sender.username or not sender.domain or not text.isprintable():
        expected = "an e-mail address such as Shop <no-reply@shop.example>"
        raise SettingsInvalid({"AUTH_MAIL_FROM": expected})
    return sender


def as_bytes(
    email: Email, *, sender: Address, message_id: str, date: datetime
) -> bytes:
    """Return *email* as a message in ASCII with CRLF line ends.

    Raises `Undeliverable` for an address or subject that no header can hold.
    """
    message = EmailMessage(_POLICY)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=email.to)
        message["Subject"] = email.subject
        message["Date"] = format_datetime(date)
        message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    except _MALFORMED:
        raise Undeliverable("a header would be malformed") from None
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text)
    message.add_alternative(email.html, subtype="html")
    return message.as_bytes()
