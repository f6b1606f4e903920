"""What may stand in placecast.toml and episode.md for apps and directories, and the cure for each fact that is wrong.

The limits are those of the podcast namespace, where it names any; lines of others hold 255 characters (PSP-1).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from placecast.project.shapes import Facts, FilePath, Uuid, WebAddress, aware, shaped
from placecast.recurrence import rule_faults
from placecast.registers import CHAT_PROTOCOLS, DISABLED, LICENSES, SERVICES, SOCIAL_PROTOCOLS

_TOKENS = re.compile(r"[^\s<>\"]+( [^\s<>\"]+)*")
_POST = re.compile(r"(https?|at|nostr|matrix|lightning|hive):[^\s<>\"]+")
_SERVER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?")
_SEASON = re.compile(r"[1-9]\d{0,5}")


def _one_of(words: Collection[str]) -> AfterValidator:
    def check(word: str) -> str:
        if word in words:
            return word
        near = get_close_matches(word, sorted(words), n=1)
        raise ValueError(f"{word!r} is not in the podcast namespace's list" + (f"; {near[0]} is" if near else ""))

    return AfterValidator(check)


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text.strip()


def _known_license(name: str) -> str:
    """The namespace wants those that are well known in small letters."""
    return name.lower() if name.lower() in LICENSES else name


def needs_address(name: str, info: ValidationInfo) -> str:
    """Apps know the text of well-known licences; that of any other must be linked."""
    if name and name not in LICENSES and not info.data.get("license_url"):
        raise ValueError(f"{name!r} is no licence that apps know, and license_url is missing")
    return name


def _rule(rule: str, info: ValidationInfo) -> str:
    # A start that is wrong is a fault of its own, and no rule is measured by it.
    faults = list(rule_faults(rule, info.data["start"])) if rule and "start" in info.data else []
    if faults:
        raise ValueError("; ".join(faults))
    return rule


def _numbered(display: str, info: ValidationInfo) -> str:
    """The tag that holds it is that of the number, and has none without (podcast namespace, episode)."""
    if info.data.get("number") is None:
        raise ValueError("stands in place of a number, and there is none")
    return display


def _start(value: Any, info: ValidationInfo) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return aware(value, info)


def _our_own(purpose: str) -> str:
    """In an item it says that nobody answers for the transcript yet: other clones read it so."""
    if purpose.lower() == "ai-content":
        raise ValueError("is written by placecast itself, from who answers for a transcript")
    return purpose


Short = Annotated[str, Field(max_length=128), AfterValidator(_said)]
Line = Annotated[str, Field(max_length=255), AfterValidator(_said)]
License = Annotated[
    str, Field(max_length=128), AfterValidator(str.strip), AfterValidator(_known_license), AfterValidator(needs_address)
]
Display = Annotated[str, Field(max_length=32), AfterValidator(_said), AfterValidator(_numbered)]
Service = Annotated[str, _one_of(SERVICES)]


class FundingFacts(Facts):
    url: WebAddress = Field(description='Write url = "https://…", where people can give money.')
    text: Short = Field(description='Write text = "Support the show", of 128 letters at most: apps show it as a link.')


class LinkFacts(Facts):
    url: WebAddress = Field(description='Write url = "https://…", where the same content is, such as a video of it.')
    text: Line = Field(description='Write text = "Watch this episode", of 255 letters at most.')


class RemoteShowFacts(Facts):
    guid: Uuid = Field(description='Write guid = "…", the podcast:guid that its own feed has, or podcastindex.org.')
    url: WebAddress | None = Field(None, description='Write url = "https://…/feed.xml", the address of its feed.')
    title: Annotated[str, Field(max_length=255, description='Write title = "The name of the other show".')] = ""


class ScheduleFacts(Facts):
    text: Short = Field(description='Write text = "Every other Friday", of 128 letters at most.')
    start: Annotated[datetime | date, BeforeValidator(_start, json_schema_input_type=str)] | None = Field(
        None,
        description="Write start = 2026-05-01, or with a time, for when the rule begins. A rule with COUNT needs it.",
    )
    rule: Annotated[str, Field(max_length=255), AfterValidator(_rule)] = Field(
        "",
        description='Write rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", as calendars do (RFC 5545), or leave it out.',
    )


class TextFacts(Facts):
    text: Annotated[str, Field(max_length=4000), AfterValidator(_said)] = Field(
        description='Write text = "…": the code that a service asks for, of 4,000 letters at most.'
    )
    purpose: Annotated[str, Field(max_length=128), AfterValidator(str.strip)] = Field(
        "",
        description='Write purpose = "verify", "applepodcastsverify" or what the service asks for. '
        '"ai-content" with text = "true" says that voices or words of the show are a machine\'s.',
    )


class EpisodeTextFacts(TextFacts):
    purpose: Annotated[str, Field(max_length=128), AfterValidator(str.strip), AfterValidator(_our_own)] = Field(
        "",
        description='Write purpose = "verify" or what the service asks for. '
        '"ai-content" stands in placecast.toml alone.',
    )


class PictureFacts(Facts):
    file: FilePath = Field(description='Write file = "banner.jpg", a JPEG, PNG or WebP file in the show\'s folder.')
    alt: Line = Field(description='Write alt = "What is to be seen", for those who cannot see it.')
    purpose: Annotated[str, Field(max_length=128), shaped(_TOKENS, "words with single spaces between them")] = Field(
        description='Write purpose = "banner", "social", "canvas", "circular", "publisher", or several of them.'
    )


class BlockFacts(Facts):
    everywhere: bool = Field(False, description="Write everywhere = true to keep the show out of all directories.")
    services: tuple[Service, ...] = Field(
        (), strict=False, description='Write services = ["amazon"]: those that may not show it.'
    )
    allowed: tuple[Service, ...] = Field(
        (), strict=False, description='Write allowed = ["podcastindex"]: those that may, though everywhere is true.'
    )


class CommentsFacts(Facts):
    protocol: Annotated[str, _one_of(SOCIAL_PROTOCOLS)] = Field(
        description='Write protocol = "activitypub" (Mastodon), "atproto" (Bluesky), or "disabled" to have no comments.'
    )
    uri: Annotated[str, Field(max_length=2000), shaped(_POST, "the address of a post")] | None = Field(
        None, description='Write uri = "https://…" or "at://…", the post that people answer.'
    )
    account: Line | None = Field(None, description='Write account = "@placecast@social.example", who wrote that post.')
    account_url: WebAddress | None = Field(None, description='Write account_url = "https://…", that account\'s page.')


class ChatFacts(Facts):
    server: Annotated[str, Field(max_length=255), shaped(_SERVER, "the name of a server")] = Field(
        description='Write server = "chat.example.org", without https.'
    )
    protocol: Annotated[str, _one_of(CHAT_PROTOCOLS)] = Field(
        description='Write protocol = "matrix", "irc", "xmpp" or "nostr".'
    )
    account: Line | None = Field(None, description='Write account = "@placecast:chat.example.org", yours there.')
    space: Line | None = Field(None, description='Write space = "#placecast:chat.example.org", the room.')


def one_conversation(comments: tuple[CommentsFacts, ...]) -> tuple[CommentsFacts, ...]:
    """Comments are either disabled, by a table that says nothing else, or each has a post to answer."""
    for each in comments:
        said = each.model_fields_set - {"protocol"}
        if each.protocol == DISABLED and (said or len(comments) > 1):
            raise ValueError("say that they are disabled, and something else as well")
        if each.protocol != DISABLED and not each.uri:
            raise ValueError("name no post that people answer")
    return comments


def season_names(table: Any) -> Any:
    """A table such as `1 = "High streets"`: TOML's keys are text."""
    if not isinstance(table, dict):
        return table
    for key in table:
        if not _SEASON.fullmatch(key):
            raise ValueError(f"{key!r} is not the number of a season")
    return table


Conversation = Annotated[tuple[CommentsFacts, ...], Field(strict=False), AfterValidator(one_conversation)]
SeasonNames = Annotated[dict[str, Short], BeforeValidator(season_names)]
