from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from upath import UPath

from podcast_insights.audio.values import AudioFile
from podcast_insights.errors import StorageError
from podcast_insights.insights.values import EpisodeInsights
from podcast_insights.storage.artifacts import Artifacts
from podcast_insights.transcripts.values import RecognisedWindow, Segment, Transcript
from podcast_insights_tests.storage.examples import a_transcript, values_of

FINGERPRINT = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def transcripts(base: UPath) -> Artifacts[Transcript]:
    return Artifacts(base, "transcripts", Transcript)


def a_segment(text: str = "Heat pumps") -> Segment:
    return Segment(index=0, start_s=0.0, end_s=1.5, text=text, speaker="Ann")


def test_a_finished_item_is_found_by_its_fingerprint(transcripts: Artifacts[Transcript], base: UPath) -> None:
    made = a_transcript("episode1", a_segment())

    assert transcripts.get(FINGERPRINT) is None
    transcripts.put(FINGERPRINT, made)

    assert transcripts.get(FINGERPRINT) == made
    assert transcripts.get(FINGERPRINT[::-1]) is None
    assert (base / "artifacts" / "transcripts" / "01" / f"{FINGERPRINT}.json").exists()


def test_an_item_may_be_made_again(transcripts: Artifacts[Transcript]) -> None:
    transcripts.put(FINGERPRINT, a_transcript("first"))
    transcripts.put(FINGERPRINT, a_transcript("second"))

    assert transcripts.get(FINGERPRINT) == a_transcript("second")


def test_kinds_stand_apart(base: UPath, transcripts: Artifacts[Transcript]) -> None:
    transcripts.put(FINGERPRINT, a_transcript())

    assert Artifacts(base, "windows", Transcript).get(FINGERPRINT) is None


@pytest.mark.parametrize("value_type", [Transcript, EpisodeInsights, AudioFile])
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_kind_survives_its_file(value_type: type, data: st.DataObject) -> None:
    artifacts: Artifacts[Any] = Artifacts(UPath("memory://artifacts-survive"), "kind", value_type)
    item = data.draw(values_of(value_type))

    artifacts.put(FINGERPRINT, item)

    assert artifacts.get(FINGERPRINT) == item


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[]", b"{}", b"\xff\xfe", b'{"episode_id": 1}', b"\x00" * 100, None]
)
def test_a_damaged_file_counts_as_missing_and_is_made_again(
    transcripts: Artifacts[Transcript], base: UPath, content: bytes | None
) -> None:
    transcripts.put(FINGERPRINT, a_transcript())
    path = base / "artifacts" / "transcripts" / "01" / f"{FINGERPRINT}.json"
    path.write_bytes(path.read_bytes()[:-20] if content is None else content)

    assert transcripts.get(FINGERPRINT) is None

    transcripts.put(FINGERPRINT, a_transcript())
    assert transcripts.get(FINGERPRINT) == a_transcript()


@pytest.mark.parametrize(
    "fingerprint", ["", "../../etc/passwd", "a/b", "..", "ab.json", "a b", "/abs", "ab\x00", "a\\b"]
)
def test_a_fingerprint_is_never_used_as_a_path(transcripts: Artifacts[Transcript], fingerprint: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        transcripts.get(fingerprint)
    with pytest.raises(ValueError, match="letters and digits"):
        transcripts.put(fingerprint, a_transcript())


def test_text_that_no_file_can_hold_fails_for_its_item_only(transcripts: Artifacts[Transcript]) -> None:
    with pytest.raises(StorageError, match=FINGERPRINT) as raised:
        transcripts.put(FINGERPRINT, a_transcript("episode1", a_segment("half a pair: \ud83d")))

    assert not raised.value.retryable
    assert transcripts.get(FINGERPRINT) is None


def test_a_window_of_an_older_version_can_be_read(base: UPath) -> None:
    windows = Artifacts(base, "windows", RecognisedWindow)
    windows.put(FINGERPRINT, RecognisedWindow(start_s=0, end_s=9, language="en", segments=(), compute_s=1))
    path = base / "artifacts" / "windows" / "01" / f"{FINGERPRINT}.json"
    path.write_bytes(path.read_bytes().replace(b',"rejected":[]', b""))

    assert b"rejected" not in path.read_bytes()
    assert windows.get(FINGERPRINT) == RecognisedWindow(
        start_s=0, end_s=9, language="en", segments=(), compute_s=1, rejected=()
    )
