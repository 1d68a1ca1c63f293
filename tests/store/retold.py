"""What the history tells when somebody reads it from its beginning: where each report stands."""

from collections.abc import Iterable

from store.history import Event

DECIDED = {"accepted", "duplicate", "passed_on", "explained", "declined", "acknowledged", "withdrawn"}
"""What a report becomes by the events that say so."""


def retold(events: Iterable[Event]) -> dict[str, str]:
    """Where each report stands, by its reference."""
    stand: dict[str, str] = {}
    references: dict[int, str] = {}
    for event in events:
        if event.kind == "feedback_filed":
            references[event.subject_id] = event.data["reference"]
        reference = references.get(event.subject_id, "")
        match event.kind:
            case "feedback_filed":
                stand[reference] = "new"
            case "question_asked" if stand[reference] == "new":
                stand[reference] = "acknowledged"
            case "feedback_edited" | "feedback_reopened" | "feedback_goes_on_alone":
                stand[reference] = event.data["status"]
            case "change_note_live":
                stand.update(dict.fromkeys([*event.data["answers"], *event.data["joined"]], "changed"))
            case "change_note_rolled_back" | "verdict_given":
                stand.update(event.data["stand"])
            case kind if kind.removeprefix("feedback_") in DECIDED:
                stand[reference] = kind.removeprefix("feedback_")
    return stand
