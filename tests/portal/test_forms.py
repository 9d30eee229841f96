"""The portal's form rendering: label, hint, error, control, tied together for screen readers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test.html import Element, parse_html
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from pytest_django.fixtures import Settings

from portal.forms import ChoiceText, DateInput, FilesField, NumberInput, PortalForm, Problem, problems


class Intake(PortalForm):
    serial = forms.CharField(
        label="Serial number", help_text="On the plate.", widget=forms.TextInput(attrs={"class": "short", "dir": "ltr"})
    )
    words = forms.CharField(label="Exact words", required=False)
    happened = forms.CharField(label="What happened?", widget=forms.Textarea)
    impact = forms.ChoiceField(
        label="What does it stop?",
        help_text="No wrong answer.",
        widget=forms.RadioSelect,
        choices=[("all", "Everything"), ("part", ChoiceText("A part", "It still heats"))],
    )
    tried = forms.MultipleChoiceField(
        label="Tried?", widget=forms.CheckboxSelectMultiple, choices=[("tank", "The tank")]
    )
    email = forms.EmailField(label="E-mail")
    agree = forms.BooleanField(label="I agree")
    photos = FilesField(label="Photos", required=False)
    draft = forms.CharField(widget=forms.HiddenInput)


def elements(html: str) -> Iterator[Element]:
    """Every element, in the order of the page."""

    def walk(node: Any) -> Iterator[Element]:
        if isinstance(node, Element):
            yield node
            for child in node.children:
                yield from walk(child)

    yield from walk(parse_html(f"<div>{html}</div>"))


def attributes(element: Element) -> dict[str, str]:
    return {name: value or "" for name, value in element.attributes}


def the(html: str, tag: str, **wanted: str) -> dict[str, str]:
    """The attributes of the only element like this."""
    found = [attributes(one) for one in elements(html) if one.name == tag]
    (only,) = [one for one in found if wanted.items() <= one.items()]
    return only


def group(name: str, form: forms.Form | None = None) -> str:
    return str((form or Intake())[name].as_field_group())


@pytest.fixture
def refused() -> Intake:
    """Sent with nothing in it."""
    return Intake({})


def test_label_hint_error_and_control_follow_each_other(refused: Intake) -> None:
    html = group("serial", refused)
    places = [html.index(part) for part in ("<label", "On the plate.", "Fill in", "<input")]
    assert places == sorted(places)


def test_a_control_is_described_by_its_hint_and_its_error(refused: Intake) -> None:
    html = group("serial", refused)
    described_by = the(html, "input")["aria-describedby"].split()
    assert described_by == ["id_serial_helptext", "id_serial_error"]
    assert set(described_by) <= {attributes(element).get("id") for element in elements(html)}


def test_the_label_belongs_to_the_control() -> None:
    html = group("serial")
    assert the(html, "label")["for"] == the(html, "input")["id"]


def test_a_wrong_control_says_so(refused: Intake) -> None:
    assert the(group("serial", refused), "input")["aria-invalid"] == "true"


def test_a_right_control_does_not_claim_to_be_wrong() -> None:
    assert "aria-invalid" not in the(group("serial"), "input")


def test_an_error_is_announced_as_one(refused: Intake) -> None:
    assert '<span class="unseen">Error: </span>Fill in “Serial number”.' in group("serial", refused)


def test_optional_is_written_out() -> None:
    assert "(optional)" in group("words")


def test_required_is_not_marked() -> None:
    html = group("serial")
    assert "(optional)" not in html
    assert "required" not in the(html, "input")


def test_a_widget_keeps_its_own_classes() -> None:
    assert the(group("serial"), "input")["class"] == "input short"


@pytest.mark.parametrize(
    ("name", "tag", "direction"),
    [
        ("words", "input", "auto"),
        ("happened", "textarea", "auto"),
        ("email", "input", "ltr"),
        ("serial", "input", "ltr"),
    ],
)
def test_text_has_a_direction(name: str, tag: str, direction: str) -> None:
    assert the(group(name), tag)["dir"] == direction


def test_radio_buttons_are_a_fieldset_with_a_legend(refused: Intake) -> None:
    html = group("impact", refused)
    assert the(html, "fieldset")["aria-describedby"] == "id_impact_helptext id_impact_error"
    assert the(html, "legend")["class"] == "label"


def test_a_single_radio_button_is_never_wrong(refused: Intake) -> None:
    html = group("impact", refused)
    assert "aria-invalid" not in the(html, "input", value="all")


def test_every_choice_is_a_row_that_can_be_clicked() -> None:
    html = group("impact")
    assert {the(html, "label", **{"for": one})["class"] for one in ("id_impact_0", "id_impact_1")} == {"choice"}


def test_a_choice_may_have_a_second_line() -> None:
    assert 'A part<span class="hint">It still heats</span>' in group("impact")


def test_tick_boxes_stand_side_by_side() -> None:
    assert 'class="choices two"' in group("tried")


def test_a_tick_box_is_its_own_label() -> None:
    html = group("agree")
    assert the(html, "label") == {"class": "choice", "for": the(html, "input")["id"]}


def test_a_file_chooser_takes_several_files() -> None:
    assert "multiple" in the(group("photos"), "input", type="file")


def test_a_file_chooser_tells_its_limits_before_the_upload(settings: Settings) -> None:
    settings.ATTACHMENT_LIMITS = {"max_files": 4, "max_file_bytes": 2**20, "max_total_bytes": 3 * 2**20}
    html = group("photos")
    assert "Up to 4 files of up to 1" in html
    chooser = the(html, "input", type="file")
    assert (chooser["data-max-files"], chooser["data-max-file-bytes"]) == ("4", str(2**20))


def test_a_file_chooser_brings_the_servers_own_sentences() -> None:
    chooser = the(group("photos"), "input", type="file")
    assert chooser["data-reason-too-large"].startswith("The file is larger than")
    assert "{name}" in chooser["data-text-refusal"]


def test_a_file_chooser_brings_its_script() -> None:
    assert 'type="module"' in str(Intake().media)


def test_files_are_cleaned_to_a_list_without_judging_them() -> None:
    class Evidence(PortalForm):
        photos = FilesField()

    upload = SimpleUploadedFile("empty.exe", b"")
    form = Evidence({}, MultiValueDict({"photos": [upload]}))
    assert form.is_valid()
    assert form.cleaned_data["photos"] == [upload]


def test_a_missing_file_is_asked_for_by_name() -> None:
    class Evidence(PortalForm):
        plate = FilesField(label="Photo of the plate")

    assert Evidence({}).errors["plate"] == ["Add a file under “Photo of the plate”."]


def test_a_hint_is_text_and_never_markup() -> None:
    class Hinted(PortalForm):
        name = forms.CharField(help_text="<b>bold</b>")

    assert "&lt;b&gt;bold&lt;/b&gt;" in group("name", Hinted())


def test_what_was_typed_is_kept_and_escaped() -> None:
    form = Intake({"serial": '"><script>'})
    assert the(group("serial", form), "input")["value"] == '"><script>'


def test_a_date_is_shown_the_way_the_browser_reads_it() -> None:
    class Bought(PortalForm):
        on = forms.DateField(widget=DateInput)

    with translation.override("it"):
        html = group("on", Bought({"on": "2026-11-22"}))
    assert the(html, "input")["value"] == "2026-11-22"


def test_a_number_is_text_with_a_number_pad() -> None:
    class Pieces(PortalForm):
        number = forms.IntegerField(widget=NumberInput)

    control = the(group("number", Pieces()), "input")
    assert (control["type"], control["inputmode"], control["dir"]) == ("text", "numeric", "ltr")


def test_problems_lead_to_the_first_control_of_each_field(refused: Intake) -> None:
    assert [problem.control_id for problem in problems(refused)] == [
        "id_serial",
        "id_happened",
        "id_impact_0",
        "id_tried_0",
        "id_email",
        "id_agree",
        "",
    ]


def test_problems_of_the_whole_form_come_first() -> None:
    form = Intake({})
    form.add_error(None, "Sign in again.")
    assert next(problems(form)) == Problem("Sign in again.", "")


def test_a_missing_answer_is_called_by_the_name_of_its_field(refused: Intake) -> None:
    assert [problem.message for problem in problems(refused)][:3] == [
        "Fill in “Serial number”.",
        "Fill in “What happened?”.",
        "Choose an answer to “What does it stop?”.",
    ]


def test_a_fields_own_words_for_a_missing_answer_stay() -> None:
    class Named(PortalForm):
        name = forms.CharField(error_messages={"required": "Enter your name."})

    assert Named({}).errors["name"] == ["Enter your name."]


def test_the_summary_counts_over_all_forms_of_a_page(refused: Intake) -> None:
    template = engines["django"].from_string("{% load portal %}{% error_summary one other kept='All is kept.' %}")
    html = template.render({"one": refused, "other": Intake({})})
    assert "There are 14 things to put right" in html
    assert '<a class="more" href="#id_impact_0">' in html
    assert "All is kept." in html


def test_there_is_no_summary_without_a_problem() -> None:
    template = engines["django"].from_string("{% load portal %}{% error_summary form %}")
    assert template.render({"form": Intake()}).strip() == ""


def test_the_admins_forms_are_left_alone() -> None:
    class Plain(forms.Form):
        name = forms.CharField()

    assert "class=" not in str(Plain())
