"""What a hostile feed, clone, server or website can do, and what a careless producer gives away: nothing."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import click
import lxml.html
import pytest
from lxml import etree
from mutagen import id3
from mutagen.wave import WAVE

from placecast import pipeline, plan, report, rss, tags
from placecast.delivery import manifest, web
from placecast.delivery.manifest import Manifest
from placecast.distribution import command
from placecast.errors import FactsError, StorageError, UsageError
from placecast.model import FolderTarget, Person, Target
from placecast.pages import notes_html
from placecast.plan import Stored
from placecast.project import facts, scaffold
from placecast.storage import MemoryStorage, Storage, fetched, open_storage
from placecast.storage.objects import LARGEST
from placecast.upkeep.unpublish import unpublish
from tests import feeds, sounds
from tests.listener import publish_into
from tests.seaweed import SECRET_KEY, Bucket
from tests.small_show import NOW, SmallShow, files_below, make
from tests.test_pages_hostile import ATTACKS

OUTSIDE = ("../x", "/etc/passwd", "e/../../x", "e//x", "e/./x", "media/..", "e\\..\\x", "C:/x", "e/a\nb", "e/\x1b[2J")


# Paths and names from feeds and storage


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_that_leads_elsewhere_is_none_of_the_public_tree(key: str) -> None:
    assert not plan.is_public(key)
    with pytest.raises(ValueError, match="not a path inside"):
        plan.upload(key, b"x", 1, "0" * 64)


@pytest.mark.parametrize("key", [*OUTSIDE, "placecast.toml", ".placecast/lock", "other/app.js"])
def test_what_the_record_in_the_storage_says_of_foreign_files_is_not_believed(key: str) -> None:
    """Its keys may be deleted later: idle objects by prune, old feeds by any run."""
    foreign = Stored(key=key, size=1, mark="m")
    said = Manifest(objects={key: foreign}, idle={key: NOW}, feeds=(key, ".placecast/feeds/../../x.xml"))
    assert manifest.load(manifest.dump(said)) == Manifest()


@pytest.mark.parametrize("facts", [{"size": "1"}, {"size": None}, {"mark": 7}, {"gzip": "yes"}, {"more": 1}])
def test_a_record_whose_facts_are_of_another_kind_remembers_nothing(facts: dict[str, object]) -> None:
    said = json.loads(manifest.dump(Manifest(objects={"e/a": Stored(key="e/a", size=1, mark="m")}, feed="m")))
    said["objects"][0] |= facts
    assert manifest.load(json.dumps(said).encode()) == Manifest()


def test_a_record_of_a_hundred_thousand_brackets_remembers_nothing() -> None:
    assert manifest.load(b"[" * 100_000) == Manifest()


@pytest.mark.parametrize(
    "path",
    ["e/../../x/", "e/%2e%2e/x/", "../e/x/", "e//x/", "e/x", "e/x/../y/", "media/", "", "e/", "e/X/", "e/x/?q", "e/-/"],
)
def test_an_address_that_is_no_episodes_page_has_no_slug(path: str) -> None:
    assert feeds.show().slug_at(feeds.ADDRESS + path) is None
    assert feeds.show().slug_at("https://evil.example/e/x/") is None


def test_the_page_of_an_episode_has_its_slug_with_and_without_the_files_name() -> None:
    for show in (feeds.show(), feeds.show(index="index.html")):
        assert show.slug_at(show.page("e/digbeth-after-dark/")) == "digbeth-after-dark"


@pytest.fixture
def small(tmp_path: Path) -> tuple[SmallShow, MemoryStorage]:
    """A published show, and the storage that it is in."""
    storage = MemoryStorage()

    def opened(_: Target) -> Storage:
        return storage

    show = make(tmp_path / "show", opened=opened)
    show.add("digbeth")
    show.publish()
    return show, storage


def add_item(storage: MemoryStorage, link: str, guid: str = "evil", title: str = "Evil") -> None:
    """Another publisher's item in the feed."""
    item = f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><link>{link}</link></item>"
    storage.files["feed.xml"] = storage.files["feed.xml"].replace(b"</channel>", f"{item}</channel>".encode())


@pytest.mark.parametrize("path", ["e/../../x/", "../x/", "e/digbeth/", "", "media/", "https://evil.example/e/x/"])
def test_a_feed_does_not_say_which_files_unpublish_writes_and_deletes(
    small: tuple[SmallShow, MemoryStorage], path: str
) -> None:
    show, storage = small
    url = show.project.load()[0].url
    add_item(storage, path if path.startswith("https") else url + path)
    before, here = dict(storage.files), files_below(show.project.root.parent)
    with pytest.raises(UsageError, match=r"not known which files.*\n.*episodes/SLUG/episode\.md"):
        unpublish(show.run(), "evil", delete_audio=True)
    assert storage.files == before
    assert files_below(show.project.root.parent) == here


@pytest.mark.parametrize("path", ["e/../../x/", "e/", "media/", "assets/"])
def test_a_feed_does_not_say_what_is_kept(small: tuple[SmallShow, MemoryStorage], path: str) -> None:
    """Were whole folders another clone's, nothing old in them would ever be taken away."""
    show, storage = small
    add_item(storage, show.project.load()[0].url + path)
    stray = ("e/old/index.html", "assets/old.css", "media/old-0123456789ab.mp3")
    storage.files |= dict.fromkeys(stray, b"old")
    _, built = show.publish()
    assert built.parcel.kept.isdisjoint(stray)
    assert [each.title for each in built.publication.others] == ["Evil"]


def test_files_of_other_clones_episodes_stay(small: tuple[SmallShow, MemoryStorage]) -> None:
    show, storage = small
    add_item(storage, show.project.load()[0].page("e/theirs/"))
    storage.files["e/theirs/index.html"] = b"theirs"
    _, built = show.publish()
    assert "e/theirs/index.html" in built.parcel.kept
    assert built.changed.removed == ()


# Links


@pytest.mark.parametrize(
    "link",
    [
        *("feed", "transcripts", "episodes", ".placecast"),
        *(
            "feed/e",
            "feed/assets",
            "feed/e/other",
            "feed/media",
            "feed/media/old-0123456789ab.mp3",
            "feed/accessibility",
        ),
        *("episodes/other", "transcripts/digbeth.vtt", ".placecast/work/digbeth", ".placecast/target"),
        *(".placecast/preview", ".placecast/preview/e/digbeth"),
    ],
)
def test_a_link_that_leads_out_of_the_show_stops_every_run_before_it_writes(tmp_path: Path, link: str) -> None:
    show, foreign = make(tmp_path / "show"), tmp_path / "foreign"
    show.add("digbeth")
    path = show.project.root / link
    if path.is_dir():
        path.rename(tmp_path / "aside")
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "e/old.html", "assets/app.css"):
        (foreign / name).parent.mkdir(parents=True, exist_ok=True)
        (foreign / name).write_bytes(b"mine")
    path.symlink_to(foreign / "index.html" if path.suffix else foreign)
    before = files_below(foreign)
    with pytest.raises(FactsError, match=rf"{link}: is a link that leads out of the show\."):
        show.publish()
    assert files_below(foreign) == before
    assert not show.target.exists()


def test_links_inside_the_show_and_recordings_elsewhere_are_welcome(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    folder = show.add("digbeth")
    (folder / "recording.wav").rename(tmp_path / "elsewhere.wav")
    (folder / "recording.wav").symlink_to(tmp_path / "elsewhere.wav")
    (show.project.root / "pages").mkdir()
    (show.project.root / "feed").mkdir()
    (show.project.root / "feed" / "e").symlink_to("../pages")
    show.publish()
    assert (show.project.root / "pages" / "digbeth" / "index.html").is_file()
    assert show.publish()[0].empty


def test_a_file_of_ours_that_is_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    show, foreign = make(tmp_path / "show"), tmp_path / "authorized_keys"
    show.add("digbeth")
    show.publish()
    keys = ("e/digbeth/index.html", "e/digbeth/transcript.html", "accessibility/index.html")
    for key in keys:
        path = show.project.feed / key
        foreign.write_bytes(path.read_bytes())  # even where it says the same, it is not ours
        path.unlink()
        path.symlink_to(foreign)
    foreign.write_bytes(b"mine")
    show.publish()
    assert foreign.read_bytes() == b"mine"
    assert not any((show.project.feed / key).is_symlink() for key in keys)


def test_a_link_where_a_folder_keeps_half_a_file_is_not_written_through(tmp_path: Path) -> None:
    public, foreign = tmp_path / "public", tmp_path / "authorized_keys"
    public.mkdir()
    foreign.write_bytes(b"mine")
    (public / ".feed.xml.placecast-half").symlink_to(foreign)
    (public / "robots.txt").symlink_to(foreign)
    storage = open_storage(FolderTarget(folder=public))
    storage.put(plan.upload("feed.xml", b"<rss/>", 6, "0" * 64))
    assert (foreign.read_bytes(), (public / "feed.xml").read_bytes()) == (b"mine", b"<rss/>")
    with pytest.raises(StorageError, match="leads out of this folder"):
        storage.put(plan.upload("robots.txt", b"x", 1, "0" * 64))
    assert foreign.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "a/b.mp3", "..", ""])
def test_sound_is_nowhere_but_in_its_folder(tmp_path: Path, name: str) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth")
    show.publish()
    path = show.project.audio_file("digbeth")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"name": name}), "utf-8")
    with pytest.raises(FactsError, match="is no name of a file"):
        show.publish()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_nothing_that_is_written_may_be_changed_by_everybody(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth")
    mask = os.umask(0)
    try:
        show.publish()
    finally:
        os.umask(mask)
    ours = [path for name in ("feed", "public", "transcripts") for path in (show.project.root / name).rglob("*")]
    written = [path for path in ours if path.is_file() and path.name != "lock"]
    assert len(written) > 20
    assert not [path for path in written if path.stat().st_mode & 0o002]


# Too much


@pytest.mark.s3
def test_an_object_in_a_bucket_is_read_as_far_as_anything_of_ours_goes(bucket: Bucket) -> None:
    storage = open_storage(bucket.target())
    put = partial(bucket.client.put_object, Bucket=bucket.name)
    bomb = gzip.compress(bytes(LARGEST + 1))
    assert len(bomb) < 100_000
    put(Key="feed.xml", Body=bytes(LARGEST + 1))
    put(Key=".placecast/manifest.json", Body=bomb, ContentEncoding="gzip")
    put(Key="index.html", Body=b"plain", ContentEncoding="gzip")
    put(Key="404.html", Body=gzip.compress(b"whole")[:-9], ContentEncoding="gzip")
    put(Key="robots.txt", Body=gzip.compress(b"whole"), ContentEncoding="gzip")
    for key in ("feed.xml", ".placecast/manifest.json"):
        with pytest.raises(StorageError, match=rf"{key} has more than 64,000,000 bytes"):
            storage.read(key)
    for key in ("index.html", "404.html"):
        with pytest.raises(StorageError, match=f"{key} is said to be compressed with gzip, and is not"):
            storage.read(key)
    found = storage.read("robots.txt")
    assert found
    assert found.body == b"whole"


def test_a_file_in_a_folder_is_read_as_far_as_anything_of_ours_goes(tmp_path: Path) -> None:
    with (tmp_path / "feed.xml").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(StorageError, match="more than 64,000,000 bytes"):
        open_storage(FolderTarget(folder=tmp_path)).read("feed.xml")


def test_what_is_fetched_is_unzipped_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(50 << 20))
    sizes = [len(block) for block in fetched.unzipped([bomb[:1000], bomb[1000:]])]
    assert sum(sizes) == 50 << 20
    assert max(sizes) <= fetched.BLOCK


@pytest.mark.s3
def test_uploads_that_another_program_has_begun_in_the_bucket_are_left_alone(bucket: Bucket) -> None:
    for key in ("backup/db.dump", "media/old-0123456789ab.mp3"):
        bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
    assert open_storage(bucket.target()).tidy((), datetime.now(UTC) + timedelta(minutes=1)) == 1
    (left,) = bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]
    assert left["Key"] == "backup/db.dump"


# What others have written, on a terminal

ATTACK = "Nice\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\x7f"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_titles_from_a_feed_do_not_speak_to_the_terminal(
    small: tuple[SmallShow, MemoryStorage], capsys: pytest.CaptureFixture[str]
) -> None:
    show, storage = small
    title = ATTACK.replace("\x1b", "").replace("\x07", "")  # XML carries the rest
    add_item(storage, "https://elsewhere.example/", title=f"{title}\nFeed: https://evil.example/")
    made, built = show.publish()
    answer = report.published(made, built, (), {}, pipeline.kept(made, built, show.now))
    report.show(answer)
    report.show(answer, as_json=True)
    lines, data = capsys.readouterr().out.split("{", 1)
    assert "Nice" in lines
    assert not OBEYED.search(lines + data)
    assert "\nFeed: https://evil.example/" not in lines
    assert json.loads("{" + data)["kept"][0].startswith(built.publication.others[0].title)


def test_nothing_that_is_reported_speaks_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    told = report.TerminalReporter(stream=sys.stderr)
    with told.step(ATTACK, ATTACK):
        told.tell(ATTACK)
        told.warn(ATTACK)
    report.failed(StorageError(f"{ATTACK}\nforged", ATTACK, ATTACK))
    report.show(report.Answer(lines=(ATTACK,), data={}))
    with report.JsonReporter(stream=sys.stderr).step(ATTACK, ATTACK):
        pass
    said = capsys.readouterr()
    assert "\nforged" not in said.err
    assert not OBEYED.search(click.unstyle(said.out + said.err))


def test_tags_of_a_recording_do_not_speak_to_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    sounds.save(path, sounds.speech(1.0))
    file = WAVE(path)
    file.add_tags()
    file.tags.add(id3.TIT2(encoding=3, text=ATTACK))
    file.tags.add(id3.COMM(encoding=3, lang="eng", text=f"{ATTACK}\nTwo"))
    file.save()
    found = tags.read_embedded(path)
    assert found.title
    assert found.comment
    assert not re.search("[\x00-\x1f\x7f-\x9f]", found.title)
    assert found.comment.endswith("\nTwo")
    assert not OBEYED.search(found.comment.replace("\u202e", ""))
    assert scaffold.title_from(Path(f"a{chr(27)}[2Jb.wav")) == "A [2Jb"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "/", "CON", "a\x00b", "🎧", ".placecast", "\n", "x" * 500])
def test_whatever_a_recording_calls_itself_its_folder_is_one_of_ours(tmp_path: Path, name: str) -> None:
    slug = scaffold.free_slug(make(tmp_path / "show").project, name)
    assert facts.slug_faults(slug, "x") == []


# Secrets

SECRETS = {
    "CLOUDFLARE_API_TOKEN": "cloudflare-7d1b7c2e90",
    "HTTPS_PROXY": "http://me:proxy-5e1d0c4b2a@127.0.0.1:9",
}
SAID = (
    *(SECRET_KEY, "wrong-key-8f7e6d5c", "session-0f6f1e7c5b"),
    *("cloudflare-7d1b7c2e90", "proxy-5e1d0c4b2a", "endpoint-3b9a8c7d6e"),
)


@pytest.mark.parametrize(
    "text",
    [
        'summary = "AKIAIOSFODNN7EXAMPLE"',
        'summary = "see https://me:pasted-secret@example.org/"',
        'aws_secret_access_key = "pasted-secret"',
        'speakers = ["Bearer pasted-secret-1"]',
    ],
)
def test_a_secret_in_an_episode_or_in_its_notes_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth")
    show.edit("digbeth", 'summary = "What happened in Digbeth."', text)
    with pytest.raises(FactsError, match="does not belong in a file of the show") as refused:
        show.project.load()
    assert "pasted-secret" not in str(refused.value)
    assert "AKIA" not in str(refused.value)


def test_a_secret_in_the_notes_or_in_names_is_refused(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth")
    show.edit("digbeth", "Notes on", "Key: AKIAIOSFODNN7EXAMPLE, of Bearer instruments, by @me. Notes on")
    (show.project.root / "names.toml").write_text('[[terms]]\nname = "https://a:pasted@b.example"\n', "utf-8")
    with pytest.raises(FactsError) as refused:
        show.project.load()
    assert [fault.key for fault in refused.value.faults] == ["terms[1].name", "notes"]
    show.edit("digbeth", "AKIAIOSFODNN7EXAMPLE", "none; https://social.example/@me")
    (show.project.root / "names.toml").unlink()
    show.project.load()


def run_command(root: Path, *words: str, **environment: str) -> str:
    """Everything that a run of the command says, on both streams."""
    code = "from placecast.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "-C", str(root)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    return said


SERVICES = """
[distribution]
cloudflare = "00000000000000000000000000000000"
hubs = ["https://127.0.0.1:9/"]
"""
# What is in the environment of a run, and what it says.
RUNS: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "Cloudflare, zone"),
    ({"AWS_SECRET_ACCESS_KEY": "wrong-key-8f7e6d5c"}, "the secret key does not belong to the access key"),
    ({"AWS_SESSION_TOKEN": "session-0f6f1e7c5b"}, "does not know the access key"),
    ({"AWS_SESSION_TOKEN": "session-0f6f1e7c5b\n"}, "broke off"),
    ({"HTTP_PROXY": "http://me:proxy-5e1d0c4b2a@127.0.0.1:9"}, "proxy could not be reached"),
    ({"HTTP_PROXY": "http://me:proxy-5e1d0c4b2a@127.0.0.1:port"}, "broke off"),
    ({"HTTP_PROXY": "socks5://me:proxy-5e1d0c4b2a@127.0.0.1:9"}, "proxy could not be reached"),
)
ENDPOINTS: tuple[tuple[dict[str, str], str], ...] = (
    ({"AWS_ENDPOINT_URL": "http://me:endpoint-3b9a8c7d6e@{server}"}, '"uploaded": ["e/'),
    ({"AWS_ENDPOINT_URL": "http://me:endpoint-3b9a8c7d6e@["}, "not written as an address"),
)


@pytest.mark.s3
def test_no_secret_is_in_anything_that_is_said_kept_or_published(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make(tmp_path / "show")
    publish_into(bucket, show.project.root)
    path = show.project.root / "placecast.toml"
    path.write_text(path.read_text("utf-8") + SERVICES, "utf-8")
    show.add("digbeth")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    show.publish()
    assert any("Cloudflare" in each for each in show.last.warnings)
    said = [*show.last.notes, *show.last.warnings]

    def runs(table: tuple[tuple[dict[str, str], str], ...]) -> None:
        server = bucket.server.endpoint.removeprefix("http://")
        for environment, expected in table:
            changed = {name: value.format(server=server) for name, value in environment.items()}
            show.edit("digbeth", 'title = "', 'title = "New ')  # so that there is something to send
            said.append(run_command(show.project.root, "publish", "--json", **changed))
            assert expected in said[-1]

    runs(RUNS)
    path.write_text(path.read_text("utf-8").replace(f'endpoint = "{bucket.server.endpoint}"\n', ""), "utf-8")
    runs(ENDPOINTS)
    kept = [path.read_bytes() for path in show.project.root.rglob("*") if path.is_file() and path.suffix != ".wav"]
    there = [bucket.client.get_object(Bucket=bucket.name, Key=key) for key in bucket.listed()]
    bodies = [whole(each["Body"].read()) for each in there]
    headers = [json.dumps(each["ResponseMetadata"]).encode() for each in there]
    assert any(key.startswith("cast/.placecast/") for key in bucket.listed())
    everything = b"\n".join([*kept, *bodies, *headers, *(each.encode() for each in said)])
    for secret in SAID:
        assert secret.encode() not in everything


@pytest.mark.parametrize("proxy", ["http://me:proxy-5e1d0c4b2a@127.0.0.1:port", "socks5://me:proxy-5e1d0c4b2a@a:1"])
def test_a_proxy_that_is_no_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(StorageError) as refused:
        web.require(web.Site("http://podcast.example.org/"), [web.Promise(key="feed.xml", type="x")])
    assert "does not answer: that is not an address that can be asked." in str(refused.value)
    assert "proxy-5e1d0c4b2a" not in str(refused.value)


def whole(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


# Pages and feed


@pytest.mark.parametrize("attack", ATTACKS)
def test_notes_in_the_feed_and_episodes_from_a_hostile_feed_run_nothing(attack: str) -> None:
    notes = f"{attack}\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)> ]]> <script>alert(1)</script>"
    told = feeds.episode(title=attack, notes=notes)
    feed = rss.render(feeds.publication(feeds.release(told, notes_html=notes_html(notes))))
    (encoded,) = etree.fromstring(feed).iter("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert_harmless(encoded.text)
    (other,) = rss.elsewhere(feed, ())
    for page in ("javascript:alert(1)", f"{feeds.ADDRESS}{attack}", "data:text/html,<script>alert(1)</script>"):
        person = Person(name=attack, role=attack, url="javascript:alert(1)", image="javascript:alert(1)")
        hostile = replace(other, page=page, summary=notes, people=(person,))
        tree = feeds.pages_of(replace(feeds.publication(), others=(hostile,)))
        assert_harmless(tree["index.html"].decode())


def assert_harmless(html: str) -> None:
    page = lxml.html.document_fromstring(f"<div>{html}</div>" if "<html" not in html else html.encode())
    assert not page.xpath("//@*[starts-with(name(), 'on')] | //iframe | //object | //img[@src='x'] | //svg[@onload]")
    links = page.xpath("//@href | //@src")
    assert not [link for link in links if re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE)]
    assert not page.xpath("//script[not(@src) and not(@type='application/ld+json')]")


# The command after an upload


def test_no_shell_reads_the_words_of_the_command(tmp_path: Path) -> None:
    code = "import sys; open('said', 'w').write(sys.argv[1])"
    words = (sys.executable, "-c", code, "$(touch x); `touch y` && touch z | *")
    command.run(words, tmp_path, ["https://a.example/;touch w"], seconds=20, harm="")
    assert files_below(tmp_path) == {"said": words[3].encode()}
