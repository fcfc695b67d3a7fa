"""What a SQL text means to DuckDB, apart from its comments and its layout.

Here: SQL reduced to what a digest should depend on. Not here: the digests themselves.
"""

from __future__ import annotations

import re

_QUOTED = r"""
    (?P<quoted> (?<![\w$])[eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' | "(?:""|[^"])*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
"""
_COMMENT = re.compile(rf"{_QUOTED} | --[^\n]* | /\*.*?\*/", re.DOTALL | re.VERBOSE)
_BLANK = re.compile(rf"{_QUOTED} | \s*(?P<mark>[(),;])\s* | \s+", re.DOTALL | re.VERBOSE)


def sql_meaning(text: str) -> str:
    """The text without comments and without blanks that separate no words; quoted texts and names stay as they are."""
    return ";".join(sql_statements(text))


def sql_statements(text: str) -> list[str]:
    """The meaning of each statement of a text, in order."""
    bare = _COMMENT.sub(lambda match: match["quoted"] or " ", text)
    statements = [""]
    end = 0
    for match in _BLANK.finditer(bare):
        statements[-1] += bare[end : match.start()]
        end = match.end()
        if match["mark"] == ";":
            statements.append("")
        else:
            statements[-1] += match["quoted"] or match["mark"] or " "
    statements[-1] += bare[end:]
    return [statement.strip() for statement in statements if statement.strip()]
