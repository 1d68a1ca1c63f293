"""What every table has in common: names for constraints, so that later migrations can find them."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """The base of our tables."""


class Keyed(Table):
    """The base of those whose rows have an id of ours."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id


def index_where_there_is_one(table: str, column: str) -> Index:
    """An index on a column that is mostly empty; rows without a value are not in it, and cost their writer nothing."""
    there = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=there, postgresql_where=there)
