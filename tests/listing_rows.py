"""Rows, as in tests/tag_rows.py, of what a feed says for apps and directories. Few shows say all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.tag_facts import Row, Told, in_a_list


def yes(value: Any) -> Any:
    """Of what counts only when it is there: readers make of it what they like."""
    return "yes" if value in (True, 1, "Yes", "yes") else None


def texts(of: str) -> Iterator[Row]:
    """Of tables that have an address and words: `funding`."""
    known = {"partytime": "podcastFunding[].{}", "feedsmith": "podcast.fundings[].{}"}
    for name, key, there in (("", "text", ("message", "display")), ("@url", "url", ("url", "url"))):
        paths = {reader: path.format(last) for (reader, path), last in zip(known.items(), there, strict=True)}
        yield Row(f"podcast:{of}{name}", lambda told, key=key: [each[key] for each in told.show[of]], **paths)


def pictures(told: Told) -> list[dict[str, Any]]:
    return [{"alt": told.show.get("cover_alt"), "purpose": "artwork"}, *told.show.get("images", [])]


def protocols(told: Told) -> list[str]:
    return [each["protocol"] for each in told.show["comments"]]


def listed(told: Told) -> list[dict[str, Any]]:
    return [each for each in told.episode["chapters"] if not each.get("hidden")]


# Of another file of the same sound: where the Podcast Index keeps it, and where feedsmith does.
ALTERNATE = (
    ("podcast:alternateEnclosure@type", lambda _, each: each["type"], "type", "type"),
    ("podcast:alternateEnclosure@length", lambda _, each: each["bytes"], "length", "length"),
    ("podcast:source@uri", lambda told, each: [told.url(f"media/{each['name']}")], "source[].uri", "sources[].uri"),
    ("podcast:integrity@value", lambda _, each: each["sri"], "integrity.value", "integrity.value"),
)

CHANNEL = (
    Row(
        "itunes:block",
        lambda _: "Yes",
        made=yes,
        partytime="itunesBlock",
        feedsmith="itunes.block",
        feedparser="itunes_block",
        ruby="itunes_block",
    ),
    Row(
        "itunes:complete",
        lambda told: told.show["complete"],
        made=yes,
        partytime="itunesComplete",
        feedsmith="itunes.complete",
        feedparser="itunes_complete",
    ),
    Row(
        "itunes:new-feed-url",
        lambda told: told.show["new_feed_url"],
        partytime="itunesNewFeedUrl",
        feedsmith="itunes.newFeedUrl",
        podcastparser="new_url",
        feedparser="itunes_new-feed-url",
        ruby="itunes_new_feed_url",
    ),
    Row(
        "podcast:license@url",
        lambda told: told.show["license_url"],
        partytime="license.url",
        feedsmith="podcast.license.url",
        feedparser="podcast_license.url",
    ),
    Row("podcast:image@href", lambda told: told.pictures, feedsmith="podcast.images[].href"),
    Row("podcast:image@alt", lambda told: [each["alt"] for each in pictures(told)], feedsmith="podcast.images[].alt"),
    Row(
        "podcast:image@purpose",
        lambda told: [each["purpose"] for each in pictures(told)],
        feedsmith="podcast.images[].purpose",
    ),
    *texts("funding"),
    Row(
        "podcast:updateFrequency",
        lambda told: told.show["schedule"]["text"],
        feedsmith="podcast.updateFrequency.display",
    ),
    Row(
        "podcast:updateFrequency@rrule",
        lambda told: told.show["schedule"].get("rule"),
        feedsmith="podcast.updateFrequency.rrule",
        feedparser="podcast_updatefrequency.rrule",
    ),
    Row(
        "podcast:updateFrequency@complete",
        lambda told: told.show.get("complete"),
        feedsmith="podcast.updateFrequency.complete",
        feedparser="podcast_updatefrequency.complete",
    ),
    Row(
        "podcast:remoteItem@feedGuid of podcast:podroll",
        lambda told: [each["guid"] for each in told.show["podroll"]],
        partytime="podroll[].feedGuid",
        feedsmith="podcast.podroll.remoteItems[].feedGuid",
    ),
    Row(
        "podcast:remoteItem@feedGuid of podcast:publisher",
        lambda told: told.show["publisher"]["guid"],
        partytime="podcastPublisher.feedGuid",
        feedsmith="podcast.publisher.remoteItem.feedGuid",
    ),
    Row(
        "podcast:txt",
        lambda told: [each["text"] for each in told.show["texts"]],
        partytime="podcastTxt[].value",
        feedsmith="podcast.txts[].display",
    ),
    Row(
        "podcast:txt@purpose",
        lambda told: [each["purpose"] for each in told.show["texts"]],
        partytime="podcastTxt[].purpose",
        feedsmith="podcast.txts[].purpose",
    ),
    Row(
        "podcast:block",
        lambda told: [
            told.show["block"]["everywhere"],
            *(False for _ in told.show["block"]["allowed"]),
            *(True for _ in told.show["block"]["services"]),
        ],
        partytime=lambda read: [read["podcastBlocked"] == "yes", *read["podcastBlockedPlatforms"].values()],
        feedsmith="podcast.blocks[].value",
    ),
    Row(
        "podcast:block@id",
        lambda told: [*told.show["block"]["allowed"], *told.show["block"]["services"]],
        partytime=lambda read: list(read["podcastBlockedPlatforms"]),
        feedsmith=lambda read: [each["id"] for each in read["podcast"]["blocks"] if "id" in each],
    ),
    Row("podcast:socialInteract@protocol", protocols, feedparser=in_a_list("podcast_socialinteract.protocol")),
    Row(
        "podcast:chat@server",
        lambda told: told.show["chat"]["server"],
        partytime="chat.server",
        feedsmith="podcast.chat.server",
        feedparser="podcast_chat.server",
    ),
    Row(
        "podcast:trailer",
        lambda told: [told.trailer["title"]],
        partytime="trailers[].title",
        feedsmith="podcast.trailers[].display",
    ),
    Row(
        "podcast:trailer@url",
        lambda told: [told.trailer["url"]],
        partytime="trailers[].url",
        feedsmith="podcast.trailers[].url",
        feedparser=in_a_list("podcast_trailer.url"),
    ),
    Row(
        "podcast:trailer@season",
        lambda told: [told.trailer["season"]],
        partytime="trailers[].season",
        feedsmith="podcast.trailers[].season",
        feedparser=in_a_list("podcast_trailer.season"),
    ),
)

ITEM = (
    Row(
        "itunes:block",
        lambda told: told.episode["block"],
        made=yes,
        feedsmith="itunes.block",
        feedparser="itunes_block",
        ruby="itunes_block",
    ),
    Row(
        "podcast:season@name",
        lambda told: told.show["seasons"][str(told.episode["season"])],
        partytime="podcastSeason.name",
        feedsmith="podcast.season.name",
        feedparser="podcast_season.name",
    ),
    Row(
        "podcast:episode@display",
        lambda told: told.episode.get("display"),
        partytime="podcastEpisode.display",
        feedsmith="podcast.episode.display",
        feedparser="podcast_episode.display",
    ),
    Row(
        "podcast:image@href",
        lambda told: [told.art],
        feedsmith="podcast.images[].href",
        feedparser=in_a_list("podcast_image.href"),
    ),
    Row(
        "podcast:image@alt",
        lambda told: [told.episode["image_alt"]],
        feedsmith="podcast.images[].alt",
        feedparser=in_a_list("podcast_image.alt"),
    ),
    Row(
        "podcast:contentLink@href",
        lambda told: [each["url"] for each in told.episode["links"]],
        feedparser=in_a_list("podcast_contentlink.href"),
    ),
    Row(
        "podcast:socialInteract@uri",
        lambda told: [each["uri"] for each in told.episode["comments"]],
        partytime="podcastSocialInteraction[].url",
        feedsmith="podcast.socialInteracts[].uri",
    ),
    Row(
        "podcast:socialInteract@protocol",
        lambda told: [each["protocol"] for each in told.episode["comments"]],
        partytime="podcastSocialInteraction[].platform",
        feedsmith="podcast.socialInteracts[].protocol",
    ),
    *(
        Row(
            tag,
            lambda told, says=says: [says(told, each) for each in told.audio["alternates"]],
            partytime=f"alternativeEnclosures[].{partytime}",
            feedsmith=f"podcast.alternateEnclosures[].{feedsmith}",
        )
        for tag, says, partytime, feedsmith in ALTERNATE
    ),
    Row("psc:chapters@version", lambda _: "1.2", feedparser="psc_chapters.version"),
    Row(
        "psc:chapter@title",
        lambda told: [each["title"] for each in listed(told)],
        feedsmith="psc.chapters[].title",
        podcastparser="chapters[].title",
        feedparser="psc_chapters.chapters[].title",
    ),
    Row(
        "psc:chapter@href",
        lambda told: [each.get("url") for each in listed(told)],
        feedsmith="psc.chapters[].href",
        podcastparser="chapters[].href",
        feedparser="psc_chapters.chapters[].href",
    ),
    Row(
        "atom:link",
        lambda told: told.url(f"e/{told.slug}/#"),
        feedsmith=lambda read: read["atom"]["links"][0]["href"],
        feedparser=lambda read: next(each["href"] for each in read["links"] if "podlove" in each["rel"]),
    ),
)
