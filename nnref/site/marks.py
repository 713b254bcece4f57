"""The verdict on a formula as a page shows it: a quiet mark, and what it stands for.

A mark is a button that opens a popover: no script is needed, by mouse, keyboard or
touch. Where a browser knows `interestfor`, pointing at the mark is enough; elsewhere
the style sheet does it.
"""

import math
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator

from nnref.equations.outcomes import Outcome
from nnref.site.evidence import Evidence, Word, evidence, report
from nnref.site.mathml import MathError, render

# What is drawn, in a square of 16 units; the shapes differ, not only the colours.
ICONS: dict[Word, str] = {
    "holds": "M3 8.6 6.4 12 13 4.4",
    "refuted": "M4 4 12 12M12 4 4 12",
    "failed": "M4 4 12 12M12 4 4 12",
    "definition": "M3.5 5.6v.1M3.5 10.3v.1M7 5.6h6M7 10.4h6",
    "skipped": "M4 8H12",
    "unchecked": "M5.6 5.8a2.4 2.4 0 1 1 3.6 2.1C8.3 8.5 8 8.9 8 9.8M8 12.6v.1",
}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Links:
    """How a page links to the functions of `nnref`.

    Attributes:
        api: `autoref` where mkdocstrings documents them, the address of a page that has
            an anchor for each, or nothing: then they are only named.
    """

    def __init__(self, api: str) -> None:
        """Take the option of the extension."""
        self.api = api

    def to(self, name: str) -> etree.Element:
        """The name of a function, as a link if there is something to link to."""
        code = etree.Element("code")
        first, *rest = name.split(".")
        code.text = f"{first}." if rest else first
        for part in rest:  # a line may end behind a dot
            etree.SubElement(code, "wbr").tail = (
                part if part is rest[-1] else f"{part}."
            )
        if not self.api:
            return code
        if self.api == "autoref":
            link = etree.Element("autoref", {"identifier": name, "optional": ""})
        else:
            link = etree.Element("a", {"href": f"{self.api}#{name}"})
        link.append(code)
        return link


def block(
    formula: etree.Element, found: Outcome, name: str, links: Links
) -> etree.Element:
    """A displayed formula with its mark.

    Args:
        formula: The formula as it is rendered.
        found: What became of it.
        name: Its id on the page.
        links: How to link to functions.
    """
    basis = evidence(found)
    result = etree.Element(
        "div", {"class": "nnref-formula", "id": name, "data-verdict": basis.word}
    )
    result.append(formula)
    result.append(_button(basis, f"{name}-check"))
    result.append(_panel(basis, f"{name}-check", links))
    return result


def _button(basis: Evidence, target: str) -> etree.Element:
    button = etree.Element(
        "button",
        {
            "class": "nnref-mark",
            "type": "button",
            "popovertarget": target,
            "popovertargetaction": "show",
            "interestfor": target,
            "aria-label": f"{basis.said}: what was checked",
        },
    )
    icon = etree.SubElement(
        button, "svg", {"viewBox": "0 0 16 16", "aria-hidden": "true"}
    )
    etree.SubElement(icon, "path", {"d": ICONS[basis.word]})
    return button


def _panel(basis: Evidence, name: str, links: Links) -> etree.Element:
    panel = etree.Element(
        "div",
        {
            "class": "nnref-panel",
            "id": name,
            "popover": "",
            "data-search-exclude": "",  # the same words on every page
        },
    )
    said = etree.SubElement(panel, "p", {"class": "nnref-said"})
    said.text = basis.said
    listed = etree.Element("dl")
    for label, values in _rows(basis, links):
        etree.SubElement(listed, "dt").text = label
        value = etree.SubElement(listed, "dd")
        for position, part in enumerate(values):
            if position:
                _add(value, ", ")
            _add(value, part)
    if len(listed):
        panel.append(listed)
    etree.SubElement(panel, "div", {"class": "nnref-actions"})
    return panel


def _rows(
    basis: Evidence, links: Links
) -> Iterator[tuple[str, list[str | etree.Element]]]:
    """What is listed below the verdict: a label, and the values."""
    if basis.defines:
        yield "Defines", [in_math(basis.defines)]
    elif basis.found:
        label = "Found" if basis.word in ("holds", "refuted") else "Why"
        yield label, [_quoted(basis.found)]
    if basis.compared > 1:
        yield "Compared", [f"{basis.compared} equations"]
    if basis.model:
        yield "Network", [basis.model]
    if basis.ranges:
        ranges = re.split(r"; |, (?=\w+ = )", basis.ranges)
        yield "For", [in_math(x) for x in dict.fromkeys(ranges)]
    if basis.assuming:
        yield "Assuming", [in_math(x) for x in basis.assuming]
    if basis.error is not None:
        yield "Largest error", [in_words(basis.error)]
    if basis.beside:
        yield "Compared with", [links.to(basis.beside)]
    if basis.functions:
        yield "Values from", [links.to(name) for name in basis.functions]
    if basis.by_calculus:
        yield "Derivatives", ["calculus, by the complex step"]


def _add(parent: etree.Element, part: str | etree.Element) -> None:
    if isinstance(part, etree.Element):
        parent.append(part)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + part
    else:
        parent.text = (parent.text or "") + part


def _quoted(text: str) -> etree.Element:
    """Words of the checker, in which LaTeX stands as it was typed."""
    words = etree.Element("samp")
    words.text = text
    return words


def in_math(text: str) -> str | etree.Element:
    """A range, an assumption or a name: as a formula, if it is one."""
    is_formula = re.search(r"\w = |[\\^]|^\w$", text)
    if not is_formula or re.search(r"(?<!\\)\b[A-Za-z]{2,} .*=", text):
        return text
    try:
        formula = render(text.replace("...", r"\ldots"))
    except MathError:
        return _quoted(text)
    semantics = formula.find("semantics")
    if semantics is not None:
        formula[:] = [semantics[0]]
    return formula


def in_words(error: float) -> str:
    """An error, as it is written by hand."""
    if error == 0.0:
        return "0: the same numbers"
    exponent = math.floor(math.log10(error))
    factor = error / 10.0**exponent
    if round(factor, 1) == 10.0:
        factor, exponent = 1.0, exponent + 1
    return f"{factor:.1f} · 10{str(exponent).translate(SUPERSCRIPTS)}, relative"


def refutation(found: Outcome, *, is_open: bool) -> etree.Element:
    """What the checker says against a formula that is wrong on purpose."""
    details = etree.Element("details", {"class": "nnref-refutation"})
    if is_open:
        details.set("open", "open")
    etree.SubElement(details, "summary").text = "What the check says"
    details.append(_report(found))
    return details


def failed(found: Outcome, where: str, *, display: bool) -> etree.Element:
    """What stands in place of a formula that is not as the page says."""
    if not display:
        box = etree.Element("span", {"class": "math-error"})
        etree.SubElement(box, "code").text = found.formula.latex
        hints = "".join(f" Hint: {x}" for x in found.verdict.hints[:1])
        etree.SubElement(box, "samp").text = f" {found.message}.{hints}"
        return box
    box = etree.Element("div", {"class": "math-error nnref-failed"})
    title = etree.SubElement(box, "p")
    wrong = found.formula.declared == "fails"
    kind = "not refuted" if wrong else found.verdict.verdict
    etree.SubElement(title, "strong").text = f"\N{BALLOT X} {kind}"
    etree.SubElement(title, "span").text = where
    box.append(_report(found))
    return box


def _report(found: Outcome) -> etree.Element:
    """The checker's message: the place with the signs below it, then the words."""
    row, signs, *words = report(found)
    text = etree.Element("div", {"class": "nnref-report"})
    place = etree.SubElement(text, "pre", {"tabindex": "0"})
    place.text = f"{row}\n{signs}"
    for line in words:
        etree.SubElement(etree.SubElement(text, "p"), "samp").text = line
    return text
