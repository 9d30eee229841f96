"""Addresses that somebody may sign in with. Beside ``models``, which vouches for who is made in a shell."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction


@transaction.atomic
def vouch_for_address(user: Any) -> None:
    """The address counts as proven without a code by mail, because somebody who may give rights gave it to the user.

    Earlier addresses of the user open nothing any more.
    """
    EmailAddress.objects.filter(user=user).delete()
    # allauth keeps and finds addresses in small letters.
    EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
