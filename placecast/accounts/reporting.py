"""The whole way to a report: the list of apps, the logs, the account, the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from placecast import accounts, building
from placecast.accounts import apps
from placecast.accounts.account import Account, Period
from placecast.accounts.listening import Listened, listen
from placecast.audience import agents, kept
from placecast.run import Run


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is to be about. `logs`: folders, files or addresses such as s3://bucket/prefix."""

    period: Period
    logs: tuple[str, ...] = ()
    countries: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Written:
    """A report that was written. `listened`: None where no logs were given."""

    account: Account
    files: tuple[Path, ...]
    listened: Listened | None


def report(run: Run, asked: Asked, into: Path | None = None, *, update_apps: bool = False) -> Written:
    """Write the report. `into`: another folder than its own under `reports`."""
    project = run.project
    show, episodes = project.load()
    if update_apps:
        apps.update(project.root, run.now.date())
    with project.locked():
        listened = listen(run, show, episodes, asked.logs, asked.countries) if asked.logs else None
        counts = listened.kept if listened else kept.read(project.root)
        published = building.publication(project, show, episodes, run.now)
        account = accounts.gather(published, asked.period, counts, agents.sources(project.root / agents.FILE))
        folder = into or project.root / "reports" / f"{asked.period.first}_{asked.period.last}"
        return Written(account=account, files=accounts.write(account, folder), listened=listened)
