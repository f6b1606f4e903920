"""Posting on Bluesky: com.atproto.server.createSession, .identity.resolveHandle, .repo.uploadBlob and .repo.putRecord.

A post of ours has a record key that follows from its episode, so there is never a second one: the server is asked
first, and writes only where nothing is (`swapRecord` null). https://atproto.com/specs, https://docs.bsky.app
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from placecast.errors import HostError
from placecast.promotion.facets import Facet, facets
from placecast.social import Draft, Media, Posted
from placecast.social.web import Answer, Server

COLLECTION = "app.bsky.feed.post"
BLOB_MOST = 1_000_000  # bytes: app.bsky.embed.external#external, thumb
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_CLOCKS = 1024
_REFUSED = (
    "See that PLACECAST_BLUESKY_HANDLE is your handle, and PLACECAST_BLUESKY_PASSWORD an app password: "
    "Bluesky, Settings, Privacy and security, App passwords."
)
_TOLD = {
    "AuthFactorTokenRequired": ("it wants a code by e-mail, since this is your own password.", _REFUSED),
    "AccountTakedown": ("it has closed this account.", "Write to Bluesky's support."),
}


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who posts. The server is that of the account's data: bsky.social for most."""

    handle: str
    password: str = field(repr=False)
    server: Server


@dataclass(frozen=True, kw_only=True)
class _Session:
    server: Server
    did: str
    handle: str
    token: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, method: str, **asked: str) -> Answer:
        return self.server.ask("GET", f"/xrpc/{method}?{urlencode(asked)}", headers=self.headers)


def post(account: Account, draft: Draft, *, now: datetime, warn: Callable[[str], None]) -> Posted:
    """Post it, or find the post that is there already. HostError when the server refuses or fails."""
    session = _session(account)
    key = record_key(draft.guid, draft.published)
    if _there(session, key):
        return _posted(session, key, earlier=True)
    record = _record(session, draft, now, warn)
    data = {"repo": session.did, "collection": COLLECTION, "rkey": key, "record": record, "swapRecord": None}
    answer = session.server.post("/xrpc/com.atproto.repo.putRecord", headers=session.headers, data=data)
    if answer.status == 200:
        return _posted(session, key)
    if _error(answer) == "InvalidSwap" and _there(session, key):  # somebody was faster
        return _posted(session, key, earlier=True)
    raise _failed(session.server, answer, "the post")


def record_key(guid: str, published: datetime) -> str:
    """A TID (https://atproto.com/specs/tid): the second of the episode's date, and the rest from its guid."""
    mark = int.from_bytes(sha256(guid.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    moment = max(int(published.timestamp()), 0) * 1_000_000 + mark // _CLOCKS % 1_000_000
    number = moment % (1 << 53) * _CLOCKS + mark % _CLOCKS
    return "".join(_SORTABLE[number >> 5 * place & 31] for place in reversed(range(13)))


def _session(account: Account) -> _Session:
    data = {"identifier": account.handle, "password": account.password}
    answer = account.server.post("/xrpc/com.atproto.server.createSession", headers={}, data=data)
    found = answer.facts if answer.status == 200 and isinstance(answer.facts, dict) else {}
    if not all(isinstance(found.get(name), str) for name in ("did", "handle", "accessJwt")):
        raise _failed(account.server, answer, "this handle with this password")
    return _Session(server=account.server, did=found["did"], handle=found["handle"], token=found["accessJwt"])


def _there(session: _Session, key: str) -> bool:
    answer = session.get("com.atproto.repo.getRecord", repo=session.did, collection=COLLECTION, rkey=key)
    if answer.status not in (200, 404) and _error(answer) != "RecordNotFound":
        raise _failed(session.server, answer, "being asked for the post")
    return answer.status == 200


def _record(session: _Session, draft: Draft, now: datetime, warn: Callable[[str], None]) -> dict[str, Any]:
    made = {
        "$type": COLLECTION,
        "text": draft.text,
        "createdAt": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "langs": [draft.language.split("-")[0].lower()],
        "facets": list(_features(session, draft.text, warn)),
        "embed": {
            "$type": "app.bsky.embed.external",
            "external": {
                "uri": draft.page,
                "title": draft.title,
                "description": draft.description,
                "thumb": _blob(session, draft.media),
            },
        },
    }
    return {name: value for name, value in made.items() if value != []}


def _features(session: _Session, text: str, warn: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """The facets as records hold them. A handle that leads nowhere stays text."""
    for each in facets(text):
        if told := _feature(session, each):
            index = {"byteStart": each.start, "byteEnd": each.end}
            feature = {"$type": f"app.bsky.richtext.facet#{each.kind}", **told}
            yield {"$type": "app.bsky.richtext.facet", "index": index, "features": [feature]}
        else:
            warn(f"Nobody on Bluesky is @{each.value}: the post names them without a link. Look at names.toml.")


def _feature(session: _Session, facet: Facet) -> dict[str, str]:
    if facet.kind != "mention":
        return {"uri" if facet.kind == "link" else "tag": facet.value}
    answer = session.get("com.atproto.identity.resolveHandle", handle=facet.value)
    if answer.status == 200 and isinstance(answer.facts, dict) and isinstance(answer.facts.get("did"), str):
        return {"did": answer.facts["did"]}
    if answer.status not in (400, 404):
        raise _failed(session.server, answer, "a question about a handle")
    return {}


def _blob(session: _Session, media: Media) -> Any:
    headers = session.headers | {"Content-Type": media.type}
    answer = session.server.ask("POST", "/xrpc/com.atproto.repo.uploadBlob", headers=headers, body=media.content)
    if answer.status != 200 or not isinstance(answer.facts, dict) or "blob" not in answer.facts:
        raise _failed(session.server, answer, f"the picture {media.name}")
    return answer.facts["blob"]


def _posted(session: _Session, key: str, *, earlier: bool = False) -> Posted:
    profile = f"https://bsky.app/profile/{session.handle}"
    return Posted(
        uri=f"at://{session.did}/{COLLECTION}/{key}",
        address=f"{profile}/post/{key}",
        account=f"@{session.handle}",
        account_url=profile,
        earlier=earlier,
    )


def _error(answer: Answer) -> str:
    return str(answer.facts.get("error", "")) if isinstance(answer.facts, dict) else ""


def _failed(server: Server, answer: Answer, doing: str) -> HostError:
    if told := _TOLD.get(_error(answer)):
        return HostError(server.name, *told)
    return server.failure(answer, doing, _REFUSED)
