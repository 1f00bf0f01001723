"""What sponsor reads and housekeeping sound like in English: the cue tables of ``ads.py``, as data.

Each cue adds its weight (log-odds that the sentence is an ad) once per hit, for a bounded number of hits. The weights
were set by hand on host reads and inserted ads of many shows. Other languages match little, so little is marked there.
"""

import re
from dataclasses import dataclass

_TLD = r"(?:com|io|dev|ai|org|net|fm|co|app|tech|sh|so|me|tv|us|cloud|edu|gov|blog|xyz|store|shop|online|site)"
# What is thanked for, if not by its name: a name keeps its capital.
_SPONSORED = r"(?:(?:the|this|our|talk|us|it)\b|(?-i:[A-Z])\w+)"
_SHOW = r"(?:episode|portion|show|podcast|segment|transcripts?|program|hour)"


@dataclass(frozen=True, slots=True)
class AdCue:
    """One group of phrases, what each hit adds, how many hits count, and whether it may open an ad by itself."""

    name: str
    purpose: str
    pattern: re.Pattern[str]
    weight: float
    most: int = 1


def any_of(*alternatives: str) -> re.Pattern[str]:
    """Return one case-blind pattern of several phrases."""
    return re.compile("(?i)" + "|".join(alternatives))


OPENING = AdCue(
    "opening",
    "says in so many words that a sponsor follows",
    any_of(
        r"\bbrought to you (?:in part )?by\b",
        rf"\b{_SHOW}\b.{{0,60}}\b(?:made possible|presented|supported|sponsored) (?:in part )?by\b",
        r"\bpartially supported by\b",
        r"\btell you (?:real quick|really quick(?:ly)?|quickly) about\b",
        r"\b(?:big|proud|long-?time) (?:supporters?|sponsors?) of\b",
        r"^(?:today'?s |this )?(?:episode )?(?:is )?(?:sponsored|presented|supported) by\b"
        r"(?! (?:our|their|its|my|a)\b)",
        r"\b(?:word|message|break|hear|words) (?:\w+ ){0,3}(?:from|for|about|to thank|to tell you about) (?:\w+ ){0,3}"
        r"(?:sponsors?|partners?)\b",
        r"\bsupport for (?:this|the|our|today'?s) (?:show|podcast|episode)",
        r"\b(?:our|today'?s|our first|our second|our next|this week'?s|episode'?s|show'?s) (?:\w+ )?sponsors?"
        r"(?: is\b| are\b|,| of the show| on this|:|\.| today| for)",
        r"\bthank(?:s| you)? (?:\w+ ){0,5}(?:our|to our|the|this week'?s|today'?s) (?:\w+ )?sponsors?\b",
        r"\bthis episode'?s sponsor",
        r"\b(?:first|second|third|next|final|last|only|other) sponsor\b",
        r"\btime for (?:\w+ ){0,2}sponsored\b|\bsponsored (?:news|message|segment)\b",
        r"\bwe(?:'ve| have)? (?:have|got) (?:\w+ ){0,3}sponsors?\b",
        r"\bi want to (?:take a (?:quick )?(?:second|moment|minute) to tell|tell you about "
        r"(?:our|a|my|today'?s) (?:\w+ )?(?:sponsor|friends?))",
    ),
    weight=5.0,
)
ADDRESS = AdCue(
    "address",
    "an address to type, as it is said; a link in written text (https://...) is none",
    any_of(
        rf"(?<![/@\w.-])(?:[\w-]+\.)+{_TLD}(?:\s?/\s?[\w-]+|\s+slash\s+\w+|\b)",
        rf"\b\w+ dot {_TLD}\b",
        r"\bslash (?:\w+)\b(?= (?:to|and|for|today)|[.,])",
    ),
    weight=2.6,
)
CALL = AdCue(
    "call",
    "asks the listener to buy, try, visit or mention the show",
    any_of(
        r"\b(?:sign up|get started|try (?:it|them|\w+) (?:out )?(?:for free|today|now|free)|start (?:your|a) free"
        r"|owe it to yourself|free trial|free sample|for free\b|learn more at|find out more|check (?:it|them|us) out"
        r"|check out (?:their|the|our)|click (?:the|on)|visit|head (?:on )?over to|go to|download|book a demo"
        r"|request a demo|get a demo|schedule a (?:demo|call)|use (?:the )?(?:promo |discount |coupon |offer |our )?"
        r"(?:code|link)|promo code"
        r"|(?:a|an|the|special|exclusive|your|extra|\w+%|percent) discount(?: code)?(?! \w+(?:s|ing|er)\b)"
        r"|coupon|\d+% off|\d+ percent off|save (?:up to )?\$?\d+|money[- ]back"
        r"|no credit card|free credits?|\$\d+ (?:credit|in (?:free )?credit|off)|limited time|special offer"
        r"|exclusive offer|let them know|tell them|they'll know|sent you|you heard about|came from us"
        r"|join (?:the )?(?:\w+ )?(?:thousands|millions|waitlist|\d+)|trusted by"
        r"|used by (?:\w+ ){0,3}(?:companies|teams)|companies like|teams at|loved by|from startups to|today at"
        r"|shop now|order (?:now|today)|free shipping|stop by|in stores|near you|get (?:yours|tickets)|app store"
        r"|get your (?:\w+ )?(?:today|now)|explore more|see more (?:at|solutions)|only (?:at|on|in theaters)"
        r"|now (?:playing|streaming)|connect with|pre-?order|new customers?)\b",
        r"\b(?:check out|try|search|visit) (?-i:[A-Z])",
        r"\b(?:find|get|buy) (?:it|them|us|(?-i:[A-Z])\w+) (?:at|in) (?-i:[A-Z])",
        r"\bshow notes\b",
        r"\bpodcast player\b",
        rf"\bfor (?:supporting|sponsoring) {_SPONSORED}",
        r"\bsupports? the (?:show|podcast)\b",
        r"\b(?:link|links) (?:is|are)? ?in (?:your|the)\b",
    ),
    weight=1.6,
    most=2,
)
LEGAL = AdCue(
    "legal",
    "the small print that only advertisements read out",
    any_of(
        r"\b(?:terms|conditions|restrictions|exclusions|fees|taxes) (?:and conditions )?(?:may )?apply\b",
        r"\bmember fdic\b",
        r"\b(?:rated r\b|rated pg|under 17)",
        r"\bsee (?:\w+ ){0,3}for details\b",
        r"\bequal (?:housing|opportunity)\b",
        r"\bpaid (?:for by|advertisement|non-client)\b",
        r"\bgambl(?:e|ing) (?:responsibly|problem)",
        r"\b(?:not available|void) (?:in all states|where prohibited)",
        r"\bindividual results\b|\bresults may vary\b",
        r"\b(?:21|18) (?:and|or) (?:over|older)\b",
        r"\bask your doctor\b|\bside effects (?:may )?include\b",
        r"\b(?:service|offers?|products?) (?:is |are )?not available (?:in|everywhere)",
        r"\binvesting involves risk|\bpast performance\b|\bwhile supplies last|\bno purchase necessary",
        r"\bparticipating (?:locations|stores|restaurants|dealers|retailers)",
        r"\b(?:prices?|availability|participation) (?:and \w+ )?(?:may )?var(?:y|ies)\b",
        r"\boffer (?:ends|expires|valid)|\bmessage and data rates|\bdrink responsibly|\buse (?:only )?as directed",
    ),
    weight=3.0,
)
PITCH = AdCue(
    "pitch",
    "the vocabulary of marketing, and talk to the listener about your team, your business",
    any_of(
        r"\b(?:all-in-one|seamless(?:ly)?|effortless(?:ly)?|streamlin\w+|supercharge|turnkey|hassle"
        r"|in just (?:a few )?\w+|in minutes|in seconds|next[- ]gen\w*|cutting[- ]edge|enterprise[- ](?:grade|ready)"
        r"|world[- ]class|one[- ]stop|end[- ]to[- ]end|plug and play|at scale|10x|peace of mind|say goodbye"
        r"|game[- ]chang\w+|integrates? with|automat(?:e|es|ically)|compliance|SOC 2|customizable|built for"
        r"|designed (?:for|to)|platform (?:for|that|built|to)|the (?:leading|fastest|easiest|modern|only) \w+"
        r"|unlimited|pricing|worry|need help|imagine|what if you|award-winning|five-star|best-in-class|affordabl[ey]"
        r"|expertly|personalized|premium|ranked number one|whether you|so you can|introducing|proudly|deliciously"
        r"|free|irresistibl[ey]"
        r"|look no further|24[-/]7|guaranteed?|satisfaction|hands-free|machine washable|tech-driven"
        r"|high-quality|best[- ]selling|clinically|dermatologist|proven|track record|powered by|future-proof"
        r"|more than just|perfect (?:fit|gift|for)|(?:best|great|perfect) gift|made (?:from|with) (?:just|only|real)"
        r"|official (?:\w+ ){0,2}(?:partner|sponsor)|you(?:'ve| have)? (?:got to|gotta) try|you'll (?:love|wish|never)"
        r"|(?:the nation's|america's|the country's|the world's) (?:\S+ ){0,2}(?:largest|leading|longest|most)"
        r"|just (?:step|open|tap|plug|add|scan)|makes it (?:easy|simple)|all in one place"
        r"|that's why (?:we|our|select)|law firm|fee is free|if you(?:'re| are) ever (?:injured|hurt)|full and fair"
        r"|(?:over|than) [\d,]+ (?:clients|customers|families|members)|recovered for|(?:pilot|clinical) study"
        r"|number one in \w+|\d+(?:\.\d+)?% (?:faster|better|fewer|less) than|your \w+ is (?:your|worth)"
        r"|don't have to \w+ alone|for what's (?:ahead|next))\b",
        r"\b(?:your|you) (?:team|business|company|customers|users|product|app|data|code|website|site|workflow"
        r"|organization|developers|engineers|stack|servers?|career|home|family|skin|sleep|phone|nearest|smile|gift|car"
        r"|kitchen|closet|savings|budget|doctor|pet|dog|trip|getaway|next \w+)\b",
        r"^(?:are|do|have|want|need|looking|tired|ready|did you|if you(?:'re| are| want| need| run))\b.*\?",
    ),
    weight=0.7,
    most=3,
)
HOUSEKEEPING = AdCue(
    "housekeeping",
    "the show about itself: where to follow it, who produced it, until next time",
    any_of(
        r"(?:^|[,;:] |\b(?:and|to|please|can) )subscribe\b(?! to (?:the|an?|that|this) (?:idea|view|notion|theory))"
        r"|\b(?:find|follow|me|us|we're|i'm|show|also) (?:\S+ ){0,3}on (?:mastodon|bluesky)\b",
        r"\b(?:follow (?:me|us|the show|the podcast|him|her)|leave (?:us )?a (?:review|rating)"
        r"|rate (?:us|the show)|rating and review|favorite podcast|podcast app|itunes|apple podcasts|spotify"
        r"|(?:our|my|free|weekly|companion|(?:to|for|join) the) (?:\w+ )?newsletter|newest (?:members|patrons)"
        r"|youtube channel|patreon|slack (?:channel|community|team)"
        r"|join (?:us|the) (?:live|community|slack)|rss feed|past episodes|theme (?:music|song)"
        r"|our (?:music|beats) (?:is|are|was|were)|produced by|edited by|mixed by|this has been another episode"
        r"|welcome to (?:\w+ ){1,4}(?:podcast|show|episode)|you're listening to|this is your host|i'm your host"
        r"|see you (?:next (?:time|week)|in the next)|next episode|thanks for (?:listening|tuning)"
        r"|thank you (?:so much )?for (?:listening|tuning)|are you ready for your host|live streams?"
        r"|recorded (?:on )?\w+ \d|wherever you (?:get|listen)|tune in (?:to|every|for|on)|rate and review"
        r"|family of podcasts|enjoyed this program|become a (?:member|patron|supporter)|(?:our|all our) patrons)\b",
        r"^(?:co-?|executive |senior |associate |contributing )*(?:host|producer|writer|editor|engineer)s?, ",
        r"\bi'm \w+ \w+,? (?:and i'm )?(?:from|of|host of|the host of) .{0,40}\bpodcast\b",
    ),
    weight=2.0,
    most=2,
)
BREAK = AdCue(
    "break",
    "says that the show stops for a while",
    any_of(
        r"\bright after (?:this|these)[.!]?$|\bbut first,? (?:this|a) (?:word|message|quick)",
        r"\b(?:more|back) in (?:just )?a (?:moment|minute)\b",
        r"\bwe(?:'ll| will) be (?:right )?back\b|\bafter (?:the|this|a (?:quick|short)) break\b"
        r"|\b(?:don't go anywhere|stick around|stay with us|stay tuned)\b",
        r"\btake (?:a|one) (?:quick |short |little |brief )?(?:break|pause)\b",
    ),
    weight=2.0,
)
GREETING = any_of(r"\b(?:welcome|hello|hey|hi|good (?:morning|evening|afternoon)|today (?:on|we)|i'm (?-i:[A-Z])\w+)\b")
CUES = (OPENING, ADDRESS, CALL, LEGAL, PITCH, HOUSEKEEPING, BREAK)

# The show goes on: whatever came before, the next sentence is content.
RETURN = any_of(
    r"\b(?:now,? |and )back to (?:the|our|my|[a-z]+(?: [a-z]+)?[.!]?$)",
    r"^(?:(?:okay|ok|all right|alright|and|now),? )*back to "
    r"(?:the (?:show|episode|conversation|interview|news)|\w+[.!]?$)",
    r"\b(?:on (?:to|with) the (?:show|episode|interview)"
    r"|(?:now )?back to (?:the|our) (?:show|episode|conversation|interview|program))\b",
    r"^(?:and |okay,? |all right,? )*(?:we're|we are|welcome) back\b",
)

SOFT_OPENING = any_of(
    r"\bone of our (?:[\w-]+ ){0,3}sponsors?\b", r"\b(?:quick|short) (?:(?:word|message) (?:from|about)|break)\b"
)
THANKS = any_of(
    rf"\bfor (?:supporting|sponsoring|keeping|making) {_SPONSORED}",
    r"\bshow notes\b",
    r"\bsupports? the (?:show|podcast)\b",
    r"\b(?:let them know|so they know|tell them)\b",
)
CLOSING = any_of(
    rf"\bfor (?:supporting|sponsoring|keeping|making) {_SPONSORED}",
    r"\bsupports? the (?:show|podcast)\b",
    RETURN.pattern.removeprefix("(?i)"),
)
# The advertiser's name after the opening words; names keep their capital even in recognised speech.
ADVERTISER = re.compile(
    r"(?:[Bb]rought to you (?:in part )?by|[Ss]ponsored by|[Ss]upported by|[Mm]ade possible by"
    r"|[Ss]ponsors? (?:is|are)(?: our friends at| the folks at)?|[Ff]riends (?:over )?at|[Tt]hanks? (?:you )?to"
    r"|[Ss]upport (?:from|comes from)|[Tt]ell you about)\s+(?:us (?:over )?at |our friends (?:at|over at) "
    r"|the (?:folks|team|good people) at |my friends at |the )?([A-Z][\w&'-]+)"
)
# The labels of an address without its ending: "www.mint-mobile" of www.mint-mobile.com; one of them names its owner.
DOMAIN_NAMES = re.compile(rf"(?i)\b((?:[\w-]+\.){{0,4}}[\w-]{{3,}})(?:\.| dot ){_TLD}\b")
PRICE = any_of(
    r"\$\s?\d",
    r"\b\d+ (?:bucks|dollars|% off|percent off)\b",
    rf"\b(?:at|visiting|visit|to|only) (?:[\w-]+\.)+{_TLD}\b",
    r"\bfree (?:trial|plan|unlimited|quote|professional|samples?)\b",
    r"\b(?:promo )?code [A-Z]{3,}\b",
)
NOT_AN_ADVERTISER = frozenset("the a an this our you and i us my your all".split())  # noqa: SIM905
