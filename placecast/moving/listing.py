"""What a feed of another host says for apps and directories, beside what its show and its episodes are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from placecast.model import Comments, Link, RemoteShow, Schedule
from placecast.moving.nodes import Node, one_line, said, whole_text


def of_show(node: Node) -> dict[str, Any]:
    """The fields of an `OldShow` that the channel says in these tags."""
    name, url = _terms(node)
    return {
        "license": name,
        "license_url": url,
        "funding": _links(node, "podcast:funding", "url"),
        "schedule": schedule(node),
        "podroll": remote_shows(node, "podcast:podroll"),
        "publisher": remote_shows(node, "podcast:publisher"),
        "comments": comments(node),
    }


def of_episode(node: Node, shows: str) -> dict[str, Any]:
    """The fields of an `OldEpisode` that its item says in these tags. `shows`: the show's licence, not said again."""
    name, url = _terms(node)
    return {
        "license": name if name != shows else "",
        "license_url": url if name != shows else "",
        "links": _links(node, "podcast:contentLink", "href"),
        "comments": comments(node),
    }


def _terms(node: Node) -> tuple[str, str]:
    found = node.first("podcast:license")
    return (one_line(whole_text(found)), said(found, "url")) if found is not None else ("", "")


def _links(node: Node, tag: str, address: str) -> tuple[Link, ...]:
    found = ((said(each, address), one_line(whole_text(each))) for each in node.all(tag))
    return tuple(Link(url=url, text=text or url) for url, text in found)


def schedule(node: Node) -> Schedule | None:
    """How often episodes come. A rule without a text is told in its own words."""
    found = node.first("podcast:updateFrequency")
    if found is None or not (text := one_line(whole_text(found)) or said(found, "rrule")):
        return None
    return Schedule(text=text, rule=said(found, "rrule"), start=_start(said(found, "dtstart")))


def remote_shows(node: Node, tag: str) -> tuple[RemoteShow, ...]:
    """The other shows that this element names."""
    found = node.first(tag)
    return tuple(map(_remote, Node(found).all("podcast:remoteItem"))) if found is not None else ()


def comments(node: Node) -> tuple[Comments, ...]:
    """The posts that people answer, the one to show first before the others."""
    found = sorted(node.all("podcast:socialInteract"), key=_priority)
    return tuple(
        Comments(
            protocol=said(each, "protocol"),
            uri=said(each, "uri") or None,
            account=said(each, "accountId") or None,
            account_url=said(each, "accountUrl") or None,
        )
        for each in found
    )


def _remote(element: Any) -> RemoteShow:
    url = said(element, "feedUrl") or None
    return RemoteShow(guid=said(element, "feedGuid").lower(), url=url, title=said(element, "title"))


def _priority(element: Any) -> int:
    text = said(element, "priority")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _start(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


def tables(found: Iterable[Any]) -> list[dict[str, Any]]:
    """These facts as tables of placecast.toml or episode.md, which say only what is said."""
    return [table(each) for each in found]


def table(found: Any) -> dict[str, Any]:
    """One of them."""
    return {key: value for key, value in vars(found).items() if value not in (None, "")}
