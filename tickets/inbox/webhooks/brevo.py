"""Brevo: https://developers.brevo.com/docs/transactional-webhooks
and https://developers.brevo.com/docs/inbound-parse-webhooks

Signs nothing; user and password of the address that it calls are all there is. Of mail it tells only what it understood:

    {"items": [{"Uuid": ["…"], "Headers": {"From": "…", "Received": ["…", "…"]}, "RawTextBody": "…", "RawHtmlBody": "…",
                "Attachments": [{"Name": "…", "ContentType": "…", "ContentID": "…", "DownloadToken": "…"}]}]}

That is made a message once, and kept as what came in. Files are asked for by their tokens.
"""

import json
import re
from collections.abc import Iterable, Iterator
from email import encoders, policy
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urljoin

import requests
from anymail.signals import AnymailTrackingEvent
from anymail.utils import get_anymail_setting
from anymail.webhooks.brevo import BrevoInboundWebhookView, BrevoTrackingWebhookView
from django.http import HttpRequest

from tickets.inbox.webhooks.doors import Arrived, MailDoor, ReportsDoor, envelope_address
from tickets.inbox.webhooks.events import Details

FOR_GOOD: Final = {"hard_bounce", "invalid_email"}

# What a message of ours has of its own.
_OURS = re.compile(r"content-.*|mime-version", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!-9;-~]+")
# Not those that hold parts of their own: a file stays a file.
_LEAF_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9.+-]+/[a-z0-9.+-]+", re.IGNORECASE)


class BrevoReports(ReportsDoor, BrevoTrackingWebhookView):
    name = "brevo"

    def details(self, event: AnymailTrackingEvent) -> Details:
        return Details(for_good=event.esp_event.get("event") in FOR_GOOD, message_id=event.message_id or "")


class BrevoMail(MailDoor, BrevoInboundWebhookView):
    name = "brevo"

    def read(self, request: HttpRequest) -> Iterable[Arrived]:
        for item in json.loads(self.body(request))["items"]:
            headers = list(_headers(item))
            yield Arrived(
                _message(item, headers, [self._file(told) for told in item.get("Attachments") or []]),
                sender=envelope_address(_first(headers, "return-path")),
                recipients=[
                    address for address in [envelope_address(_first(headers, "delivered-to"))] if address is not None
                ],
            )

    def _file(self, told: dict[str, Any]) -> MIMEBase:
        address = urljoin(self.api_url, f"inbound/attachments/{quote(told['DownloadToken'], safe='')}")
        seconds = get_anymail_setting("requests_timeout")
        answer = requests.get(address, headers={"api-key": self.api_key}, timeout=seconds)
        answer.raise_for_status()
        return _part(told, answer.content)


def _headers(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each header line; those that come several times are lists."""
    for name, values in item.get("Headers", {}).items():
        for value in [values] if isinstance(values, str) else values:
            yield name, value


def _first(headers: list[tuple[str, str]], name: str) -> str | None:
    return next((value for given, value in headers if given.lower() == name), None)


def _message(item: dict[str, Any], headers: list[tuple[str, str]], files: list[MIMEBase]) -> bytes:
    # Random boundaries would make another message of the same one when it comes again.
    boundary = sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:40]
    texts = MIMEMultipart("alternative", boundary=f"{boundary}.texts")
    for kind, key in (("plain", "RawTextBody"), ("html", "RawHtmlBody")):
        if item.get(key):
            texts.attach(MIMEText(item[key].encode("utf-8", "replace").decode(), kind, "utf-8"))
    message = MIMEMultipart("mixed", boundary=boundary)
    for part in [texts, *files]:
        message.attach(part)
    # In UTF-8 (RFC 6532), as they were told: encoding them anew would take addresses apart.
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in headers if _is_theirs(name))
    return "".join(lines).encode("utf-8", "replace") + message.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))


def _is_theirs(name: str) -> bool:
    return bool(_HEADER_NAME.fullmatch(name)) and not _OURS.fullmatch(name)


def _part(told: dict[str, Any], content: bytes) -> MIMEBase:
    kind = told.get("ContentType") or ""
    part = MIMEBase(*(kind if _LEAF_TYPE.fullmatch(kind) else "application/octet-stream").split("/"))
    part.set_payload(content)
    encoders.encode_base64(part)
    inline = told.get("ContentID")
    name = " ".join(str(told.get("Name") or "").split())
    part.add_header("Content-Disposition", "inline" if inline else "attachment", filename=("utf-8", "", name))
    if inline:
        part["Content-ID"] = f"<{' '.join(str(inline).split()).strip('<>')}>"
    return part
