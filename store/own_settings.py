"""What somebody has set for themselves: rows, apart from the acts on them, because whatever queues messages asks."""

from datetime import time

from sqlmodel import Field

from store.not_now import QuietHours
from store.table import Table


class Preferences(Table, table=True):
    """One person's own settings; who has none has set nothing."""

    __tablename__ = "preferences"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    quiet_from: time | None = None
    quiet_until: time | None = None
    reminders: bool = False
    """Whether they want one reminder of a question that they have not answered."""

    @property
    def quiet(self) -> QuietHours | None:
        """Their quiet hours, or None."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return QuietHours(self.quiet_from, self.quiet_until)
