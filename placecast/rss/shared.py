"""Tags that the channel and its items share: licences, pictures, comments, and texts that services ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from placecast.model import Comments, Image, Note, Show
from placecast.rss.extensions import Tag, tag
from placecast.rss.text import LINE_LIMIT, NAME_LIMIT, cut

_TEXT_LIMIT = 4000  # characters: podcast:txt (podcast namespace)


def license_tags(name: str, url: str | None) -> Iterator[Tag]:
    """The licence of the sound."""
    if name:
        yield tag("license", cut(name, NAME_LIMIT), url=url)


def image_tag(show: Show, image: Image) -> Tag:
    """A picture with all that apps need to choose among several, and what is to be seen on it."""
    return tag(
        "image",
        None,
        href=show.at(image.path),
        alt=cut(image.alt, LINE_LIMIT),
        **{"aspect-ratio": image.ratio},
        width=str(image.width),
        height=str(image.height),
        type=image.type,
        purpose=image.purpose,
    )


def text_tags(texts: Iterable[Note]) -> Iterator[Tag]:
    """Codes by which services know whose the feed is."""
    for each in texts:
        yield tag("txt", cut(each.text, _TEXT_LIMIT), purpose=each.purpose)


def comment_tags(comments: Sequence[Comments]) -> Iterator[Tag]:
    """The posts that people answer, the first one first; a protocol alone says that there are to be none."""
    for number, each in enumerate(comments, 1):
        yield tag(
            "socialInteract",
            None,
            priority=str(number) if len(comments) > 1 else None,
            protocol=each.protocol,
            uri=each.uri,
            accountId=each.account,
            accountUrl=each.account_url,
        )
