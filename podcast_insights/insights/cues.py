"""What a passage worth remembering sounds like in English: the cue tables of the embedded extractor, as data.

``SCORE_CUES`` are counted and weighed (``cue_score.py`` adds them up); the patterns below them decide gates, kinds and
criteria. The weights were fitted by hand to 778 rated passages of 12 shows. Centrality (TextRank, LexRank, embeddings)
was tried beside them and found what an episode is about, not what is worth knowing.
"""

import math
import re
from dataclasses import dataclass

Pattern = re.Pattern[str]

# A cue that supports a passage counts up to about 4 hits in 100 words; more of the same adds nothing.
SUPPORT_CAP = 1.1
UNCAPPED = math.inf


@dataclass(frozen=True, slots=True)
class Cue:
    """One group of phrases: what a passage gains (or loses) per unit of their damped frequency, up to ``cap``."""

    name: str
    purpose: str
    weight: float
    pattern: Pattern
    cap: float = SUPPORT_CAP


def any_of(*alternatives: str) -> Pattern:
    """Return one case-blind pattern of several phrases."""
    return re.compile("(?i)" + "|".join(alternatives))


CAUSE = Cue(
    "cause",
    "gives a reason or a consequence",
    0.7,
    any_of(
        r"\b(?:because|which means|that means|so that|that's why|the reason|as a result|results? in|leads? to|therefore"
        r"|due to|driv(?:es|en by)|caus(?:es|ed)|ends? up|in order to|otherwise|enables?)\b",
        r"\bconsequen",
        r"\ballows? (?:you|us|them|people|teams)\b",
    ),
)
CONTRAST = Cue(
    "contrast",
    "sets an expectation against what is so",
    0.6,
    any_of(
        r"\b(?:but|however|instead|rather than|as opposed to|turns? out|contrary|misconception|myth|the opposite"
        r"|even though|although|whereas|it's not|isn't|aren't|no longer|unlike|despite|yet)\b",
        r"\b(?:surprising|counter-?intuitive|paradox|ironic)",
        r"\bmost people (?:think|assume|believe|don't|do not)\b",
        r"\b(?:people|everyone|everybody|we|you|they) (?:often |always |usually |tend to )?"
        r"(?:think|assume|believe|expect|underestimate|overestimate|forget|miss)\b",
        r"\bnot (?:just|only|about|necessarily|because|really)\b",
    ),
)
KEY = Cue(
    "key",
    "says itself that this is the point, the lesson, what matters",
    1.0,
    any_of(
        r"\bthe (?:key|trick|secret|point|problem|lesson|takeaway|reality|truth|danger|risk|challenge|mistake|goal|idea"
        r"|best way|only way|hard part|hardest part|biggest|most important|main thing|number one|bottleneck|trade-?off"
        r"|irony|whole point|difference|question is|opportunity|advantage|answer is)\b",
        r"\b(?:one|another) (?:of the )?(?:big(?:gest)?|key|important|common|main|best|worst|hardest)\b",
        r"\bwhat (?:i|we)(?:'ve| have)? (?:learned|found|realized|realised|discovered|noticed|see|saw|tell)\b",
        r"\bi(?:'ve)? (?:learned|realized|realised|discovered|noticed|came to)\b",
        r"\bfundamental",
        r"\b(?:ultimately|at the end of the day|bottom line|critical|crucial|essential|important|rule of thumb"
        r"|principle|matters?)\b",
        r"\bi (?:strongly |really |firmly |truly )?believe\b",
        r"\bthe more\b.{0,80}\bthe (?:more|less|better|worse|easier|harder)\b",
    ),
)
ADVICE = Cue(
    "advice",
    "tells somebody what to do or to leave",
    0.7,
    any_of(
        r"\byou (?:really |just |also |always |actually |probably |often )?(?:should|shouldn't|need to|have to|must"
        r"|can't|cannot|want to|don't want|don't need|don't have to|ought)\b",
        r"\b(?:we|people|companies|teams|founders|developers|engineers|leaders|managers|they) (?:really |also )?"
        r"(?:should|shouldn't|need to|have to|must|can't)\b",
        r"\b(?:make sure|never|always|avoid|focus on|my advice|instead of)\b",
        r"\bi(?:'d| would) (?:recommend|advise|suggest|encourage)\b",
        r"^(?:don't|do not|start|stop|focus|try|think about|ask|hire|invest|build|ship|write|talk to|be )\b",
        r"\bif you(?:'re| are|'ve| have| want| can| don't| do| just)?\b",
    ),
)
GENERIC = Cue(
    "generic",
    "speaks of people, companies, systems in general",
    0.5,
    any_of(
        r"\b(?:companies|businesses|teams|people|engineers|developers|startups|users|customers|founders|leaders"
        r"|managers|organi[sz]ations|enterprises|employees|investors|projects|systems|models|products|markets|humans|brains?"
        r"|students|kids|parents|maintainers|communities|patients|teachers|farmers|voters|cities|countries|governments"
        r"|everyone|everybody|nobody|no one|anyone)\b",
    ),
)
QUANTIFIER = Cue(
    "quantifier",
    "generalises: most, usually, whenever",
    0.7,
    any_of(
        r"\b(?:most|every|any|usually|often|tends? to|generally|typically|whenever|in general|vast majority|many|all of"
        r"|one of the|every time)\b",
    ),
)
NUMBER = Cue(
    "number",
    "gives a figure",
    0.4,
    any_of(
        r"\b\d[\d,.]*",
        r"\b(?:half|twice|double|triple|million|billion|percent|orders? of magnitude|ten times|hundreds|thousands)\b",
    ),
)
COMPARISON = Cue(
    "comparison",
    "compares",
    0.4,
    any_of(
        r"\b(?:more|less|better|worse|faster|slower|cheaper|easier|harder|bigger|smaller|higher|lower|fewer|longer"
        r"|stronger|simpler|greater)\b",
    ),
)
CONDITION = Cue(
    "condition",
    "says when something holds",
    0.5,
    any_of(r"\bif\b", r"\bwhen (?:you|people|we|they|companies|teams|a|the)\b", r"\bunless\b", r"\bonce\b"),
)
SUPERLATIVE = Cue(
    "superlative",
    "singles something out",
    0.4,
    any_of(r"\b(?:best|worst|biggest|hardest|most|least|easiest|only|first|single)\b"),
)
ABSTRACT = Cue(
    "abstract",
    "uses abstract nouns: the language of ideas, not of small talk",
    0.3,
    any_of(r"\b\w+(?:tions?|sion|ments?|ness|ity|ities|ance|ence|ship|ism|ology)\b"),
)
HEDGE = Cue(
    "hedge",
    "takes back what it says, or trails off",
    -0.7,
    any_of(
        r"\b(?:i don't know|i guess|maybe|i'm not sure|not sure|kind of|sort of|i (?:can't|don't) remember|probably"
        r"|you know|i mean|whatever|blah|et cetera|and so on|or something|stuff|things? like that)\b",
        r"\blike,",
        r",? like,",
    ),
    cap=UNCAPPED,
)
NARRATIVE = Cue(
    "narrative",
    "tells what happened to somebody",
    -0.5,
    any_of(
        r"\bi (?:was|went|did|had|got|said|told|asked|came|started|left|joined|moved|grew|worked|met|wrote|built|bought"
        r"|remember|remembered|used|happened|ended)\b",
        r"\bwe (?:were|went|did|had|got|said|started|came|moved|met|ended)\b",
        r"\b(?:he|she|they) (?:was|were|went|did|had|got|said|told|asked|came|started)\b",
        r"\bmy (?:wife|husband|mom|dad|mother|father|kids?|son|daughter|brother|sister|friend|boss|first|old)\b",
        r"\b(?:i|he|she|they|we|it) ?(?:was|were|'s|'re|is|are|am|'m) like\b",
        r"\b(?:yesterday|last (?:week|night|year|month)|the other day)\b",
    ),
    cap=UNCAPPED,
)
PAST = Cue(
    "past",
    "past tense: events rather than rules",
    -0.5,
    any_of(
        r"\b(?:was|were|had|did|went|got|came|said|told|asked|thought|knew|made|took|saw|gave|found|left|felt|kept"
        r"|began|wrote|ran|built|met|heard|paid|sold|bought|spent|lost|won|sat|stood|became|\w{3,}ed)\b",
    ),
    cap=1.6,
)
FIRST_PERSON = Cue(
    "first_person",
    "about the speaker",
    -0.4,
    re.compile(r"\b(?:I|I'm|I've|I'd|I'll|me|my|mine|myself)\b"),
    cap=UNCAPPED,
)
WE = Cue("we", "about the speaker's own team", -0.3, any_of(r"\b(?:we|we're|we've|we'd|us|our|ours)\b"), cap=UNCAPPED)
PRONOUN = Cue(
    "pronoun",
    "points to somebody named elsewhere",
    -0.25,
    any_of(
        r"\b(?:he|she|him|her|his|hers|they|them|their|it|its|it's|he's|she's|they're|they've|they'd|they'll|it'll)\b"
    ),
    cap=UNCAPPED,
)
DEMONSTRATIVE = Cue(
    "demonstrative",
    "points to something said or shown before: this, that, these without a noun",
    -0.4,
    any_of(
        r"\b(?:this|these|those|that)\b(?=\s*(?:[.,;!?)—]|$|(?:is|was|are|were|would|will|can|could|and|or|but|when|if"
        r"|because|also|really|has|had|does|did|means|makes|easy|stuff|thing|kind|sort|way|point|one|case|type)\b))",
    ),
    cap=UNCAPPED,
)
PLAN = Cue(
    "plan",
    "what the speaker is going to do",
    -0.6,
    any_of(
        r"\bI(?:'m| am) (?:going to|gonna|definitely|really excited|excited|trying|working|just)\b",
        r"\bI(?:'ll| will| need to| want to| wanna| haven't| don't have| can't| hope)\b",
        r"\bwe(?:'re| are) (?:going to|gonna|working on|trying|planning|adding|doing|building)\b",
        r"\bwe(?:'ll| will| want to| haven't)\b",
    ),
    cap=UNCAPPED,
)
PITCH = Cue(
    "pitch",
    "tells of the speaker's own company: what it makes, offers or stands for",
    -0.7,
    any_of(
        r"\b(?:we|i)(?:'ve| have|'re| are)? (?:also |just |now |actually |recently |already )?"
        r"(?:buil(?:t|d|ding)|creat(?:e|ed|ing)|launch(?:ed|ing)?|releas(?:e|ed|ing)|offer(?:ed|ing)?|provid(?:e|ed|ing)"
        r"|introduc(?:e|ed|ing)|announc(?:e|ed|ing)|ship(?:ped|ping)?|support|serve|sell|declare|call it)\b",
        r"\bour (?:own )?(?:\w+ )?(?:products?|customers?|users?|platform|systems?|company|mission|vision|teams?|tools?"
        r"|services?|software|apps?|framework|solution|investors?|roadmap|goal|approach|clients?|targets?)\b",
        r"\b(?:this|our|the) (?:company|mission|project|startup|foundation) (?:is|has|was|will|ends|by|can|cannot)\b",
        r"\bwhat we(?:'re| are| do| did| have)\b",
    ),
    cap=UNCAPPED,
)
NAME = Cue(
    "name",
    "proper names in the middle of a sentence: news and anecdotes more than ideas",
    -0.45,
    re.compile(r"(?<=[a-z,;:] )(?!I\b|I')[A-Z][\w.&'-]+"),
    cap=UNCAPPED,
)
SCORE_CUES = (
    *(CAUSE, CONTRAST, KEY, ADVICE, GENERIC, QUANTIFIER, NUMBER, COMPARISON, CONDITION, SUPERLATIVE, ABSTRACT),
    *(HEDGE, NARRATIVE, PAST, FIRST_PERSON, WE, PRONOUN, DEMONSTRATIVE, PLAN, PITCH, NAME),
)

LEADING_CONNECTIVE = any_of(
    r"^(?:and|but|so|because|or|then|which|also|plus|again|anyway|therefore|otherwise|for example|for instance"
    r"|as well)\b"
)
PREDICTION = any_of(
    r"\b(?:will|won't|going to|gonna)\b.{0,80}\b(?:years?|decades?|future|soon|eventually|next|tomorrow|by 20\d\d)\b",
    r"\b(?:in the (?:next|coming|future)|i predict|my prediction|years from now|over time)\b.{0,80}"
    r"\b(?:will|won't|going to|gonna)\b",
)
NEWS = any_of(
    r"\b(?:turns? out|surpris\w+|counter-?intuitive\w*|contrary|misconception|myth|the opposite|paradox\w*"
    r"|ironic\w*)\b",
    r"\bmost people (?:think|assume|believe|don't|do not)\b",
)
