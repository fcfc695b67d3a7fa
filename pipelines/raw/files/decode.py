"""Bytes to text: UTF-8, UTF-16, cp1252, DOS cp850, and files that mix them.

Here: choosing a file's encoding, and decoding it without losing a byte's meaning. Not here: what the text means.

A file has one encoding unless its bytes prove otherwise. Some exports combine parts typed on different systems, so that
0xE9 (cp1252) and 0x82 (DOS cp850) both mean é in one line. Only the neighbours of a byte decide which encoding it has;
RULES decide, and apply only to files with bytes that cannot be cp1252.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Literal

Encoding = Literal[
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "cp1252+cp850", "utf-8+cp1252"
]

# In these patterns a byte stands as the character of the same number (latin-1).
_HIGH = r"\x81-\x83\x87-\x8b\x8d\x8f\x90\xc0-\xff"
LETTER = rf"[A-Za-z{_HIGH}]"
_BEFORE, _AFTER = rf"(?<={LETTER})", rf"(?={LETTER})"
_ALONE_BEFORE, _ALONE_AFTER = rf"(?<!{LETTER})", rf"(?!{LETTER})"
_UPPER = r"[A-Z\x80\x90\xb5-\xb7\xd2-\xd4\xd7\xd8\xde]"

# Bytes that are cp850 letters in a file known to hold cp850; every other byte stays cp1252.
RULES = (
    # no cp1252 character at all: ü ì Å É Ø
    r"[\x81\x8d\x8f\x90\x9d]",
    # é â ç ê ë è ï: cp1252 has a quote, a florin, a dagger or a capital there, none of which touches a letter
    rf"(?<!\d)(?:{_BEFORE}[\x82\x83\x87-\x8b]|[\x82\x83\x87-\x8b]{_AFTER})",
    # Ç, unless the euro sign: no letter follows a euro sign without a blank, and a number often comes before it
    rf"(?<!\d)\x80{_AFTER}",
    # à as a word or within one; at the end of a word the ellipsis
    rf"{_BEFORE}\x85{_AFTER}|(?<![A-Za-z{_HIGH}\x85])\x85(?=[\s,;.!?\"'])(?<=\s.)",
    # î, unless Œ: which begins a word before u, or stands between capitals
    rf"(?<=[a-z{_HIGH}])\x8c|{_ALONE_BEFORE}\x8c(?=[a-tv-z])",
    # ä å ô ö ò ø between letters (else quotes, dagger, bullet, guillemet)
    rf"{_BEFORE}[\x84\x86\x93-\x95\x9b]{_AFTER}",
    # û ù ÿ after a letter (else dashes and a tilde)
    rf"{_BEFORE}[\x96-\x98]",
    # Ä Ö Ü within a word of capitals
    r"(?<=[A-Z])[\x8e\x99\x9a](?=[A-Z])",
    # á í ó ú ñ Ñ within a word, and á standing alone between blanks where a non-breaking blank would be a third one
    rf"{_BEFORE}[\xa0-\xa5]{_AFTER}|(?<=\s)\xa0(?=\s)",
    # « unless a trade mark; » always, as no one types a macron
    rf"{_ALONE_BEFORE}\xae|\xaf",
    # À standing for itself, Á Â beside capitals
    rf"\xb7|{_ALONE_BEFORE}[\xb5\xb6](?=[A-Z])|(?<=[A-Z])[\xb5\xb6]",
    # Ê Ë È Î Ï Ì beside capitals or beginning a word
    rf"(?<={_UPPER})[\xd2-\xd4\xd7\xd8\xde]|[\xd2-\xd4\xd7\xd8\xde](?={_UPPER})|{_ALONE_BEFORE}[\xd2\xd3](?=[a-z])",
    # Ô Û Ù within capitals: cp1252 has small letters there
    r"(?<=[A-Z])[\xe2\xea\xeb](?=[A-Z]|\b)(?<=[A-Z]{2}.)",
    # § not within a word, ° not between letters
    rf"\xf5{_ALONE_AFTER}",
    rf"\xf8{_ALONE_AFTER}|{_ALONE_BEFORE}\xf8",
)
_CP850 = re.compile("|".join(f"(?:{rule})" for rule in RULES))
# Bytes that only cp850 explains: characters that cp1252 lacks, or its quotes and daggers inside a lower-case word.
_EVIDENCE = re.compile(rb"[\x81\x8d\x8f\x90\x9d]|(?<=[a-z])[\x82\x83\x87\x88\x8a-\x8c](?=[a-z])")
_CP1252_LETTER = re.compile(rb"(?<=[a-z])[\xe0-\xff]|[\xe0-\xff](?=[a-z])")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PRIVATE = 0xE000
_TO_PRIVATE = {code: _PRIVATE + code for code in range(0x80, 0x100)}
_TO_TEXT = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0x100)} | {
    _PRIVATE + code: bytes([code]).decode("cp850") for code in range(0x80, 0x100)
}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def mark(head: bytes) -> Encoding | None:
    """The encoding that a byte order mark, or the zero bytes of unmarked UTF-16, reveal."""
    for prefix, encoding in MARKS:
        if head.startswith(prefix):
            return encoding  # type: ignore[return-value]
    sample = head[:1024]
    half = len(sample) // 2
    if half > 1 and sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if half > 1 and sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def single_byte(chunks: Iterable[bytes]) -> Encoding:
    """The encoding of a file that is not UTF-8 throughout."""
    evidence = letters = sequences = high = 0
    for chunk in chunks:
        evidence += len(_EVIDENCE.findall(chunk))
        letters += len(_CP1252_LETTER.findall(chunk))
        pairs = _UTF8.findall(chunk)
        sequences += len(pairs)
        high += len(chunk) - len(chunk.translate(None, bytes(range(0x80, 0x100)))) - sum(map(len, pairs))
    if sequences > high:
        return "utf-8+cp1252"
    if not evidence:
        return "cp1252"
    return "cp1252+cp850" if letters > evidence / 10 else "cp850"


def _stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1").translate(_TO_TEXT), error.end


codecs.register_error("northstar-stray", _stray)


def decode(data: bytes, encoding: Encoding) -> str:
    """The text of the bytes; never fails."""
    if encoding == "cp1252+cp850":
        text = data.decode("latin-1")
        return _CP850.sub(lambda match: match.group().translate(_TO_PRIVATE), text).translate(_TO_TEXT)
    if encoding == "utf-8+cp1252":
        return data.decode("utf-8", "northstar-stray")
    if encoding == "cp1252":
        return data.decode("latin-1").translate(_TO_TEXT)
    return data.decode(encoding, "replace")
