"""A year of the four crews, act by act: what people do, and what the paper is told of it."""

import asyncio
import heapq
import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count

from sqlmodel import select

from bot.demo.stage import Stage
from bot.local_slack import Fault, Message, Person
from bot.roster_file import read_roster
from store import roster_import
from store.roster_import import RosterLine
from store.workspaces import Workspace
from tests.scenarios.four_crews import CREWS, DATA_SCIENTIST, FIRST_DAY, FLOOR, LAST_DAY, LEAD, SHARED, SPONSORS
from tests.scenarios.on_paper import (
    AFTER_THE_START,
    AT_THE_TALK,
    BEFORE_THE_END,
    DAY,
    EVERY_OTHER,
    OFF,
    TALKS,
    WEEKLY,
    Asked,
    DaysOff,
    Paper,
    Quiet,
    Shift,
    Spell,
    berlin,
    of_crew,
    of_crew_between,
)

PROPOSED = berlin(date(2026, 1, 2), time(9))
END = date(2027, 1, 20)
"""When the last question has closed."""
ANSWERS = ("👍 It helped", "😐 No difference", "👎 Got in the way", "➖ Didn't use it")
FACES = ("😠 Bad", "🙁 Poor", "😐 So-so", "🙂 Good", "😀 Very good")
ANSWERED = 0.4
"""How likely somebody answers."""
TAKEN_OUT = timedelta(minutes=2)
"""How long it takes until people have taken out their phones."""
REMINDED = timedelta(minutes=20)
"""How long before the end of a shift somebody is reminded who wants that."""
LATE = timedelta(minutes=25)
"""How long after the end of a shift somebody answers who does it at home."""

Act = Callable[[], Awaitable[None]]


class Year:
    """Plays the year, and writes on paper what people do.

    Args:
        stage: Where it is played.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage, self.paper = stage, Paper()
        self._chance, self._order = random.Random(26), count()
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._seen: dict[str, int] = {}
        self._swaps = [date(2026, month, day) for month, day in ((2, 16), (4, 20), (6, 22), (8, 24), (11, 16))]
        self._off = [date(2026, 3, 23), date(2026, 11, 2)]
        self._mutes = [date(2026, 3, 2)]
        self._changes, self._is_reminded = 0, False

    async def play(self) -> None:
        """From the proposal until the last question has closed."""
        await self._propose()
        await self._plan_what_to_ask()
        self._write_the_agenda()
        for wake in self._wakes():
            while self._agenda and self._agenda[0][0] <= wake:
                at, _, act = heapq.heappop(self._agenda)
                await self._go_on_to(at)
                await act()
                await self.stage.quiet()
            await self._go_on_to(wake)
            await self._people_look()
        await self.stage.quiet()

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    def _wakes(self) -> Iterator[datetime]:
        """Whenever a question may be due, and the midnights before and after a Sunday; not while we are down.

        On other days nothing is different at midnight: they are planned at their first hour before a shift ends.
        """
        day = FIRST_DAY
        while day < END:
            dues = [Shift(day - DAY, "N").ends - BEFORE_THE_END, Shift(day, "D").ends - BEFORE_THE_END]
            for wake in sorted([*dues, berlin(day, time())] if day.weekday() in (0, 6) else dues):
                if not any(since <= wake < back for since, back in self.paper.down):
                    yield wake
            day += DAY

    async def _go_on_to(self, at: datetime) -> None:
        """Let time pass, unless what was sent took a moment longer, and have done what is due."""
        self.stage.clock.advance_to(max(at, self.now))
        await self.stage.tick()

    def _person(self, slack_id: str) -> Person:
        return self.stage.person(slack_id)

    def _on(self, day: date, act: Act, hour: int = 10, minute: int = 0) -> None:
        self._at(berlin(day, time(hour, minute)), act)

    def _at(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), act))

    # Before it begins

    async def _propose(self) -> None:
        lead = self._person(LEAD)
        await lead.runs("/embedding")
        modal = await lead.sees_modal("Schedule an embedding")
        await modal.fills(
            {
                "Tools": ["Flare Watch"],
                "Data scientists": [DATA_SCIENTIST],
                "Sponsor, operations": SPONSORS[0],
                "Sponsor, data": SPONSORS[1],
                "First day": FIRST_DAY.isoformat(),
                "Last day": LAST_DAY.isoformat(),
                "What must be true at the end?": "Fewer than two false alarms a week",
            }
        )
        await modal.submits()
        await modal.closes()
        for slack_id in SPONSORS:
            sponsor = self._person(slack_id)
            await sponsor.clicks("I agree", on=await sponsor.sees("Is it all right with you?"))
        await self.stage.quiet()

    async def _plan_what_to_ask(self) -> None:
        """The plan that every embedding begins with stays as it is; a look back at the week comes on top."""
        dana = self._person(DATA_SCIENTIST)
        await dana.clicks("New plan", on=await self._plans(dana))
        await self._keep_plan(
            dana,
            {
                "Questions": "Weekly look back",
                "How many percent of them each time": "50",
                "How often": "Once a week, on the last shift of it",
            },
        )

    async def _plans(self, dana: Person) -> Message:
        listed = (await dana.runs("/embedding", "prompts")).message
        assert listed is not None
        return listed

    async def _keep_plan(self, dana: Person, filled: dict[str, str]) -> None:
        modal = await dana.sees_modal("What to ask")
        await modal.fills(filled)
        await modal.submits()
        await modal.sees("About")
        await modal.submits()
        await modal.sees("The plan of E-1 is")
        await modal.closes()

    # What is on the agenda

    def _write_the_agenda(self) -> None:
        paper = self.paper
        known = PROPOSED
        paper.days_off.append(DaysOff("shutdown", date(2026, 7, 27), date(2026, 8, 9), known))
        paper.down.append((berlin(date(2026, 2, 10), time(3)), berlin(date(2026, 2, 13), time(17, 20))))
        self._on(date(2026, 1, 6), partial(self._quiet_hours, "U0PIOTR", "Europe/Warsaw", time(4), time(5, 30)))
        self._on(
            date(2026, 1, 6), partial(self._quiet_hours, "U0DIEGO", "America/New_York", time(22, 30), time(23, 45))
        )
        self._at(paper.down[0][1], self._nothing)
        self._on(date(2026, 2, 16), partial(self._reminders, True))
        self._on(date(2026, 4, 8), partial(self._away, "U0INES", date(2026, 4, 13), date(2026, 5, 10)))
        self._on(date(2026, 4, 27), partial(self._reminders, False))
        self._on(date(2026, 5, 18), partial(self._strike, date(2026, 5, 18), date(2026, 5, 22)))
        self._on(date(2026, 5, 29), self._ask_sabine_again)
        self._on(date(2026, 6, 8), self._pause)
        self._on(date(2026, 6, 22), self._resume)
        self._on(date(2026, 6, 29), partial(self._rest, True))
        self._on(date(2026, 7, 13), partial(self._rest, False))
        self._on(date(2026, 8, 17), partial(self._account, "U0LUKAS", True))
        self._on(date(2026, 9, 7), partial(self._account, "U0LUKAS", False))
        self._on(date(2026, 9, 14), self._roster_comes)
        self._on(date(2026, 10, 18), partial(self._ask_only, "A"))
        self._on(date(2026, 10, 19), partial(self._ask_only, "Everybody"))
        self._on(TALKS[1], self._ask_at_the_talk)
        for shift in of_crew_between(*TALKS):
            self._at(shift.starts + AFTER_THE_START, self._people_look)
        self._on(TALKS[2], self._ask_no_more_at_the_talk, 5, 30)
        self._trouble(date(2026, 1, 20), Fault.refusal("restricted_action"), "missed")
        self._trouble(date(2026, 3, 10), Fault.reset(executed=True), None)
        self._trouble(date(2026, 11, 24), Fault.reset(executed=False), "skipped")

    async def _nothing(self) -> None:
        """What is due is done, as at every instant of the agenda."""

    async def _quiet_hours(self, who: str, zone: str, begins: time, ends: time) -> None:
        await self._settings(who, {"Quiet hours from": f"{begins:%H:%M}", "Quiet hours until": f"{ends:%H:%M}"})
        self.paper.quiet.append(Quiet(who, zone, begins, ends, self.now))

    async def _reminders(self, wanted: bool) -> None:
        answer = "Remind me once before my shift ends" if wanted else "No reminders"
        await self._settings("U0TOMASZ", {"When I have not answered": answer})
        self.paper.reminders.append((self.now, wanted))
        self._is_reminded = wanted

    async def _settings(self, who: str, filled: dict[str, str]) -> None:
        person = self._person(who)
        await person.runs("/embedding", "settings")
        modal = await person.sees_modal("Your settings")
        await modal.fills(filled)
        await modal.submits()
        await modal.closes()

    async def _away(self, who: str, first: date, last: date) -> None:
        await self._person(who).runs("/embedding", f"away {first}..{last}")
        self.paper.days_off.append(DaysOff("away", first, last, self.now, who))

    async def _strike(self, first: date, last: date) -> None:
        await self._lead_fills(
            "shutdown",
            "Note a shutdown",
            {"First day": first.isoformat(), "Last day": last.isoformat(), "Why?": "Strike"},
        )
        self.paper.days_off.append(DaysOff("shutdown", first, last, self.now))

    async def _pause(self) -> None:
        await self._lead_fills("pause", "Pause an embedding", {"Why?": "Dana is on a course"})
        self.paper.spells.append(Spell("paused", self.now))

    async def _resume(self) -> None:
        await self._lead_fills("resume", "Resume an embedding", {"Why?": "She is back"})
        self._over("paused")

    async def _lead_fills(self, word: str, title: str, filled: dict[str, str]) -> None:
        lead = self._person(LEAD)
        listed = (await lead.runs("/embedding", word)).message
        if listed is not None:
            await lead.clicks(title, on=listed)
        modal = await lead.sees_modal(title)
        await modal.fills(filled)
        await modal.submits()
        await modal.closes()

    async def _rest(self, rests: bool) -> None:
        dana = self._person(DATA_SCIENTIST)
        await dana.clicks("Pause" if rests else "Go on", on=await self._plans(dana), **_look_back(rests))
        if rests:
            self.paper.spells.append(Spell("plan_stopped", self.now, plan=WEEKLY))
        else:
            self._over("plan_stopped")

    async def _ask_only(self, crew: str) -> None:
        dana = self._person(DATA_SCIENTIST)
        await dana.clicks("Change", on=await self._plans(dana), beside="Weekly look back")
        await self._keep_plan(dana, {"Crew": crew})
        if crew in CREWS:
            self.paper.only.append((self.now, datetime.max.replace(tzinfo=self.now.tzinfo), WEEKLY, crew))
        else:
            since, _, plan, only = self.paper.only.pop()
            self.paper.only.append((since, self.now, plan, only))

    async def _ask_at_the_talk(self) -> None:
        dana = self._person(DATA_SCIENTIST)
        await dana.clicks("New plan", on=await self._plans(dana))
        filled = {"Crew": TALKS[0], "When": "after the shift starts", "How often": "Every shift"}
        await self._keep_plan(dana, filled | {"At most so often a week": "3"})

    async def _ask_no_more_at_the_talk(self) -> None:
        dana = self._person(DATA_SCIENTIST)
        await dana.clicks("End it", on=await self._plans(dana), beside="after the shift starts")
        self.paper.ended[AT_THE_TALK] = self.now

    async def _account(self, who: str, off: bool) -> None:
        await self.stage.slack.change_person(self._person(who), deleted=off)
        if off:
            self.paper.spells.append(Spell("account_off", self.now, who=who))
        else:
            self._over("account_off")

    def _over(self, reason: str) -> None:
        (spell,) = (one for one in self.paper.spells if one.reason == reason and one.ends is None)
        spell.ends = self.now

    async def _roster_comes(self) -> None:
        """From today on crews B and D work each other's shifts for two weeks, and Sabine is on a course."""
        first = self.now.date()
        rows = ["person;date;shift"]
        for number in range(14):
            day = first + number * DAY
            for crew, other in (("B", "D"), ("D", "B")):
                shift = of_crew(other, day)
                working = [who for who in CREWS[crew] if who != "U0SABINE"]
                rows += [self._line(who, day, shift.letter if shift else OFF) for who in working]
            rows.append(self._line("U0SABINE", day, OFF))
        lines = [line for line in read_roster("\n".join(rows).encode()) if isinstance(line, RosterLine)]
        assert len(lines) == len(rows) - 1
        workspace = await self.stage.app.store.read(lambda session: session.exec(select(Workspace)).one())
        found = await self.stage.app.store.write(roster_import.import_roster, workspace.id or 0, lines, at=self.now)
        assert found.flaws == ()
        await self.stage.tick()

    def _line(self, who: str, day: date, letter: str) -> str:
        self.paper.roster.setdefault((who, day), []).append((self.now, letter))
        return f"{who};{day};{'off' if letter == OFF else letter}"

    def _trouble(self, day: date, fault: Fault, status: str | None) -> None:
        """Something goes wrong with the first question of a day shift; it is looked for some minutes later."""
        due = Shift(day, "D").ends - BEFORE_THE_END

        async def begins() -> None:
            self.stage.slack.fault("chat.postMessage", fault)
            self.paper.troubles[due] = status

        self._at(due - timedelta(minutes=30), begins)
        for minutes in (1, 2, 5):
            self._at(due + timedelta(minutes=minutes), self._nothing)

    async def _ask_sabine_again(self) -> None:
        sabine = self._person("U0SABINE")
        await sabine.opens_home()
        await self.stage.quiet()
        await sabine.clicks("Ask me again", on=await sabine.sees_home("You get no more of some questions"))
        self._over("muted")

    # What people do who are asked

    async def _people_look(self) -> None:
        """Everybody looks at what is new; whoever wants to be reminded has the app awake for that."""
        acts: list[Awaitable[None]] = []
        for who in FLOOR:
            person = self._person(who)
            for message in self._new(person):
                asked = self._read(who, message)
                if asked is not None and not person.user.deleted and (act := self._decides(person, asked, message)):
                    acts.append(act)
        if acts:
            self.stage.clock.advance(TAKEN_OUT)
            await asyncio.gather(*acts)
            await self.stage.quiet()

    def _new(self, person: Person) -> list[Message]:
        if person.id == SHARED:
            return []
        there = person.messages
        new = [message for message in there[self._seen.get(person.id, 0) :] if message.author == "Alongside"]
        self._seen[person.id] = len(there)
        return new

    def _read(self, who: str, message: Message) -> Asked | None:
        """Which question a message asks; somebody who is not at work takes it for a mistake."""
        shifts = [self.paper.works(who, self.now.date() - number * DAY, self.now) for number in (0, 1)]
        shift = next((one for one in shifts if one and one.starts <= self.now < one.ends), None)
        if shift is None:
            return None
        if ANSWERS[0] in message.buttons:
            at_the_talk = self.now < shift.starts + BEFORE_THE_END
            return Asked(AT_THE_TALK if at_the_talk else EVERY_OTHER, who, shift)
        return Asked(WEEKLY, who, shift) if FACES[0] in message.buttons else None

    def _decides(self, person: Person, asked: Asked, message: Message) -> Awaitable[None] | None:
        every_other, day = asked.plan == EVERY_OTHER, asked.shift.day
        if asked.plan == AT_THE_TALK:
            return None
        if person.id == "U0AHMET" and every_other and _is_time(self._swaps, day):
            return self._swap(person, asked, message)
        if person.id == "U0AHMET" and every_other and _is_time(self._off, day):
            return self._is_not_on_shift(person, asked, message)
        if person.id == "U0SABINE" and every_other and _is_time(self._mutes, day):
            return self._mute(person, asked, message)
        if person.id == "U0TOMASZ" and every_other and self._is_reminded:
            self._at(asked.shift.ends - REMINDED, self._nothing)
        answer = self._chance.choice(ANSWERS if every_other else FACES)
        if self._chance.random() > ANSWERED:
            return None
        if person.id == "U0MILENA":
            self._at(asked.shift.ends + LATE, partial(self._answer, person, asked, message, answer))
            return None
        return self._answer(person, asked, message, answer)

    async def _answer(self, person: Person, asked: Asked, message: Message, answer: str) -> None:
        await person.clicks(answer, on=message)
        self.paper.said[asked] = [(self.now, answer)]
        if person.id == "U0TOMASZ" and asked.plan == EVERY_OTHER:
            self._changes += 1
            if self._changes % 4 == 1:
                self._at(self.now + timedelta(minutes=10), partial(self._change, person, asked, message, answer))

    async def _change(self, person: Person, asked: Asked, message: Message, before: str) -> None:
        answer = ANSWERS[(ANSWERS.index(before) + 1) % len(ANSWERS)]
        await person.clicks("Change", on=message.current())
        modal = await person.sees_modal("Your answer")
        await modal.fills({"Pick one": answer})
        await modal.submits()
        self.paper.said[asked].append((self.now, answer))

    async def _mute(self, person: Person, asked: Asked, message: Message) -> None:
        await person.clicks("Don't ask me this any more", on=message)
        self.paper.muted[asked] = self.now
        self.paper.spells.append(Spell("muted", self.now, who=person.id, plan=asked.plan))

    async def _is_not_on_shift(self, person: Person, asked: Asked, message: Message) -> None:
        await person.clicks("I'm not on this shift", on=message)
        self.paper.not_on_shift[person.id, asked.shift] = self.now
        self.paper.roster.setdefault((person.id, asked.shift.day), []).append((self.now, OFF))

    async def _swap(self, person: Person, asked: Asked, message: Message) -> None:
        """Somebody stands in for Ahmet, who works that colleague's shift a few days later."""
        await self._is_not_on_shift(person, asked, message)
        await self.stage.quiet()
        instead = next(
            day
            for number in range(3, 28)
            if self.paper.works(person.id, (day := asked.shift.day + number * DAY), self.now) is None
        )
        await person.clicks("I work another one instead", on=message.current())
        modal = await person.sees_modal("Swap a shift")
        await modal.fills({"Day on which it starts": instead.isoformat(), "Shift": "D"})
        await modal.submits()
        await modal.sees("Noted: D on")
        await modal.closes()
        self.paper.roster.setdefault((person.id, instead), []).append((self.now, "D"))


def _look_back(rests: bool) -> dict[str, str]:
    return {"beside": "Weekly look back"} if rests else {}


def _is_time(days: list[date], today: date) -> bool:
    """Whether the first of some days has come; it is struck off."""
    return bool(days) and days[0] <= today and bool(days.pop(0))
