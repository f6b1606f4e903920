"""What players need: parts of sound, and leave to read it from web pages of others (CORS)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from placecast.delivery.web import Answer, Site
from placecast.doctor import rules
from placecast.doctor.findings import Finding, fine, found
from placecast.doctor.visit import Published, Visit, longest, told_of_redirects
from placecast.media_types import media_type
from placecast.plan import FEED
from placecast.wording import few

_PLAYER = "https://player.example"  # a web page, as far as servers can tell
_MEDIA_SECONDS = 30 * 24 * 60 * 60


def web_pages(visit: Visit) -> Iterator[Finding]:
    """Players on web pages: a browser shows them what the server allows by CORS."""
    site, published = visit.site, visit.published
    unread = [key for key in (FEED, *_played(published)) if not _readable(_asked_by_player(site, key))]
    if unread:
        yield found("cors", f"Web pages of others may not read {few(unread)}.")
        return
    yield fine("cors", "Web pages of others may read the feed, sound, transcripts and chapters (CORS).")
    for key in sorted(published.named.sound)[:1]:
        yield from _exposed(_asked_by_player(site, key))
        yield from _preflight(site, key)


def _played(published: Published) -> tuple[str, ...]:
    return tuple(key for key in published.examples if not media_type(key).startswith(("text/html", "image/")))


def _asked_by_player(site: Site, key: str) -> Answer:
    return site.ask(key, "GET", {"Origin": _PLAYER}, most=1)


def _readable(answer: Answer) -> bool:
    return answer.headers.get("access-control-allow-origin", "") in ("*", _PLAYER)


def _exposed(answer: Answer) -> Iterator[Finding]:
    told = _listed(answer, "access-control-expose-headers")
    hidden = [name for name in rules.EXPOSED if name.lower() not in told and "*" not in told]
    if hidden:
        yield found("cors", f"Web pages of others may not see these headers of sound: {', '.join(hidden)}.")


def _preflight(site: Site, key: str) -> Iterator[Finding]:
    """The question that browsers ask before a request with a header of its own."""
    asked = {"Origin": _PLAYER, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    answer = site.ask(key, "OPTIONS", asked)
    allowed = _listed(answer, "access-control-allow-headers")
    if answer.status in (200, 204) and _readable(answer) and ("range" in allowed or "*" in allowed):
        yield fine("cors", "Web pages of others may ask for parts of sound (preflight).")
    else:
        yield found("cors", f"Web pages of others may not ask for parts of sound: OPTIONS answers {answer.status}.")


def sound(visit: Visit) -> Iterator[Finding]:
    """One recording looked at closely. That all are there is asked elsewhere."""
    site, key = visit.site, min(visit.published.named.sound, default=None)
    if key is None:
        return
    whole = site.ask(key)
    if whole.status != 200:
        return  # told among the promises
    yield from told_of_redirects(key, whole)
    yield from _parts(site, key, int(whole.headers.get("content-length", 0)), whole.headers.get("etag", ""))
    told = whole.headers.get("cache-control", "")
    if (longest(told) or 0) < _MEDIA_SECONDS:
        yield found("cache-media", f"Caches may not keep {key} for long (Cache-Control: {told or 'none'}).")
    else:
        yield fine("cache-media", f"Caches may keep sound and pictures (Cache-Control: {told}).")


def _parts(site: Site, key: str, size: int, etag: str) -> Iterator[Finding]:
    asked = (
        ("from the start", "bytes=0-9", f"bytes 0-9/{size}"),
        ("to the end", f"bytes={size - 9}-", f"bytes {size - 9}-{size - 1}/{size}"),
        ("the last bytes", "bytes=-9", f"bytes {size - 9}-{size - 1}/{size}"),
    )
    wrong = [what for what, wanted, told in asked if not _is_part(_part(site, key, {"Range": wanted}), told)]
    if wrong:
        yield found("ranges", f"{key} cannot be had in parts: {', '.join(wrong)}.")
        return
    yield fine("ranges", "Sound can be had in parts (Range), so that players can jump.")
    current = _part(site, key, {"Range": "bytes=0-9", "If-Range": etag}).status
    stale = _part(site, key, {"Range": "bytes=0-9", "If-Range": '"another"'}).status
    if (current, stale) == (206, 200):
        yield fine("ranges", "Parts go by the version that an app has begun with (If-Range).")
    else:
        yield fine("ranges", "If-Range is ignored; no harm here, for sound never changes under its name.")


def _part(site: Site, key: str, headers: Mapping[str, str]) -> Answer:
    return site.ask(key, "GET", headers, most=100)


def _is_part(answer: Answer, told: str) -> bool:
    return answer.status == 206 and answer.headers.get("content-range", "").lower() == told


def _listed(answer: Answer, header: str) -> set[str]:
    return {name.strip().lower() for name in answer.headers.get(header, "").split(",")}
