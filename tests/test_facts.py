"""placecast.toml and episode.md: what is read from them, and what a producer reads when they are wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from placecast.errors import FactsError, UsageError
from placecast.fingerprint import podcast_guid
from placecast.model import Distribution
from placecast.project import Project, front_matter
from placecast.project.scaffold import NewEpisode, episode_text, free_slug, quoted, title_from

SHOW = """
title = "Places"
description = "About places."
url = "https://example.org/podcast"
guid = "63d83930-8cc3-52ff-a665-d75dd2454868"
author = "The Hub"
categories = ["Government", "Science > Social Sciences"]
cover = "cover.png"
{more}
[owner]
name = "The team"
email = "team@example.org"
[target]
folder = "public"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    Image.new("RGB", (1400, 1400), "teal").save(tmp_path / "cover.png")
    (tmp_path / "placecast.toml").write_text(SHOW.format(more=""), "utf-8")
    return Project(root=tmp_path)


def add_episode(project: Project, slug: str, facts: str, notes: str = "Notes.") -> None:
    folder = project.root / "episodes" / slug
    folder.mkdir(parents=True)
    (folder / "episode.md").write_text(f"+++\n{facts}\n+++\n{notes}\n", "utf-8")


def faults_of(project: Project) -> list[str]:
    with pytest.raises(FactsError) as caught:
        project.load()
    return [str(fault) for fault in caught.value.faults]


def test_the_address_ends_with_one_slash_however_it_was_written(project: Project) -> None:
    show, _ = project.load()
    assert show.url == "https://example.org/podcast/"
    assert show.feed_url == "https://example.org/podcast/feed.xml"


def test_a_wall_clock_time_is_read_in_the_shows_zone_in_winter_and_in_summer(project: Project) -> None:
    add_episode(project, "winter", 'title = "W"\nguid = "w"\npublished = 2026-01-05T06:00:00')
    add_episode(project, "summer", 'title = "S"\nguid = "s"\npublished = 2026-07-05T06:00:00')
    _, (summer, winter) = project.load()
    assert winter.published is not None
    assert summer.published is not None
    assert winter.published.astimezone(UTC) == datetime(2026, 1, 5, 6, tzinfo=UTC)
    assert summer.published.astimezone(UTC) == datetime(2026, 7, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-03-29T01:30:00", "does not exist in Europe/London"),
        ("2026-10-25T01:30:00", "happens twice in Europe/London"),
        ("2026-10-25", "is a date without a time"),
        ('"tomorrow"', "is not a date and time"),
    ],
)
def test_a_time_that_is_none_is_refused_with_its_reason(project: Project, written: str, said: str) -> None:
    add_episode(project, "odd", f'title = "O"\nguid = "o"\npublished = {written}')
    (fault,) = faults_of(project)
    assert "episodes/odd/episode.md: published:" in fault
    assert said in fault


def test_a_time_that_happens_twice_is_accepted_with_its_offset(project: Project) -> None:
    add_episode(project, "odd", 'title = "O"\nguid = "o"\npublished = 2026-10-25T01:30:00+01:00')
    _, (episode,) = project.load()
    assert episode.published == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_all_faults_of_all_files_are_reported_at_once(project: Project) -> None:
    text = SHOW.format(more='langauge = "en"\ntime_zone = "Europe/Londn"').replace("Government", "Goverment")
    (project.root / "placecast.toml").write_text(text, "utf-8")
    add_episode(project, "one", 'guid = "1"\nnumber = 0\nexplicit = "yes"')
    add_episode(project, "CON", 'title = "Two"\nguid = "2"')
    add_episode(project, "two", "title = Two")
    faults = faults_of(project)
    assert len(faults) == 8
    together = "\n".join(faults)
    for part in (
        "placecast.toml: langauge: is no fact that placecast knows.\n  Did you mean language?",
        "'Goverment' is not in Apple's list of categories",
        "'Europe/Londn' is no time zone",
        "episodes/one/episode.md: title: is missing.",
        "episodes/one/episode.md: number: is wrong:",
        "episodes/one/episode.md: explicit: is neither true nor false.",
        "the folder's name 'CON' cannot be an address.",
        "episodes/two/episode.md: is not valid TOML: Invalid value (at line 2",
    ):
        assert part in together


@pytest.mark.parametrize("slug", ["con", "lpt1", "nul"])
def test_names_of_windows_devices_are_no_slugs(project: Project, slug: str) -> None:
    add_episode(project, slug, 'title = "T"\nguid = "g"')
    assert "is reserved by Windows" in faults_of(project)[0]


@pytest.mark.parametrize("slug", ["Digbeth", "a--b", "-a", "a b", "é", "a" * 81])
def test_a_slug_is_small_letters_digits_and_single_dashes(project: Project, slug: str) -> None:
    add_episode(project, slug, 'title = "T"\nguid = "g"')
    assert "cannot be an address" in faults_of(project)[0]


def test_two_episodes_with_one_guid_are_refused(project: Project) -> None:
    add_episode(project, "one", 'title = "1"\nguid = "same"')
    add_episode(project, "two", 'title = "2"\nguid = "same"')
    assert "is also the guid of episodes/one/episode.md" in faults_of(project)[0]


@pytest.mark.parametrize(
    ("size", "mode", "said"),
    [((1400, 1500), "RGB", "1400 x 1500 pixels"), ((900, 900), "RGB", "900 x 900"), ((1400, 1400), "RGBA", "RGBA")],
)
def test_a_cover_that_apps_refuse_is_refused(project: Project, size: tuple[int, int], mode: str, said: str) -> None:
    Image.new(mode, size).save(project.root / "cover.png")
    assert said in faults_of(project)[0]


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_cover_that_is_no_picture_is_refused(project: Project, content: bytes) -> None:
    (project.root / "cover.png").write_bytes(content)
    assert "cannot be read as a picture" in faults_of(project)[0]


def test_a_missing_cover_is_named_with_its_key(project: Project) -> None:
    (project.root / "cover.png").unlink()
    assert faults_of(project)[0].startswith("placecast.toml: cover: there is no picture cover.png.")


@pytest.mark.parametrize("target", ["", 'folder = "a"\nbucket = "bucket"'])
def test_a_target_is_either_a_folder_or_a_bucket(project: Project, target: str) -> None:
    text = SHOW.format(more="").replace('folder = "public"', target)
    (project.root / "placecast.toml").write_text(text, "utf-8")
    assert faults_of(project)[0].startswith("placecast.toml: target: names")


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ('folder = "public"', "e/one/"),
        ('bucket = "my-bucket"', "e/one/index.html"),
        ('bucket = "my-bucket"\nindex_pages = true', "e/one/"),
        ('folder = "public"\nindex_pages = false', "e/one/index.html"),
    ],
)
def test_links_name_index_html_where_the_server_does_not_add_it(project: Project, target: str, page: str) -> None:
    text = SHOW.format(more="").replace('folder = "public"', target)
    (project.root / "placecast.toml").write_text(text, "utf-8")
    show, _ = project.load()
    assert show.page("e/one/") == f"https://example.org/podcast/{page}"


def add_to_show(project: Project, text: str) -> None:
    (project.root / "placecast.toml").write_text(SHOW.format(more="") + text, "utf-8")


def test_who_is_told_after_an_upload_is_read_once_each(project: Project) -> None:
    assert project.load()[0].distribution == Distribution()
    add_to_show(
        project,
        """
        [distribution]
        hubs = ["https://pubsubhubbub.appspot.com/", "https://hub.example?show=1", "https://hub.example?show=1"]
        cloudfront = "E2EXAMPLE123"
        cloudflare = "023e105f4ecef8ad9ca31a8372d0c353"
        command = ["./purge.sh", "--now"]
        """,
    )
    assert project.load()[0].distribution == Distribution(
        hubs=("https://pubsubhubbub.appspot.com/", "https://hub.example?show=1"),
        cloudfront="E2EXAMPLE123",
        cloudflare="023e105f4ecef8ad9ca31a8372d0c353",
        command=("./purge.sh", "--now"),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('hubs = ["ftp://hub.example/"]', "hubs[1]: 'ftp://hub.example/' is not the web address of a hub."),
        ('hubs = ["https://hub.example/#part"]', "is not the web address of a hub."),
        ('cloudfront = "https://d111111abcdef8.cloudfront.net"', "cloudfront: it is not the id of a distribution."),
        ('cloudflare = "example.org"', "cloudflare: it is not the id of a zone."),
        ('command = ["./purge.sh", ""]', "command[2]: is empty."),
        ('command = "./purge.sh"', "command: is not a list."),
        ('command = ["a\\u0000b"]', "is no word of a command."),
        ('hub = "https://hub.example/"', "distribution.hub: is no fact that placecast knows.\n  Did you mean hubs?"),
    ],
)
def test_who_cannot_be_told_is_refused(project: Project, line: str, said: str) -> None:
    add_to_show(project, f"[distribution]\n{line}\n")
    (fault,) = faults_of(project)
    assert fault.startswith("placecast.toml: distribution.")
    assert said in fault


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('apple = "https://open.spotify.com/show/1"', "is not an address in Apple Podcasts."),
        ('spotify = "javascript:alert(1)"', "is not a show's address on Spotify."),
        ('youtube = "https://music.youtube.com/playlist?list=1"', "Did you mean youtube_music?"),
    ],
)
def test_an_address_of_another_app_is_refused(project: Project, line: str, said: str) -> None:
    add_to_show(project, f"[directories]\n{line}\n")
    (fault,) = faults_of(project)
    assert fault.startswith("placecast.toml: directories.")
    assert said in fault


def test_a_token_in_place_of_an_id_is_not_said_again(project: Project) -> None:
    add_to_show(project, '[distribution]\ncloudflare = "Yq3v-a-token-pasted-into-the-wrong-line-77"\n')
    assert "pasted" not in faults_of(project)[0]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('access_key = "pasted-secret"', "target.access_key"),
        ('secret = "pasted-secret"', "target.secret"),
        ('secret_key = "pasted-secret"', "target.secret_key"),
        ('aws_secret_access_key = "pasted-secret"', "target.aws_secret_access_key"),
        ('AWS_ACCESS_KEY_ID = "pasted-secret"', "target.AWS_ACCESS_KEY_ID"),
        ('api-token = "pasted-secret"', "target.api-token"),
        ('password = "pasted-secret"', "target.password"),
        ('endpoint = "https://key:pasted-secret@s3.example.org"', "target.endpoint"),
        ('endpoint = "https://pasted-secret@s3.example.org"', "target.endpoint"),
        ('[distribution]\nhubs = ["https://a.example/", "https://a:pasted-secret@b.example/"]', "distribution.hubs[2]"),
        ('[distribution]\ncommand = ["curl", "-H", "Authorization: Bearer pasted-secret"]', "distribution.command[3]"),
        ('[storage.keys]\ntoken = "pasted-secret"', "storage.keys.token"),
        ('[[people]]\nname = "Ann"\n[people.secret]\na = "pasted-secret"', "people[1].secret"),
        ('region = "AKIAIOSFODNN7EXAMPLE"', "target.region"),
    ],
)
def test_a_secret_in_the_show_is_refused_and_never_said_again(project: Project, text: str, key: str) -> None:
    add_to_show(project, text + "\n")
    (fault,) = faults_of(project)
    assert fault.startswith(f"placecast.toml: {key}: ")
    assert "does not belong in a file of the show." in fault
    assert "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in fault
    assert "change the key, since it was written down" in fault
    assert "pasted-secret" not in fault
    assert "AKIAIOSFODNN7EXAMPLE" not in fault


def test_a_secret_is_reported_together_with_what_else_is_wrong(project: Project) -> None:
    add_to_show(project, 'secret_key = "pasted"\nprefix = 5\n')
    assert [fault.split(": ")[1] for fault in faults_of(project)] == ["target.secret_key", "target.prefix"]


def test_addresses_with_an_at_sign_and_words_about_secrets_are_no_secrets(project: Project) -> None:
    project.root.joinpath("placecast.toml").write_text(
        SHOW.format(more='contact_url = "https://social.example/@places?to=a@b.example"').replace(
            "About places.", "The secret of places: the bearer tells. Write to team@example.org; token = key."
        )
        + '[distribution]\ncommand = ["sh", "-c", "curl -H \\"Authorization: Bearer $CLOUDFLARE_API_TOKEN\\""]\n',
        "utf-8",
    )
    assert project.load()[0].distribution.command[0] == "sh"


def test_text_that_is_not_utf8_is_named(project: Project) -> None:
    (project.root / "placecast.toml").write_bytes("title = 'é'".encode("latin-1"))
    assert "is not UTF-8 text (at byte 9)" in faults_of(project)[0]


def test_an_episode_without_fences_is_named(project: Project) -> None:
    folder = project.root / "episodes" / "bare"
    folder.mkdir(parents=True)
    (folder / "episode.md").write_text('title = "Bare"\n', "utf-8")
    assert "between two lines of +++" in faults_of(project)[0]


def test_chapters_out_of_order_are_refused(project: Project) -> None:
    chapters = '[[chapters]]\nstart = "1:00"\ntitle = "B"\n[[chapters]]\nstart = 5\ntitle = "A"'
    add_episode(project, "one", f'title = "1"\nguid = "1"\n{chapters}')
    assert "chapters: do not start one after another" in faults_of(project)[0]


def test_a_folder_without_a_show_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="placecast init"):
        Project.find(tmp_path)


def test_a_show_is_found_from_a_folder_inside_it(project: Project) -> None:
    inside = project.root / "episodes" / "deep"
    inside.mkdir(parents=True)
    assert Project.find(inside).root == project.root


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_shows_guid_follows_the_podcast_namespaces_rule(address: str, guid: str) -> None:
    assert podcast_guid(address) == guid


@given(title=st.text(min_size=1, max_size=80).filter(str.strip), summary=st.text(max_size=120))
def test_what_is_scaffolded_reads_back_whatever_the_tags_said(title: str, summary: str) -> None:
    text = episode_text(NewEpisode(title=title, summary=summary, number=3), recording="a.wav")
    facts, notes = front_matter.read(text, "episode.md")
    assert (facts["title"], facts["summary"], facts["number"]) == (title, summary, 3)
    assert notes == "", "what asks for notes is no note: an episode may be published before there are any"


@given(st.text())
def test_any_text_can_be_quoted_for_toml(text: str) -> None:
    assert front_matter.read_toml(f"key = {quoted(text)}", "f")["key"] == text.encode("utf-8", "replace").decode()


@given(st.text(max_size=60))
def test_a_free_slug_is_always_a_good_one(title: str) -> None:
    from placecast.project.facts import slug_faults

    assert slug_faults(free_slug(Project(root=Path("/nowhere")), title), "f") == []


def test_a_second_episode_of_the_same_title_gets_a_slug_of_its_own(project: Project) -> None:
    add_episode(project, "trust", 'title = "Trust"\nguid = "1"')
    assert free_slug(project, "Trust!") == "trust-2"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("012_trust-in places.wav", "Trust in places"),
        ("2026-05-01 Grimsby.mp3", "Grimsby"),
        ("42.wav", "42"),
        ("-odd.mp3", "Odd"),
        ("...", "..."),
    ],
)
def test_a_title_is_read_from_the_files_name(name: str, title: str) -> None:
    assert title_from(Path(name)) == title


def test_minting_a_date_changes_one_line_of_the_file(project: Project) -> None:
    add_episode(project, "one", 'title = "1"\nguid = "1" # for ever\n# a comment')
    _, (episode,) = project.load()
    before = episode.file.read_text("utf-8").splitlines()
    from dataclasses import replace

    project.write_date(replace(episode, published=datetime(2026, 5, 1, 5, tzinfo=UTC)))
    after = episode.file.read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ["published = 2026-05-01T05:00:00+00:00"]
    _, (read_again,) = project.load()
    assert read_again.published == datetime(2026, 5, 1, 5, tzinfo=UTC)
