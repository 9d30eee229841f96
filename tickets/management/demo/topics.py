"""What customers write about, what they are asked, and the answers that lie ready."""

from typing import Any

from tickets.desk.models import Category, IntakeField, IntakeForm
from tickets.escalation.models import EscalationTier
from tickets.knowledge import actions as knowledge
from tickets.knowledge.models import HelpArticle
from tickets.management.demo import data
from tickets.people.models import Skill, Team
from tickets.replies.models import CannedReply


def install() -> None:
    """Categories with their forms, canned replies and help articles, next to what every desk starts with."""
    tiers = {tier.level: tier for tier in EscalationTier.objects.all()}
    questions = data.read("questions")
    for position, row in enumerate(data.read("topics")["categories"]):
        _category(position, dict(row), tiers, questions)
    categories = {category.slug: category for category in Category.objects.all()}
    for position, row in enumerate(data.read("replies")["replies"]):
        values = dict(row)
        slugs = values.pop("categories", [])
        reply = CannedReply.objects.create(position=position, **data.columns(values))
        reply.categories.set([categories[slug] for slug in slugs])
    for position, row in enumerate(data.read("topics")["articles"]):
        article = HelpArticle.objects.create(
            slug=row["slug"],
            category=categories[row["category"]] if "category" in row else None,
            position=position,
            helpful_votes=row["helpful"],
            unhelpful_votes=row["unhelpful"],
            **data.columns(data.articles(row["slug"])),
        )
        knowledge.index(article)


def _category(
    position: int, values: dict[str, Any], tiers: dict[int, EscalationTier], questions: dict[str, Any]
) -> None:
    keys = values.pop("questions")
    skill = values.pop("skill", None)
    category = Category.objects.create(
        position=position,
        team=Team.objects.get_or_create(name=values.pop("team"))[0],
        skill=Skill.objects.get_or_create(name=skill)[0] if skill else None,
        first_tier=tiers[values.pop("tier")],
        **data.columns(values),
    )
    form = IntakeForm.objects.create(category=category)
    for number, key in enumerate(keys):
        IntakeField.objects.create(
            form=form,
            key=key.removesuffix("!"),
            required=key.endswith("!"),
            position=number,
            **data.columns(questions[key.removesuffix("!")]),
        )
