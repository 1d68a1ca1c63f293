"""What can go wrong in a unit of work, in the three kinds that the rest of the house tells apart.

```
StoreError
├── Refused         a rule says no; carries the sentence for the person who asked
├── TryAgain        nothing is wrong with the request; the store is busy or away
└── RunnerTaken     another process already runs this SQLite file
RunAgain            internal: the unit lost a race and must be run again by the store
```
Everything else is a bug.
"""

from typing import Any


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogue where it is kept, to be translated where it is shown."""
    return sentence


class StoreError(Exception):
    """The root of what the store raises on purpose."""


class Refused(StoreError):
    """A rule of the domain says no.

    Args:
        sentence: An English sentence with `{named}` gaps that says what happened and what to do next. It is
            the key of the catalogue, so that the person reads it in their own language.
        field: The field of a form that the sentence belongs to, when there is one.
        values: What fills the gaps.
    """

    def __init__(self, sentence: str, *, field: str | None = None, **values: Any) -> None:
        super().__init__(sentence.format(**values))
        self.sentence = sentence
        self.field = field
        self.values = values


class TryAgain(StoreError):
    """The store is too busy or out of reach; the same request may succeed in a moment."""


class RunnerTaken(StoreError):
    """A second process wanted to run a SQLite file that already has a runner."""


class RunAgain(Exception):
    """A unit found that a concurrent one was faster; the store runs it again on what is true now."""
