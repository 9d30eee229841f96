"""Amazon calls through its notification service, which has manners of its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests
from django.http import HttpResponse
from moto.server import ThreadedMotoServer

from tests.inbox.webhooks import calls
from tests.inbox.webhooks.calls import RAW, Call
from tickets.inbox.models import RawMail
from tickets.inbox.webhooks import sns
from tickets.inbox.webhooks.amazon_ses import AmazonSESReports

Post = Callable[[Call], HttpResponse]


@pytest.fixture
def amazon(mounted: Any) -> Iterator[Any]:
    """Makes clients of a server that speaks as Amazon's do, and has the desk ask the same one."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = {
        "endpoint_url": f"http://{host}:{port}",
        "region_name": "eu-west-1",
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
    }
    mounted.ANYMAIL = {**mounted.ANYMAIL, "AMAZON_SES_CLIENT_PARAMS": client}
    yield lambda service: boto3.client(service, **client)
    server.stop()


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_are_known(post: Post, version: str) -> None:
    assert post(calls.ses_mail(version=version)).status_code == 200


def test_a_message_that_was_changed_on_the_way_is_refused(post: Post) -> None:
    assert post(calls.ses_mail().tampered(b"09:00:00", b"09:00:01")).status_code == 400
    assert not RawMail.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/certificate.pem",
        "https://sns.eu-west-1.amazonaws.com.example.com/certificate.pem",
        "https://example.com/sns.eu-west-1.amazonaws.com/certificate.pem",
        "https://sns.eu-west-1.amazonaws.com@example.com/certificate.pem",
        "https://sns.eu-west-1.amazonaws.com/certificate.pem\n",
        "https://s3.eu-west-1.amazonaws.com/bucket/certificate.pem",
        ["https://sns.eu-west-1.amazonaws.com/certificate.pem"],
        None,
    ],
)
def test_a_certificate_is_asked_for_at_amazon_and_nowhere_else(post: Post, address: Any) -> None:
    # Whoever looks anywhere else fails the fixture's own assertion, and answers 500.
    assert post(calls.ses_mail(SigningCertURL=address)).status_code == 400


def test_a_certificate_that_cannot_be_had_may_come_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_args: Any, **_kwargs: Any) -> None:
        raise requests.ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(requests, "get", no_network)
        assert post(calls.ses_mail()).status_code == 500
    assert post(calls.ses_mail()).status_code == 200


def test_a_certificate_is_asked_for_once(post: Post) -> None:
    post(calls.ses_mail())
    post(calls.ses_mail(b"Subject: two\r\n\r\n"))
    assert sns.public_key.cache_info().misses == 1


def test_headers_that_belong_to_another_message_are_refused(post: Post) -> None:
    call = calls.ses_mail()
    other = replace(call, headers={**call.headers, "X-Amz-Sns-Message-Id": "another"})
    assert post(other).status_code == 400


def test_user_and_password_are_asked_for_before_they_are_shown(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    call = calls.ses_mail()
    without = {name: value for name, value in call.headers.items() if name != "Authorization"}
    assert post(replace(call, headers=without))["WWW-Authenticate"].startswith("Basic")
    # So it goes with each message: only who shows wrong ones is worth a line.
    assert "mail webhook" not in caplog.text
    post(call.authorized("desk:wrong"))
    assert "mail webhook called with a wrong secret" in caplog.text


def test_large_mail_is_fetched_from_the_bucket(post: Post, amazon: Any) -> None:
    bucket, s3 = f"mail-{uuid4().hex}", amazon("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    raw = RAW + b"\xff" * 3_000_000
    s3.put_object(Bucket=bucket, Key="inbound/d6iitobk", Body=raw)
    call = calls.ses_mail(action={"type": "S3", "bucketName": bucket, "objectKey": "inbound/d6iitobk"})
    assert post(call).status_code == 200
    assert RawMail.objects.get().file.read() == raw


def test_a_bucket_that_does_not_answer_may_be_asked_again(post: Post, amazon: Any) -> None:
    call = calls.ses_mail(action={"type": "S3", "bucketName": "not-there", "objectKey": "inbound/d6iitobk"})
    assert post(call).status_code == 500
    assert not RawMail.objects.exists()


def confirmation(topic: str) -> Call:
    return calls.sns(
        "tracking",
        f"You have chosen to subscribe to the topic {topic}.",
        Type="SubscriptionConfirmation",
        TopicArn=topic,
        Token="a-token",
        SubscribeURL=f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}&Token=a-token",
    )


def test_a_new_topic_is_confirmed(post: Post, amazon: Any) -> None:
    topic = amazon("sns").create_topic(Name="mail")["TopicArn"]
    assert post(confirmation(topic)).status_code == 200
    # Where Amazon says no: it was asked.
    assert post(confirmation(f"{topic}-of-another")).status_code == 500


def test_a_topic_of_somebody_else_is_not_confirmed(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(AmazonSESReports, "auto_confirm_sns_subscription", lambda _self, message: asked.append(message))
    assert post(confirmation(calls.TOPIC).authorized("desk:wrong")).status_code == 401
    assert asked == []


def test_what_amazon_says_of_its_own_topic_is_no_trouble(post: Post) -> None:
    assert (
        post(calls.sns("tracking", "Successfully validated SNS topic for Amazon SES event publishing.")).status_code
        == 200
    )


def test_a_topic_for_reports_is_no_mail(post: Post) -> None:
    assert post(calls.sns("inbound", {"eventType": "Delivery", "mail": {}, "delivery": {}})).status_code == 500
