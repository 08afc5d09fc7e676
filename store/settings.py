"""Where Headway keeps its things and whom it may call. One class, read once, passed on.

A setting comes from the environment (`HEADWAY_*`), else from `headway.toml` in the working folder,
else from its default. Secrets come from the environment only.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from store.timetable import Timetable
from taxonomy.errors import BadInputError

SECRETS = ("secret", "oidc_client_secret", "openai_api_key", "originals_keys", "smtp_password")
Origin = Literal["environment", "headway.toml", "default"]


class SettingsError(BadInputError):
    """A setting has a value that cannot be used."""


class Settings(BaseSettings):
    """Every setting of Headway. `headway doctor` lists them with where each came from."""

    model_config = SettingsConfigDict(env_prefix="HEADWAY_", toml_file="headway.toml", extra="forbid")

    home: Path = Field(default=Path(".headway"), description="folder of the database, models, jobs, logs and caches")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy address; unset means SQLite in the home folder"
    )
    secret: SecretStr | None = Field(
        default=None, description="key of the customer hash; unset means one kept in the home folder"
    )
    keep_originals: bool = Field(
        default=False, description="whether contacts are kept as they came in too, encrypted; wants originals_keys"
    )
    originals_keys: SecretStr | None = Field(
        default=None, description="keys of the originals as id:base64 with commas, the one in use first"
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="OPENAI_API_KEY",
        description="key of the LLM endpoint; may be unset where an address is set whose endpoint wants none",
    )
    llm_base_url: str | None = Field(default=None, description="address of any OpenAI-compatible endpoint")
    llm_model: str | None = Field(default=None, description="name of the LLM; unset means no LLM")
    llm_budget_usd: float = Field(default=10.0, ge=0, description="most that a day's LLM calls may cost")
    llm_price: str | None = Field(
        default=None,
        pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?$",
        description="dollars per million tokens read/written, such as 0.15/0.6; unset means the list price if known",
    )
    llm_samples: int = Field(
        default=3, ge=1, le=15, description="how often the LLM is asked about one contact; 1 uses token probabilities"
    )
    llm_concurrency: int = Field(default=4, ge=1, le=64, description="most LLM calls at one time")
    llm_requests_per_minute: int | None = Field(
        default=None, ge=1, description="most LLM calls that a process makes in any minute; unset: no limit"
    )
    llm_tokens_per_minute: int | None = Field(
        default=None, ge=1, description="most tokens that its calls may use in any minute; unset: no limit"
    )
    llm_batch_price: str | None = Field(
        default=None,
        pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?$",
        description="dollars per million tokens read/written in a batch; unset means half of the price",
    )
    alert_false_alarms_a_year: float = Field(
        default=0.05, gt=0, le=12, description="false alarms a year and job that the alerts may raise, in the mean"
    )
    alert_silence_days: float = Field(
        default=3.0, ge=0, description="days without new contacts after which an alert is raised; 0 never"
    )
    smtp_host: str | None = Field(default=None, description="mail server that alerts are sent through; unset: no mail")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port: 587 with starttls, 465 with tls")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(default="starttls", description="how it is spoken to")
    smtp_user: str | None = Field(default=None, description="name to log in with; unset: no login")
    smtp_password: SecretStr | None = Field(default=None, description="password of that name")
    smtp_from: str | None = Field(default=None, description="sender of alerts, such as headway@example.com")
    webhook_private_hosts: str | None = Field(
        default=None,
        description="hosts, with commas, that webhooks may reach though they are private or have no https",
    )
    stale_hours: float = Field(
        default=26.0, gt=0, description="hours after which a new contact must be in the figures, or they show as stale"
    )
    schedule: Timetable | None = Field(
        default=None, description="when each stage runs: the table [schedule] of headway.toml; unset means the default"
    )
    otlp_endpoint: str | None = Field(
        default=None, description="address of an OpenTelemetry collector (OTLP over HTTP); unset means no traces"
    )
    cluster: str | None = Field(
        default=None,
        pattern=r"^(local:[1-9]\d?|(tcp|tls|ws|wss)://[^\s]+)$",
        description="where many contacts are tagged: local:N for N processes here, or the address of a Dask scheduler "
        "such as tls://scheduler:8786; unset: in this process",
    )
    cluster_folder: str | None = Field(
        default=None,
        description="folder or bucket, such as s3://bucket/headway, that driver and workers of the cluster share; "
        "unset: HOME/cluster",
    )
    encoder: str | None = Field(
        default=None,
        description="encoder that trainings use: a sentence-transformers name or path, or an ONNX file; unset: MiniLM",
    )
    encoder_languages: str | None = Field(
        default=None, description="languages that this encoder reads, such as en,de; for the model's card"
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+$",
        description="address under which browsers reach the pages, such as https://headway.example.com",
    )
    trusted_proxies: str | None = Field(
        default=None,
        pattern=r"^[0-9A-Fa-f.:/, ]+$",
        description="addresses or networks, with commas, of proxies whose X-Forwarded-* are believed",
    )
    rate_limit: str = Field(
        default="3000/minute",
        pattern=r"^\s*(0|[1-9]\d{0,6}/(second|minute|hour))\s*$",
        description="requests that each caller may make of one server process; 0 for no limit",
    )
    session_hours: float = Field(
        default=12.0, gt=0, le=720, description="hours after which a page asks for login again"
    )
    oidc_issuer: str | None = Field(
        default=None, description="address of the OpenID Connect provider that pages log in with; unset: keys only"
    )
    oidc_client_id: str | None = Field(default=None, description="Headway's name at that provider")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Headway's secret at that provider; unset for a public client"
    )
    oidc_roles: str | None = Field(
        default=None,
        description="who has which role, such as support-leads=leader,quality=analyst@online-order,it=admin",
    )
    oidc_claim: str = Field(default="groups", description="claim of the identity token that names a person's groups")
    oidc_scopes: str = Field(default="openid profile email", description="what is asked of the provider")
    leaders_read_text: bool = Field(
        default=False, description="whether leaders may read whole redacted transcripts, as analysts do"
    )
    retention_text_days: float | None = Field(
        default=None,
        gt=0,
        description="days that transcripts are kept, and vectors and LLM answers made from them; figures stay; "
        "unset: for ever",
    )
    retention_originals_days: float | None = Field(
        default=None, gt=0, description="days that unredacted originals are kept, where they are kept; unset: for ever"
    )
    retention_embeddings_days: float | None = Field(
        default=None, gt=0, description="days that sentence vectors are kept; unset: for ever"
    )
    retention_llm_days: float | None = Field(
        default=None, gt=0, description="days that answers of an LLM are kept; unset: for ever"
    )
    retention_quarantine_days: float | None = Field(
        default=None, gt=0, description="days that refused input is kept; unset: for ever"
    )
    retention_notes_days: float | None = Field(
        default=None, gt=0, description="days that reviewers' notes are kept; unset: for ever"
    )
    retention_exports_days: float | None = Field(
        default=None, gt=0, description="days that files exported for review are kept; unset: for ever"
    )
    retention_models_days: float | None = Field(
        default=None, gt=0, description="days that trained models that are not in use are kept; unset: for ever"
    )
    retention_logs_days: float | None = Field(
        default=None, gt=0, description="days that lines of the log are kept; unset: for ever"
    )
    retention_contacts_days: float | None = Field(
        default=None,
        gt=0,
        description="days that contacts are kept, with tags and decisions; their figures stay as sums; unset: for ever",
    )
    retention_surveys_days: float | None = Field(
        default=None, gt=0, description="days that survey answers and product events are kept; unset: for ever"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level that is logged"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file over default; a `.env` file is not read."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'headway.db'}"

    @property
    def llm_configured(self) -> bool:
        """Whether an LLM may be asked: its name is set, and an address or a key to reach it."""
        return bool(self.llm_model and (self.llm_base_url or self.openai_api_key))

    @property
    def models(self) -> Path:
        """Folder of the trained models, one folder a job."""
        return self.home / "models"

    @property
    def embeddings(self) -> Path:
        """Folder of the sentence vectors that are kept."""
        return self.home / "embeddings"

    @property
    def jobs(self) -> Path:
        """Folder of the imported job files."""
        return self.home / "jobs"


def load_settings() -> Settings:
    """The settings in force.

    Raises SettingsError naming each setting with an unusable value.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise SettingsError("settings: " + "; ".join(lines)) from error
    if leaked := [name for name in SECRETS if origin_of(name) == "headway.toml"]:
        raise SettingsError(f"headway.toml: {', '.join(leaked)}: a secret may only come from the environment")
    return settings


def origin_of(name: str) -> Origin:
    """Where the value of one setting came from."""
    variable = "OPENAI_API_KEY" if name == "openai_api_key" else f"HEADWAY_{name.upper()}"
    if variable in os.environ:
        return "environment"
    declared = TomlConfigSettingsSource(Settings)()
    return "headway.toml" if name in declared else "default"
