"""The sections of the settings: each key with its meaning, its bounds, and what is used where it is left out.

``docs/settings.md`` is made from these classes. How the values get here is the business of ``load``.
"""

import difflib
import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

LONGEST_VOCABULARY_CHARS = 600
_WEB_ADDRESS = r"(?i)^https?://"
_SECRET_URL = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]{0,99}")

TranscriptPolicy = Literal["auto", "publisher", "whisper"]
Channels = Literal["auto", "mix"]
Ratio = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A part of the settings: frozen, and a key that does not exist is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ShowSettings(Section):
    """One show that the reader follows."""

    url: str = Field(
        description="The address of the show's feed (http or https). One with a password or a token is a secret: it "
        "stands in a variable, and env:NAME stands here."
    )
    name: str | None = Field(default=None, description="What to call the show; the feed's own title otherwise.")
    language: str | None = Field(
        default=None, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description="Its spoken language, such as en or pt-BR."
    )
    priority: float = Field(default=1.0, ge=0.1, le=3.0, description="How much its insights count in ranking.")
    transcripts: TranscriptPolicy = Field(
        default="auto",
        description="auto: the publisher's transcript where it can be trusted, else Whisper. publisher: never Whisper. "
        "whisper: always Whisper.",
    )
    model: str | None = Field(
        default=None, min_length=1, description="Its own Whisper model; transcription.model otherwise."
    )
    vocabulary: tuple[str, ...] = Field(
        default=(), description="Names and words of the show that Whisper should spell so; 600 characters in all."
    )
    channels: Channels | None = Field(
        default=None, description="Its own way with stereo; transcription.channels otherwise."
    )
    paused: bool = Field(default=False, description="Keep what is known, poll nothing.")
    accept_new_guids: date | None = Field(
        default=None,
        description="Lets a feed go that was held, up to this day, because it gave most of its episodes new guids.",
    )

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        if _SECRET_URL.fullmatch(url):
            return url
        if not url.lower().startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://, or be env:NAME where the variable NAME holds it")
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise ValueError("holds a password: set a variable to this address and write env:NAME here")
        return url

    @field_validator("vocabulary")
    @classmethod
    def _fits_a_prompt(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        # Whisper reads the last 223 tokens before a window, and drops what stands before them.
        if not all(word.strip() for word in words) or len(", ".join(words)) > LONGEST_VOCABULARY_CHARS:
            raise ValueError(f"must be words, of at most {LONGEST_VOCABULARY_CHARS} characters together")
        return words

    @property
    def is_private(self) -> bool:
        """Whether the address is a secret, which ``Settings.secret_urls`` holds."""
        return _SECRET_URL.fullmatch(self.url) is not None


class FeedSettings(Section):
    """How feeds are polled."""

    contact_url: str | None = Field(
        default=None, description="Where a publisher can reach you; part of the user agent."
    )
    poll_every_minutes: int = Field(default=30, ge=5, le=10_080, description="How often a feed is asked, at most.")
    max_feed_bytes: int = Field(default=15 * 1024 * 1024, ge=1024, description="A larger feed is refused.")
    timeout_s: float = Field(default=30.0, gt=0, description="The longest that one feed may take.")
    workers: int = Field(default=8, ge=1, le=64, description="How many feeds are polled at once.")
    connections_per_host: int = Field(
        default=2, ge=1, le=16, description="How many requests to one host run at once, for feeds and audio alike."
    )
    sensor_budget_s: float = Field(default=40.0, gt=0, le=50, description="How long one tick of the sensor may poll.")
    allow_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts on private or loopback addresses that may be reached, by name or address."
    )


class DigestSettings(Section):
    """Which insights a day's digest holds."""

    timezone: str = Field(default="UTC", description="The reader's time zone; a day is a calendar day there.")
    start_date: date = Field(default=date(2024, 1, 1), description="The first day that can be processed.")
    top_n: int = Field(default=5, ge=1, le=20, description="How many insights a digest holds at most.")
    lookback_days: int = Field(default=3, ge=1, le=30, description="How many days of episodes a digest considers.")
    max_per_episode: int | None = Field(
        default=None, ge=1, le=5, description="How many insights one episode may give; 1 where five compete, else 2."
    )
    max_per_show: int | None = Field(
        default=None,
        ge=1,
        le=10,
        description="How many one show may give; by default 1 where five shows compete, else 2.",
    )
    min_value_ratio: Ratio = Field(
        default=0.2, description="An insight worth less is not published; short digests are fine."
    )
    novelty_days: int = Field(
        default=30, ge=0, le=365, description="Against how many days of digests novelty is judged."
    )
    follow: tuple[str, ...] = Field(default=(), description="Topics, shows or people to rank up.")
    mute: tuple[str, ...] = Field(default=(), description="Topics, shows or people to leave out.")
    send_at: time = Field(default=time(6, 30), description="When the digest of the day before is made, local time.")
    wait_minutes: int = Field(
        default=120,
        ge=0,
        le=720,
        description="How long it then waits for transcripts at most; it goes out without what is not there.",
    )

    @field_validator("send_at", mode="before")
    @classmethod
    def _is_clock_time(cls, given: Any) -> Any:
        if isinstance(given, str) and re.search("[Zz+-]", given):
            raise ValueError("must be a time such as 06:30, without a zone: it is in digest.timezone")
        # YAML 1.1 reads 16:30 as a number in base 60, 990 minutes, and 16:30:00 as 59400 seconds (06:30 is a text).
        if not isinstance(given, int) or not 0 <= given < 24 * 3600:
            return given
        given_s = given * 60 if given < 24 * 60 else given
        return time(given_s // 3600, given_s // 60 % 60, given_s % 60)

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            near = difflib.get_close_matches(name, available_timezones(), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"must be an IANA time zone such as Europe/Berlin{hint}")
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)


class AudioSettings(Section):
    """How audio is downloaded and kept."""

    max_file_bytes: int = Field(default=1024**3, ge=1024, description="A larger enclosure is refused.")
    timeout_s: float = Field(default=1800.0, gt=0, description="The longest that one download may take.")
    workers: int = Field(default=4, ge=1, le=32, description="How many files are downloaded at once.")
    keep_audio_days: int | None = Field(
        default=14, ge=0, le=36_500, description="How long audio is kept once its words are known; null: for ever."
    )
    max_disk_gb: float | None = Field(
        default=None, gt=0, description="How much disk audio may take, in GB; null for no limit."
    )


class TranscriptionSettings(Section):
    """How speech becomes text."""

    engine: Literal["whisper", "faster-whisper", "openai"] = Field(
        default="whisper",
        description="The speech recogniser. faster-whisper: with podcast-insights[faster-whisper]. openai: any "
        "OpenAI-compatible transcription server.",
    )
    model: str = Field(
        default="base",
        description="A Whisper model name, the path of a checkpoint (for faster-whisper, the folder of a converted "
        "model), or what the server calls its model.",
    )
    device: str = Field(
        default="auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", description="auto, cpu, mps, cuda or cuda:<number>."
    )
    models_folder: Path | None = Field(
        default=None, description="Where models are kept; Whisper's own cache otherwise."
    )
    batch_size: int = Field(
        default=8,
        ge=1,
        le=64,
        description="How many windows of up to 30 s are recognised at once, halved where memory is short; of a server, "
        "how many parts, 4 at most.",
    )
    threads: int | None = Field(default=None, ge=1, description="CPU threads for the model; all cores otherwise.")
    word_times: bool = Field(
        default=False, description="Whether a sentence has the times of its own words; with the engine whisper only."
    )
    compute_type: Literal["auto", "int8", "int8_float16", "int8_float32", "float16", "bfloat16", "float32"] = Field(
        default="auto", description="The numbers of faster-whisper; auto: int8 on a CPU, float16 on CUDA."
    )
    channels: Channels = Field(
        default="auto",
        description="auto: a file with one speaker on each channel is heard channel by channel. mix: never.",
    )
    base_url: str | None = Field(
        default=None, pattern=_WEB_ADDRESS, description="The transcription server of openai; OpenAI's otherwise."
    )
    api_key: SecretStr | None = Field(
        default=None,
        description="From the environment only: PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY; without base_url, "
        "OPENAI_API_KEY will do.",
    )
    part_s: float = Field(default=300, ge=30, le=1500, description="How much audio a server is sent at once.")
    max_upload_bytes: int = Field(default=25_000_000, ge=1_100_000, description="The largest file that it takes.")
    timeout_s: float = Field(default=300.0, gt=0, description="The longest that it may be silent.")
    usd_per_minute: float | None = Field(default=None, ge=0, description="What it asks for a minute of audio.")
    max_usd_per_run: float | None = Field(
        default=5.0, gt=0, description="The cap on what one run, so one day's episodes, may spend; needs the price."
    )


class JudgeSettings(Section):
    """A second model, on the same server, that answers the yes/no questions on what the first one found."""

    model: str | None = Field(
        default=None, min_length=1, description="The model that judges; without it, the first one judges itself."
    )
    prompt_usd_per_million: float | None = Field(
        default=None, ge=0, description="The price of a million prompt tokens of this model."
    )
    completion_usd_per_million: float | None = Field(
        default=None, ge=0, description="The price of a million completion tokens of this model."
    )


class InsightSettings(Section):
    """How insights are found in a transcript."""

    extractor: Literal["auto", "embedded", "llm"] = Field(
        default="auto", description="auto: llm where a model and a key or base_url are set, else embedded."
    )
    model: str | None = Field(default=None, description="The language model's name, such as gpt-5-mini or llama3.1.")
    base_url: str | None = Field(
        default=None, pattern=_WEB_ADDRESS, description="An OpenAI-compatible server; OpenAI's own otherwise."
    )
    api_key: SecretStr | None = Field(default=None, description="From the environment only: OPENAI_API_KEY.")
    context_tokens: int = Field(default=32_768, ge=2048, description="How much the model reads at once.")
    max_output_tokens: int = Field(default=3000, ge=256, description="How much it may answer at once.")
    timeout_s: float = Field(default=180.0, gt=0, description="The longest that one call may take.")
    workers: int = Field(default=4, ge=1, le=64, description="How many calls are made at once.")
    per_episode: int = Field(default=8, ge=1, le=40, description="How many insights are kept for an episode at most.")
    max_calls_per_day: int = Field(default=500, ge=1, description="The cap on calls for one day's partition.")
    max_usd_per_day: float | None = Field(default=5.0, gt=0, description="The cap on spending for one day's partition.")
    prompt_usd_per_million: float | None = Field(
        default=None, ge=0, description="The price of a million prompt tokens."
    )
    completion_usd_per_million: float | None = Field(
        default=None, ge=0, description="The price of a million completion tokens."
    )
    batch_price_ratio: Ratio = Field(
        default=0.5, description="What a token costs in a batch (backfill --batch), of these prices."
    )
    judge: JudgeSettings = Field(default=JudgeSettings(), description="A second model that judges.")

    @property
    def chosen_extractor(self) -> Literal["embedded", "llm"]:
        """The extractor that ``auto`` stands for."""
        if self.extractor != "auto":
            return self.extractor
        return "llm" if self.model and (self.api_key or self.base_url) else "embedded"

    @model_validator(mode="after")
    def _llm_needs_a_model(self) -> "InsightSettings":
        if self.extractor == "llm" and not self.model:
            raise ValueError("extractor llm needs a model; set insights.model")
        if self.extractor == "llm" and not (self.api_key or self.base_url):
            raise ValueError("extractor llm needs OPENAI_API_KEY in the environment, or insights.base_url")
        if self.judge.model and self.chosen_extractor == "embedded":
            raise ValueError("judge.model judges what a language model found; set insights.model, or leave it out")
        return self


class EmbeddingSettings(Section):
    """Vectors that compare insights by what they mean, from a server or made on this machine."""

    engine: Literal["openai", "sentence-transformers"] = Field(
        default="openai",
        description="openai: any OpenAI-compatible server. sentence-transformers: this machine, with "
        "podcast-insights[sentence-transformers].",
    )
    model: str | None = Field(
        default=None,
        min_length=1,
        description="An embeddings model, such as text-embedding-3-small, nomic-embed-text or (on this machine) "
        "sentence-transformers/all-MiniLM-L6-v2, or its folder; by words alone without.",
    )
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        description="Where sentence-transformers reckons: auto, cpu, mps, cuda, cuda:1, ...",
    )
    base_url: str | None = Field(
        default=None, pattern=_WEB_ADDRESS, description="An OpenAI-compatible server; OpenAI's own otherwise."
    )
    api_key: SecretStr | None = Field(
        default=None,
        description="From the environment only: PODCAST_INSIGHTS_RELATED__EMBEDDINGS__API_KEY. Without it, "
        "OPENAI_API_KEY goes to the server of insights.base_url, and to no other.",
    )
    dimensions: int | None = Field(
        default=None, ge=8, le=8192, description="Ask for shorter vectors, where the model can give such."
    )
    batch_size: int = Field(default=64, ge=1, le=2048, description="How many texts one call holds.")
    timeout_s: float = Field(default=60.0, gt=0, description="The longest that one call may take.")
    usd_per_million: float | None = Field(default=None, ge=0, description="The price of a million tokens.")
    min_ratio: Ratio = Field(
        default=0.5,
        description="From which cosine of their vectors on two insights are related; it depends on the model.",
    )

    @property
    def vectors_name(self) -> str:
        """What the vectors are stored under: shortened, they are not the model's; of a folder, its own name."""
        name = self.model or ""
        if name.startswith(("/", "~", ".")):
            name = Path(name).name
        return f"{name}@{self.dimensions}" if self.dimensions else name


class RelatedSettings(Section):
    """Which insights are shown as related, and how they are compared."""

    min_ratio: Ratio = Field(
        default=0.15,
        description="From which likeness of their words on two insights are related; 1 for by vectors alone.",
    )
    embeddings: EmbeddingSettings = Field(default=EmbeddingSettings(), description="Comparing by meaning.")


class SmtpSettings(Section):
    """The mail server."""

    host: str = Field(description="The server's name.")
    port: int = Field(default=587, ge=1, le=65535, description="587 for starttls, 465 for tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is protected."
    )
    username: str | None = Field(default=None, description="The login, where the server wants one.")
    password: SecretStr | None = Field(
        default=None, description="From the environment only: PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD."
    )
    timeout_s: float = Field(default=30.0, gt=0, description="The longest that one command may take.")
    ca_file: Path | None = Field(
        default=None, description="Certificates to trust beside the system's, as PEM, for a server of your own."
    )


class RecipientSettings(Section):
    """One person who receives the mail."""

    address: str = Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$", description="The mail address.")
    name: str | None = Field(default=None, description="The name in the To header.")
    follow: tuple[str, ...] = Field(default=(), description="Topics, shows or people that come first in their mail.")
    mute: tuple[str, ...] = Field(default=(), description="Topics, shows or people to leave out of their mail.")
    languages: tuple[str, ...] = Field(default=(), description="Only shows in these, such as [en, de]; all otherwise.")
    top_n: int | None = Field(default=None, ge=1, le=20, description="How many insights at most; all otherwise.")


class DeliverySettings(Section):
    """Where the digest goes."""

    site_title: str = Field(default="Podcast Insights", min_length=1, description="The name of the page and the mail.")
    site_url: str | None = Field(
        default=None, pattern=_WEB_ADDRESS, description="Where the page is published; links are relative otherwise."
    )
    publish_to: str | None = Field(
        default=None,
        description="The folder of the pages (relative to podcasts.yaml), or s3://; data/site otherwise.",
    )
    sender: str = Field(default="Podcast Insights <digest@localhost.localdomain>", description="The From header.")
    postal_address: str | None = Field(default=None, description="Shown in the mail's footer, as many laws ask.")
    unsubscribe: str | None = Field(default=None, description="A mailto: or https: address; the sender's otherwise.")
    unsubscribe_by_post: bool = Field(
        default=False, description="Whether the https: address stops the mail on a POST (RFC 8058), as big hosts ask."
    )
    feedback: str | None = Field(
        default=None,
        description="Where likes and dislikes go: a mailto: address, or an https: one with {insight} and {vote} in it, "
        "and {recipient} where you want it.",
    )
    recipients: tuple[RecipientSettings, ...] = Field(default=(), description="Who receives the mail.")
    smtp: SmtpSettings | None = Field(default=None, description="Without it, mails are written as .eml files.")


class AlertSettings(Section):
    """Who hears of what goes wrong."""

    recipients: tuple[str, ...] = Field(
        default=(), description="Mail addresses for alerts; delivery.smtp has to be set for them."
    )
    webhook_url: SecretStr | None = Field(
        default=None, description="From the environment only: PODCAST_INSIGHTS_ALERTS__WEBHOOK_URL."
    )
    apprise_urls: SecretStr | None = Field(
        default=None,
        description="Addresses for Apprise (with podcast-insights[apprise]), separated by spaces. "
        "From the environment only: PODCAST_INSIGHTS_ALERTS__APPRISE_URLS.",
    )

    @property
    def anybody(self) -> bool:
        """Whether anybody wants alerts."""
        return bool(self.recipients) or self.webhook_url is not None or self.apprise_urls is not None


class StorageSettings(Section):
    """Where everything is kept."""

    base_url: str = Field(
        default="data", description="A folder (relative to podcasts.yaml), or s3:// (with podcast-insights[s3])."
    )
    keep_feed_bodies_days: int | None = Field(
        default=90, ge=1, le=36_500, description="How long vacuum keeps the bodies of feeds; null: for ever."
    )
    keep_windows_days: int | None = Field(
        default=30, ge=7, le=36_500, description="How long vacuum keeps the parts of transcripts; null: for ever."
    )
    keep_llm_calls_days: int | None = Field(
        default=None, ge=31, le=36_500, description="How long vacuum keeps the account of model calls; null: for ever."
    )
