"""The workflows that `init` writes: GitHub's and GitLab's own schemas take them, and their scripts are run for real.

In place of the runners: a bare repository to push to, a program `placecast` that makes files, and servers on this
machine that give identity and keys as GitHub and Amazon do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from check_jsonschema.transforms.gitlab import GITLAB_TRANSFORM
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

from placecast import founding
from tests.test_founding import NEW

GITHUB, GITLAB = ".github/workflows/publish.yml", ".gitlab-ci.yml"
GATHER = "Gather transcripts and facts that were made"
ZIZMOR = """\
rules:
  unpinned-uses:
    config:
      policies:
        "actions/*": ref-pin
"""
PLACECAST = """\
#!/bin/sh
mkdir -p episodes/trust transcripts
echo WEBVTT > transcripts/trust.vtt
echo '{}' > episodes/trust/audio.json
echo sound > episodes/trust/recording.wav
exit "$ENDS_WITH"
"""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workflows") / "show"
    founding.found(folder, NEW)
    return folder


@pytest.fixture
def remote(show: Path, tmp_path: Path) -> Path:
    """A repository to clone from and to push to, with the new show in it."""
    shutil.copytree(show, tmp_path / "first")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(tmp_path, "-C", "remote.git", "config", "receive.advertisePushOptions", "true")
    first = tmp_path / "first"
    git(first, "init", "--quiet", "--initial-branch=main")
    git(first, "add", "--all")
    git(first, "commit", "--quiet", "--message", "A new show")
    git(first, "push", "--quiet", str(tmp_path / "remote.git"), "main")
    return tmp_path / "remote.git"


@pytest.fixture
def runner(remote: Path, tmp_path: Path) -> Path:
    """A clone on the machine that publishes, beside the programs that stand in for the real ones."""
    for name, text in {"placecast": PLACECAST, "python": "#!/bin/sh\n"}.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text, "utf-8")
        program.chmod(0o755)
    return clone(remote, tmp_path / "runner")


def clone(remote: Path, folder: Path) -> Path:
    git(folder.parent, "clone", "--quiet", str(remote), str(folder))
    return folder


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Rosa", "-c", "user.email=rosa@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script as GitHub does, with the stand-ins first on the path."""
    path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    home = {"HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    env = {"PATH": path, **home, **environment}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env)


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def step(show: Path, job: str, name: str) -> str:
    return next(each["run"] for each in read(show / GITHUB)["jobs"][job]["steps"] if each.get("name") == name)


@pytest.mark.parametrize(("file", "schema"), [(GITHUB, "github-workflows.json"), (GITLAB, "gitlab-ci.json")])
def test_workflows_are_what_github_and_gitlab_publish_as_right(show: Path, file: str, schema: str) -> None:
    vendored = resources.files("check_jsonschema.builtin_schemas") / "vendor" / schema
    rules = json.loads(vendored.read_text("utf-8"))
    reader = YAML(typ="safe")
    if file == GITLAB:
        GITLAB_TRANSFORM.modify_yaml_implementation(reader)
    validator_for(rules)(rules).validate(reader.load(show / file))


def test_zizmor_finds_nothing_that_could_be_abused(show: Path, tmp_path: Path) -> None:
    (tmp_path / "zizmor.yml").write_text(ZIZMOR, "utf-8")
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or "zizmor"
    options = ["--offline", "--no-progress", "--persona", "pedantic", "--config", str(tmp_path / "zizmor.yml")]
    done = subprocess.run([program, *options, str(show)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_workflows_do_nothing_until_they_are_turned_on_and_never_publish_at_once(show: Path) -> None:
    github, gitlab = read(show / GITHUB), read(show / GITLAB)
    assert github["jobs"]["publish"]["if"] == "vars.PLACECAST_PUBLISH == 'true'"
    assert github["concurrency"] == {"group": "publish"}
    assert github["permissions"] == {}
    assert github["on"]["schedule"][0]["timezone"] == "Europe/London"
    assert 'PLACECAST_PUBLISH == "true"' in gitlab["workflow"]["rules"][0]["if"]
    assert gitlab["publish"]["resource_group"] == "publish"


@pytest.mark.parametrize(
    ("ends_with", "code", "said"), [("0", 0, ""), ("6", 0, "approved its transcript"), ("4", 4, "")]
)
def test_an_episode_that_waits_for_a_person_is_no_failure(runner: Path, ends_with: str, code: int, said: str) -> None:
    done = bash(step(runner, "publish", "Publish"), runner, ENDS_WITH=ends_with)
    assert done.returncode == code
    assert said in done.stdout


def test_what_github_makes_comes_back_as_a_commit(runner: Path, remote: Path, tmp_path: Path) -> None:
    assert bash(step(runner, "publish", "Publish"), runner, ENDS_WITH="4").returncode == 4
    output = tmp_path / "output"
    gathered = bash(
        step(runner, "publish", "Gather transcripts and facts that were made"), runner, GITHUB_OUTPUT=str(output)
    )
    assert gathered.returncode == 0, gathered.stderr
    assert output.read_text("utf-8") == "made=true\n"
    keeper = clone(remote, tmp_path / "keeper")
    kept = bash(step(keeper, "keep", "Commit transcripts and facts"), keeper, RUNNER_TEMP=str(runner))
    assert kept.returncode == 0, kept.stderr
    assert made_in(remote) == {"episodes/trust/audio.json", "transcripts/trust.vtt"}


def test_a_run_that_makes_nothing_commits_nothing(runner: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.touch()
    gathered = bash(
        step(runner, "publish", "Gather transcripts and facts that were made"), runner, GITHUB_OUTPUT=str(output)
    )
    assert (gathered.returncode, output.read_text("utf-8")) == (0, ""), gathered.stderr


def test_what_gitlab_makes_comes_back_as_a_commit(runner: Path, remote: Path, tmp_path: Path) -> None:
    jobs = read(runner / GITLAB)
    address = "https://gitlab-ci-token:key@gitlab.example.org/hub/show.git"
    names = {"CI_COMMIT_BRANCH": "main", "CI_SERVER_HOST": "gitlab.example.org", "CI_SERVER_FQDN": "gitlab.example.org"}
    names |= {"CI_PROJECT_PATH": "hub/show", "CI_JOB_TOKEN": "key"}
    pushes = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf", "GIT_CONFIG_VALUE_0": address}
    told = {**names, **pushes, "ENDS_WITH": "6", "CI_PROJECT_DIR": str(runner)}
    for lines in (jobs["publish"]["script"], jobs["publish"]["after_script"]):
        done = bash("\n".join(lines), runner, **told)
        assert done.returncode == 0, done.stderr
    keeper = clone(remote, tmp_path / "keeper")
    shutil.copy(runner / "made.patch", keeper)
    kept = bash("\n".join(jobs["keep"]["script"]), keeper, **told | {"CI_PROJECT_DIR": str(keeper)})
    assert kept.returncode == 0, kept.stderr
    assert made_in(remote) == {"episodes/trust/audio.json", "transcripts/trust.vtt"}


def made_in(remote: Path) -> set[str]:
    """What the last commit has changed: recordings are not in it."""
    return set(git(remote, "show", "--name-only", "--format=", "main").split())


ACTION = "AssumeRoleWithWebIdentity"


class Givers(BaseHTTPRequestHandler):
    """GitHub, which says who we are, and Amazon, which gives keys to those whom a role trusts."""

    def do_GET(self) -> None:
        right = self.headers["Authorization"] == "bearer runner" and self.path.endswith("&audience=sts.amazonaws.com")
        self.reply(200 if right else 403, json.dumps({"value": "who-we-are"}))

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        right = (asked["WebIdentityToken"], asked["Action"]) == (["who-we-are"], [ACTION])
        keys = "<AccessKeyId>AKIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        keys += "<Expiration>2126-01-01T00:00:00Z</Expiration>"
        result = f"<AssumeRoleWithWebIdentityResult><Credentials>{keys}</Credentials></AssumeRoleWithWebIdentityResult>"
        self.reply(
            200 if right else 403, f"<AssumeRoleWithWebIdentityResponse>{result}</AssumeRoleWithWebIdentityResponse>"
        )

    def reply(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def givers(no_proxy: None) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Givers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(not shutil.which("curl"), reason="NOBODY TRIES THE ROLE OF THE WORKFLOW: curl is not here")
def test_a_role_is_taken_on_without_any_key(
    show: Path, givers: str, tmp_path: Path, aws_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = tmp_path / "identity"
    (tmp_path / "work").mkdir()
    asked = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{givers}/token?v=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner"}
    script = step(show, "publish", "Take on the role")
    done = bash(script, tmp_path / "work", **asked, AWS_WEB_IDENTITY_TOKEN_FILE=str(identity))
    assert done.returncode == 0, done.stderr
    told = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/placecast", "AWS_WEB_IDENTITY_TOKEN_FILE": str(identity)}
    for name, value in {**told, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", givers)
    assert key_of_a_client() == "AKIAROLE"


def test_a_key_is_taken_where_there_is_no_role(aws_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ROLE_ARN": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_ACCESS_KEY_ID": "AKIAKEY"}.items():
        monkeypatch.setenv(name, value)
    assert key_of_a_client() == "AKIAKEY"


def key_of_a_client() -> str:
    session = boto3.session.Session()
    session.client("s3", region_name="eu-west-2").close()
    credentials = session.get_credentials()
    assert credentials
    return str(credentials.get_frozen_credentials().access_key)
