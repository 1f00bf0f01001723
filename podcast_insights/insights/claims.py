"""A spoken sentence as a claim that is read: what is trimmed from it, and which flaws of form it keeps.

Speakers wrap what they say ("the truth is that", "in my opinion"), let it run out ("and so on") and tie it to what they
said before ("is therefore"). Only that is cut; no word is changed. ``flaws_of`` names what cannot be mended: a broken,
empty or spoken form. What a claim leaves open is ``context.py``; which sentence of a passage makes the claim is
``headlines.py``.
"""

import re

from podcast_insights.insights.cues import any_of
from podcast_insights.insights.plain_words import PLAIN_WORDS

FEWEST_WORDS, MOST_WORDS = 6, 32
FEWEST_SPECIFIC, FEWEST_SPECIFIC_SHORT, SHORT_WORDS = 4, 3, 12
MOST_FILLERS, MOST_ANDS = 2, 3
FEWEST_WORDS_LEFT = 6

_OPENING = re.compile(
    r"(?i)^(?:"
    r"(?:in fact|of course|finally|first(?:ly| of all)?|second(?:ly)?|third(?:ly)?|number (?:one|two"
    r"|three|four)|indeed|now|still|typically|again|also"
    r"|then|well|look|yeah|okay|right|honestly|frankly|personally|to be (?:honest|fair|clear|frank)"
    r"|obviously|clearly"
    r"|unfortunately|fortunately|basically|essentially|fundamentally|ultimately|generally(?: speaking)?|in general"
    r"|as (?:you|we) know|as \w+ (?:just |already )?(?:said|mentioned|noted|pointed out)"
    r"|in my (?:opinion|experience|view|mind)|from my (?:perspective|point of view)|for me|to me"
    r"|at the end of the day|on top of that|in other words|at the same time|by the way|in a (?:sense|way)|for sure"
    r"|i mean|you know|like|(?:and|but|so|because|plus|otherwise|therefore|anyway|for example|for instance)),\s+"
    r"|(?:and|but|so|because|plus|also|therefore|otherwise|again|like|basically|honestly|actually)\s+"
    r"(?=(?:if|when|the|a|an|people|most|every|you|companies|there|it|as)\b)"
    r"|the (?:\w+ )?(?:truth|reality|fact|point|thing|idea|problem|trick|lesson|irony|news|key|takeaway|result"
    r"|advantage|danger|beauty)(?: of the matter)?(?: here)?(?: really| just)? is,?\s+that\s+"
    r"|what (?:i|we)(?:'ve)? (?:have )?(?:learned|found|noticed|realized|realised|discovered|see|saw"
    r"|know) is(?: that)?\s+"
    r"|i(?:'ve| have)? (?:really |strongly |firmly |truly |do |still |just |also )?(?:think|believe"
    r"|feel like|feel|find"
    r"|found|found out|guess|suspect|know|noticed|learned|realized|realised|would (?:say|argue)|'d (?:say|argue))"
    r"(?: that)?\s+(?=(?:the|a|an|people|most|every|everyone|you|companies|there|it|if|when|in|any|many"
    r"|some|no|one)\b)"
    r"|(?:it )?turns out,?(?: that)?\s+|as it turns out,?\s+"
    r"|i(?:'m| am) (?:(?:just |really |absolutely |pretty |fairly |also )?(?:convinced|sure|certain|confident|aware"
    r"|of the (?:opinion|view))|(?:a )?(?:firm|big|strong|true|huge) believer|willing to accept"
    r"|starting to (?:believe|think|see))(?: in the idea)? that\s+"
    r"|my (?:\w+ )?(?:advice|view|belief|opinion|argument|experience|guess|hypothesis|theory|hope|point|thesis)"
    r"(?: (?:here|to \w+(?: \w+)?))? (?:is|has been|would be)(?: just)?(?: that)?,?\s+"
    r"|the (?:first |one |other |only |main )?thing (?:that )?(?:i|we|you)"
    r"(?:'d|'ll| would| will| can| want to| always| have to| need to| should)?"
    r" (?:say|tell people|realize|realise|learn|learned|remember|understand|know) is(?: that)?,?\s+"
    r"|(?:it's|it is) (?:fair|safe|important|worth) (?:to say|to note|to remember|noting|remembering) that\s+"
    r"|there(?:'s| is) no (?:doubt|question) (?:in my mind )?that\s+|the (?:reality|truth) of it is(?: that)?,?\s+"
    r"|the way (?:that )?i (?:see|look at|think about) it(?: is)?(?: that)?,?\s+"
    r")"
)
# What a speaker sets off by a comma says how sure they are and nothing else. Without one it may be the clause itself:
# who "I think is honest" need not be.
_ASIDES = (
    r"(?:i think|i guess|i believe|i suppose|i'd say|i would say|of course|obviously|frankly|honestly|by the way"
    r"|so to speak|if you will|for lack of a better (?:term|word)|in my (?:opinion|view)|let's say)"
)
_AUXILIARY_FOLLOWS = r"(?= (?:is|are|was|were|will|would|can|could|should|must|has|have|do|does)\b)"
_ASIDE = re.compile(
    rf"(?i), {_ASIDES}(?=, (?:and|but|or|so|which|because|when|if)\b)|, {_ASIDES},|, {_ASIDES}{_AUXILIARY_FOLLOWS}"
)
_ENDING = re.compile(
    r"(?i)(?:,? (?:and so (?:on|forth)|or something(?: like that)?|or whatever|and stuff(?: like that)?|and whatnot"
    r"|and things like that|et cetera|etc|for example|for instance|right|you know|basically|i think"
    r"|i guess|i believe"
    r"|in my opinion|of course|obviously|if that makes sense|so to speak|to be honest|for sure"
    r"|and everything|you see)"
    r"\b,?)+(?=\s*[.!]$)"
)
# After an auxiliary only: "we measured it and therefore know it" has its reason with it.
_TIED_BACK = re.compile(
    r"(?i)\b(is|are|was|were|can|could|will|would|should|must|has|have) (?:therefore|thus|hence)(?= )"
)
_RESTART = any_of(
    r"\b(?:a|an|the|to|of|is|are|was|be|and|but|or|that|can|will|if|when|we|you|i|they|it|really|just"
    r"|probably|with|in"
    r"|for|have|has|do|people|oftentimes)\s*(?:—|–| - |--)",
    r"\b(that|the|a|to|just|and|is|of|in|so|you|we)[, ]+\1\b",
    r"^\S+(?: \S+){0,3} (?:—|--| - )",
    r"^(?:the|a|an|if|when|because),|,? I should say\b|, (?:you|they|we)'re just\b",
    r"^(?:most|some|many|the) (?:\w+ ){1,4}- ",
    # Begun anew with a filler: "a strategy for many, like many, countries".
    r"\b(\w{4,}),? like \2\b",
    # "You are do ...", but not "you do have to".
    r"\b(?:you|we|they) (?:(?:have|are) (?:(?:always|never|just|really) )?(?:have|are|do)|do (?:are|do))\b",
)
_SPEECH = re.compile(r"[\"“][^\"”\s]*(?:\s+[^\"”\s]+){4,}[\"”]|(?i:\b(?:like|say|says|said|saying|go|goes)),? [\"“]")
_TALK_ABOUT_TALK = any_of(
    r"\bshares? (?:some |his |her |their )?(?:thoughts|tips|story|advice|insights)\b|\bjoins (?:us|me)\b"
    r"|\b(?:he|she|they|founder|author|guest)s? (?:discuss|talk|explain)(?:es|s)?\b",
    r"\b(?:rant|metaphor|analogy|unpopular opinion|hot take|to your point|my point|your point|good point|question"
    r"|let's|speaking of|talk(?:ing)? (?:about|through)|tell(?:ing)? you|i mean|example(?: is| would)"
    r"|better example"
    r"|another example|good example|one example|context|topic|chapter|slide|the way i|as i|like i|what i'm saying"
    r"|i(?:'m| am) saying|that being said|long story|say that|think about you|show you|as you can see"
    r"|look at it)\b",
)
# An illustration is not the point that it illustrates. "Take breaks" and "Say no" are advice.
_EXAMPLE = any_of(
    r"\b(?:for example|for instance)\b|, say,|^(?:imagine|suppose|let's say|say (?:that|the|an?|you|we)"
    r"|picture (?:an?|the|this|your|yourself))\b|^take (?-i:[A-Z])",
    r"^if you(?:'re| are| were)? (?:think about|take|imagine|picture|everybody|somebody|someone) ",
)
_FILLERS = any_of(
    r"\b(?:just|really|actually|kind of|sort of|basically|literally|totally|super|somehow|probably|maybe"
    r"|anyway|stuff"
    r"|things?|something|whatever|a lot|pretty)\b",
)
_LIKE = any_of(
    r"\b(?:can|can't|could|to|just|you|they|we|and|so|or|of|for|with|have|had|has|the|a|get|gets|do|going|be|in)"
    r" like\b(?! (?:to|that|this|it|them|him|her|me|you|those|these)\b)",
    r"\b(?:is|are|was|were) like\b(?! (?:a|an|the|having|being)\b)",
    r"^(?:like|if like|when like|because like)\b",
)
_SUBORDINATE = any_of(
    r"^(?:even )?(?:if|when|whenever|because|although|though|while|since|unless|whereas|until|as soon as|in case)\b"
)
# "A system that uses a tool": a noun and its clause, and nothing is said of it.
_RELATIVE_SUBJECT = any_of(r"^(?:just |only )?(?:an?|the|[a-z-]+) (?:[a-z'-]+ ){0,5}?(?:that|who|which) ")
_SUBCLAUSE = any_of(
    r",? (?:because|since|so that|although|while|when|if)\b", r", (?:meaning|including|such as|which)\b"
)
_FINITE = any_of(
    r"\b(?:is|are|was|were|will|would|can|could|may|might|should|must|has|have|had|do|does|did|cannot|ain't"
    r"|\w+n't|\w+'(?:s|re|ve|ll|d))\b",
    r"\b(?:make|take|get|need|want|know|think|go|come|mean|work|run|keep|give|find|feel|become|start|stop|cost|tend"
    r"|fail|learn|build|use|spend|lose|win|help|love|hate|care|buy|sell|pay|see|say|forget|assume|expect"
    r"|believe|let"
    r"|show|grow|move|change|turn|add|bring|lead|drive|allow|seem|look|matter|depend|follow|require|create|provide"
    r"|happen|exist|fall|rise|break|put|cut)s?\b",
    r"\b(?:\w{3,}ed|went|got|made|took|came|grew|began|found|lost|won|spent|kept|left|rose|fell|goes|does"
    r"|built|wrote|ran|gave|said|told|knew|saw|met|held|sold|bought|paid|thought|felt|meant|led|chose|drove|spoke|broke"
    r"|stood|heard|taught|brought|caught|sent|became|drew|threw|understood|tries|ties)\b",
    # An unknown verb shows itself by what follows; the endings are those of nouns.
    r"\b(?!\w*(?:ions|ings|ers|ors|ments|ities|ists|ects|ees|ants|ents)\b)\w{3,}s (?:the|an?|you|your|it|them|that"
    r"|people|how|what|more|less|better|only|around|directly|faster)\b",
)
_IMPERATIVE = any_of(
    r"^(?:don't|do not|never|always|start|stop|focus|try|ask|hire|invest|build|ship|write|use|make|keep"
    r"|avoid|treat|give"
    r"|put|take|let|remember|measure|test|learn|pick|choose|do|get|find|spend|set|go|read|change|add|remove|look|imagine|consider|suppose)\b"
)
_DANGLING = any_of(
    r"\b(?:and|but|or|the|a|an|because|if|when|to|of|with|for|is|are|that|my|your|which|who|was|be|as)[.!]$",
    r"[,;:—-]$",
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def claim_of(sentence: str) -> str:
    """Return a cleaned sentence without what wraps it or ties it back; one that would be too short stays whole."""
    claim = sentence
    for _ in range(4):
        trimmed = _OPENING.sub("", claim, count=1)
        if trimmed == claim or len(trimmed.split()) < FEWEST_WORDS_LEFT:
            break
        claim = trimmed
    ended = _ENDING.sub("", claim)
    if len(ended.split()) >= FEWEST_WORDS_LEFT:
        claim = ended
    claim = _TIED_BACK.sub(r"\1", _ASIDE.sub("", claim))
    return claim[:1].upper() + claim[1:]


def flaws_of(claim: str) -> tuple[str, ...]:
    """Return the names of the flaws of form that keep a claim from being read on its own; none is best."""
    words = claim.split()
    tests = (
        ("length", not FEWEST_WORDS <= len(words) <= MOST_WORDS),
        ("question", "?" in claim),
        ("unfinished", "..." in claim or "…" in claim or _DANGLING.search(claim) is not None),
        ("broken", _RESTART.search(claim) is not None or claim.count('"') % 2 == 1),
        ("speech", _SPEECH.search(claim) is not None),
        ("talk_about_talk", _TALK_ABOUT_TALK.search(claim) is not None),
        ("filler", len(_FILLERS.findall(claim)) > MOST_FILLERS or _LIKE.search(claim) is not None),
        ("example", _EXAMPLE.search(claim) is not None),
        ("run_on", len(re.findall(r"(?i)\b(?:and|or|but)\b", claim)) > MOST_ANDS),
        ("fragment", _is_fragment(claim)),
        ("vague", _is_vague(claim)),
    )
    return tuple(name for name, has_flaw in tests if has_flaw)


def specific_words(text: str) -> tuple[str, ...]:
    """Return the words that say what a text is about: neither function words nor those that fit any subject."""
    return tuple(word for word in _WORD.findall(text) if _is_specific(word.lower().replace("’", "'")))


def _is_specific(word: str) -> bool:
    stem = word.removesuffix("'s")
    if len(stem) < 3 or "'" in stem:
        return False
    forms = {stem, stem.removesuffix("s"), stem.removesuffix("es"), stem.removesuffix("ing"), stem.removesuffix("ed")}
    return forms.isdisjoint(PLAIN_WORDS) and not (stem.endswith("ly") and len(stem) > 4)


def _is_vague(claim: str) -> bool:
    fewest = FEWEST_SPECIFIC_SHORT if len(claim.split()) <= SHORT_WORDS else FEWEST_SPECIFIC
    return len({word.lower() for word in specific_words(claim)}) < fewest


def _is_fragment(claim: str) -> bool:
    """Whether the main clause is missing: no verb, or nothing but an if-clause."""
    main = claim if _SUBORDINATE.match(claim) else _SUBCLAUSE.split(claim, maxsplit=1)[0]
    relative = _RELATIVE_SUBJECT.match(main)
    if relative and not _FINITE.search(relative.group()) and len(_FINITE.findall(main[relative.end() :])) <= 1:
        return True
    if _FINITE.search(main) is None and _IMPERATIVE.match(claim) is None:
        return True
    if _SUBORDINATE.match(claim) is None:
        return False
    _, comma, rest = claim.partition(",")
    return not comma or _FINITE.search(rest) is None
