"""Show notes: from a producer's Markdown to HTML that cannot do harm, and to plain text.

Knows nothing of shows and pages; the feed uses the same HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TAGS = {
    *("a", "abbr", "b", "br", "code", "del", "em", "i", "s", "strong", "sub", "sup"),
    *("blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_BARE_LINK = re.compile(r"\bhttps?://[^\s<>\"]+", re.IGNORECASE)
# What plain text has where a block starts or ends.
_BREAKS = {
    "bullet_list_open": "\n",
    "bullet_list_close": "\n\n",
    "heading_close": "\n\n",
    "list_item_open": "- ",
    "list_item_close": "\n",
    "ordered_list_open": "\n",
    "ordered_list_close": "\n\n",
    "paragraph_close": "\n\n",
    "table_close": "\n\n",
    "td_close": " ",
    "th_close": " ",
    "tr_close": "\n",
}
_TIME_FIRST = re.compile(r"[(\[]?(\d{1,3}:)?\d{1,2}:\d\d(?!\d)", re.ASCII)
_FIRST_HEADING = 3  # notes stand below the page's own h1 and h2


def notes_html(markdown: str) -> str:
    """Sanitised HTML of CommonMark with tables, where bare web addresses are links."""
    return sanitised(_markdown().render(markdown)).strip()


def sanitised(html: str) -> str:
    """This HTML without anything that runs, styles, or makes a browser ask another host."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def notes_text(markdown: str) -> str:
    """The words of the notes: a blank line between paragraphs, a dash before what is listed."""
    blocks = "".join(_blocks(_markdown().parse(markdown)))
    return re.sub(r"\n{3,}", "\n\n", blocks).strip()


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.core.ruler.push("bare_links", _link_bare_addresses)
    markdown.core.ruler.push("headings", _fit_headings)
    markdown.core.ruler.push("pictures", _link_pictures)
    markdown.core.ruler.push("times", _break_before_times)
    return markdown


def _link_bare_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.children:
            token.children = list(_with_links(state.md, token.children))


def _with_links(markdown: MarkdownIt, tokens: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not depth:
            yield from _split_at_links(markdown, token.content)
        else:
            yield token


def _split_at_links(markdown: MarkdownIt, text: str) -> Iterator[Token]:
    position = 0
    for match in _BARE_LINK.finditer(text):
        address = _without_punctuation(match[0])
        target = markdown.normalizeLink(address)
        if not markdown.validateLink(target):
            continue
        yield _text(text[position : match.start()])
        yield from _link(target, address)
        position = match.start() + len(address)
    yield _text(text[position:])


def _without_punctuation(address: str) -> str:
    """The address without the sentence's own full stop, or the bracket that it stands in."""
    while address:
        stray_bracket = address[-1] == ")" and address.count(")") > address.count("(")
        if address[-1] not in ".,;:!?'*_]”’" and not stray_bracket:
            break
        address = address[:-1]
    return address


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(target: str, content: str) -> tuple[Token, Token, Token]:
    opening = Token("link_open", "a", 1, attrs={"href": target})
    return opening, _text(content), Token("link_close", "a", -1)


def _fit_headings(state: StateCore) -> None:
    """Make the notes' headings start at h3 and never skip a level, whatever the producer wrote."""
    above: list[str] = []
    for token in state.tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(_FIRST_HEADING + len(above) - 1, 6)}"


def _link_pictures(state: StateCore) -> None:
    """Make links of pictures: they live on other hosts, and a listener's browser must not be sent there."""
    for token in state.tokens:
        if token.children:
            token.children = [part for child in token.children for part in _linked_picture(child)]


def _break_before_times(state: StateCore) -> None:
    """Keep lines that begin with a time apart, though nobody wrote them as a list: apps read each as a chapter."""
    for token in state.tokens:
        for before, after in pairwise(token.children or ()):
            if before.type == "softbreak" and _TIME_FIRST.match(after.content):
                before.type, before.tag = "hardbreak", "br"


def _linked_picture(token: Token) -> Iterable[Token]:
    if token.type != "image":
        return (token,)
    target = str(token.attrs.get("src", ""))
    return _link(target, token.content or target)


def _blocks(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        yield "" if token.hidden else _BREAKS.get(token.type, "")
        yield _words(token.children) if token.children else token.content
        yield "\n" if token.type in ("fence", "code_block") else ""


def _words(tokens: Iterable[Token]) -> str:
    return "".join("\n" if token.type in ("softbreak", "hardbreak") else token.content for token in tokens)
