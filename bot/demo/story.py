"""The story: a six-week embedding in a mine's maintenance shop, from the proposal to the signed review."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.demo.script import THE_SHOP, Filing, Noting, Script, Way
from bot.demo.stage import Stage
from bot.demo.tapping import Tapping
from bot.demo.wording import choice, kind_choice, piece, title
from bot.local_slack import Modal, NotAsExpected, Person
from bot.texts import Texts
from bot.texts.glossary import EMBEDDING_STATUSES, FEEDBACK_STATUSES, KINDS, OUTCOMES
from store.embeddings import EmbeddingStatus
from store.feedback import FeedbackStatus
from store.reviews import Outcome
from store.shifts import shifts_between
from store.site import Site

PROPOSED = date(2026, 3, 2)
FIRST_DAY = date(2026, 3, 9)
LAST_DAY = date(2026, 4, 19)
END = date(2026, 4, 21)

LEAD, DATA_SCIENTIST = "U0LENA", "U0DANA"
SPONSORS = ("U0GRACE", "U0VIKTOR")
LEAVES, COMES_BACK, MOVES = "U0SIONE", "U0NOMSA", "U0PRIYA"
LEAVES_AFTER = timedelta(days=29)
"""Whose account is switched off for good, whose by mistake and on again, and who moves to another country."""
CURIOUS = ("U0OLA", "U0FATIMA", LEAD, DATA_SCIENTIST)
"""Those who look at the app's home now and then."""

WORKSHOP = "C0WORKSHOP"
REFERENCE = "E-1"
STARTS = time(5)
STEP = timedelta(hours=4)
"""From five in the morning on, so that it meets the hours before shift ends at which prompts are due."""
BEGINNING = 40
"""So many letters of what somebody wrote are enough to find it again."""

Act = Callable[[], Awaitable[None]]


def starts_at(site: Site) -> datetime:
    """When the story starts: on the morning of the day on which the embedding is proposed."""
    return datetime.combine(PROPOSED, STARTS, tzinfo=ZoneInfo(site.zone))


async def nothing() -> None:
    """Nothing happens."""


@dataclass(slots=True)
class Story:
    """Plays the embedding; the same seed plays the same story.

    People find everything by its words in their own language.

    Attributes:
        script: What people type.
        meanwhile: What happens while somebody has a filled modal before them.
        acts: How many times people did what, counted where they did it.
        references: What each report of the script was called when it was filed.
    """

    stage: Stage
    seed: int = 1
    script: Script = THE_SHOP
    meanwhile: Act = nothing
    acts: dict[str, int] = field(default_factory=dict)
    references: dict[int, str] = field(default_factory=dict)
    _tapping: Tapping = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - a story, not a secret
        self._tapping = Tapping(self.stage, chance, self._did)

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
            await self._tapping.all_look()
        await self.stage.quiet()
        progress(end, 1.0)

    # Before it begins

    async def propose(self) -> None:
        """The lead proposes the embedding, and both sponsors agree."""
        lena = self._person(LEAD)
        t = self._texts(lena)
        await lena.runs("/embedding")
        self._did("schedule an embedding", lena, "/embedding")
        modal = await lena.sees_modal(title(t, "Schedule an embedding"))
        await modal.fills(
            {
                t("Tools"): [choice(tool.name) for tool in self.stage.site.tools],
                t("Data scientists"): [DATA_SCIENTIST],
                t("Sponsor, operations"): SPONSORS[0],
                t("Sponsor, data"): SPONSORS[1],
                t("First day"): FIRST_DAY.isoformat(),
                t("Last day"): LAST_DAY.isoformat(),
                t("What must be true at the end?"): self.script.exit_criteria,
            }
        )
        await self._submit(modal, "propose an embedding", lena)
        asked = "*{reference}* is proposed. {names} is asked to agree; you hear as soon as that is done."
        all_asked = "*{reference}* is proposed. {names} are asked to agree; you hear as soon as they have."
        await modal.sees(piece(t, asked, all_asked, len(SPONSORS)))
        for slack_id in SPONSORS:
            await self._agree(self._person(slack_id))
        dana = self._person(DATA_SCIENTIST)
        agreed = "{reference} is agreed: {names} works with {team} from {first} to {last}. Nothing to do until then."
        all_agreed = agreed.replace("works", "work")
        await dana.sees(piece(self._texts(dana), agreed, all_agreed, 1, reference=REFERENCE))

    async def _agree(self, sponsor: Person) -> None:
        t = self._texts(sponsor)
        asked = "{proposer} proposes an embedding, {reference}. Is it all right with you?"
        question = await sponsor.sees(piece(t, asked, reference=REFERENCE))
        await sponsor.clicks(t("I agree"), on=question)
        self._did("agree to an embedding", sponsor, "the button")
        await sponsor.sees_change(question, t("You agreed to {reference}. Thank you.", reference=REFERENCE))

    # What is on the agenda

    def _agenda(self) -> list[tuple[datetime, Act]]:
        dana = self._person(DATA_SCIENTIST)
        agenda: list[tuple[datetime, Act]] = [
            (self._at(FIRST_DAY, 8), self._first_day),
            (self._at(FIRST_DAY + timedelta(days=20), 10), self._somebody_looks_at_the_summary),
            (self._at(FIRST_DAY + timedelta(days=12), 9), self._somebody_is_switched_off_by_mistake),
            (self._at(FIRST_DAY + timedelta(days=15), 9), self._somebody_moves),
            (self._at(FIRST_DAY + LEAVES_AFTER, 5), self._somebody_leaves),
            (self._at(LAST_DAY, 10), self._sponsors_sign),
        ]
        agenda += [
            (self._at(FIRST_DAY + timedelta(days=day), 15), self._people_look_at_their_home) for day in (2, 16, 31)
        ]
        agenda += [
            (self._filed_at(filing), partial(self._file, place)) for place, filing in enumerate(self.script.filings)
        ]
        agenda += [
            (self._at(FIRST_DAY + timedelta(days=noting.day), 13), partial(self._note, noting))
            for noting in self.script.notings
        ]
        agenda += [
            # Everybody has had a shift by then, and hears of it on that.
            (self._at(FIRST_DAY + timedelta(days=noting.day + 5), 13), partial(self._reporters_were_told, noting))
            for noting in self.script.notings
        ]
        day = FIRST_DAY
        while day < LAST_DAY:
            agenda.append((self._at(day, 11), partial(self._read_reports, dana)))
            day += timedelta(days=1)
        return agenda

    async def _first_day(self) -> None:
        begun = "{names} works with us from today until {last}, on {tools}."
        all_begun = begun.replace("works", "work")
        await self._person("U0OLA").sees(piece(self.stage.texts(), begun, all_begun, 1), WORKSHOP)

    # Reports

    async def _file(self, place: int) -> None:
        filing = self.script.filings[place]
        person = self._person(filing.who)
        if filing.way is Way.COMMAND:
            answer = await person.runs("/model-feedback", filing.text)
            self._did("report by command", person, "/model-feedback")
            said = answer.text
        else:
            said = await self._file_by_modal(filing, person)
        kind = self._texts(person)(KINDS[filing.kind])
        found = re.search(r"F-\d+", said)
        if found is None or kind not in said:
            raise NotAsExpected(f"{person.name} expected a reference for their report ({kind}), but was told: {said}")
        self.references[place] = found[0]
        await self._person(DATA_SCIENTIST).sees(filing.text[:BEGINNING])

    async def _file_by_modal(self, filing: Filing, person: Person) -> str:
        t = self._texts(person)
        if filing.way is Way.SHORTCUT:
            alarm = await person.says(f"{self.script.stands_out}: {filing.text}", WORKSHOP)
            await person.uses_shortcut("Report model behaviour", on=alarm)
            self._did("open the report form from a message", person, "the shortcut")
        else:
            await person.runs("/model-feedback")
            self._did("open the report form", person, "/model-feedback")
        modal = await person.sees_modal(title(t, "Report behaviour"))
        await modal.fills({t("Tool"): self._tool(filing)})
        await self.stage.quiet()  # what it may have done depends on the tool: the form is drawn anew
        await modal.fills({t("What did it do?"): kind_choice(t, filing.kind), t("In your words"): filing.text})
        await self._submit(modal, "report by form", person)
        got = "Got it: *{reference}* ({kind}, {tool}). {names} sees it now."
        await modal.sees(piece(t, got, got.replace("sees", "see"), 1))
        said = modal.text()
        await modal.closes()
        return said

    async def _read_reports(self, dana: Person) -> None:
        t = self._texts(dana)
        for message in dana.messages:
            if t("I've read it") in message.buttons:
                await dana.clicks(t("I've read it"), on=message)
                self._did("acknowledge a report", dana, "the button")
                read = t(FEEDBACK_STATUSES[FeedbackStatus.ACKNOWLEDGED])
                await dana.sees_change(message, t("Status: {status}", status=read))

    # Changes

    async def _note(self, noting: Noting) -> None:
        dana = self._person(DATA_SCIENTIST)
        t = self._texts(dana)
        await dana.runs("/change-note")
        self._did("open the change note's form", dana, "/change-note")
        modal = await dana.sees_modal(title(t, "What changed?"))
        wanted = [self.references[place] for place in noting.answers]
        offered = modal.options(t("Which reports does it answer?"))
        fields: dict[str, object] = {
            t("Tool"): self._tool(noting),
            t("What does it do differently now?"): noting.what,
            t("Why?"): noting.why,
            t("Which reports does it answer?"): [
                next(label for label in offered if label.startswith(f"{reference} ")) for reference in wanted
            ],
        }
        if noting.version:
            fields[t("New version")] = noting.version
        await modal.fills(fields)
        await self._submit(modal, "note a change", dana)
        told = (
            "*{reference}* is noted for {tool}. Whoever filed {answers} is told on their shift and asked in a few "
            "shifts whether it helped."
        )
        await modal.sees(piece(t, told))
        await modal.closes()
        await self._person(LEAD).sees(noting.what[:BEGINNING], WORKSHOP)

    async def _reporters_were_told(self, noting: Noting) -> None:
        for slack_id in {self.script.filings[place].who for place in noting.answers}:
            reporter = self._person(slack_id)
            await reporter.sees(noting.what[:BEGINNING], reporter.direct)

    # What Slack tells us of people

    async def _people_look_at_their_home(self) -> None:
        people = [self._person(slack_id) for slack_id in CURIOUS]
        await asyncio.gather(*(person.opens_home() for person in people))
        for person in people:
            self._did("open the home", person, "the home")
            await person.sees_home(self._texts(person)("Waiting for you"))

    async def _somebody_is_switched_off_by_mistake(self) -> None:
        nomsa = self._person(COMES_BACK)
        slack = self.stage.slack
        await asyncio.gather(slack.change_person(nomsa, deleted=True), slack.change_person(nomsa, deleted=False))

    async def _somebody_moves(self) -> None:
        priya = self._person(MOVES)
        slack = self.stage.slack
        await asyncio.gather(
            slack.change_person(priya, zone="Australia/Sydney"),
            slack.change_person(priya, zone="Pacific/Auckland", locale="en-NZ"),
        )

    async def _somebody_leaves(self) -> None:
        await self.stage.slack.change_person(self._person(LEAVES), deleted=True)

    # The end

    async def _somebody_looks_at_the_summary(self) -> None:
        lena = self._person(LEAD)
        answer = await lena.runs("/embedding-summary")
        self._did("look at the summary", lena, "/embedding-summary")
        status = self._texts(lena)(EMBEDDING_STATUSES[EmbeddingStatus.ACTIVE])
        if status not in answer.text:
            raise NotAsExpected(f'the summary should say "{status}" of {REFERENCE}, but says: {answer.text}')

    async def _sponsors_sign(self) -> None:
        for slack_id in SPONSORS:
            await self._sign(self._person(slack_id))
        closed = piece(self.stage.texts(), "The embedding {reference} is closed.", reference=REFERENCE)
        await self._person("U0OLA").sees(closed, WORKSHOP)

    async def _sign(self, sponsor: Person) -> None:
        t = self._texts(sponsor)
        opened = "{reference} has reached its last day. Prompts have stopped."
        asked = await sponsor.sees(piece(t, opened, reference=REFERENCE))
        await sponsor.clicks(t("Read and sign"), on=asked)
        self._did("read the review", sponsor, "the button")
        modal = await sponsor.sees_modal(title(t, "Review of {reference}", reference=REFERENCE))
        await modal.fills({t("What should become of it?"): t(OUTCOMES[Outcome.KEEP_IMPROVING])})
        await self._submit(modal, "sign the review", sponsor)
        await modal.sees(t("You signed the review of {reference}.", reference=REFERENCE))
        await modal.closes()
        await sponsor.sees_change(asked, t("You signed the review of {reference}. Thank you.", reference=REFERENCE))

    # Small things

    async def _submit(self, modal: Modal, act: str, person: Person) -> None:
        await self.meanwhile()
        await modal.submits()
        self._did(act, person, "the modal")

    def _did(self, act: str, person: Person, through: str) -> None:
        self.stage.nobody_was_missed(f'"{act}" ({person.name}, {through})')
        self.acts[act] = self.acts.get(act, 0) + 1

    def _person(self, slack_id: str) -> Person:
        return self.stage.person(slack_id)

    def _texts(self, person: Person) -> Texts:
        return self.stage.texts(person)

    def _tool(self, said: Filing | Noting) -> str:
        return choice(self.stage.site.tools[said.tool].name)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=self.zone).astimezone(UTC)

    def _filed_at(self, filing: Filing) -> datetime:
        team = self.stage.site.teams[0]
        crew = next(crew for crew in team.crews if filing.who in crew.people)
        worked = list(shifts_between(team.pattern, crew.offset, FIRST_DAY, LAST_DAY))
        return worked[filing.shift - 1].starts_at + timedelta(hours=filing.hours)
