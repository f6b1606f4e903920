"""Show notes from HTML to Markdown, such that listeners read the same text and find the same links.

The Markdown is rendered again and compared. Where it would say something else, the plain text is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any

import lxml.html
from lxml import etree
from markdownify import MarkdownConverter

from placecast.pages.notes import notes_html, notes_text
from placecast.rss.text import plain

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_WEB = ("https://", "http://", "mailto:", "tel:")
# What browsers run, style or play; none of it is text.
_GONE = (
    *("script", "style", "iframe", "object", "embed", "form"),
    *("audio", "video", "svg", "head", "template", "noscript"),
)
_SAID = {"iframe": "src", "object": "data", "embed": "src", "audio": "src", "video": "src", "form": "action"}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# A line break before an empty line, or alone between blocks, would be shown as a backslash.
_END_OF_BLOCK = re.compile(r"(?<!\\)\\(?=\n\s*(?:\n|\Z))")
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Notes in Markdown, their words, and what had to be left out."""

    markdown: str = ""
    text: str = ""
    lost: tuple[str, ...] = ()


@lru_cache(maxsize=8)  # hosts say the same text in two or three tags of an item
def from_html(html: str) -> Notes:
    """The notes that this HTML, or text without any tag, says."""
    if not html.strip():
        return Notes()
    if not _TAG.search(html):
        html = _as_html(unescape(html))
    try:
        body = lxml.html.fragment_fromstring(html, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _plainly(plain(html), ("its formatting",))
    lost = tuple(_stripped(body))
    clean = lxml.html.tostring(body, encoding="unicode")
    made = _markdown(clean)
    if _same(clean, notes_html(made)):
        return Notes(markdown=made, text=notes_text(made), lost=lost)
    words = notes_text(made)
    told = words if _words(plain(clean)) == _words(words) else _text(body)
    return _plainly(told, (*lost, "its formatting"))


def text_of(html: str) -> str:
    """The words of HTML or text, a blank line between paragraphs."""
    return from_html(html).text


def _markdown(html: str) -> str:
    converter = MarkdownConverter(heading_style="ATX", bullets="-", escape_misc=True, newline_style="backslash")
    made = _END_OF_BLOCK.sub("", str(converter.convert(html))).strip()
    return made if "<pre" in html else re.sub(r"\n{3,}", "\n\n", made)


def _stripped(body: Any) -> Iterator[str]:
    """Take out what is no text, and make links of pictures; gives what was taken that listeners could see or hear."""
    for element in list(body.iter(*_GONE)):
        address = element.get(_SAID[element.tag]) if element.tag in _SAID else ""
        if address:
            yield f"<{element.tag}> {address}"
        element.drop_tree()
    for image in list(body.iter("img")):
        address, words = image.get("src", ""), " ".join(image.get("alt", "").split())
        if address.startswith(("https://", "http://")):
            image.tag = "a"
            image.text = words or address
            for key in list(image.attrib):
                del image.attrib[key]
            image.set("href", address)
            yield f"<img> {address} (a link to it is kept)"
        else:
            image.drop_tree()
    for link in body.iter("a"):
        if not link.get("href", "").strip().startswith(_WEB) and link.get("href"):
            yield f"<a> {link.get('href')}"
            del link.attrib["href"]


def _same(html: str, rendered: str) -> bool:
    """Whether two pieces of HTML say the same words and lead to the same places."""
    return _words(plain(html)) == _words(plain(rendered)) and _addresses(html) <= _addresses(rendered)


def _words(text: str) -> str:
    return "".join(text.split())


def _addresses(html: str) -> set[str]:
    links = lxml.html.fragment_fromstring(html or "<p/>", create_parent="div").iter("a")
    return {re.sub(r"\s|%[0-9A-Fa-f]{2}|[^\x21-\x7e]", "", each.get("href", "")).rstrip("/") for each in links} - {""}


def _plainly(text: str, lost: tuple[str, ...]) -> Notes:
    """The text alone, in paragraphs, with nothing in it that Markdown would take for a sign."""
    paragraphs = [" ".join(each.split()) for each in _PARAGRAPHS.split(text) if each.strip()]
    marked = "\n\n".join(_PUNCTUATION.sub(r"\\\1", each) for each in paragraphs)
    return Notes(markdown=marked, text="\n\n".join(paragraphs), lost=lost)


def _text(body: Any) -> str:
    for element in body.iter("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "tr"):
        element.tail = "\n\n" + (element.tail or "")
    return str(body.text_content())


def _as_html(text: str) -> str:
    """Text in which a blank line begins a paragraph, and a line end is one."""
    paragraphs = [each.strip("\n") for each in _PARAGRAPHS.split(text.strip())]
    return "".join(f"<p>{escape(each, quote=False).replace(chr(10), '<br>')}</p>" for each in paragraphs)
