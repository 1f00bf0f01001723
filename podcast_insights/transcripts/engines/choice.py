"""Which engine the settings choose. Only the chosen one's libraries are loaded, and not before it hears something."""

from podcast_insights.settings import Settings
from podcast_insights.transcripts.engines import SpeechEngine


def chosen_engine(settings: Settings) -> SpeechEngine:
    """Return the engine of ``transcription.engine``."""
    wanted = settings.transcription
    if wanted.engine == "openai":
        from podcast_insights.transcripts.engines.server import ServerEngine

        key = settings.transcription_key
        return ServerEngine(wanted, api_key=key.get_secret_value() if key else None)
    if wanted.engine == "faster-whisper":
        from podcast_insights.transcripts.engines.faster import FasterWhisperEngine

        return FasterWhisperEngine(wanted)
    from podcast_insights.transcripts.engines.whisper import WhisperEngine

    return WhisperEngine(wanted)
