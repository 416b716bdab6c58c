"""The query language of §3: tokens, and the statement they make."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..settings import Switches
from ..wire.refusals import Refusal

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<mark><=|>=|!=|[=<>(),*]))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
#: Of positions and page sizes, as integers of 32 bits hold them.
LARGEST_WHOLE = 2**31 - 1
#: What one statement may hold, so that the database behind it can take any.
MOST_CONDITIONS = 200
MOST_VALUES = 5_000
LONGEST_LITERAL = 4_000
OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "IN", "LIKE")
_KEYWORDS = ("SELECT", "FROM", "WHERE", "AND", "ORDERBY", "ORDER", "STARTPOSITION", "MAXRESULTS", "IN", "LIKE")


@dataclass(frozen=True)
class Literal:
    text: str
    quoted: bool


@dataclass(frozen=True)
class Condition:
    property: str
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Statement:
    entity: str
    columns: tuple[str, ...]
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    #: Property and whether it runs downward.
    ordering: tuple[tuple[str, bool], ...] = ()
    start: int = 1
    limit: int | None = None


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int

    def goes_on(self, before: Token) -> bool:
        return self.kind == before.kind == "string" and self.at == before.at + len(before.text)


def unparsable(detail: str) -> Refusal:
    return Refusal("4000", f"QueryParserError: {detail}", element=None)


def invalid(detail: str) -> Refusal:
    return Refusal("4001", f"QueryValidationError: {detail}", element=None)


def tokenize(text: str) -> list[Token]:
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise unparsable(f'Encountered "{text[at:].lstrip()[:20]}" at column {at + 1}')
        tokens.append(Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1))
        at = found.end()
    return tokens


class Parser:
    """Recursive descent over one statement; each method reads one clause."""

    def __init__(self, text: str, switches: Switches, today: str) -> None:
        if not text.strip():
            raise unparsable("The query provided was empty")
        self._tokens = tokenize(text)
        self._at = 0
        self._switches = switches
        self._today = today

    def statement(self) -> Statement:
        self._expect("SELECT")
        count, columns = self._selection()
        self._expect("FROM")
        entity = self._name()
        conditions = self._conditions() if self._accept("WHERE") else ()
        ordering: tuple[tuple[str, bool], ...] = ()
        while self._accepts_order():
            ordering += self._ordering()
        start, limit = self._page()
        if self._peek() is not None:
            raise self._surprise()
        _check_size(conditions, ordering)
        return Statement(entity, columns, count, conditions, ordering, start, limit)

    def _page(self) -> tuple[int, int | None]:
        """In either order, as clients write them."""
        start, limit = 1, None
        for _ in range(2):
            if self._accept("STARTPOSITION"):
                # Live companies take 0 for 1.
                start = self._whole() or 1
            elif self._accept("MAXRESULTS"):
                limit = self._whole()
                if limit < 1:
                    raise invalid(f"value {limit} is too small. Min allowed value is 1")
        return start, limit

    def _peek(self, ahead: int = 0) -> Token | None:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def _surprise(self) -> Refusal:
        token = self._peek()
        if token is None:
            return unparsable('Encountered "<EOF>" at the end of the query')
        return unparsable(f'Encountered "{token.text}" at column {token.at}')

    def _is(self, text: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token is not None and token.kind != "string" and token.text.upper() == text

    def _accept(self, text: str) -> bool:
        if not self._is(text):
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._surprise()

    def _accepts_order(self) -> bool:
        if self._is("ORDER") and self._is("BY", 1):
            self._at += 2
            return True
        return self._accept("ORDERBY")

    def _name(self) -> str:
        token = self._peek()
        if token is None or token.kind != "word" or token.text.upper() in _KEYWORDS:
            raise self._surprise()
        self._at += 1
        return token.text

    def _selection(self) -> tuple[bool, tuple[str, ...]]:
        if self._is("COUNT") and self._is("(", 1):
            self._at += 1
            for mark in ("(", "*", ")"):
                self._expect(mark)
            return True, ()
        columns = [self._column()]
        while self._accept(","):
            columns.append(self._column())
        return False, tuple(columns)

    def _column(self) -> str:
        return "*" if self._accept("*") else self._name()

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._accept("AND"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        name = self._name()
        token = self._peek()
        if token is None or token.kind == "string" or token.text.upper() not in OPERATORS:
            raise self._surprise()
        if token.text == "!=" and self._switches.not_equal == "refuse":
            raise self._surprise()
        self._at += 1
        operator = token.text.upper()
        return Condition(name, operator, self._list() if operator == "IN" else (self._literal(),))

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._accept(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        token = self._peek()
        if token is None:
            raise self._surprise()
        if token.kind == "string":
            return Literal(self._quoted(token), quoted=True)
        if token.kind == "number" or token.text.lower() in ("true", "false"):
            self._at += 1
            return Literal(token.text.lower(), quoted=False)
        if token.text.upper() == "CURRENT_DATE":
            # §3: in samples, without quotes; the day of the company.
            self._at += 1
            return Literal(self._today, quoted=True)
        raise self._surprise()

    def _quoted(self, token: Token) -> str:
        """One literal; where the next begins at its very end, the two quotes between them stand for one."""
        texts = [self._unescaped(token.text[1:-1])]
        self._at += 1
        following = self._peek()
        while self._switches.doubled_quote == "accept" and following is not None and following.goes_on(token):
            token = following
            texts.append(self._unescaped(token.text[1:-1]))
            self._at += 1
            following = self._peek()
        return "'".join(texts)

    def _unescaped(self, text: str) -> str:
        def plain(found: re.Match[str]) -> str:
            if found[1] in "'\\":
                return found[1]
            if self._switches.lone_backslash == "keep":
                return found[0]
            raise unparsable(f'Encountered "{found[0]}": a backslash escapes only a quote or itself')

        return _ESCAPE.sub(plain, text)

    def _ordering(self) -> tuple[tuple[str, bool], ...]:
        found = [self._direction()]
        while self._accept(","):
            found.append(self._direction())
        return tuple(found)

    def _direction(self) -> tuple[str, bool]:
        name = self._name()
        if self._accept("ASC"):
            return name, False
        return name, self._accept("DESC")

    def _whole(self) -> int:
        token = self._peek()
        if token is None or token.kind != "number" or not token.text.isdecimal():
            raise self._surprise()
        self._at += 1
        # More digits than that Python would not even read.
        if len(token.text.lstrip("0")) > len(str(LARGEST_WHOLE)) or int(token.text) > LARGEST_WHOLE:
            raise invalid(f"value {token.text[:40]} is too large. Max allowed value is {LARGEST_WHOLE}")
        return int(token.text)


def _check_size(conditions: tuple[Condition, ...], ordering: tuple[tuple[str, bool], ...]) -> None:
    values = [value for condition in conditions for value in condition.values]
    if len(conditions) > MOST_CONDITIONS or len(ordering) > MOST_CONDITIONS or len(values) > MOST_VALUES:
        raise invalid("the query has too many conditions")
    if any(len(value.text) > LONGEST_LITERAL for value in values):
        raise invalid(f"a value is too long. Max allowed length is {LONGEST_LITERAL}")
