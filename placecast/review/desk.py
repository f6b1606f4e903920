"""What the review page shows and what it may do: the transcript with its doubts, an edit saved, an approval.

Every change names the version of the file that it was made on: what somebody else wrote meanwhile is never overwritten.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from placecast import files, turns, vtt
from placecast.errors import PlacecastError, TranscriptError
from placecast.fingerprint import sha256
from placecast.model import Episode, Show, Transcript
from placecast.project import Project, reviewing
from placecast.review.saving import Edit, edited
from placecast.review.sound import sound_of


class ConflictError(PlacecastError):
    """The file is not the one that the page was made from."""


@dataclass(kw_only=True)
class Desk:
    """One episode's transcript on the table. `now` is the only clock."""

    project: Project
    show: Show
    episode: Episode
    now: Callable[[], datetime]
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> dict[str, Any]:
        """Everything that the page shows, as it is on the disk now."""
        text = self._text()
        transcript = self._transcript(text)
        return {
            "show": self.show.title,
            "title": self.episode.title,
            "slug": self.episode.slug,
            "file": self._shown,
            "language": transcript.language,
            "version": sha256(text.encode()),
            "cues": self._cues(transcript),
            "doubts": [asdict(doubt) for doubt in reviewing.doubts_of(self.project, self.show, self.episode)],
            "speakers": self._speakers(transcript),
            "sound": sound_of(self.project, self.episode) is not None,
            "review": self._review(),
        }

    def save(self, version: str, edit: Edit) -> dict[str, Any]:
        """Write the edit into the file, and look again."""
        with self._one_at_a_time:
            text = self._unchanged(version)
            record = self.project.record(self.episode.slug)
            language = self.project.language(self.episode, self.show)
            made = edited(text, self._shown, language, record.words if record else (), edit)
            if made != text:
                files.write(self.project.transcript_file(self.episode.slug), made.encode())
        return self.look()

    def approve(self, version: str, by: str) -> dict[str, Any]:
        """Record who answers for the transcript as the page shows it, and look again."""
        with self._one_at_a_time:
            self._unchanged(version)
            reviewing.approve(self.project, self.show, self.episode, by, self.now().astimezone(self.show.zone))
        return self.look()

    @property
    def _shown(self) -> str:
        return self.project.shown(self.project.transcript_file(self.episode.slug))

    def _text(self) -> str:
        """The file as it is, with its line ends and its byte order mark: what nobody edits must not change."""
        try:
            return self.project.transcript_file(self.episode.slug).read_bytes().decode("utf-8")
        except (FileNotFoundError, UnicodeDecodeError) as exc:
            raise TranscriptError(self._shown, "is gone, or is no text any more.", "Bring it back from git.") from exc

    def _transcript(self, text: str) -> Transcript:
        return vtt.parse(text, self._shown, self.project.language(self.episode, self.show))

    def _unchanged(self, version: str) -> str:
        text = self._text()
        if sha256(text.encode()) != version:
            what = "was changed by another program or in another window since this page read it."
            raise ConflictError(self._shown, what, "Load the new version; what you have typed stays.")
        return text

    def _cues(self, transcript: Transcript) -> list[dict[str, Any]]:
        """The sentences, and where each of their words begins: in the text, and in the sound."""
        timed = reviewing.words_of(self.project, self.episode, transcript)
        made = []
        for cue, words in zip(transcript.cues, timed, strict=True):
            at, places = 0, []
            for word in words:
                places.append((at, word.start))
                at += len(word.text)
            made.append({**asdict(cue), "words": places})
        return made

    def _speakers(self, transcript: Transcript) -> list[str]:
        """Those who speak, and those who may: to choose from."""
        people = (person.name for person in self.episode.credits(self.show))
        return list(dict.fromkeys((*turns.speakers(transcript), *people)))

    def _review(self) -> dict[str, Any]:
        verdict = self.project.verdict(self.episode)
        if verdict.approval:
            at = verdict.approval.at.astimezone(self.show.zone)
            said = f"Approved by {verdict.approval.by} on {at.day} {at:%B %Y}."
        elif verdict.lapsed:
            said = verdict.lapsed
        elif verdict.state == "machine":
            said = "A machine’s transcript. Nobody has approved it."
        else:
            said = "Edited by people. Nobody has approved it."
        return {"approved": verdict.approval is not None, "said": said}
