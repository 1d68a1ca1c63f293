"""The story: a six-week embedding in a mine's maintenance shop, from the proposal to the signed review."""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.demo import script
from bot.demo.script import FILINGS, NOTINGS, Filing, Noting, Way
from bot.demo.stage import Stage
from bot.local_slack import Message, NotAsExpected, Person
from store.shifts import Pattern, shifts_between

PROPOSED = date(2026, 3, 2)
FIRST_DAY = date(2026, 3, 9)
LAST_DAY = date(2026, 4, 19)
END = date(2026, 4, 21)

LEAD, DATA_SCIENTIST = "U0LENA", "U0DANA"
SPONSORS = ("U0GRACE", "U0VIKTOR")

WORKSHOP = "C0WORKSHOP"
STEP = timedelta(hours=2)
"""From seven in the morning on, so that it meets the hours before shift ends at which prompts are due."""
LOOKS = 3
"""How often somebody looks at a question before they leave it."""

ANSWERS = ("👍 It helped", "😐 No difference", "👎 Got in the way", "➖ Didn't use it")
VERDICTS = ("👍 Better", "😐 Same", "👎 Worse", "➖ Not seen since")

Act = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Story:
    """Plays the embedding; the same seed plays the same story.

    Attributes:
        acts: How many times people did what, counted where they did it.
        references: What each report of the script was called when it was filed.
    """

    stage: Stage
    seed: int = 1
    acts: dict[str, int] = field(default_factory=dict)
    references: dict[int, str] = field(default_factory=dict)
    _chance: random.Random = field(init=False)
    _looks: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - a story, not a secret

    @property
    def zone(self) -> ZoneInfo:
        """The site's."""
        return ZoneInfo(self.stage.site.zone)

    async def play(self, progress: Callable[[datetime, float], None] = lambda now, share: None) -> None:
        """Play it from the proposal to the signatures.

        Args:
            progress: Told the simulated time and which share of the story is over (0 to 1).

        Raises:
            NotAsExpected: Somebody did not see what they should have seen.
        """
        agenda = sorted(self._agenda(), key=lambda act: act[0])
        start, end = self.stage.clock.now(), self._at(END, 18)
        await self.propose()
        while (now := self.stage.clock.now()) < end:
            progress(now, (now - start) / (end - start))
            self.stage.clock.advance(STEP)
            await self.stage.tick()
            while agenda and agenda[0][0] <= self.stage.clock.now():
                await agenda.pop(0)[1]()
            await self._people_answer()
        await self.stage.quiet()
        progress(end, 1.0)

    # Before it begins

    async def propose(self) -> None:
        """The lead proposes the embedding, and both sponsors agree."""
        lena = self._person(LEAD)
        await lena.runs("/embedding")
        self._did("schedule an embedding", lena, "/embedding")
        modal = await lena.sees_modal("Schedule an embedding")
        await modal.fills(
            {
                "Tools": [tool.name for tool in self.stage.site.tools],
                "Data scientists": [self._person(DATA_SCIENTIST).name],
                "Sponsor, operations": self._person(SPONSORS[0]).name,
                "Sponsor, data": self._person(SPONSORS[1]).name,
                "First day": FIRST_DAY.isoformat(),
                "Last day": LAST_DAY.isoformat(),
                "What must be true at the end?": script.EXIT_CRITERIA,
            }
        )
        await modal.submits()
        self._did("propose an embedding", lena, "the modal")
        await modal.sees("are asked to agree")
        for slack_id in SPONSORS:
            sponsor = self._person(slack_id)
            question = await sponsor.sees("Is it all right with you?")
            await sponsor.clicks("I agree", on=question)
            self._did("agree to an embedding", sponsor, "the button")
            await sponsor.sees_change(question, "You agreed to E-1")
        await self._person(DATA_SCIENTIST).sees("E-1 is agreed")

    # What is on the agenda

    def _agenda(self) -> list[tuple[datetime, Act]]:
        dana = self._person(DATA_SCIENTIST)
        agenda: list[tuple[datetime, Act]] = [
            (self._at(FIRST_DAY, 8), self._first_day),
            (self._at(FIRST_DAY + timedelta(days=20), 10), self._somebody_looks_at_the_summary),
            (self._at(LAST_DAY, 10), self._sponsors_sign),
        ]
        agenda += [(self._filed_at(filing), partial(self._file, place)) for place, filing in enumerate(FILINGS)]
        agenda += [
            (self._at(FIRST_DAY + timedelta(days=noting.day), 13), partial(self._note, noting)) for noting in NOTINGS
        ]
        agenda += [
            # Everybody has had a shift by then, and hears of it on that.
            (self._at(FIRST_DAY + timedelta(days=noting.day + 5), 13), partial(self._reporters_were_told, noting))
            for noting in NOTINGS
        ]
        day = FIRST_DAY
        while day < LAST_DAY:
            agenda.append((self._at(day, 11), partial(self._read_reports, dana)))
            day += timedelta(days=1)
        return agenda

    async def _first_day(self) -> None:
        await self._person("U0OLA").sees("works with us from today", WORKSHOP)

    # Reports

    async def _file(self, place: int) -> None:
        filing = FILINGS[place]
        person = self._person(filing.who)
        if filing.way is Way.COMMAND:
            answer = await person.runs("/model-feedback", filing.text)
            self._did("report by command", person, "/model-feedback")
            said = answer.text
        else:
            said = await self._file_by_modal(filing, person)
        found = re.search(r"F-\d+", said)
        if found is None:
            raise NotAsExpected(f"{person.name} expected a reference for their report, but was told: {said}")
        self.references[place] = found[0]
        await self._person(DATA_SCIENTIST).sees(filing.text)

    async def _file_by_modal(self, filing: Filing, person: Person) -> str:
        if filing.way is Way.SHORTCUT:
            alarm = await person.says(f"{script.STANDS_OUT}: {filing.text}", WORKSHOP)
            await person.uses_shortcut("Report model behaviour", on=alarm)
            self._did("open the report form from a message", person, "the shortcut")
        else:
            await person.runs("/model-feedback")
            self._did("open the report form", person, "/model-feedback")
        modal = await person.sees_modal("Report behaviour")
        kind = next(label for label in modal.options("What did it do?") if filing.kind in label)
        await modal.fills({"Tool": filing.tool, "What did it do?": kind, "In your words": filing.text})
        await modal.submits()
        self._did("report by form", person, "the modal")
        await modal.sees("sees it now")
        said = modal.text()
        await modal.closes()
        return said

    async def _read_reports(self, dana: Person) -> None:
        for message in dana.messages:
            if "I've read it" in message.buttons:
                await dana.clicks("I've read it", on=message)
                self._did("acknowledge a report", dana, "the button")
                await dana.sees_change(message, "Status: read")

    # Changes

    async def _note(self, noting: Noting) -> None:
        dana = self._person(DATA_SCIENTIST)
        await dana.runs("/change-note")
        self._did("open the change note's form", dana, "/change-note")
        modal = await dana.sees_modal("What changed?")
        wanted = [self.references[place] for place in noting.answers]
        offered = modal.options("Which reports does it answer?")
        fields: dict[str, object] = {
            "Tool": noting.tool,
            "What does it do differently now?": noting.what,
            "Why?": noting.why,
            "Which reports does it answer?": [
                next(label for label in offered if label.startswith(f"{reference} ")) for reference in wanted
            ],
        }
        if noting.version:
            fields["New version"] = noting.version
        await modal.fills(fields)
        await modal.submits()
        self._did("note a change", dana, "the modal")
        await modal.sees("is told now")
        await modal.closes()
        await self._person(LEAD).sees(noting.what, WORKSHOP)

    async def _reporters_were_told(self, noting: Noting) -> None:
        for reporter in {FILINGS[place].who for place in noting.answers}:
            await self._person(reporter).sees(noting.what, self._person(reporter).direct)

    # What people tap

    async def _people_answer(self) -> None:
        for person in self.stage.slack.people:
            for message in person.messages[-6:]:
                if self._looks.get((person.id, message.ts), 0) >= LOOKS:
                    continue
                buttons = message.buttons
                if ANSWERS[0] in buttons:
                    await self._maybe_tap(person, message, ANSWERS, (6, 3, 2, 1), "answer a prompt")
                elif VERDICTS[0] in buttons:
                    await self._maybe_tap(person, message, VERDICTS, (6, 2, 1, 1), "say whether it helped")

    async def _maybe_tap(
        self, person: Person, message: Message, choices: tuple[str, ...], weights: tuple[int, ...], act: str
    ) -> None:
        # Somebody who is busy this hour may tap in the next one; after a few looks they leave it.
        seen = (person.id, message.ts)
        self._looks[seen] = self._looks.get(seen, 0) + 1
        if self._chance.random() > 0.6:
            return
        self._looks[seen] = LOOKS
        choice = self._chance.choices(choices, weights)[0]
        await person.clicks(choice, on=message)
        self._did(act, person, "the button")
        await person.sees_change(message, choice)

    # The end

    async def _somebody_looks_at_the_summary(self) -> None:
        answer = await self._person(LEAD).runs("/embedding-summary")
        self._did("look at the summary", self._person(LEAD), "/embedding-summary")
        if "under way" not in answer.text:
            raise NotAsExpected(f"the summary should say that E-1 is under way, but says: {answer.text}")
        dana = self._person(DATA_SCIENTIST)
        await dana.opens_home()
        self._did("open the home", dana, "the home")
        await dana.sees_home("Waiting for you")

    async def _sponsors_sign(self) -> None:
        for slack_id in SPONSORS:
            sponsor = self._person(slack_id)
            asked = await sponsor.sees("has reached its last day")
            await sponsor.clicks("Read and sign", on=asked)
            self._did("read the review", sponsor, "the button")
            modal = await sponsor.sees_modal("Review of E-1")
            await modal.fills({"What should become of it?": "Keep it and keep improving it"})
            await modal.submits()
            self._did("sign the review", sponsor, "the modal")
            await modal.sees("You signed the review of E-1")
            await modal.closes()
            await sponsor.sees_change(asked, "You signed the review of E-1")
        await self._person("U0OLA").sees("The embedding E-1 is closed", WORKSHOP)

    # Small things

    def _did(self, act: str, person: Person, through: str) -> None:
        self.stage.nobody_was_missed(f'"{act}" ({person.name}, {through})')
        self.acts[act] = self.acts.get(act, 0) + 1

    def _person(self, slack_id: str) -> Person:
        return self.stage.person(slack_id)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=self.zone).astimezone(UTC)

    def _filed_at(self, filing: Filing) -> datetime:
        team = self.stage.site.teams[0]
        crew = next(crew for crew in team.crews if filing.who in crew.people)
        pattern = Pattern(team.zone, team.anchor, team.cycle, {shift.name: shift for shift in team.shifts})
        worked = list(shifts_between(pattern, crew.offset, FIRST_DAY, LAST_DAY))
        return worked[filing.shift - 1].starts_at + timedelta(hours=filing.hours)
