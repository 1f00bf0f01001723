"""One download by the real client into a real store; started as a program, so that it can be killed half-way."""

import sys
from pathlib import Path

from podcast_insights.audio.fetch import fetch_audio
from podcast_insights.audio.sources import AudioSources
from podcast_insights.audio.values import AudioFile
from podcast_insights.settings import AudioSettings
from podcast_insights.skips import StageResult
from podcast_insights.storage.store import Store
from podcast_insights.web.client import WebClient
from podcast_insights_tests.audio.fakes import NOW, episode


def download(url: str, folder: Path, *, duration_s: float | None = None) -> StageResult[AudioFile]:
    """Fetch the audio of one episode."""
    store = Store(str(folder))
    sources = AudioSources(
        web=WebClient("podcast-insights-tests", ["localhost"]),
        blobs=store.blobs,
        partials=store.partials,
        cache=store.finished_audio,
        is_heard=lambda _, __: False,
        fresh=lambda _: None,
    )
    return fetch_audio(
        [episode(1, url=url, duration_s=duration_s)],
        sources=sources,
        heard_ids=frozenset(),
        settings=AudioSettings(timeout_s=30),
        per_host=2,
        now=NOW,
    ).result


if __name__ == "__main__":
    download(sys.argv[1], Path(sys.argv[2]))
