"""Posting: what the networks are asked, that nothing is posted twice whatever goes wrong, and what becomes of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import Timeout

from placecast import asking
from placecast.announcing import kit, posting, record
from placecast.announcing.kit import Kit
from placecast.announcing.posting import Accounts
from placecast.errors import FactsError, HostError, PlacecastError, UsageError
from placecast.project import Project
from placecast.social import accounts, bluesky, mastodon
from placecast.social.web import Server
from tests.commands import Command
from tests.networks import LOST, PASSWORD, TID, TOKEN, Bluesky, Mastodon, running
from tests.services import Said, service
from tests.small_show import SmallShow, make

FACTS = """hashtags = ["HighStreets"]
[[people]]
name = "Daniel Marsh"
bluesky = "daniel.bsky.social"
mastodon = "daniel@social.example"
[[chapters]]"""


@dataclass(kw_only=True)
class Desk:
    """A show with one published episode, and the two networks."""

    show: SmallShow
    bluesky: Bluesky
    mastodon: Mastodon

    def accounts(self, *, handle: str = "", password: str = PASSWORD, token: str = TOKEN) -> Accounts:
        servers = {
            name: Server(name=name, address=each.address, pause=0.0, times=Timeout(10))
            for name, each in (("Bluesky", self.bluesky), ("Mastodon", self.mastodon))
        }
        return Accounts(
            bluesky=bluesky.Account(handle=handle or self.bluesky.handle, password=password, server=servers["Bluesky"]),
            mastodon=mastodon.Account(token=token, server=servers["Mastodon"], patience=0.0),
        )

    def made(self) -> Kit:
        return kit.prepare(self.show.run(), kit.Order(slug="trust", clip=False))

    def post(self, who: Accounts | None = None, attach: str = kit.CARD) -> tuple[str, ...]:
        """Post what waits; the networks that it was posted on."""
        made, who, run = self.made(), who or self.accounts(), self.show.run()
        planned = posting.plan(run, made, who, attach, seen=lambda _: True)
        return tuple(network for network, _ in posting.send(run, planned, who))

    @property
    def facts(self) -> str:
        return (self.show.project.root / "episodes/trust/episode.md").read_text("utf-8")

    @property
    def messages(self) -> str:
        return "\n".join([*self.show.last.warnings, *self.show.last.notes])


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show's folder, once it is published and its kit is made."""
    show = make(tmp_path_factory.mktemp("published") / "show")
    show.add("trust", seconds=1.0)
    show.edit("trust", "[[chapters]]", FACTS)
    show.publish()
    kit.prepare(show.run(), kit.Order(slug="trust", clip=False))
    return show.project.root


@pytest.fixture
def desk(published: Path, tmp_path: Path, no_proxy: None) -> Iterator[Desk]:
    shutil.copytree(published, tmp_path / "show")
    show = SmallShow(project=Project(root=tmp_path / "show"))
    with running(Bluesky()) as first, running(Mastodon()) as second:
        desk = Desk(show=show, bluesky=first, mastodon=second)
        yield desk
    assert first.refusals == []
    assert second.refusals == []


def test_a_post_on_bluesky_has_a_card_and_says_where_its_links_are(desk: Desk) -> None:
    desk.post()
    ((key, post),) = desk.bluesky.records.items()
    assert post["text"].startswith("What happened in Trust.")
    assert [each["features"][0]["$type"].rpartition("#")[2] for each in post["facets"]] == ["mention", "link", "tag"]
    assert post["embed"]["external"]["uri"] == "https://podcast.example.org/small/e/trust/"
    assert post["embed"]["external"]["title"] == "Trust"
    assert list(desk.bluesky.blob_types.values()) == ["image/jpeg"]
    assert post["langs"] == ["en"]
    assert post["createdAt"] == "2026-06-01T09:30:00.000Z"
    assert key == bluesky.record_key("guid-of-trust", datetime(2026, 5, 1, 5, tzinfo=UTC))


def test_a_post_on_mastodon_has_its_picture_with_words_for_it(desk: Desk) -> None:
    desk.post()
    (post,) = desk.mastodon.posts
    assert "@daniel@social.example" in post["text"]
    kind, said, content = desk.mastodon.media[post["media"][0]]
    assert (kind, said) == ("image/jpeg", "Trust. Small places, with Daniel Marsh")
    assert content == (desk.show.project.root / "announce/trust/card.jpg").read_bytes()


def test_what_was_posted_stands_in_the_facts_and_the_next_publish_tells_apps(desk: Desk) -> None:
    before = desk.facts
    desk.post()
    added = [line for line in desk.facts.splitlines() if line not in before.splitlines()]
    (key,) = desk.bluesky.records
    assert [line.partition(" = ")[2] for line in added if "uri" in line] == [
        f'"{desk.bluesky.uri(key)}"',
        f'"{desk.mastodon.posts[0]["url"]}"',
    ]
    head, _, _ = desk.facts.partition("\n[[comments]]")
    assert before.startswith(head.rstrip("\n"))
    assert desk.facts.endswith("+++\nNotes on Trust.\n")
    desk.show.publish()
    feed = (desk.show.target / "feed.xml").read_text("utf-8")
    assert f'uri="{desk.bluesky.uri(key)}"' in feed
    assert 'protocol="activitypub"' in feed
    assert 'accountId="@placecast@127.0.0.1"' in feed


def test_the_same_command_posts_nothing_again(desk: Desk) -> None:
    assert desk.post() == ("bluesky", "mastodon")
    facts, asked = desk.facts, len(desk.bluesky.asked) + len(desk.mastodon.asked)
    assert desk.post() == ()
    assert (desk.facts, len(desk.bluesky.asked) + len(desk.mastodon.asked)) == (facts, asked)


@pytest.mark.parametrize("lost", ["posts.json", "episode.md", "posts.json episode.md"])
def test_a_clone_that_does_not_know_of_a_post_posts_nothing_again(desk: Desk, lost: str) -> None:
    folder = desk.show.project.root / "episodes/trust"
    before = desk.facts
    desk.post()
    after = desk.facts
    if "posts.json" in lost:
        (folder / "posts.json").unlink()
    if "episode.md" in lost:
        (folder / "episode.md").write_text(before, "utf-8")
    desk.mastodon.keys.clear()  # its hour is over
    desk.post()
    assert (desk.bluesky.writes, len(desk.mastodon.posts)) == (1, 1)
    assert desk.facts == after


@pytest.mark.parametrize("end", ["putRecord", "uploadBlob", "createSession", "statuses", "media"])
def test_an_answer_that_is_lost_once_is_asked_for_again(desk: Desk, end: str) -> None:
    desk.bluesky.faults = {end: [LOST]}
    desk.mastodon.faults = {end: [LOST]}
    assert desk.post() == ("bluesky", "mastodon")
    assert (desk.bluesky.writes, len(desk.mastodon.posts)) == (1, 1)


FAULTS = [
    *[(end, (500, {"error": "x"}, {}), "fault of its own") for end in ("putRecord", "uploadBlob", "createSession")],
    *[(end, (503, {}, {}), "fault of its own") for end in ("statuses", "media", "verify_credentials")],
    ("putRecord", (429, {"error": "RateLimitExceeded"}, {"Retry-After": "0"}), "takes no more"),
    ("statuses", (429, {}, {"X-RateLimit-Reset": "2026-06-01T10:05:00Z"}), "Wait until 10:05 UTC"),
    ("putRecord", LOST, "breaks the connection off"),
    ("statuses", LOST, "breaks the connection off"),
    ("createSession", (302, {}, {"Location": "https://elsewhere.example/"}), "has moved"),
    ("media", (422, {"error": "Validation failed"}, {}), "does not take card.jpg"),
    ("putRecord", (400, {"error": "InvalidRequest", "message": "secret"}, {}), "does not take the post"),
]


@pytest.mark.parametrize(("end", "fault", "said"), FAULTS)
def test_a_failure_is_told_in_a_sentence_and_a_second_run_completes(desk: Desk, end: str, fault, said: str) -> None:
    desk.bluesky.faults = {end: [fault] * asking.TRIES}
    desk.mastodon.faults = {end: [fault] * asking.TRIES}
    with pytest.raises(HostError, match=said) as caught:
        desk.post()
    assert caught.value.exit_code == 4
    assert "secret" not in str(caught.value)
    desk.bluesky.faults, desk.mastodon.faults = {}, {}
    desk.post()
    assert (desk.bluesky.writes, len(desk.mastodon.posts)) == (1, 1)
    assert desk.facts.count("[[comments]]") == 2


def test_what_one_network_refuses_is_posted_on_the_other(desk: Desk) -> None:
    desk.bluesky.faults = {"putRecord": [(500, {}, {})] * asking.TRIES}
    with pytest.raises(HostError, match="Bluesky"):
        desk.post()
    assert "posted on Mastodon" in desk.messages
    assert desk.post() == ("bluesky",)


def test_a_server_that_does_not_answer_in_time_has_not_been_asked_in_vain(desk: Desk) -> None:
    # The post is written and the answer lost three times: the run fails, and the post is there.
    desk.mastodon.faults = {"/api/v1/statuses": [LOST] * asking.TRIES}
    with pytest.raises(HostError):
        desk.post()
    assert len(desk.mastodon.posts) == 1
    desk.mastodon.keys.clear()
    desk.show.now += timedelta(hours=2)
    assert desk.post() == ("mastodon",)
    assert len(desk.mastodon.posts) == 1


def test_without_leave_to_look_nothing_is_posted_when_an_earlier_run_may_have(desk: Desk) -> None:
    desk.mastodon.scopes = ("write",)
    desk.mastodon.faults = {"/api/v1/statuses": [LOST] * asking.TRIES}
    with pytest.raises(HostError):
        desk.post()
    desk.show.now += timedelta(minutes=20)  # the key of that run still holds
    assert desk.post() == ("mastodon",)
    assert len(desk.mastodon.posts) == 1
    folder = desk.show.project.root / "episodes/trust"
    facts = desk.facts
    (folder / "episode.md").write_text(facts[: facts.rindex("\n[[comments]]")] + "\n+++\n", "utf-8")
    known = json.loads((folder / "posts.json").read_text("utf-8"))
    known["mastodon"] = {"begun": known["mastodon"]["begun"]}
    (folder / "posts.json").write_text(json.dumps(known), "utf-8")
    desk.show.now += timedelta(hours=2)
    with pytest.raises(HostError, match="may have posted this"):
        desk.post()


def test_a_clone_that_is_faster_in_the_last_moment_has_posted(desk: Desk) -> None:
    key = bluesky.record_key("guid-of-trust", datetime(2026, 5, 1, 5, tzinfo=UTC))
    desk.bluesky.records[key] = {"text": "The other's."}
    desk.bluesky.faults = {"getRecord": [(400, {"error": "RecordNotFound"}, {})]}
    desk.post()
    desk.bluesky.refusals.clear()
    assert desk.bluesky.records == {key: {"text": "The other's."}}
    assert desk.bluesky.uri(key) in desk.facts


def test_a_wrong_password_or_token_is_told_and_never_shown(desk: Desk) -> None:
    who = desk.accounts(password="wrong-pass-word", token="wrong-token")
    with pytest.raises(PlacecastError, match="refuses") as caught:
        desk.post(who)
    said = str(caught.value) + desk.messages + repr(who) + repr(caught.value.__cause__)
    assert "Bluesky" in said
    assert "PLACECAST_MASTODON_TOKEN" in said
    kept = [path.read_bytes() for path in desk.show.project.root.rglob("*") if path.is_file()]
    for secret in ("wrong-pass-word", "wrong-token"):
        assert secret not in said
        assert not any(secret.encode() in content for content in kept)
    assert len(desk.bluesky.refusals) + len(desk.mastodon.refusals) > 0
    desk.bluesky.refusals.clear()
    desk.mastodon.refusals.clear()


def test_a_password_that_wants_a_second_factor_asks_for_an_app_password(desk: Desk) -> None:
    desk.bluesky.faults = {"createSession": [(401, {"error": "AuthFactorTokenRequired"}, {})]}
    with pytest.raises(HostError, match=r"code by e-mail[^$]*App passwords"):
        desk.post()


def test_a_handle_that_leads_nowhere_stays_text(desk: Desk) -> None:
    desk.bluesky.people.clear()
    desk.post()
    desk.bluesky.refusals.clear()
    (post,) = desk.bluesky.records.values()
    assert "@daniel.bsky.social" in post["text"]
    assert len(post["facets"]) == 2
    assert "Nobody on Bluesky is @daniel.bsky.social" in desk.messages


def test_a_film_is_waited_for(desk: Desk) -> None:
    desk.made()
    folder = desk.show.project.root / "announce/trust"
    (folder / "clip.mp4").write_bytes(b"a film")
    (folder / "alt-texts.txt").write_text("card.jpg: A card\n\nclip.mp4: A film\n", "utf-8")
    desk.mastodon.slow = 3
    desk.post(attach=kit.CLIP)
    assert list(desk.mastodon.media.values()) == [("video/mp4", "A film", b"a film")]


def test_what_people_wrote_is_posted(desk: Desk) -> None:
    text = desk.made().folder / "bluesky.txt"
    text.write_bytes("Ours, ünd #Trust!\r\n".encode())
    desk.post()
    (post,) = desk.bluesky.records.values()
    assert post["text"] == "Ours, ünd #Trust!"
    assert [each["index"] for each in post["facets"]] == [{"byteStart": 11, "byteEnd": 17}]


@pytest.mark.parametrize(("content", "said"), [("x" * 301, "counts 301"), (" \n", "is empty"), (b"\xff", "UTF-8")])
def test_a_text_that_cannot_be_posted_is_told_before_anything_is_asked(desk: Desk, content, said: str) -> None:
    (desk.made().folder / "bluesky.txt").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError, match=said):
        desk.post()
    assert desk.bluesky.asked == []


def test_an_episode_that_listeners_do_not_have_is_not_posted(desk: Desk) -> None:
    who, run, made = desk.accounts(), desk.show.run(), desk.made()
    with pytest.raises(UsageError, match="does not answer yet"):
        posting.plan(run, made, who, seen=lambda _: False)
    desk.show.now -= timedelta(days=100)
    with pytest.raises(UsageError, match="not published yet"):
        desk.post()


def test_where_there_are_no_comments_the_feed_names_no_post(desk: Desk) -> None:
    desk.show.edit("trust", "[[chapters]]", '[[comments]]\nprotocol = "disabled"\n[[chapters]]')
    desk.post()
    assert desk.facts.count("[[comments]]") == 1
    assert "says that there are no comments" in desk.messages
    assert desk.post() == ()


def test_comments_in_another_form_are_not_touched_and_the_lines_to_add_are_told(desk: Desk) -> None:
    desk.show.edit("trust", "summary =", 'comments = [{protocol = "matrix", uri = "matrix:r/x:y.example"}]\nsummary =')
    before = desk.facts
    with pytest.raises(FactsError, match=r'uri = "at://did:plc') as caught:
        desk.post()
    assert "unusual way" in str(caught.value)
    assert desk.facts == before


def test_line_ends_of_windows_stay(desk: Desk) -> None:
    path = desk.show.project.root / "episodes/trust/episode.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    desk.post()
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_a_record_that_cannot_be_read_stops_everything(desk: Desk) -> None:
    (desk.show.project.root / "episodes/trust" / record.FILE).write_text('{"bluesky": {"begun": "yesterday"}}', "utf-8")
    with pytest.raises(FactsError, match=r"posts\.json"):
        desk.post()


@given(st.text(max_size=60), st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_record_key_is_a_tid_of_the_second_of_the_date(guid: str, published: datetime) -> None:
    moment = published.replace(tzinfo=UTC)
    key = bluesky.record_key(guid, moment)
    assert TID.fullmatch(key)
    number = 0
    for sign in key:
        number = number * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(sign)
    assert number // 1024 // 1_000_000 == int(moment.timestamp())
    assert key == bluesky.record_key(guid, moment)


ENVIRONMENT = {
    "PLACECAST_BLUESKY_HANDLE": "@placecast.example.org",
    "PLACECAST_BLUESKY_PASSWORD": PASSWORD,
    "PLACECAST_MASTODON_SERVER": "social.example",
    "PLACECAST_MASTODON_TOKEN": TOKEN,
}


def test_accounts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = accounts.of_bluesky(ENVIRONMENT), accounts.of_mastodon(ENVIRONMENT)
    assert first
    assert second
    assert (first.handle, first.password, first.server.address) == (
        "placecast.example.org",
        PASSWORD,
        "https://bsky.social",
    )
    assert (second.token, second.server.address) == (TOKEN, "https://social.example")
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="PLACECAST_MASTODON_TOKEN"):
        posting.known_accounts()


def test_a_secret_that_is_not_in_the_environment_comes_from_the_keyring() -> None:
    keyring = pytest.importorskip("keyring")
    from keyring.backend import KeyringBackend

    class InMemory(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return f"of {service} {username}"

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        account = accounts.of_mastodon({"PLACECAST_MASTODON_SERVER": "social.example"})
    finally:
        keyring.set_keyring(before)
    assert account
    assert account.token == "of placecast PLACECAST_MASTODON_TOKEN"


@pytest.mark.parametrize(
    "address", ["http://social.example", "https://me:secret@social.example", "ftp://a", "https://"]
)
def test_a_secret_is_sent_to_a_safe_server_only(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        accounts.of_mastodon(ENVIRONMENT | {"PLACECAST_MASTODON_SERVER": address})
    assert "secret" not in str(caught.value)


def test_a_refused_network_does_not_make_another_account(desk: Desk) -> None:
    assert replace(desk.accounts(), mastodon=None).mastodon is None
    run, made, who = desk.show.run(), desk.made(), replace(desk.accounts(), mastodon=None)
    planned = posting.plan(run, made, who, seen=lambda _: True)
    assert [each.network for each in planned.waiting] == ["bluesky"]


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command, in a show whose pages answer, with the accounts in the environment."""
    with service(Said(200)) as pages:
        facts = desk.show.project.root / "placecast.toml"
        text = facts.read_text("utf-8").replace("https://podcast.example.org/small/", pages.address)
        facts.write_text(text, "utf-8")
        monkeypatch.chdir(desk.show.project.root)
        monkeypatch.setenv("PLACECAST_BLUESKY_HANDLE", desk.bluesky.handle)
        monkeypatch.setenv("PLACECAST_BLUESKY_PASSWORD", PASSWORD)
        monkeypatch.setenv("PLACECAST_BLUESKY_SERVER", desk.bluesky.address)
        monkeypatch.setenv("PLACECAST_MASTODON_SERVER", desk.mastodon.address)
        monkeypatch.setenv("PLACECAST_MASTODON_TOKEN", TOKEN)
        yield Command(monkeypatch, capfd)


def test_nothing_is_posted_without_a_yes(desk: Desk, told: Command) -> None:
    code, out, err = told("announce", "trust", "--no-clip", "--post")
    assert code == 0
    assert "| What happened in Trust." in out
    assert "Nothing was posted" in err
    assert desk.bluesky.asked + desk.mastodon.asked == []
    assert told("announce", "trust", "--no-clip")[0] == 0
    assert desk.bluesky.asked + desk.mastodon.asked == []


def test_a_yes_posts_and_says_where(desk: Desk, told: Command) -> None:
    code, out, err = told("announce", "trust", "--no-clip", "--post", "--yes", "--only", "mastodon")
    assert code == 0
    assert f"Posted on Mastodon: {desk.mastodon.posts[0]['url']}" in out
    assert desk.bluesky.asked == []
    code, out, _ = told("announce", "trust", "--no-clip", "--post", "--yes", "--json")
    answer = json.loads(out.splitlines()[-1])
    assert (set(answer["posted"]), set(answer["done"])) == ({"bluesky"}, {"mastodon"})
    code, out, err = told("announce", "trust", "--no-clip", "--post", "--yes")
    assert (code, out.count("already:")) == (0, 2)
    assert not any(secret in out + err for secret in (PASSWORD, TOKEN))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "there is no such episode"),
        (("trust", "--from", "1:00"), "belong together"),
        (("trust", "--from", "1", "--to", "2"), "is not a time"),
    ],
)
def test_a_wrong_use_is_told(told: Command, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = told("announce", *arguments)
    assert (code, said in err) == (2, True)
