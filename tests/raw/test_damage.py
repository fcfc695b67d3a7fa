"""Damaged files: no crash, no good row of another file lost, every row of a readable file counted."""

import random

from tests.raw.conftest import SAMPLES, Shop

PIECES = (
    *(b"\0", b'"', b'""', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"1e308", b"0001-01-01", b"9999-12-31"),
    *(b"=cmd|x", b"../../etc", b"'; DROP TABLE x; --", b"\xff\xfe", b"\xef\xbb\xbf", b"\x82", b"{", b"}", b"[", b"]"),
    *(b"null", b"x" * 70_000, b"\\", b"NaN", b"\x80", b"\xe2\x80\xa8", b"$1", b"{0}", b"%s"),
)


def damage(content: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randrange(1, 6)):
        place = draw.randrange(len(content) + 1)
        end = place + draw.randrange(1, 100)
        content = draw.choice(
            [
                content[:place],
                content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :],
                content[:place] + draw.choice(PIECES) + content[place:],
                content[:place] + content[end:],
                content[:end] + content[place:],
                content.replace(b",", draw.choice([b";", b"\t", b",,"]), draw.randrange(1, 60)),
            ]
        )
    return content


def test_damaged_files(shop: Shop) -> None:
    draw = random.Random(20260131)
    originals = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
    for number in range(200):
        shop.drop(f"{number}'\";.csv", damage(draw.choice(originals), draw))
    for number in range(20):
        shop.drop(f"good{number}.csv", f"order_id,ordered_at,total\ngood{number},2024-05-01,5\n")
    report = shop.load()
    assert sum(report.files.values()) == 220
    assert shop.frame("SELECT count(*) FROM vault.raw.orders WHERE starts_with(order_id, 'good')").item() == 20
    odd = "SELECT * FROM vault.raw.files WHERE status = 'loaded' AND rows IS DISTINCT FROM accepted + rejected"
    assert shop.frame(odd).is_empty()
    unexplained = """
        SELECT * FROM vault.raw.files f WHERE status = 'loaded'
            AND rejected <> (SELECT count(DISTINCT row_number) FROM vault.raw.rejected r WHERE r.file_id = f.file_id)
    """
    assert shop.frame(unexplained).is_empty()
    assert shop.load().load_id is None
