"""How the customers' pages show people and files."""

from django import template

from tickets.attachments import names, texts
from tickets.orders.models import OrderStatus

register = template.Library()

ORDER_TONES = {
    OrderStatus.PREPARING: "work",
    OrderStatus.ON_ITS_WAY: "work",
    OrderStatus.HELD_UP: "hold",
    OrderStatus.DELIVERED: "good",
    OrderStatus.CANCELLED: "done",
    OrderStatus.RETURNED: "done",
}


@register.filter
def initials(name: object) -> str:
    """Two letters that stand for somebody or something whose name is beside them: "TN" for Tomasz Nowak."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def file_badge(name: str) -> str:
    """The ending of a file's name, in place of a picture."""
    return names.extension(name)[:4].upper()


@register.filter
def file_size(size: int) -> str:
    return texts.size_text(size)


@register.filter
def order_tone(status: str) -> str:
    return ORDER_TONES.get(OrderStatus(status), "done")
