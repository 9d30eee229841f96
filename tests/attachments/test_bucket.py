"""Files in a bucket: the same promises as on a disk, against a real server that speaks S3."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from portal.environment import Environment
from tests.attachments.crafted import picture
from tests.clients import signed_in
from tests.factories import open_ticket
from tickets.attachments import actions, limits
from tickets.attachments.models import Attachment
from tickets.models import Customer


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Iterator[Any]:
    name_of_bucket = f"files-{uuid4().hex}"  # the server's memory outlives the server
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    for name, value in {
        "STORAGE_URL": f"s3://{name_of_bucket}/desk",
        "STORAGE_REGION": "eu-central-1",
        "STORAGE_ENDPOINT_URL": address,
        "STORAGE_ACCESS_KEY": "key",
        "STORAGE_SECRET_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.resource(
        "s3", endpoint_url=address, region_name="eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    s3.create_bucket(Bucket=name_of_bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    settings.STORAGES = {**settings.STORAGES, "default": Environment().storage("STORAGE_", folder=tmp_path)}
    yield s3.Bucket(name_of_bucket)
    server.stop()


def keys(bucket: Any) -> list[str]:
    return [stored.key for stored in bucket.objects.all()]


def received(at: datetime) -> Attachment:
    attachment, _verdict = actions.receive("display.png", io.BytesIO(picture("PNG")), limits=limits.current(), at=at)
    assert attachment
    return attachment


def test_names_in_the_bucket_say_nothing(bucket: Any, db: None, now: datetime) -> None:
    received(now)
    stored = keys(bucket)
    assert len(stored) == 2  # the original and its preview
    assert all(key.startswith("desk/attachments/") for key in stored)
    assert not any("display" in key or key.endswith(".png") for key in stored)


def test_only_those_who_may_read_the_ticket_get_the_file(
    bucket: Any, alice: Customer, bob: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice, files=[received(now)])
    address = f"/files/{ticket.messages.get().attachments.get().pk}/"
    hers = signed_in(alice.user).get(address)
    assert b"".join(hers.streaming_content) == picture("PNG")
    assert hers["Content-Disposition"].startswith("attachment")
    assert signed_in(bob.user).get(address).status_code == 404


def test_an_erased_file_leaves_the_bucket(
    bucket: Any, db: None, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    attachment = received(now)
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(attachment)
    assert keys(bucket) == []
