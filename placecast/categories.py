"""Apple's podcast categories. The names are matched letter by letter, so a near miss is no category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

# https://podcasters.apple.com/support/1691-apple-podcasts-categories
CATEGORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
        "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
        "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
        "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
        "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
        "Government": (),
        "Health & Fitness": (
            "Alternative Health",
            "Fitness",
            "Medicine",
            "Mental Health",
            "Nutrition",
            "Sexuality",
        ),
        "History": (),
        "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
        "Leisure": (
            "Animation & Manga",
            "Automotive",
            "Aviation",
            "Crafts",
            "Games",
            "Hobbies",
            "Home & Garden",
            "Video Games",
        ),
        "Music": ("Music Commentary", "Music History", "Music Interviews"),
        "News": (
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ),
        "Religion & Spirituality": (
            "Buddhism",
            "Christianity",
            "Hinduism",
            "Islam",
            "Judaism",
            "Religion",
            "Spirituality",
        ),
        "Science": (
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ),
        "Society & Culture": (
            "Documentary",
            "Personal Journals",
            "Philosophy",
            "Places & Travel",
            "Relationships",
        ),
        "Sports": (
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ),
        "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
        "Technology": (),
        "True Crime": (),
    }
)


_MARK = " > "  # between a category and a narrower one, as people write it


def written() -> Iterator[str]:
    """Every category as it is written down: `News`, `News > Politics`."""
    for top, narrower in CATEGORIES.items():
        yield top
        yield from (f"{top}{_MARK}{each}" for each in narrower)


def find(text: str) -> tuple[str, ...]:
    """The categories that this text may mean: the one of this name, or all with words that begin like its words."""
    wanted = " ".join(text.casefold().replace(">", " > ").split())
    every = tuple(written())
    named = [each for each in every if wanted in (each.casefold(), each.rpartition(_MARK)[2].casefold())]
    return tuple(named[:1]) or tuple(each for each in every if _begins(wanted, each))


def _begins(wanted: str, category: str) -> bool:
    name = category if _MARK in wanted else category.rpartition(_MARK)[2]
    words = name.casefold().replace("-", " ").split()
    return bool(wanted) and all(any(word.startswith(part) for word in words) for part in wanted.split())


def is_category(path: tuple[str, ...]) -> bool:
    """Whether Apple knows this category, given as `("News",)` or `("News", "Politics")`."""
    match path:
        case (top,):
            return top in CATEGORIES
        case (top, sub):
            return sub in CATEGORIES.get(top, ())
        case _:
            return False
