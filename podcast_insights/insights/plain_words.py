"""English words that fit any subject, so they say nothing about what a text is about, and such letters of Chinese.

Function words, and the nouns, verbs and adjectives that people use of everything ("thing", "make", "good"). A topic is
never one of them, a claim made of nothing else is vague, and two texts that share no others are about different things.
"""

PLAIN_WORDS = frozenset(
    """
    a about above after again against all also always an and another any anybody anyone anything are aren't around as
    at back be became because been before being below between both but by came can can't come could course day did
    different does doing don't done down during each either else end even ever every everybody everyone everything
    fact far few first for from further get getting gets give go goes going gonna good got great had has have having
    he help her here him his how however idea if important in instead into is isn't it its itself just keep kind know
    last least less let let's like little long look lot lots made main make makes making many may maybe me mean means
    might more most much must my need needs never new next no nobody not nothing now of off often oh okay old on once
    one ones only or order other others our out over own part people person place point possible pretty probably
    problem put question quite rather reason really right said same say saying says second see seem seen set she
    should since single so some somebody someone something sometimes sort still stuff such take talk talking tell than
    that that's the their them then there there's these they they're thing things think thinking third this those
    though thought three through time times to today together too top try trying two under until up upon us use used
    using usually very want wanted was wasn't way ways we we're well went were what what's when where which while who
    whole why will with within without won't work working world would year years yeah yes yet you you're your
    bit day couple couldn't doesn't didn't wouldn't shouldn't example everyday half hundred thousand million level
    two three four five six seven eight nine ten twenty thirty forty fifty hundred
    amount number group half number side start week month months weeks hours minutes hour minute
    quarter third double twice percent eleven twelve sixty seventy eighty ninety dozen dozens hundreds thousands
    millions billion billions once zero several few enough
    able across agree ago ahead almost alone along already although anyway apart away bad badly beginning behind best
    better big bigger biggest broken certain cheap cheaper cheapest clear close common correct current direct
    early earlier easier easiest easy empty entire equal exact extra false fast faster favorite fine former free fresh
    friendly full general given glad grateful guess happy hard harder hardest heavy high higher highest hot huge
    interesting irreversible later latter left likely local longer longest low lower lowest main major missing modern
    myself herself himself itself ourselves themselves yourself near nearest newest nice normal odd oldest open
    opposite ordinary original own past perfect plain poor possible proper pure quick ready real recent regular
    rest reversible safe serious short shorter similar simple single slow small smaller smallest sorry special
    specific strong sudden sure surprised tell terrible thanks tiny true truth type usual various warm weird whatever
    whether whoever wider wonderful worse worst worth wrong young
    add agree allow appear ask become believe bring build buy call choose count cut decide depend
    describe drive fall feel find finish follow forget happen hear help hold hope keep kill lead learn leave live lose
    love matter meet miss move notice offer pass pay pick prefer pull push raise reach read remember remove
    reply return ride rise run sell send serve show sit solve sound speak spend stand stay stop teach treat
    turn understand wait wish wonder worry write
    aspect bunch case chance detail difference ending end everybody kind lesson look lots matter moment nothing
    occasion piece plenty reason result sense situation stuff term thank view whole
    evening morning night tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday
    middle parallel row glance guy guys folk folks man men somebody others
    """.split()  # noqa: SIM905
)

# Adverbs and connectives: topics and claims know them by their endings and places.
_ALSO_PLAIN = frozenset(
    """
    amid among amongst besides beyond despite else elsewhere forth furthermore hence hereby meanwhile moreover namely
    nevertheless nonetheless nor otherwise per plus regarding somewhere somehow therefore thus toward towards unless
    unlike via whereas whereby wherever whichever whom whose yourselves
    absolutely actually basically certainly clearly completely constantly currently definitely entirely especially
    essentially eventually exactly extremely finally fully generally honestly immediately incredibly literally mainly
    mostly naturally nearly necessarily normally obviously only particularly partly perfectly potentially practically
    quickly rarely recently simply slightly slowly specifically suddenly supposedly totally truly typically
    """.split()  # noqa: SIM905
)

# What Chinese, and Japanese beside its kana, makes sentences about anything of: pronouns, particles, numbers, places.
PLAIN_IDEOGRAPHS = frozenset(
    "的了是在我你他她它们這这那哪有就也都和很吗呢吧啊么個个什怎不没會会能要可以為为到上下来來去把被让給给对對从與与而但因所如果只还又再更最多少"
    "一二三四五六七八九十百千萬万两幾几年時时候後后前中里之于其此些每各该者等着过得地做说何今"
)

_ENDINGS = ("s", "es", "d", "ed")


def is_plain(word: str) -> bool:
    """Whether a word in lower case fits any subject: one of the above, or a form of it ("makes", "moved")."""
    return word in _ALSO_PLAIN or any(
        word.removesuffix(ending) in PLAIN_WORDS for ending in ("", *_ENDINGS) if word.endswith(ending)
    )
