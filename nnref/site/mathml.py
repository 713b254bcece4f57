r"""LaTeX to MathML: what the site's pages need around `math_core`.

MathML Core is what browsers draw by themselves. What LaTeX would do in silence and
nobody means (a comment that cuts a formula, a line break that is dropped) is an error.
"""

import re
import unicodedata
import xml.etree.ElementTree as etree
from functools import cache

import math_core
from fontTools.ttLib import TTFont
from markdown.util import AtomicString

MATHML_CORE = {
    *("math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace"),
    *("ms", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom", "msub", "msup"),
    *("msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"),
    *("mtable", "mtr", "mtd"),
}
# An environment with no other one in it.
ENVIRONMENT = re.compile(
    r"\\begin\{(\w+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", re.DOTALL
)
PRIMES = set("\u2032\u2033\u2034")
# Letters whose italic twin has a name of another pattern.
ITALIC_TWINS = dict(zip("hϵϑϰϕϱϖ∂∇ϴ", "ℎ𝜖𝜗𝜘𝜙𝜚𝜛𝜕𝛻𝛳", strict=True))


class MathError(ValueError):
    """A formula that cannot be shown; the message says why."""


def render(latex: str, *, display: bool = False) -> etree.Element:
    """Turn LaTeX into a MathML element that carries its source as an annotation.

    Raises:
        MathError: If the LaTeX cannot be read, or would not look as it is meant.
    """
    outside = latex
    while (rest := ENVIRONMENT.sub("", outside)) != outside:
        outside = rest
    if r"\\" in outside:
        raise MathError(r"\\ breaks a line only in an environment such as aligned")
    if re.search(r"(?<!\\)(?:\\\\)*%", latex):
        raise MathError(r"% begins a comment; write \%")
    math = etree.fromstring(_mathml(latex, display))
    if foreign := {element.tag for element in math.iter()} - MATHML_CORE:
        raise MathError(f"browsers do not draw <{'>, <'.join(sorted(foreign))}>")
    _level_primes(math)
    for element in math.iter():
        if element.text:
            element.text = AtomicString(element.text)  # not for other extensions
    return math


@cache
def _mathml(latex: str, display: bool) -> str:
    converter = math_core.LatexToMathML(annotation=True, fancy_error=False)
    try:
        mathml = converter.convert_with_local_state(latex, displaystyle=display)
    except math_core.LatexError as error:
        position, _, reason = str(error).strip().partition(": ")
        if not position.isdecimal():
            raise MathError(str(error).strip()) from None
        raise MathError(f"at character {int(position) + 1}: {reason}") from None
    # Entities are HTML's, not XML's. A variation selector asks for another drawing of a
    # calligraphic letter; the site's font has one.
    mathml = mathml.replace("&ApplyFunction;", "\N{FUNCTION APPLICATION}")
    return mathml.replace("\N{VARIATION SELECTOR-1}", "")


def _level_primes(math: etree.Element) -> None:
    """Set a prime as large as its letter: fonts draw it raised already."""
    for script in math.iter("msup"):
        exponent = script[1]
        if exponent.tag == "mo" and set(exponent.text or "") <= PRIMES:
            script.tag = "mrow"
            exponent.attrib.update(form="postfix", lspace="0", rspace="0")


def characters(math: etree.Element) -> set[str]:
    """The characters that a MathML element needs from the font.

    A browser shows an `mi` of one letter by its mathematical-italic twin, and draws the
    sign of a root; invisible operators need no glyph.
    """
    needed: set[str] = set()
    for element in math.iter():
        if element.tag in ("msqrt", "mroot"):
            needed.add("√")
        if element.tag == "annotation" or not element.text:
            continue
        text = element.text.strip()
        if element.tag == "mi" and element.get("mathvariant") != "normal":
            text = _italic(text)
        needed.update(text)
    return {c for c in needed if not (c.isspace() or unicodedata.category(c) == "Cf")}


def _italic(text: str) -> str:
    if len(text) != 1:
        return text
    if text in ITALIC_TWINS:
        return ITALIC_TWINS[text]
    kind = "CAPITAL" if text.isupper() else "SMALL"
    name = unicodedata.name(text, "")
    for script in ("LATIN", "GREEK"):
        if name.startswith(f"{script} {kind} LETTER ") and " WITH " not in name:
            letter = name.removeprefix(f"{script} {kind} LETTER ")
            return unicodedata.lookup(f"MATHEMATICAL ITALIC {kind} {letter}")
    return text


@cache
def font_characters(font: str) -> frozenset[str]:
    """The characters that a font file has glyphs for."""
    with TTFont(font, lazy=True) as file:
        return frozenset(map(chr, file.getBestCmap()))


def linear(math: etree.Element) -> None:
    """Write fractions in a line, as a heading and its plain text want them: dJ/dw."""
    for fraction in [*math.iter("mfrac")]:
        above, below = list(fraction)
        fraction.clear()
        fraction.tag = "mrow"
        _append(fraction, above, bracket=_is_sum(above))
        etree.SubElement(fraction, "mo").text = "/"
        tokens = _tokens(below)
        product = len(tokens) > 1 and tokens[0] not in ("d", "∂")
        _append(fraction, below, bracket=product or _is_sum(below))


def _append(row: etree.Element, part: etree.Element, *, bracket: bool) -> None:
    if bracket:
        etree.SubElement(row, "mo").text = "("
    row.append(part)
    if bracket:
        etree.SubElement(row, "mo").text = ")"


def _is_sum(part: etree.Element) -> bool:
    return any(token in ("+", "-", "−", "±", "=") for token in _tokens(part))


def _tokens(math: etree.Element) -> list[str]:
    return [e.text for e in math.iter() if e.text and e.tag != "annotation"]


def plain(math: etree.Element) -> str:
    """A formula as plain text, without its source."""
    return "".join(_tokens(math)).strip()
