"""An episode in a repository that keeps it for good and gives it a DOI: decided first, done after.

Each step is noted as soon as it is done, so a run that was stopped goes on with the same deposit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from placecast import captions, citation, citing, transcripts, vtt
from placecast.citation.zenodo import zenodo
from placecast.errors import UsageError
from placecast.model import Audio, Episode, Show, Transcript
from placecast.project import deposits
from placecast.project.deposits import Deposit
from placecast.registers import LICENSES
from placecast.run import Run
from placecast.zenodo import Deposition, RefusedError, Repository


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would be deposited."""

    show: Show
    episode: Episode
    audio: Audio
    transcript: Transcript
    sound: Path
    approved: bool  # somebody answers for the transcript
    known: Deposit | None  # what is known of it already

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files that are sent."""
        slug = self.episode.slug
        return self.audio.name, f"{slug}.vtt", f"{slug}.txt", f"{slug}.datacite.json"


def plan(run: Run, slug: str, api: str, *, sandbox: bool) -> Plan:
    """What would be deposited; UsageError where it cannot be."""
    show, episode, audio = citing.opened(run, slug)
    known = deposits.read(run.project, slug, sandbox=sandbox)
    transcript = run.project.transcript(episode, show)
    _require_ours(run, episode, known, api, sandbox)
    _require_public(run, show, episode)
    if audio is None or transcript is None:
        raise UsageError(slug, "has no published sound and transcript yet.", f"First: placecast publish {slug}")
    sound = run.project.media(audio)
    if not sound.is_file():
        cure = f"Put it to {run.project.shown(sound)}, from another clone or from the show's address."
        raise UsageError(slug, "its published sound is not on this machine.", cure)
    return Plan(
        show=show,
        episode=episode,
        audio=audio,
        transcript=transcript,
        sound=sound,
        approved=run.project.verdict(episode).approval is not None,
        known=known,
    )


def reserve(run: Run, repository: Repository, slug: str, *, sandbox: bool) -> Deposit:
    """Have a DOI reserved and written into episode.md, and send nothing else: for the tags of sound to come."""
    with run.project.locked():
        show, episode = run.project.load()[0], transcripts.episode(run, slug)
        known = deposits.read(run.project, slug, sandbox=sandbox)
        _require_ours(run, episode, known, repository.api, sandbox)
        _require_licence(show, episode)
        dated = replace(episode, published=episode.published or run.now)  # it is described anew when it is deposited
        made = _reserved(run, repository, show, dated, known, sandbox)
        _name(run, episode, made, sandbox)
        return made


def deposit(run: Run, repository: Repository, slug: str, *, sandbox: bool) -> Deposit:
    """Deposit the episode and make it public, as far as that is not done yet. There is no way back."""
    with run.project.locked():
        planned = plan(run, slug, repository.api, sandbox=sandbox)
        show, episode = planned.show, planned.episode
        made = _reserved(run, repository, show, episode, planned.known, sandbox)
        there = repository.get(made.id or 0)
        if there is None:
            made, there = _anew(run, repository, planned, made, sandbox)
        if not there.submitted:
            _fill(run, repository, planned, there)
            with run.reporter.step(f"make the deposit of {slug} public", "everything is there"):
                repository.publish(there.id)
            there = repository.get(there.id) or there
        done = replace(made, published=True, doi=there.doi, page=there.page)
        deposits.write(run.project, slug, done, sandbox=sandbox)
        _name(run, episode, done, sandbox)
        return done


def _require_ours(run: Run, episode: Episode, known: Deposit | None, api: str, sandbox: bool) -> None:
    if known and known.api != api.rstrip("/"):
        what = f"stands for a deposit at {known.api}."
        shown = run.project.shown(deposits.file_of(run.project, episode.slug, sandbox=sandbox))
        raise UsageError(shown, what, "Go on there, or take the file away to begin at another server.")
    if episode.doi and not sandbox and (known is None or known.doi != episode.doi):
        what = f"has the DOI {episode.doi} already, from elsewhere."
        raise UsageError(episode.slug, what, "One is enough: a second deposit would split its citations.")


def _require_public(run: Run, show: Show, episode: Episode) -> None:
    _require_licence(show, episode)
    if episode.withdrawn:
        raise UsageError(episode.slug, "is out of the feed.", "What was withdrawn should not be deposited for good.")
    if episode.published and episode.published > run.now:
        cure = "Deposit it when it is out; or reserve a DOI for now, with --reserve."
        raise UsageError(episode.slug, "is not out yet.", cure)


def _require_licence(show: Show, episode: Episode) -> None:
    """Zenodo takes CC BY where nobody names a licence: that is the producer's to say."""
    if episode.terms(show)[0].lower() not in LICENSES:
        what = "has no licence that a repository knows, and nobody may give the show's away."
        raise UsageError(episode.slug, what, 'Write license = "cc-by-4.0", or another, into placecast.toml.')


def _reserved(
    run: Run, repository: Repository, show: Show, episode: Episode, known: Deposit | None, sandbox: bool
) -> Deposit:
    if known and known.id is not None:
        return known
    with run.reporter.step(f"reserve a DOI for {episode.slug}", "it has none yet"):
        # A run that asked and was stopped does not know whether the deposit came about.
        found = repository.find(show.page(episode.folder)) if known else None
        there = found or _created(run, repository, show, episode, sandbox)
        made = Deposit(api=repository.api, id=there.id, doi=there.doi, page=there.page)
        deposits.write(run.project, episode.slug, made, sandbox=sandbox)
        return made


def _created(run: Run, repository: Repository, show: Show, episode: Episode, sandbox: bool) -> Deposition:
    deposits.write(run.project, episode.slug, Deposit(api=repository.api), sandbox=sandbox)
    try:
        return repository.create(_metadata(run, show, episode))
    except RefusedError:
        deposits.file_of(run.project, episode.slug, sandbox=sandbox).unlink()
        raise


def _anew(run: Run, repository: Repository, planned: Plan, gone: Deposit, sandbox: bool) -> tuple[Deposit, Deposition]:
    """A new deposit in place of one that the sandbox has swept away. Elsewhere a person must look."""
    shown = run.project.shown(deposits.file_of(run.project, planned.episode.slug, sandbox=sandbox))
    if not sandbox:
        what = f"names deposit {gone.id}, which is not there any more for this account."
        cure = "Use the account's token that began it; or take the file and `doi` in episode.md away to begin anew."
        raise UsageError(shown, what, cure)
    made = _reserved(run, repository, planned.show, planned.episode, None, sandbox)
    there = repository.get(made.id or 0)
    if there is None:
        raise UsageError(shown, "names a deposit that is not there.", "Run the same command again later.")
    return made, there


def _fill(run: Run, repository: Repository, planned: Plan, there: Deposition) -> None:
    slug = planned.episode.slug
    for name, content in _files(run, planned, there.doi).items():
        if there.files.get(name) != _md5(content):
            with run.reporter.step(f"send {name}", f"the deposit of {slug} does not have it yet"):
                repository.upload(there, name, content)
    with run.reporter.step(f"describe the deposit of {slug}", "as the facts say it now"):
        repository.describe(there.id, _metadata(run, planned.show, planned.episode))


def _files(run: Run, planned: Plan, doi: str) -> Mapping[str, Path | bytes]:
    show, episode, transcript = planned.show, replace(planned.episode, doi=doi), planned.transcript
    record = citation.written(citing.record(run, show, episode, planned.audio))
    texts = (vtt.write(transcript), captions.plain_text(transcript), record)
    return dict(zip(planned.names, (planned.sound, *(text.encode() for text in texts)), strict=True))


def _metadata(run: Run, show: Show, episode: Episode) -> dict[str, Any]:
    from placecast.tags.languages import iso_639_2  # with mutagen

    reference = citing.reference(run, show, episode)
    return zenodo(reference, show, episode, iso_639_2(reference.language))


def _name(run: Run, episode: Episode, made: Deposit, sandbox: bool) -> None:
    """Say in episode.md under which DOI the episode is cited. The sandbox's lead nowhere."""
    if not sandbox and made.doi != episode.doi:
        deposits.write_doi(episode, made.doi)
        run.reporter.tell(f"doi = {made.doi} stands in {run.project.shown(episode.file)} now")


def _md5(content: Path | bytes) -> str:
    """The hash by which the server tells files apart: a guard against damage, not against people."""
    if isinstance(content, bytes):
        return hashlib.md5(content, usedforsecurity=False).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
