"""Builds the demo's site from its scripts: ``python examples/demo/build.py``.

Needs ``espeak-ng`` on PATH (``apt-get install espeak-ng``) besides the project's own environment. What it writes under
``site/`` and ``ads.json`` is committed, so nobody needs it to run the demo; run it after changing a script.
"""

import json
import sys
from pathlib import Path

from demo_generator.feeds import Listing, render_feed
from demo_generator.scripts import EpisodeScript, ScriptError, ShowScript, read_episodes, read_shows
from demo_generator.speech import SPEECH_RATE_HZ, SpeechError, require_espeak, speak_episode, write_opus
from demo_generator.transcripts import ad_spans, cues_of, render_transcript

DEMO = Path(__file__).resolve().parent
SITE = DEMO / "site"
LAST_PHASE = 2


def main() -> int:
    """Build everything; returns the exit status."""
    ads: dict[str, list[list[float]]] = {}
    try:
        espeak = require_espeak()
        for show in read_shows(DEMO):
            listings = [_build_episode(episode, espeak, ads) for episode in read_episodes(DEMO, show)]
            _write_feeds(show, listings)
    except (ScriptError, SpeechError) as error:
        print(f"The demo was not built: {error}", file=sys.stderr)
        return 1
    (DEMO / "ads.json").write_text(json.dumps(ads, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _build_episode(episode: EpisodeScript, espeak: str, ads: dict[str, list[list[float]]]) -> Listing:
    """Write the audio and the transcript of one episode, and note its ads."""
    if not episode.has_audio:
        return Listing(script=episode, duration_s=None, size_bytes=None)
    samples, spoken = speak_episode(episode, espeak)
    audio = SITE / episode.audio_path
    write_opus(samples, audio)
    if episode.transcript_path is not None:
        transcript = SITE / episode.transcript_path
        transcript.parent.mkdir(parents=True, exist_ok=True)
        transcript.write_text(render_transcript(cues_of(spoken), episode.transcript), encoding="utf-8")
    spans = ad_spans(spoken)
    if spans:
        ads[episode.guid] = spans
    duration_s = len(samples) / SPEECH_RATE_HZ
    print(f"{episode.show_slug}/{episode.slug}: {duration_s:.0f} s, {len(spoken)} sentences, {len(spans)} ads")
    return Listing(script=episode, duration_s=duration_s, size_bytes=audio.stat().st_size)


def _write_feeds(show: ShowScript, listings: list[Listing]) -> None:
    """Write the feed, and the feed of each earlier phase in which it listed less."""
    folder = SITE / "feeds"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{show.slug}.xml").write_text(render_feed(show, listings), encoding="utf-8")
    for phase in range(1, LAST_PHASE):
        listed = [listing for listing in listings if listing.script.first_phase <= phase]
        if len(listed) < len(listings):
            (folder / f"{show.slug}.phase{phase}.xml").write_text(render_feed(show, listed), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
