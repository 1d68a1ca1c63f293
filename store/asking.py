"""Planning what an embedding asks: which plans there are, what one may say, what it would cost, and its questions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from store import access, embeddings, history, people, planned_days, prompt_plans, prompts, questions, shifts, teams
from store.access import Act
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import N_, Refused
from store.figures.burden import Burden, burden, shifts_a_week
from store.not_now import Reason
from store.people import Caller, Person
from store.policy import Policy
from store.prompt_plans import Frequency, Moment, PlanStatus, PromptPlan, rules_of
from store.prompts import Prompt
from store.questions import FIRST_SET, ONE_TAP, OwnQuestions, Question, QuestionSet, SetName
from store.roles import Role
from store.teams import Team

PLANNABLE = (EmbeddingStatus.PLANNED, EmbeddingStatus.ACTIVE, EmbeddingStatus.PAUSED)
ROLES_ASKED = (Role.CHAMPION, Role.LEAD, Role.DUTY_CONTACT)
"""The parts that people at work on a shift may have beside being there."""

MOST_PLANS = 5
"""As many as an embedding may have at a time."""
BOUNDS = {"share": (1, 100), "minutes": (1, 1_440), "nth": (1, 30), "window_minutes": (0, 1_440), "cap": (1, 21)}
"""The least and the most of each number of a plan."""


@dataclass(frozen=True, slots=True)
class SetChoice:
    """A set that a plan may ask: a ready one, or the newest version of one of the embedding's own."""

    name: SetName
    title: str = ""
    """Its author's; a ready one has none."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What somebody fills in to make or change a plan; what is left open (None) is as the site has it."""

    embedding_id: int
    plan_id: int | None
    """The plan that is changed; None for a new one."""
    set_name: SetName = FIRST_SET
    crew_id: int | None = None
    role: Role | None = None
    share: int = 100
    moment: Moment = Moment.BEFORE_END
    minutes: int | None = None
    frequency: Frequency = Frequency.EVERY_NTH_SHIFT
    nth: int | None = None
    window_minutes: int | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the form of a plan offers, and what stands in it at first."""

    reference: str
    sets: tuple[SetChoice, ...]
    crews: tuple[tuple[int, str], ...]
    draft: PlanDraft


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would ask of one of those whom it is for."""

    draft: PlanDraft
    reference: str
    asked: SetChoice
    burden: Burden


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list."""

    id: int
    asked: SetChoice
    crew: str | None
    role: Role | None
    share: int
    moment: Moment
    frequency: Frequency
    paused: bool
    cost: Burden


@dataclass(frozen=True, slots=True)
class Planned:
    """An embedding that somebody plans prompts for."""

    id: int
    reference: str
    team: str
    plans: tuple[PlanLine, ...]
    own_sets: tuple[SetChoice, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything that somebody plans."""

    embeddings: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan, or a version of a set, was kept."""

    reference: str
    changed: bool


def plans(session: Session, *, policy: Policy, by: Caller) -> Plans:
    """The plans of the embeddings that somebody plans prompts for.

    Raises:
        Refused: There is no such embedding.
    """
    person = people.known(session, by)
    mine = [
        embedding
        for embedding in embeddings.of_workspace(session, person.workspace_id)
        if embedding.status in PLANNABLE and _may_plan(session, person, embedding)
    ]
    if not mine:
        raise Refused(access.REFUSALS[Act.PLAN_PROMPTS])
    return Plans(tuple(_planned(session, embedding, policy) for embedding in mine))


def choices(session: Session, embedding_id: int, plan_id: int | None, *, by: Caller) -> PlanChoices:
    """What the form of a plan offers: of a new one, or of one that is changed.

    Raises:
        Refused: The person does not plan prompts there, or the plan has ended.
    """
    embedding, _ = _plannable(session, embedding_id, by)
    draft = PlanDraft(embedding.key, None)
    if plan_id is not None:
        draft = _draft_of(_plan_of(session, embedding, plan_id))
    own = [_choice(one) for one in questions.own_sets(session, embedding.key)]
    sets = (*(SetChoice(SetName(ready)) for ready in QuestionSet), *own)
    if draft.set_name not in [one.name for one in sets]:
        sets = (*sets, _asked(session, draft.set_name))
    crews = tuple((crew.id or 0, crew.name) for crew in teams.crews_of(session, embedding.team_id))
    return PlanChoices(embedding.reference, sets, crews, draft)


def preview(session: Session, draft: PlanDraft, *, policy: Policy, by: Caller) -> Preview:
    """What a plan would cost those whom it asks.

    Raises:
        Refused: At the field that breaks a rule.
    """
    embedding, _ = _plannable(session, draft.embedding_id, by)
    team = teams.by_id(session, embedding.team_id)
    _check(session, embedding, team, draft, policy)
    plan = _filled(PromptPlan(embedding_id=embedding.key, created_at=embedding.created_at), draft)
    cost = _cost(session, team, plan, policy)
    return Preview(draft, embedding.reference, _asked(session, draft.set_name), cost)


def keep_plan(session: Session, draft: PlanDraft, *, policy: Policy, by: Caller, at: datetime) -> Kept:
    """Make a plan, or change one: what has not gone out yet follows it.

    Raises:
        Refused: The person may not, the plan has ended, or a value breaks a rule.
    """
    person = people.known(session, by)
    embedding = _locked(session, person, draft.embedding_id)
    team = teams.by_id(session, embedding.team_id)
    _check(session, embedding, team, draft, policy)
    if draft.plan_id is None:
        plan = PromptPlan(embedding_id=embedding.key, created_at=at, planned_through=_yesterday(embedding, team, at))
    else:
        plan = _plan_of(session, embedding, draft.plan_id)
    session.add(_filled(plan, draft))
    session.flush()
    planned_days.look_soon(session, planned_days.of_plans([plan.key]), at=at)
    _record(
        session, embedding, plan, "prompt_plan_made" if draft.plan_id is None else "prompt_plan_changed", person, at
    )
    return Kept(embedding.reference, draft.plan_id is not None)


def pause_plan(session: Session, plan_id: int, *, policy: Policy, by: Caller, at: datetime) -> Plans:
    """Let a plan rest: it asks nobody until it goes on."""
    return _set_status(session, plan_id, PlanStatus.PAUSED, policy, by, at)


def resume_plan(session: Session, plan_id: int, *, policy: Policy, by: Caller, at: datetime) -> Plans:
    """Let a plan that rested go on: from now on people are asked again."""
    return _set_status(session, plan_id, PlanStatus.ACTIVE, policy, by, at)


def end_plan(session: Session, plan_id: int, *, policy: Policy, by: Caller, at: datetime) -> Plans:
    """End a plan for good; what people answered stays."""
    return _set_status(session, plan_id, PlanStatus.ENDED, policy, by, at)


EVENTS = {
    PlanStatus.PAUSED: "prompt_plan_paused",
    PlanStatus.ACTIVE: "prompt_plan_resumed",
    PlanStatus.ENDED: "prompt_plan_ended",
}


def _set_status(session: Session, plan_id: int, status: PlanStatus, policy: Policy, by: Caller, at: datetime) -> Plans:
    person = people.known(session, by)
    found = session.get(PromptPlan, plan_id)
    if found is None:
        raise Refused(_GONE)
    embedding = _locked(session, person, found.embedding_id)
    plan = _plan_of(session, embedding, plan_id)
    if plan.status is not status:
        if status is not PlanStatus.ACTIVE:
            prompts.skip_waiting(session, Reason.PLAN_STOPPED, Prompt.plan_id == plan.key, at=at)
        plan.status = status
        session.add(plan)
        session.flush()
        planned_days.look_soon(session, planned_days.of_plans([plan.key]), at=at)
        _record(session, embedding, plan, EVENTS[status], person, at)
    return plans(session, policy=policy, by=by)


@dataclass(frozen=True, slots=True)
class SetToCopy:
    """A set that somebody copies to change it for an embedding."""

    embedding_id: int
    title: str
    """What the copy is called at first; empty for a ready set."""
    ready: QuestionSet | None
    tools: tuple[str, ...]
    questions: tuple[Question, ...]


def to_copy(session: Session, embedding_id: int, name: SetName, *, by: Caller) -> SetToCopy:
    """What the form shows that changes a copy of a set.

    Raises:
        Refused: The person does not plan prompts there, or the set is another embedding's.
    """
    embedding, _ = _plannable(session, embedding_id, by)
    own = _own_set(session, embedding, name)
    asked = questions.questions_of(session, name)
    tools = tuple(tool.name for tool in embeddings.tools_of(session, embedding.key))
    return SetToCopy(embedding.key, own.name if own else "", None if own else name.ready, tools, asked)


@dataclass(frozen=True, slots=True)
class SetDraft:
    """The questions that somebody wrote."""

    embedding_id: int
    title: str
    questions: tuple[Question, ...]


def keep_questions(session: Session, draft: SetDraft, *, by: Caller, at: datetime) -> Kept:
    """Keep a set as an embedding's own: a new one, or the next version of the one with that name.

    What was asked stays as it was. Plans that ask an earlier version ask this one from now on.

    Raises:
        Refused: The person may not, or the first question takes more than a tap.
    """
    person = people.known(session, by)
    embedding = _locked(session, person, draft.embedding_id)
    if draft.questions[0].kind not in ONE_TAP:
        raise Refused(
            "The first question must take one tap: a rating, a choice or yes/no. Put this one further down.",
            field="kind_1",
        )
    version = questions.add_version(session, embedding.key, draft.title, draft.questions, by_id=person.key, at=at)
    earlier = select(OwnQuestions.id).where(
        OwnQuestions.embedding_id == embedding.key, OwnQuestions.name == draft.title
    )
    for plan in session.exec(select(PromptPlan).where(col(PromptPlan.own_set_id).in_(earlier))).all():
        plan.own_set_id = version.key
        session.add(plan)
    planned_days.look_soon(session, planned_days.of_embedding(embedding.key), at=at)
    history.record(
        session,
        embedding.workspace_id,
        "question_set_kept",
        "embedding",
        embedding.key,
        at=at,
        actor_id=person.id,
        data={"question_set": version.key, "version": version.version, "questions": len(draft.questions)},
    )
    return Kept(embedding.reference, version.version > 1)


_GONE = N_("That plan has ended. Type /embedding prompts to see what there is.")


def _may_plan(session: Session, person: Person, embedding: Embedding) -> bool:
    roles = access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])
    return bool(access.RIGHTS[Act.PLAN_PROMPTS] & roles)


def _plannable(session: Session, embedding_id: int, by: Caller) -> tuple[Embedding, Person]:
    person = people.known(session, by)
    embedding = session.get(Embedding, embedding_id)
    if embedding is None or embedding.workspace_id != person.workspace_id:
        raise Refused(access.REFUSALS[Act.PLAN_PROMPTS])
    _require(session, person, embedding)
    return embedding, person


def _locked(session: Session, person: Person, embedding_id: int) -> Embedding:
    embedding = embeddings.locked(session, embedding_id, person.workspace_id)
    _require(session, person, embedding)
    return embedding


def _require(session: Session, person: Person, embedding: Embedding) -> None:
    if not _may_plan(session, person, embedding):
        raise Refused(access.REFUSALS[Act.PLAN_PROMPTS])
    if embedding.status not in PLANNABLE:
        raise Refused("{reference} asks nobody any more, so there is nothing to plan.", reference=embedding.reference)


def _plan_of(session: Session, embedding: Embedding, plan_id: int) -> PromptPlan:
    plan = session.get(PromptPlan, plan_id, with_for_update=True)
    if plan is None or plan.embedding_id != embedding.id or plan.status is PlanStatus.ENDED:
        raise Refused(_GONE)
    return plan


def _own_set(session: Session, embedding: Embedding, name: SetName) -> OwnQuestions | None:
    if name.own_id is None:
        return None
    own = session.get(OwnQuestions, name.own_id)
    if own is None or own.embedding_id != embedding.id:
        raise Refused("These questions are not this embedding's. Pick others.", field="questions")
    return own


def _check(session: Session, embedding: Embedding, team: Team, draft: PlanDraft, policy: Policy) -> None:
    _own_set(session, embedding, draft.set_name)
    if draft.plan_id is None and len(prompt_plans.all_of(session, embedding.key)) >= MOST_PLANS:
        raise Refused(
            "{reference} has {count} plans, and no more fit. End one first.",
            reference=embedding.reference,
            count=MOST_PLANS,
        )
    for name, (least, most) in BOUNDS.items():
        value = getattr(draft, name)
        if value is not None and not least <= value <= most:
            raise Refused("Pick a number from {least} to {most}.", field=name, least=least, most=most)
    if draft.crew_id is not None and draft.crew_id not in [crew.id for crew in teams.crews_of(session, team.key)]:
        raise Refused("{team} has no such crew. Pick another.", field="crew", team=team.name)
    rules = rules_of(_filled(PromptPlan(embedding_id=embedding.key, created_at=embedding.created_at), draft), policy)
    shortest = min((times.minutes for times in teams.pattern_of(session, team).shifts.values()), default=0)
    if rules.offset >= timedelta(minutes=shortest):
        raise Refused(
            "The shortest shift is {minutes} minutes long. Pick fewer, so that nobody is asked outside of it.",
            field="minutes",
            minutes=shortest,
        )


def _filled(plan: PromptPlan, draft: PlanDraft) -> PromptPlan:
    plan.questions, plan.own_set_id = draft.set_name.ready, draft.set_name.own_id
    plan.crew_id, plan.role, plan.share = draft.crew_id, draft.role, draft.share
    plan.moment, plan.minutes = draft.moment, draft.minutes
    plan.frequency, plan.nth = draft.frequency, draft.nth
    plan.window_minutes, plan.cap = draft.window_minutes, draft.cap
    return plan


def _draft_of(plan: PromptPlan) -> PlanDraft:
    return PlanDraft(
        embedding_id=plan.embedding_id,
        plan_id=plan.key,
        set_name=plan.set_name,
        crew_id=plan.crew_id,
        role=plan.role,
        share=plan.share,
        moment=plan.moment,
        minutes=plan.minutes,
        frequency=plan.frequency,
        nth=plan.nth,
        window_minutes=plan.window_minutes,
        cap=plan.cap,
    )


def _yesterday(embedding: Embedding, team: Team, at: datetime) -> date:
    """What a plan that begins now counts as planned: days that are over are not asked about."""
    return max(shifts.local_day(at, team.zone), embedding.first_day) - timedelta(days=1)


def _planned(session: Session, embedding: Embedding, policy: Policy) -> Planned:
    team = teams.by_id(session, embedding.team_id)
    crews = {crew.id: crew.name for crew in teams.crews_of(session, team.key)}
    lines = [
        PlanLine(
            id=plan.key,
            asked=_asked(session, plan.set_name),
            crew=crews.get(plan.crew_id),
            role=plan.role,
            share=plan.share,
            moment=plan.moment,
            frequency=plan.frequency,
            paused=plan.status is PlanStatus.PAUSED,
            cost=_cost(session, team, plan, policy),
        )
        for plan in prompt_plans.all_of(session, embedding.key)
    ]
    own = tuple(_choice(one) for one in questions.own_sets(session, embedding.key))
    return Planned(embedding.key, embedding.reference, team.name, tuple(lines), own)


def _cost(session: Session, team: Team, plan: PromptPlan, policy: Policy) -> Burden:
    asked = questions.questions_of(session, plan.set_name)
    return burden(asked, rules_of(plan, policy), shifts_a_week(teams.pattern_of(session, team)))


def _asked(session: Session, name: SetName) -> SetChoice:
    return SetChoice(name) if name.own_id is None else _choice(session.get_one(OwnQuestions, name.own_id))


def _choice(own: OwnQuestions) -> SetChoice:
    return SetChoice(SetName(own_id=own.key), own.name, own.version)


def _record(session: Session, embedding: Embedding, plan: PromptPlan, kind: str, person: Person, at: datetime) -> None:
    history.record(
        session,
        embedding.workspace_id,
        kind,
        "prompt_plan",
        plan.key,
        at=at,
        actor_id=person.id,
        data={"reference": embedding.reference},
    )
