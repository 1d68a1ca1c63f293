"""The container and its compose file, as far as they can be looked at without a container engine.

`make image-steps` follows the image's own install steps; it takes longer than a test may.
"""

import re
import tomllib
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from tests.packaging.containerfile import FILE, ROOT, sources, stages

BUILD, FINAL = stages(FILE.read_text("utf-8"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
KEYS = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "env_file",
    "environment",
    "healthcheck",
    "image",
    "init",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "volumes",
}
"""Those of https://github.com/compose-spec/compose-spec/blob/main/05-services.md that are used here."""
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def given(instruction: str) -> list[str]:
    return [step.given for step in FINAL if step.instruction == instruction]


def test_everything_that_is_copied_is_there_and_let_through() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"]
    for source in sources(BUILD):
        assert (ROOT / source).exists(), source
        assert any(re.fullmatch(line.replace("*", ".*"), source) for line in let_through), source
    assert ".env" not in let_through


def test_the_wheel_is_built_from_all_that_it_packs() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packs = built["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    project = built["project"]
    assert {*packs, project["readme"], "pyproject.toml", "LICENSE"} <= set(sources(BUILD))
    oldest = project["requires-python"].removeprefix(">=")
    for stage in (BUILD, FINAL):
        assert stage[0].given.split()[0] == f"docker.io/library/python:{oldest}-slim"


def test_the_image_runs_the_app_itself_as_nobody_special_and_holds_no_tools() -> None:
    assert given("USER") == ["10001"]
    assert (given("ENTRYPOINT"), given("CMD"), given("STOPSIGNAL")) == (['["alongside"]'], ['["run"]'], ["SIGTERM"])
    assert not any(re.search(r"\b(pip|apt|gcc)", step) for step in given("RUN"))
    assert all("--require-hashes" in step.given or "--no-deps" in step.given for step in BUILD if "pip " in step.given)


def test_no_secret_is_in_the_image() -> None:
    assert not re.search(r"xox|xapp|TOKEN|SECRET|PASSWORD", FILE.read_text("utf-8"))
    settings = set(re.findall(r"(ALONGSIDE_\w+)=", " ".join(given("ENV"))))
    assert settings <= names_of_settings()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_only_what_the_compose_specification_knows(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= KEYS
    assert service["restart"] in ("no", "unless-stopped")
    for other, when in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert when["condition"] in CONDITIONS
    for volume in service.get("volumes", []):
        assert volume.partition(":")[0] in COMPOSE["volumes"]
    assert all(isinstance(value, str) for value in service["environment"].values())


def test_the_app_starts_when_the_schema_is_there_and_is_started_again() -> None:
    app, migrate, db = SERVICES["app"], SERVICES["migrate"], SERVICES["db"]
    assert app["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert migrate["depends_on"]["db"]["condition"] == "service_healthy"
    assert db["healthcheck"]["test"][0] == "CMD"
    assert (migrate["command"], app["command"]) == (["db", "upgrade"], ["run"])
    assert (app["restart"], migrate["restart"]) == ("unless-stopped", "no")
    assert app["build"]["dockerfile"] == FILE.name


def test_compose_sets_only_settings_that_there_are_and_takes_secrets_from_the_env_file() -> None:
    for service in (SERVICES["app"], SERVICES["migrate"]):
        assert service["env_file"] == ".env"
        assert {name for name in service["environment"] if name != "PGPASSWORD"} <= names_of_settings()
        assert service["environment"]["PGPASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def names_of_settings() -> set[str]:
    prefix = Settings.model_config["env_prefix"]
    return {str(field.validation_alias or prefix + name.upper()) for name, field in Settings.model_fields.items()}
