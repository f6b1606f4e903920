"""Servers of strangers are asked with care: what they send, where they lead, and how long they take."""

from __future__ import annotations

import base64
import gzip
import hashlib
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import trustme

from placecast import abroad as abroad_module
from placecast.abroad import Abroad, is_public
from placecast.errors import HostError
from tests.web import ROOT, Reply, Web, serving

SOUND = bytes(range(256)) * 400


@pytest.fixture
def web(no_proxy: None) -> Iterator[Web]:
    with serving({"feed.xml": b"<rss/>", "a.mp3": SOUND}) as served:
        yield served


@pytest.fixture
def ours() -> Abroad:
    return Abroad(private=True, pause=0.0, tries=3)


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1"),
    *("255.255.255.255", "not an address", "2001:db8::1", "198.18.0.1"),
]


@pytest.mark.parametrize("machine", PRIVATE)
def test_addresses_of_no_open_network_are_told_apart(machine: str) -> None:
    assert not is_public(machine)


@pytest.mark.parametrize("machine", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_of_the_open_network_are_public(machine: str) -> None:
    assert is_public(machine)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.1", "0"]
)
def test_this_machine_is_not_asked_however_its_address_is_spelt(host: str, web: Web) -> None:
    port = web.address.split(":")[2].split("/")[0]
    with pytest.raises(HostError):
        Abroad(pause=0.0, tries=1).read(f"http://{host}:{port}{ROOT}feed.xml", 1000)
    assert web.asked == []


def test_a_name_that_stands_for_a_private_machine_is_refused_with_a_cure(web: Web) -> None:
    names = {"podcast.example.org": ["93.184.216.34", "10.0.0.7"]}
    with pytest.raises(HostError, match=r"private network.*10\.0\.0\.7") as refused:
        Abroad(resolve=lambda host, _: names[host]).read("https://podcast.example.org/feed.xml", 1000)
    assert "--allow-private" in refused.value.faults[0].cure


def test_a_redirect_into_the_private_network_is_refused(web: Web) -> None:
    """The name is looked up for the redirect, too, and the machine that was judged is the one that is asked."""
    port = int(web.address.split(":")[2].split("/")[0])
    judged = iter([["127.0.0.1"], ["10.0.0.1"]])
    web.change = lambda *_: Reply(status=302, headers={"Location": "http://inside.example.org/secret"})
    visitor = Abroad(private=False, resolve=lambda *_: next(judged), pause=0.0, tries=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(abroad_module, "is_public", lambda machine: machine == "127.0.0.1")
        with pytest.raises(HostError, match="private network"):
            visitor.read(f"http://outside.example.org:{port}{ROOT}feed.xml", 1000)
    assert [each.headers["host"] for each in web.asked] == [f"outside.example.org:{port}"]


def test_a_name_is_looked_up_once_so_that_it_cannot_change_between_judging_and_asking(web: Web, ours: Abroad) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = web.address.split(":")[2].split("/")[0]
    page = Abroad(private=True, resolve=resolve).read(f"http://rebinding.example.org:{port}{ROOT}feed.xml", 1000)
    assert page.body == b"<rss/>"
    assert asked == ["rebinding.example.org"]


@pytest.mark.parametrize(
    "address",
    [
        *(
            "file:///etc/passwd",
            "ftp://example.org/a",
            "gopher://example.org/",
            "data:text/xml,<rss/>",
            "//example.org/a",
        ),
        *(
            "http://",
            "http://[::1",
            "https://user:secret@example.org/feed",
            "http://example.org:99999/",
            "javascript:1",
        ),
        "http://exa\nmple.org:0/",
    ],
)
def test_what_is_no_web_address_is_refused_and_no_password_is_said_again(address: str, ours: Abroad) -> None:
    with pytest.raises(HostError) as refused:
        ours.read(address, 1000)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.org/x", "http:///x"])
def test_a_redirect_to_what_is_no_web_address_is_refused(place: str, web: Web, ours: Abroad) -> None:
    web.change = lambda *_: Reply(status=301, headers={"Location": place})
    with pytest.raises(HostError):
        ours.read(f"{web.address}feed.xml", 1000)


def test_redirects_end(web: Web, ours: Abroad) -> None:
    web.change = lambda asked, _: Reply(status=302, headers={"Location": f"{asked.key}x"})
    with pytest.raises(HostError, match="redirects more than 10 times"):
        ours.read(f"{web.address}feed.xml", 1000)
    assert len(web.asked) == 11


def test_the_addresses_on_the_way_are_told(web: Web, ours: Abroad) -> None:
    web.change = lambda asked, reply: (
        Reply(status=301, headers={"Location": f"{ROOT}feed.xml"}) if asked.key == "old" else reply
    )
    assert ours.read(f"{web.address}old", 1000).addresses == (f"{web.address}old", f"{web.address}feed.xml")


def test_a_file_that_is_larger_than_allowed_is_not_read_to_its_end(web: Web, ours: Abroad) -> None:
    with pytest.raises(HostError, match="larger than 0 MB"):
        ours.read(f"{web.address}a.mp3", 1000)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_compressed_for_the_way_is_unpacked(coding: str, web: Web, ours: Abroad) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}[coding](b"<rss/>" * 1000)
    web.change = lambda *_: Reply(headers={"Content-Encoding": coding}, body=packed)
    assert ours.read(f"{web.address}feed.xml", 10_000).body == b"<rss/>" * 1000


def test_a_bomb_of_gzip_is_left_as_soon_as_it_has_grown_too_large(web: Web, ours: Abroad) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=9)
    assert len(bomb) < 300_000
    web.change = lambda *_: Reply(headers={"Content-Encoding": "gzip"}, body=bomb)
    with pytest.raises(HostError, match="larger than 1 MB"):
        ours.read(f"{web.address}feed.xml", 1_000_000)


@pytest.mark.parametrize("coding", ["br", "gzip", "gzip, gzip"])
def test_what_is_compressed_in_no_known_way_is_refused(coding: str, web: Web, ours: Abroad) -> None:
    web.change = lambda *_: Reply(headers={"Content-Encoding": coding}, body=b"<rss/>")
    with pytest.raises(HostError):
        ours.read(f"{web.address}feed.xml", 1000)


def test_half_of_a_gzip_is_no_file(web: Web, ours: Abroad) -> None:
    half = gzip.compress(bytes(range(256)) * 40)[:-30]
    web.change = lambda *_: Reply(headers={"Content-Encoding": "gzip"}, body=half)
    with pytest.raises(HostError, match="breaks the connection off"):
        ours.read(f"{web.address}feed.xml", 100_000)


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(web: Web, ours: Abroad) -> None:
    busy = iter([503, 429])
    web.change = lambda _, reply: Reply(status=status) if (status := next(busy, 0)) else reply
    assert ours.read(f"{web.address}feed.xml", 1000).body == b"<rss/>"
    web.asked.clear()
    with pytest.raises(HostError, match="error 404"):
        ours.read(f"{web.address}nothing", 1000)
    assert len(web.asked) == 1


def test_a_server_that_trickles_is_left(web: Web, ours: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100_000, 90))
    monkeypatch.setattr(abroad_module.time, "monotonic", lambda: float(next(clock)))
    with pytest.raises(HostError, match="too slowly"):
        ours.read(f"{web.address}a.mp3", 1_000_000)


def test_nobody_there_is_said_in_a_sentence(ours: Abroad) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(HostError, match="nothing answers there"):
        ours.read(f"http://127.0.0.1:{port}/feed.xml", 1000)


@contextmanager
def safely(name: str) -> Iterator[tuple[int, trustme.CA]]:
    """A server on this machine that proves to be `name`, with a certificate of an authority that is given too."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                with context.wrap_socket(connection, server_side=True) as safe:
                    safe.recv(65_536)
                    safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1], authority
        thread.join(5)


def over_tls(name: str, proves: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Ask a machine that was found for a name, and that proves to be another or the same."""
    with safely(proves) as (port, authority):
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        visitor = Abroad(private=True, resolve=lambda *_: ["127.0.0.1"], tries=1)
        return visitor.read(f"https://{name}:{port}/feed.xml", 1000).body


def test_the_machine_that_was_judged_must_prove_to_be_who_the_name_says(
    tmp_path: Path, no_proxy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert over_tls("feeds.example.org", "feeds.example.org", tmp_path, monkeypatch) == b"<rss/>"
    with pytest.raises(HostError, match="not trusted"):
        over_tls("feeds.example.org", "somebody.example.org", tmp_path, monkeypatch)


# Large files


@contextmanager
def cut_off(first: int) -> Iterator[tuple[str, list[str]]]:
    """A server that hangs up after so many bytes of its first answer, and goes on in the next where it is asked to."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for number in range(2):
                connection, _ = listening.accept()
                with connection:
                    request = connection.recv(65_536).decode()
                    heard.append(request)
                    lines = request.split("\r\n")
                    start = next((int(line[13:].rstrip("-")) for line in lines if line.startswith("Range: ")), 0)
                    status = "206 Partial Content" if start else "200 OK"
                    told = f"Content-Range: bytes {start}-{len(SOUND) - 1}/{len(SOUND)}\r\n" if start else ""
                    head = f'HTTP/1.1 {status}\r\nETag: "one"\r\n{told}Content-Length: {len(SOUND) - start}\r\n\r\n'
                    connection.sendall(head.encode() + SOUND[start : None if number else first])

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a.mp3", heard
        thread.join(5)


def test_a_download_that_broke_off_goes_on_where_it_stopped(tmp_path: Path, no_proxy: None) -> None:
    with cut_off(30_000) as (address, heard):
        with pytest.raises(HostError, match="breaks the connection off"):
            Abroad(private=True, pause=0.0, tries=1).save(address, tmp_path / "a.part", 1_000_000)
        assert (tmp_path / "a.part").stat().st_size > 0
        saved = Abroad(private=True, pause=0.0, tries=1).save(address, tmp_path / "a.part", 1_000_000)
    assert 'If-Range: "one"' in heard[1]
    assert "Accept-Encoding: identity" in heard[1]
    assert saved.resumed > 0
    assert (tmp_path / "a.part").read_bytes() == SOUND
    assert (saved.bytes, saved.sha256) == (len(SOUND), hashlib.sha256(SOUND).hexdigest())


def test_a_download_that_broke_off_goes_on_in_the_same_run(tmp_path: Path, no_proxy: None) -> None:
    with cut_off(30_000) as (address, heard):
        saved = Abroad(private=True, pause=0.0, tries=2).save(address, tmp_path / "a.part", 1_000_000)
    assert len(heard) == 2
    assert saved.resumed > 0
    assert (tmp_path / "a.part").read_bytes() == SOUND


def begin(web: Web, ours: Abroad, part: Path, kept: int) -> None:
    """A part of a file as an earlier run has left it."""
    ours.save(f"{web.address}a.mp3", part, 1_000_000)
    part.write_bytes(SOUND[:kept])
    web.asked.clear()


def test_only_the_rest_is_asked_for(web: Web, ours: Abroad, tmp_path: Path) -> None:
    begin(web, ours, tmp_path / "a.part", 1000)
    assert ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000).resumed == 1000
    assert [each.headers["range"] for each in web.asked] == ["bytes=1000-"]
    assert (tmp_path / "a.part").read_bytes() == SOUND


def test_a_file_that_has_changed_meanwhile_is_begun_anew(web: Web, ours: Abroad, tmp_path: Path) -> None:
    begin(web, ours, tmp_path / "a.part", 1000)
    web.files["a.mp3"] = SOUND[::-1]
    assert ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000).resumed == 0
    assert (tmp_path / "a.part").read_bytes() == SOUND[::-1]


def test_a_part_of_another_address_is_not_gone_on_with(web: Web, ours: Abroad, tmp_path: Path) -> None:
    begin(web, ours, tmp_path / "a.part", 1000)
    web.files["b.mp3"] = SOUND[::-1]
    ours.save(f"{web.address}b.mp3", tmp_path / "a.part", 1_000_000)
    assert (tmp_path / "a.part").read_bytes() == SOUND[::-1]


def test_a_server_that_goes_on_elsewhere_than_asked_is_not_trusted(web: Web, ours: Abroad, tmp_path: Path) -> None:
    begin(web, ours, tmp_path / "a.part", 1000)
    web.change = lambda asked, reply: (
        reply.but(Content_Range=f"bytes 7-{len(SOUND) - 1}/{len(SOUND)}") if ("range" in asked.headers) else reply
    )
    ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000)
    assert (tmp_path / "a.part").read_bytes() == SOUND


def test_a_server_that_refuses_the_range_is_asked_for_all(web: Web, ours: Abroad, tmp_path: Path) -> None:
    begin(web, ours, tmp_path / "a.part", 1000)
    web.change = lambda asked, reply: Reply(status=416) if "range" in asked.headers else reply
    ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000)
    assert (tmp_path / "a.part").read_bytes() == SOUND


def test_without_a_strong_validator_nothing_is_gone_on_with(web: Web, ours: Abroad, tmp_path: Path) -> None:
    """RFC 9110, 13.1.5: only bytes that are surely of the same file may be joined."""
    web.change = lambda _, reply: reply.but("Last-Modified", ETag='W/"weak"')
    begin(web, ours, tmp_path / "a.part", 1000)
    ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000)
    assert "range" not in web.asked[0].headers
    assert (tmp_path / "a.part").read_bytes() == SOUND


def test_a_file_that_is_here_whole_is_not_asked_for_again(web: Web, ours: Abroad, tmp_path: Path) -> None:
    begin(web, ours, tmp_path / "a.part", len(SOUND))
    assert ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000).bytes == len(SOUND)
    assert web.asked == []


PROMISES = {
    "Content-MD5": lambda body: base64.b64encode(hashlib.md5(body).digest()).decode(),
    "x-goog-hash": lambda body: "crc32c=n03x6A==,md5=" + base64.b64encode(hashlib.md5(body).digest()).decode(),
    "Repr-Digest": lambda body: f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:",
}


@pytest.mark.parametrize("header", PROMISES)
def test_what_arrives_is_compared_with_the_hash_that_its_server_gives(
    header: str, web: Web, ours: Abroad, tmp_path: Path
) -> None:
    web.change = lambda _, reply: reply.but(**{header.replace("-", "_"): PROMISES[header](SOUND)})
    ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000)
    (tmp_path / "a.part").unlink()
    web.change = lambda _, reply: reply.but(**{header.replace("-", "_"): PROMISES[header](b"other")})
    with pytest.raises(HostError, match="its hash differs"):
        ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1_000_000)
    assert not (tmp_path / "a.part").exists()


def test_sound_that_is_too_large_is_refused_by_what_its_server_says_of_it(
    web: Web, ours: Abroad, tmp_path: Path
) -> None:
    with pytest.raises(HostError, match="larger than"):
        ours.save(f"{web.address}a.mp3", tmp_path / "a.part", 1000)


def test_how_long_a_file_is_can_be_asked_without_fetching_it(web: Web, ours: Abroad) -> None:
    assert ours.length(f"{web.address}a.mp3") == len(SOUND)
    assert ours.length(f"{web.address}nothing") is None
    assert [each.method for each in web.asked] == ["HEAD", "HEAD"]


def test_a_proxy_is_asked_where_the_environment_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}) as proxy:
        proxy.change = lambda asked, _: Reply(body=asked.key.encode())
        monkeypatch.setenv("http_proxy", proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        visitor = Abroad(resolve=lambda *_: [], pause=0.0, tries=1)
        assert visitor.read("http://far.example.org/feed.xml", 1000).body == b"http://far.example.org/feed.xml"
        with pytest.raises(HostError, match="private network"):
            Abroad(pause=0.0, tries=1).read("http://127.0.0.1/feed.xml", 1000)
