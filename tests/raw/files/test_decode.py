"""Encodings: each alone, and two in one file."""

import pytest

from pipelines.raw.files.decode import decode, mark, single_byte
from tests.raw.conftest import Shop

HEAD = "response_id,responded_at,score,comment\n"
COMMENT = "très déçu, 15€ à l'été — « où ? »"


@pytest.mark.first(3)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_one_encoding(shop: Shop, encoding: str) -> None:
    shop.drop("x.csv", HEAD + f'1,2024-05-01,5,"{COMMENT}"\n', encoding)
    shop.load()
    assert shop.rows("responses", "comment") == [(COMMENT,)]


def test_cp850_alone() -> None:
    text = "réponse à l'été, ça va où, hôtel, naïf, Noël, FIDÉLITÉ, même"
    data = text.encode("cp850")
    assert single_byte([data]) == "cp850"
    assert decode(data, "cp850") == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"lui-m\xeame pour \x82change, d\xe9lai", "lui-même pour échange, délai"),
        (b"un bon de 15\x80 que d\xe9j\x82", "un bon de 15€ que déjé"),
        (b"\x80a fait D\x90\x80U d\xe9\x82", "Ça fait DÉÇU déé"),
        (b"une co\xefncidence\x85 \x82t\xe9", "une coïncidence… été"),
        (b"voil\x85t-il \x82t\xe9", "voilàt-il été"),
        (b"de FID\x90LIT\x90 \xb7 VOS TR\xd4S", "de FIDÉLITÉ À VOS TRÈS"),
        (b"\x90tant d'\xd2tre NO\xd3L", "Étant d'Être NOËL"),
        (b"co\x96teux 2010 \x96 2012 s\x96r \x82", "coûteux 2010 – 2012 sûr ‚"),
        (b"fra\x8cche \x8cuvre \x82t\xe9", "fraîche Œuvre été"),
        (b"l\x92\xe9t\xe9 \x93bon\x94 \x82t\xe9", "l’été “bon” été"),
        (b"n\xf81 \xaezen\xaf \x82t\xe9", "n°1 «zen» été"),
    ],
)
def test_cp1252_and_cp850_in_one_line(data: bytes, text: str) -> None:
    assert decode(data, "cp1252+cp850") == text


def test_a_stray_byte_in_utf_8() -> None:
    data = "été à Noël, déçu ".encode() * 3 + b"prix 5\x80, tr\xe8s"
    assert single_byte([data]) == "utf-8+cp1252"
    assert decode(data, "utf-8+cp1252").endswith("déçu prix 5€, très")


def test_plain_cp1252_is_left_alone() -> None:
    text = "l’été – “bon” • Paris–Lyon… œuvre Š 10€"
    data = text.encode("cp1252")
    assert single_byte([data]) == "cp1252"
    assert decode(data, "cp1252") == text


def test_utf_16_without_a_mark() -> None:
    assert mark("a,b\n1,2\n".encode("utf-16-le")) == "utf-16-le"
    assert mark(b"a,b\n1,2\n") is None


def test_any_bytes_decode() -> None:
    data = bytes(range(256)) * 3
    for encoding in ("cp1252", "cp850", "cp1252+cp850", "utf-8+cp1252"):
        assert decode(data, encoding)
