"""One figure of a benchmark, and what it is held against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Args:
        name: Stable, such as `ack.sqlite.16.throughput`.
        what: What was measured, in words.
        figure: The figure.
        unit: Of the figure.
        against: The figure of what it is compared with, in the same unit; None where there is nothing.
        ratio: The figure by the one it is compared with.
        target: What the ratio (or the figure, where there is none) should be, such as `>= 0.35`.
        in_readme: Whether it is one to show in the README although it has a ratio and no target.
    """

    name: str
    what: str
    figure: float
    unit: str
    against: float | None = None
    ratio: float | None = None
    target: str = ""
    in_readme: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if not self.target:
            return None
        sign, bound = self.target.split()
        held = self.figure if self.ratio is None else self.ratio
        return held >= float(bound) if sign == ">=" else held <= float(bound)
