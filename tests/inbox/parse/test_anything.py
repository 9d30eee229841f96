"""``parse`` takes any bytes at all. Every later step believes that; this is where it is tried."""

from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.promises import broken
from tests.inbox.parse.test_messages import EXPECTED
from tickets.inbox.parse import parse

# What parsers trip over, to be thrown together by chance.
FRAGMENTS = [
    *(b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\t", b"\0", b"--b", b"--b--", b"--", b"\n--b\n", b"\n--b--\n"),
    *(
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Date: ",
        b"References: <",
        b"Content-Type: ",
        b"Content-Disposition: attachment",
    ),
    *(b"multipart/mixed; boundary=b\n\n", b"multipart/report", b"message/rfc822\n\n", b"message/delivery-status\n\n"),
    *(
        b"text/html\n\n",
        b"text/plain; charset=",
        b"application/ms-tnef\n\n\x78\x9f\x3e\x22",
        b"; format=flowed; delsp=yes",
    ),
    *(b"utf-8", b"utf-16", b"utf-7", b"iso-2022-jp", b"iso-2022-kr", b"gb18030", b"hz", b"idna", b"undefined", b"a\0b"),
    *(
        b"Content-Transfer-Encoding: base64\n\n",
        b"quoted-printable\n\n",
        b"x-uuencode\n\n",
        b"begin 644 a\n",
        b"`\nend\n",
    ),
    *(b"=?utf-8?Q?", b"=?x?B?", b"?=", b"=C3", b"=", b"; name*0*=utf-8''", b'; filename="', b"%C3%", b"'", b'"', b"\\"),
    *(
        b"<",
        b">",
        b"@",
        b",",
        b";",
        b":",
        b"(",
        b")",
        b"<!--",
        b"<script>",
        b"<blockquote>",
        b"&#x110000;",
        b"&#xd800;",
    ),
    *(
        b"\x1b$B",
        b"\x1b(B",
        b"\x1b(I",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"Final-Recipient: rfc822; a@b\n",
    ),
    *(b"Mon, 99 Feb 99999999 25:61:61 +9999", b"0000-00-00", b"+2147483648", b"> ", b"On Monday, Bob wrote:\n"),
]
pieces = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=12), max_size=40).map(b"".join)
seeds = st.sampled_from([path.read_bytes() for path in EXPECTED])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message of the collection, with something else somewhere in it."""
    seed, piece = draw(seeds), draw(pieces)
    start = draw(st.integers(0, len(seed)))
    return seed[:start] + piece + seed[draw(st.integers(start, len(seed))) :]


@given(st.binary(max_size=300) | pieces | damaged())
def test_it_keeps_its_promises_for_any_bytes(raw: bytes) -> None:
    assert broken(parse(raw)) == []


@given(pieces)
def test_headers_stay_one_line(value: bytes) -> None:
    mail = parse(b"From: " + value + b" <ada@example.org>\nSubject: " + value + b"\n\nText")
    assert not set("\r\n") & set("".join((mail.sender, mail.sender_name, mail.subject, *mail.recipients)))


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)
files = st.binary(max_size=80)


@given(st.lists(words, min_size=1, max_size=4), st.lists(files, max_size=3))
def test_no_text_and_no_file_is_lost(texts: list[str], contents: list[bytes]) -> None:
    message = EmailMessage()
    message["From"] = "ada@example.org"
    message.make_mixed()
    for text in texts:
        part = EmailMessage()
        part.set_content(text)
        message.attach(part)
    for number, content in enumerate(contents):
        message.add_attachment(content, "application", "pdf", filename=f"{number}.pdf")
    mail = parse(message.as_bytes())
    assert mail.text.split("\n") == texts
    assert [(file.name, file.content) for file in mail.attachments] == [
        (f"{number}.pdf", content) for number, content in enumerate(contents)
    ]


@given(words.map(lambda name: name.replace("/", "").replace("\\", "")))
def test_a_name_comes_through(name: str) -> None:
    message = EmailMessage()
    message.set_content("Text")
    message.add_attachment(b"%PDF", "application", "pdf", filename=f"a{name}.pdf")
    (file,) = parse(message.as_bytes()).attachments
    assert file.name == f"a{name}.pdf"
