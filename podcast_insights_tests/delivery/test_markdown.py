from dataclasses import replace

from podcast_insights.delivery.markdown import digest_markdown, escape_markdown
from podcast_insights_tests.digest.fakes import a_candidate, a_digest, a_hostile_candidate, an_entry, real_digests


def test_a_day_shows_headlines_sources_and_scores():
    text = digest_markdown(real_digests()[0])
    assert "## Friday, 13 November 2026" in text
    assert "### 2\\. Home batteries now earn more" in text
    assert "[Listen at 26:04](<https://media.example.org/0.mp3#t=1564>)" in text
    assert "Also said by Kilowatt" in text
    assert "| 2 | The Grid Hour | 91 | 100 | 50 | 100 | 33 | 87 |" in text


def test_scores_that_do_not_fall_are_explained():
    worse, better = an_entry(a_candidate("a"), rank=1), an_entry(a_candidate("b"), rank=2)
    better = replace(better, parts=replace(better.parts, total=1.0))
    said = "how unlike it is to those above it"

    assert said in digest_markdown(a_digest(entries=(worse, better)))
    assert said not in digest_markdown(a_digest(a_candidate("a"), a_candidate("b")))


def test_an_empty_day_says_so():
    assert "Nothing was good enough" in digest_markdown(a_digest())
    assert "|" not in digest_markdown(a_digest())


def test_hostile_words_stay_words():
    text = digest_markdown(a_digest(a_hostile_candidate()))
    assert "<script>" not in text
    assert "<img" not in text
    assert "[link](" not in text
    assert "**bold**" not in text
    assert (
        escape_markdown("a|b *c* [d](e) `f` <g> #h &amp;")
        == "a\\|b \\*c\\* \\[d\\]\\(e\\) \\`f\\` &lt;g\\> \\#h &amp;amp;"
    )
