from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tickets.audit.classes import CLASSES, PERSONAL, PUBLIC
from tickets.desk.models import Category
from tickets.models import Message
from tickets.people.models import Customer
from tickets.privacy import inventory as privacy
from tickets.privacy.erase import blank, is_stored_file
from tickets.privacy.inventory import BORROWED, NOBODYS, OF_THE_DESK, REACHED, Unclassed, inventory, reached


@pytest.fixture
def invented() -> Iterator[None]:
    """Models made in a test are known to nobody else."""
    with isolate_apps():
        yield


def test_every_field_of_the_desk_is_classed() -> None:
    classed = {(entry.model, entry.field.name) for entry in inventory()}
    stored = {
        (model, field.name)
        for model in apps.get_app_config("tickets").get_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
    }
    assert classed == stored
    assert len(stored) > 300


def test_every_class_is_a_known_one() -> None:
    assert {entry.classed for entry in inventory()} == set(CLASSES)


def test_a_translated_column_follows_the_field_that_it_translates() -> None:
    classes = {entry.field.name: entry.classed for entry in inventory([Category])}
    assert classes["name_ar"] == classes["name"] == PUBLIC


@pytest.mark.usefixtures("invented")
def test_a_field_that_nobody_classed_is_an_error() -> None:
    class Diary(models.Model):
        page = models.TextField()
        mood = models.CharField(max_length=10)

        field_classes = {"personal": ("page",), "operational": ("id",)}

        class Meta:
            app_label = "tickets"

    with pytest.raises(Unclassed, match=r"tickets\.Diary has fields that nobody classed for privacy: mood"):
        inventory([Diary])


@pytest.mark.usefixtures("invented")
def test_a_model_that_classes_nothing_is_an_error() -> None:
    class Diary(models.Model):
        class Meta:
            app_label = "tickets"

    with pytest.raises(Unclassed, match="id"):
        inventory([Diary])


@pytest.mark.usefixtures("invented")
def test_a_class_for_a_field_that_is_not_there_is_an_error() -> None:
    class Diary(models.Model):
        field_classes = {"operational": ("id", "weather")}

        class Meta:
            app_label = "tickets"

    with pytest.raises(Unclassed, match="classes fields that it does not have: weather"):
        inventory([Diary])


@pytest.mark.usefixtures("invented")
def test_a_class_that_does_not_exist_is_an_error() -> None:
    class Diary(models.Model):
        field_classes = {"secret": ("id",)}

        class Meta:
            app_label = "tickets"

    with pytest.raises(Unclassed, match="a class that does not exist: secret"):
        inventory([Diary])


@pytest.mark.usefixtures("invented")
def test_a_field_in_two_classes_is_an_error() -> None:
    class Diary(models.Model):
        field_classes = {"personal": ("id",), "operational": ("id",)}

        class Meta:
            app_label = "tickets"

    with pytest.raises(Unclassed, match="classes id twice"):
        inventory([Diary])


def test_every_table_with_something_about_a_customer_can_be_reached() -> None:
    assert set(reached()) == {apps.get_model(label) for label in REACHED}


def test_a_table_that_nobody_placed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {label: reach for label, reach in REACHED.items() if label != Message._meta.label}
    monkeypatch.setattr(privacy, "REACHED", without)
    with pytest.raises(Unclassed, match=r"tickets\.Message holds more than public texts"):
        reached()


def test_no_table_is_placed_twice() -> None:
    assert not set(REACHED) & OF_THE_DESK


def test_every_table_of_another_package_was_thought_about() -> None:
    borrowed = {model._meta.label for model in apps.get_models() if model._meta.app_label != "tickets"}
    assert borrowed == BORROWED | NOBODYS


def test_something_is_known_to_take_the_place_of_every_personal_value() -> None:
    fields = [entry.field for entry in inventory() if entry.classed == PERSONAL and not is_stored_file(entry.field)]
    assert [blank(field) for field in fields if field.model is Customer][:1] == ["—"]
    assert len([blank(field) for field in fields]) == len(fields) > 30


@pytest.mark.usefixtures("invented")
def test_a_kind_of_field_that_nobody_thought_about_is_an_error() -> None:
    class Diary(models.Model):
        day = models.DateField()

        class Meta:
            app_label = "tickets"

    with pytest.raises(Unclassed, match=r"tickets\.Diary\.day is personal"):
        blank(Diary._meta.get_field("day"))
