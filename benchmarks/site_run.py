"""One build of the site in a process of its own: ``python -m benchmarks.site_run store|build <folder> ...``.

``store`` writes invented digests, ``build`` publishes the site as the asset ``digest_site`` does and prints what that
took as JSON.
"""

import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from podcast_insights.delivery.contents import contents_of
from podcast_insights.delivery.publish import publish
from podcast_insights.delivery.site import site_files
from podcast_insights.digest.values import RelatedInsight
from podcast_insights.settings import DeliverySettings
from podcast_insights.storage.store import Store
from podcast_insights_tests.digest.fakes import a_candidate, an_entry, real_digests

FIRST_DAY = date(2025, 1, 1)
SHOWS, TOPICS, TOPICS_OF_ONE = 40, 300, 3


def main(arguments: Sequence[str]) -> None:
    """Do what the first argument says."""
    task, folder, *rest = arguments
    if task == "store":
        first, last, a_day = (int(one) for one in rest)
        store_digests(Store(folder), first=first, last=last, a_day=a_day)
    else:
        print(json.dumps(build(Store(folder), with_cards=rest == ["cards"])))


def store_digests(store: Store, *, first: int, last: int, a_day: int) -> None:
    """Store the digests of the days ``first`` to ``last``, counted from the first one, and some neighbours."""
    model = real_digests()[0]
    words = [word for entry in model.entries for word in entry.candidate.insight.explanation.split()]
    related = list(store.related_insights.all())
    for number in range(first, last):
        chance = random.Random(number)  # noqa: S311 - invented texts
        day = FIRST_DAY + timedelta(days=number)
        entries = []
        for rank in range(1, a_day + 1):
            show = chance.randrange(SHOWS)
            candidate = a_candidate(
                f"i{number:05}x{rank:02}",
                day=day,
                show=f"Show number {show}",
                show_id=f"show{show}",
                episode_id=f"episode{number}-{show}",
                claim=" ".join(chance.choices(words, k=14)),
                explanation=" ".join(chance.choices(words, k=60)),
                quote=" ".join(chance.choices(words, k=45)),
                topics=tuple(f"topic {chance.randrange(TOPICS)}" for _ in range(TOPICS_OF_ONE)),
            )
            around = {side: " ".join(chance.choices(words, k=35)) for side in ("context_before", "context_after")}
            entries.append(an_entry(candidate, day=day, rank=rank, **around))
            if number:
                other = f"i{chance.randrange(number):05}x{chance.randrange(a_day) + 1:02}"
                insight_id = candidate.insight.insight_id
                for one, two in ((insight_id, other), (other, insight_id)):
                    related.append(RelatedInsight(insight_id=one, related_insight_id=two, similarity_ratio=0.2))
        store.digests.replace(replace(model, digest_date=day, entries=tuple(entries), fingerprint=f"f{number}"))
    store.related_insights.replace(related)


def build(store: Store, *, with_cards: bool) -> dict[str, float]:
    """Publish the site; return the seconds for reading, deciding and writing, and how many files there are."""
    started_s = time.process_time()
    digests = store.digests.all()
    read_s = time.process_time()
    contents = contents_of(
        digests,
        related=store.related_insights.by_insight(),
        chapters=store.chapters.by_episode(),
        settings=DeliverySettings(site_url="https://insights.example.org" if with_cards else None),
        zone=ZoneInfo("UTC"),
    )
    files = site_files(contents)
    decided_s = time.process_time()
    report = publish(files, store.site)
    return {
        "read_s": read_s - started_s,
        "decide_s": decided_s - read_s,
        "publish_s": time.process_time() - decided_s,
        "files": len(files),
        "made": report.made,
        "written": len(report.written),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
