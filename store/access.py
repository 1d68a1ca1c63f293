"""Who may do what: one table of acts and roles, and how a role is given to a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, literal, union_all
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from store import people, prepared
from store.dialect import insert
from store.errors import N_, Refused
from store.people import Caller, Person
from store.roles import Grant as Grant
from store.roles import Role as Role
from store.roles import Scope as Scope
from store.teams import Member
from store.types import Word
from store.workspaces import Workspace


class Act(StrEnum):
    """What a person may be allowed to do."""

    PROPOSE_EMBEDDING = "propose_embedding"
    AGREE_TO_EMBEDDING = "agree_to_embedding"
    PLAN_PROMPTS = "plan_prompts"
    FILE_FEEDBACK = "file_feedback"
    TRIAGE_FEEDBACK = "triage_feedback"
    READ_REPORTS = "read_reports"
    FILE_CHANGE_NOTE = "file_change_note"
    READ_SUMMARY = "read_summary"
    SIGN_REVIEW = "sign_review"
    RETRY_DELIVERIES = "retry_deliveries"
    SHUT_DOWN = "shut_down"
    PAUSE_EMBEDDING = "pause_embedding"
    MOVE_PEOPLE = "move_people"
    # What is unsafe, and what a tool is not to be relied on for
    TAKE_UNSAFE = "take_unsafe"
    RESTRICT_TOOL = "restrict_tool"
    # Observations and exposure
    OBSERVE = "observe"
    ENTER_EXPOSURE = "enter_exposure"
    # Change notes
    READ_TOOL_HISTORY = "read_tool_history"


EMBEDDED = frozenset({Role.DATA_SCIENTIST, Role.CHAMPION})
SPONSORS = frozenset({Role.SPONSOR_OPERATIONS, Role.SPONSOR_DATA})

RIGHTS: dict[Act, frozenset[Role]] = {
    Act.PROPOSE_EMBEDDING: frozenset({Role.COORDINATOR, Role.LEAD, Role.ADMIN}),
    Act.AGREE_TO_EMBEDDING: SPONSORS | {Role.LEAD},
    Act.PLAN_PROMPTS: frozenset({Role.DATA_SCIENTIST, Role.LEAD}),
    Act.FILE_FEEDBACK: frozenset({Role.FRONTLINE, Role.LEAD, Role.DUTY_CONTACT}) | EMBEDDED,
    Act.TRIAGE_FEEDBACK: frozenset({Role.DATA_SCIENTIST}),
    Act.READ_REPORTS: EMBEDDED,
    Act.FILE_CHANGE_NOTE: frozenset({Role.DATA_SCIENTIST}),
    Act.READ_SUMMARY: SPONSORS | EMBEDDED | {Role.LEAD, Role.FRONTLINE, Role.COORDINATOR, Role.ADMIN},
    Act.SIGN_REVIEW: SPONSORS,
    Act.RETRY_DELIVERIES: frozenset({Role.ADMIN}),
    Act.SHUT_DOWN: frozenset({Role.LEAD, Role.COORDINATOR, Role.ADMIN}),
    Act.PAUSE_EMBEDDING: frozenset({Role.LEAD, Role.COORDINATOR, Role.ADMIN}),
    Act.MOVE_PEOPLE: frozenset({Role.LEAD, Role.COORDINATOR, Role.ADMIN}),
    # What is unsafe, and what a tool is not to be relied on for
    Act.TAKE_UNSAFE: EMBEDDED | {Role.LEAD, Role.DUTY_CONTACT},
    Act.RESTRICT_TOOL: frozenset({Role.LEAD, Role.DUTY_CONTACT}),
    # Observations and exposure
    Act.OBSERVE: frozenset({Role.DATA_SCIENTIST}),
    Act.ENTER_EXPOSURE: frozenset({Role.DATA_SCIENTIST}),
    # Change notes
    Act.READ_TOOL_HISTORY: SPONSORS
    | EMBEDDED
    | {
        Role.LEAD,
        Role.DUTY_CONTACT,
        Role.FRONTLINE,
        Role.COORDINATOR,
        Role.WORKER_REPRESENTATIVE,
        Role.ADMIN,
    },
}

REFUSALS: dict[Act, str] = {
    Act.PROPOSE_EMBEDDING: N_("Only a lead or a coordinator can schedule an embedding. Ask your lead."),
    Act.AGREE_TO_EMBEDDING: N_("Only the team's lead and the two sponsors are asked to agree to this."),
    Act.PLAN_PROMPTS: N_(
        "Only the data scientists of an embedding and its team's lead plan what it asks. Ask one of them."
    ),
    Act.FILE_FEEDBACK: N_(
        "Only people who work with that tool report on it. Pick another, or ask your lead; your text is still here."
    ),
    Act.TRIAGE_FEEDBACK: N_("Only the data scientists of this tool's embedding can answer reports."),
    Act.READ_REPORTS: N_("Only the embedded people can read single reports. Try /embedding-summary."),
    Act.FILE_CHANGE_NOTE: N_("Only the data scientists of this tool's embedding can file change notes."),
    Act.READ_SUMMARY: N_("Only people who take part in an embedding can read its summary."),
    Act.SIGN_REVIEW: N_("Only the two sponsors of this embedding sign its review."),
    Act.RETRY_DELIVERIES: N_("Only admins have messages sent again. Ask one of them."),
    Act.SHUT_DOWN: N_("Only a lead or a coordinator notes a shutdown. Ask your lead."),
    Act.PAUSE_EMBEDDING: N_("Only the team's lead or a coordinator pauses an embedding. Ask your lead."),
    Act.MOVE_PEOPLE: N_("Only a lead or a coordinator puts people into crews. Ask your lead."),
    # What is unsafe, and what a tool is not to be relied on for
    Act.TAKE_UNSAFE: N_(
        "Only the team's duty contacts, its lead and the embedded people take this on. You are none of them now."
    ),
    Act.RESTRICT_TOOL: N_(
        "Only a lead or a duty contact of a team with this tool says what not to rely on. Tell one of them."
    ),
    # Observations and exposure
    Act.OBSERVE: N_("Only the data scientists of an embedding note what they saw. To report it, type /model-feedback."),
    Act.ENTER_EXPOSURE: N_("Only the data scientists of this tool's embedding enter how much it has shown."),
    # Change notes
    Act.READ_TOOL_HISTORY: N_("Only people who work with a tool or take part in its embedding read its history."),
}

MUST_NOT_MEET: tuple[frozenset[Role], ...] = (
    frozenset({Role.SPONSOR_OPERATIONS, Role.SPONSOR_DATA}),
    frozenset({Role.DATA_SCIENTIST, Role.SPONSOR_OPERATIONS}),
    frozenset({Role.DATA_SCIENTIST, Role.SPONSOR_DATA}),
    frozenset({Role.DATA_SCIENTIST, Role.LEAD}),
    frozenset({Role.LEAD, Role.SPONSOR_OPERATIONS}),
    frozenset({Role.LEAD, Role.SPONSOR_DATA}),
)
"""Pairs that one person must not hold for the same embedding: nobody signs for their own work."""


def give(session: Session, person: Person, role: Role, scope: Scope, scope_id: int, *, at: datetime) -> bool:
    """Give a role; giving it twice is the same as once.

    Returns:
        Whether it is new.
    """
    given = session.execute(
        insert(session, Grant)
        .values(
            workspace_id=person.workspace_id,
            person_id=person.id,
            role=role,
            scope=scope,
            scope_id=scope_id,
            granted_at=at,
        )
        .on_conflict_do_nothing()
        .returning(col(Grant.id))
    )
    return given.first() is not None


def holders(session: Session, role: Role, scope: Scope, scope_id: int) -> list[Person]:
    """The people who hold a role for something, by name, whether or not their account is active."""
    query = (
        select(Person)
        .join(Grant, col(Grant.person_id) == col(Person.id))
        .where(Grant.role == role, Grant.scope == scope, Grant.scope_id == scope_id)
        .order_by(Person.name)
    )
    return list(session.exec(query).all())


def roles_of(
    session: Session, person: Person, *, teams: Iterable[int] = (), embeddings: Iterable[int] = ()
) -> frozenset[Role]:
    """The roles somebody holds in the workspace, in these teams and for these embeddings."""
    return standing(session, person).roles(teams=teams, embeddings=embeddings)


def teams_of(session: Session, person: Person) -> frozenset[int]:
    """The ids of the teams that somebody works in or holds a role in."""
    return frozenset(scope_id for _, scope, scope_id in standing(session, person).held if scope is Scope.TEAM)


Held = tuple[tuple[Role, Scope, int], ...]
"""Roles, each with what it is for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that somebody holds, for questions about several teams and embeddings."""

    held: Held
    """Each role with what it is for; to work in a team is to be frontline there."""
    admin: bool
    """Whether Slack or the settings make them one."""

    @property
    def everywhere(self) -> frozenset[Role]:
        """The roles they hold anywhere."""
        return frozenset(role for role, _, _ in self.held)

    def roles(self, *, teams: Iterable[int] = (), embeddings: Iterable[int] = ()) -> frozenset[Role]:
        """The roles they hold in the workspace, in these teams and for these embeddings."""
        among = {Scope.TEAM: frozenset(teams), Scope.EMBEDDING: frozenset(embeddings)}
        held = {
            role
            for role, scope, scope_id in self.held
            if scope is Scope.WORKSPACE or scope_id in among.get(scope, frozenset())
        }
        return frozenset(held | {Role.ADMIN} if self.admin else held)


_HELD: Executable = union_all(
    select(Grant.role, Grant.scope, Grant.scope_id).where(Grant.person_id == bindparam("person_id")),
    select(literal(Role.FRONTLINE, Word(Role)), literal(Scope.TEAM, Word(Scope)), Member.team_id).where(
        Member.person_id == bindparam("person_id")
    ),
)


def standing(session: Session, person: Person) -> Standing:
    """What somebody holds in the whole workspace."""
    return Standing(held_by(session, person.key), person.admin)


def held_by(session: Session, person_id: int) -> Held:
    """Each role that somebody holds; to work in a team is to be frontline there."""
    held = prepared.rows(session, _HELD, {"person_id": person_id})
    return tuple((row.role, row.scope, row.scope_id) for row in held)


class Asking(NamedTuple):
    """Who asks, and all that they hold."""

    person_id: int
    workspace_id: int
    standing: Standing


def asking(session: Session, caller: Caller) -> Asking:
    """The person who asks, with all that they hold: what `people.known` and `standing` find, by one question.

    Raises:
        Refused: As `people.known` does.
    """
    found = prepared.rows(session, _ASKING, people.names_of(caller))
    if not found or not found[0].active:
        person = people.known(session, caller)
        return Asking(person.key, person.workspace_id, standing(session, person))
    first = found[0]
    held = tuple((one.role, one.scope, one.scope_id) for one in found if one.role is not None)
    return Asking(first.id, first.workspace_id, Standing(held, first.admin))


_ASKER = (col(Person.id), col(Person.workspace_id), col(Person.active), col(Person.admin))
_ASKING: Executable = union_all(
    sa_select(*_ASKER, col(Grant.role), col(Grant.scope), col(Grant.scope_id))
    .select_from(Workspace)
    .join(Person, people.IS_THE_CALLER)
    .outerjoin(Grant, col(Grant.person_id) == col(Person.id)),
    sa_select(*_ASKER, literal(Role.FRONTLINE, Word(Role)), literal(Scope.TEAM, Word(Scope)), col(Member.team_id))
    .select_from(Workspace)
    .join(Person, people.IS_THE_CALLER)
    .join(Member, col(Member.person_id) == col(Person.id)),
)


def require(act: Act, roles: frozenset[Role]) -> None:
    """Let an act pass.

    Raises:
        Refused: None of the roles has the right to it; the sentence says who has.
    """
    if not roles & RIGHTS[act]:
        raise Refused(REFUSALS[act])


def meet(roles: Iterable[Role]) -> frozenset[Role] | None:
    """The first pair of roles that must not meet in one person, or None."""
    held = frozenset(roles)
    return next((pair for pair in MUST_NOT_MEET if pair <= held), None)
