"""A server on this machine with Zenodo's deposit API, as https://developers.zenodo.org documents it.

It checks what it is asked: the token, the kinds of content, what a deposit needs before it is published. `fail` spoils
the answer to the next requests that fit; with status 0 the request is done, and the answer never comes.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-hub"
NEEDED = ("title", "upload_type", "publication_date", "creators", "description", "access_right", "license")
RELATIONS = ("isIdenticalTo", "isPartOf")
_FIRST = 1001


@dataclass
class Server:
    """What it holds, what it was asked, and what will go wrong."""

    address: str = ""
    deposits: dict[int, dict[str, Any]] = field(default_factory=dict)
    contents: dict[tuple[int, str], bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fail: list[tuple[str, int]] = field(default_factory=list)  # a pattern, and a status

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        self.asked.append(f"{method} {path}")
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Unauthorized", "status": 401}
        failing = next((each for each in self.fail if re.search(each[0], f"{method} {path}")), None)
        if failing:
            self.fail.remove(failing)
            if failing[1]:
                return failing[1], {"message": f"Something about {TOKEN}", "status": failing[1]}
        status, found = self._answer(method, path, headers, body)
        return (0 if failing else status), found

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if found := re.fullmatch(r"/api/files/bucket-(\d+)/([^/]+)", path):
            return self._file(method, int(found[1]), found[2], body) if method == "PUT" else (405, {})
        found = re.fullmatch(r"/api/deposit/depositions(?:/(\d+)(/actions/publish)?)?(\?.*)?", path)
        if not found:
            return 404, {"message": "Not found", "status": 404}
        if body and not found[2] and headers.get("content-type") != "application/json":
            return 415, {"message": "Unsupported media type", "status": 415}
        if not found[1]:
            return self._create(json.loads(body)) if method == "POST" else (200, list(self.deposits.values()))
        deposit = self.deposits.get(int(found[1]))
        if deposit is None:
            return 404, {"message": "Deposition not found", "status": 404}
        if found[2]:
            return self._publish(deposit)
        return (200, deposit) if method == "GET" else self._describe(deposit, json.loads(body))

    def _create(self, sent: dict[str, Any]) -> tuple[int, Any]:
        number = _FIRST + len(self.deposits)
        home = f"{self.address}/deposit/depositions/{number}"
        self.deposits[number] = {
            "id": number,
            "metadata": {},
            "files": [],
            "state": "unsubmitted",
            "submitted": False,
            "links": {
                "self": home,
                "bucket": f"{self.address}/files/bucket-{number}",
                "publish": f"{home}/actions/publish",
                "html": f"{self.address}/deposit/{number}",
            },
        }
        status, answer = self._describe(self.deposits[number], sent)
        if status != 200:
            del self.deposits[number]
            return status, answer
        return 201, answer

    def _describe(self, deposit: dict[str, Any], sent: dict[str, Any]) -> tuple[int, Any]:
        metadata = dict(sent["metadata"])
        wrong = [name for name in NEEDED if not metadata.get(name)]
        wrong += [name for name in ("upload_type",) if metadata.get(name) != "video"]
        wrong += ["related_identifiers"] * any(
            each["relation"] not in RELATIONS for each in metadata.get("related_identifiers", ())
        )
        if wrong or deposit["submitted"]:
            errors = [{"code": 10, "message": "Not a valid choice", "field": f"metadata.{name}"} for name in wrong]
            return 400, {"message": "Validation error", "status": 400, "errors": errors}
        if metadata.pop("prereserve_doi", False) is True:
            doi = f"10.5281/zenodo.{deposit['id']}"
            metadata["prereserve_doi"] = {"doi": doi, "recid": deposit["id"]}
        deposit["metadata"] = metadata
        deposit["title"] = metadata["title"]
        return 200, deposit

    def _file(self, method: str, number: int, name: str, body: bytes) -> tuple[int, Any]:
        deposit = self.deposits.get(number)
        if deposit is None or deposit["submitted"]:
            return 403, {"message": "Forbidden", "status": 403}
        checksum = hashlib.md5(body, usedforsecurity=False).hexdigest()
        deposit["files"] = [each for each in deposit["files"] if each["filename"] != name]
        deposit["files"].append({"id": name, "filename": name, "filesize": len(body), "checksum": checksum})
        self.contents[number, name] = body
        return 201, {"key": name, "size": len(body), "checksum": f"md5:{checksum}"}

    def _publish(self, deposit: dict[str, Any]) -> tuple[int, Any]:
        if deposit["submitted"] or not deposit["files"] or not deposit["metadata"]:
            return 400, {"message": "Validation error", "status": 400, "errors": []}
        deposit |= {"submitted": True, "state": "done", "doi": deposit["metadata"]["prereserve_doi"]["doi"]}
        deposit["links"]["record_html"] = f"{self.address}/records/{deposit['id']}"
        return 202, deposit


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = server.answer(self.command, self.path, headers, body)
            if status == 0:
                self.close_connection = True
                return
            said = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        server.address = f"http://127.0.0.1:{listening.server_port}/api"
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
