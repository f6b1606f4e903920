"""Downloads are counted as the guideline of the IAB Tech Lab has it, and no address is kept."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placecast.audience import agents, kept, networks, reading
from placecast.audience.counting import Counted
from placecast.audience.kept import Kept
from placecast.audience.logs import LogError
from placecast.audience.rules import BUSY, File, enough, header_of, likely_header, listener_part
from placecast.audience.tally import Desk, Plan, tally
from placecast.errors import EngineError, FactsError
from tests.access_logs import ANTENNA, BOT, OVERCAST, SPOTIFY, Request, cloudfront, cloudfront_json, s3, slowly, write
from tests.conftest import ROOT

ENOUGH = 800_000
HARBOUR = File(episode="harbour", enough=ENOUGH)
PLAN = Plan(files={"harbour-0123456789ab.mp3": HARBOUR}, episodes={"harbour": HARBOUR}, secret=b"s" * 32)
DAY = date(2026, 10, 5)
EACH_FORM = pytest.mark.parametrize("form", [s3, cloudfront, cloudfront_json])
Form = Callable[[Iterable[Request]], bytes]


def counted(tmp_path: Path, *logs: bytes, plan: Plan = PLAN, processes: int = 1) -> Counted:
    return reading.read(reading.found([write(tmp_path / "logs", *logs)]), plan, processes)


def total(found: Counted) -> int:
    return sum(each.count for each in found.downloads)


@EACH_FORM
def test_the_example_of_the_guideline_is_counted_as_its_column_for_calendar_days_has_it(form: Form, tmp_path: Path):
    monday = datetime(2026, 10, 5, tzinfo=UTC)
    times = (
        *(monday + timedelta(hours=22), monday + timedelta(days=1, hours=3)),
        *(monday + timedelta(days=1, hours=22, minutes=15), monday + timedelta(days=2, hours=23, minutes=15)),
    )
    found = counted(tmp_path, form(Request(at=at) for at in times))
    assert {each.day: each.count for each in found.downloads} == {DAY + timedelta(days=n): 1 for n in range(3)}


@EACH_FORM
def test_six_apps_behind_one_address_that_ask_ten_times_are_six_downloads(form: Form, tmp_path: Path):
    apps = [f"AntennaPod/{number}.0" for number in range(6)]
    found = counted(tmp_path, form(Request(agent=app) for app in apps + apps[:4]))
    assert [(each.app, each.count) for each in found.downloads] == [("AntennaPod", 6)]


@EACH_FORM
def test_parts_count_once_they_hold_a_minute_together(form: Form, tmp_path: Path):
    part = Request(status=206, sent=ENOUGH // 2, first=0, last=ENOUGH // 2 - 1)
    rest = replace(part, first=ENOUGH // 2, last=ENOUGH - 1)
    assert total(counted(tmp_path / "one", form([part]))) == 0
    assert total(counted(tmp_path / "two", form([part, rest]))) == 1
    tomorrow = replace(rest, at=rest.at + timedelta(days=1))
    assert total(counted(tmp_path / "apart", form([part, tomorrow]))) == 0


@EACH_FORM
@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"method": "HEAD"}, "check"),
        ({"status": 304, "sent": 0}, "check"),
        ({"status": 404, "sent": 300}, "check"),
        ({"status": 206, "sent": 2, "first": 0, "last": 1}, "probe"),
        ({"agent": BOT}, "bot"),
        ({"agent": "Amazon CloudFront"}, "bot"),
        ({"agent": "-"}, "nameless"),
        ({"agent": "atc/1.0 watchOS/10.4 model/Watch6,2 hwp/t8301 build/21T216 (6; dt:233)"}, "watch"),
        ({"agent": "Podcasts (null)/(null) watchOS/10.4 model/Watch6,2"}, "watch"),
        ({"path": "/media/another-0123456789ab.mp3"}, "unknown"),
        ({"path": "/feed.xml"}, "other"),
        ({"sent": ENOUGH - 1}, "short"),
        ({"address": "not-an-address"}, "damaged"),
    ],
)
def test_what_is_no_download_is_left_out_and_its_reason_told(form: Form, spoilt: dict, why: str, tmp_path: Path):
    found = counted(tmp_path, form([Request(), replace(Request(address="192.0.2.9"), **spoilt)]))
    assert (total(found), found.left) == (1, {why: 1})


@EACH_FORM
def test_addresses_of_one_ipv6_network_are_one_listener(form: Form, tmp_path: Path):
    near = ["2001:db8:1:2::5", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:DB8:1:2:0:0:0:1"]
    asked = [Request(address=address) for address in (*near, "2001:db8:1:3::5", "192.0.2.1", "::ffff:192.0.2.1")]
    assert total(counted(tmp_path, form(asked))) == 3


@pytest.mark.parametrize(
    ("address", "part"),
    [
        (b"192.0.2.1", b"192.0.2.1"),
        (b"::ffff:192.0.2.1", b"192.0.2.1"),
        (b"2001:db8:1:2::5", bytes.fromhex("20010db800010002")),
        (b"-", None),
        (b"2001:::5", None),
        (b"unknown", None),
    ],
)
def test_what_of_an_address_is_the_listener(address: bytes, part: bytes | None):
    assert listener_part(address) == part


MOMENTS = st.integers(0, 3 * 86_400 - 1).map(lambda n: datetime(2026, 10, 5, tzinfo=UTC) + timedelta(seconds=n))
ADDRESSES = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8:1:2::5", "2001:db8:1:2::6", "2001:db8:1:3::5"])
REQUESTS = st.builds(
    Request,
    at=MOMENTS,
    address=ADDRESSES,
    agent=st.sampled_from([OVERCAST, ANTENNA, SPOTIFY, BOT]),
    method=st.sampled_from(["GET", "GET", "GET", "HEAD"]),
    status=st.sampled_from([200, 206, 206, 304]),
    sent=st.integers(3, ENOUGH),
    first=st.just(0),
    last=st.sampled_from([1, 99]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(REQUESTS, max_size=40), cut=st.integers(0, 40))
def test_quick_and_slow_counting_agree(requests: list[Request], cut: int, tmp_path: Path):
    # S3 does not log ranges: what it sends for 0-1 is two bytes.
    requests = [replace(each, sent=2, status=206) if each.last == 1 else each for each in requests]
    expected = slowly(requests, ENOUGH)
    for form in (s3, cloudfront, cloudfront_json):
        folder = tmp_path / form.__name__
        logs = [form(part) for part in (requests[:cut], requests[cut:])]
        found = counted(folder, *logs)
        names = {agent: READY.agents.of(agent).name for agent in (OVERCAST, ANTENNA, SPOTIFY)}
        told = {(each.day, each.app): each.count for each in found.downloads}
        assert told == {(day, names[agent]): count for (day, agent), count in expected.items()}


READY = Desk(PLAN)


def test_two_files_of_one_episode_are_one_download(tmp_path: Path):
    small = File(episode="harbour", enough=200_000)
    plan = replace(PLAN, files={**PLAN.files, "harbour-ffffffffffff.opus": small})
    asked = [Request(), Request(path="/media/harbour-ffffffffffff.opus", sent=200_000)]
    assert total(counted(tmp_path, s3(asked), plan=plan)) == 1
    assert total(counted(tmp_path / "small", s3(asked[1:]), plan=plan)) == 1


def test_sound_that_was_replaced_counts_for_its_episode(tmp_path: Path):
    found = counted(tmp_path, cloudfront([Request(path="/shows/a/media/harbour-999999999999.mp3")]))
    assert [each.episode for each in found.downloads] == ["harbour"]


def test_an_address_with_more_downloads_than_a_household_is_left_out_unless_many_share_it(tmp_path: Path):
    # A version is part of an app's name for itself.
    crowd = [Request(agent=f"AntennaPod/{number}") for number in range(BUSY + 1)]
    found = counted(tmp_path, s3([*crowd, Request(address="192.0.2.2")]))
    assert (total(found), found.left) == (1, {"busy": BUSY + 1})
    shared = tmp_path / "shared.txt"
    shared.write_text("# the campus\n192.0.2.1/32\n", "utf-8")
    assert total(counted(tmp_path, plan=replace(PLAN, shared=shared))) == BUSY + 2


def test_data_centres_are_left_out_whatever_their_list_is_written_in(tmp_path: Path):
    lists = tmp_path / "data-centres"
    lists.mkdir()
    (lists / "ip-ranges.json").write_text(
        '{"prefixes": [{"ip_prefix": "192.0.2.0/28"}, {"ip_prefix": "192.0.2.4/31"}]}'
    )
    (lists / "more.csv").write_text("2001:db8:77::/48,somewhere\n")
    asked = [Request(address=each) for each in ("192.0.2.3", "192.0.2.16", "2001:db8:77:1::4", "2001:db8:78::4")]
    found = counted(tmp_path, cloudfront(asked), plan=replace(PLAN, centres=lists))
    assert (total(found), found.left) == (2, {"centre": 2})


def test_a_network_that_is_none_is_named(tmp_path: Path):
    (tmp_path / "list.txt").write_text("192.0.2.0/99\n")
    with pytest.raises(FactsError, match=r"audience/data-centres: list\.txt: names a network that is none"):
        networks.read(tmp_path, networks.CENTRES)


def test_countries_are_told_where_a_database_is_given(tmp_path: Path):
    plan = replace(PLAN, countries=ROOT / "tests/data/audience/countries.mmdb")
    asked = [Request(address=each) for each in ("192.0.2.3", "198.51.100.1", "2001:db8::1", "203.0.113.4")]
    found = counted(tmp_path, s3(asked), plan=plan)
    assert {each.country: each.count for each in found.downloads} == {"GB": 1, "IE": 1, "FR": 1, "": 1}
    no_database = tmp_path / "no.mmdb"
    no_database.write_bytes(b"nothing")
    with pytest.raises(EngineError, match="cannot be read as a database of countries"):
        networks.Countries(no_database)


def test_nothing_that_leaves_a_batch_holds_an_address_or_a_hash_that_another_run_would_make(tmp_path: Path):
    paths = reading.found([write(tmp_path, s3([Request(), Request(at=Request().at + timedelta(days=1))]))])
    made = tally(paths, READY)
    again = tally(paths, Desk(replace(PLAN, secret=b"t" * 32)))
    assert "192.0.2.1" not in repr(made)
    assert OVERCAST not in repr(made)
    assert len({*made.listener, *again.listener}) == 4


def test_several_processes_count_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_MANY", 1)
    logs = [s3([Request(address=f"192.0.2.{n}"), Request()]) for n in range(5, 8)]
    alone = counted(tmp_path, *logs)
    assert counted(tmp_path, processes=2) == alone
    assert total(alone) == 4


@EACH_FORM
def test_damaged_lines_and_files_that_are_no_logs_are_passed_by_and_told(form: Form, tmp_path: Path):
    cut = form([Request(address="192.0.2.7")]).splitlines()[-1][-90:]
    folder = write(tmp_path / "logs", form([Request()]) + b"media/ and nothing else\n" + cut + b"\x00media/\n")
    (folder / "readme.txt").write_text("The logs of our bucket\n")
    (folder / ".DS_Store").write_bytes(b"\x00\x01")
    (folder / "empty").write_bytes(b"")
    found = counted(tmp_path)
    assert (total(found), found.left["damaged"], found.strange) == (1, 2, ("empty", "readme.txt"))


def test_a_log_whose_packing_is_broken_is_named(tmp_path: Path):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "E1.gz").write_bytes(gzip.compress(cloudfront([Request()] * 50))[:-40])
    with pytest.raises(LogError, match=r"E1\.gz: is damaged"):
        counted(tmp_path)


def test_a_log_without_the_late_columns_of_cloudfront_is_read(tmp_path: Path):
    first, fields, *rows = cloudfront([Request(sent=ENOUGH)]).splitlines()
    cut = [line.rsplit(sign, 4)[0] for line, sign in ((fields, b" "), *((row, b"\t") for row in rows))]
    assert total(counted(tmp_path, b"\n".join([first, *cut, b""]))) == 1


@pytest.mark.parametrize(
    ("size", "seconds", "header", "least"),
    [(43_290_000, 3600, 90_000, 810_000), (500_000, 40, 90_000, 500_000), (800_000, 60, 80_000, 800_000)],
)
def test_a_minute_is_told_by_the_files_own_rate_and_the_tag_counts_off(size, seconds, header, least):
    assert enough(size, seconds, header) == least


def test_the_tag_of_a_published_file_is_measured_and_of_one_that_is_elsewhere_told(sample_recording: Path):
    assert header_of(b"ID3\x03\x00\x00\x00\x05\x7f\x10" + bytes(20)) == 10 + (5 << 14) + (0x7F << 7) + 0x10
    assert header_of(b"OggS" + bytes(20)) == 0
    facts = json.loads((ROOT / "episodes/whose-high-street/audio.json").read_bytes())
    assert likely_header(facts["bytes"], facts["seconds"]) == 2300088 - int(96 * 125 * 178.2625)


@pytest.mark.parametrize(
    ("agent", "name", "kind"),
    [
        (OVERCAST, "Overcast", "app"),
        (SPOTIFY, "Spotify", "app"),
        (
            "AppleCoreMedia/1.0.0.21E236 (iPhone; U; CPU OS 17_4_1 like Mac OS X)",
            "Apple's player (AppleCoreMedia)",
            "library",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0",
            "Google Chrome",
            "browser",
        ),
        ("curl/8.4.0", "Bot", "bot"),
        ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "Bot", "bot"),
        ("Something nobody knows/1.0", "Unknown", "unknown"),
    ],
)
def test_apps_are_told_by_the_list(agent: str, name: str, kind: str):
    found = READY.agents.of(agent)
    assert (found.name, found.kind) == (name, kind)


def test_a_shows_own_list_of_apps_is_taken_and_crawlers_are_known_all_the_same(tmp_path: Path):
    path = tmp_path / "apps.json"
    parts = {"bots": [], "apps": [["Ours", "^Overcast/"]], "libraries": [], "browsers": []}
    path.write_text(json.dumps({"sources": ["us"], **parts}), "utf-8")
    ours = agents.read(path)
    assert (ours.of(OVERCAST).name, ours.of(BOT).kind, agents.sources(path)) == ("Ours", "bot", ("us",))
    path.write_text('{"apps": 5}', "utf-8")
    with pytest.raises(FactsError, match="is no list of apps"):
        agents.read(path)


def days(requests: int, count: int, day: date = DAY, country: str = "GB") -> Counted:
    from placecast.audience.counting import Downloads

    one = Downloads(day=day, episode="harbour", app="Overcast", kind="app", country=country, count=count)
    return Counted(downloads=(one,), requests=Counter({day: requests}), left=Counter())


def test_counts_are_kept_without_the_logs_and_counted_anew_only_from_logs_that_tell_as_much(tmp_path: Path):
    soon, late = datetime(2026, 10, 6, 23, tzinfo=UTC), datetime(2026, 10, 7, 0, tzinfo=UTC)
    first, less = kept.merged(Kept(), days(10, 4), soon)
    assert (first.whole, less) == (frozenset(), ())
    assert set(kept.write(tmp_path, first)) == {
        f"audience/{name}" for name in ("days.csv", "2026-10-downloads.csv", "2026-10-countries.csv")
    }
    assert kept.read(tmp_path) == first
    more, less = kept.merged(kept.read(tmp_path), days(12, 5), late)
    assert (sum(more.apps.values()), more.whole, less) == (5, {DAY}, ())
    same, less = kept.merged(more, days(3, 1), late)
    assert (same, less) == (more, (DAY,))
    assert kept.write(tmp_path, more)
    assert kept.write(tmp_path, kept.read(tmp_path)) == ()


def test_a_table_of_counts_that_was_spoilt_is_named(tmp_path: Path):
    kept.write(tmp_path, kept.merged(Kept(), days(10, 4), datetime(2026, 10, 9, tzinfo=UTC))[0])
    path = tmp_path / "audience/2026-10-downloads.csv"
    path.write_text(path.read_text().replace(",4", ",four"))
    with pytest.raises(FactsError, match=r"audience/2026-10-downloads\.csv: is no table of counts"):
        kept.read(tmp_path)
