"""Tags of the portal's templates."""

from typing import Any

from django import forms, template
from django.conf import settings

from portal.forms import problems

register = template.Library()


@register.simple_tag
def shop_name() -> str:
    """The shop's name. A tag and not a context variable: error pages are rendered without a request."""
    return settings.SHOP_NAME


@register.inclusion_tag("portal/_errors.html")
def error_summary(*parts: forms.BaseForm, kept: str = "") -> dict[str, Any]:
    """The box on top of a page that lists what is wrong in these forms and links to each field; nothing if nothing is.

    `kept` is a sentence on what was not lost, such as "Everything you typed and both photos are kept."
    """
    return {"problems": [problem for form in parts for problem in problems(form)], "kept": kept}
