"""What a data scientist filled in to note a change or edit a note, and what is typed and tapped about notes."""

import re

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.forms.taps import number, parts
from bot.texts import Texts
from store.change_notes import Change, When
from store.errors import N_
from store.references import Series, named

VERSION = 40
"""Characters in the name of a version."""
PAGE = 5
"""Notes, or changes of a tool, on one page."""
MOST_PASTED = 100


def modal(request: Request, t: Texts) -> tuple[Change]:
    """The change note's modal."""
    what, why = request.words("what").strip(), request.words("why").strip()
    missing = {name: N_("Say it in a sentence.") for name, said in (("what", what), ("why", why)) if not said}
    if missing:
        raise FormErrors(missing)
    when, planned_for = _when(request), request.moment("planned_for")
    if when is When.LATER and planned_for is None:
        raise FormErrors({"planned_for": N_("Say when it goes live, or choose another answer above.")})
    if when is not When.LATER and planned_for is not None:
        raise FormErrors({"planned_for": N_("Choose above that it goes live at a time, or empty this.")})
    change = Change(
        tool_id=request.number("tool"),
        what=what,
        why=why,
        version=_version(request, "version"),
        answers=request.numbers("answers"),
        pasted=_pasted(request.words("pasted")),
        version_from=_version(request, "version_from"),
        before=request.words("before").strip(),
        after=request.words("after").strip(),
        expected=request.words("expected").strip(),
        take_back=request.words("take_back").strip(),
        approval=request.words("approval").strip(),
        when=when,
        planned_for=planned_for,
    )
    return (change,)


def edited(request: Request, t: Texts) -> tuple[int, int, Change]:
    """The modal that edits a note: which one, the version that was read, and what it says now."""
    return request.kept_number("note"), request.kept_number("revision"), *modal(request, t)


def searched(request: Request, t: Texts) -> tuple[str]:
    """What somebody typed to find reports."""
    return (request.searched,)


def page(request: Request, t: Texts) -> tuple[int, int]:
    """`/change-note list 3`, or the button that turns the page: number and size of the page."""
    found = re.search(r"\d{1,6}$", request.clicked or request.text)
    return (int(found[0]) if found else 1), PAGE


def history(request: Request, t: Texts) -> tuple[str, int]:
    """`/change-note history Pump Watch 2`: what stands behind the word, and the size of a page."""
    return request.text.partition(" ")[2].strip(), PAGE


def history_page(request: Request, t: Texts) -> tuple[int, int | None, int, int]:
    """The button that turns a page of a tool's history: the tool, the version if it is of one, number and size."""
    tool_id, version_id, wanted = parts(request, 3)
    return number(tool_id), number(version_id) if version_id else None, number(wanted), PAGE


def reference(request: Request, t: Texts) -> tuple[Series, int]:
    """`/change-note C-3` or `/change-note F-12`."""
    found = named(request.text)
    if found is None:
        raise FormErrors({"": UNREADABLE})
    return found


def report_number(request: Request, t: Texts) -> tuple[int]:
    """`/model-feedback again F-12`, or the button that says the same: the report's number."""
    if request.clicked:
        return (request.clicked_number,)
    found = named(request.text.partition(" ")[2])
    if found is None or found[0] is not Series.FEEDBACK:
        raise FormErrors({"": N_("That is no report. Its reference looks like F-12.")})
    return (found[1],)


def version_of_note(request: Request, t: Texts) -> tuple[int, int]:
    """A button about a version of a note: the note's id and the version."""
    note_id, revision = parts(request, 2)
    return number(note_id), number(revision)


def not_yet(request: Request, t: Texts) -> tuple[int, int, str]:
    """The modal in which an approver says why not yet."""
    return request.kept_number("note"), request.kept_number("revision"), _sentence(request, "reason")


def because(request: Request, t: Texts) -> tuple[int, str]:
    """The modal in which a change is taken back."""
    return request.kept_number("note"), _sentence(request, "because")


def words(request: Request, t: Texts) -> tuple[int, str]:
    """The modal for a word beside a verdict."""
    return request.kept_number("note"), _sentence(request, "words")


def _sentence(request: Request, name: str) -> str:
    said = request.words(name).strip()
    if not said:
        raise FormErrors({name: N_("Say it in a sentence.")})
    return said


def _when(request: Request) -> When:
    chosen = request.choice("when")
    if chosen is None and request.has_input("when"):
        raise FormErrors({"when": PICK_ONE})
    try:
        return When(chosen or When.NOW)
    except ValueError:
        raise FormErrors({"when": UNREADABLE}) from None


def _version(request: Request, name: str) -> str | None:
    version = request.words(name).strip()
    if len(version) > VERSION:
        raise FormErrors({name: N_("That is too long for a version. Write its name, such as 2.4.")})
    return version or None


def _pasted(said: str) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for word in re.split(r"[\s,;]+", said.strip()):
        if not word:
            continue
        match = re.fullmatch(r"(?:F-?)?(\d{1,9})", word, re.IGNORECASE | re.ASCII)
        if match is None:
            raise FormErrors({"pasted": N_("Write the numbers of reports, such as F-12, F-15.")})
        found[int(match[1])] = None
    if len(found) > MOST_PASTED:
        raise FormErrors({"pasted": N_("Those are too many at once. Write up to 100.")})
    return tuple(found)
