"""What the next `placecast publish` does, by what is known now: the same rules that it goes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from placecast.errors import Fault
from placecast.survey import Standing, Survey


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """By slug, newest first. With `stops`, it does nothing at all of this until they are put right."""

    stops: tuple[Fault, ...] = ()
    makes: Mapping[str, tuple[str, ...]]  # the costly steps
    brings_out: tuple[str, ...] = ()
    updates: Mapping[str, tuple[str, ...]]  # what listeners have otherwise
    updates_show: bool = False
    holds_back: tuple[str, ...] = ()  # until a person has approved their transcripts
    later: tuple[Standing, ...] = ()  # the soonest first

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done; scheduled ones go out by a later run."""
        todo = (self.stops, self.makes, self.brings_out, self.updates, self.updates_show, self.holds_back)
        return not any(todo)


def outlook(found: Survey) -> Outlook:
    """What becomes of these episodes when somebody publishes without naming one."""
    wanted = [each for each in found.standings if each.published and each.state != "unpublished"]
    dated = [each for each in wanted if not each.faults]
    due = [each for each in dated if each.state in ("due", "to review")]
    later = [each for each in wanted if each.state in ("scheduled", "no recording") and _ahead(each, found)]
    return Outlook(
        stops=found.stops,
        makes={each.slug: tuple(step.name for step in each.work.steps) for each in dated if each.work.steps},
        brings_out=tuple(each.slug for each in due if not each.held),
        updates={each.slug: each.changed for each in dated if each.out and each.changed},
        updates_show=found.show_changed,
        holds_back=tuple(each.slug for each in due if each.held),
        later=tuple(reversed(later)),
    )


def _ahead(standing: Standing, found: Survey) -> bool:
    return standing.published is not None and standing.published > found.now
