"""Facts for apps and directories that cannot be: each is named with its file, its key and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from placecast.errors import FactsError
from tests import every_fact

SHOW_FAULTS = {
    "licence of one's own": ('license_url = "https://example.org/licence?a=1&b=2"\n', "", "license", "license_url"),
    "long funding": ('text = "Support the Hub"', f'text = "{"x" * 129}"', "funding[1].text", "128"),
    "empty funding": ('text = "Support the Hub"', 'text = "  "', "funding[1].text", "empty"),
    "funding by script": ("https://example.org/members", "javascript:alert(1)", "funding[2].url", "web address"),
    "a guid that is none": ("9b024349-ccf0", "no-guid", "podroll[2].guid", "UUID"),
    "two publishers": ("[publisher]", "[[publisher]]", "publisher", "not a table"),
    "a rule without a frequency": ("FREQ=WEEKLY;", "", "schedule.rule", "no FREQ"),
    "a count without a start": ("start = 2026-05-01T07:00:00+01:00\n", "", "schedule.rule", "needs a start"),
    "a start in words": ("start = 2026-05-01T07:00:00+01:00", 'start = "in May"', "schedule.start", "not a date"),
    "a long schedule": ("Every other Friday", "x" * 129, "schedule.text", "128"),
    "a long code": ("6f3a-0815", "x" * 4001, "texts[1].text", "4000"),
    "a long purpose": ("hub-campaign", "x" * 129, "texts[3].purpose", "128"),
    "an unknown service": ('services = ["amazon"]', 'services = ["amazone"]', "block.services[1]", "amazon is"),
    "comments that are disabled and not": (
        'protocol = "disabled"',
        'protocol = "disabled"\nuri = "https://social.example/1"',
        "comments",
        "disabled",
    ),
    "comments without a post": ('protocol = "disabled"', 'protocol = "activitypub"', "comments", "no post"),
    "a network's former name": ('protocol = "disabled"', 'protocol = "bluesky"', "comments[1].protocol", "list"),
    "an unknown chat": ('protocol = "matrix"', 'protocol = "icq"', "chat.protocol", "list"),
    "a chat by address": ('"chat.example.org"', '"https://chat.example.org"', "chat.server", "server"),
    "a season without a number": ('1 = "High streets"', 'one = "High streets"', "seasons", "number of a season"),
    "a long season": ("High streets", "x" * 129, "seasons.1", "128"),
    "a picture that is not there": ("Wide Banner.png", "none.png", "images[1].file", "no picture"),
    "a picture of somebody's own": ("Wide Banner.png", "../../own.png", "images[1].file", "outside"),
    "a picture without words": ('alt = "A harbour at dawn"\n', "", "images[1].alt", "missing"),
    "two blanks in a purpose": ("banner social", "banner  social", "images[1].purpose", "single spaces"),
    "a move to nowhere": (
        'new_feed_url = "https://podcast',
        'new_feed_url = "podcast',
        "new_feed_url",
        "web address",
    ),
    "complete in words": ("complete = true", 'complete = "Yes"', "complete", "true nor false"),
}
EPISODE_FAULTS = {
    "a picture that is too small": ('image = "art.png"', 'image = "lock.png"', "image", "40 x 30"),
    "a picture of somebody's own": ('image = "art.png"', 'image = "../../../own.png"', "image", "outside"),
    "a long display": ("Ch. 3", "x" * 33, "display", "32"),
    "a display without a number": ("number = 3\n", "", "display", "there is none"),
    "a licence of one's own": ('license = "cc-by-4.0"', 'license = "ours"', "license", "license_url"),
    "a link without words": ('text = "Watch this episode"\n', "", "links[1].text", "missing"),
    "a link by script": ("https://video.example.org/", "javascript:", "links[1].url", "web address"),
    "what placecast says itself": (
        'purpose = "verify"',
        'purpose = "ai-content"',
        "texts[1].purpose",
        "placecast itself",
    ),
    "a post by script": ("https://social.example/@hub/1", "javascript:alert(1)", "comments[1].uri", "post"),
}


def faults_of(root: Path, name: str, old: str, new: str) -> list[tuple[str, str, str, str]]:
    project = every_fact.write(root)
    path = next(root.rglob(name)) if name == "placecast.toml" else root / "episodes" / "harbour" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FactsError) as raised:
        project.load()
    return [(each.file, each.key, each.what, each.cure) for each in raised.value.faults]


@pytest.mark.parametrize("name", SHOW_FAULTS)
def test_a_fact_of_the_show_beyond_its_specification_is_named_with_its_cure(tmp_path: Path, name: str) -> None:
    old, new, key, what = SHOW_FAULTS[name]
    ((file, where, said_of_it, cure),) = faults_of(tmp_path, "placecast.toml", old, new)
    assert (file, where) == ("placecast.toml", key)
    assert what in said_of_it
    assert cure.startswith(("Write ", "Save ", "Copy "))


@pytest.mark.parametrize("name", EPISODE_FAULTS)
def test_a_fact_of_an_episode_beyond_its_specification_is_named_with_its_cure(tmp_path: Path, name: str) -> None:
    old, new, key, what = EPISODE_FAULTS[name]
    ((file, where, said_of_it, cure),) = faults_of(tmp_path, "episode.md", old, new)
    assert (file, where) == ("episodes/harbour/episode.md", key)
    assert what in said_of_it
    assert cure.startswith(("Write ", "Save ", "Copy "))


def test_a_well_known_licence_is_written_as_apps_know_it(tmp_path: Path) -> None:
    project = every_fact.write(tmp_path)
    path = tmp_path / "placecast.toml"
    path.write_text(path.read_text("utf-8").replace("hub-licence", "CC-BY-NC-ND-4.0"), "utf-8")
    assert project.load()[0].license == "cc-by-nc-nd-4.0"
