"""What a filter is checked for before a parser sees it.

The parser of cql2 is recursive, and a thread's stack is not: four thousand minus signs end the process.
It also reads a parenthesis that does not follow a name once as a group and, failing that, again as a
list, so that the cost of a text doubles with each parenthesis around it. `check_text` therefore counts,
word by word, how deep an expression can be and how often its characters can be read.
"""

import re
from typing import Final

from tileserver.errors import RequestError
from tileserver.tiles.address import shown

MAX_LENGTH: Final = 4000
"""Characters of a filter. They hold at most a thousand vertices, so geometries need no bound of their own."""

MAX_DEPTH: Final = 32
"""Operations within operations."""

MAX_NODES: Final = 500
"""Operations, properties and values."""

MAX_COSTLY: Final = 16
"""Operations that cost up to fifty milliseconds on the largest layer (`nodes.COSTLY`), where a comparison
costs a fifth of one."""

MAX_READINGS: Final = 40_000
"""Characters that cql2 may have to read, each as often as it can; about a microsecond apiece."""

TOO_DEEP: Final = f"filter nests more than {MAX_DEPTH} operations or parentheses; write it flatter"
TOO_COSTLY: Final = f"filter has more than {MAX_COSTLY} of CASEI, ACCENTI and spatial tests; write fewer"
TOO_MANY: Final = f"filter has more than {MAX_NODES} operations, properties and values; write a shorter one"

_CHARACTERS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<text>'(?:[^']|'')*')"
    r'|(?P<word>[^\W\d_][\w.:]*|"(?:[^"]|"")*")'
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<operator><>|<=|>=|!=|[-+*/%^=<>])"
    r"|(?P<open>\()|(?P<close>\))|(?P<comma>,)"
)

_INFIX_WORDS: Final = frozenset({"and", "or", "not", "in", "like", "between", "div", "is"})
_GEOMETRY_WORDS: Final = frozenset(
    {"point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection"}
)
_MARKERS: Final = frozenset({"z", "m", "zm", "empty"})


def check_characters(text: str) -> None:
    """Raise `RequestError` for a filter that is too long, empty, or holds what is no text."""
    if len(text) > MAX_LENGTH:
        raise RequestError(f"filter has {len(text)} characters; at most {MAX_LENGTH} are read")
    if not text.strip():
        raise RequestError("filter is empty; leave it out, or write a condition as in population > 1000")
    if found := _CHARACTERS.search(text):
        raise RequestError(
            f"filter holds the control character U+{ord(found[0]):04X} at position {found.start() + 1}; "
            "write it without"
        )


def check_text(text: str) -> None:
    """Raise `RequestError` for CQL2 text that cql2 could not read within bounded stack and time.

    Everything else that is wrong with the text is left to cql2 to say.
    """
    scan = _Scan()
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise RequestError(_unreadable(text, position))
        position = token.end()
        scan.read(token.lastgroup or "", token[0])


def _unreadable(text: str, position: int) -> str:
    if text[position] in "'\"":
        return f"filter opens a {text[position]} at position {position + 1} that is never closed"
    return f"filter has {shown(text[position])} at position {position + 1}, which means nothing in CQL2 text"


class _Scan:
    """What has been counted of a text so far.

    `frames` holds, for each parenthesis that is open, how many operations are open in it; `groups` whether
    it follows no name, and is therefore read twice. `joined` counts AND and OR.
    """

    def __init__(self) -> None:
        self.frames = [0]
        self.groups = [False]
        self.after_operand = False
        self.last_word = ""
        self.joined = 0
        self.readings = 0

    def read(self, kind: str, token: str) -> None:
        """Count one token."""
        self.readings += len(token) << sum(self.groups)
        if self.readings > MAX_READINGS:
            raise RequestError(
                "filter has too many parentheses for its length; write it with fewer, or as CQL2 JSON"
            )
        if kind == "space":
            return
        getattr(self, f"_{kind}")(token)
        if kind != "word":
            self.last_word = ""
        if sum(self.frames) + len(self.frames) - 1 > MAX_DEPTH:
            raise RequestError(TOO_DEEP)
        if self.joined > MAX_NODES:
            raise RequestError(TOO_MANY)

    def _text(self, token: str) -> None:
        del token
        self.after_operand = True

    _number = _text

    def _word(self, token: str) -> None:
        word = token.lower()
        if not self.after_operand:
            if word == "not":
                self._nest()
            else:
                self.after_operand = True
                self.last_word = word
            return
        if word in _MARKERS and self.last_word in _GEOMETRY_WORDS:
            return
        if word not in _INFIX_WORDS:
            raise RequestError(f"filter has {shown(token)} where an operator belongs, such as AND, = or LIKE")
        self.last_word = ""
        self.after_operand = False
        if word in {"and", "or"}:
            self._separate()
        elif word == "not":  # NOT of NOT IN, NOT LIKE, NOT BETWEEN: the operator is still to come
            self.after_operand = True
        else:
            self._nest()

    def _operator(self, token: str) -> None:
        del token
        self.after_operand = False
        self._nest()

    def _open(self, token: str) -> None:
        del token
        self.frames.append(0)
        self.groups.append(not self.last_word)
        self.after_operand = False

    def _close(self, token: str) -> None:
        del token
        if len(self.frames) == 1:
            raise RequestError("filter closes a parenthesis that it did not open")
        self.frames.pop()
        self.groups.pop()
        self.after_operand = True

    def _comma(self, token: str) -> None:
        del token
        self.frames[-1] = 0
        self.after_operand = False

    def _nest(self) -> None:
        self.frames[-1] += 1

    def _separate(self) -> None:
        # AND and OR make one long operation of what they join, and bind more loosely than all others.
        self.frames[-1] = 0
        self.joined += 1
