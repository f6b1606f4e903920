"""What listeners' apps, and players on web pages, get through the show's public address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from placecast.delivery import manifest
from placecast.delivery.web import Answer, Broken, Site, UnansweredError, check, promises, read_back
from placecast.doctor import players
from placecast.doctor.findings import Finding, fine, found
from placecast.doctor.visit import Published, Visit, longest, told_of_redirects
from placecast.plan import FEED
from placecast.wording import few

_FEED_SECONDS = 15 * 60
_NOWHERE = "e/there-is-no-such-episode/transcript.vtt"
_LEAD = "Let the web server or CDN redirect from http:// to https://."
_WAYS = "Is the name (DNS) set up, and the CDN or web server behind it? Is `url` in placecast.toml right?"


def examine(site: Site, published: Published) -> Iterator[Finding]:
    """Everything that can be seen from outside. Where nothing answers, that is all that is said."""
    try:
        visit = Visit(published=published, site=site, feed=site.ask(FEED, "GET"))
    except UnansweredError as error:
        yield found("address", f"{site.address}{FEED} does not answer: {error}", _WAYS)
        return
    yield from _feed(visit)
    for look in _LOOKS if visit.feed.status == 200 else ():
        yield from _patiently(look, visit)
    yield from _promises(visit)


Look = Callable[[Visit], Iterator[Finding]]


def _patiently(look: Look, visit: Visit) -> Iterator[Finding]:
    try:
        yield from look(visit)
    except UnansweredError as error:
        yield found("address", f"{visit.site.address} answered at first, but then: {error}", _WAYS)


def _feed(visit: Visit) -> Iterator[Finding]:
    broken = read_back(visit.site, FEED, visit.published.feed)
    if broken is None:
        yield fine("promise", "Listeners get the feed that is stored, and as its type.")
    else:
        yield found("stale" if broken.passing else "promise", str(broken), broken.cure)


def _https(visit: Visit) -> Iterator[Finding]:
    address = visit.site.address
    if urlsplit(address).scheme != "https":
        yield found("https", f"The show's address has no HTTPS: {address}")
        return
    yield fine("https", "The address is served with HTTPS.")
    open_address = f"http{address.removeprefix('https')}{FEED}"
    try:
        yield led_to_https(open_address, visit.site.ask(open_address))
    except UnansweredError:
        yield fine("https", "Nothing is served without it.")


def led_to_https(asked: str, answer: Answer) -> Finding:
    """What becomes of those who ask without HTTPS."""
    if urlsplit(answer.address).scheme == "https":
        return fine("https", f"Who asks without it is led to {answer.address}")
    if answer.status != 200:
        return fine("https", f"Without it, the answer is {answer.status}.")
    return found("https", f"The show is served without HTTPS as well: {asked}", _LEAD)


def _redirects(visit: Visit) -> Iterator[Finding]:
    yield from told_of_redirects("The feed", visit.feed)


def _head(visit: Visit) -> Iterator[Finding]:
    answer = visit.site.ask(FEED)
    same = [answer.headers.get(name) == visit.feed.headers.get(name) for name in ("content-type", "etag")]
    if answer.status == 200 and all(same):
        yield fine("head", "The feed answers HEAD as it answers GET.")
    else:
        yield found("head", f"The feed answers HEAD with {answer.status}, and other headers than GET.")


def _not_modified(visit: Visit) -> Iterator[Finding]:
    for asked, kept, name in (
        ("If-None-Match", visit.feed.headers.get("etag"), "ETag"),
        ("If-Modified-Since", visit.feed.headers.get("last-modified"), "Last-Modified"),
    ):
        if kept is None:
            yield found("not-modified", f"The feed comes without {name}.")
            continue
        status = visit.site.ask(FEED, "GET", {asked: kept}).status
        if status == 304:
            yield fine("not-modified", f"The feed is not sent again to apps that have it ({asked}).")
        else:
            yield found("not-modified", f"The feed answers {status} to {asked}, not 304.")


def _cache_of_feed(visit: Visit) -> Iterator[Finding]:
    told = visit.feed.headers.get("cache-control", "")
    seconds = longest(told)
    if seconds is None and not re.search(r"no-cache|no-store", told):
        yield found("cache-feed", "The feed does not say how long it may be kept (Cache-Control): caches decide.")
    elif seconds and seconds > _FEED_SECONDS:
        yield found("cache-feed", f"Caches may keep the feed for {seconds // 60} minutes (Cache-Control: {told}).")
    else:
        yield fine("cache-feed", f"Caches soon ask for the feed again (Cache-Control: {told}).")


def _nowhere(visit: Visit) -> Iterator[Finding]:
    status = visit.site.ask(_NOWHERE).status
    if status in (403, 404, 410):  # Amazon says 403 to who may not list
        yield fine("soft-404", f"What is not there answers {status}.")
    else:
        yield found("soft-404", f"{visit.site.at(_NOWHERE)}, which does not exist, answers {status}.")


def _pages(visit: Visit) -> Iterator[Finding]:
    """The show's page and an episode's, under the addresses that links have."""
    folders = {key.removesuffix("index.html") for key in visit.published.named.keys if key.endswith("/index.html")}
    addresses = [visit.published.show.page(folder) for folder in ("", *sorted(folders)[:1])]
    wrong = [said for address in addresses if (said := _no_page(visit.site, address))]
    yield from (found("pages", each) for each in wrong)
    if not wrong:
        yield fine("pages", f"Pages answer: {', '.join(addresses)}")


def _no_page(site: Site, address: str) -> str:
    """What is wrong with a page: some servers answer a folder's address with success and nothing."""
    answer = site.ask(address, "GET")
    kind = answer.headers.get("content-type", "no media type") if answer.body else "an empty body"
    if answer.status == 200 and kind.startswith("text/html"):
        return ""
    return f"The page {address} answers {answer.status} with {kind}."


def _private(visit: Visit) -> Iterator[Finding]:
    answer = visit.site.ask(manifest.KEY)
    if answer.status == 200 and not answer.headers.get("content-type", "").startswith("text/html"):
        yield found("private", f"Everybody can read {visit.site.at(manifest.KEY)}")
    else:
        yield fine("private", f"The publishers' notes ({manifest.OURS}) are not public.")


def _promises(visit: Visit) -> Iterator[Finding]:
    """Everything that the feed names: there, of its type, and sound of its length."""
    promised = promises(visit.published.named)
    broken = check(visit.site, promised)
    if promised and not broken:
        kinds = sorted({each.type.partition(";")[0] for each in promised})
        yield fine("promise", f"{len(promised)} files that the feed names answer as they should: {', '.join(kinds)}.")
    for (what, cure), keys in _alike(broken).items():
        yield found("promise", f"{few(keys)}: each {what}" if len(keys) > 1 else f"{keys[0]} {what}", cure)


def _alike(broken: Sequence[Broken]) -> dict[tuple[str, str], list[str]]:
    """The keys of which the same is to be said."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in broken:
        alike.setdefault((each.what, each.cure), []).append(each.key)
    return alike


_LOOKS: tuple[Look, ...] = (
    *(_https, _redirects, _head, _not_modified, _cache_of_feed),
    *(_nowhere, _pages, _private, players.web_pages, players.sound),
)
