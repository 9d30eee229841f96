"""Which of the shop's own texts, such as categories and help articles, are translated."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Model
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname


@dataclass(frozen=True, slots=True)
class Text:
    """One field of one object that has a text in the source language."""

    model: str
    pk: int
    field: str
    source: str
    languages: frozenset[str]
    """Those that have a translation of it."""

    def __str__(self) -> str:
        return f"{self.model} {self.pk}, {self.field}: “{self.source}”"


def texts() -> Iterator[Text]:
    """Every text of the shop's that could be translated, by model and object."""
    codes = [code for code, _name in settings.LANGUAGES]
    for model in sorted(translator.get_registered_models(abstract=False), key=lambda model: model.__name__):
        fields = translator.get_options_for_model(model).get_field_names()
        for row in _rows(model):
            for field in fields:
                in_language = {code: getattr(row, build_localized_fieldname(field, code)) for code in codes}
                if source := in_language[settings.LANGUAGE_CODE]:
                    filled = frozenset(code for code, text in in_language.items() if text)
                    yield Text(model.__name__, row.pk, field, source, filled)


def _rows(model: type[Model]) -> Iterator[Model]:
    return model._default_manager.order_by("pk").iterator()
