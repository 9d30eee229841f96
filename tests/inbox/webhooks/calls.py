"""What providers send, in the shape that their documentation gives, and signed as it says."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self
from urllib.parse import urlencode
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

SECRET = "desk:a-long-and-random-secret"
MAILGUN_KEY = "mailgun-signing-key"
CERTIFICATE_AT = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"

RAW = (
    b"Received: from mx.example.com by mx.provider.example; Sun, 22 Nov 2026 09:00:00 +0000\r\n"
    b"From: Alice Byrne <alice@example.com>\r\nTo: reply+token@shop.example\r\n"
    b"Subject: =?utf-8?q?Caff=C3=A8?=\r\nMessage-ID: <one@example.com>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n100% caff\xc3\xa8 & more + \xe2\x82\xac\r\n--\r\nAlice\r\n"
)
SENDER, RECIPIENT = "bounces@example.com", "reply+token@shop.example"


@dataclass(frozen=True)
class Call:
    """One request to a webhook."""

    path: str
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def authorized(self, secret: str = SECRET) -> Self:
        basic = base64.b64encode(secret.encode()).decode()
        return replace(self, headers={**self.headers, "Authorization": f"Basic {basic}"})

    def tampered(self, before: bytes, after: bytes) -> Self:
        assert before in self.body
        return replace(self, body=self.body.replace(before, after))


def form(fields: Mapping[str, bytes | str]) -> tuple[bytes, str]:
    """As multipart/form-data, which may hold any bytes."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value.encode() if isinstance(value, str) else value)
        + b"\r\n"
        for name, value in fields.items()
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


# --- Mailgun ----------------------------------------------------------------------------------------------------------


def mailgun_signature(
    key: str = MAILGUN_KEY, *, age: timedelta = timedelta(), token: str | None = None
) -> dict[str, str]:
    timestamp, token = str(int(time.time() - age.total_seconds())), token or uuid4().hex + "0" * 18
    digest = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": digest}


def mailgun_report(event: str, mail: Any, *, signature: Mapping[str, str] | None = None, **changes: Any) -> Call:
    told = {
        "id": f"G9Bn5sl1TC6nu79C8C0bwg-{event}",
        "timestamp": 1732266000.52,
        "log-level": "info",
        "event": event,
        "recipient": mail.recipient,
        "message": {"headers": {"message-id": mail.rfc_message_id.strip("<>"), "to": mail.recipient}, "size": 111},
        "delivery-status": {"code": 250, "message": "OK", "description": "", "attempt-no": 1},
        "user-variables": {},
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    body = {"signature": signature or mailgun_signature(), "event-data": told}
    return Call("/mail/hooks/mailgun/tracking/", json.dumps(body).encode()).authorized()


def mailgun_mail(raw: bytes = RAW, *, signature: Mapping[str, str] | None = None) -> Call:
    fields: dict[str, bytes | str] = {
        "recipient": RECIPIENT,
        "sender": SENDER,
        "from": "Alice Byrne <alice@example.com>",
        "subject": "Caffè",
        **(signature or mailgun_signature()),
        "body-mime": raw,
    }
    body, content_type = form(fields)
    return Call("/mail/hooks/mailgun/inbound/mime", body, content_type).authorized()


def mailgun_small_mail(raw: bytes = RAW) -> Call:
    """Without files it may come in the older encoding."""
    fields = {"recipient": RECIPIENT, "sender": SENDER, **mailgun_signature(), "body-mime": raw}
    content_type = "application/x-www-form-urlencoded"
    return Call("/mail/hooks/mailgun/inbound/mime", urlencode(fields).encode(), content_type).authorized()


# --- Postmark ---------------------------------------------------------------------------------------------------------


def postmark_report(record_type: str, mail: Any, **changes: Any) -> Call:
    told = {
        "RecordType": record_type,
        "MessageID": mail.provider_id,
        "Recipient": mail.recipient,
        "DeliveredAt": "2026-11-22T09:00:00.0000000Z",
        "Details": "smtp;250 2.0.0 OK",
        "Tag": "",
        "ServerID": 23,
        "Metadata": {},
        "MessageStream": "outbound",
        **changes,
    }
    return Call("/mail/hooks/postmark/tracking/", json.dumps(told).encode()).authorized()


def postmark_bounce(mail: Any, kind: str = "HardBounce") -> Call:
    return postmark_report(
        "Bounce",
        mail,
        ID=4323372036854775807,
        Type=kind,
        TypeCode=1,
        Name="Hard bounce",
        Description="The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        Details="smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        Email=mail.recipient,
        From="support@shop.example",
        BouncedAt="2026-11-22T09:00:00.0000000Z",
        Inactive=True,
        CanActivate=True,
    )


def postmark_mail(raw: bytes = RAW) -> Call:
    told = {
        "FromName": "Alice Byrne",
        "MessageStream": "inbound",
        "From": "alice@example.com",
        "FromFull": {"Email": "alice@example.com", "Name": "Alice Byrne", "MailboxHash": ""},
        "To": RECIPIENT,
        "OriginalRecipient": RECIPIENT,
        "Subject": "Caffè",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Sun, 22 Nov 2026 09:00:00 +0000",
        "TextBody": "100% caffè",
        "HtmlBody": "",
        "RawEmail": raw.decode(),
        "Headers": [{"Name": "Return-Path", "Value": f"<{SENDER}>"}, {"Name": "X-Spam-Status", "Value": "No"}],
        "Attachments": [],
    }
    return Call("/mail/hooks/postmark/inbound/", json.dumps(told).encode()).authorized()


# --- SendGrid ---------------------------------------------------------------------------------------------------------


@cache
def sendgrid_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def sendgrid_verification_key() -> str:
    """As SendGrid shows it: one line of base64."""
    public = sendgrid_key().public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sendgrid_reports(*told: Mapping[str, Any]) -> Call:
    body, timestamp = json.dumps(told).encode(), str(int(time.time()))
    signature = sendgrid_key().sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }
    return Call("/mail/hooks/sendgrid/tracking/", body, headers=headers).authorized()


def sendgrid_event(event: str, mail: Any, **changes: Any) -> dict[str, Any]:
    return {
        "email": mail.recipient,
        "timestamp": 1795338000,
        "smtp-id": mail.rfc_message_id,
        "anymail_id": mail.provider_id,
        "event": event,
        "sg_event_id": f"sg-{event}-{mail.pk}",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        **changes,
    }


def sendgrid_mail(raw: bytes = RAW) -> Call:
    fields: dict[str, bytes | str] = {
        "to": RECIPIENT,
        "from": "Alice Byrne <alice@example.com>",
        "subject": "Caffè",
        "dkim": "{@example.com : pass}",
        "SPF": "pass",
        "sender_ip": "192.0.2.7",
        "envelope": json.dumps({"to": [RECIPIENT], "from": SENDER}),
        "charsets": json.dumps({"to": "UTF-8", "subject": "UTF-8"}),
        "email": raw,
    }
    body, content_type = form(fields)
    return Call("/mail/hooks/sendgrid/inbound/", body, content_type).authorized()


# --- Amazon SES, through SNS ------------------------------------------------------------------------------------------


@cache
def amazon_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def amazon_certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, amazon_key().public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    return builder.sign(amazon_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sns(purpose: str, message: Mapping[str, Any] | str, *, version: str = "2", **changes: Any) -> Call:
    told = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification",
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-11-22T09:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_AT,
        **changes,
    }
    parts = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"]
    if told["Type"] != "Notification":
        told.pop("Subject")
    signed = "".join(f"{part}\n{told[part]}\n" for part in parts if part in told)
    algorithm = {"1": hashes.SHA1(), "2": hashes.SHA256()}[version]
    told["Signature"] = base64.b64encode(amazon_key().sign(signed.encode(), padding.PKCS1v15(), algorithm)).decode()
    headers = {
        "X-Amz-Sns-Message-Type": told["Type"],
        "X-Amz-Sns-Message-Id": told["MessageId"],
        "X-Amz-Sns-Topic-Arn": TOPIC,
    }
    body = json.dumps(told).encode()
    return Call(f"/mail/hooks/amazon_ses/{purpose}/", body, "text/plain; charset=UTF-8", headers).authorized()


def ses_report(event: str, mail: Any, details: Mapping[str, Any], **changes: Any) -> Call:
    told = {
        "eventType": event,
        "mail": {
            "timestamp": "2026-11-22T08:59:00.000Z",
            "source": "support@shop.example",
            "messageId": mail.provider_id,
            "destination": [mail.recipient],
            "headers": [{"name": "Message-ID", "value": mail.rfc_message_id}],
            "commonHeaders": {"messageId": mail.rfc_message_id, "to": [mail.recipient]},
        },
        event.lower(): details,
    }
    return sns("tracking", told, **changes)


def ses_mail(raw: bytes = RAW, *, action: Mapping[str, Any] | None = None, **changes: Any) -> Call:
    told = {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-11-22T09:00:00.000Z",
            "source": SENDER,
            "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
        },
        "receipt": {
            "timestamp": "2026-11-22T09:00:00.000Z",
            "recipients": [RECIPIENT],
            "spamVerdict": {"status": "PASS"},
            "action": action or {"type": "SNS", "topicArn": TOPIC, "encoding": "BASE64"},
        },
    }
    if action is None:
        told["content"] = base64.b64encode(raw).decode()
    return sns("inbound", told, **changes)


# --- Brevo ------------------------------------------------------------------------------------------------------------


def brevo_report(event: str, mail: Any, **changes: Any) -> Call:
    told = {
        "id": 26224,
        "event": event,
        "email": mail.recipient,
        "date": "2026-11-22 10:00:00",
        "ts": 1795338000,
        "ts_event": 1795338000,
        "ts_epoch": 1795338000000,
        "message-id": mail.provider_id,
        "subject": "About your request",
        "sending_ip": "192.0.2.8",
        **changes,
    }
    return Call("/mail/hooks/brevo/tracking/", json.dumps(told).encode()).authorized()


def brevo_item(**changes: Any) -> dict[str, Any]:
    return {
        "Uuid": ["b8e2f1c4-0d8f-4e1b-9a1d-000000000001"],
        "MessageId": "<one@example.com>",
        "From": {"Name": "Alice Byrne", "Address": "alice@example.com"},
        "To": [{"Name": None, "Address": RECIPIENT}],
        "Subject": "Caffè",
        "Headers": {
            "Return-Path": f"<{SENDER}>",
            "Delivered-To": RECIPIENT,
            "Received": ["by two.example", "by one.example"],
            "From": "Álice Byrne <alice@example.com>",
            "To": RECIPIENT,
            "Subject": "Caffè",
            "Message-ID": "<one@example.com>",
            "Content-Type": 'multipart/mixed; boundary="theirs"',
            "MIME-Version": "1.0",
        },
        "SpamScore": 1.2,
        "RawTextBody": "Una tazza di caffè.",
        "RawHtmlBody": "<p>Una tazza di caffè.</p>",
        "ExtractedMarkdownMessage": "Una tazza di caffè.",
        "Attachments": [],
        **changes,
    }


def brevo_mail(*items: Mapping[str, Any]) -> Call:
    return Call("/mail/hooks/brevo/inbound/", json.dumps({"items": items or [brevo_item()]}).encode()).authorized()
