"""The report for funders: what it counts, how it is written, and the whole way to it from logs and facts."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from click.testing import CliRunner

from placecast import accounts, colours
from placecast.accounts import Account, Period, apps, page, plots, tables
from placecast.accounts.listening import sound_files
from placecast.accounts.reporting import Asked, Written, report
from placecast.audience import agents, kept
from placecast.audience.counting import Counted, Downloads
from placecast.audience.kept import Kept
from placecast.cli import cli
from placecast.errors import HostError, UsageError
from placecast.model import Person, Place, Release
from placecast.project import Project
from placecast.report.accounts import accounted
from placecast.storage import MemoryStorage
from tests import feeds, small_show, web
from tests.access_logs import ANTENNA, BOT, OVERCAST, Request, cloudfront, s3, write
from tests.small_show import SmallShow

SPRING = Period(first=date(2026, 4, 1), last=date(2026, 6, 30))
APRIL = Period(first=date(2026, 4, 1), last=date(2026, 4, 30))


def release(slug: str, published: str, **facts) -> Release:
    moment = datetime.fromisoformat(published)
    told = feeds.episode(slug=slug, title=f"The {slug}", guid=slug, published=moment, **facts.pop("told", {}))
    return feeds.release(told, published=moment, **facts)


def ana(organisation: str = "Small Places Trust") -> Person:
    return Person(name="Ana Prys", organisation=organisation)


RELEASES = (
    release("mill", "2026-06-30T23:30:00+01:00", approval=None, edited=False, told={"people": (ana(),)}),
    release("harbour", "2026-05-01T06:00:00+01:00", told={"people": (ana(),), "places": (Place(name="Grimsby"),)}),
    release("bridge", "2026-03-31T23:30:00+01:00", told={"places": (Place(name="Leith", rel="creator"),)}),
    release("canal", "2026-07-01T00:30:00+01:00"),
)


def heard(*downloads: tuple[date, str, str, int], now: datetime = datetime(2026, 9, 1, tzinfo=UTC)) -> Kept:
    found = tuple(
        Downloads(day=day, episode=slug, app=app, kind="app", country="GB", count=count)
        for day, slug, app, count in downloads
    )
    requests = Counter({day: count for day, *_, count in downloads})
    return kept.merged(Kept(), Counted(downloads=found, requests=requests, left=Counter()), now)[0]


LISTENED = heard(
    (date(2026, 3, 31), "bridge", "Overcast", 7),
    (date(2026, 5, 1), "harbour", "Overcast", 30),
    (date(2026, 5, 2), "harbour", "AntennaPod", 12),
    (date(2026, 6, 30), "bridge", "AntennaPod", 5),
    (date(2026, 7, 1), "mill", "AntennaPod", 99),
)


def gathered(period: Period = SPRING, counts: Kept = LISTENED) -> Account:
    show = {"people": (Person(name="Rosa Hartley", role="host"),), "places": (Place(name="Birmingham", rel="creator"),)}
    return accounts.gather(feeds.publication(*RELEASES, **show), period, counts, ("a list",))


def test_the_period_begins_and_ends_where_the_show_is_at_home():
    assert [each.slug for each in gathered().episodes] == ["harbour", "mill"]


def test_what_was_made_is_counted_in_the_period_and_since_the_beginning():
    measures = {each.name: (round(each.period, 1), round(each.so_far, 1)) for each in gathered().measures}
    assert measures == {
        "Episodes": (2, 3),
        "Hours of sound": (1.0, 1.5),
        "People heard or credited": (2, 2),
        "Organisations": (1, 1),
        "Places": (2, 3),
        "Episodes with a transcript": (2, 3),
        "Transcripts approved by a person": (1, 2),
        "Corrections": (0, 0),
        "Downloads": (47, 54),
    }


def test_people_organisations_and_places_are_named_with_what_they_did():
    account = gathered()
    assert [(each.name, each.about, each.episodes) for each in account.people] == [
        ("Ana Prys", ("guest, Small Places Trust",), 2),
        ("Rosa Hartley", ("host",), 2),
    ]
    assert [(each.name, each.about, each.episodes) for each in account.organisations] == [
        ("Small Places Trust", ("Ana Prys",), 2)
    ]
    assert [(each.name, each.about, each.episodes) for each in account.places] == [
        ("Birmingham", ("made there",), 2),
        ("Grimsby", ("talked about",), 1),
    ]


def test_downloads_of_older_episodes_count_in_the_period_in_which_they_were_made():
    found = gathered().heard
    assert found
    assert found.episodes == (("harbour", "The harbour", 42), ("bridge", "The bridge", 5))
    assert (found.total, found.counted, len(found.days), found.countries) == (47, 3, 91, (("GB", 47),))


def test_days_that_may_get_more_are_named():
    early = heard((date(2026, 5, 1), "harbour", "Overcast", 3), now=datetime(2026, 5, 2, 12, tzinfo=UTC))
    account = gathered(counts=early)
    assert account.heard
    assert account.heard.unsure == (date(2026, 5, 1),)
    assert b"may not have been whole when they were counted: 1 May 2026" in page.render(account, tables.of(account))


def written(account: Account, folder: Path) -> dict[str, bytes]:
    accounts.write(account, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_account_is_written_as_the_same_files(tmp_path: Path):
    assert written(gathered(), tmp_path / "one") == written(gathered(), tmp_path / "two")


def test_page_tables_and_data_say_the_same(tmp_path: Path):
    files = written(gathered(), tmp_path)
    data, shown_page = json.loads(files["report.json"]), lxml.html.document_fromstring(files["report.html"])
    assert (data["show"], data["from"], data["to"]) == ("Placecast", "2026-04-01", "2026-06-30")
    for name in ("summary", "episodes", "people", "places", "downloads-by-episode", "downloads-by-app"):
        head, *rows = csv.reader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig")))
        assert [dict(zip(head, row, strict=True)) for row in rows] == [
            {key: str(value) for key, value in row.items()} for row in data[name]
        ]
        seen = [[cell.text_content() for cell in row] for row in shown_page.xpath("//tbody/tr")]
        # A long number has commas on the page, and an address is behind its title.
        told = [
            [f"{int(cell):,}" if cell.isdecimal() else cell for cell in row[: len(head) - ("Address" in head)]]
            for row in rows
        ]
        assert [row for row in told if row not in seen] == []
    assert [each.get("href") for each in shown_page.xpath("//tbody//a")] == [
        each["Address"] for each in data["episodes"]
    ]


def test_the_page_needs_nothing_else_and_every_plot_says_what_it_shows(tmp_path: Path):
    shown = lxml.html.document_fromstring(written(gathered(), tmp_path)["report.html"])
    assert shown.xpath("//script | //link | //img | //@src | //iframe") == []
    assert len(shown.xpath("//*[name()='svg']")) == 4
    for plot in shown.xpath("//*[name()='svg']"):
        named = [shown.get_element_by_id(each).text_content() for each in plot.get("aria-labelledby").split()]
        assert named[0].startswith("Downloads by")
        assert "downloads in" in named[1]
        assert plot.get("role") == "img"
        table = plot.xpath("following::table[1]")[0]
        assert table.xpath("caption/text()") == [named[0]]
    assert all(row.xpath("th[@scope='row']") for row in shown.xpath("//tbody/tr"))
    levels = [int(each.tag[1]) for each in shown.xpath("//h1 | //h2 | //h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_is_read_and_seen_stands_out_by_day_and_at_night(tmp_path: Path):
    style = written(gathered(), tmp_path)["report.html"].decode()
    for scheme in (style.split("prefers-color-scheme")[0], style.split("prefers-color-scheme")[1]):
        found = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        assert colours.contrast(found["ink"], found["paper"]) >= 7
        assert colours.contrast(found["accent"], found["paper"]) >= 4.5


def test_hostile_titles_stay_text_on_the_page_and_in_spreadsheets(tmp_path: Path):
    told = {"people": (Person(name="=HYPERLINK(1)"),), "places": (Place(name="<script>alert(1)</script>"),)}
    published = feeds.publication(release("harbour", "2026-05-01T06:00:00+01:00", told=told))
    files = written(accounts.gather(published, SPRING, LISTENED), tmp_path)
    assert b"<script>" not in files["report.html"]
    assert b"'=HYPERLINK(1)," in files["people.csv"]


def test_a_period_without_episodes_and_logs_is_said_to_be_so(tmp_path: Path):
    account = accounts.gather(feeds.publication(), APRIL, Kept())
    files = written(account, tmp_path)
    assert b"No episode came out in this period." in files["report.html"]
    assert b"Downloads were not counted" in files["report.html"]
    assert "downloads-by-day.csv" not in files


@pytest.mark.parametrize(
    ("days", "unit", "bars", "first"),
    [(62, "day", 62, "1 Jan 2026"), (63, "week", 10, "week of 29 Dec 2025"), (401, "month", 14, "Jan 2026")],
)
def test_many_days_are_shown_by_week_or_month(days: int, unit: str, bars: int, first: str):
    told, made = plots.spans([(date(2026, 1, 1) + timedelta(days=n), 1) for n in range(days)])
    assert (told, len(made), made[0].name, sum(each.count for each in made)) == (unit, bars, first, days)


@pytest.mark.parametrize(
    ("count", "top"),
    [(0, 2), (1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 20), (41, 60), (61, 80), (99, 100), (101, 200), (201, 300)],
)
def test_the_scale_of_a_plot_ends_at_an_even_round_number(count: int, top: int):
    assert plots._nice(count) == top


# From logs and facts to the report


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a show with one published episode of four seconds."""
    made = small_show.make(tmp_path_factory.mktemp("accounts") / "show")
    made.add("harbour")
    made.publish()
    return made.project.root


@pytest.fixture
def show(published: Path, tmp_path: Path) -> SmallShow:
    shutil.copytree(published, tmp_path / "show")
    return SmallShow(project=Project(root=tmp_path / "show"))


def requests(show: SmallShow) -> list[Request]:
    """Three downloads, and a bot's."""
    audio = show.project.audio("harbour")
    assert audio
    path, at = f"/media/{audio.name}", datetime(2026, 5, 3, 12, tzinfo=UTC)
    agents = (("192.0.2.1", OVERCAST), ("192.0.2.1", ANTENNA), ("192.0.2.2", OVERCAST), ("192.0.2.3", BOT))
    return [Request(at=at, path=path, address=address, agent=agent, sent=audio.bytes) for address, agent in agents]


def made(show: SmallShow, *logs: str, period: Period = SPRING) -> Written:
    return report(show.run(), Asked(period=period, logs=logs))


def test_downloads_are_in_the_report_and_stay_when_the_logs_are_gone(show: SmallShow, tmp_path: Path):
    folder = write(tmp_path / "logs", cloudfront(requests(show)))
    first = made(show, str(folder))
    assert first.account.heard
    assert first.account.heard.total == 3
    for path in folder.iterdir():
        path.unlink()
    again = made(show)
    assert again.account == first.account
    assert again.listened is None


def test_no_address_and_no_trace_of_one_is_left_in_the_shows_folder(show: SmallShow, tmp_path: Path):
    made(show, str(write(tmp_path / "logs", s3(requests(show)))))
    words = {b"192.0.2", b"Overcast/3.0", b"iOS podcast app"}
    folders = [show.project.root / name for name in ("audience", "reports")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if any(word in path.read_bytes() for word in words)] == []


def test_logs_are_fetched_from_a_bucket_but_for_those_of_days_that_were_counted_whole(show: SmallShow, tmp_path: Path):
    bucket = MemoryStorage()
    show.opened = lambda _: bucket
    for day in (3, 4, 5):
        told = [Request(**{**vars(each), "at": each.at.replace(day=day)}) for each in requests(show)]
        bucket.files[f"2026-05-{day:02}-23-00-00-ABC"] = s3(told)
    first = made(show, "s3://logs-of-ours/logs")
    assert first.account.heard
    assert (first.account.heard.total, first.listened and first.listened.files) == (9, 3)
    again = made(show, "s3://logs-of-ours/logs")
    assert (again.account.heard, again.listened and again.listened.files) == (first.account.heard, 1)


def test_a_minute_is_told_by_the_tag_of_the_file_that_is_here_and_guessed_from_its_facts_elsewhere(show: SmallShow):
    audio = show.project.audio("harbour")
    _, episodes = show.project.load()
    files, stand_in = sound_files(show.project, episodes)
    assert audio
    assert files[audio.name].enough == audio.bytes  # it has four seconds
    assert stand_in == {"harbour": files[audio.name]}


def test_a_folder_of_logs_that_is_not_there_is_named(show: SmallShow, tmp_path: Path):
    with pytest.raises(UsageError, match="there are no logs here"):
        made(show, str(tmp_path / "nowhere"))


def test_the_command_says_the_numbers_and_where_the_report_lies(show: SmallShow, tmp_path: Path):
    folder = write(tmp_path / "logs", s3(requests(show)))
    told = ["report", "--from", "2026-05", "--to", "2026-05", "--logs", str(folder), "-C", str(show.project.root)]
    done = CliRunner().invoke(cli, told, catch_exceptions=False)
    for line in ("Episodes: 1", "Downloads: 3", "  left out, 1: came from bots", "Days with logs: 1 of 31"):
        assert line in done.stdout.splitlines()
    assert "Written: reports/2026-05-01_2026-05-31/report.html, with tables beside it." in done.stdout
    assert (show.project.root / "reports/2026-05-01_2026-05-31/downloads-by-day.csv").is_file()
    data = json.loads(CliRunner().invoke(cli, [*told, "--json"], catch_exceptions=False).stdout.splitlines()[-1])
    assert (data["measures"]["Downloads"], data["left_out"]) == (3, {"bot": 1})


@pytest.mark.parametrize("days", [("2026-05-02", "2026-05-01"), ("2026-13", "2027"), ("May", "2027")])
def test_a_period_that_is_none_is_refused(show: SmallShow, days: tuple[str, str]):
    told = ["report", "--from", days[0], "--to", days[1], "-C", str(show.project.root)]
    done = CliRunner().invoke(cli, told)
    assert done.exit_code
    assert not (show.project.root / "reports").exists()


def test_what_went_by_is_told(show: SmallShow, tmp_path: Path):
    folder = write(tmp_path / "logs", s3(requests(show)))
    (folder / "notes.txt").write_text("Nothing\n")
    made(show, str(folder))
    fewer = write(tmp_path / "fewer", s3(requests(show)[:1]))
    (fewer / "notes.txt").write_text("Nothing\n")
    lines = accounted(made(show, str(fewer)), show.project).lines
    assert "No logs of S3 or CloudFront, passed by: notes.txt" in lines
    assert any("tell less of 2026-05-03 than was counted before" in line for line in lines)


# The list of apps


def listed(**parts: object) -> dict[str, bytes]:
    entries = {part: {"entries": []} for part in ("bots", "apps", "libraries", "browsers")} | parts
    return {f"{part}.runtime.json": json.dumps(value).encode() for part, value in entries.items()}


@pytest.mark.usefixtures("no_proxy")
def test_the_newest_list_of_apps_is_fetched_and_used(tmp_path: Path):
    ours = {"entries": [{"name": "Ours", "pattern": "^Overcast/", "category": "app"}]}
    with web.serving(listed(apps=ours)) as server:
        path = apps.update(tmp_path, date(2026, 6, 1), server.address.rstrip("/"))
    assert agents.read(path).of(OVERCAST).name == "Ours"
    assert agents.sources(path) == (
        "Open Podcast Analytics Working Group, user-agents-v2, as of 2026-06-01, MIT licence",
    )


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.parametrize(
    ("spoilt", "what"),
    [
        ({"apps": {"entries": [{"name": "Ours", "pattern": "("}]}}, "has a pattern that is none"),
        ({"apps": {"entries": [{"name": "Ours"}]}}, "is no list of apps"),
        ({"apps": []}, "is no list of apps"),
    ],
)
def test_a_list_that_is_none_changes_nothing(spoilt: dict, what: str, tmp_path: Path):
    with web.serving(listed(**spoilt)) as server, pytest.raises(HostError, match=what):
        apps.update(tmp_path, date(2026, 6, 1), server.address.rstrip("/"))
    assert list(tmp_path.iterdir()) == []
