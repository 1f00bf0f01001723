from podcast_insights.transcripts.reading import paragraphs
from podcast_insights.transcripts.values import Segment


def said(at: float, text: str, speaker: str | None = "Ada", ad_reason: str | None = None) -> Segment:
    return Segment(
        index=0,
        start_s=at,
        end_s=at + 9,
        text=text,
        speaker=speaker,
        is_ad=ad_reason is not None,
        ad_reason=ad_reason,
    )


def test_a_paragraph_ends_with_its_speaker_its_mark_and_after_half_a_minute() -> None:
    segments = [said(10 * at, f"line {at}") for at in range(4)]
    segments += [said(40, "line 4", "Bob"), said(50, "buy", "Bob", "call"), said(60, "line 6", "Bob")]
    found = [(one.start_s, one.speaker, one.text, one.ad_reason) for one in paragraphs(segments)]
    assert found == [
        (0, "Ada", "line 0 line 1 line 2", None),
        (30, "Ada", "line 3", None),
        (40, "Bob", "line 4", None),
        (50, "Bob", "buy", "call"),
        (60, "Bob", "line 6", None),
    ]


def test_a_mark_of_an_older_version_has_no_reason_and_is_shown_all_the_same() -> None:
    old = Segment(index=0, start_s=0, end_s=5, text="buy", is_ad=True)
    assert [one.ad_reason for one in paragraphs([old])] == ["advertisement"]


def test_no_words_are_no_paragraph() -> None:
    assert list(paragraphs([])) == []
