"""A lexer of the States language that finds words by a regular expression."""

import re

from antlr4 import InputStream
from antlr4.atn.LexerATNSimulator import LexerATNSimulator
from localstack.services.stepfunctions.asl.antlr.runtime.ASLLexer import ASLLexer

WORDS = {name[1:-1]: token for token, name in enumerate(ASLLexer.literalNames) if token}
PIECE = re.compile(r'[ \t\n]+|[][{},:]|true|false|null|"[^"\\\x00-\x1f]*"')
# Paths and variables, JSONata, intrinsic functions.
SPECIAL = ('"$', '"{%', '"States.')


class WordSimulator(LexerATNSimulator):  # type: ignore[misc]
    """Finds white space, words and plain strings itself, and leaves the rest to ANTLR.

    ANTLR builds its automaton while it reads, letter by letter and in Python; for those that
    takes longer than the rest of CreateStateMachine. It prefers the longest match, and of two
    equally long matches the rule that comes first: words come first in the grammar.
    """

    def match(self, stream: InputStream, mode: int) -> int:
        """The type of the next token, which is consumed; `SKIP` for white space."""
        found = PIECE.match(stream.strdata, stream.index)
        token = _type(found.group()) if found else None
        if found is None or token is None:
            return int(super().match(stream, mode))
        stream.seek(found.end())
        text = found.group()
        lines = text.count("\n")
        self.line += lines
        start = 0 if lines else int(self.column)
        self.column: int = start + len(text) - text.rfind("\n") - 1
        return token


def _type(text: str) -> int | None:
    if text in WORDS:
        return int(WORDS[text])
    if text.isspace():
        return int(ASLLexer.SKIP)
    if text.startswith(SPECIAL):
        return None
    return int(ASLLexer.STRINGDOLLAR if text.endswith('.$"') else ASLLexer.STRING)
