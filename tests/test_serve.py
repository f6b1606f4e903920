"""The preview as an HTTP client meets it, over the loopback address."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from placecast.errors import UsageError
from placecast.media_types import is_compressible, media_type
from placecast.serve import app, serve

SOUND = bytes(range(256)) * 40
FILES = {
    "index.html": b"<h1>home</h1>",
    "404.html": b"<h1>missing</h1>",
    "feed.xml": b"<rss/>",
    "sitemap.xml": b"<urlset/>",
    "e/trust/index.html": b"<h1>trust</h1>",
    "e/trust/transcript.vtt": b"WEBVTT\n",
    "e/trust/transcript.srt": b"1\n",
    "e/trust/transcript.json": b"{}",
    "e/trust/transcript.txt": b"Hello",
    "e/trust/chapters.json": b"{}",
    "media/trust-0123456789ab.mp3": SOUND,
    "media/cover.png": b"\x89PNG",
    "assets/style-01234567.css": b"p{}",
    "assets/player-01234567.js": b"1",
    "site.webmanifest": b"{}",
    "s/x/1.bin": b"\0",
}
MP3 = "/media/trust-0123456789ab.mp3"


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """The preview of this folder on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app(folder), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def outside(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def port(tmp_path_factory, outside) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("work") / "feed"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder.parent / "beside.txt").write_text("secret")
    (folder / "away.txt").symlink_to(outside / "secret.txt")
    (folder / "elsewhere").symlink_to(outside)
    with running(folder) as number:
        yield number


@pytest.fixture
def ask(port):
    """Asks the preview; gives the status, the headers and the body."""

    def ask(path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body

    return ask


TYPES = {
    "index.html": "text/html; charset=utf-8",
    "feed.xml": "application/rss+xml; charset=utf-8",
    "sitemap.xml": "application/xml; charset=utf-8",
    "e/trust/transcript.vtt": "text/vtt; charset=utf-8",
    "e/trust/transcript.srt": "application/x-subrip; charset=utf-8",
    "e/trust/transcript.json": "application/json",
    "e/trust/transcript.txt": "text/plain; charset=utf-8",
    "e/trust/chapters.json": "application/json+chapters",
    "media/trust-0123456789ab.mp3": "audio/mpeg",
    "media/cover.png": "image/png",
    "assets/style-01234567.css": "text/css; charset=utf-8",
    "assets/player-01234567.js": "text/javascript; charset=utf-8",
    "site.webmanifest": "application/manifest+json",
    "s/x/1.bin": "application/octet-stream",
}


@pytest.mark.parametrize("path", sorted(TYPES))
def test_every_file_comes_whole_with_its_exact_type(ask, path):
    status, headers, body = ask(f"/{path}")
    assert (status, body) == (200, FILES[path])
    assert headers["content-type"] == TYPES[path] == media_type(path)
    assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize("name", ["A.MP3", "x.opus", "x.m4a", "x.jpg", "x.webp", "x.ico", "noend"])
def test_sound_and_pictures_are_not_text(name):
    assert not is_compressible(name)


@pytest.mark.parametrize("name", [*sorted(set(TYPES) - {"media/cover.png", MP3[1:]}), "a.csv", "a.geojson"])
def test_what_is_text_is_worth_compressing(name):
    assert is_compressible(name)


def test_the_type_of_a_suffix_ignores_its_case_and_the_folders():
    assert media_type("a.mp3/B.MP3") == "audio/mpeg"
    assert media_type("chapters.json/x") == "application/octet-stream"


def test_a_folder_shows_its_index_and_gets_its_slash(ask):
    assert ask("/e/trust/")[2] == FILES["e/trust/index.html"]
    status, headers, _ = ask("/e/trust")
    assert status == 307
    assert headers["location"].endswith("/e/trust/")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-1", 0, 1), ("bytes=100-199", 100, 199), ("bytes=10000-", 10000, 10239), ("bytes=-100", 10140, 10239)],
)
def test_byte_ranges_are_cut_exactly(ask, wanted, first, last):
    status, headers, body = ask(MP3, Range=wanted)
    assert status == 206
    assert body == SOUND[first : last + 1]
    assert headers["content-range"] == f"bytes {first}-{last}/{len(SOUND)}"
    assert headers["content-type"] == "audio/mpeg"


def test_a_range_beyond_the_end_is_refused_with_the_length(ask):
    status, headers, _ = ask(MP3, Range="bytes=99999-")
    assert (status, headers["content-range"]) == (416, f"bytes */{len(SOUND)}")


def test_several_ranges_come_in_parts(ask):
    status, headers, body = ask(MP3, Range="bytes=0-1,100-101")
    assert status == 206
    assert headers["content-type"].startswith("multipart/byteranges")
    assert SOUND[100:102] in body


def test_if_range_gives_the_part_only_of_the_same_file(ask):
    tag = ask(MP3)[1]["etag"]
    assert ask(MP3, Range="bytes=0-9", If_Range=tag)[0] == 206
    status, _, body = ask(MP3, Range="bytes=0-9", If_Range='"another"')
    assert (status, body) == (200, SOUND)


def test_head_tells_what_get_would_send(ask):
    status, headers, body = ask(MP3, method="HEAD")
    assert (status, body) == (200, b"")
    assert headers["content-length"] == str(len(SOUND))
    assert headers["accept-ranges"] == "bytes"


def test_what_a_browser_has_is_not_sent_again(ask):
    headers = ask("/feed.xml")[1]
    assert ask("/feed.xml", If_None_Match=headers["etag"])[::2] == (304, b"")
    assert ask("/feed.xml", If_Modified_Since=headers["last-modified"])[0] == 304
    assert ask("/feed.xml", If_None_Match='"another"')[0] == 200


def test_a_page_that_is_rendered_again_is_asked_for_again(ask):
    assert ask("/")[1]["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/feed.xml", "/e/trust/transcript.vtt", "/e/trust/chapters.json", MP3])
def test_players_in_other_pages_of_this_computer_may_read_what_is_for_them(ask, path):
    assert ask(path, Origin="http://localhost:3000")[1]["access-control-allow-origin"] == "*"
    status, headers, _ = ask(
        path, method="OPTIONS", Origin="http://localhost:3000", Access_Control_Request_Method="GET"
    )
    assert status == 204
    assert headers["access-control-allow-origin"] == "*"
    assert "GET" in headers["access-control-allow-methods"]


@pytest.mark.parametrize("origin", ["https://player.example", "null", "http://localhost.evil.example", "http://["])
@pytest.mark.parametrize("path", ["/", "/feed.xml", "/e/trust/transcript.vtt", MP3, "/not/there"])
def test_other_sites_may_read_nothing_for_it_may_be_a_draft(ask, path, origin):
    for method in ("GET", "HEAD", "OPTIONS"):
        status, headers, body = ask(path, method=method, Origin=origin)
        assert status == 403
        assert "access-control-allow-origin" not in headers
        assert b"WEBVTT" not in body


def test_other_pages_may_not_read_the_pages(ask):
    headers = ask("/", Origin="http://localhost:3000")[1]
    assert "access-control-allow-origin" not in headers
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "127.0.0.1.evil.example"),
        *("192.168.0.1", "[::1]", "[::1]:8000", "0.0.0.0", ""),
    ],
)
def test_another_host_name_is_refused(ask, host):
    assert ask("/", Host=host)[0] == 400


@pytest.mark.parametrize(
    "request_head",
    [
        "GET /feed.xml HTTP/1.0\r\n\r\n",
        "GET http://evil.example/feed.xml HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        "GET /feed.xml HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: 127.0.0.1\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_request_in_nobodys_or_anothers_name_gets_nothing(port, request_head):
    answer = raw(port, request_head)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"<rss" not in answer


def test_a_web_socket_is_not_opened(port):
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    for origin in ("http://localhost", "https://evil.example"):
        head = f"GET /feed.xml HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\n{upgrade}\r\n"
        assert not raw(port, head).startswith(b"HTTP/1.1 101")


def test_a_folder_without_a_page_is_not_listed(ask):
    for path in ("/media/", "/e/", "/assets"):
        status, _, body = ask(path)
        assert (status, body) == (404, FILES["404.html"])


def raw(port: int, request_head: str) -> bytes:
    """What is answered first to bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request_head.encode())
        return connection.recv(65536)


def test_localhost_is_us_as_well(ask, port):
    assert ask("/", Host=f"localhost:{port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../beside.txt",
        "/e/../../beside.txt",
        "/%2e%2e/beside.txt",
        "/..%2fbeside.txt",
        "/%2fetc/passwd",
        "//etc/passwd",
        "/away.txt",
        "/elsewhere/secret.txt",
        "/%00",
        "/" + "a" * 300,
        "/not/there",
    ],
)
def test_what_is_not_in_the_folder_is_not_there(ask, path):
    status, _, body = ask(path)
    assert status == 404
    assert b"secret" not in body
    assert b"root:" not in body


def test_the_shows_own_page_tells_that_something_is_missing(ask):
    status, headers, body = ask("/not/there")
    assert (status, body) == (404, FILES["404.html"])
    assert headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(ask, method):
    assert ask("/feed.xml", method=method)[0] == 405


def test_a_missing_folder_is_told_before_anything_is_shown(tmp_path):
    with pytest.raises(UsageError, match="no folder"):
        serve(tmp_path / "feed", port=0, ready=lambda address: pytest.fail(address))


@pytest.mark.parametrize("number", [-1, 70000])
def test_an_impossible_port_is_told(tmp_path, number):
    with pytest.raises(UsageError, match="another port"):
        serve(tmp_path, port=number, ready=lambda address: pytest.fail(address))


def test_a_port_that_is_taken_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="another port"):
        serve(tmp_path, port=taken.getsockname()[1], ready=lambda address: pytest.fail(address))


SERVE = """
import sys
from pathlib import Path
from placecast.serve import serve
serve(Path(sys.argv[1]), port=0, ready=lambda address: (sys.stdout.write(address + "\\n"), sys.stdout.flush()))
"""


def test_it_tells_its_address_serves_and_ends_cleanly_on_ctrl_c(tmp_path):
    (tmp_path / "index.html").write_bytes(b"hello")
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        host, _, number = address.removeprefix("http://").removesuffix("/").partition(":")
        assert host == "127.0.0.1"
        connection = http.client.HTTPConnection(host, int(number), timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=10)
        connection.close()
    assert (process.returncode, complaints) == (0, "")
