"""What somebody filled in to plan prompts, or to write questions of their own."""

from pydantic import TypeAdapter, ValidationError

from bot.blocks.prompt_plans import EVERYBODY
from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.forms.taps import number, parts
from bot.texts import Texts
from store.asking import BOUNDS, ROLES_ASKED, PlanDraft, SetDraft
from store.errors import N_
from store.prompt_plans import Frequency, Moment
from store.questions import MOST_CHOICES, MOST_QUESTIONS, Question, QuestionKind, QuestionSet, SetName, own
from store.roles import Role

DRAFT: TypeAdapter[PlanDraft] = TypeAdapter(PlanDraft)


def which(request: Request, t: Texts) -> tuple[int, int | None]:
    """The button that opens the form: the embedding, and the plan that is to be changed; 0 stands for a new one."""
    embedding_id, plan_id = parts(request, 2)
    return number(embedding_id), number(plan_id) or None


def modal(request: Request, t: Texts) -> tuple[PlanDraft]:
    """The form of a plan."""
    errors: dict[str, str] = {}
    numbers = {name: _whole(request, name, errors) for name in BOUNDS}
    if numbers["share"] is None:
        errors.setdefault("share", WHOLE)
    if errors:
        raise FormErrors(errors)
    plan = request.kept.get("plan")
    return (
        PlanDraft(
            embedding_id=request.kept_number("embedding"),
            plan_id=None if plan is None else request.kept_number("plan"),
            set_name=_set_name(request.choice("questions"), "questions"),
            crew_id=None if request.choice("crew") == EVERYBODY else request.number("crew"),
            role=_role(request),
            share=numbers["share"] or 0,
            moment=_moment(request),
            minutes=numbers["minutes"],
            frequency=_frequency(request),
            nth=numbers["nth"],
            window_minutes=numbers["window_minutes"],
            cap=numbers["cap"],
        ),
    )


def previewed(request: Request, t: Texts) -> tuple[PlanDraft]:
    """The plan whose cost was shown, as it was kept with that."""
    try:
        return (DRAFT.validate_python(request.kept),)
    except ValidationError:
        raise FormErrors({"": UNREADABLE}) from None


def copied(request: Request, t: Texts) -> tuple[int, SetName]:
    """The button that copies a set."""
    embedding_id, name = parts(request, 2)
    return number(embedding_id), _set_name(name, "")


def questions(request: Request, t: Texts) -> tuple[SetDraft]:
    """The form of own questions; those that are left empty are left out."""
    errors: dict[str, str] = {}
    title = " ".join(request.words("title").split())
    if not title:
        errors["title"] = N_("Give the set a name.")
    found: list[Question] = []
    for place in range(1, MOST_QUESTIONS + 1):
        text, kind = " ".join(request.words(f"text_{place}").split()), _kind(request, f"kind_{place}")
        if text:
            found.append(_question(request, place, text, kind, errors))
    if not request.words("text_1").strip():
        errors["text_1"] = N_("Write the first question.")
    if errors:
        raise FormErrors(errors)
    return (SetDraft(request.kept_number("embedding"), title, tuple(found)),)


WHOLE = N_("Write a whole number, such as 2.")
OUT_OF_BOUNDS: dict[str, str] = {
    "share": N_("Pick 1 to 100 percent."),
    "minutes": N_("Pick 1 to 1,440 minutes."),
    "nth": N_("Pick 1 to 30 shifts."),
    "window_minutes": N_("Pick 0 to 1,440 minutes."),
    "cap": N_("Pick 1 to 21 times."),
}


def _whole(request: Request, name: str, errors: dict[str, str]) -> int | None:
    written = request.words(name).strip()
    if not written:
        return None
    if not written.isascii() or not written.isdigit():
        errors[name] = WHOLE
        return None
    least, most = BOUNDS[name]
    digits = written.lstrip("0") or "0"
    if len(digits) > len(str(most)) or not least <= int(digits) <= most:
        errors[name] = OUT_OF_BOUNDS[name]
        return None
    return int(digits)


def _question(request: Request, place: int, text: str, kind: QuestionKind, errors: dict[str, str]) -> Question:
    labels = [" ".join(line.split()) for line in request.words(f"choices_{place}").splitlines() if line.strip()]
    if kind is QuestionKind.CHOICE and (not 2 <= len(labels) <= MOST_CHOICES or len(set(labels)) < len(labels)):
        errors[f"choices_{place}"] = N_("Write two to five choices, each another, one a line.")
    return own(f"q{place}", kind, text, labels)


def _kind(request: Request, field: str) -> QuestionKind:
    try:
        return QuestionKind(request.choice(field) or "")
    except ValueError:
        raise FormErrors({field: PICK_ONE}) from None


def _set_name(value: str | None, field: str) -> SetName:
    kind, _, which = (value or "").partition(":")
    try:
        return SetName(own_id=number(which)) if kind == "own" else SetName(QuestionSet(which))
    except ValueError:
        raise FormErrors({field: PICK_ONE if field else UNREADABLE}) from None


def _role(request: Request) -> Role | None:
    chosen = request.choice("role")
    if chosen == EVERYBODY:
        return None
    if chosen not in ROLES_ASKED:
        raise FormErrors({"role": PICK_ONE})
    return Role(chosen)


def _moment(request: Request) -> Moment:
    try:
        return Moment(request.choice("moment") or "")
    except ValueError:
        raise FormErrors({"moment": PICK_ONE}) from None


def _frequency(request: Request) -> Frequency:
    try:
        return Frequency(request.choice("frequency") or "")
    except ValueError:
        raise FormErrors({"frequency": PICK_ONE}) from None
