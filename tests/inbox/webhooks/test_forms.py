from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inbox.webhooks.calls import form
from tickets.inbox.webhooks.forms import FIELDS, read_fields

names = st.text(st.characters(codec="ascii", exclude_characters='"\\\r\n\0', exclude_categories=["Cc"]), min_size=1)
forms = st.dictionaries(names, st.binary())


@given(forms)
def test_each_byte_of_a_multipart_form_comes_home(fields):
    assert read_fields(*form(fields)) == fields


@given(forms)
def test_each_byte_of_an_urlencoded_form_comes_home(fields):
    assert read_fields(urlencode(fields).encode(), "application/x-www-form-urlencoded; charset=utf-8") == fields


@given(st.binary(), st.sampled_from(["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]))
def test_it_makes_something_of_anything(body, content_type):
    fields = read_fields(body, content_type)
    assert all(isinstance(value, bytes) for value in fields.values())


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=x"])
def test_what_is_no_form_has_no_fields(content_type):
    assert read_fields(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--', content_type) == {}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=1&" * (FIELDS + 1), "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n" * (FIELDS + 3), "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_of_thousands_of_fields_is_not_read(body, content_type):
    with pytest.raises(ValueError, match=r"[Ff]ields"):
        read_fields(body, content_type)
