from datetime import date, time
from pathlib import Path
from textwrap import dedent

import pytest

from bot.site_file import Flaw, read_site
from store import patterns
from store.access import Role
from store.patterns import PANAMA
from store.shifts import ShiftTimes, shift_on
from store.site import Site, SiteCrew, SiteHolidays, SiteShutdown, SiteTeam
from store.tools import ToolType

DEMO = Path(__file__).parents[2] / "bot" / "demo" / "site.yaml"

GOOD = """\
workspace: {slack: T0MINE, name: Mine}
site: {name: Mine, zone: Australia/Perth}
people:
  ola:
    slack: U0OLA
    name: Ola Nordby
  mick: {slack: U0MICK, name: Mick Daly}
teams:
  Fixed plant:
    channel: C0PLANT
    shifts:
      D: {starts: 06:00, minutes: 720}
      N: {starts: 18:00, minutes: 720}
    pattern:
      anchor: 2026-03-01
      cycle: [D, N, off, off]
    crews:
      A: {offset: 0, people: [ola]}
      B: {offset: 2, people: [mick]}
    leads: []
tools:
  Pump Watch:
    type: alarm
    owner: mick
    teams: [Fixed plant]
    versions:
      - {name: 2.10, live_from: 2026-01-12}
  Mill Watch:
    type: forecast
    owner: mick
    teams: []
    depends_on: [Pump Watch]
"""


def flaws_of(text: str) -> list[str]:
    found = read_site(text)
    assert not isinstance(found, Site), "the file has no flaw"
    return [str(flaw) for flaw in found]


def site_of(text: str) -> Site:
    found = read_site(text)
    assert isinstance(found, Site), found
    return found


def with_change(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def demo() -> Site:
    return site_of(DEMO.read_text(encoding="utf-8"))


def test_what_yaml_would_turn_into_something_else_is_read_as_it_is_written() -> None:
    site = site_of(GOOD)
    team, tool = site.teams[0], site.tools[0]
    assert team.shifts[0] == ShiftTimes("D", time(6), 720)
    assert (team.anchor, team.cycle) == (date(2026, 3, 1), ("D", "N", "", ""))
    assert (tool.versions[0].name, tool.type) == ("2.10", ToolType.ALARM)


CLOSED = GOOD.replace(
    "site: {name: Mine, zone: Australia/Perth}",
    """\
site:
  name: Mine
  zone: Australia/Perth
  holidays: {country: AU, subdivision: WA}
  shutdowns:
    - {first: 2026-07-01, last: 2026-07-09, reason: Relining}""",
)


def test_closures_of_the_site_hold_for_its_teams() -> None:
    (team,) = site_of(CLOSED).teams
    assert team.holidays == SiteHolidays("AU", "WA", ("public",), worked_through=False)
    assert team.shutdowns == (SiteShutdown(date(2026, 7, 1), date(2026, 7, 9), "Relining"),)


def test_a_team_has_its_own_holidays_and_more_shutdowns() -> None:
    own = """\
    leads: []
    holidays: {country: AU, categories: [public, bank], worked_through: yes}
    shutdowns: [{first: 2026-12-24, last: 2026-12-24, reason: Eve}]
"""
    (team,) = site_of(CLOSED.replace("    leads: []\n", own)).teams
    assert team.holidays is not None
    assert (team.holidays.country, team.holidays.worked_through) == ("AU", True)
    assert [one.reason for one in team.shutdowns] == ["Relining", "Eve"]


def test_shutdowns_of_the_site_are_not_those_of_a_team_elsewhere() -> None:
    (team,) = site_of(CLOSED.replace("    leads: []\n", "    leads: []\n    site: Port\n")).teams
    assert team.shutdowns == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{country: XX}", 'the holidays of "XX" are not known'),
        ("{country: AU, subdivision: BY}", 'AU has no part "BY"'),
        ("{country: AU, categories: [armed_forces]}", "does not have all of these kinds"),
        ("{subdivision: WA}", "`country` is missing"),
    ],
)
def test_holidays_that_nobody_knows_are_told(written: str, said: str) -> None:
    (flaw,) = flaws_of(CLOSED.replace("{country: AU, subdivision: WA}", written))
    assert said in flaw


def test_a_shutdown_that_ends_before_it_begins_is_told() -> None:
    (flaw,) = flaws_of(CLOSED.replace("last: 2026-07-09", "last: 2026-06-09"))
    assert "`last` comes before `first`" in flaw


@pytest.mark.parametrize("key", ["no", "on", "y", "12", "2026-03-01", "1.5", "~x"])
def test_a_key_may_be_what_yaml_takes_for_something_else(key: str) -> None:
    text = GOOD.replace("mick", key)
    assert site_of(text).teams[0].crews[1] == SiteCrew("B", 2, ("U0MICK",))


def test_the_number_to_call_in_danger_is_the_sites_unless_a_team_has_its_own() -> None:
    assert [team.emergency for team in site_of(GOOD).teams] == [None]
    of_the_site = GOOD.replace("zone: Australia/Perth}", "zone: Australia/Perth, emergency: 000}", 1)
    assert [team.emergency for team in site_of(of_the_site).teams] == ["000"]
    its_own = of_the_site.replace("    leads: []", "    emergency: gate 4, 5550\n    leads: []")
    assert [team.emergency for team in site_of(its_own).teams] == ["gate 4, 5550"]
    elsewhere = of_the_site.replace("    leads: []", "    site: Harbour\n    leads: []")
    assert [team.emergency for team in site_of(elsewhere).teams] == [None]


def test_a_number_that_was_left_empty_is_told() -> None:
    (flaw,) = flaws_of(GOOD.replace("    leads: []", "    emergency:\n    leads: []"))
    assert "`emergency` is empty" in flaw


def test_what_a_team_does_not_say_comes_from_the_site() -> None:
    team = site_of(GOOD).teams[0]
    assert (team.site, team.zone) == ("Mine", "Australia/Perth")
    other = with_change("channel: C0PLANT", "channel: C0PLANT\n    zone: Europe/Oslo\n    site: Port")
    assert (site_of(other).teams[0].site, site_of(other).teams[0].zone) == ("Port", "Europe/Oslo")


def test_a_person_may_have_a_zone_a_locale_a_shared_account_and_roles() -> None:
    more = "name: Ola Nordby\n    zone: Europe/Oslo\n    locale: nb-NO\n    shared: yes\n    roles: [admin, delivery]"
    person = site_of(with_change("name: Ola Nordby", more)).people[0]
    assert (person.zone, person.locale, person.shared) == ("Europe/Oslo", "nb-NO", True)
    assert person.roles == {Role.ADMIN, Role.DELIVERY}


def test_an_alias_stands_for_what_it_names() -> None:
    text = with_change("shifts:\n", "shifts: &times\n")
    second = dedent("""\
      Mobile plant:
        channel: C0MOBILE
        shifts: *times
        pattern: {anchor: 2026-03-01, cycle: [D]}
        crews: {A: {offset: 0, people: [ola]}}
    """)
    text = text.replace("tools:\n", "".join(f"  {line}\n" for line in second.splitlines()) + "tools:\n")
    teams = site_of(text).teams
    assert teams[0].shifts == teams[1].shifts


def test_an_org_install_has_no_workspace_of_its_own() -> None:
    site = site_of(with_change("slack: T0MINE", "enterprise: E0MINE"))
    assert (site.enterprise_id, site.workspace) == ("E0MINE", "")


BAD = [
    ("zone: Australia/Perth", "zone: Australia/Pert",
     'line 2: site: zone "Australia/Pert" is not an IANA zone. Did you mean Australia/Perth?'),
    ("zone: Australia/Perth", "zone: Nowhere at all",
     'line 2: site: zone "Nowhere at all" is not an IANA zone. Write it as a place, such as Europe/Oslo.'),
    ("channel: C0PLANT", "chanel: C0PLANT",
     'line 10: team "Fixed plant": `chanel` is not a key that is known here. Did you mean channel?'),
    ("    channel: C0PLANT\n", "", 'line 10: team "Fixed plant": `channel` is missing. Add it.'),
    ("channel: C0PLANT", "channel: workshop",
     'line 10: team "Fixed plant": channel "workshop" is not a Slack channel id. It begins with C or G, such as '
     "C0WORKSHOP; in Slack: at the end of the channel's details."),
    ("slack: U0OLA", "slack: ola",
     'line 5: person ola: slack "ola" is not a Slack user id. It begins with U or W, such as U0OLA; in Slack: '
     "their profile, ⋮, Copy member ID."),
    ("slack: U0OLA", "slack: U0MICK", "line 7: person mick: U0MICK is ola already. Keep one of them."),
    ("slack: T0MINE", "slack: 1234",
     'line 1: workspace: slack "1234" is not the id of a Slack workspace. It begins with T, such as T0REDSTONE.'),
    ("{slack: T0MINE, name: Mine}", "{name: Mine}",
     "line 1: workspace: `slack` is missing. Add the workspace's id, such as T0REDSTONE."),
    ("name: Ola Nordby", "name:", "line 6: person ola: `name` is empty. Write a text there."),
    ("name: Ola Nordby", "name: [Ola, Nordby]", "line 6: person ola: `name` must be a text."),
    ("name: Ola Nordby", 'name: "Ola\\nNordby"',
     "line 6: person ola: `name` must stand on one line, without control characters."),
    ("name: Ola Nordby", "name: !me Ola", "line 6: person ola: `name` has the tag !me. Leave it away."),
    ("name: Ola Nordby", "name: Ola\n    name: Olav",
     "line 7: person ola: `name` is there twice, first on line 6. Keep one of them."),
    ("name: Ola Nordby", "name: Ola\n    shared: often", 'line 7: person ola: shared "often" is not yes or no.'),
    ("name: Ola Nordby", "name: Ola\n    locale: pirate",
     'line 7: person ola: locale "pirate" is not a language. Write it as en-AU.'),
    ("name: Ola Nordby", "name: Ola\n    roles: [cordinator]",
     'line 7: person ola: roles "cordinator" is not known. Did you mean coordinator?'),
    ("name: Ola Nordby", "name: Ola\n    roles: admin",
     "line 7: person ola: `roles` must be a list. Write it as [one, another]."),
    ("starts: 06:00", "starts: 25:00",
     'line 12: team "Fixed plant", shift D: starts "25:00" is not a time of day. Write it as 06:00.'),
    ("starts: 06:00", "starts: 6 am",
     'line 12: team "Fixed plant", shift D: starts "6 am" is not a time of day. Write it as 06:00.'),
    ("06:00, minutes: 720", "06:00, minutes: 12:00",
     'line 12: team "Fixed plant", shift D: minutes "12:00" is not a whole number from 1 to 1440.'),
    ("06:00, minutes: 720", "06:00, minutes: 0",
     'line 12: team "Fixed plant", shift D: minutes "0" is not a whole number from 1 to 1440.'),
    ("anchor: 2026-03-01", "anchor: 1.3.2026",
     'line 15: team "Fixed plant", pattern: anchor "1.3.2026" is not a date. Write it as 2026-03-01.'),
    ("anchor: 2026-03-01", "anchor: 2026-02-30",
     'line 15: team "Fixed plant", pattern: anchor "2026-02-30" is not a date. Write it as 2026-03-01.'),
    ("[D, N, off, off]", "[D, Nn, off, off]",
     'line 16: team "Fixed plant", pattern: cycle: there is no shift "Nn" in this file. Did you mean N?'),
    ("[D, N, off, off]", "[off, off, off]",
     'line 16: team "Fixed plant", pattern: `cycle` has no shift. Write one entry a day, such as [D, D, N, N, off].'),
    ("offset: 2", "offset: 4",
     'line 19: team "Fixed plant", crew B: offset "4" is not a whole number from 0 to 3.'),
    ("people: [mick]", "people: [mik]",
     'line 19: team "Fixed plant", crew B: people: there is no person "mik" in this file. Did you mean mick?'),
    ("people: [mick]", "people: [U0MICK]",
     'line 19: team "Fixed plant", crew B: people: write mick, the key of U0MICK in this file.'),
    ("people: [mick]", "people: [mick, ola]",
     'line 19: team "Fixed plant", crew B: ola is in crew A too. Keep them in one crew of a team.'),
    ("people: [mick]", "people: [mick, mick]",
     'line 19: team "Fixed plant", crew B: people: mick is there twice. Keep one of them.'),
    ("leads: []", "leads: [ola]\n    champions: [ola]",
     'line 21: team "Fixed plant": ola cannot be champion and lead of one team. Name somebody else for one of them.'),
    ("type: alarm", "type: alarms", 'line 23: tool "Pump Watch": type "alarms" is not known. Did you mean alarm?'),
    ("teams: [Fixed plant]", "teams: [Fixed plants]",
     'line 25: tool "Pump Watch": teams: there is no team "Fixed plants" in this file. Did you mean Fixed plant?'),
    ("teams: []\n", "teams: []\n    versions: [{name: 1, live_from: 2026-01-01}, {name: 1, live_from: 2026-01-02}]\n",
     'line 32: tool "Mill Watch", a version: 1 is there twice. Keep one of them.'),
    ("depends_on: [Pump Watch]", "depends_on: [Mill Watch]",
     'line 32: tool "Mill Watch": it depends on itself: Mill Watch → Mill Watch. Take one of these out.'),
    ("depends_on: [Pump Watch]", "<<: {a: b}",
     'line 32: tool "Mill Watch": `<<` is not a key that is known here. Known here: type, owner, teams, versions, '
     "depends_on, approver."),
    ("owner: mick\n    teams: [Fixed plant]", "owner: mick\n    approver: mik\n    teams: [Fixed plant]",
     'line 25: tool "Pump Watch": approver: there is no person "mik" in this file. Did you mean mick?'),
    ("tools:\n", "tols:\n", "line 21: `tols` is not a key that is known here. Did you mean tools?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "flaw"), BAD)
def test_a_flaw_names_its_line_and_says_what_to_do(old: str, new: str, flaw: str) -> None:
    assert flaw in flaws_of(with_change(old, new))


@pytest.mark.parametrize(("old", "new", "flaw"), [bad for bad in BAD if "chanel" not in bad[1]])
def test_one_mistake_is_one_flaw(old: str, new: str, flaw: str) -> None:
    assert flaws_of(with_change(old, new)) == [flaw]


def test_a_tool_may_name_whose_ok_its_changes_need() -> None:
    site = site_of(with_change("teams: [Fixed plant]", "teams: [Fixed plant]\n    approver: ola"))
    assert [tool.approver for tool in site.tools] == ["U0OLA", None]


OWN_PATTERN = GOOD[GOOD.index("    shifts:\n") : GOOD.index("    leads: []")]
READY = GOOD.replace(
    OWN_PATTERN,
    """\
    pattern: panama
    anchor: 2026-03-02
    crews:
      Red: {people: [ola]}
      Blue: {people: [mick]}
      Green: {people: []}
      Gold: {people: []}
""",
)


def with_ready(old: str, new: str) -> str:
    assert READY.count(old) == 1, old
    return READY.replace(old, new)


def test_a_ready_pattern_is_called_by_its_name() -> None:
    team = site_of(READY).teams[0]
    assert (team.anchor, team.cycle) == (date(2026, 3, 2), PANAMA.cycle)
    assert team.shifts == (ShiftTimes("D", time(6), 720), ShiftTimes("N", time(18), 720))
    assert [(crew.name, crew.offset) for crew in team.crews] == [("Red", 0), ("Blue", 7), ("Green", 28), ("Gold", 35)]
    assert [crew.people for crew in team.crews] == [("U0OLA",), ("U0MICK",), (), ()]


def test_a_ready_pattern_may_start_at_other_times() -> None:
    starts = "anchor: 2026-03-02\n    shifts: {D: {starts: 07:30}, N: {starts: 19:30}}"
    team = site_of(with_ready("anchor: 2026-03-02", starts)).teams[0]
    assert team.shifts == (ShiftTimes("D", time(7, 30), 720), ShiftTimes("N", time(19, 30), 720))


@pytest.mark.parametrize("name", patterns.READY)
def test_every_ready_pattern_can_be_written(name: str) -> None:
    ready = patterns.READY[name]
    crews = "".join(f"      Crew {number}: {{people: []}}\n" for number, _ in enumerate(ready.offsets))
    text = READY.replace(READY[READY.index("      Red") : READY.index("    leads: []")], crews)
    team = site_of(text.replace("pattern: panama", f"pattern: {name}")).teams[0]
    assert (team.cycle, team.shifts) == (ready.cycle, ready.shifts)
    assert tuple(crew.offset for crew in team.crews) == ready.offsets


BAD_READY = [
    ("pattern: panama", "pattern: panma",
     'line 11: team "Fixed plant": pattern "panma" is not known. Did you mean panama?'),
    ("pattern: panama", "pattern: none of these",
     'line 11: team "Fixed plant": pattern "none of these" is not known. Choose one of monday-to-friday, two-shifts, '
     "three-shifts, four-on-four-off, panama, dupont, or write `anchor` and `cycle` under it."),
    ("pattern: panama", "pattern:",
     'line 11: team "Fixed plant": `pattern` is empty. Write the name of a ready pattern there.'),
    ("    anchor: 2026-03-02\n", "",
     'line 11: team "Fixed plant": `anchor` is missing. Add the day on which the cycle of the first crew begins.'),
    ("anchor: 2026-03-02", "anchor: Monday",
     'line 12: team "Fixed plant": anchor "Monday" is not a date. Write it as 2026-03-01.'),
    ("      Gold: {people: []}\n", "",
     'line 13: team "Fixed plant": panama has 4 crews, and 3 stand here. Name them all, with `people: []` where '
     "nobody is."),
    ("Gold: {people: []}", "Gold: {offset: 3, people: []}",
     'line 17: team "Fixed plant", crew Gold: `offset` is not a key that is known here. Known here: people.'),
    ("anchor: 2026-03-02", "anchor: 2026-03-02\n    shifts: {E: {starts: 06:00}}",
     'line 13: team "Fixed plant", shifts: panama has no shift "E". It has D, N.'),
    ("anchor: 2026-03-02", "anchor: 2026-03-02\n    shifts: {D: {starts: 06:00, minutes: 720}}",
     'line 13: team "Fixed plant", shift D: `minutes` is not a key that is known here. Known here: starts.'),
    ("anchor: 2026-03-02", "anchor: 2026-03-02\n    shifts: {D: {}}",
     'line 13: team "Fixed plant", shift D: `starts` is missing. Add it.'),
    ("anchor: 2026-03-02", "anchor: 2026-03-02\n    shifts: {D: {starts: 07:00}}",
     'line 13: team "Fixed plant": D ends at 19:00, but N starts at 18:00. Somebody is always on shift in this '
     "pattern: move all starts alike."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "flaw"), BAD_READY)
def test_a_mistake_in_a_ready_pattern_is_one_flaw_with_its_line(old: str, new: str, flaw: str) -> None:
    assert flaws_of(with_ready(old, new)) == [flaw]


def test_a_crew_may_follow_a_user_group_instead_of_naming_its_people() -> None:
    crews = site_of(with_ready("Gold: {people: []}", "Gold: {user_group: S0GOLD}")).teams[0].crews
    assert crews[3] == SiteCrew("Gold", 35, (), "S0GOLD")
    crews = site_of(with_change("offset: 2, people: [mick]", "offset: 2, user_group: S0CREWB")).teams[0].crews
    assert crews[1] == SiteCrew("B", 2, (), "S0CREWB")


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("user_group: S0GOLD, people: []", "`people` is not a key that is known here. Known here: user_group."),
        (
            "user_group: gold",
            'user_group "gold" is not the id of a Slack user group. It begins with S, such as S0CREWA; in Slack: in '
            "the group's address.",
        ),
    ],
)
def test_a_mistake_in_a_user_group_is_one_flaw(written: str, flaw: str) -> None:
    text = with_ready("Gold: {people: []}", f"Gold: {{{written}}}")
    assert flaws_of(text) == [f'line 17: team "Fixed plant", crew Gold: {flaw}']


def test_a_pattern_by_the_week_is_anchored_on_a_monday() -> None:
    text = with_ready("anchor: 2026-03-02", "anchor: 2026-03-05").replace("panama", "three-shifts")
    assert flaws_of(text.replace("      Gold: {people: []}\n", "")) == [
        'line 12: team "Fixed plant": the weeks of three-shifts begin on a Monday. Take 2026-03-02 as the anchor.'
    ]


def test_an_own_cycle_has_its_anchor_beside_it_and_shifts() -> None:
    assert flaws_of(with_change("leads: []", "leads: []\n    anchor: 2026-03-01")) == [
        'line 21: team "Fixed plant": `anchor` belongs under `pattern`, beside the cycle. Move it there.'
    ]
    shifts = GOOD[GOOD.index("    shifts:\n") : GOOD.index("    pattern:\n")]
    assert flaws_of(GOOD.replace(shifts, "")) == ['line 10: team "Fixed plant": `shifts` is missing. Add it.']


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", "line 1: the file is empty. Begin with `workspace:`; bot/demo/site.yaml is an example."),
        ("# nothing\n\n", "line 1: the file is empty. Begin with `workspace:`; bot/demo/site.yaml is an example."),
        ("workspace:\n\tslack: T0MINE\n", "line 2: there is a tab. Use spaces."),
        ("site: {name: Mine\npeople: [", "line 2: this is not YAML: expected ',' or '}', but got ':'. Look at the "
         "indentation, colons and quotes here and just above."),
        (GOOD + "---\n" + GOOD, "line 33: a second document begins here. Keep everything in one, without `---`."),
        ("site:\n  name: \x07\n", "line 2: there is a control character. Take it out."),
        ("[" * 5_000, "line 1: the file is nested too deeply. Write it as the example does."),
        ("people: *nobody\n", "line 1: this is not YAML: found undefined alias 'nobody'. Look at the indentation, "
         "colons and quotes here and just above."),
        ("- one\n- two\n", "line 1: write the keys workspace, site, people, teams, tools here, each on a line of its "
         "own, as `key: value`."),
    ],
)  # fmt: skip
def test_what_is_no_site_file_at_all_is_one_flaw(text: str, flaw: str) -> None:
    assert flaws_of(text) == [flaw]


def test_a_list_that_holds_itself_is_a_flaw() -> None:
    assert flaws_of(with_change("leads: []", "leads: &me [*me]")) == [
        'line 20: team "Fixed plant": `leads` must be a list of plain texts.'
    ]


def test_all_flaws_come_at_once_in_the_order_of_their_lines() -> None:
    text = GOOD.replace("U0OLA", "ola").replace("06:00", "6").replace("2026-01-12", "soon").replace("[mick]", "[nick]")
    assert [flaw.split(":")[0] for flaw in flaws_of(text)] == ["line 5", "line 12", "line 19", "line 27"]


def test_a_missing_section_is_one_flaw_and_not_one_for_each_that_refers_to_it() -> None:
    people = GOOD[GOOD.index("people:\n") : GOOD.index("teams:\n")]
    assert flaws_of(GOOD.replace(people, "", 1)) == ["line 1: `people` is missing. Add it."]


def test_two_teams_cannot_share_a_channel() -> None:
    team = GOOD[GOOD.index("  Fixed plant:") : GOOD.index("tools:")]
    text = GOOD.replace("tools:", team.replace("Fixed plant", "Mobile plant") + "tools:", 1)
    assert flaws_of(text) == [
        'line 22: team "Mobile plant": C0PLANT is the channel of Fixed plant already. Give each team its own.'
    ]


def test_a_version_cannot_go_live_on_a_day_that_does_not_exist() -> None:
    text = GOOD.replace("Australia/Perth", "Pacific/Apia").replace("2026-01-12", "2011-12-30")
    assert read_site(text) == (
        Flaw(27, 'tool "Pump Watch", a version: 2011-12-30 does not exist in Pacific/Apia. Take the day after.'),
    )


def test_the_demos_site_has_one_team_of_twelve_with_one_crew_always_on() -> None:
    site = demo()
    (team,) = site.teams
    assert (site.workspace, team.channel, team.zone) == ("T0REDSTONE", "C0WORKSHOP", "Australia/Perth")
    assert [len(crew.people) for crew in team.crews] == [6, 6]
    assert team.leads == ("U0LENA",)
    for day in range(1, 29):
        assert len(on_shift(team, date(2026, 3, day))) == 1


def on_shift(team: SiteTeam, day: date) -> list[str]:
    return [crew.name for crew in team.crews if shift_on(team.pattern, crew.offset, day)]


def test_the_demos_tools_belong_to_nobody_who_sponsors_or_builds_them() -> None:
    tools = {tool.name: tool for tool in demo().tools}
    assert {tool.owner for tool in tools.values()} == {"U0HENRIK"}
    assert [(tools[name].type, tools[name].versions[0].name) for name in ("Pump Watch", "Screen Eye")] == [
        (ToolType.ALARM, "2.3"),
        (ToolType.VISION, "1.1"),
    ]
