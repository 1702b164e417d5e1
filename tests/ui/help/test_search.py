"""The search: the right page first, every hit findable, nothing found said so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.ui.help.search import Index, Section, plain, sections, snippet, words_of

LOAN = """# Reading the loan

Every figure rests on quotes.

## Call price

The price at which the **LTV** reaches the [call level](quality.md). A `call_price` below zero
is none.

```
# no heading
## neither
```

| Mark | Meaning |
| --- | --- |
| safe | far \\| off |
"""
CHAIN = "# Reading a chain\n\nCalls stand left of the strike. Nothing about the loan.\n"


@pytest.fixture
def index() -> Index:
    return Index([*sections("loan", "Reading the loan", LOAN), *sections("chain", "Chain", CHAIN)])


def where(index: Index, query: str) -> list[tuple[str, str]]:
    return [(hit.section.page, hit.section.anchor) for hit in index.search(query).hits]


def test_a_page_is_cut_at_its_headings_but_not_inside_code() -> None:
    cut = list(sections("loan", "Reading the loan", LOAN))
    assert [(one.heading, one.anchor) for one in cut] == [
        ("Reading the loan", ""),
        ("Call price", "call-price"),
    ]
    assert "reaches the call level. A call_price" in cut[1].text
    assert "safe · far | off" in cut[1].text
    assert "quality.md" not in cut[1].text


def test_all_words_have_to_be_there_and_case_and_ends_do_not_matter(index: Index) -> None:
    assert where(index, "ltv REACH") == [("loan", "call-price")]
    assert where(index, "call_price") == [("loan", "call-price")]
    assert where(index, "quotes strike") == [("loan", ""), ("chain", "")]
    assert not index.search("quotes strike").whole


def test_a_heading_or_a_title_comes_before_a_text_that_says_the_word_more_often() -> None:
    often = "loan " * 40
    made = Index(
        [
            Section("a", "Other", "Other", "", often),
            Section("b", "Other", "The loan", "the-loan", "here"),
        ]
    )
    assert where(made, "loan")[0] == ("b", "the-loan")


def test_what_explains_comes_before_what_is_looked_up() -> None:
    same = "where quiet hours begin"
    made = Index([Section("settings", "S", "S", "", same), Section("alerts", "A", "A", "", same)])
    assert where(made, "quiet hours") == [("alerts", ""), ("settings", "")]


def test_words_that_stand_together_come_before_the_same_words_apart() -> None:
    made = Index(
        [
            Section("a", "A", "A", "", "a call by the bank, and margin of another kind"),
            Section("b", "B", "B", "", "the bank sends a margin call and waits for it"),
        ]
    )
    assert where(made, "margin call")[0] == ("b", "")


def test_a_short_section_comes_before_a_long_list_that_says_the_word_as_often() -> None:
    made = Index(
        [
            Section("a", "A", "A", "", "margin " + "other words " * 500),
            Section("b", "B", "B", "", "margin is what the broker holds"),
        ]
    )
    assert where(made, "margin")[0] == ("b", "")


def test_what_only_begins_so_comes_after_the_word_itself() -> None:
    made = Index([Section("a", "A", "A", "", "calls"), Section("b", "B", "B", "", "call")])
    assert where(made, "call") == [("b", ""), ("a", "")]


def test_nothing_found_knows_what_looks_alike(index: Index) -> None:
    assert index.search("zzz").hits == ()
    assert index.search("").hits == ()
    assert index.search("?!").hits == ()
    assert "strike" in index.near("strkie")


def test_the_snippet_is_around_the_first_hit_and_says_what_it_leaves_out() -> None:
    text = "one " * 60 + "margin call here " + "two " * 60
    piece = snippet(text, ["margin"])
    assert piece.startswith("… one")
    assert piece.endswith("two …")
    assert "margin call here" in piece
    assert len(piece) < 200
    assert snippet("short", ["absent"]) == "short"


WORDS = st.text(alphabet="abcÄß_-.|*`# \n", max_size=200)


@given(WORDS, WORDS)
def test_any_page_can_be_cut_and_searched(markdown: str, query: str) -> None:
    cut = list(sections("p", "Title", markdown))
    assert cut
    answer = Index(cut).search(query)
    wanted = set(words_of(query))
    for hit in answer.hits:
        held = words_of(f"{hit.section.title} {hit.section.heading} {hit.section.text}")
        found = [word for word in wanted if any(one.startswith(word) for one in held)]
        assert found if not answer.whole else len(found) == len(wanted)


@given(st.lists(st.sampled_from(["gold", "loan", "call", "price"]), min_size=1, max_size=30))
def test_every_word_of_a_section_finds_it(words: list[str]) -> None:
    made = Index(sections("p", "Title", " ".join(words)))
    for word in words:
        assert made.search(word).hits
        assert made.search(word[:2]).hits


def test_plain_text_has_no_marks_left() -> None:
    assert plain(["- **bold** and `code`", "> said"]) == "bold and code said"
