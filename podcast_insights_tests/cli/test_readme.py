"""What the README tells a newcomer to type works, in the order in which they would type it, on shows of their own.

Every command of the README is here, or among those that cannot be: a new one fails the test until it is tried.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podcast_insights.days import day_of
from podcast_insights.settings import Settings
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer, slug
from podcast_insights_tests.transcripts.conftest import write_checkpoint

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOLD = re.findall(r"(?:^|`)podcast-insights ([a-z][^`\n]*)", README, re.MULTILINE)
OPML = '<opml version="2.0"><body><outline type="rss" text="A" xmlUrl="{url}"/></body></opml>'
SAID = ROOT / "examples/demo/site/transcripts"
EPISODES = {
    "Pipeline Weather": ("a-full-queue-is-a-decision.vtt", "backfills-without-fear.vtt"),
    "Street and Grid": ("the-lane-that-fills-itself.vtt", "shade-is-infrastructure.vtt"),
}
# One asks a hub for a model, the other one serves until it is stopped; both have tests of their own.
NOT_TRIED = {"models small", "serve"}
# The README shows these without the program's name, beside one that has it.
SHORT = {"mute crypto", "like <insight id>", "memory", "resume ..."}


@dataclass(frozen=True)
class Step:
    """A line of the README, what to type for it (as written where None), and what the answer must say."""

    line: str
    says: str
    arguments: tuple[str, ...] | None = None

    def typed(self) -> tuple[str, ...]:
        return self.arguments or tuple(re.findall(r'"[^"]+"|\S+', self.line))


class Newcomer:
    """A person with an empty folder, two shows to follow and a feed server."""

    def __init__(self, desk: Desk, web: PodcastServer) -> None:
        self.desk = desk
        self.folder = desk.path.parent
        self.yesterday = day_of(datetime.now(UTC), Settings().digest.zone) - timedelta(days=1)
        self.feeds = [self._publish(web, show, files) for show, files in EPISODES.items()]

    def _publish(self, web: PodcastServer, show: str, files: tuple[str, ...]) -> str:
        items = []
        for days_before, file in enumerate(files):
            path = f"/{slug(show)}/{file}"
            web.serves(path, (SAID / show.lower().replace(" ", "-") / file).read_bytes(), "text/vtt")
            noon = datetime.combine(self.yesterday - timedelta(days=days_before), datetime.min.time(), UTC)
            items.append(Item(title=file, published_at=noon + timedelta(hours=12), transcript=path))
        return web.publishes(show, items)

    def published(self) -> list[str]:
        """Return the ids of what yesterday's digest holds."""
        digest = Store(str(self.folder / "data")).digests.of_day(self.yesterday)
        assert digest is not None
        return [entry.candidate.insight.insight_id for entry in digest.entries]

    def types(self, step: Step) -> str:
        result = self.desk.runs(*(word.strip('"') for word in step.typed()))
        assert result.exit_code == 0, f"{step.line}: {result.output}"
        return " ".join(result.output.split())


@pytest.fixture
def newcomer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    with PodcastServer().running() as web:
        # Feeds on this machine are allowed for nobody but this test.
        monkeypatch.setenv("PODCAST_INSIGHTS_FEEDS__ALLOW_HOSTS", json.dumps(["127.0.0.1"]))
        monkeypatch.setenv("DAGSTER_HOME", str(desk.path.parent / "dagster_home"))
        monkeypatch.setenv("PODCAST_INSIGHTS_DELIVERY__RECIPIENTS", json.dumps([{"address": "you@example.com"}]))
        monkeypatch.setenv("PODCAST_INSIGHTS_TRANSCRIPTION__MODEL", str(write_checkpoint(desk.path.parent / "tiny.pt")))
        (desk.path.parent / "dagster_home").mkdir()
        (desk.path.parent / "dagster_home/dagster.yaml").write_bytes((ROOT / "dagster.example.yaml").read_bytes())
        yield Newcomer(desk, web)


def test_every_command_of_the_readme_works_one_after_the_other(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_PRIVATE_FEED", newcomer.feeds[1])
    day = newcomer.yesterday.isoformat()
    tried: list[str] = []

    def goes_through(*steps: Step) -> None:
        for step in steps:
            said = newcomer.types(step)
            assert step.says in said, f"{step.line}: {said}"
            tried.append(step.line)

    goes_through(
        Step("add <feed URL>", "Added Pipeline Weather", ("add", newcomer.feeds[0])),
        Step("add env:NAME", "Added Street and Grid", ("add", "env:A_PRIVATE_FEED")),
        Step("backfill --from <first day> --to <last day>", " in two shows.", ("backfill", "--from", day, "--to", day)),
        Step("digest", f"Mail: {newcomer.folder}/data/mail/{day}-you@example.com.eml"),
    )
    insight_id = newcomer.published()[0]
    (newcomer.folder / "subscriptions.opml").write_text(OPML.format(url=newcomer.feeds[0]), encoding="utf-8")
    goes_through(
        Step("import subscriptions.opml", "0 shows were added"),
        Step("export shows.opml", "1 show was written to shows.opml. 1 private show was left out"),
        Step("export insights.csv", f"{len(newcomer.published())} insights were written"),
        Step('search "parking turnover"', "Street and Grid"),
        Step('follow "heat pumps"', "Insights about heat pumps come first"),
        Step("mute crypto", "Insights about crypto are left out"),
        Step("like <insight id>", "Liked: ", ("like", insight_id)),
        Step("memory", "heat pumps"),
        Step("doctor", "2 of 2 shows can be read"),
        Step("doctor --feeds", "Street and Grid active"),
        Step("evaluate", "4 episodes with insights of"),
        Step("refresh", "Outdated: 0 transcripts on 0 days."),
        Step("models", "base.en"),
        Step("mail --preview look/", f"look/{day}-1.html"),
        Step("mail --test you@example.com", f"data/mail/test-{day}-you@example.com.eml"),
        Step(
            "backfill --from 2026-10-01 --to 2026-10-31",
            "Days: 1. Episodes that feeds list now: 2.",
            ("backfill", "--from", day, "--to", day, "--estimate"),
        ),
        Step("pause <name or feed URL>", "Pipeline Weather is paused", ("pause", "Pipeline Weather")),
        Step("resume ...", "Pipeline Weather is polled again", ("resume", "Pipeline Weather")),
        Step("remove <name or feed URL>", "Pipeline Weather was removed", ("remove", "Pipeline Weather")),
    )
    monkeypatch.setenv("PODCAST_INSIGHTS_RELATED__EMBEDDINGS__MODEL", "parrot-vectors")
    monkeypatch.setenv("PODCAST_INSIGHTS_RELATED__EMBEDDINGS__BASE_URL", "http://127.0.0.1:9/v1")
    goes_through(Step("embed", " on 2 days.", ("embed", "--dry-run")))
    told = {line.removeprefix("podcast-insights ") for line in TOLD}
    assert told | SHORT == set(tried) | NOT_TRIED
