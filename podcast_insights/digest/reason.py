"""Why an insight was chosen, as one sentence that a reader can check.

Each clause states a fact that holds, about the score's parts or what was said. What was asked for, who agrees and
outstanding worth come first. A reader sees all reasons of a day below each other, so of the other facts those are told
that hold for the fewest of its insights: what is true of all five says nothing about any of them. Readers of one digest
may follow different things, so it is the digest that follows; a mail adds what its own reader said
(``delivery/personal.py``).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from podcast_insights.digest.select import Choice
from podcast_insights.digest.values import ScoreParts

MOST_CLAUSES = 2
STRONG_SHARE = 0.9
GOOD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be said of one choice, each as a clause, the most telling first.

    ``leading`` are told whatever holds for others, ``others`` where they tell it from those, and ``last`` only where
    nothing else is left to tell.
    """

    leading: tuple[str, ...]
    others: tuple[str, ...]
    last: str


def facts_of(
    choice: Choice,
    parts: ScoreParts,
    *,
    rank: int,
    followed: Sequence[str],
    is_like_liked: bool,
    worse_share: float,
    considered: int,
    published_before: int,
    day: date,
) -> Facts:
    """Return what holds of a choice.

    Args:
        choice: The chosen candidate and who else says the same.
        parts: Its score.
        rank: Its place in the digest.
        followed: The reader's terms that it is about.
        is_like_liked: Whether the reader liked others of its show and topics.
        worse_share: The share (0 to 1) of the considered insights with a lower value.
        considered: How many insights were considered.
        published_before: With how many published insights its novelty was judged.
        day: The digest's day.
    """
    worth = tuple(_valuable(worse_share, considered))
    is_strong = worse_share >= STRONG_SHARE
    return Facts(
        leading=(*_wanted(followed, is_like_liked), *_supported(choice), *(worth if is_strong else ())),
        others=(
            *(() if is_strong else worth),
            *_substantial(choice),
            *_novel(parts, published_before),
            *_fresh(choice, day),
            *_alone(choice),
        ),
        last=_left(rank),
    )


def reasons_for(facts: Sequence[Facts]) -> list[str]:
    """Return one sentence that begins with "Chosen because" for each entry of a digest."""
    held_by = Counter(clause for one in facts for clause in one.others)
    sentences = []
    for one in facts:
        telling = sorted(one.others, key=lambda clause: held_by[clause])
        clauses = [*one.leading, *telling, one.last][:MOST_CLAUSES]
        sentences.append(f"Chosen because {' and '.join(clauses)}.")
    return sentences


def _wanted(followed: Sequence[str], is_like_liked: bool) -> Iterator[str]:
    if followed:
        yield f"this digest follows {listed_terms(followed)}"
    elif is_like_liked:
        yield "others like it were liked"


def _supported(choice: Choice) -> Iterator[str]:
    titles = [title for _, title in choice.also_said_by]
    if len(titles) > 2:
        yield f"{len(titles)} other shows say the same"
    elif titles:
        yield f"{_listed(titles)} {'says' if len(titles) == 1 else 'say'} the same"


def _valuable(worse_share: float, considered: int) -> Iterator[str]:
    if considered >= 2 and worse_share >= GOOD_SHARE:
        yield f"it is worth more than {int(worse_share * 100)} % of the {considered} insights considered"


def _novel(parts: ScoreParts, published_before: int) -> Iterator[str]:
    if published_before and parts.novelty >= 1.0:
        yield "nothing like it was in an earlier digest"


def _substantial(choice: Choice) -> Iterator[str]:
    criteria = choice.candidate.insight.criteria
    if criteria.can_be_acted_on:
        yield "it can be acted on"
    if criteria.gives_a_reason:
        yield "it gives its reason"


def _fresh(choice: Choice, day: date) -> Iterator[str]:
    age_days = (day - choice.candidate.episode_date).days
    if age_days == 0:
        yield "its episode came out that day"
    elif age_days == 1:
        yield "its episode came out the day before"


def _alone(choice: Choice) -> Iterator[str]:
    if choice.candidate.insight.criteria.stands_alone:
        yield "it is understood without the episode"


def _left(rank: int) -> str:
    # True of every choice: it is what a greedy selection does.
    return "it scored highest of all" if rank == 1 else "of what was left it added most to those chosen before it"


def listed_terms(followed: Sequence[str]) -> str:
    """Return the first two terms as they stand in a sentence."""
    return _listed(followed[:2])


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
