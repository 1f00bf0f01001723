"""What a sentence needs from its episode before a stranger can understand it, each need with a name.

A reader sees a claim alone. This module reads it as they do, from left to right, and asks of each pointing word
(pronoun, demonstrative, "here", "the other") whether the sentence has named what it stands for. It is a reading by
closed classes of words, not a parse: where grammar is ambiguous ("that" has four uses), the neighbours decide.
``needs_of`` judges one text; how much a need costs is decided by the callers.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

Words = Sequence[str]

_TOKEN = re.compile(r"[A-Za-z0-9$€£%](?:[\w%]|\.(?=\w))*(?:[’'-]\w+)*|[,;:()—–]|[.!?…]+")
_MARK = re.compile(r"[^A-Za-z0-9]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


THEY: Final = _set("they them their theirs themselves they're they've they'd they'll")
IT: Final = _set("it its itself it's it'd it'll")
HE: Final = _set("he she him her his hers himself herself he's she's he'd she'd he'll she'll")
SPEAKER: Final = _set("i me my mine myself i'm i've i'd i'll")
TEAM: Final = _set("we we're we've we'd we'll our ours us ourselves")
_DETERMINERS = _set(
    "a an the any every each another no some many most all both few several other your more fewer two three four five"
    " six seven eight nine ten enough whose one certain such"
)
_PEOPLE = _set(
    "people everyone everybody someone somebody anyone anybody person women men woman man children kids folks"
    " customer customers user users developer developers engineer engineers founder founders manager managers leader"
    " leaders employee employees student students patient patients teacher teachers parent parents child kid friend"
    " colleague boss team teams company companies speaker owner maintainer maintainers"
)
_PREPOSITIONS = _set(
    "of for with to in on at from by like about than after before over behind into through under around without"
    " against upon onto beyond per"
)
_BEFORE_BARE_NOUNS = (_PREPOSITIONS | _set("and or use using called")) - {"to"}
_VERBS_S = _set(
    "is was has does makes needs gets takes goes comes says means works runs keeps gives wants helps uses knows shows"
    " seems looks feels becomes starts stops costs adds turns brings leads allows lets puts tells thinks happens exists"
    " matters requires provides creates moves changes breaks builds fails becomes depends allows follows includes as"
    " this us thus yes always perhaps sometimes its it's his hers ours besides less across plus unless afterwards"
)
_AUXILIARIES = _set(
    "is was are were be been being will would can could may might must should has have had do does did isn't wasn't"
    " aren't weren't won't wouldn't can't couldn't doesn't don't didn't hasn't haven't shouldn't also really just"
    " always never actually means makes happens works gets goes takes comes seems gives needs feels looks sounds"
)
# After these, "that" opens a clause: "it means that prices rise".
_CLAUSE_OPENERS = _set(
    "think thinks thought say says said mean means meant believe believes believed know knows knew is was are so such"
    " show shows showed shown find finds found see sees saw hope feel argue argues argued realize realise realized"
    " realised learn learned notice noticed fact idea point reason ensure sure assume assumes assumed suggest suggests"
    " guarantee guarantees claim claims true clear likely important possible given now except provided assuming out"
    " understand remember forget admit agree decide decided prove proves proved discover discovered expect tell told"
    " hear heard odds chance risk evidence news problem truth reality way time moment extent sense feeling worry fear"
    " aware glad afraid certain convinced implies imply indicates recognize recognise explains explain"
)
_BEFORE_POINTING = _set(
    "do did does doing done make makes made making take took use used get got have need want put all"
)
_SINGULAR_SUBJECTS = _set(
    "nobody everybody somebody anybody everyone someone anyone it he she who that which everything something nothing"
)
_INDEFINITE = _set("something anything everything nothing things thing stuff one ones all those much lot people")
# "It is hard to ...", "it turns out", "it takes years": this "it" stands for nothing.
_EMPTY_IT = re.compile(
    r"(?i)\bit(?:'s| is| was| isn't| wasn't|'d be| would be| will be| can be| could be| might be| may be"
    r"| gets|'ll be"
    r"| becomes| became| makes| seems| feels| has been|'s been| sounds| looks)?"
    r"(?: (?:not|never|always|often|also|just|really|very|so|too|much|even|actually|usually|pretty|quite|more|less"
    r"|almost|still|only|incredibly|far|way|super|completely|increasingly))*"
    r" (?:easy|hard|important|easier|harder|better|impossible|worth|worthwhile|rare|tempting|dangerous|crucial"
    r"|critical|essential|possible|difficult|true|clear|cheaper|likely|unlikely|good|bad|best|helpful|useful|common"
    r"|hopeless|fine|okay|enough|wise|safe|risky|expensive|faster|slower|simpler|sensible|sense|nice|great|normal"
    r"|natural|healthy|necessary|unclear|strange|surprising|interesting|useless|pointless|time|up to|as if|like|a"
    r" (?:good|bad|mistake|matter|lot|big|great|huge)\b)[^.;]{0,40}?"
    r"\b(?:to|that|when|if|how|why|what|because|for|whether)\b"
    r"|\bit(?:'s| is) (?:about|because|when|all about|not about|not just about|not that)\b"
    r"|\b(?:make|makes|made|find|finds|found|keep|keeps) it (?:\w+ )?\w+ (?:to|for|that)\b"
    r"|\bit (?:turns out|costs?|depends|pays|helps|matters|doesn't matter|follows that)\b"
    r"|\bit (?:takes|took|doesn't take) (?:an?\b|\d|many|more|less|years|time|effort|[\w ]{0,30}\bto\b)"
    r"|\b(?:when it comes to|as it turns out|worth it|make it|get it right|got it right|that's it)\b"
)
_HEAD = re.compile(
    r"(?i)^(?:and|but|so|or|nor|then|because|which|whereas|also|plus|again|otherwise|therefore|hence|instead|anyway"
    r"|similarly|likewise|conversely|especially|for (?:example|instance)|as well|in (?:that|this|those"
    r"|these|such|the"
    r" same)|on the other hand|same|another (?:one|thing|example|reason|piece|part)|both|either|neither"
    r"|the (?:same|other|former|latter|opposite|reverse|rest|next|second|third|first (?:one|is|was)|last)"
    r"|although|(?:three|two|four) (?:guys|things|people)|not (?:a|an|the|to|so|even|just|only|having"
    r"|being|sure|really|quite|that|this|because|necessarily)"
    r"|(?:some|all|one|many|most|each|none|a lot|half) of (?:them|those|these|that|it|us|you)|sometimes"
    r"|updated|now(?!,)|your (?:goal|mission|team|product|company))\b"
)
# "The company is built with several units": a thing that is taken for known, and nothing says which one.
_DEFINITE = re.compile(
    r"^(?i:the) (?!(?:best|worst|biggest|most|least|easiest|hardest|only|more|less|whole|key|people|world|future"
    r"|internet|brain|web|law|economy|market|average|poor|rich|whole world|sun|\w+est)\b)[a-z-]+(?: [a-z-]+)?"
    r" (?:is|was|are|were|has|had|have|will|can|could|would|should|may|might|does|did|do|isn't|wasn't"
    r"|doesn't|didn't"
    r"|can't|won't|just|really|also|really|actually)\b"
)
# "We sell to banks" is about one team; "we all forget", "we tend to", "we should" may be about everybody.
_OWN_TEAM = re.compile(
    r"(?i)^(?:\w+, )?(?:our|we(?:'re|'ve|'d|'ll)?)\b(?! (?:all|often|tend|usually|humans?|as (?:humans"
    r"|people|a)|should|need"
    r"|know|have no|live|forget|underestimate|overestimate|rarely|never|always)\b)"
)
_HERE = re.compile(
    r"(?i)\b(?:here|over there|right there|up there|in there|down there|back then|yesterday|tonight|this morning"
    r"|the other day|last (?:week|night|month)|earlier today|just now|so far|at this point|at that point"
    r"|in this case"
    r"|in that case|right now|the following)\b"
    r"|\bthere(?=\s*(?:[,.;:!?—]|and\b|or\b|but\b|where\b|because\b|to\b|with\b|that'?s?\b|in\b"
    r"|for\b))(?<!\bout there)"
)
_OTHER = re.compile(
    r"(?i)\b(?:the|this|that|these|those) others?\b(?! (?:hand|day|side|words|end|way))"
    r"|\bthe same(?: \w+)?(?=[.,;]|$)"
    r"(?<!all the same)|\b(?:this|that|these|those|the first|the second|the last|another|the other|which"
    r"|the only) ones?\b"
    r"|(?<!is )(?<!'s )(?<!are )(?<!was )(?<!were )(?<!be )\bsuch an? (?!way\b|degree\b|extent\b|thing as\b)"
    r"|,? (?:as well|too|either)\.$|\bas (?:such|mentioned|said|described)\b|\bdo(?:es|ing)? (?:so|that|this)\.$"
)
# "If that simplicity is achieved" points; "and that prices rise" goes on.
_BEFORE_DETERMINER = _set("if when once because until unless")
_AFTER_POINTING = _set("and or but because when if as with in for to")
_TAKEN_UP = _set("if when once whenever unless because since as by although while whether instead")


def needs_of(text: str) -> tuple[str, ...]:
    """Return what a text needs from its context, each need once, in the order of the words; nothing is best."""
    found = list(_needs(text))
    return tuple(dict.fromkeys(found))


def stands_alone(text: str) -> bool:
    """Whether a text says what it speaks of."""
    return not needs_of(text)


def _needs(text: str) -> Iterator[str]:
    if _HEAD.match(text):
        yield "head"
    if _DEFINITE.match(text):
        yield "definite"
    if _OWN_TEAM.match(text):
        yield "own_team"
    if _HERE.search(text):
        yield "place"
    if _OTHER.search(text):
        yield "other"
    words = [token.replace("’", "'") for token in _TOKEN.findall(_EMPTY_IT.sub(_without_it, text))]
    for at, word in enumerate(words):
        need = _need_at(words, at, word.lower())
        if need:
            yield need


def _without_it(match: re.Match[str]) -> str:
    return re.sub(r"(?i)\bit(?:'\w+)?\b", "X", match.group())


def _need_at(words: Words, at: int, word: str) -> str | None:
    if word in SPEAKER:
        return "speaker"
    if word in TEAM:
        return "team"
    if word in THEY and not _names_several(words[:at]):
        return "they"
    if word in IT and not _names_one(words[:at]) and not _takes_up_clause(words, at):
        return "it"
    if word in HE and not _names_somebody(words[:at]):
        return "person"
    if word in ("this", "these", "those"):
        return None if _is_explained(words, at) else word
    if word in ("that", "that's", "that'll", "that'd"):
        return "that" if _points(words, at, word) else None
    return None


def _is_explained(words: Words, at: int) -> bool:
    """Whether "those who ..." or "these tools", the tools having been named, says what it points to."""
    following = [word.lower() for word in words[at + 1 : at + 4]]
    if not following:
        return _takes_up_clause(words, at)
    if words[at].lower() == "those" and following[0] in ("who", "that", "of", "whose", "which", "in", "with"):
        return True
    if words[at].lower() == "these" and following[0] == "days":
        return True
    if following[0] in _AUXILIARIES or _MARK.fullmatch(following[0]):
        return _takes_up_clause(words, at)
    said = {_stem(word) for word in words[:at]}
    return any(_stem(word) in said for word in following[:2] if len(word) > 3 and _may_be_noun(word))


def _points(words: Words, at: int, word: str) -> bool:
    """Whether a "that" points to something, rather than opening a clause or describing the noun before it."""
    before = words[at - 1].lower() if at else ""
    after = words[at + 1].lower() if at + 1 < len(words) else "."
    if at == 0:
        return True
    if before in _PREPOSITIONS and not (before == "in" and after not in _AUXILIARIES and not _MARK.fullmatch(after)):
        return not _is_explained(words, at)
    if (
        before in _BEFORE_DETERMINER
        and _may_be_noun(after)
        and _AUXILIARIES & {one.lower() for one in words[at + 2 : at + 3]}
    ):
        return not _is_explained(words, at)
    if _MARK.fullmatch(before) or before in ("and", "but", "because", "if", "when", "or", "as"):
        is_pronoun = word != "that" or after in _AUXILIARIES or _MARK.fullmatch(after) is not None
        return is_pronoun and not _takes_up_clause(words, at)
    if before in _CLAUSE_OPENERS or before in _INDEFINITE:
        return word != "that" and before not in _INDEFINITE and not _names_one(words[: at - 1])
    if _MARK.fullmatch(after) or after in _AFTER_POINTING:
        return not _takes_up_clause(words, at)
    return before in _BEFORE_POINTING


def _takes_up_clause(words: Words, at: int) -> bool:
    """Whether the sentence itself says what "that" or "it" takes up: "If you wait, that costs you a day"."""
    opening = [word.lower() for word in words[:at]]
    return bool(opening) and opening[0] in _TAKEN_UP and "," in opening and at >= 5


def _names_several(words: Words) -> bool:
    lowered = [word.lower() for word in words]
    if any(word in _PEOPLE for word in lowered):
        return True
    return _has_plural(lowered) or _names_somebody(words) or _has_noun_after(lowered, "a an any every")


def _names_one(words: Words) -> bool:
    """Whether a thing is named: a noun after its article, a name, or a noun that opens the sentence."""
    if not words:
        return False
    lowered = [word.lower() for word in words]
    if _has_noun_after(lowered, "a an the any every each another no one your some") or any(map(_is_name, words[1:])):
        return True
    opens_with_noun = len(lowered) > 1 and _may_be_noun(lowered[0])
    return (opens_with_noun and not _is_plural(lowered[0])) or any(
        len(word) > 3 and _may_be_noun(word) and before in _BEFORE_BARE_NOUNS for before, word in pairwise(lowered)
    )


def _names_somebody(words: Words) -> bool:
    return any(word.lower() in _PEOPLE for word in words) or any(map(_is_name, words[1:]))


def _has_noun_after(lowered: Words, determiners: str) -> bool:
    allowed = _set(determiners)
    return any(before in allowed and len(word) > 2 and _may_be_noun(word) for before, word in pairwise(lowered))


def _may_be_noun(word: str) -> bool:
    return word[:1].isalpha() and word not in _NO_NOUNS and not word.endswith("ly")


def _is_name(word: str) -> bool:
    return word[:1].isupper() and word.lower() not in SPEAKER


def _has_plural(lowered: Words) -> bool:
    """Whether several things are named; what follows "nobody" or "it" is a verb: "Nobody pays them"."""
    return any(_is_plural(word) and before not in _SINGULAR_SUBJECTS for before, word in pairwise(("", *lowered)))


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "'s")) and word not in _VERBS_S


def _stem(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("s")


_NO_NOUNS = (
    THEY
    | IT
    | HE
    | SPEAKER
    | TEAM
    | _DETERMINERS
    | _PREPOSITIONS
    | _VERBS_S
    | _AUXILIARIES
    | _TAKEN_UP
    | _set(
        "you you're you've you'll and or but so then now there here this that these those which"
        " who what where how why not only even still when lot way bit kind sort thing things something anything"
        " everything nothing point time moment first same best worst most more less very much"
    )
)
