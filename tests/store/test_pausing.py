"""An embedding that is paused asks nobody, and goes on when somebody who may says so."""

import pytest
from sqlmodel import Session, select

from store import embeddings, pausing, prompts, summary
from store.access import REFUSALS, Act
from store.embeddings import EmbeddingStatus
from store.errors import Refused
from store.not_now import Reason
from store.pausing import Pause, Paused
from store.policy import Policy
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, asked_crew, event_kinds


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def pause(run: Run, site: Site, embedding_id: int, name: str = "Mei") -> Paused:
    return run(pausing.pause_embedding, embedding_id, "The crusher is down", by=site.caller(name), at=LATER)


def resume(run: Run, site: Site, embedding_id: int, name: str = "Mei") -> Paused:
    return run(pausing.resume_embedding, embedding_id, "It runs again", by=site.caller(name), at=LATER)


@pytest.mark.parametrize("name", ["Mei", "Kay"])
def test_the_lead_and_the_coordinator_pause_and_resume(run: Run, site: Site, embedding_id: int, name: str) -> None:
    assert [one[1:] for one in run(pausing.to_pause, by=site.caller(name)).embeddings] == [("E-1", "Pit crew")]
    assert pause(run, site, embedding_id, name) == Paused("E-1", "Pit crew", True)
    assert run(embeddings.by_id, embedding_id).status is EmbeddingStatus.PAUSED
    assert [one[1:] for one in run(pausing.to_resume, by=site.caller(name)).embeddings] == [("E-1", "Pit crew")]
    assert resume(run, site, embedding_id, name) == Paused("E-1", "Pit crew", False)
    assert run(embeddings.by_id, embedding_id).status is EmbeddingStatus.ACTIVE
    assert run(event_kinds)[-2:] == ["embedding_paused", "embedding_resumed"]


@pytest.mark.parametrize("name", ["Ana", "Priya", "Olga"])
def test_nobody_else_does(run: Run, site: Site, embedding_id: int, name: str) -> None:
    for act in (
        lambda: pause(run, site, embedding_id, name),
        lambda: run(pausing.to_pause, by=site.caller(name)),
        lambda: run(pausing.to_resume, by=site.caller(name)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.sentence == REFUSALS[Act.PAUSE_EMBEDDING]


def test_why_is_kept_and_shown_while_it_lasts(run: Run, site: Site, embedding_id: int) -> None:
    pause(run, site, embedding_id)
    assert because(run, site) == "The crusher is down"
    resume(run, site, embedding_id)
    assert because(run, site) is None

    def kept(session: Session) -> tuple[str, str | None]:
        row = session.exec(select(Pause)).one()
        return row.paused_because, row.resumed_because

    assert run(kept) == ("The crusher is down", "It runs again")


def because(run: Run, site: Site) -> str | None:
    return run(summary.summary, 1, policy=Policy(), by=site.caller("Ana"), at=LATER).paused_because


def test_what_is_paused_is_not_paused_again_and_what_is_not_does_not_resume(
    run: Run, site: Site, embedding_id: int
) -> None:
    with pytest.raises(Refused, match="is not paused"):
        resume(run, site, embedding_id)
    with pytest.raises(Refused, match="may resume is paused"):
        run(pausing.to_resume, by=site.caller("Mei"))
    pause(run, site, embedding_id)
    with pytest.raises(Refused, match="not under way"):
        pause(run, site, embedding_id)
    with pytest.raises(Refused, match="may pause is under way"):
        run(pausing.to_pause, by=site.caller("Mei"))


def test_what_waits_is_skipped(run: Run, site: Site, embedding_id: int) -> None:
    asked = run(asked_crew, site, embedding_id)
    pause(run, site, embedding_id)
    assert {run(prompts.by_id, key).reason for key in asked.values()} == {Reason.PAUSED}
