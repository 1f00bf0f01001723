"""All configuration: ``podcasts.yaml`` for what a reader decides, the environment and ``.env`` for secrets.

This is the only module that reads the environment. Nothing is read at import: ``load_settings`` reads once and returns
frozen values, and every mistake is reported in one error with its key and what is allowed there. A variable named
``PODCAST_INSIGHTS_<SECTION>__<KEY>`` overrides the file; secrets are accepted from the environment only.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import (
    SettingsError as UnreadableVariableError,
)

from podcast_insights.errors import SettingsError
from podcast_insights.settings.mistakes import explained, misspelt
from podcast_insights.settings.sections import (
    AlertSettings,
    AudioSettings,
    DeliverySettings,
    DigestSettings,
    FeedSettings,
    InsightSettings,
    RelatedSettings,
    ShowSettings,
    StorageSettings,
    TranscriptionSettings,
)
from podcast_insights.settings.yaml_file import read_yaml

CONFIG_VARIABLE = "PODCAST_INSIGHTS_CONFIG"
ENV_PREFIX = "PODCAST_INSIGHTS_"
CONFIG_NAME = "podcasts.yaml"
SECRET_KEYS = {
    "insights.api_key": "OPENAI_API_KEY",
    "transcription.api_key": "PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY",
    "related.embeddings.api_key": "PODCAST_INSIGHTS_RELATED__EMBEDDINGS__API_KEY",
    "delivery.smtp.password": "PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD",
    "alerts.webhook_url": "PODCAST_INSIGHTS_ALERTS__WEBHOOK_URL",
    "alerts.apprise_urls": "PODCAST_INSIGHTS_ALERTS__APPRISE_URLS",
}


class Settings(BaseSettings):
    """Everything that can be set. Made by ``load_settings``, frozen."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    shows: tuple[ShowSettings, ...] = ()
    feeds: FeedSettings = FeedSettings()
    audio: AudioSettings = AudioSettings()
    transcription: TranscriptionSettings = TranscriptionSettings()
    insights: InsightSettings = InsightSettings()
    related: RelatedSettings = RelatedSettings()
    digest: DigestSettings = DigestSettings()
    delivery: DeliverySettings = DeliverySettings()
    alerts: AlertSettings = AlertSettings()
    storage: StorageSettings = StorageSettings()

    # Private, so that no dump of the settings shows them.
    _secret_urls: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def secret_urls(self) -> Mapping[str, str]:
        """The addresses of the private feeds, by what stands for each in ``ShowSettings.url``."""
        return self._secret_urls

    @property
    def transcription_key(self) -> SecretStr | None:
        """The transcription server's key: its own, or OpenAI's where the server is OpenAI's."""
        return self.transcription.api_key or (None if self.transcription.base_url else self.insights.api_key)

    @model_validator(mode="after")
    def _speech_has_a_key(self) -> "Settings":
        wanted = self.transcription
        if wanted.engine == "openai" and not wanted.base_url and not self.transcription_key:
            raise ValueError("transcription.engine openai needs OPENAI_API_KEY in the environment, or its base_url")
        return self

    @property
    def embeddings_key(self) -> SecretStr | None:
        """The key of the embeddings server: its own, else OPENAI_API_KEY where both models are on one server."""
        embeddings = self.related.embeddings
        return embeddings.api_key or (self.insights.api_key if embeddings.base_url == self.insights.base_url else None)

    @model_validator(mode="after")
    def _embeddings_can_be_reached(self) -> "Settings":
        embeddings = self.related.embeddings
        is_local = embeddings.engine == "sentence-transformers"
        if embeddings.model and not (is_local or embeddings.base_url or self.embeddings_key):
            raise ValueError(
                "related.embeddings.model needs a server; set related.embeddings.base_url, or OPENAI_API_KEY, or the "
                "engine sentence-transformers"
            )
        return self

    @model_validator(mode="after")
    def _shows_are_distinct(self) -> "Settings":
        urls = [show.url for show in self.shows]
        doubled = sorted({url for url in urls if urls.count(url) > 1})
        if doubled:
            raise ValueError(f"shows: listed more than once: {', '.join(doubled)}")
        return self

    @model_validator(mode="after")
    def _alerts_can_be_mailed(self) -> "Settings":
        if self.alerts.recipients and self.delivery.smtp is None:
            raise ValueError("alerts.recipients need a mail server; set delivery.smtp")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment overrides ``.env``, which overrides what the file says (passed as init values).

        ``.env`` may hold variables of other programs, so it is read as part of the environment: the stock source for it
        refuses every name that is not a setting.
        """
        environment = EnvSettingsSource(settings_cls)
        dotenv = getattr(dotenv_settings, "env_file", None)
        environment.env_vars = {name.lower(): value for name, value in _variables(dotenv).items()}
        return environment, init_settings


def config_path() -> Path:
    """Return where ``podcasts.yaml`` is looked for: ``$PODCAST_INSIGHTS_CONFIG``, else the working folder."""
    return Path(os.environ.get(CONFIG_VARIABLE) or CONFIG_NAME).absolute()


def dagster_home() -> Path | None:
    """Return the folder of the Dagster instance, ``$DAGSTER_HOME``, or None where it is unset.

    Raises:
        SettingsError: There is no such folder.
    """
    home = os.environ.get("DAGSTER_HOME")
    if home and not Path(home).is_dir():
        raise SettingsError(f"DAGSTER_HOME is {home}, which is no folder here: make it, or unset the variable.")
    return Path(home) if home else None


def whisper_cache() -> Path:
    """Return the folder where Whisper keeps its models unless ``transcription.models_folder`` is set."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"


def load_settings(path: Path | None = None) -> Settings:
    """Read ``podcasts.yaml`` (at ``config_path()`` unless given), ``.env`` beside it, and the environment.

    A file that does not exist means defaults and no shows, so that the project loads before it is configured.

    Raises:
        SettingsError: Every mistake at once, each with its key and what is allowed.
    """
    path = (path or config_path()).absolute()
    content = _read_yaml(path)
    _refuse_secrets(content, path)
    dotenv = path.parent / ".env"
    variables = _variables(dotenv)
    if wrong := list(misspelt(variables, Settings, prefix=ENV_PREFIX)):
        raise SettingsError("\n".join(wrong))
    key = variables.get("OPENAI_API_KEY")
    if key and isinstance(content.setdefault("insights", {}), dict):
        content["insights"]["api_key"] = key
    try:
        settings = Settings(_env_file=dotenv, **content)
    except ValidationError as error:
        raise SettingsError(
            "\n".join(
                [f"{path} or the environment has mistakes:", *explained(error, Settings, secret_keys=SECRET_KEYS)]
            )
        ) from None  # pydantic's own error quotes what was given, which may be a secret under a misspelt key
    except UnreadableVariableError as error:
        raise SettingsError(
            f"the environment or {dotenv} has a mistake: {error}; lists and whole sections are written as JSON there, "
            f'such as {ENV_PREFIX}DIGEST__FOLLOW=["energy"]'
        ) from error
    storage = settings.storage.model_copy(update={"base_url": _absolute(settings.storage.base_url, path.parent)})
    delivery = settings.delivery
    if delivery.publish_to:
        delivery = delivery.model_copy(update={"publish_to": _absolute(delivery.publish_to, path.parent)})
    settings = settings.model_copy(update={"storage": storage, "delivery": delivery})
    settings._secret_urls.update(secret_urls_of(settings.shows, path))
    return settings


def secret_urls_of(shows: Iterable[ShowSettings], path: Path) -> Mapping[str, str]:
    """Return the address that each private show's variable holds, by what stands for it; no message quotes one.

    Raises:
        SettingsError: A variable is not set, or holds no address.
    """
    variables = _variables(path.absolute().parent / ".env")
    found = {show.url: variables.get(show.url.removeprefix("env:"), "").strip() for show in shows if show.is_private}
    unset = [url for url, address in found.items() if not address.lower().startswith(("http://", "https://"))]
    if unset:
        names = ", ".join(url.removeprefix("env:") for url in unset)
        raise SettingsError(
            f"{path} takes the addresses of feeds from variables that hold no http or https address: {names}. Set them "
            "in the environment or in .env"
        )
    return found


def require_shows(settings: Settings, path: Path | None = None) -> tuple[ShowSettings, ...]:
    """Return the shows.

    Raises:
        SettingsError: There is none; the message says how to get the first one.
    """
    if not settings.shows:
        path = path or config_path()
        found = "lists no shows" if path.exists() else "does not exist"
        raise SettingsError(
            f"{path} {found}. Add your first show with 'podcast-insights add <feed URL>', or copy "
            f"podcasts.example.yaml to {CONFIG_NAME} and edit it. 'podcast-insights demo' needs neither."
        )
    return settings.shows


def _read_yaml(path: Path) -> dict[str, Any]:
    content = read_yaml(path)
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(key, str) and key[:1] != "_" for key in content):
        raise SettingsError(f"{path} must hold settings by name, such as 'shows:' and 'digest:'")
    # A section of which every line is commented out reads as None.
    return {key: part for key, part in content.items() if part is not None or key not in Settings.model_fields}


def _refuse_secrets(content: dict[str, Any], path: Path) -> None:
    for dotted, variable in SECRET_KEYS.items():
        node: Any = content
        for key in dotted.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        if node is not None:
            raise SettingsError(
                f"{path}: {dotted} is a secret: remove it here and set {variable} in the environment or in .env"
            )


def _variables(dotenv: Path | None) -> dict[str, str]:
    """Return the environment, over the variables of a ``.env`` file; an empty variable is one that is not set."""
    try:
        written = dotenv_values(dotenv) if dotenv and dotenv.exists() else {}
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{dotenv} cannot be read as text in UTF-8: {error}") from error
    return {name: value for name, value in [*written.items(), *os.environ.items()] if value}


def _absolute(base_url: str, folder: Path) -> str:
    if not base_url.strip():
        raise SettingsError("storage.base_url is empty; name a folder, or leave the key out")
    base_url = base_url.removeprefix("file://")
    if "://" in base_url:
        return base_url.rstrip("/")
    try:
        return str((folder / Path(base_url).expanduser()).resolve())
    except RuntimeError as error:
        raise SettingsError(
            f"{base_url} is a folder of a user whom this machine does not know; write it out"
        ) from error
