"""Mails in HTML: one frame, every value escaped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.html import Block, as_html, as_text, code_block, link_block

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</body></html>",
    "{{ 7*7 }}",
    "{% raw %}",
    "&lt;b&gt;",
    "' onclick='x",
]


@pytest.mark.attack("H5")
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [Block, code_block])
def test_text_is_only_text(make: type[Block], text: str) -> None:
    page = as_html("Title", [make(text)])
    plain = as_html("Title", [make("harmless")])

    assert re.findall(r"<\w+", page) == re.findall(r"<\w+", plain)
    assert "49" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_is_only_text(text: str) -> None:
    page = as_html(text, [])

    assert re.findall(r"<\w+", page) == re.findall(r"<\w+", as_html("Title", []))


def test_an_address_cannot_leave_its_attribute() -> None:
    page = as_html("Title", [link_block("Confirm", 'https://a.example/"onclick="x')])

    assert 'onclick="x' not in page
    assert 'href="https://a.example/&#34;onclick=&#34;x"' in page


@given(st.text())
def test_no_text_makes_an_element(text: str) -> None:
    page = as_html("Title", [Block(text)])

    assert page.count("<") == as_html("Title", [Block("x")]).count("<")


def test_a_code_stands_in_large_type() -> None:
    page = as_html("Title", [code_block("482913")])

    assert "<strong>482913</strong>" in page
    assert "font-size:32px" in page


def test_a_link_is_a_button_with_its_address_below() -> None:
    page = as_html("Title", [link_block("Confirm", "https://app.example/#token=x")])

    assert page.count("https://app.example/#token=x") == 2
    assert ">Confirm</a>" in page.replace("\n", "")


def test_a_page_names_its_title_twice_and_loads_nothing() -> None:
    page = as_html("A title", [Block("Some text.")])

    assert page.startswith("<!doctype html>")
    assert page.count("A title") == 2
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import", page)


def test_plain_text_has_a_paragraph_for_each_block() -> None:
    blocks = [
        Block("Hello Ada,"),
        code_block("482913"),
        link_block("Confirm", "https://app.example/"),
    ]

    assert as_text(blocks) == "Hello Ada,\n\n482913\n\nConfirm:\nhttps://app.example/"


def test_plain_text_is_not_escaped() -> None:
    assert as_text([Block("a < b & c")]) == "a < b & c"
