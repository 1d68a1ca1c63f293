"""The parts that people have, and the grants that give them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from store.table import Table
from store.types import Instant, Word


class Role(StrEnum):
    """The parts that people have; `frontline` comes from working in a team, `admin` also from Slack."""

    FRONTLINE = "frontline"
    CHAMPION = "champion"
    LEAD = "lead"
    DUTY_CONTACT = "duty_contact"
    DATA_SCIENTIST = "data_scientist"
    DELIVERY = "delivery"
    TOOL_OWNER = "tool_owner"
    SPONSOR_OPERATIONS = "sponsor_operations"
    SPONSOR_DATA = "sponsor_data"
    COORDINATOR = "coordinator"
    WORKER_REPRESENTATIVE = "worker_representative"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a role is held for."""

    WORKSPACE = "workspace"
    TEAM = "team"
    TOOL = "tool"
    EMBEDDING = "embedding"


class Grant(Table, table=True):
    """A role that a person holds for something."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "scope", "scope_id"),)

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: int = Field(foreign_key="workspace.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=Word(Role))
    scope: Scope = Field(sa_type=Word(Scope))
    scope_id: int
    granted_at: datetime = Field(sa_type=Instant)
