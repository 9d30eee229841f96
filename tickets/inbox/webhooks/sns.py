"""Whether Amazon SNS signed a call: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html"""

import base64
import binascii
import json
import re
from functools import lru_cache
from typing import Any, Final

import requests
from anymail.exceptions import AnymailWebhookValidationFailure
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
"""Which parts of a message the signature covers, in this order; those that it has not are left out."""

HASHES: Final = {"1": hashes.SHA1, "2": hashes.SHA256}
"""By version of the signature. A topic signs by the first unless somebody chose the second."""

# Whoever calls names the certificate: it must lie with Amazon, and nowhere else do we look.
_CERTIFICATE = re.compile(r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?/[A-Za-z0-9-]{1,100}\.pem")

SECONDS: Final = 5
"""SNS itself waits fifteen for our answer."""


def check(body: bytes) -> None:
    """Raise AnymailWebhookValidationFailure unless SNS signed this message.

    Raises requests.RequestException when its certificate cannot be had: the call may come again.
    """
    try:
        message = json.loads(body)
        signed = "".join(f"{part}\n{message[part]}\n" for part in SIGNED[message["Type"]] if part in message)
        algorithm = HASHES[message["SignatureVersion"]]()
        signature = base64.b64decode(message["Signature"], validate=True)
        address = message["SigningCertURL"]
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise AnymailWebhookValidationFailure("It is no signed message of Amazon SNS.") from None
    if not isinstance(address, str) or not _CERTIFICATE.fullmatch(address):
        raise AnymailWebhookValidationFailure("Its certificate does not lie with Amazon.")
    try:
        public_key(address).verify(signature, signed.encode(), padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        raise AnymailWebhookValidationFailure("The signature is not Amazon's.") from None


@lru_cache(maxsize=8)
def public_key(address: str) -> RSAPublicKey:
    """The key in a certificate of Amazon's. A new certificate has a new address, so each is asked for once."""
    answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
    answer.raise_for_status()
    key: Any = load_pem_x509_certificate(answer.content).public_key()
    if not isinstance(key, RSAPublicKey):
        raise AnymailWebhookValidationFailure("The certificate holds another kind of key.")
    return key
