"""Formulas are found where they stand, and nothing else is taken for one."""

import json
import textwrap
import time
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from mkdocs.utils.meta import get_data

from nnref.equations.documents import (
    DocumentError,
    formulas_in,
    has_relation,
    read_document,
)
from tests.conftest import PROJECT


def found(text, suffix=".md"):
    """Return line, column, kind and LaTeX of each formula."""
    return [(f.line, f.column, f.kind, f.latex) for f in formulas_in("x", text, suffix)]


def latex_of(text, suffix=".md"):
    return [f.latex for f in formulas_in("x", text, suffix)]


def problems(text, suffix=".md"):
    with pytest.raises(DocumentError) as error:
        formulas_in("x", text, suffix)
    return str(error.value)


# Markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so $a = b$ is", [(1, 5, "inline", "a = b")]),
        ("$a$ and $b$", [(1, 2, "inline", "a"), (1, 10, "inline", "b")]),
        ("x\n\n$$\na = b\n$$\n", [(4, 1, "display", "a = b")]),
        ("$$a = b$$", [(1, 3, "display", "a = b")]),
        ("$$\na &= b \\\\\n  &= c\n$$", [(2, 1, "display", "a &= b \\\\\n  &= c")]),
        (r"so \(a = b\) is", [(1, 6, "inline", "a = b")]),
        ("\\[\na = b\n\\]", [(2, 1, "display", "a = b")]),
        (r"so \\(a = b\\) is", [(1, 7, "inline", "a = b")]),
        ("```math\na = b\n```", [(2, 1, "display", "a = b")]),
        ("so $`a = b`$ is", [(1, 6, "inline", "a = b")]),
        (
            "\\begin{align}\na &= b\n\\end{align}",
            [(1, 1, "display", "\\begin{align}\na &= b\n\\end{align}")],
        ),
        ("# The cost $J$ {#cost}", [(1, 13, "inline", "J")]),
        ("> $$\n> a = b\n> $$", [(2, 3, "display", "a = b")]),
        ("> > so $a$", [(1, 9, "inline", "a")]),
        (
            "- one\n\n    so $a$\n- two $b$",
            [(3, 9, "inline", "a"), (4, 8, "inline", "b")],
        ),
        ("| $a$ | $b$ |\n|---|---|", [(1, 4, "inline", "a"), (1, 10, "inline", "b")]),
        (
            '!!! note "x $a$"\n\n    $$\n    b = c\n    $$',
            [(1, 14, "inline", "a"), (4, 5, "display", "b = c")],
        ),
        ("1. a\n\n    - b\n\n        $x$\n", [(5, 10, "inline", "x")]),
        ("[^1]: so\n\n    $a$", [(3, 6, "inline", "a")]),
        (
            '<div class="pair" markdown>\n\n$$\na\n$$\n\n</div>',
            [(4, 1, "display", "a")],
        ),
        ("over two\nlines $a =\nb$", [(2, 8, "inline", "a =\nb")]),
        ("as in Jupyter $ a = b $", [(1, 17, "inline", "a = b")]),
        (r"$\$5 = a$", [(1, 2, "inline", r"\$5 = a")]),
        ("\ufeff$a$\r\n\r\n$b$", [(1, 2, "inline", "a"), (3, 2, "inline", "b")]),
        ("<!-- a $x$ --> $y$", [(1, 17, "inline", "y")]),
        ("$a > b$ and\n> c", [(1, 2, "inline", "a > b")]),
    ],
)
def test_formulas_of_markdown(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "`$a = b$`",
        "``x ` $a = b$``",
        "```python\n$a = b$\n```",
        "~~~\n$a = b$\n~~~",
        "````markdown\n```math\na = b\n```\n````",
        "- one\n\n    ```text\n    $a = b$\n    ```",
        "> ```\n> $a = b$\n> ```",
        "<!-- $a = b$ -->",
        "<!--\n\n$$\na = b\n$$\n\n-->",
        "---\ntitle: $a = b$\n---\n",
        "text\n\n    $a = b$\n",
        "<pre>\n\n$a = b$\n\n</pre>",
        "<code>$a = b$</code>",
        "it costs $5, or $6",
        "it costs $5 and it costs $10",
        "it costs $5-$10",
        r"it costs \$5 = x and \$6 = y",
        r"it costs \$5 = x$ y",
        "$\n\na = b$",
        "$$",
        "$ $",
        "$$ $$",
    ],
)
def test_what_is_no_formula(text):
    assert [f for f in formulas_in("x", text) if not f.trouble] == []


def test_what_follows_code_is_found():
    text = "```\n$x$\n```\n$a$\n\n`$x$` $b$\n\n    $x$\n\n<!-- $x$ -->\n$c$\n\n"
    assert latex_of(text + "<pre>\n\n$x$</pre> $d$\n") == ["a", "b", "c", "d"]


def test_a_comment_that_spans_paragraphs_ends_where_it_ends():
    text = "a <!-- b\n\n$x$\n\nc --> $d$ e\n$f$\n\n```\n$x$\n```\n$g$"
    assert [(f.line, f.latex) for f in formulas_in("x", text)] == [
        (5, "d"),
        (6, "f"),
        (11, "g"),
    ]


def test_a_rule_is_no_front_matter():
    assert latex_of("---\n\nSome words.\n\n$a$\n\n---\n") == ["a"]
    assert latex_of("---\ntitle: x\n---\n$a$") == ["a"]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("x\n\n$$\na = b\n\nmore", "$$ is not closed"),
        ("\\begin{align}\na = b\n\nmore", r"\begin{align} is not closed"),
        ("```python\n$a$", "the fence ``` is not closed"),
    ],
)
def test_a_formula_that_is_not_closed_is_not_passed_over(text, trouble):
    (formula,) = formulas_in("x", text)
    assert trouble in formula.trouble
    assert formula.is_checked


def test_double_dollars_in_words_are_no_trouble():
    assert formulas_in("x", "the shell's $$ is its number") == []


# What is declared


def test_a_declaration_is_about_the_next_formula():
    text = (
        "<!-- nnref: fails -->\n\n$$\na = b\n$$\n\n$c = d$ <!-- nnref: definition -->"
    )
    text += " $e = f$ $g$\n\n<!-- nnref: skip it is\n  in words -->\n$h = i$"
    declared = [(f.latex, f.declared, f.reason) for f in formulas_in("x", text)]
    assert declared == [
        ("a = b", "fails", ""),
        ("c = d", "", ""),
        ("e = f", "definition", ""),
        ("g", "", ""),
        ("h = i", "skip", "it is in words"),
    ]


def test_a_model_holds_from_there_on():
    text = (
        "---\nnnref: {model: deep, g: tanh}\n---\n$a$\n<!-- nnref: model=logistic -->"
    )
    text += "\n$b$\n\n<!-- nnref: model=deep output=softmax L=3 -->\n\n$c$"
    assert [dict(f.model) for f in formulas_in("x", text)] == [
        {"model": "deep", "g": "tanh"},
        {"model": "logistic"},
        {"model": "deep", "output": "softmax", "L": "3"},
    ]


def test_all_that_can_be_declared():
    text = "model=deep g=relu output=softmax L=2 n_L=3 labels=binary"
    text += " numbers=u,v arrays=P:3x4,Q:4x2"
    (formula,) = formulas_in("x", f"<!-- nnref: {text} -->\n$a$")
    assert " ".join(f"{k}={v}" for k, v in formula.model.items()) == text


def test_front_matter_can_be_a_block():
    text = "---\ntitle: x\nnnref:\n  model: deep\n  L: 3\nother: y\n---\n$a$"
    assert [dict(f.model) for f in formulas_in("x", text)] == [
        {"model": "deep", "L": "3"}
    ]
    assert formulas_in("x", "---\ntitle: x\n---\n$a$")[0].model == {}


def test_comments_in_code_declare_nothing():
    text = "`<!-- nnref: x -->`\n\n```text\n<!-- nnref: fails -->\n```\n\n$a$\n"
    (formula,) = formulas_in("x", text)
    assert formula.declared == ""


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("nnref: fials", "'fials' is not known"),
        ("nnref: model=dep", "model is 'dep': it can be auto, logistic"),
        ("nnref: model=deep depth=3", "'depth' is not known: there are model, g"),
        ("nnref: model=deep L=0", "L is '0': it can be 1 to 9"),
        ("nnref: model=deep model=deep", "model is given twice"),
        ("nnref: model=deep n_L=two", "n_L is 'two': it can be 1 to 9"),
        ("nnref: model=deep arrays=P:3", "arrays is 'P:3': it can be names and shapes"),
        ("nnref: skip", "skip needs a reason"),
        ("nnref: fails because", "nothing can follow fails"),
        ("nnref:", "the comment says nothing"),
        ("nnref fails", "a comment for nnref begins with `nnref:`"),
        ("NNREF: fails", "a comment for nnref begins with `nnref:`"),
    ],
)
def test_a_comment_with_a_mistake_is_an_error(comment, message):
    assert f"x:3: {message}" in problems(f"$a$\n\n<!-- {comment} -->\n\n$b = c$")


def test_a_comment_without_a_formula_is_an_error():
    assert problems("$a$\n\n<!-- nnref: fails -->\n\nwords") == (
        "x:3: no formula follows this comment, nnref: fails"
    )
    text = "<!-- nnref: fails -->\n<!-- nnref: definition -->\n$a$"
    assert problems(text).startswith("x:1: no formula follows")


def test_a_comment_that_is_not_closed_is_an_error():
    assert "x:1: the comment is not closed" in problems("<!-- nnref: fails\n\n$a$")
    assert latex_of("a <!-- b\n\n$a$") == ["a"]


def test_all_mistakes_are_named_at_once():
    text = "<!-- nnref: a -->\n<!-- nnref: b -->\n$c$"
    assert problems(text).count("\n") == 1


@pytest.mark.parametrize("value", ["deep", "{model: dep}", "{depth: 3}", "[a]", "{"])
def test_front_matter_with_a_mistake_is_an_error(value):
    assert "x:3: " in problems(f"---\ntitle: x\nnnref: {value}\n---\n$a$")


def test_a_pair_names_the_function_beside_its_formulas():
    pair = """<div class="pair" markdown>

$$
a = b
$$

With $c = d$.

<div markdown>

$$
e = f
$$

</div>

``` source
nnref.deep_network.forward
```

</div>

$$
g = h
$$

<div markdown>

$$
i
$$

``` source
nnref.deep_network.cost
```

</div>
"""
    assert {f.latex: f.listing for f in formulas_in("x", pair)} == {
        "a = b": "nnref.deep_network.forward",
        "c = d": "",
        "e = f": "nnref.deep_network.forward",
        "g = h": "",
        "i": "",
    }
    other = pair.replace("nnref.deep", "other.deep")
    assert {f.listing for f in formulas_in("x", other)} == {""}


# Relations


@pytest.mark.parametrize(
    "latex",
    [
        "a = b",
        "a := b",
        r"X \in \mathbb{R}^{n \times m}",
        "X: (n_x, m)",
        "a < b",
        r"a \approx 0.5",
        r"\boxed{a = b}",
        "{a = b}",
        r"\sum_{i=1}^m a = b",
        r"a \leq b",
    ],
)
def test_relations(latex):
    assert has_relation(latex)


@pytest.mark.parametrize(
    "latex",
    [
        "W",
        r"\sum_{i=1}^m a",
        r"\sum _ {i=1} a",
        r"\prod_{i: y^{(i)}=1} a",
        r"\text{if } a",
        r"\text{a = b}",
        r"\left( a \right)",
        r"\leftarrowtail",
        r"\int a",
        r"g^{[l]\prime}",
        r"\{a\}",
    ],
)
def test_mentions(latex):
    assert not has_relation(latex)


# Notebooks


def notebook(*cells):
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": source, "metadata": {}}
                for kind, source in cells
            ],
            "nbformat": 4,
        }
    )


def test_formulas_of_a_notebook():
    text = notebook(
        ("markdown", ["# A\n", "\n", "so $a = b$\n"]),
        ("code", ["'$x = y$'"]),
        ("markdown", "<!-- nnref: model=deep -->\n\n<!-- nnref: fails -->"),
        ("markdown", "$$\nc = d\n$$"),
    )
    first, second = formulas_in("x", text, ".ipynb")
    assert (first.cell, first.line, first.column, first.latex) == (1, 3, 5, "a = b")
    assert (second.cell, second.line, second.declared) == (4, 2, "fails")
    assert second.model == {"model": "deep"}
    assert second.place == "x:cell 4:2"


def test_a_mistake_in_a_notebook_names_the_cell():
    text = notebook(("code", ""), ("markdown", "a\n\n<!-- nnref: x -->"))
    assert problems(text, ".ipynb").startswith("x:cell 2:3: 'x' is not known")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "{}", '{"cells": 3}', '{"cells": [3]}', "[" * 100_000]
)
def test_what_is_no_notebook(text):
    assert "it is no Jupyter notebook" in problems(text, ".ipynb")


# Scripts and modules

SCRIPT = """\
# %% [markdown]
# <!-- nnref: model=logistic -->
#
# so $a = b$
#
# $$
# c = d
# $$

# %%
x = "$e = f$"  # $e = f$

# %% [markdown]
#     $x$ is code
#
# - $g$
"""


def test_formulas_of_a_notebook_script():
    assert found(SCRIPT, ".py") == [
        (4, 7, "inline", "a = b"),
        (7, 3, "display", "c = d"),
        (16, 6, "inline", "g"),
    ]
    assert formulas_in("x", SCRIPT, ".py")[2].model == {"model": "logistic"}


def test_a_cell_of_text_can_be_a_string():
    text = '# %% [markdown]\n"""\n# A\n\nso $a = b$\n"""\n# %%\n"$x = y$"\n'
    assert found(text, ".py") == [(5, 5, "inline", "a = b")]


MODULE = '''\
# nnref: model=deep
r"""A module with $a = b$.

$$
\\frac{1}{m} = c
$$
"""


class Thing:
    """Words, and $\\\\theta = 1$.

    A continued line\\
    and $\\\\beta$ below.
    """

    x = "$no$"

    # nnref: fails
    async def method(self):
        "Short: $d$"
        """$no$"""


def function():
    r"""Do it.

    Args:
        x: The $e$, with a second paragraph.

            It is $f = g$.
    """
'''


def test_formulas_of_docstrings():
    assert found(MODULE, ".py") == [
        (2, 20, "inline", "a = b"),
        (5, 1, "display", r"\frac{1}{m} = c"),
        (11, 20, "inline", r"\theta = 1"),
        (14, 10, "inline", r"\beta"),
        (21, 18, "inline", "d"),
        (29, 17, "inline", "e"),
        (31, 20, "inline", "f = g"),
    ]
    formulas = formulas_in("x", MODULE, ".py")
    assert {f.declared for f in formulas if f.latex != "d"} == {""}
    assert [f.declared for f in formulas if f.latex == "d"] == ["fails"]
    assert all(f.model == {"model": "deep"} for f in formulas)


def test_columns_count_letters_in_front_of_a_docstring():
    assert found('x = "éé"; y = 1\ndef f(): r"é $a$"', ".py") == [
        (2, 15, "inline", "a")
    ]


def test_a_module_that_is_no_python():
    assert "x:2: it cannot be read as Python" in problems("x = 1\ny = = 2", ".py")


# LaTeX


def test_formulas_of_latex():
    text = r"""\newcommand{\no}{$x = y$}
\begin{document}
so $a = b$ and \(c\) cost \$5 % not $x$
% nnref: model=deep
\verb|$x$| \verb*+$x$+
\begin{verbatim}
$x$
\end{verbatim}
% nnref: fails
\[ d = e \]
$$
f
$$
\begin{align*}
g &= h % and $x$
\end{align*}
\begin{lstlisting}[language=C]
$x$
\end{lstlisting}
\iffalse $x$ \fi 50\% of $i$ \\[2pt] $j$
\end{document}
"""
    formulas = formulas_in("x", text, ".tex")
    assert [(f.line, f.kind, " ".join(f.latex.split())) for f in formulas] == [
        (3, "inline", "a = b"),
        (3, "inline", "c"),
        (10, "display", "d = e"),
        (12, "display", "f"),
        (14, "display", r"\begin{align*} g &= h \end{align*}"),
        (20, "inline", "i"),
        (20, "inline", "j"),
    ]
    assert [f.declared for f in formulas] == ["", "", "fails", "", "", "", ""]
    assert [f.model.get("model") for f in formulas[1:3]] == [None, "deep"]


@pytest.mark.parametrize("text", ["a $b", "$$ b", r"\[ b", r"\begin{align} b"])
def test_latex_that_is_not_closed(text):
    (formula,) = formulas_in("x", text + "\n\nmore", ".tex")
    assert "is not closed" in formula.trouble


# Files


def test_files_that_cannot_be_used(tmp_path):
    (tmp_path / "a.md").write_bytes(b"\xff\xfe$a$")
    (tmp_path / "b.md").write_bytes(b"$a\0$")
    (tmp_path / "c.doc").write_text("$a$")
    for name, message in {
        "a.md": "it is no text in UTF-8: see byte 1",
        "b.md": "it is no text: it has null bytes",
        "c.doc": "its name ends in none of .md",
        "d.md": "no such file",
        "d.doc": "no such file",
        ".": "it is a folder",
    }.items():
        with pytest.raises(DocumentError, match=message):
            read_document(tmp_path / name)


def test_the_suffix_counts_in_any_case(tmp_path):
    path = tmp_path / "A.MD"
    path.write_text("$a$", encoding="utf-8")
    assert [f.latex for f in read_document(path, "a")] == ["a"]


LONG = 200_000


@pytest.mark.parametrize("suffix", [".md", ".tex"])
@pytest.mark.parametrize(
    "unit",
    [
        *("$", "$$ ", "$$x\n\n", "$a ", " $a", "$`", "\\$", "$$a$", "`", "` ``", "`$"),
        *("<div>", '<div class="pair">$a$', "</div>", "<div "),
        *("<!--", "<!-- ", "-->", "<pre>", "<code>a", "```\n", "``\n", "````x\n"),
        *("\\(", "\\[ ", "\\\\[", "\\begin{align}", "\\begin{align}\n\n", "> ", ">"),
        *("- ", "    ", "    a\n\n", "- a\n\n  ", "1. a\n", "!!! a\n", "{", "\\", "%"),
        *("\\verb|", "\\verb", "\\begin{verbatim}", "\\iffalse ", "---\n", "~~~\n"),
        *("<!-- nnref: fails -->$a$", "a\n", "\n", "é$=$"),
    ],
)
def test_much_of_anything_is_read_in_time(unit, suffix):
    text = unit * (LONG // len(unit))
    start = time.process_time()
    try:
        formulas_in("x", text, suffix)
    except DocumentError:
        assert "<!--" in unit
    assert time.process_time() - start < 3


PAGES = sorted((PROJECT / "docs").rglob("*.md"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_the_site_shows_as_a_formula_is_found(path):
    text = path.read_text(encoding="utf-8")
    html = "".join([html_of(text), *map(html_of, captions_of(text))])
    shown = BeautifulSoup(html, "html.parser").select(".arithmatex")
    expected = Counter("".join(x.get_text().split())[2:-2] for x in shown)
    mine = Counter("".join(f.latex.split()) for f in read_document(path))
    assert mine == expected
    assert not [f.trouble for f in read_document(path) if f.trouble]


def captions_of(text):
    """Return what stands below the figures of a page."""
    from nnref.site.figures import fields
    from tests.snippets import proof

    return [
        fields(textwrap.dedent(fence.text))["caption"]
        for fence in proof.fences(text)
        if fence.info.strip() == "figure"
    ]


def test_a_caption_is_read():
    fence = (
        "``` figure\nfunction: f.g\nalt: $a$ not\ncaption: |\n  Here $b = c$.\n```\n"
    )
    (found,) = formulas_in("x", fence)
    assert (found.latex, found.line, found.kind) == ("b = c", 5, "inline")


def html_of(text):
    """Convert a page with the Markdown extensions of the site, other than our own."""
    from tests.snippets import proof

    extensions = proof.settings()
    page = Markdown(extensions=[*extensions], extension_configs=extensions)
    return page.convert(get_data(text)[0])
