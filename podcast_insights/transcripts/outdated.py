"""Which transcripts Whisper would make differently today: with another model or newer rules.

Pure. What a publisher gave is never outdated here: it is judged anew whenever its day is run. Nothing is made again by
itself, because that costs hours; ``podcast-insights refresh`` asks for it.
"""

from collections.abc import Iterable, Mapping

from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.engines import SpeechEngine
from podcast_insights.transcripts.values import Transcript


def outdated(
    transcripts: Iterable[Transcript], *, policies: Mapping[str, ShowSettings], engine: SpeechEngine
) -> tuple[Transcript, ...]:
    """Return the transcripts that another engine, version or model made than would make them now.

    Args:
        transcripts: What is kept.
        policies: The settings of each followed show, by its id; transcripts of other shows stay as they are.
        engine: What would make them now.
    """
    return tuple(
        transcript
        for transcript in transcripts
        if transcript.source == "whisper"
        and transcript.show_id in policies
        and (transcript.engine, transcript.model) != _makers(engine.for_show(policies[transcript.show_id]))
    )


def _makers(engine: SpeechEngine) -> tuple[str, str]:
    return engine.name, engine.model
