"""Words as they are stored and as they are looked for. Pure, in many scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.search.rules import MAX_TERMS, MAX_WORD, Term, query_tokens, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where is my ORDER?", ["where", "is", "my", "order"]),
        ("Grüße, STRASSE straße", ["grusse", "strasse", "strasse"]),
        ("Łódź Ærø İstanbul ılık", ["lodz", "aero", "istanbul", "ilik"]),
        ("ﬁle ｗｉｄｅ", ["file", "wide"]),
        ("Καλημέρα ΟΔΟΣ", ["καλημερα", "οδοσ"]),
        ("Ёлка йод", ["елка", "иод"]),
        ("dell'ordine l’ordine", ["dell", "ordine", "l", "ordine"]),
        ("re\u00adfund zero\u200bwidth", ["refund", "zerowidth"]),
        ("end.Start alice@example.com", ["end", "start", "alice", "example", "com"]),
        ("v2.4.1 costs 12,50", ["v2.4.1", "costs", "12.50"]),
        ("K7Q4-9M2X", ["k7q4", "9m2x", "k7q49m2x"]),
        ("SN_12/AB Wi‑Fi", ["sn", "12", "ab", "sn12ab", "wi", "fi", "wifi"]),
        ("#10023", ["10023"]),
        ("返金について", ["返金", "金に", "につ", "つい", "いて", "て"]),
        ("iPhone15を", ["iphone15", "を"]),
        ("ﾊﾞｽ ハス スマート・ホン", ["バス", "ス", "ハス", "ス", "スマ", "マー", "ート", "ト", "ホン", "ン"]),
        ("환불은", ["환불", "불은", "은"]),
        ("คืน", ["คื", "ืน", "น"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("أُرْسِلَتِ الشحنـــة إلى", ["ارسلت", "شحنه", "الي"]),
        ("رقم ١٢٣٤ و ۵۶", ["رقم", "1234", "و", "56"]),
        ("שָׁלוֹם", ["שלום"]),
        ("\ud800 \x00 🎉 --", []),
    ],
)
def test_text_becomes_folded_words(text, words):
    assert tokens(text) == words


def test_a_pasted_key_is_cut_to_a_length_that_both_databases_store():
    assert tokens("x" * 5000) == ["x" * MAX_WORD]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", []),
        ("?!", []),
        ("refund pol", [Term((("refund",),)), Term((("pol",),), prefix=True)]),
        ("refund refund", [Term((("refund",),), prefix=True)]),
        ("Wi-Fi now", [Term((("wifi",), ("wi", "fi"))), Term((("now",),), prefix=True)]),
        ("返金に いつ", [Term((("返金", "金に"),)), Term((("いつ",),), prefix=True)]),
        ("金 いつ", [Term((("金",),), prefix=True), Term((("いつ",),), prefix=True)]),
        ("l'ordine", [Term((("ordine",),), prefix=True)]),
        ("x", [Term((("x",),), prefix=True)]),
    ],
)
def test_what_was_typed_becomes_terms_of_which_the_last_may_go_on(typed, terms):
    assert query_tokens(typed) == terms


def test_a_pasted_page_is_cut_to_a_number_of_terms():
    terms = query_tokens(" ".join(f"word{number}" for number in range(100)))
    assert len(terms) == MAX_TERMS
    assert terms[-1].prefix


@given(st.text())
def test_words_hold_letters_and_digits_and_inner_dots_only(text):
    for word in tokens(text):
        assert word
        assert not set(word) & set(" '\"\\*&|!():<>^-+\x00")
        assert word.strip(".") == word


@given(st.text(max_size=200))
def test_folding_is_the_same_however_the_text_was_typed(text):
    assert tokens(text.upper().lower()) == tokens(text.upper())


@given(st.lists(st.text(max_size=20), max_size=8).map(" ".join))
def test_every_text_has_every_word_that_is_looked_for_in_it(text):
    known = set(tokens(text))
    for term in query_tokens(text):
        *exact, last = next(words for words in term.alternatives)
        assert set(exact) <= known
        assert any(word.startswith(last) for word in known)
