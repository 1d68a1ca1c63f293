"""People: the Slack users we know, and who it is that asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, bindparam
from sqlmodel import Field, Session, and_, col, select

from store import history, prepared, workspaces
from store.errors import Refused
from store.policy import Policy
from store.roles import Grant, Role
from store.table import Keyed
from store.types import Instant
from store.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as Slack names them in a request; nothing is known of them yet."""

    enterprise_id: str
    workspace: str
    user: str


class Person(Keyed, table=True):
    """A Slack user we know."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("workspace_id", "slack_id"), Index(None, "profile_at"))

    workspace_id: int = Field(foreign_key="workspace.id")
    slack_id: str
    name: str
    zone: str = "UTC"
    locale: str = "en-US"
    active: bool = True
    shared: bool = False
    """Several people use the account, as on a tablet in the shop."""
    admin: bool = False
    """One of Slack's admins or owners, or of those that the settings name."""
    direct_channel: str | None = None
    """The Slack channel of their direct messages with us, once something was sent there."""
    profile_at: datetime | None = Field(default=None, sa_type=Instant)
    """When Slack was last asked about them."""
    created_at: datetime = Field(sa_type=Instant)


def known(session: Session, caller: Caller) -> Person:
    """The person who asks.

    Raises:
        Refused: Nobody has put them on the site's list, or their account was deactivated; the sentence says whom to
            ask.
    """
    person = find(session, caller)
    if person is None:
        raise _stranger(session, caller)
    if not person.active:
        raise _switched_off(session, person)
    return person


def look_after(session: Session, workspace_id: int) -> list[str]:
    """The names of those who look after a workspace's list: its coordinators, else its leads, else its admins."""
    for role in (Role.COORDINATOR, Role.LEAD):
        if names := _holding(session, workspace_id, role):
            return names
    slack_admins = session.exec(
        select(Person.name).where(Person.workspace_id == workspace_id, col(Person.admin), col(Person.active))
    ).all()
    return sorted({*_holding(session, workspace_id, Role.ADMIN), *slack_admins})


def _holding(session: Session, workspace_id: int, role: Role) -> list[str]:
    query = (
        select(Person.name)
        .join(Grant, col(Grant.person_id) == col(Person.id))
        .where(Grant.role == role, Person.workspace_id == workspace_id, col(Person.active))
        .order_by(Person.name)
        .distinct()
    )
    return list(session.exec(query).all())


def _stranger(session: Session, caller: Caller) -> Refused:
    workspace = workspaces.find(session, caller.enterprise_id, caller.workspace)
    if workspace is None or workspace.id is None:
        return Refused(
            "Nobody is on Alongside's list here yet. Whoever runs it imports the site file first: "
            "alongside site import FILE.yaml"
        )
    match look_after(session, workspace.id):
        case [name]:
            return Refused(
                "You are not on this site's list yet. Ask {name} to put you on it; "
                "your Slack id is {user}, {name} needs it.",
                name=name,
                user=caller.user,
            )
        case [name, other, *_]:
            return Refused(
                "You are not on this site's list yet. Ask {name} or {other} to put you on it; "
                "your Slack id is {user}, they need it.",
                name=name,
                other=other,
                user=caller.user,
            )
    return Refused(
        "You are not on this site's list yet. Ask whoever runs Alongside here to put you on it; "
        "your Slack id is {user}, they need it.",
        user=caller.user,
    )


def _switched_off(session: Session, person: Person) -> Refused:
    names = look_after(session, person.workspace_id)
    if not names:
        return Refused("Your account is switched off here. If that is wrong, ask whoever runs Alongside here.")
    return Refused("Your account is switched off here. If that is wrong, ask {name}.", name=names[0])


def find(session: Session, caller: Caller) -> Person | None:
    """The person who asks, or None when we do not know them."""
    return session.execute(_CALLER, names_of(caller)).scalar()


def names_of(caller: Caller) -> dict[str, str]:
    """What `IS_THE_CALLER` asks for."""
    return {"enterprise_id": caller.enterprise_id, "workspace": caller.workspace, "user": caller.user}


IS_THE_CALLER = and_(
    Workspace.enterprise_id == bindparam("enterprise_id"),
    Workspace.slack_id == bindparam("workspace"),
    Person.slack_id == bindparam("user"),
    col(Workspace.id) == col(Person.workspace_id),
)
"""For the statements that are built once: the person who asks, and their workspace."""

_CALLER = select(Person).where(IS_THE_CALLER)
_LOCALE = select(Person.locale).where(IS_THE_CALLER)


def by_slack_id(session: Session, workspace_id: int, slack_id: str) -> Person | None:
    """The person with a Slack user id in one workspace, or None."""
    return session.exec(select(Person).where(Person.workspace_id == workspace_id, Person.slack_id == slack_id)).first()


def by_id(session: Session, person_id: int) -> Person:
    """The person with our id; a missing one is a bug (LookupError)."""
    person = session.get(Person, person_id)
    if person is None:
        raise LookupError(f"no person {person_id}")
    return person


def hold(session: Session, person: Person) -> None:
    """Hold somebody until the transaction ends: whoever changes what they have said of themselves comes in turn."""
    session.exec(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True)).one()


def locale_of(session: Session, caller: Caller) -> str:
    """The language somebody reads in; English for people we do not know."""
    return str(prepared.scalar(session, _LOCALE, names_of(caller)) or "en-US")


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of a person (`users.info` and the `user_change` event)."""

    zone: str | None
    locale: str | None
    active: bool
    slack_admin: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """Whether what Slack said was about somebody we know; strangers are not stored."""

    known: bool


def learn_profile(session: Session, profile: Profile, *, policy: Policy, by: Caller, at: datetime) -> Learned:
    """Take over what Slack says of a person we know."""
    person = find(session, by)
    if person is None:
        return Learned(known=False)
    person.zone = profile.zone or person.zone
    person.locale = profile.locale or person.locale
    _set_active(session, person, profile.active, at)
    person.admin = profile.slack_admin or person.slack_id in policy.admins
    person.profile_at = at
    session.add(person)
    return Learned(known=True)


def hear_of_profile(session: Session, profile: Profile, *, policy: Policy, by: Caller, at: datetime) -> Learned:
    """Take over what an event says of a person we know, and have Slack asked soon.

    Events may come in any order (https://docs.slack.dev/apis/events-api), so this one may be older than what we have.
    """
    learned = learn_profile(session, profile, policy=policy, by=by, at=at)
    person = find(session, by)
    if person is not None:
        person.profile_at = None
        session.add(person)
    return learned


def switch_off(session: Session, person: Person, *, at: datetime) -> None:
    """Slack says that the account is gone: nothing more is sent to it, and nobody is asked through it.

    What Slack says of it later counts again (`learn_profile`), so that a mistake does not last.
    """
    _set_active(session, person, False, at)
    person.profile_at = at
    session.add(person)


def gone(session: Session, caller: Caller, *, at: datetime) -> None:
    """Slack knows nobody by this id any more."""
    person = find(session, caller)
    if person is not None:
        switch_off(session, person, at=at)


def doubt(session: Session, person: Person) -> None:
    """Something speaks against what we know of somebody: Slack is asked about them at the next tick."""
    person.profile_at = None
    session.add(person)


def _set_active(session: Session, person: Person, active: bool, at: datetime) -> None:
    if person.active is active:
        return
    person.active = active
    kind = "account_switched_on" if active else "account_switched_off"
    history.record(session, person.workspace_id, kind, "person", person.key, at=at)


def with_old_profiles(session: Session, before: datetime, limit: int) -> list[Caller]:
    """Some of the people about whom Slack was not asked since an instant; somebody who left may have come back."""
    never = session.exec(_CALLERS.where(col(Person.profile_at).is_(None)).order_by(col(Person.id)).limit(limit)).all()
    old = _CALLERS.where(col(Person.profile_at) < before).order_by(col(Person.profile_at), col(Person.id))
    rows = [*never, *session.exec(old.limit(limit - len(never))).all()]
    return [Caller(*row) for row in rows]


_CALLERS = select(Workspace.enterprise_id, Workspace.slack_id, Person.slack_id).join(
    Person, col(Person.workspace_id) == col(Workspace.id)
)


def asked_in_vain(session: Session, person: Caller, *, policy: Policy, at: datetime) -> None:
    """Slack said nothing of a person: ask again in a while, and not at every tick."""
    known_person = find(session, person)
    if known_person is not None:
        known_person.profile_at = at - policy.profile_every + policy.profile_retry
        session.add(known_person)
