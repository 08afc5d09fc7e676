"""Alerts by mail, through the SMTP server that the settings name."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from store.settings import Settings
from store.subscriptions_message import Message
from store.subscriptions_web import DeliveryError

TIMEOUT = 15.0


def send_mail(settings: Settings, address: str, message: Message) -> None:
    """Hand one mail to the server. Raises DeliveryError."""
    if settings.smtp_host is None or settings.smtp_from is None:
        raise DeliveryError("no mail server is set: HEADWAY_SMTP_HOST and HEADWAY_SMTP_FROM name it", lasting=True)
    mail = _mail(settings.smtp_from, address, message)
    try:
        with _server(settings, settings.smtp_host) as server:
            if settings.smtp_user is not None:
                password = settings.smtp_password
                server.login(settings.smtp_user, password.get_secret_value() if password else "")
            server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"{settings.smtp_host}: {_why(error)}") from error


def _server(settings: Settings, host: str) -> smtplib.SMTP:
    if settings.smtp_tls == "tls":
        return smtplib.SMTP_SSL(host, settings.smtp_port, timeout=TIMEOUT, context=ssl.create_default_context())
    server = smtplib.SMTP(host, settings.smtp_port, timeout=TIMEOUT)
    if settings.smtp_tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
    return server


def _mail(sender: str, address: str, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, address
    mail["Subject"] = " ".join(f"Headway: {message.title}".split())
    mail["Date"] = formatdate()
    # the same at every attempt, so that a mail that went out twice is one mail to most readers
    mail["Message-ID"] = f"<{message.id}@headway.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _why(error: Exception) -> str:
    """The kind of fault and the server's number for it; its words may quote anything."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__}{f' {code}' if code else ''}"
