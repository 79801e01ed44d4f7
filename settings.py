"""All that can be set: the environment and .env become one frozen Settings. The only reader of the environment."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from egress.policy import Policy

PREFIX = "STUDIOLO_"


class SettingsError(Exception):
    """A setting is unknown or has a bad value; the text says which and what it takes."""


class Settings(BaseSettings):
    """What the person who hosts Studiolo can set, each as `STUDIOLO_<NAME>` or in `.env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(5000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    data_dir: Path = Field(Path("data"), description="Folder of the database, files, keys and logs; on a local disk.")
    database_url: str | None = Field(
        None,
        repr=False,
        pattern="^postgres(ql)?://",
        description="PostgreSQL that keeps all but files, as `postgresql://user:password@host/name`; unset: SQLite.",
    )
    database_connections: int = Field(
        16, ge=4, le=512, description="Connections of one process to PostgreSQL; all of them stay under its own limit."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names besides this machine's own under which the page is opened, separated by commas."
    )
    plugin: Path | None = Field(
        None, description="Folder with api.py and index.html to serve instead of the chat page."
    )
    model_url: str | None = Field(None, description="Address of an OpenAI-compatible model server, ending in /v1.")
    model_key: str | None = Field(None, repr=False, description="Key of that model server.")
    model_name: str | None = Field(None, description="Model to answer by default; unset: the server's first.")
    local_model: bool = Field(True, description="Offer the small model on this machine.")
    session_idle_days: int = Field(30, ge=1, le=3650, description="A workspace nobody opened for so long is deleted.")
    max_active_sessions: int = Field(10_000, ge=1, description="Live Api objects kept in one process.")
    max_data_bytes: int = Field(1_048_576, ge=1024, description="Largest JSON map of one workspace, in bytes.")
    max_session_bytes: int = Field(
        10_737_418_240, ge=1024, description="Bytes that the files of one workspace may have."
    )
    max_file_bytes: int = Field(2_147_483_648, ge=1024, description="Largest file, in bytes.")
    num_threads: int = Field(64, ge=4, le=512, description="Calls that run at the same time in one process.")
    num_runners: int = Field(
        8, ge=0, le=256, description="Tasks that run at the same time in one process; 0 leaves them to workers."
    )
    lease_s: int = Field(20, ge=1, le=3600, description="How long a silent process keeps the tasks it took up, in s.")
    task_days: int = Field(
        30, ge=1, le=3650, description="So many days after its end a task goes with its events; what it made stays."
    )
    drain_s: int = Field(30, ge=0, le=86_400, description="How long a process told to end lets its tasks go on, in s.")
    first_token_s: float = Field(60, gt=0, description="Longest wait for a model's first word.")
    stall_s: float = Field(30, gt=0, description="Longest silence of a model in mid answer.")
    engine: str = Field(
        "auto",
        pattern="^[a-z][a-z0-9_-]{0,39}$",
        description="Browser of page scripts: `chrome`, `window`, one of a plugin, `none`; `auto`: the first there is.",
    )
    engine_sandbox: bool = Field(
        True, description="Run that browser in its sandbox; it refuses to as root, so run Studiolo as another user."
    )
    egress: str = Field(
        "public",
        description="Where an engine's page may connect: `public` or `none`, and any HOST:PORT, separated by commas.",
    )
    secret_key: str | None = Field(
        None, min_length=32, repr=False, description="Signs cookies; unset: made once and kept in the data folder."
    )
    url: str | None = Field(None, description="Server that `main.py call` asks; unset: your workspace on this machine.")
    token: str | None = Field(None, repr=False, description="Token that `main.py call` brings to that server.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level that is logged.")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return (
            tuple(part.strip().lower() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("egress")
    @classmethod
    def _check_words(cls, value: str) -> str:
        Policy.of(value)
        return value

    def as_words(self) -> dict[str, str]:
        """Return what was set, as the environment of a child has it."""
        words = {PREFIX + name.upper(): _as_word(getattr(self, name)) for name in self.model_fields_set}
        return {name: word for name, word in words.items() if word is not None}

    def secret(self) -> bytes:
        """Return the signing key, made at first start with mode 0600."""
        return self.secret_key.encode() if self.secret_key else _kept_secret(self.data_dir / "secret.key")


def _as_word(value: object) -> str | None:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return None if value is None else str(value)


def load_settings(**given: object) -> Settings:
    """Read the environment and .env; `given` wins over both. Raises SettingsError with a sentence."""
    _refuse_unknown()
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(problem) for problem in error.errors())) from None


def load_own_settings(**given: object) -> Settings:
    """Read the settings for a person's own doors (window, shell, MCP by stdio).

    Where no data folder is set, theirs is the one that the system keeps for a user's programs.
    """
    settings = load_settings(**given)
    if "data_dir" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"data_dir": platformdirs.user_data_path("studiolo", appauthor=False)})


def _refuse_unknown() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {PREFIX + "TEST_SCALE", PREFIX + "TEST_STORE"}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"Unknown setting {', '.join(unknown)}. Known are: {', '.join(sorted(known))}.")


def _sentence(problem: object) -> str:
    facts = dict(problem)  # type: ignore[call-overload]
    said = str(facts["msg"]).removeprefix("Value error, ").removesuffix(".")
    return f"{PREFIX}{str(facts['loc'][0]).upper()}: {said} (got {str(facts['input'])[:80]!r})."


def _kept_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_private_once(path, secrets.token_bytes(32))
    return path.read_bytes()


def write_private_once(path: Path, content: bytes) -> None:
    """Write a private file that appears whole or not at all; whoever comes second keeps the first one's."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def display_words() -> dict[str, str]:
    """Return the words of the environment by which a window finds its display."""
    display = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "QT_QPA_PLATFORM")
    sandbox = ("QTWEBENGINE_DISABLE_SANDBOX", "QTWEBENGINE_CHROMIUM_FLAGS")
    return {name: os.environ[name] for name in (*display, *sandbox) if name in os.environ}
