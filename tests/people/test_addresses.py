import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from tests.factories import UserFactory
from tickets.people.addresses import vouch_for_address


@pytest.mark.django_db
def test_an_address_that_somebody_else_proved_leaves_the_user_the_one_they_had() -> None:
    user = UserFactory.create(email="old@shop.example")
    vouch_for_address(user)
    EmailAddress.objects.create(user=UserFactory.create(), email="taken@shop.example", verified=True)
    user.email = "taken@shop.example"
    with pytest.raises(IntegrityError):
        vouch_for_address(user)
    assert list(EmailAddress.objects.filter(user=user).values_list("email", flat=True)) == ["old@shop.example"]
