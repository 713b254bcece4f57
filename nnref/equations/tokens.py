r"""Cuts a formula into tokens, each with its place in the source.

What only sets the look is left out here: spacing, sizes, fonts, `\tag`, `\label`.
Unicode letters and the spellings that Markdown needs (`\_`, `\*`) become the LaTeX
that they stand for. The text itself is never changed, so that places stay right.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nnref.equations.tree import Span

LONGEST = 20_000  # characters of one formula
DEEPEST = 60  # braces, brackets and fractions inside of each other

Kind: TypeAlias = Literal["word", "command", "number", "mark", "space", "row", "text"]


class ReadError(ValueError):
    """A formula cannot be read.

    Attributes:
        message: What is wrong.
        span: Where.
    """

    def __init__(self, message: str, span: Span) -> None:
        """Note what is wrong and where."""
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula.

    Attributes:
        kind: `word`: a name of letters. `command`: a control word, without the
            backslash. `number`. `mark`: one or two signs. `space`: a wide space, which
            may part two equations. `row`: the end of a row. `text`: words.
        value: What it says, in its usual spelling.
        span: Where it stands.
    """

    kind: Kind
    value: str
    span: Span


COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
LETTERS = re.compile(r"[A-Za-z]+")
GROUP = re.compile(r"\s*\{([^{}]*)\}")

# Names of more than one letter that people write without a backslash.
WORDS = {
    "log": "log",
    "ln": "log",
    "exp": "exp",
    "max": "max",
    "min": "min",
    "tanh": "tanh",
    "Tanh": "tanh",
    "sigmoid": "sigma",
    "Sigmoid": "sigma",
    "sigma": "sigma",
    "relu": "relu",
    "ReLU": "relu",
    "ReLu": "relu",
    "Relu": "relu",
    "RELU": "relu",
    "softmax": "softmax",
    "Softmax": "softmax",
    "np": "np",
    "sum": "sum",
    "dot": "dot",
    "multiply": "multiply",
    "mean": "mean",
    "power": "power",
    "square": "square",
    "divide": "divide",
    "axis": "axis",
    "keepdims": "keepdims",
    "True": "True",
    "true": "True",
    "shape": "shape",
    "alpha": "alpha",
    "theta": "theta",
    "dtheta": "dtheta",
    "diag": "diag",
    "prediction": "prediction",
    "pred": "pred",
    "if": "if",
    "If": "if",
    "when": "if",
    "for": "for",
    "For": "for",
    "where": "where",
    "and": "and",
    "otherwise": "otherwise",
    "else": "otherwise",
}
# d before one of these makes the name of a derivative: dW, db, dZ.
DIFFERENTIALS = ("theta", *"WwBbZzAaXx")
SPELLINGS = sorted(WORDS, key=len, reverse=True)

# Commands that become a name, by the name. Others keep their own.
NAMES = {
    "varepsilon": "epsilon",
    "ln": "log",
    "ell": "L",
    "rq": "'",
    "prime": "'",
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "mid": "|",
    "lVert": "||",
    "rVert": "||",
    "Vert": "||",
    "ast": "*",
    "circ": "odot",
    "leq": "le",
    "geq": "ge",
    "leqslant": "le",
    "geqslant": "ge",
    "lt": "<",
    "gt": ">",
    "neq": "ne",
    "colon": ":",
    "gets": ":=",
    "leftarrow": ":=",
    "coloneqq": ":=",
    "intercal": "top",
    "dfrac": "frac",
    "tfrac": "frac",
    "cfrac": "frac",
    "dotsc": "dots",
    "dotsb": "dots",
    "dotsm": "dots",
    "ldots": "dots",
    "cdots": "dots",
    "vdots": "dots",
    "ddots": "dots",
    "Rightarrow": "rightarrow",
    "to": "rightarrow",
    "implies": "rightarrow",
    "Longrightarrow": "rightarrow",
    "longrightarrow": "rightarrow",
    "lbrack": "[",
    "rbrack": "]",
    "lbrace": r"\{",
    "rbrace": r"\}",
    "lparen": "(",
    "rparen": ")",
    "thickapprox": "approx",
    "simeq": "approx",
    "widehat": "hat",
    "newline": r"\\",
    "cr": r"\\",
}
MARKS = {"'", "|", "||", "*", "<", ">", ":", ":=", "[", "]", "(", ")"}
MARKS |= {r"\{", r"\}"}
WIDE = {"quad", "qquad"}
DROPPED = {
    *("left", "right", "middle", "displaystyle", "textstyle", "scriptstyle"),
    *("limits", "nolimits", "nonumber", "notag", "hfill", "noindent", "centering"),
    *("big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr"),
    *(
        "Biggl",
        "Biggr",
        "large",
        "Large",
        "LARGE",
        "huge",
        "Huge",
        "small",
        "normalsize",
    ),
    *("tiny", "footnotesize", "thinspace", "medspace", "thickspace", "negthinspace"),
    *("strut", "relax", "bf", "rm", "it", "boldmath", "hline", "enspace", "scriptsize"),
}
# Dropped with the group behind it.
DROPPED_WITH_GROUP = {
    *("tag", "label", "hspace", "vspace", "color", "mbox{}", "phantom", "vphantom"),
    *("hphantom", "mspace", "kern"),
}
# Fonts: the group behind it stays, and says the same.
FONTS = {
    *("mathbf", "boldsymbol", "mathit", "mathsf", "bm", "pmb", "mathtt", "vec"),
    *("underline", "boxed", "mathstrut", "mathnormal", "ensuremath", "mathord"),
}
TEXTS = {"text", "mathrm", "textrm", "textbf", "textit", "mbox", "operatorname"}
TEXTS |= {"texttt", "textnormal", "hbox"}

UNICODE = {
    "σ": ("command", "sigma"),
    "α": ("command", "alpha"),
    "ε": ("command", "epsilon"),
    "ϵ": ("command", "epsilon"),
    "λ": ("command", "lambda"),
    "θ": ("command", "theta"),
    "μ": ("command", "mu"),
    "∂": ("command", "partial"),
    "∑": ("command", "sum"),
    "Σ": ("command", "sum"),
    "∏": ("command", "prod"),
    "⊙": ("command", "odot"),
    "∘": ("command", "odot"),
    "·": ("command", "cdot"),
    "⋅": ("command", "cdot"),
    "×": ("command", "times"),
    "≤": ("command", "le"),
    "≥": ("command", "ge"),
    "≈": ("command", "approx"),
    "≠": ("command", "ne"),
    "∈": ("command", "in"),
    "ℝ": ("command", "reals"),
    "→": ("command", "rightarrow"),
    "⇒": ("command", "rightarrow"),
    "←": ("mark", ":="),
    "−": ("mark", "-"),
    "–": ("mark", "-"),
    "∗": ("mark", "*"),
    "′": ("mark", "'"),
    "’": ("mark", "'"),
    "`": ("mark", "'"),
    "‖": ("mark", "||"),
    "∥": ("mark", "||"),
    "ℒ": ("word", "L"),
    "𝓛": ("word", "L"),
    "𝒥": ("word", "J"),
    "ŷ": ("word", "yhat"),
    "Ŷ": ("word", "Yhat"),
    "…": ("command", "dots"),
    "⋯": ("command", "dots"),
    "√": ("command", "sqrt"),
    "∞": ("command", "infty"),
    "∀": ("command", "forall"),
    "½": ("number", "0.5"),
    "ᵀ": ("transpose", "T"),
    "⊤": ("command", "top"),
    "²": ("power", "2"),
    "³": ("power", "3"),
}
ESCAPED = "_*^#%&$ "


def tokenize(source: str) -> list[Token]:
    """Cut a formula into tokens.

    Args:
        source: The formula, without the dollar signs around it.

    Returns:
        The tokens, in order.

    Raises:
        ReadError: If a character or a command has no meaning in a formula.
    """
    if len(source) > LONGEST:
        raise ReadError(
            f"the formula has {len(source)} characters: at most {LONGEST} are read",
            (LONGEST, len(source)),
        )
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        at = _one(source, at, tokens)
    tokens = _without_braces_around_brackets(tokens)
    return _with_differentials(_with_layers(source, tokens))


def _with_layers(source: str, tokens: list[Token]) -> list[Token]:
    r"""Read `\ell` as the index l, if a layer is written with it: `W^{[\ell]}`."""
    if r"\ell" not in source:
        return tokens
    scripts: list[bool] = []  # whether each open bracket is that of a layer
    is_layer = False
    for place, token in enumerate(tokens):
        if token.value == "[":
            before = [x.value for x in tokens[max(place - 2, 0) : place]]
            scripts.append(before[-1:] == ["^"] or before == ["^", "{"])
        elif token.value == "]" and scripts:
            scripts.pop()
        elif source[slice(*token.span)] == r"\ell":
            is_layer = is_layer or any(scripts)
    if not is_layer:
        return tokens
    return [
        Token("word", "l", token.span)
        if source[slice(*token.span)] == r"\ell"
        else token
        for token in tokens
    ]


def _with_differentials(tokens: list[Token]) -> list[Token]:
    r"""Join the d of `\mathrm{d}Z` or `d Z` with the letter behind it."""
    joined: list[Token] = []
    for token in tokens:
        before = joined[-1] if joined else None
        if (
            before is not None
            and (before.kind, before.value) == ("word", "d")
            and token.kind in ("word", "command")
            and token.value in DIFFERENTIALS
        ):
            span = (before.span[0], token.span[1])
            joined[-1] = Token("word", f"d{token.value}", span)
        else:
            joined.append(token)
    return joined


def _without_braces_around_brackets(tokens: list[Token]) -> list[Token]:
    r"""Read `\large{(}` as the bracket that it shows."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        three = tokens[place : place + 3]
        if [token.value for token in three] in (["{", "(", "}"], ["{", ")", "}"]):
            kept.append(three[1])
            place += 3
        else:
            kept.append(tokens[place])
            place += 1
    return kept


def _one(source: str, at: int, tokens: list[Token]) -> int:
    """Read what stands at a place, add its tokens, and return where it ends."""
    character = source[at]
    if character == "\\":
        return _backslash(source, at, tokens)
    if character.isspace() or character == "~":
        return at + 1
    if character == "$":
        # Inside of an environment: people's notes have it around each equation.
        tokens.append(Token("row", character, (at, at + 1)))
        return at + 1
    if character == "&":
        tokens.append(Token("mark", character, (at, at + 1)))
        return at + 1
    if source.startswith("...", at):
        tokens.append(Token("command", "dots", (at, at + 3)))
        return at + 3
    if character == "%":
        end = source.find("\n", at)
        return len(source) if end < 0 else end
    if match := NUMBER.match(source, at):
        tokens.append(Token("number", match[0], match.span()))
        return match.end()
    if match := LETTERS.match(source, at):
        _words(match[0], at, tokens)
        return match.end()
    if character in UNICODE:
        kind, value = UNICODE[character]
        span = (at, at + 1)
        if kind in ("transpose", "power"):
            tokens.append(Token("mark", "^", span))
            kind = "word" if kind == "transpose" else "number"
        tokens.append(Token(kind, value, span))  # type: ignore[arg-type]
        return at + 1
    for mark in (":=", "==", "<=", ">=", "||"):
        if source.startswith(mark, at):
            value = {"==": "=", "<=": "le", ">=": "ge"}.get(mark, mark)
            kind = "command" if value in ("le", "ge") else "mark"
            tokens.append(Token(kind, value, (at, at + 2)))  # type: ignore[arg-type]
            return at + 2
    if character in "{}()[]+-*/=^_,;:.|'<>!@":
        tokens.append(Token("mark", character, (at, at + 1)))
        return at + 1
    raise ReadError(f"{character!r} has no meaning in a formula", (at, at + 1))


def _backslash(source: str, at: int, tokens: list[Token]) -> int:
    match = COMMAND.match(source, at)
    if match is None:
        after = source[at + 1 : at + 2]
        span = (at, at + 2)
        if after == "\\":
            end = at + 2
            if spacing := re.compile(r"\\?\s*\[[^\]]*(?:em|ex|pt|cm|mm)\]").match(
                source, end
            ):
                end = spacing.end()
            tokens.append(Token("row", r"\\", (at, end)))
            return end
        if after in ("{", "}", "|"):
            value = "||" if after == "|" else "\\" + after
            tokens.append(Token("mark", value, span))
            return at + 2
        if after and after in "_*^'":
            tokens.append(Token("mark", after, span))
            return at + 2
        if after and after in ",;:!> \n\t/":
            return at + 2
        if after and after in "()[]":  # \( \) \[ \]: the formula's own delimiters
            return at + 2
        raise ReadError("a backslash that begins no command", (at, at + 1))
    name, end = match[1], match.end()
    span = match.span()
    if name in DROPPED:
        # \left. and \right. stand for no bracket.
        if name in ("left", "right") and source[end : end + 1] == ".":
            return end + 1
        if name in ("left", "right") and source[end : end + 2] in (r"\{", r"\}"):
            return end
        return end
    if name in WIDE:
        tokens.append(Token("space", name, span))
        return end
    if name in DROPPED_WITH_GROUP:
        group = GROUP.match(source, end)
        return group.end() if group else end
    if name in ("mathbf", "mathrm", "bf") and (
        space := re.compile(r"\s*\{?R\}?(?=\s*\^)").match(source, end)
    ):
        tokens.append(Token("command", "reals", (at, space.end())))
        return space.end()
    if name in FONTS:
        if re.match(r"\s*\{?\s*\d", source[end:]):
            raise ReadError("a bold number is not read", span)
        return end
    if name in TEXTS:
        return _text(source, name, at, end, tokens)
    if name in ("begin", "end"):
        group = GROUP.match(source, end)
        if group is None:
            raise ReadError(rf"\{name} names no environment", span)
        environment = group[1].strip().rstrip("*")
        end = group.end()
        if name == "begin" and environment == "array":
            columns = GROUP.match(source, end)
            end = columns.end() if columns else end
        tokens.append(Token("command", f"{name} {environment}", (at, end)))
        return end
    if name in ("mathbb", "mathcal", "mathscr", "mathfrak"):
        group = GROUP.match(source, end) or re.compile(r"\s*([A-Za-z])").match(
            source, end
        )
        if group is None or len(group[1].strip()) != 1:
            raise ReadError(rf"\{name} of more than a letter", span)
        letter = group[1].strip()
        if name == "mathbb" and letter == "R":
            tokens.append(Token("command", "reals", (at, group.end())))
        elif name == "mathbb":
            tokens.append(Token("command", letter, (at, group.end())))
        else:
            tokens.append(Token("word", letter, (at, group.end())))
        return group.end()
    if name == "not":
        raise ReadError("a negated relation is not read", span)
    value = NAMES.get(name, name)
    if value == r"\\":
        tokens.append(Token("row", value, span))
    elif value in MARKS:
        tokens.append(Token("mark", value, span))
    elif value == "L":
        tokens.append(Token("word", value, span))
    else:
        tokens.append(Token("command", value, span))
    return end


def _text(source: str, name: str, at: int, end: int, tokens: list[Token]) -> int:
    r"""Read `\text{..}` and its relatives, which hold words or a name."""
    group = GROUP.match(source, end)
    if group is None:
        # With $..$ or braces inside of it, or with none at all.
        if source[end : end + 1] == "{":
            raise ReadError(rf"\{name} holds more than words", (at, end + 1))
        return end
    words = group[1].replace("\\", "").strip()
    inside = group.start(1) + len(group[1]) - len(group[1].lstrip())
    span = (at, group.end())
    if not words:
        return group.end()
    compact = words.strip(".,;: ")
    if re.fullmatch(r"np\.[a-z]+", compact):
        for token in tokenize(compact):
            shifted = (token.span[0] + inside, token.span[1] + inside)
            tokens.append(Token(token.kind, token.value, shifted))
        return group.end()
    if compact in WORDS or name in ("operatorname", "mathrm", "texttt", "mathtt"):
        if LETTERS.fullmatch(compact) and compact not in WORDS and len(compact) > 1:
            tokens.append(Token("word", compact, span))
        else:
            for token in tokenize(words):
                shifted = (token.span[0] + inside, token.span[1] + inside)
                tokens.append(Token(token.kind, token.value, shifted))
        return group.end()
    if re.fullmatch(r"[A-Za-z]{1,2}|leaky ?relu|leaky ?ReLU|Leaky ?ReLU", compact):
        value = "leaky_relu" if len(compact) > 2 else compact
        if value.lower() in (
            "if",
            "or",
            "is",
            "as",
            "in",
            "by",
            "so",
            "at",
            "of",
            "to",
        ):
            tokens.append(Token("text", value, span))
        else:
            _words(value, inside, tokens) if value != "leaky_relu" else tokens.append(
                Token("word", value, span)
            )
        return group.end()
    # "for l = 1" inside of the text: the words, then the rest as a formula.
    start = re.match(r"(?:for all|for each|for every|for|if|when|where)\b\s*", words)
    if start and len(words) > start.end() and re.search(r"[=<>]", words):
        tokens.append(Token("text", start[0].strip(), span))
        for token in tokenize(words[start.end() :]):
            offset = inside + start.end()
            shifted = (token.span[0] + offset, token.span[1] + offset)
            tokens.append(Token(token.kind, token.value, shifted))
        return group.end()
    tokens.append(Token("text", compact, span))
    return group.end()


def _words(letters: str, at: int, tokens: list[Token]) -> None:
    """Cut a run of letters into the names that it is made of."""
    place = 0
    while place < len(letters):
        name, length = _name_at(letters, place)
        tokens.append(Token("word", name, (at + place, at + place + length)))
        place += length


def _name_at(letters: str, place: int) -> tuple[str, int]:
    for spelling in SPELLINGS:
        if letters.startswith(spelling, place):
            return WORDS[spelling], len(spelling)
    if letters[place] == "d":
        for symbol in DIFFERENTIALS:
            if letters.startswith(symbol, place + 1):
                return f"d{symbol}", 1 + len(symbol)
    return letters[place], 1
