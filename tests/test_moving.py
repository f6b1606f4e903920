"""A show moves in: what stops it, what it goes on with, and what two feeds say differently."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placecast import arrival, pipeline
from placecast.arrival import episodes, feeds, fitting, ledger
from placecast.arrival.show import LockedFeedError, begin
from placecast.errors import HostError, LockedError, PlacecastError, UsageError
from placecast.model import Comments, Link, MadeFrom, Mastering, Person, Place, RemoteShow, Schedule, Soundbite
from placecast.moving.comparing import Difference, compare
from placecast.moving.facts import Loss, Moved, OldEpisode, OldFeed, OldShow, OldSound
from placecast.project import Project, facts
from placecast.project.schema import EpisodeFacts
from placecast.project.secrets import masked
from tests import hosts, small_show
from tests.hostile import TEXTS, written
from tests.small_show import Recorder, SmallShow
from tests.web import Asked, Reply

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
FISH = "episodes/14623145-the-fish-docks.mp3"
Bring = Callable[..., Moved]


@pytest.fixture
def buzz(no_proxy: None) -> Iterator[hosts.Host]:
    with hosts.host("buzzsprout") as made:
        yield made


@pytest.fixture
def libsyn(no_proxy: None) -> Iterator[hosts.Host]:
    with hosts.host("libsyn") as made:
        yield made


def bring(host: hosts.Host, folder: Path, tries: int = 1, reporter: Recorder | None = None, **changes: str) -> Moved:
    given = {"source": host.feed, "url": "https://new.example.org/", "owner": "rosa@example.org"} | changes
    order = arrival.Order(folder=folder, **given)
    return arrival.bring(order, hosts.abroad(tries), reporter or Recorder(), NOW)


def outcomes(moved: Moved) -> dict[str, str]:
    return {each.slug: each.outcome for each in moved.episodes}


def text(folder: Path, slug: str) -> str:
    return (folder / "episodes" / slug / "episode.md").read_text("utf-8")


# What an episode becomes


def test_an_episode_comes_with_all_that_its_old_host_says_of_it(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    _, found = Project(root=tmp_path).load()
    fish = next(each for each in found if each.slug == "the-fish-docks")
    assert (fish.guid, fish.season, fish.number, fish.kind) == ("Buzzsprout-14623145", 2, 7, "full")
    assert fish.published == datetime(2024, 3, 5, 12, tzinfo=UTC)
    assert [each.name for each in fish.people] == ["Daniel Marsh"]
    assert [(each.seconds, each.title) for each in fish.listed_chapters] == [(0, "Start"), (1.25, "The docks")]
    assert [(each.seconds, each.duration) for each in fish.soundbites] == [(1, 2)]
    assert "[the docks](https://docks.example.org/a_b?x=1&y=2)" in fish.notes
    transcript = (tmp_path / "transcripts/the-fish-docks.vtt").read_text("utf-8")
    assert "<v Rosa>Hello there." in transcript


def test_the_show_comes_with_all_that_its_old_host_says_of_it(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    show, _ = Project(root=tmp_path).load()
    assert show.guid == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert (show.title, show.type, show.language) == ("Towns & Tides", "serial", "en-GB")
    assert show.categories == (("Society & Culture", "Places & Travel"), ("History",))
    assert show.owner_email == "rosa@example.org"
    assert [each.osm for each in show.places] == ["R113314"]
    assert (tmp_path / "cover.png").read_bytes() == hosts.cover()


def test_a_show_without_a_guid_gets_that_of_its_old_address(libsyn: hosts.Host, tmp_path: Path) -> None:
    """The podcast namespace: the guid is made of the address under which the show was first known, once."""
    bring(libsyn, tmp_path)
    show, _ = Project(root=tmp_path).load()
    from placecast.fingerprint import podcast_guid

    assert show.guid == podcast_guid(libsyn.feed)


def test_json_transcripts_and_the_chapters_in_the_sound_are_taken_where_there_are_no_others(
    no_proxy: None, tmp_path: Path
) -> None:
    with hosts.host("podbean") as podbean:
        podbean.replace(
            f'<podcast:chapters url="{podbean.web.address}mf/web/abc/chapters.json" type="application/json" />',
            "",
        )
        key = "mf/web/abc/two_spans.m4a"
        from tests import sounds

        made = sounds.save(
            tmp_path / "s.m4a", sounds.speech(4, rate=44100), rate=44100, chapters=((0.0, "Near"), (2.0, "Far"))
        )
        podbean.web.files[key] = made.read_bytes()
        bring(podbean, tmp_path / "show")
    assert 'title = "Far"' in text(tmp_path / "show", "two-spans")
    assert "<v Kim>Two spans." in (tmp_path / "show/transcripts/two-spans.vtt").read_text("utf-8")


def test_what_does_not_fit_is_left_out_and_said(no_proxy: None, tmp_path: Path) -> None:
    with hosts.host("transistor") as transistor:
        moved = bring(transistor, tmp_path)
    assert 'name = "Bo Hansen"' in text(tmp_path, "mayors-at-last")
    assert ("people.url", "not an address") in {(each.tag, each.value) for each in moved.all_losses}


def test_a_secret_in_the_old_notes_does_not_stop_the_move(libsyn: hosts.Host, tmp_path: Path) -> None:
    libsyn.replace("Text &amp; nothing else", "https://user:pass@x.example.org/ and AKIAABCDEFGHIJKLMNOP")
    libsyn.replace("ffffeeee4b5a69788796a5b4c3d2e1f0", "https://admin@x.example.org/?p=1")
    moved = bring(libsyn, tmp_path)
    assert {"guid", "show notes"} <= {each.tag for each in moved.all_losses if each.value == "…"}
    assert set(outcomes(bring(libsyn, tmp_path)).values()) == {"there"}
    _, found = Project(root=tmp_path).load()
    assert len(found) == 2
    assert "pass" not in "".join(each.notes for each in found)
    assert masked("nothing here") == "nothing here"


@pytest.mark.parametrize(
    ("cover", "size"), [(hosts.cover(600), 1400), (b"no picture", 1600), (b"", 1600)], ids=["small", "broken", "empty"]
)
def test_a_cover_that_apps_would_refuse_is_made_to_fit_or_drawn(
    cover: bytes, size: int, buzz: hosts.Host, tmp_path: Path
) -> None:
    buzz.web.files["cover.png"] = cover
    moved = bring(buzz, tmp_path)
    show, _ = Project(root=tmp_path).load()
    assert (show.cover.width, show.cover.height) == (size, size)
    assert "itunes:image" in {each.tag for each in moved.losses}


# What stops it


def test_a_locked_feed_is_not_brought_without_its_owners_word(buzz: hosts.Host, tmp_path: Path) -> None:
    for owner in ("", "somebody@example.org"):
        with pytest.raises(LockedFeedError, match="locked") as refused:
            bring(buzz, tmp_path / "show", owner=owner)
        assert "--owner" in refused.value.faults[0].cure
    assert not (tmp_path / "show").exists()
    assert bring(buzz, tmp_path / "show", owner=" Rosa@Example.org ").episodes


def test_the_owner_whom_the_lock_names_counts(buzz: hosts.Host, tmp_path: Path) -> None:
    buzz.replace("<podcast:locked>yes", '<podcast:locked owner="legal@example.org">yes')
    with pytest.raises(LockedFeedError):
        bring(buzz, tmp_path, owner="rosa@example.org")
    bring(buzz, tmp_path, owner="legal@example.org")


def test_what_the_feed_does_not_say_is_asked_for_by_name(libsyn: hosts.Host, tmp_path: Path) -> None:
    libsyn.replace('<itunes:category text="Government"/>', "")
    libsyn.replace("<itunes:email>team@example.org</itunes:email>", "")
    libsyn.replace('<podcast:locked owner="team@example.org">no</podcast:locked>', "")
    with pytest.raises(UsageError, match="categories, owner, url") as refused:
        bring(libsyn, tmp_path, url="")
    assert "--category" in refused.value.faults[0].cure
    moved = bring(libsyn, tmp_path, category="Government", email="team@example.org")
    assert "itunes:category" in {each.tag for each in moved.losses}


def test_another_show_in_the_folder_is_left_alone(buzz: hosts.Host, tmp_path: Path) -> None:
    small = small_show.make(tmp_path)
    before = small_show.files_below(small.project.root)
    with pytest.raises(UsageError, match="another show"):
        bring(buzz, tmp_path)
    assert {key: body for key, body in small_show.files_below(tmp_path).items() if ".placecast" not in key} == before


def test_only_one_run_at_a_time(buzz: hosts.Host, tmp_path: Path) -> None:
    with Project(root=tmp_path).locked(), pytest.raises(LockedError):
        bring(buzz, tmp_path)


@pytest.mark.parametrize("source", ["file:///etc/passwd", "ftp://example.org/feed", "no-such-file.xml"])
def test_what_is_no_feed_is_refused_before_anything_is_written(source: str, buzz: hosts.Host, tmp_path: Path) -> None:
    with pytest.raises(PlacecastError):
        bring(buzz, tmp_path / "show", source=source)
    assert not (tmp_path / "show").exists()


def test_addresses_in_a_feed_lead_to_no_private_machine(buzz: hosts.Host, tmp_path: Path) -> None:
    """A saved feed names what it likes: nothing of it is asked for on this machine."""
    saved = tmp_path / "saved.xml"
    saved.write_bytes(buzz.web.files["buzzsprout.xml"])
    order = arrival.Order(
        source=str(saved), folder=tmp_path / "show", url="https://n.example.org/", owner="rosa@example.org"
    )
    moved = arrival.bring(order, hosts.Abroad(pause=0.0, tries=1), Recorder(), NOW)
    assert buzz.web.asked == []
    assert set(outcomes(moved).values()) == {"without sound"}
    assert sum("private network" in each.why for each in moved.all_losses) >= 4


def test_a_hostile_feed_writes_nothing(buzz: hosts.Host, tmp_path: Path) -> None:
    buzz.web.files["buzzsprout.xml"] = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel/></rss>'
    with pytest.raises(PlacecastError, match="DOCTYPE"):
        bring(buzz, tmp_path / "show")
    assert not (tmp_path / "show").exists()


@pytest.mark.parametrize("title", ["../../etc/passwd", "con", "a/b\\c:d", "\u202egnp.exe", "." * 300, "日本", "+++"])
def test_a_title_is_never_a_path(title: str, libsyn: hosts.Host, tmp_path: Path) -> None:
    libsyn.replace("<title>Ward by ward</title>", f"<title>{title}</title>")
    bring(libsyn, tmp_path / "show")
    assert {path.name for path in tmp_path.iterdir()} == {"show"}
    _, found = Project(root=tmp_path / "show").load()
    assert len(found) == 2


def test_pages_that_lead_in_a_circle_are_read_once(no_proxy: None) -> None:
    with hosts.host("podlove") as podlove:
        link = f'<atom:link rel="next" href="{podlove.feed}"/>'
        podlove.replace("<title>Feldweg</title>", f"{link}<title>Feldweg</title>", "podlove.xml?paged=2")
        loaded = feeds.load(hosts.abroad(), podlove.feed)
    assert (loaded.feed.pages, len(loaded.feed.episodes)) == (2, 2)


def test_pages_without_end_are_left(no_proxy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_MOST_PAGES", 5)
    with hosts.host("podlove") as podlove:
        first = podlove.web.files["podlove.xml"].decode()

        def endless(asked: Asked, reply: Reply) -> Reply:
            number = int((re.findall(r"paged=(\d+)", asked.key) or ["1"])[0])
            return Reply(body=first.replace("paged=2", f"paged={number + 1}").encode())

        podlove.web.change = endless
        with pytest.raises(HostError, match="pages without end"):
            feeds.load(hosts.abroad(), podlove.feed)
    assert len(podlove.web.asked) == 6


# What it goes on with


def test_a_stopped_run_is_gone_on_with_and_nothing_comes_twice(buzz: hosts.Host, tmp_path: Path) -> None:
    for stop in range(1, 3):  # while the feed is read, and before each of the episodes
        with pytest.raises(KeyboardInterrupt):
            bring(buzz, tmp_path, reporter=Recorder(fail_at=stop))
    moved = bring(buzz, tmp_path)
    assert outcomes(moved) == {"the-fish-docks": "brought", "welcome": "there"}
    fetched = [each.key for each in buzz.web.asked if each.key.endswith(".mp3")]
    assert sorted(fetched) == sorted(set(fetched))


def test_a_sound_that_cannot_be_had_is_brought_by_the_next_run(buzz: hosts.Host, tmp_path: Path) -> None:
    buzz.web.change = lambda asked, reply: Reply(status=500) if asked.key == FISH else reply
    moved = bring(buzz, tmp_path)
    assert outcomes(moved) == {"the-fish-docks": "without sound", "welcome": "brought"}
    plan = (tmp_path / arrival.PLAN).read_text("utf-8")
    assert "First run the same `placecast import` again: the sound of 1 is missing (the-fish-docks)." in plan
    before = text(tmp_path, "the-fish-docks")
    buzz.web.change = lambda _, reply: reply
    moved = bring(buzz, tmp_path)
    assert outcomes(moved) == {"the-fish-docks": "brought", "welcome": "there"}
    assert text(tmp_path, "the-fish-docks") == before
    assert not [each for each in moved.all_losses if each.tag == "enclosure"]
    assert not moved.missing


def test_a_broken_download_goes_on_in_the_next_run(buzz: hosts.Host, tmp_path: Path) -> None:
    def broken(asked: Asked, reply: Reply) -> Reply:
        return replace(reply, body=reply.body[:20_000]).but(Connection="close") if asked.key == FISH else reply

    buzz.web.change = broken
    assert outcomes(bring(buzz, tmp_path))["the-fish-docks"] == "without sound"
    buzz.web.change = lambda _, reply: reply
    assert outcomes(bring(buzz, tmp_path))["the-fish-docks"] == "brought"
    ranges = [each.headers.get("range") for each in buzz.asked_for(FISH)]
    assert ranges == [None, "bytes=20000-"]
    audio = Project(root=tmp_path).audio("the-fish-docks")
    assert audio
    assert Project(root=tmp_path).media(audio).read_bytes() == buzz.web.files[FISH]


def test_transcript_and_chapters_that_a_busy_host_did_not_give_come_later(buzz: hosts.Host, tmp_path: Path) -> None:
    texts = ("transcript.vtt", "transcript.json", "transcript.srt", "chapters.json")
    buzz.web.change = lambda asked, reply: Reply(status=503) if asked.key.endswith(texts) else reply
    buzz.replace("<psc:chapters>", "<psc:nothing>")
    buzz.replace("</psc:chapters>", "</psc:nothing>")
    moved = bring(buzz, tmp_path)
    assert {"podcast:transcript", "podcast:chapters"} <= {each.tag for each in moved.all_losses}
    path = tmp_path / "episodes/the-fish-docks/episode.md"
    path.write_text(path.read_text("utf-8").replace("Who still", "WHO still"), "utf-8")  # a person was at work
    buzz.web.change = lambda _, reply: reply
    moved = bring(buzz, tmp_path)
    assert not {"podcast:transcript", "podcast:chapters"} & {each.tag for each in moved.all_losses}
    assert (tmp_path / "transcripts/the-fish-docks.vtt").is_file()
    assert 'title = "The docks"' in text(tmp_path, "the-fish-docks")
    assert "WHO still" in text(tmp_path, "the-fish-docks")


def test_what_people_have_changed_meanwhile_stays(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    episode, transcript = tmp_path / "episodes/welcome/episode.md", tmp_path / "transcripts/the-fish-docks.vtt"
    for path in (episode, transcript, tmp_path / "placecast.toml"):
        path.write_text(
            path.read_text("utf-8").replace("Hello", "Good day").replace("by the sea", "by the SEA"), "utf-8"
        )
    kept = [path.read_bytes() for path in (episode, transcript, tmp_path / "placecast.toml")]
    (tmp_path / "episodes/the-fish-docks").rename(tmp_path / "episodes/fish")
    bring(buzz, tmp_path)
    assert [path.read_bytes() for path in (episode, transcript, tmp_path / "placecast.toml")] == kept


def test_an_episode_that_is_new_at_the_old_host_comes_with_the_next_run(libsyn: hosts.Host, tmp_path: Path) -> None:
    whole = libsyn.web.files["libsyn.xml"]
    first = whole.decode().index("<item>")
    second = whole.decode().index("<item>", first + 1)
    libsyn.web.files["libsyn.xml"] = (whole.decode()[:first] + whole.decode()[second:]).encode()
    assert list(outcomes(bring(libsyn, tmp_path))) == ["ward-by-ward"]
    libsyn.web.files["libsyn.xml"] = whole
    assert outcomes(bring(libsyn, tmp_path)) == {"what-is-a-parish": "brought", "ward-by-ward": "there"}


def test_media_that_is_gone_or_damaged_is_fetched_again(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    project = Project(root=tmp_path)
    audio = project.audio("welcome")
    assert audio
    project.media(audio).write_bytes(b"x" * audio.bytes)
    bring(buzz, tmp_path)
    assert project.media(audio).read_bytes() == buzz.web.files["episodes/1-welcome.mp3"]


def test_a_host_that_sends_other_sound_later_changes_nothing_that_was_brought(buzz: hosts.Host, tmp_path: Path) -> None:
    """Hosts put advertisements into the sound, which is another file for each who asks."""
    bring(buzz, tmp_path)
    project = Project(root=tmp_path)
    before = project.audio("the-fish-docks")
    assert before
    project.media(before).unlink()
    buzz.web.files[FISH] = hosts.sound(".mp3", 5)
    moved = bring(buzz, tmp_path)
    assert project.audio("the-fish-docks") == before
    assert outcomes(moved)["the-fish-docks"] == "without sound"
    assert any("other bytes now" in each.why for each in moved.all_losses)


def test_sound_that_the_producer_has_made_since_stays(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    project = Project(root=tmp_path)
    audio = project.audio("welcome")
    assert audio
    own = replace(audio, name="welcome-own.mp3", made_from=MadeFrom(recording="1", mastering=Mastering(), version=1))
    project.write_audio("welcome", own)
    assert outcomes(bring(buzz, tmp_path))["welcome"] == "there"
    assert project.audio("welcome") == own


def test_after_the_move_the_old_address_has_nothing_more_to_give(buzz: hosts.Host, tmp_path: Path) -> None:
    new = f"{buzz.web.address}new/"
    bring(buzz, tmp_path, url=new)
    kept = (tmp_path / arrival.KEPT_FEED).read_bytes()
    buzz.web.files["new/feed.xml"] = buzz.web.files["buzzsprout.xml"]
    buzz.redirects["buzzsprout.xml"] = "new/feed.xml"
    with pytest.raises(UsageError, match="leads to the new feed already"):
        bring(buzz, tmp_path)
    assert (tmp_path / arrival.KEPT_FEED).read_bytes() == kept


def test_a_host_that_is_gone_is_not_asked_for_every_sound(no_proxy: None, tmp_path: Path) -> None:
    with hosts.host("libsyn") as libsyn:
        body = libsyn.web.files["libsyn.xml"].decode()
        item = body[body.index("<item>") : body.index("</item>") + 7]
        many = "".join(
            item.replace("0f1e2d3c", f"{n:08}").replace("parish.mp3", f"{n}.mp3").replace("10 Apr", f"{n + 10} Apr")
            for n in range(12)
        )
        libsyn.web.files["libsyn.xml"] = body.replace(item, many).encode()
        libsyn.web.change = lambda asked, reply: Reply(status=500) if ".mp3" in asked.key else reply
        moved = bring(libsyn, tmp_path)
    assert len([each for each in libsyn.web.asked if ".mp3" in each.key]) == 5
    assert len(moved.missing) == 13


@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"", b"ID3" + bytes(3000)], ids=["page", "nothing", "header"])
def test_an_answer_that_is_no_sound_is_not_taken_for_one(body: bytes, buzz: hosts.Host, tmp_path: Path) -> None:
    buzz.web.change = lambda asked, reply: Reply(body=body) if asked.key == FISH else reply
    assert outcomes(bring(buzz, tmp_path))["the-fish-docks"] == "without sound"
    assert not list((tmp_path / ".placecast/moving").glob("*.part"))
    assert len(list((tmp_path / "feed/media").iterdir())) == 1


def test_a_wrong_type_in_the_feed_is_put_right_by_what_is_in_the_file(buzz: hosts.Host, tmp_path: Path) -> None:
    buzz.web.files[FISH] = hosts.sound(".m4a", 4)
    bring(buzz, tmp_path)
    audio = Project(root=tmp_path).audio("the-fish-docks")
    assert audio
    assert (audio.type, audio.name[-4:]) == ("audio/x-m4a", ".m4a")


def test_nothing_is_mastered_or_tagged_when_the_show_is_published(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    show = SmallShow(project=Project(root=tmp_path), now=NOW)
    show.publish("the-fish-docks")
    assert [what for what, _ in show.last.steps if what.startswith(("master", "tag", "transcribe"))] == []
    published = small_show.files_below(tmp_path / "public")
    assert {key for key in published if key.endswith(".mp3")} == {
        f"media/{path.name}" for path in (tmp_path / "feed/media").glob("*.mp3")
    }
    assert buzz.web.files[FISH] in published.values()
    assert b"Buzzsprout-1<" in published["feed.xml"]  # though nobody has transcribed it yet


def test_a_clone_without_the_sound_builds_the_same_feed(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    show = SmallShow(project=Project(root=tmp_path), now=NOW)
    pipeline.rebuild(show.run())
    before = (tmp_path / "feed/feed.xml").read_bytes()
    show.publish("the-fish-docks")
    for path in (tmp_path / "feed/media").glob("*.mp3"):
        path.unlink()
    show.publish("the-fish-docks")
    assert (tmp_path / "feed/feed.xml").read_bytes() == before


# Facts that fit


def test_of_facts_what_the_schema_refuses_is_taken_out_alone() -> None:
    given_facts = {
        "title": "T",
        "guid": "g",
        "people": [{"name": "A", "url": "nowhere"}, {"role": "host"}, {"name": "B"}],
        "places": [{"name": "P", "geo": "geo:x"}],
        "summary": "s" * 5000,
        "mood": "blue",
    }
    kept, lost = fitting.fitted(EpisodeFacts, given_facts)
    assert kept == {"title": "T", "guid": "g", "people": [{"name": "A"}, {"name": "B"}], "places": [{"name": "P"}]}
    assert sorted(each.tag for each in lost) == ["mood", "people.name", "people.url", "places.geo", "summary"]
    assert given_facts["people"][0]["url"] == "nowhere"


COMMENTS = st.builds(Comments, protocol=TEXTS | st.sampled_from(["activitypub", "disabled"]), uri=TEXTS, account=TEXTS)


@settings(max_examples=60)
@given(
    st.builds(
        OldEpisode,
        guid=TEXTS.filter(written),
        title=TEXTS.filter(written),
        published=st.none() | st.datetimes(datetime(1991, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        sound=st.none(),
        summary=TEXTS,
        notes=TEXTS,
        season=st.none() | st.integers(1, 9),
        people=st.lists(st.builds(Person, name=TEXTS, role=TEXTS, group=TEXTS, url=TEXTS, image=TEXTS), max_size=2),
        places=st.lists(st.builds(Place, name=TEXTS, geo=TEXTS, osm=TEXTS, country=TEXTS), max_size=2),
        soundbites=st.lists(
            st.builds(Soundbite, seconds=st.floats(0, 9), duration=st.floats(0, 9), title=TEXTS), max_size=1
        ),
        display=TEXTS,
        license=TEXTS,
        license_url=TEXTS,
        links=st.lists(st.builds(Link, url=TEXTS, text=TEXTS), max_size=2),
        comments=st.lists(COMMENTS, max_size=2),
    )
)
def test_whatever_an_episode_says_its_file_can_be_read_again(old: OldEpisode) -> None:
    with TemporaryDirectory() as folder:
        project = Project(root=Path(folder))
        episodes.write(project, "one", old, SHOW, episodes.Words())
        file = Path(folder) / "episodes/one/episode.md"
        again = facts.read_episode(file.read_bytes().decode(), file, "episode.md", None)
        clean = old.guid.encode("utf-8", "replace").decode()
        assert (again.guid, again.published) == (masked(clean), old.published)


@settings(max_examples=12)
@given(
    st.builds(
        OldShow,
        title=TEXTS.filter(written),
        language=st.sampled_from(["", "de-DE"]),
        categories=st.just(("Arts",)),
        people=st.lists(st.builds(Person, name=TEXTS, role=TEXTS, url=TEXTS), max_size=2),
        places=st.lists(st.builds(Place, name=TEXTS, geo=TEXTS), max_size=2),
        funding=st.lists(st.builds(Link, url=TEXTS, text=TEXTS), max_size=1),
        license_url=TEXTS,
        schedule=st.none() | st.builds(Schedule, text=TEXTS, rule=TEXTS, start=st.none() | st.dates()),
        podroll=st.lists(st.builds(RemoteShow, guid=TEXTS, url=TEXTS, title=TEXTS), max_size=2),
        publisher=st.lists(st.builds(RemoteShow, guid=TEXTS), max_size=1),
        comments=st.lists(COMMENTS, max_size=2),
        **dict.fromkeys(("description", "author", "owner_name", "copyright", "license", "link", "cover_at"), TEXTS),
    )
)
def test_whatever_a_show_says_its_file_can_be_read_again(old: OldShow) -> None:
    with TemporaryDirectory() as folder:
        project = Project(root=Path(folder))
        order = arrival.Order(source="x", folder=project.root, url="https://n.example.org", email="a@example.org")
        begin(project, hosts.Abroad(resolve=lambda *_: [], tries=1), OldFeed(show=old, episodes=()), order)
        assert project.load()[0].url == "https://n.example.org/"


def test_a_line_of_the_ledger_that_a_dying_run_wrote_is_passed_over(tmp_path: Path) -> None:
    loss = Loss(tag="itunes:image", value="x", why="y")
    ledger.Ledger(tmp_path).merged("g", [loss])
    with (tmp_path / ledger.FILE).open("a", encoding="utf-8") as file:
        file.write('{"guid": "h", "los')
    again = ledger.Ledger(tmp_path)
    assert again.merged("g", ()) == (loss,)
    assert not again.owes("h")


# What two feeds say differently

SHOW = OldShow(title="T", author="A", owner_email="a@example.org", language="en", guid="1")
DAY = datetime(2026, 1, 2, tzinfo=UTC)


def sounding(guid: str = "g", **changes: object) -> OldEpisode:
    sound = OldSound(address=f"https://old.example.org/{guid}.mp3", type="audio/mpeg", bytes=1000)
    return replace(OldEpisode(guid=guid, title="One", published=DAY, sound=sound, seconds=60.0), **changes)  # type: ignore[arg-type] - a test's own


def whole(*episodes: OldEpisode, show: OldShow = SHOW) -> OldFeed:
    return OldFeed(show=show, episodes=episodes, address="https://old.example.org/feed.xml")


def told(found: tuple[Difference, ...]) -> list[tuple[str, bool]]:
    return [(each.what, each.grave) for each in found]


def test_equal_feeds_do_not_differ() -> None:
    assert compare(whole(sounding()), whole(sounding())) == ()


def test_spellings_of_a_type_and_rounded_seconds_are_no_difference() -> None:
    old = sounding(sound=OldSound(address="https://x", type="audio/mp3", bytes=1000), seconds=61.4)
    assert compare(whole(old), whole(sounding())) == ()


DIFFERENT: dict[str, tuple[OldFeed, list[tuple[str, bool]]]] = {
    "a guid": (whole(sounding("other")), [("episode", True), ("episode", True)]),
    "an episode less": (whole(), [("episode", True)]),
    "a date": (whole(sounding(published=DAY.replace(hour=1))), [("date", True)]),
    "a title": (whole(sounding(title="Two")), [("title", True)]),
    "a type": (
        whole(sounding(sound=OldSound(address="https://x", type="audio/x-m4a", bytes=1000))),
        [("enclosure type", True)],
    ),
    "a length": (
        whole(sounding(sound=OldSound(address="https://x", type="audio/mpeg", bytes=999))),
        [("enclosure length", True)],
    ),
    "a duration": (whole(sounding(seconds=90.0)), [("duration", False)]),
    "a season": (whole(sounding(season=3)), []),
    "explicit": (whole(sounding(explicit=True)), [("explicit", True)]),
    "the show's guid": (whole(sounding(), show=replace(SHOW, guid="2")), [("podcast:guid", True)]),
    "the show's title": (whole(sounding(), show=replace(SHOW, title="U")), [("title", True)]),
    "the owner": (whole(sounding(), show=replace(SHOW, owner_email="b@example.org")), [("owner's e-mail", True)]),
    "the type of the show": (whole(sounding(), show=replace(SHOW, type="serial")), [("type", True)]),
    "the description": (whole(sounding(), show=replace(SHOW, description="x")), []),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_each_difference_is_found_and_weighed(what: str) -> None:
    new, expected = DIFFERENT[what]
    assert told(compare(whole(sounding()), new)) == expected


def test_a_length_that_the_old_feed_had_wrong_is_only_noted() -> None:
    new = whole(sounding(sound=OldSound(address="https://x", type="audio/mpeg", bytes=1234)))
    assert told(compare(whole(sounding()), new, lambda _: 1234)) == [("enclosure length", False)]
    assert told(compare(whole(sounding()), new, lambda _: 1000)) == [("enclosure length", True)]


def test_another_length_makes_another_duration_grave() -> None:
    sound = OldSound(address="https://x", type="audio/mpeg", bytes=999)
    assert ("duration", True) in told(compare(whole(sounding()), whole(sounding(seconds=90.0, sound=sound))))


def test_a_transcript_that_is_gone_is_grave() -> None:
    from placecast.moving.facts import OldTranscript

    old = sounding(transcripts=(OldTranscript(address="https://x", type="text/vtt", language=""),))
    assert told(compare(whole(old), whole(sounding()))) == [("transcripts", True)]


def test_the_order_counts_where_dates_are_the_same() -> None:
    one, two, later = sounding("a"), sounding("b"), sounding("c", published=DAY.replace(day=3))
    assert told(compare(whole(one, two, later), whole(two, one, later))) == [("order", False)]
    assert compare(whole(one, later), whole(later, one)) == ()


def test_a_feed_that_redirects_to_the_new_one_already_is_not_compared_with_itself(
    libsyn: hosts.Host, tmp_path: Path
) -> None:
    libsyn.redirects["old.xml"] = "libsyn.xml"
    old, new = (feeds.load(hosts.abroad(), libsyn.web.address + key).feed for key in ("old.xml", "libsyn.xml"))
    with pytest.raises(UsageError, match="redirects to the new feed already") as refused:
        feeds.require_two(old, new)
    assert "moving/old-feed.xml" in refused.value.faults[0].cure
    feeds.require_two(new, replace(new, address="https://elsewhere.example.org/"))


def test_the_kept_copy_of_the_old_feed_can_be_compared_when_the_old_host_is_gone(
    no_proxy: None, tmp_path: Path
) -> None:
    with hosts.host("podlove") as podlove:
        bring(podlove, tmp_path)
    pipeline.rebuild(SmallShow(project=Project(root=tmp_path), now=NOW).run())
    offline = hosts.Abroad(pause=0.0, tries=1)
    old, new = (feeds.load(offline, str(tmp_path / name)).feed for name in (arrival.KEPT_FEED, "feed/feed.xml"))
    assert len(old.episodes) == 2
    assert not [each for each in compare(old, new) if each.grave]


def test_the_losses_are_kept_as_json_for_other_programs(buzz: hosts.Host, tmp_path: Path) -> None:
    bring(buzz, tmp_path)
    lines = (tmp_path / ledger.FILE).read_text("utf-8").splitlines()
    told_there = {each["guid"]: each["losses"] for each in map(json.loads, lines)}
    assert {each["tag"] for each in told_there["Buzzsprout-14623145"]} == {"chapter", "podcast:person"}
