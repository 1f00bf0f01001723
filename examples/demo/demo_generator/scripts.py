"""The written material of the demo: shows.yaml and scripts/<show>/<episode>.md as values.

A script is front matter (YAML between two lines ``---``) and lines ``**Name:** text``. Lines between ``[ad]`` and
``[/ad]`` are an advertisement, so that the true place of each ad is known. Nothing here knows about sound or XML.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import yaml

TranscriptKind = Literal["vtt", "srt", "json", "none"]

_LINE = re.compile(r"\*\*(?P<speaker>[^*:]+):\*\* (?P<text>.+)")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")


class ScriptError(Exception):
    """A script cannot be understood; the message names the file and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowScript:
    """A show as shows.yaml describes it."""

    slug: str
    title: str
    kind: Literal["rss", "atom"]
    author: str
    website: str
    category: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says at one time, in sentences."""

    speaker: str
    sentences: tuple[str, ...]
    is_ad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeScript:
    """One written episode.

    ``voices`` maps each speaker to an espeak-ng voice. ``first_phase`` is the phase of the demo from which the feed
    lists the episode. An episode without turns is a text: it has no enclosure.
    """

    show_slug: str
    slug: str
    guid: str
    title: str
    published_at: datetime
    notes_html: str
    transcript: TranscriptKind
    first_phase: int
    voices: dict[str, str]
    turns: tuple[Turn, ...]

    @property
    def has_audio(self) -> bool:
        """Whether the feed gives the episode an enclosure."""
        return bool(self.turns)

    @property
    def audio_path(self) -> str:
        """Where the audio lies, relative to the site."""
        return f"audio/{self.show_slug}/{self.slug}.opus"

    @property
    def transcript_path(self) -> str | None:
        """Where the transcript lies, relative to the site; None where the publisher offers none."""
        if self.transcript == "none":
            return None
        return f"transcripts/{self.show_slug}/{self.slug}.{self.transcript}"


def read_shows(demo_folder: Path) -> tuple[ShowScript, ...]:
    """Read shows.yaml."""
    content = yaml.safe_load((demo_folder / "shows.yaml").read_text(encoding="utf-8"))
    return tuple(ShowScript(**show) for show in content["shows"])


def read_episodes(demo_folder: Path, show: ShowScript) -> tuple[EpisodeScript, ...]:
    """Read the scripts of a show, oldest episode first.

    Raises:
        ScriptError: A file is not a script.
    """
    paths = sorted((demo_folder / "scripts" / show.slug).glob("*.md"))
    episodes = [parse_script(path.read_text(encoding="utf-8"), show.slug, path.stem) for path in paths]
    return tuple(sorted(episodes, key=lambda episode: episode.published_at))


def parse_script(text: str, show_slug: str, slug: str) -> EpisodeScript:
    """Turn the text of a script into a value.

    Raises:
        ScriptError: The front matter is missing, or a line is not a speaker's line.
    """
    where = f"{show_slug}/{slug}.md"
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ScriptError(f"{where}: a script begins with front matter between two lines '---'")
    front = yaml.safe_load(parts[1])
    turns = _parse_turns(parts[2], where)
    voices = front.get("voices", {})
    strangers = {turn.speaker for turn in turns} - voices.keys()
    if strangers:
        raise ScriptError(f"{where}: no voice for {', '.join(sorted(strangers))}; add them to 'voices'")
    return EpisodeScript(
        show_slug=show_slug,
        slug=slug,
        guid=front["guid"],
        title=front["title"],
        published_at=front["published"].astimezone(UTC),
        notes_html=front["notes"].strip(),
        transcript=front["transcript"],
        first_phase=front.get("first_phase", 1),
        voices=voices,
        turns=turns,
    )


def split_sentences(text: str) -> tuple[str, ...]:
    """Split at a full stop, question or exclamation mark that is followed by a space and a capital or a digit."""
    return tuple(_SENTENCE_END.split(text.strip()))


def _parse_turns(body: str, where: str) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    in_ad = False
    for line in filter(None, (line.strip() for line in body.splitlines())):
        if line in ("[ad]", "[/ad]"):
            if in_ad == (line == "[ad]"):
                raise ScriptError(f"{where}: '{line}' without its counterpart")
            in_ad = not in_ad
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ScriptError(f"{where}: expected '**Name:** text', found {line[:60]!r}")
        turns.append(Turn(speaker=match["speaker"], sentences=split_sentences(match["text"]), is_ad=in_ad))
    if in_ad:
        raise ScriptError(f"{where}: '[ad]' is never closed")
    return tuple(turns)
