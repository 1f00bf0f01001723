"""What the UI shows of the stage ``transcripts`` beside its tables."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from podcast_insights.defs.assets.episodes import chapters, episodes, publisher_transcripts
from podcast_insights.defs.assets.feeds import FeedsConfig, feeds
from podcast_insights.defs.assets.transcripts import transcripts
from podcast_insights_tests.crash.a_day import DAY, NOW, context_of, resources_of, run_asset, settings_of_a_day
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer

NOON = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)


def test_each_transcript_can_be_read_although_two_episodes_have_one_title(tmp_path: Path) -> None:
    said = ("Street trees need water for three summers.", "Idle machines keep the waiting times of a queue short.")
    with PodcastServer().running() as web:
        for number, text in enumerate(said):
            web.serves(
                f"/{number}.vtt?token=hidden{number}",
                f"WEBVTT\n\n00:00.000 --> 00:08.000\n{text}\n".encode(),
                "text/vtt",
            )
        items = [
            Item(
                title="Trailer",
                guid=str(number),
                published_at=NOON + timedelta(hours=number),
                transcript=f"/{number}.vtt?token=hidden{number}",
                duration_s=8,
            )
            for number in range(2)
        ]
        settings = settings_of_a_day(tmp_path, web.publishes("Twice", items))
        with resources_of(settings, NOW) as given:
            run_asset(feeds, given, config=FeedsConfig())
            listed, _, tried = (
                run_asset(stage, given, context=context_of(DAY))
                for stage in (episodes, chapters, publisher_transcripts)
            )
            result = run_asset(transcripts, given, context=context_of(DAY))

    assert listed.metadata["episodes"].value.count("| Twice | Trailer | process |") == 2
    links = tried.metadata["links"].value
    assert links.count("vtt?token=... |") == 2
    assert "hidden" not in links
    shown = [result.metadata[f"transcript_{number}"].value for number in (1, 2)]
    assert all(text.startswith("**Trailer**") for text in shown)
    assert {text for text in said if any(text in one for one in shown)} == set(said)
    assert "transcript_3" not in result.metadata
    assert result.metadata["transcripts"].value.count("| Trailer |") == 2
