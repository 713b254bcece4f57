r"""Reads the LaTeX of a formula into statements: rows, chains, ranges and conditions.

What stands on one side of a relation is read by `nnref.equations.parser`.
"""

from dataclasses import dataclass, field, replace

from nnref.equations.parser import (
    CLOSING,
    INDICES,
    OPENING,
    RELATIONS,
    UNREAD,
    Parser,
    loss,
)
from nnref.equations.tokens import DEEPEST, WIDE, ReadError, Token, tokenize
from nnref.equations.tree import (
    Add,
    Compare,
    Dots,
    Matrix,
    Node,
    Number,
    Product,
    Range,
    Shape,
    Statement,
    Symbol,
    children,
    walk,
)

ROWS = {"aligned", "align", "gather", "gathered", "equation", "split", "eqnarray"}
ROWS |= {"multline", "flalign", "alignat", "displaymath", "math"}
LINKS = 50  # at most, in one chain
TALLEST = 150  # parts inside of each other, after reading
# Words that may stand between two equations, and say nothing of them.
JOINING = {"and", "or", "where", "with", "so", "then", "hence", "thus", "i.e"}
ALL = {"for", "for all", "for each", "for every", "forall"}
IF = {"if", "when", "whenever"}
PARTING = {"if", "for", "where", "and", "otherwise"}


def read(source: str, functions: frozenset[str] = frozenset()) -> list[Statement]:
    r"""Read the statements of a formula.

    Args:
        source: LaTeX, without the dollar signs around it. It may hold several
            equations: the rows of an `aligned`, or some in a row.
        functions: Names that are functions, besides those that everybody knows.

    Returns:
        The statements, in order. One without a relation has a single side.

    Raises:
        ReadError: If a part of the formula cannot be read, with its place.
    """
    tokens = tokenize(source)
    if not tokens:
        raise ReadError("there is no formula", (0, len(source)))
    _check_depth(tokens)
    statements: list[Statement] = []
    for row in _rows(tokens):
        span = (row[0].span[0], row[-1].span[1])
        if _is_range(row):
            only = _range(row)
            sides = (Symbol(span, only.index), Dots(span))
            statements.append(Statement(sides, ("=",), (only,), None, span))
            continue
        for chunk in _chunks(row):
            statement = _statement(chunk, functions)
            for side in statement.sides:
                _check_height(side)
            statements.append(statement)
    if not statements:
        raise ReadError("there is no formula", (0, len(source)))
    return statements


def symbols(statement: Statement) -> list[Symbol]:
    """Return all symbols of a statement, in order."""
    nodes = (node for side in statement.sides for node in walk(side))
    return [node for node in nodes if isinstance(node, Symbol)]


def _check_depth(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "mark" and token.value in OPENING:
            depth += 1
            if depth > DEEPEST:
                raise ReadError(
                    f"brackets stand inside of each other more than {DEEPEST} deep",
                    token.span,
                )
        elif token.kind == "mark" and token.value in CLOSING:
            depth -= 1


def _check_height(side: Node) -> None:
    """Refuse a tree that is too tall to be walked through, without walking it so."""
    level = [side]
    for _ in range(TALLEST):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise ReadError(f"parts stand more than {TALLEST} deep", side.span)


def _depths(tokens: list[Token]) -> list[int]:
    """Return how many brackets and environments each token is inside of."""
    depths, depth = [], 0
    for token in tokens:
        opens = token.kind == "mark" and token.value in OPENING
        opens = opens or (token.kind == "command" and token.value.startswith("begin "))
        closes = token.kind == "mark" and token.value in CLOSING
        closes = closes or (token.kind == "command" and token.value.startswith("end "))
        depth -= closes
        depths.append(depth)
        depth += opens
    return depths


# Rows


def _rows(tokens: list[Token]) -> list[list[Token]]:
    r"""Cut at `\\`, outside of matrices and cases, and join rows that go on."""
    flat = [token for token in tokens if not _is_frame(token)]
    if (
        flat
        and (flat[0].value, flat[-1].value) == ("begin array", "end array")
        and not _relation_places(flat)
        and _relation_places(flat[1:-1])
    ):
        flat = flat[1:-1]
    rows: list[list[Token]] = [[]]
    marks = 0
    for token, depth in zip(flat, _depths(flat), strict=True):
        if token.kind == "row" and (depth == 0 or token.value == "$"):
            rows.append([])
            marks = 0
        elif depth == 0 and token.value == "&":
            # Every second & parts two equations that stand side by side.
            marks += 1
            if marks % 2 == 0:
                rows[-1].append(Token("space", "&", token.span))
        else:
            rows[-1].append(token)
    joined: list[list[Token]] = []
    for row in rows:
        row = _unboxed(_trimmed(row))
        if not row:
            continue
        first = _first_sign(row)
        goes_on = first in RELATIONS or (
            first in ("+", "-", "cdot", "times", "odot") and not _relation_places(row)
        )
        if joined and goes_on:
            between = Token("space", "", (row[0].span[0], row[0].span[0]))
            joined[-1] += [between, *row]
        else:
            joined.append(row)
    return joined


def _is_frame(token: Token) -> bool:
    """Tell whether a token begins or ends an environment of rows."""
    word, _, name = token.value.partition(" ")
    return token.kind == "command" and word in ("begin", "end") and name in ROWS


def _trimmed(row: list[Token]) -> list[Token]:
    """Leave out the spaces and the punctuation around a row."""
    ends = {".", ",", ";"}
    start, stop = 0, len(row)
    while start < stop and (row[start].kind == "space" or row[start].value in ends):
        start += 1
    while stop > start and (
        row[stop - 1].kind == "space" or row[stop - 1].value in ends
    ):
        stop -= 1
    return row[start:stop]


def _unboxed(row: list[Token]) -> list[Token]:
    r"""Leave out the braces around a whole equation, as `\boxed{..}` has them."""
    if len(row) > 2 and (row[0].value, row[-1].value) == ("{", "}"):
        inside = row[1:-1]
        if min(_depths(inside)) >= 0 and _relation_places(inside):
            return inside
    return row


def _first_sign(row: list[Token]) -> str:
    """Return the first token that says something: {} says nothing."""
    place = 0
    while [token.value for token in row[place : place + 2]] == ["{", "}"]:
        place += 2
    return row[place].value if place < len(row) else ""


def _relation_places(tokens: list[Token]) -> list[int]:
    return [
        place
        for place, (token, depth) in enumerate(
            zip(tokens, _depths(tokens), strict=True)
        )
        if depth == 0
        and token.kind in ("mark", "command")
        and (token.value in RELATIONS or token.value in UNREAD)
    ]


# Equations in a row


@dataclass
class Chunk:
    """The tokens of one equation, and what the text says of its indices."""

    tokens: list[Token]
    ranges: list[Range] = field(default_factory=list)
    condition: Compare | None = None

    def add_condition(self, condition: Compare) -> None:
        """Note a condition; a second one must be the same."""
        if self.condition is not None and self.condition != condition:
            raise ReadError("a second condition", condition.span)
        self.condition = condition

    def add_range(self, found: Range) -> None:
        """Note a range; a second one for an index must be the same."""
        for item in self.ranges:
            if item.index == found.index:
                if item != found:
                    raise ReadError(f"a second range for {found.index}", found.span)
                return
        self.ranges.append(found)


def _chunks(row: list[Token]) -> list[Chunk]:
    """Cut a row into equations, with the ranges and the conditions behind them."""
    pieces = _pieces(row)
    chunks: list[Chunk] = []
    told = 0  # how many chunks have got what is said of them
    place = 0
    while place < len(pieces):
        word, head, body = pieces[place]
        place += 1
        if chunks and word in ("", ",", *WIDE) and _begins_range(pieces[place - 1 :]):
            # Z^{[l]} = .., l = 1, ..., L: without the word for.
            word = "for"
        if word in ALL or word in IF:
            while place < len(pieces) and _belongs_to_range(pieces[place]):
                comma, more = pieces[place][1:]
                body = [*body, comma, *more]
                place += 1
            if not chunks:
                raise ReadError("what is this said of?", head.span)
            told = _tell(chunks, told, body, head)
            continue
        if word == "otherwise":
            raise ReadError("otherwise stands outside of cases", head.span)
        if head.kind == "text" and word not in JOINING:
            raise ReadError(f"the words {word!r} are not read", head.span)
        if not body:
            if word in JOINING and place == len(pieces):
                raise ReadError(f"nothing follows {word!r}", head.span)
            continue
        _add(chunks, word, head, body)
    return chunks


Piece = tuple[str, Token, list[Token]]


def _pieces(row: list[Token]) -> list[Piece]:
    """Cut a row where equations may part, with what stands there."""
    nothing = Token("space", "", row[0].span)
    pieces: list[Piece] = [("", nothing, [])]
    for token, depth in zip(row, _depths(row), strict=True):
        parts = depth == 0 and (
            token.kind in ("space", "text")
            or (token.kind == "mark" and token.value in (",", ";"))
            or (token.kind == "command" and token.value in ("rightarrow", "forall"))
            or (token.kind == "word" and token.value in PARTING)
        )
        if parts:
            pieces.append((token.value, token, []))
        else:
            pieces[-1][2].append(token)
    return pieces if pieces[0][2] else pieces[1:]


def _tell(chunks: list[Chunk], told: int, body: list[Token], head: Token) -> int:
    """Note what is said of the equations before it, up to the last such note."""
    if not body:
        raise ReadError("nothing follows", head.span)
    concerned = chunks[told:] or chunks[-1:]
    if head.value in IF:
        concerned = chunks[-1:]  # if z > 0 is said of one, for l = .. of all
    if head.value in ALL and len(body) == 1 and body[0].value in INDICES:
        return len(chunks)  # for all l: it is so anyway
    if head.value in IF or _is_condition(body):
        condition = _condition(body)
        for chunk in concerned:
            chunk.add_condition(condition)
    else:
        for chunk in concerned:
            chunk.add_range(_range(body))
    return len(chunks)


def _add(chunks: list[Chunk], word: str, head: Token, body: list[Token]) -> None:
    """Add an equation, or what goes on with the one before."""
    if not chunks:
        chunks.append(Chunk(list(body)))
        return
    before = chunks[-1].tokens
    related, was_related = _relation_places(body), _relation_places(before)
    goes_on = body[0].value in RELATIONS or body[0].value in ("+", "-")
    if head.kind == "space" and goes_on:
        before.extend(body)
    elif related and was_related:
        chunks.append(Chunk(list(body)))
    elif head.kind == "space":
        before.extend(body)
    elif word == "," and (related or was_related):
        # z^{[l]}, a^{[l]}: (n, 1), and other lists.
        before.extend([head, *body])
    else:
        raise ReadError(f"what stands around {word!r} is no equation", head.span)


def _begins_range(pieces: list[Piece]) -> bool:
    """Tell whether l = 1, ..., L begins here."""
    _, _, body = pieces[0]
    values = [token.value for token in body[:2]]
    return (
        len(pieces) > 2
        and len(body) > 2
        and values[0] in INDICES
        and values[1] == "="
        and all(map(_belongs_to_range, pieces[1:3]))
        and [token.value for token in pieces[1][2]] == ["dots"]
    )


def _belongs_to_range(piece: Piece) -> bool:
    """Tell whether a piece after a comma goes on with l = 1, ..., L."""
    word, _, body = piece
    return word == "," and not _relation_places(body)


def _is_condition(tokens: list[Token]) -> bool:
    values = {token.value for token in tokens}
    return bool(values & {"<", ">", "le", "ge", "ne"}) and not values & {"dots", "in"}


def _condition(tokens: list[Token]) -> Compare:
    parser = Parser(tokens)
    condition = parser.condition()
    parser.expect_end()
    return condition


# Ranges


def _is_range(row: list[Token]) -> bool:
    """Tell whether a row says only which values an index has: l = 1, ..., L."""
    return (
        len(row) > 4
        and row[0].kind == "word"
        and row[0].value in INDICES
        and row[1].value == "="
        and any(token.value == "," for token in row)
        and len(_relation_places(row)) == 1
    )


def _range(tokens: list[Token]) -> Range:
    r"""Read `l = 1, 2, ..., L` or `l \in \{1, ..., L\}`."""
    span = (tokens[0].span[0], tokens[-1].span[1])
    head, *rest = tokens
    problem = ReadError("a range such as l = 1, ..., L is expected", span)
    if head.kind != "word" or head.value not in INDICES:
        raise ReadError("an index such as l is expected here", head.span)
    if len(rest) < 2 or rest[0].value not in ("=", "in"):
        raise problem
    items: list[list[Token]] = [[]]
    for token in rest[1:]:
        if token.kind == "mark" and token.value == ",":
            items.append([])
        elif not (token.kind == "mark" and token.value in (r"\{", r"\}")):
            items[-1].append(token)
    dots = [[token.value for token in item] == ["dots"] for item in items]
    values = [
        _index(item) for item, dot in zip(items, dots, strict=True) if item and not dot
    ]
    if not values or not all(items) or dots[0] or dots[-1]:
        raise problem
    if not any(dots) and not _is_counted(values):
        raise problem
    low, high = values[0], values[-1]
    if _is_downwards(low, high):
        low, high = high, low
    return Range(head.value, low, high, span)


def _is_counted(values: list[Node]) -> bool:
    """Tell whether values are one, or numbers in order without a gap: 1, 2, 3."""
    numbers = [int(x.text) for x in values if isinstance(x, Number)]
    return len(values) == 1 or (
        len(numbers) == len(values)
        and numbers == list(range(numbers[0], numbers[0] + len(values)))
    )


def _is_downwards(low: Node, high: Node) -> bool:
    if isinstance(low, Number) and isinstance(high, Number):
        return int(low.text) > int(high.text)
    return isinstance(high, Number) and not isinstance(low, Number)


def _index(tokens: list[Token]) -> Node:
    parser = Parser(tokens)
    node = parser.sum()
    parser.expect_end()
    for number in walk(node):
        if isinstance(number, Number) and not (
            number.text.isdigit() and len(number.text) < 7
        ):
            raise ReadError(f"{number.text} is no index", number.span)
    return node


# Sides


def _statement(chunk: Chunk, functions: frozenset[str]) -> Statement:
    tokens = chunk.tokens
    span = (tokens[0].span[0], tokens[-1].span[1])
    places = _relation_places(tokens)
    if len(places) > LINKS:
        raise ReadError(f"a chain of more than {LINKS} links", span)
    for place in places:
        if tokens[place].value in UNREAD:
            raise ReadError(
                f"the relation {tokens[place].value!r} is not read", tokens[place].span
            )
    relations = tuple(RELATIONS[tokens[place].value] for place in places)
    starts = [0, *(place + 1 for place in places)]
    stops = [*places, len(tokens)]
    sides = []
    for number, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if start == stop:
            where = "before" if number == 0 else "after"
            at = tokens[min(start, len(tokens) - 1)]
            raise ReadError(f"nothing stands {where} the relation", at.span)
        sides.append(_side(tokens[start:stop], number, relations, functions))
    if len(sides) > 1:
        sides[-1] = _without_condition(sides[-1], chunk)
    return Statement(
        tuple(sides), relations, tuple(chunk.ranges), chunk.condition, span
    )


def _without_condition(side: Node, chunk: Chunk) -> Node:
    """Take (i = j) at the end of a side for a condition, and not for a factor."""
    if not isinstance(side, Product):
        return side
    *factors, last = side.factors
    if not isinstance(last, Compare) or not factors:
        return side
    for x in (last.left, last.right):
        if not isinstance(x, Symbol | Number | Add):
            return side
        names = {y.name for y in walk(x) if isinstance(y, Symbol)}
        if not names <= INDICES | {"L"}:
            return side
    chunk.add_condition(last)
    return factors[0] if len(factors) == 1 else replace(side, factors=tuple(factors))


def _side(
    tokens: list[Token],
    number: int,
    relations: tuple[str, ...],
    functions: frozenset[str],
) -> Node:
    """Read one side of a relation. Before a colon it may be a list of names."""
    parser = Parser(tokens, functions)
    node = parser.sum()
    if number == 0 and relations[:1] == (":",):
        names = [node]
        while parser.at(","):
            parser.next()
            names.append(parser.sum())
        if len(names) > 1:
            node = Shape(parser.span_from(0), tuple(names))
    parser.expect_end()
    after = relations[number - 1] if 0 < number <= len(relations) else ""
    if isinstance(node, Matrix) and node.list and after in (":", "in"):
        # X: [n_x, m], a shape in square brackets.
        return Shape(node.span, node.rows[0])
    return loss(node)
