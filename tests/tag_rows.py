"""Which tag of the feed says which fact, and where other people's readers keep it: a row for each.

    Row("podcast:medium", lambda _: "podcast", partytime="medium", feedsmith="podcast.medium")

The second part is what the producer wrote, from the show's own files. The others are paths into what a reader makes of
the channel, or of the first item: `a.b[].c` is the c of each b in a. A reader without a path does not know the tag, or
keeps one of several. `made` says how a fact is brought into the one form in which it is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.tag_facts import Row, Told, categories, everywhere, in_a_list, media_type, moment, seconds, small, words

Of = Callable[[Told], list[dict[str, Any]]]


def persons(of: Of) -> Iterator[Row]:
    yield Row(
        "podcast:person",
        lambda told: [each["name"] for each in of(told)],
        partytime="podcastPeople[].name",
        feedsmith="podcast.persons[].display",
    )
    for name, says in (("role", lambda each: each["role"]), ("group", lambda _: "cast")):
        yield Row(
            f"podcast:person@{name}",
            lambda told, says=says: [says(each) for each in of(told)],
            made=small,
            partytime=f"podcastPeople[].{name}",
            feedsmith=f"podcast.persons[].{name}",
        )


def locations(of: Of) -> Iterator[Row]:
    """The Podcast Index's parser keeps one place, without its rel and country."""
    for tag, fact in (("", "name"), ("@rel", "rel"), ("@geo", "geo"), ("@country", "country")):
        known = {"partytime": in_a_list(f"podcastLocation.{fact}")} if fact in ("name", "geo") else {}
        yield Row(
            f"podcast:location{tag}",
            lambda told, fact=fact: [each[fact] for each in of(told)],
            feedsmith=f"podcast.locations[].{'display' if fact == 'name' else fact}",
            **known,
        )


CHANNEL = (
    Row("title", lambda told: told.show["title"], **everywhere("title")),
    Row("link", lambda told: told.show["url"], **everywhere("link")),
    Row("description", lambda told: told.show["description"], **everywhere("description") | {"feedparser": "subtitle"}),
    Row(
        "atom:link",
        lambda told: told.url("feed.xml"),
        partytime="pubsub.self",
        feedsmith=lambda read: next(each["href"] for each in read["atom"]["links"] if each["rel"] == "self"),
        rss_parser="feedUrl",
        feedparser=lambda read: next(each["href"] for each in read["links"] if each["rel"] == "self"),
    ),
    Row(
        "copyright",
        lambda told: told.show["copyright"],
        **dict.fromkeys(("partytime", "feedsmith", "rss_parser", "ruby"), "copyright"),
        feedparser="rights",
    ),
    Row("generator", lambda _: "Placecast", **everywhere("generator")),
    Row("language", lambda told: told.show["language"], **everywhere("language")),
    Row(
        "lastBuildDate",
        lambda told: told.episode["published"],
        made=moment,
        **dict.fromkeys(("partytime", "feedsmith", "rss_parser", "ruby"), "lastBuildDate"),
        feedparser="updated",
    ),
    Row(
        "itunes:author",
        lambda told: told.show["author"],
        partytime="author",
        feedsmith="itunes.author",
        rss_parser="itunes.author",
        podcastparser="itunes_author",
        ruby="itunes_author",
    ),
    Row(
        "itunes:name",
        lambda told: told.show["owner"]["name"],
        partytime="owner.name",
        feedsmith="itunes.owner.name",
        rss_parser="itunes.owner.name",
        podcastparser="itunes_owner.name",
        feedparser="publisher_detail.name",
        ruby="itunes_owner.itunes_name",
    ),
    Row(
        "itunes:email",
        lambda told: told.show["owner"]["email"],
        partytime="owner.email",
        feedsmith="itunes.owner.email",
        rss_parser="itunes.owner.email",
        podcastparser="itunes_owner.email",
        feedparser="publisher_detail.email",
        ruby="itunes_owner.itunes_email",
    ),
    Row(
        "itunes:type",
        lambda told: told.show["type"],
        partytime="itunesType",
        feedsmith="itunes.type",
        podcastparser="type",
        feedparser="itunes_type",
    ),
    Row(
        "itunes:category",
        lambda told: told.show["categories"],
        partytime="itunesCategory",
        feedsmith=categories("itunes.categories", "text", "categories"),
        rss_parser=categories("itunes.categoriesWithSubs", "name", "subs"),
        podcastparser=lambda read: [" > ".join(each) for each in read["itunes_categories"]],
        ruby=categories("itunes_category", "text", "itunes_category"),
    ),
    Row(
        "itunes:explicit",
        lambda told: told.show["explicit"],
        partytime="explicit",
        feedsmith="itunes.explicit",
        rss_parser="itunes.explicit",
        podcastparser="explicit",
        ruby="itunes_explicit",
    ),
    Row(
        "itunes:image",
        lambda told: told.url(f"media/{told.cover}"),
        partytime="itunesImage",
        feedsmith="itunes.image",
        rss_parser="itunes.image",
        podcastparser="cover_url",
        feedparser="image.href",
        ruby="itunes_image.href",
    ),
    Row(
        "podcast:guid",
        lambda told: told.show["guid"],
        partytime="guid",
        feedsmith="podcast.guid",
        feedparser="podcast_guid",
    ),
    Row("podcast:locked", lambda _: True, partytime="locked", feedsmith="podcast.locked.value"),
    Row(
        "podcast:locked@owner",
        lambda told: told.show["owner"]["email"],
        partytime="podcastOwner",
        feedsmith="podcast.locked.owner",
        feedparser="podcast_locked.owner",
    ),
    Row(
        "podcast:medium",
        lambda _: "podcast",
        partytime="medium",
        feedsmith="podcast.medium",
        feedparser="podcast_medium",
    ),
    Row(
        "podcast:license",
        lambda told: told.show["license"],
        partytime="license.identifier",
        feedsmith="podcast.license.display",
    ),
    *persons(lambda told: told.show["people"]),
    *locations(lambda told: told.show["places"]),
)

ITEM = (
    Row("title", lambda told: told.episode["title"], **everywhere("title")),
    Row("link", lambda told: told.url(f"e/{told.slug}/"), **everywhere("link")),
    Row(
        "description",
        lambda told: told.episode["summary"],
        **everywhere("description") | {"feedparser": "summary", "rss_parser": "content"},
    ),
    Row(
        "content:encoded",
        lambda told: " ".join(
            [told.notes, *(f"00:{each['start']:0>5} {each['title']}" for each in told.episode["chapters"])]
        ),
        made=words,
        partytime="content",
        feedsmith="content.encoded",
        rss_parser="content:encoded",
        podcastparser="description_html",
        feedparser=lambda read: read["content"][0]["value"],
        ruby="content_encoded",
    ),
    Row(
        "guid",
        lambda told: told.episode["guid"],
        **everywhere("guid") | {"feedsmith": "guid.value", "feedparser": "id", "ruby": "guid.content"},
    ),
    Row(
        "guid@isPermaLink",
        lambda _: False,
        feedsmith="guid.isPermaLink",
        feedparser="guidislink",
        ruby="guid.isPermaLink",
    ),
    Row(
        "enclosure@url",
        lambda told: told.url(f"media/{told.audio['name']}"),
        partytime="enclosure.url",
        feedsmith=lambda read: read["enclosures"][0]["url"],
        rss_parser="enclosure.url",
        podcastparser=lambda read: read["enclosures"][0]["url"],
        feedparser=lambda read: read.enclosures[0]["href"],
        ruby="enclosure.url",
    ),
    Row(
        "enclosure@length",
        lambda told: told.audio["bytes"],
        partytime="enclosure.length",
        feedsmith=lambda read: read["enclosures"][0]["length"],
        rss_parser="enclosure.length",
        podcastparser=lambda read: read["enclosures"][0]["file_size"],
        feedparser=lambda read: read.enclosures[0]["length"],
        ruby="enclosure.length",
    ),
    Row(
        "enclosure@type",
        lambda told: told.audio["type"],
        partytime="enclosure.type",
        feedsmith=lambda read: read["enclosures"][0]["type"],
        rss_parser="enclosure.type",
        podcastparser=lambda read: read["enclosures"][0]["mime_type"],
        feedparser=lambda read: read.enclosures[0]["type"],
        ruby="enclosure.type",
    ),
    Row(
        "pubDate",
        lambda told: told.episode["published"],
        made=moment,
        **everywhere("pubDate") | {"podcastparser": "published", "feedparser": "published"},
    ),
    Row(
        "itunes:duration",
        lambda told: int(told.audio["seconds"]),
        partytime="duration",
        feedsmith="itunes.duration",
        rss_parser="itunes.duration",
        podcastparser="total_time",
        feedparser="itunes_duration",
        ruby="itunes_duration.content",
    ),
    Row(
        "itunes:summary",
        lambda told: told.episode["summary"],
        partytime="summary",
        feedsmith="itunes.summary",
        rss_parser="itunes.summary",
        ruby="itunes_summary",
    ),
    Row(
        "itunes:season",
        lambda told: told.episode["season"],
        partytime="itunesSeason",
        feedsmith="itunes.season",
        rss_parser="itunes.season",
        podcastparser="season",
        feedparser="itunes_season",
    ),
    Row(
        "itunes:episode",
        lambda told: told.episode["number"],
        partytime="itunesEpisode",
        feedsmith="itunes.episode",
        rss_parser="itunes.episode",
        podcastparser="number",
        feedparser="itunes_episode",
    ),
    Row(
        "itunes:title",
        lambda told: told.episode["title"],
        feedsmith="itunes.title",
        feedparser="itunes_title",
    ),
    Row(
        "itunes:episodeType",
        lambda _: "full",
        partytime="itunesEpisodeType",
        feedsmith="itunes.episodeType",
        rss_parser="itunes.episodeType",
        podcastparser="type",
        feedparser="itunes_episodetype",
    ),
    Row(
        "itunes:explicit",
        lambda told: told.show["explicit"],
        partytime="explicit",
        feedsmith="itunes.explicit",
        rss_parser="itunes.explicit",
        podcastparser="explicit",
        ruby="itunes_explicit",
    ),
    Row(
        "itunes:image",
        lambda told: told.url(f"media/{told.cover}"),
        partytime="itunesImage",
        feedsmith="itunes.image",
        rss_parser="itunes.image",
        podcastparser="episode_art_url",
        feedparser="image.href",
        ruby="itunes_image.href",
    ),
    Row(
        "podcast:transcript@url",
        lambda told: told.transcripts(),
        partytime="podcastTranscripts[].url",
        feedsmith="podcast.transcripts[].url",
    ),
    Row(
        "podcast:transcript@type",
        lambda _: ["text/vtt", "application/x-subrip", "application/json", "text/html"],
        made=media_type,
        partytime="podcastTranscripts[].type",
        feedsmith="podcast.transcripts[].type",
    ),
    Row(
        "podcast:transcript@language",
        lambda told: [told.show["language"]] * 4,
        partytime="podcastTranscripts[].language",
        feedsmith="podcast.transcripts[].language",
    ),
    Row(
        "podcast:transcript@rel",
        lambda _: ["captions", "captions", None, None],
        partytime="podcastTranscripts[].rel",
        feedsmith="podcast.transcripts[].rel",
    ),
    Row(
        "podcast:chapters@url",
        lambda told: told.url(f"e/{told.slug}/chapters.json"),
        partytime="podcastChapters.url",
        feedsmith="podcast.chapters.url",
        feedparser="podcast_chapters.url",
    ),
    Row(
        "podcast:chapters@type",
        lambda _: "application/json+chapters",
        partytime="podcastChapters.type",
        feedsmith="podcast.chapters.type",
        feedparser="podcast_chapters.type",
    ),
    Row(
        "podcast:season",
        lambda told: told.episode["season"],
        partytime="podcastSeason.number",
        feedsmith="podcast.season.number",
    ),
    Row(
        "podcast:episode",
        lambda told: told.episode["number"],
        partytime="podcastEpisode.number",
        feedsmith="podcast.episode.number",
        feedparser="podcast_episode",
    ),
    *persons(Told.people),
    *locations(lambda told: told.episode["places"]),
    Row(
        "podcast:soundbite",
        lambda told: [each["title"] for each in told.episode["soundbites"]],
        partytime="podcastSoundbites[].title",
        feedsmith="podcast.soundbites[].display",
    ),
    Row(
        "podcast:soundbite@startTime",
        lambda told: [seconds(each["start"]) for each in told.episode["soundbites"]],
        partytime="podcastSoundbites[].startTime",
        feedsmith="podcast.soundbites[].startTime",
    ),
    Row(
        "podcast:soundbite@duration",
        lambda told: [each["duration"] for each in told.episode["soundbites"]],
        partytime="podcastSoundbites[].duration",
        feedsmith="podcast.soundbites[].duration",
    ),
    Row("podcast:txt", lambda _: ["true"], feedsmith="podcast.txts[].display"),
    Row("podcast:txt@purpose", lambda _: ["ai-content"], feedsmith="podcast.txts[].purpose"),
    Row(
        "podcast:license",
        lambda told: told.show["license"],
        partytime="license.identifier",
        feedsmith="podcast.license.display",
    ),
)
