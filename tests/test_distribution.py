"""What hubs, caches and the producer's own command are told after an upload, and what it means when they fail."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest

from placecast import asking
from placecast.distribution import Services, addresses, announce
from placecast.distribution.cloudfront import paths_of
from placecast.model import Distribution, Show
from tests import feeds
from tests.services import Said, Service, service

FEED, PAGE = feeds.ADDRESS + "feed.xml", feeds.ADDRESS + "e/trust/index.html"
CHANGED = ("feed.xml", "e/trust/index.html")
ZONE, TOKEN = "023e105f4ecef8ad9ca31a8372d0c353", "a-token-that-nobody-may-read"
PURGED = Said(200, b'{"success": true, "errors": [], "result": {"id": "x"}}')
SECRET = "a-secret-key-that-nobody-may-read"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)


@pytest.fixture
def hub() -> Iterator[Service]:
    with service() as running:
        yield running


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)
    return TOKEN


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def show(**told: object) -> Show:
    return feeds.show(distribution=Distribution(**told))  # type: ignore[arg-type]


def warned(
    told: Show,
    changed: tuple[str, ...] = CHANGED,
    folder: Path = Path(),
    recalled: tuple[str, ...] = (),
    **services: object,
) -> list[str]:
    warnings: list[str] = []
    patience = Services(**{"pause": 0.01, "invalidation_seconds": 4.0, **services})  # type: ignore[arg-type]
    announce(told, changed, folder=folder, warn=warnings.append, recalled=recalled, services=patience)
    assert not [text for text in warnings if TOKEN in text or SECRET in text]
    return warnings


def nobody() -> str:
    """An address where nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


# Hubs


def test_a_hub_is_told_of_the_feed_in_both_words_that_hubs_know(hub: Service) -> None:
    assert warned(show(hubs=(hub.address,))) == []
    (asked,) = hub.asked
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert parse_qs(asked.body.decode()) == {"hub.mode": ["publish"], "hub.url": [FEED], "hub.topic": [FEED]}


def test_hubs_are_left_in_peace_while_the_feed_is_the_same(hub: Service) -> None:
    assert warned(show(hubs=(hub.address,)), changed=("e/trust/index.html",)) == []
    assert warned(show(hubs=(hub.address,)), changed=()) == []
    assert hub.asked == []


def test_a_hub_that_stumbles_once_is_told_again() -> None:
    with service(Said(503, headers={"Retry-After": "0"}), Said(500), Said(202)) as hub:
        assert warned(show(hubs=(hub.address,))) == []
        assert len(hub.asked) == 3


@pytest.mark.parametrize(
    ("status", "said"),
    [(500, "has a fault of its own (HTTP 500)"), (400, "does not take the news (HTTP 400)"), (404, "(HTTP 404)")],
)
def test_a_hub_that_refuses_is_warned_of_with_what_it_means_and_the_cure(status: int, said: str) -> None:
    with service(Said(status)) as bad, service() as good:
        (warning,) = warned(show(hubs=(bad.address, good.address)))
        assert len(good.asked) == 1
    assert warning.startswith(f"the hub {bad.address}: ")
    assert said in warning
    assert "get the episode when they next look" in warning
    assert f"curl -d hub.mode=publish --data-urlencode 'hub.url={FEED}' '{bad.address}'" in warning


def test_a_hub_that_is_down_is_warned_of() -> None:
    (warning,) = warned(show(hubs=(nobody(),)))
    assert "nothing answers there" in warning


def test_a_hub_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib3 import Timeout

    from placecast.distribution import web

    monkeypatch.setattr(web, "_TIMES", Timeout(connect=1, read=0.1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (warning,) = warned(show(hubs=(f"http://127.0.0.1:{silent.getsockname()[1]}/",)))
    assert "did not answer in time" in warning


def test_an_address_without_a_server_is_named_as_such() -> None:
    (warning,) = warned(show(hubs=("http://hub.invalid/",)))
    assert "there is no server of that name, or this machine is offline" in warning
    (warning,) = warned(show(hubs=("http://hub.example:999999/",)))
    assert "not an address that can be asked" in warning


def test_a_long_retry_after_is_not_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_LONGEST_WAIT", 0.01)
    with service(Said(429, headers={"Retry-After": "3600"})) as hub:
        (warning,) = warned(show(hubs=(hub.address,)))
    assert "overloaded" in warning


# Cloudflare


def test_cloudflare_forgets_the_changed_addresses_before_the_hubs_hear_of_them(hub: Service, token: str) -> None:
    order: list[str] = []
    with service(PURGED) as cloudflare:
        told = show(cloudflare=ZONE, hubs=(hub.address,))
        services = Services(cloudflare=cloudflare.address.rstrip("/"), pause=0.01)
        announce(told, CHANGED, folder=Path(), warn=pytest.fail, tell=order.append, services=services)
    (asked,) = cloudflare.asked
    assert (asked.method, asked.path) == ("POST", f"/zones/{ZONE}/purge_cache")
    assert asked.headers["authorization"] == f"Bearer {token}"
    assert json.loads(asked.body) == {"files": [feeds.ADDRESS + "e/trust/", PAGE, FEED]}
    assert order == ["Cloudflare forgets 3 addresses", f"{hub.address} knows of the new feed"]


@pytest.mark.usefixtures("token")
def test_cloudflare_is_asked_for_a_hundred_addresses_at_a_time() -> None:
    keys = tuple(f"e/{number:03}/transcript.vtt" for number in range(250))
    with service(PURGED) as cloudflare:
        assert warned(show(cloudflare=ZONE), keys, cloudflare=cloudflare.address.rstrip("/")) == []
    sent = [json.loads(body)["files"] for body in cloudflare.bodies]
    assert [len(each) for each in sent] == [100, 100, 50]
    assert [address for batch in sent for address in batch] == [feeds.ADDRESS + key for key in keys]


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Said(403, TOKEN.encode()), "the token is wrong, has expired or may not purge this zone"),
        (Said(401), "the token is wrong"),
        (Said(404), "there is no such zone"),
        (Said(429), "too much was purged"),
        (Said(500), "it did not purge (HTTP 500)"),
        (Said(200, b'{"success": false}'), "it did not purge"),
        (Said(200, b"<html>"), "it did not purge"),
    ],
)
def test_what_cloudflare_refuses_is_said_and_hubs_are_told_all_the_same(hub: Service, answer: Said, said: str) -> None:
    with service(answer) as cloudflare:
        told = show(cloudflare=ZONE, hubs=(hub.address,))
        (warning,) = warned(told, cloudflare=cloudflare.address.rstrip("/"))
    assert warning.startswith(f"Cloudflare, zone {ZONE}: ")
    assert said in warning
    assert "five minutes" in warning
    assert "Purge Everything" in warning
    assert len(hub.asked) == 1


@pytest.mark.usefixtures("token")
def test_a_redirect_does_not_carry_the_token_away(hub: Service) -> None:
    with service(Said(307, headers={"Location": hub.address})) as cloudflare:
        (warning,) = warned(show(cloudflare=ZONE), cloudflare=cloudflare.address.rstrip("/"))
    assert "HTTP 307" in warning
    assert hub.asked == []


@pytest.mark.parametrize(
    ("value", "said"),
    [("", "is not set"), ("two words", "holds something that is no token"), ("tökèn", "holds something")],
)
def test_without_a_usable_token_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", value)
    with service(PURGED) as cloudflare:
        (warning,) = warned(show(cloudflare=ZONE), cloudflare=cloudflare.address.rstrip("/"))
    assert f"CLOUDFLARE_API_TOKEN {said}" in warning
    assert not value or value not in warning
    assert cloudflare.asked == []


@pytest.mark.usefixtures("token")
def test_sound_that_was_recalled_is_purged_too_and_a_failure_weighs_more() -> None:
    with service(PURGED, Said(500)) as cloudflare:
        api = cloudflare.address.rstrip("/")
        assert warned(show(cloudflare=ZONE), (), recalled=("media/a.mp3",), cloudflare=api) == []
        (warning,) = warned(show(cloudflare=ZONE), (), recalled=("media/a.mp3",), cloudflare=api)
    assert json.loads(cloudflare.bodies[0]) == {"files": [feeds.ADDRESS + "media/a.mp3"]}
    assert "another year" in warning


# CloudFront

_INVALIDATION = """<?xml version="1.0"?>
<Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I1</Id><Status>{status}</Status>
<CreateTime>2026-05-01T06:00:00Z</CreateTime><InvalidationBatch><Paths><Quantity>0</Quantity></Paths>
<CallerReference>r</CallerReference></InvalidationBatch></Invalidation>"""
_REFUSAL = """<?xml version="1.0"?>
<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>{code}</Code>
<Message>about AKIAIOSFODNN7EXAMPLE</Message></Error><RequestId>1</RequestId></ErrorResponse>"""
XML = {"Content-Type": "text/xml"}
CREATED = Said(201, _INVALIDATION.format(status="InProgress").encode(), XML)
COMPLETED = Said(200, _INVALIDATION.format(status="Completed").encode(), XML)
DISTRIBUTION = "E2EXAMPLE123"


def refusal(code: str, status: int = 403) -> Said:
    return Said(status, _REFUSAL.format(code=code).encode(), XML)


def wish(body: bytes) -> tuple[list[str], str]:
    """The paths and the reference of an invalidation."""
    tree = ElementTree.fromstring(body)
    texts = {
        name: [each.text or "" for each in tree.iter() if each.tag.endswith(name)] for name in ("}Path", "Reference")
    }
    return texts["}Path"], texts["Reference"][0]


@pytest.mark.usefixtures("keys")
def test_cloudfront_forgets_the_paths_of_what_changed() -> None:
    with service(CREATED) as cloudfront:
        assert warned(show(cloudfront=DISTRIBUTION), cloudfront=cloudfront.address) == []
    (asked,) = cloudfront.asked
    assert (asked.method, asked.path) == ("POST", f"/2020-05-31/distribution/{DISTRIBUTION}/invalidation")
    paths = ["/placecast/e/trust/", "/placecast/e/trust/index.html", "/placecast/feed.xml"]
    assert wish(asked.body)[0] == paths


@pytest.mark.usefixtures("keys")
def test_a_second_attempt_is_the_same_wish_and_a_later_one_is_new_even_for_the_same_content() -> None:
    with service(refusal("ServiceUnavailable", 503), CREATED) as cloudfront:
        assert warned(show(cloudfront=DISTRIBUTION), cloudfront=cloudfront.address) == []
        assert warned(show(cloudfront=DISTRIBUTION), cloudfront=cloudfront.address) == []
    first, again, later = (wish(body)[1] for body in cloudfront.bodies)
    assert first == again != later


@pytest.mark.usefixtures("keys")
def test_hubs_wait_until_cloudfront_has_forgotten_the_old_feed(hub: Service) -> None:
    with service(CREATED, CREATED, COMPLETED) as cloudfront:
        told = show(cloudfront=DISTRIBUTION, hubs=(hub.address,))
        assert warned(told, cloudfront=cloudfront.address) == []
    assert [each.method for each in cloudfront.asked] == ["POST", "GET", "GET"]
    assert len(hub.asked) == 1


@pytest.mark.usefixtures("keys")
def test_hubs_are_told_without_the_right_to_look_at_invalidations(hub: Service) -> None:
    with service(CREATED, refusal("AccessDenied")) as cloudfront:
        told = show(cloudfront=DISTRIBUTION, hubs=(hub.address,))
        assert warned(told, cloudfront=cloudfront.address) == []
    assert len(hub.asked) == 1


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal("AccessDenied"), "cloudfront:CreateInvalidation"),
        (refusal("NoSuchDistribution", 404), "there is no such distribution"),
        (refusal("InvalidClientTokenId"), "the key is none of Amazon's"),
        (refusal("TooManyInvalidationsInProgress", 400), "Wait some minutes"),
        (refusal("Odd", 400), "it refused with Odd"),
        (Said(200, b"<html>", XML), "it could not be asked"),
    ],
)
def test_what_cloudfront_refuses_is_said_without_the_servers_words(answer: Said, said: str) -> None:
    with service(answer) as cloudfront:
        (warning,) = warned(show(cloudfront=DISTRIBUTION), cloudfront=cloudfront.address)
    assert warning.startswith(f"CloudFront {DISTRIBUTION}: ")
    assert said in warning
    assert "AKIA" not in warning
    assert f"aws cloudfront create-invalidation --distribution-id {DISTRIBUTION}" in warning


def test_cloudfront_without_keys_says_how_to_sign_in() -> None:
    (warning,) = warned(show(cloudfront=DISTRIBUTION), cloudfront=nobody())
    assert "no keys were found" in warning


@pytest.mark.usefixtures("keys")
def test_cloudfront_that_is_down_is_warned_of() -> None:
    (warning,) = warned(show(cloudfront=DISTRIBUTION), cloudfront=nobody())
    assert "it could not be asked (EndpointConnectionError)" in warning


def test_very_many_paths_become_whole_folders_and_leave_media_alone() -> None:
    keys = ["feed.xml", "index.html", *(f"e/{n}/index.html" for n in range(600)), "assets/search/a.json"]
    paths = paths_of(addresses(feeds.SHOW, keys), feeds.ADDRESS)
    assert paths == [f"/placecast/{path}" for path in ("", "assets/*", "e/*", "feed.xml", "index.html")]


def test_paths_are_quoted_once() -> None:
    told = replace(feeds.SHOW, url="https://example.org/p%20q/é/")
    assert paths_of(addresses(told, ["feed.xml"]), told.url) == ["/p%20q/%C3%A9/feed.xml"]


# The producer's own command


def script(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "purge.py").write_text(text, "utf-8")
    return (sys.executable, "purge.py")


def test_the_command_runs_in_the_shows_folder_and_reads_the_changed_addresses(tmp_path: Path) -> None:
    words = script(tmp_path, "import sys\nopen('told', 'w').write(sys.argv[1] + '\\n' + sys.stdin.read())")
    assert warned(show(command=(*words, "$HOME; --now")), folder=tmp_path) == []
    lines = (tmp_path / "told").read_text("utf-8").splitlines()
    assert lines == ["$HOME; --now", feeds.ADDRESS + "e/trust/", PAGE, FEED]


@pytest.mark.skipif(os.name != "posix", reason="a script with #! is a program on POSIX only")
def test_a_script_of_the_show_is_run_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "purge.sh").write_text("#!/bin/sh\nwc -l > told\n", "utf-8")
    told = show(command=("./purge.sh",))
    (warning,) = warned(told, folder=tmp_path)
    assert "chmod +x ./purge.sh" in warning
    (tmp_path / "purge.sh").chmod(0o755)
    assert warned(told, folder=tmp_path) == []
    assert (tmp_path / "told").read_text("utf-8").strip() == "3"


def test_what_the_command_says_is_not_our_answer(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert warned(show(command=script(tmp_path, "print('purged')")), folder=tmp_path) == []
    assert capfd.readouterr() == ("", "purged\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [(("./none.sh", SECRET), "there is no such program"), (("placecast-has-no-such-program",), "no such program")],
)
def test_a_command_that_is_not_there_is_warned_of(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (warning,) = warned(show(command=words), folder=tmp_path)
    assert warning.startswith(f"the command {words[0]}: ")
    assert said in warning


def test_a_command_that_fails_is_warned_of_and_hubs_are_told_all_the_same(tmp_path: Path, hub: Service) -> None:
    words = script(tmp_path, "import sys; sys.exit(3)")
    (warning,) = warned(show(command=(*words, SECRET), hubs=(hub.address,)), folder=tmp_path)
    assert "it failed with 3." in warning
    assert len(hub.asked) == 1


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    text = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid))\ntime.sleep(60)"
    )
    (warning,) = warned(show(command=script(tmp_path, text)), folder=tmp_path, command_seconds=2.0)
    assert "had not ended after 2 s" in warning
    child = int((tmp_path / "child").read_text("utf-8"))
    assert ended(child)


def ended(pid: int) -> bool:
    for _ in range(100):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
        if not state or state.startswith("Z"):
            return True
        time.sleep(0.05)
    return False


# Nothing configured


def test_nothing_is_loaded_or_said_where_nothing_is_configured() -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests import feeds\nfrom placecast.distribution import announce\n"
        f"announce(feeds.SHOW, {CHANGED!r}, folder=Path(), warn=print, tell=print)\n"
        "print(sorted({'boto3', 'urllib3', 'subprocess'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
