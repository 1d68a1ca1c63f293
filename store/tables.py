"""Every table at once: importing this module fills the metadata that migrations compare with the database."""

from sqlmodel import SQLModel

from store import (
    change_notes,
    deliveries,
    embeddings,
    feedback,
    history,
    inbound,
    incidents,
    observations,
    people,
    prompt_plans,
    prompts,
    references,
    restrictions,
    reviews,
    roles,
    rosters,
    sending_lease,
    teams,
    tools,
    verdicts,
    workspaces,
)

MODULES = (
    change_notes,
    deliveries,
    embeddings,
    feedback,
    history,
    inbound,
    incidents,
    observations,
    people,
    prompt_plans,
    prompts,
    references,
    restrictions,
    reviews,
    roles,
    rosters,
    sending_lease,
    teams,
    tools,
    verdicts,
    workspaces,
)

METADATA = SQLModel.metadata
