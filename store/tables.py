"""Every table at once: importing this module fills the metadata that migrations compare with the database."""

from sqlmodel import SQLModel

from store import (
    access,
    change_notes,
    deliveries,
    embeddings,
    feedback,
    history,
    inbound,
    observations,
    people,
    prompt_plans,
    prompts,
    references,
    restrictions,
    reviews,
    sending_lease,
    teams,
    tools,
    verdicts,
    workspaces,
)

MODULES = (
    access,
    change_notes,
    deliveries,
    embeddings,
    feedback,
    history,
    inbound,
    observations,
    people,
    prompt_plans,
    prompts,
    references,
    restrictions,
    reviews,
    sending_lease,
    teams,
    tools,
    verdicts,
    workspaces,
)

METADATA = SQLModel.metadata
