"""A scripted transcription server on loopback: real HTTP, real files, words that are known beforehand."""

import io
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.server import ServerEngine
from podcast_insights_tests.insights.fakes import failure

RATE = 16_000
KEY = "sk-a-secret-of-the-tests"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What one request asked for."""

    fields: dict[str, str]
    key: str | None
    size_bytes: int
    length_s: float
    pitch_hz: float


Script = Callable[[Sent], Response]


def answer(body: Any) -> Response:
    return Response(json.dumps(body), content_type="application/json")


def verbose(sent: Sent, *segments: tuple[float, float, str], **more: Any) -> dict[str, Any]:
    """Return what OpenAI's whisper-1 answers to verbose_json, in the fields that matter."""
    return {
        "task": "transcribe",
        "language": "english",
        "duration": sent.length_s,
        "text": " ".join(text for _, _, text in segments),
        "segments": [
            {
                "id": index,
                "start": start_s,
                "end": end_s,
                "text": f" {text}",
                "avg_logprob": -0.2,
                "no_speech_prob": 0.01,
            }
            for index, (start_s, end_s, text) in enumerate(segments)
        ],
        **more,
    }


class FakeSpeechServer:
    """Answers each file with the next step of its script; the last step repeats. It keeps what was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.base_url = server.url_for("/v1")
        self.sent: list[Sent] = []
        self._script: list[Script] = []
        self._lock = threading.Lock()
        server.expect_request("/v1/audio/transcriptions", method="POST").respond_with_handler(self._handle)

    def _handle(self, request: Request) -> Response:
        file = request.files["file"].read()
        with av.open(io.BytesIO(file)) as container:
            sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])
        sent = Sent(
            fields=request.form.to_dict(),
            key=(request.authorization.token if request.authorization else None),
            size_bytes=len(file),
            length_s=len(sound) / RATE,
            pitch_hz=float(np.argmax(np.abs(np.fft.rfft(sound)))) * RATE / len(sound),
        )
        with self._lock:
            self.sent.append(sent)
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return step(sent)

    def _then(self, *steps: Script) -> "FakeSpeechServer":
        self._script.extend(steps)
        return self

    def answers_with(self, script: Callable[[Sent], Any]) -> "FakeSpeechServer":
        return self._then(lambda sent: answer(script(sent)))

    def hears(self, *segments: tuple[float, float, str], **more: Any) -> "FakeSpeechServer":
        return self.answers_with(lambda sent: verbose(sent, *segments, **more))

    def knows_no_times(self, text: str) -> "FakeSpeechServer":
        def step(sent: Sent) -> Response:
            if sent.fields["response_format"] != "json":
                return failure(400, f"response_format '{sent.fields['response_format']}' is not compatible with model")
            return answer({"text": text, "usage": {"type": "tokens", "total_tokens": 9}})

        return self._then(step)

    def refuses(self, status: int, message: str = "no", code: str | None = None, times: int = 1) -> "FakeSpeechServer":
        return self._then(*[lambda _: failure(status, message, code)] * times)

    def says(self, body: bytes) -> "FakeSpeechServer":
        return self._then(lambda _: Response(body))


def engine_at(server: FakeSpeechServer, *, max_retries: int = 0, **changes: Any) -> ServerEngine:
    given: dict[str, Any] = {"engine": "openai", "model": "parrot-1", "base_url": server.base_url, "timeout_s": 5.0}
    return ServerEngine(TranscriptionSettings(**given | changes), api_key=KEY, max_retries=max_retries)


def texts(segments: Sequence[Any]) -> list[tuple[float, float, str]]:
    return [(one.start_s, one.end_s, one.text) for one in segments]
