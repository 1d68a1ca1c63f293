"""Playing with reports: what every act has in common, and how one is drawn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from sqlmodel import Session, select

from store import terms
from store.errors import Refused
from store.people import Caller, Person
from store.policy import Policy
from store.tools import Tool
from tests.store.conftest import Run
from tests.store.on_a_list import Listed, Note, TheList
from tests.store.site import (
    FIRST_SHIFT,
    LATER,
    MONDAY,
    ZONE,
    Site,
    planned_embedding,
    proposal,
    slack_id_of,
)

POLICY = Policy()
ALARM, FORECAST = "alarm", "forecast"
ANSWER_FOR = {ALARM: ("Priya", "Tom"), FORECAST: ("Rae",)}
"""The data scientists of the two embeddings, each about one tool."""
REPORTERS = ("Ana", "Ben", "Dan")
"""Ana's and Ben's crew is at work when it begins; Dan's is not."""
TOOL = st.sampled_from((ALARM, ALARM, ALARM, FORECAST))
WHICH = st.integers(0, 7)
SOME = st.lists(WHICH, min_size=1, max_size=3)

T = TypeVar("T")
Drawn = tuple[str, dict[str, Any]]
"""An act, and with what it is done."""


def act(often: int, **drawn: st.SearchStrategy[Any]) -> Callable[[T], T]:
    """Mark what somebody does, how often it is done, and what is drawn for it."""

    def mark(method: T) -> T:
        method.drawn = (often, drawn)  # type: ignore[attr-defined] # read by `any_act` alone
        return method

    return mark


def any_act(of: type) -> st.SearchStrategy[Drawn]:
    """One of the acts of a class. Hypothesis leaves out many rules of a machine, but no value of a strategy."""
    marked: Mapping[str, tuple[int, dict[str, Any]]] = {
        name: getattr(of, name).drawn for name in dir(of) if hasattr(getattr(of, name), "drawn")
    }
    by_frequency = sorted(marked, key=lambda name: -marked[name][0])  # what stands first is drawn most, too
    names = [name for name in by_frequency for _ in range(marked[name][0])]
    return st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), st.fixed_dictionaries(marked[name][1])))


def drawn_for(method: Callable[..., Any]) -> st.SearchStrategy[dict[str, Any]]:
    """What is drawn for one act."""
    return st.fixed_dictionaries(method.drawn[1])  # type: ignore[attr-defined] # as `act` marks it


def two_embeddings(session: Session, site: Site) -> None:
    """Priya and Tom are embedded for the alarm, Rae for the forecast."""
    rae = Person(workspace_id=site.workspace_id, slack_id=slack_id_of("Rae"), name="Rae", zone=ZONE, created_at=MONDAY)
    session.add(rae)
    session.flush()
    forecast = replace(proposal(site), tool_ids=(site.forecast_id,), data_scientists=(slack_id_of("Rae"),))
    planned_embedding(session, site)
    planned_embedding(session, site, forecast)
    terms.begin_due(session, at=FIRST_SHIFT)


class Playing:
    """What is played on, and the list beside it. Somebody outside has the same name as one of the data scientists."""

    def __init__(self, run: Run, site: Site, elsewhere: Site) -> None:
        self.site = site
        self.outside = {
            "a stranger": Caller(site.enterprise_id, site.slack_id, "U_NOBODY"),
            "Priya elsewhere": elsewhere.caller("Priya"),
            "Ana elsewhere": elsewhere.caller("Ana"),
        }
        self._kept = ExitStack()
        self.run = self._kept.enter_context(run.aside())
        self.at = LATER
        self.acts = 0
        self.list = TheList(())
        self.ids: dict[int, int] = {}
        """Ours of reports, by their numbers."""
        self.note_ids: dict[int, int] = {}
        self.off: set[str] = set()
        """Whose account is switched off."""
        self.heard: Counter[tuple[str, str, int]] = Counter()
        """How often somebody heard the words of an act about a report."""
        self.read: Counter[int] = Counter()
        """How often its reporter heard that a report was read."""
        self.told: Counter[tuple[str, int]] = Counter()
        """How often somebody heard of a change."""
        self.names = {key: name for name, key in site.people.items()}
        self.names[self.run(_rae)] = "Rae"

    def forget(self) -> None:
        """Leave nothing of it."""
        self._kept.close()

    def need_an_ok(self, session: Session) -> None:
        """Changes of the alarm need Omar's OK."""
        self.list = TheList((ALARM,))
        session.get_one(Tool, self.site.alarm_id).approver_id = self.site.people["Omar"]

    def does(self, allowed: bool, use_case: Callable[..., Any], *args: Any, by: str, **more: Any) -> Any:
        """Somebody does something a minute later: it is done, or refused without a trace. Returns None then."""
        self.acts += 1
        self.at += timedelta(minutes=1)
        caller = self.outside.get(by) or self.site.caller(by)
        if allowed and by not in self.off:
            return self.run(use_case, *args, by=caller, at=self.at, **more)
        before = self.run.rows()
        try:
            done = self.run.as_it_leaves_things(use_case, *args, by=caller, at=self.at, **more)
        except Refused:
            assert self.run.rows() == before, f"{use_case.__name__} was refused and left something behind"
            return None
        raise AssertionError(f"{by} was not refused: {use_case.__name__} gave {done}")

    def words(self) -> str:
        """Those of the next act, which no other one has."""
        return f"Words {self.acts}."

    def tool_id(self, tool: str) -> int:
        """Ours."""
        return self.site.alarm_id if tool == ALARM else self.site.forecast_id

    def is_theirs(self, who: str, tool: str) -> bool:
        """Whether somebody answers for a tool."""
        return who in ANSWER_FOR[tool] and who not in self.off

    def scientist(self, which: int, tool: str) -> str:
        """One who answers for a tool."""
        return ANSWER_FOR[tool][which % len(ANSWER_FOR[tool])]

    def report(self, which: int, fits: Callable[[Listed], bool] = lambda report: True) -> Listed:
        """A report that fits, if there is one; any other if not."""
        found = list(self.list.reports.values())
        fitting = [one for one in found if fits(one)] or found
        return fitting[which % len(fitting)]

    def some(self, which: Sequence[int], fits: Callable[[Listed], bool]) -> list[Listed]:
        """Some reports, in order, of which the first one fits."""
        first, *others = which
        found = {one.number: one for one in (self.report(first, fits), *map(self.report, others))}
        return [found[number] for number in sorted(found)]

    def note(self, which: int, fits: Callable[[Note], bool] = lambda note: True) -> Note | None:
        """A change note that fits, if there is one."""
        found = list(self.list.notes.values())
        fitting = [one for one in found if fits(one)] or found
        return fitting[which % len(fitting)] if fitting else None


def _rae(session: Session) -> int:
    return session.exec(select(Person).where(Person.slack_id == slack_id_of("Rae"))).one().key
