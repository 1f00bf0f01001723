import random

import pytest

from podcast_insights.insights.ground import GroundedQuote, Grounder, numbers_in, touches
from podcast_insights.transcripts.sentences import joined_text
from podcast_insights_tests.insights.samples import FILLER, GUEST, HOST, IDEAS, talk, timed

SPOKEN = (
    "So, um, the first thing that we noticed was, you know, uh, that 40 percent of all trips were shorter than 2 "
    "kilometres, and drivers were not aware of that at all."
)
SEGMENTS = timed([(HOST, "What did you see?"), (GUEST, SPOKEN), (HOST, "And the trial?"), *[(GUEST, x) for x in IDEAS]])
GROUNDER = Grounder(SEGMENTS)


def located(quote: str) -> GroundedQuote:
    found = GROUNDER.locate(quote)
    assert found is not None
    assert found.quote in joined_text(SEGMENTS)
    return found


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("the number that matters is how many people use each space", None),
        ("THE NUMBER THAT MATTERS is: how many people use each space", None),
        ('"The biggest mistake in street projects is to open everything on one day."', None),
        ("Drivers change lanes more often, when lanes are wide — so the whole street slows down", None),
        ("drivers were not aware of that at all", "drivers were not aware of that at all."),
    ],
)
def test_the_same_words_are_found_whatever_their_case_and_marks(quote: str, said: str | None) -> None:
    found = located(quote)
    assert found.grounding == "verbatim"
    assert found.score == 100
    assert found.speaker == GUEST
    if said:
        assert found.quote == said


def test_fillers_that_a_model_left_out_are_no_obstacle() -> None:
    found = located("the first thing we noticed was that 40 percent of all trips were shorter than 2 kilometres")
    assert found.grounding == "drifted"
    assert found.quote.startswith("the first thing that we noticed was, you know, uh,")


def test_a_quote_knows_its_time_and_segments() -> None:
    found = located("Residents who see a small trial first")
    segment = SEGMENTS[-1]
    assert found.first_segment == found.last_segment == segment.index
    assert segment.start_s < found.start_s < found.end_s < segment.end_s
    over_two = located("every trial should therefore end with a number that anyone can check")
    assert over_two.end_s == segment.end_s


def test_a_quote_may_run_over_a_change_of_segment() -> None:
    grounder = Grounder(timed([("Ann", "We count what we can"), ("Ann", "see on the street today.")]))
    found = grounder.locate("count what we can see on the street")
    assert found is not None
    assert (found.first_segment, found.last_segment) == (0, 1)
    assert found.quote == "count what we can see on the street"


@pytest.mark.parametrize("seed", range(8))
def test_ten_percent_of_recognition_noise_is_forgiven(seed: int) -> None:
    draw = random.Random(seed)
    for idea in IDEAS:
        words = idea.split(". ")[0].split()
        for place in draw.sample(range(1, len(words) - 1), max(1, len(words) // 10)):
            if words[place].lower() not in {"not", "nobody", "15", "one", "twice"}:
                words[place] = draw.choice(["loam", "verse", "grit"])
        located(" ".join(words))


@pytest.mark.parametrize(
    "quote",
    [
        "Whales sing in dialects that they learn from their mothers over many years",
        "Cities that publish turnover win the debate since merchants notice the waste",
        "the first thing that we noticed was that 60 percent of all trips were shorter than 2 kilometres",
        "the first thing that we noticed was that 40 percent of all trips were shorter than 3 kilometres",
        "drivers were aware of that at all",
        "Residents who never see a small trial first are twice as likely to support the final plan",
        "If you want a faster street, you should not make it narrower and more predictable",
        "a wider road",
        "",
        "...",
        "street " * 400,
    ],
)
def test_other_words_changed_numbers_and_flipped_negations_are_refused(quote: str) -> None:
    assert GROUNDER.locate(quote) is None


def test_shuffled_words_are_refused() -> None:
    draw = random.Random(7)
    for idea in IDEAS:
        words = idea.split(". ")[0].split()
        draw.shuffle(words)
        assert GROUNDER.locate(" ".join(words)) is None


def test_a_negation_that_was_cut_off_in_front_is_noticed() -> None:
    grounder = Grounder(timed([("Ann", "Well, never open all of the new streets of a big project on one single day.")]))
    assert grounder.locate("open all the new streets of a big project on a single day") is None


def test_a_negation_that_begins_the_transcript_is_noticed_too() -> None:
    grounder = Grounder(timed([("Ann", "Never open all of the new streets of a big project on one single day.")]))
    assert grounder.locate("open all the new streets of a big project on a single day") is None


@pytest.mark.parametrize(
    ("said", "quote", "published"),
    [
        (
            "I don't think that narrow streets are dangerous.",
            "Narrow streets are dangerous.",
            "I don't think that narrow streets are dangerous.",
        ),
        (
            "Well, there is no city where narrow streets are dangerous.",
            "narrow streets are dangerous",
            "there is no city where narrow streets are dangerous.",
        ),
        (
            "We never said that the narrow streets lose.",
            "the narrow streets lose",
            "We never said that the narrow streets lose.",
        ),
        (
            "It is never, ever narrow streets that lose.",
            "ever narrow streets that lose",
            "It is never, ever narrow streets that lose.",
        ),
        # In a clause of its own it denies something else.
        ("We do not drive, narrow streets are slow.", "narrow streets are slow", "narrow streets are slow."),
        ("I do not drive because narrow streets are slow.", "narrow streets are slow", "narrow streets are slow."),
        ("Is it true? No, narrow streets are safe.", "narrow streets are safe", "narrow streets are safe."),
        ("I know not. Narrow streets are safe.", "Narrow streets are safe.", "Narrow streets are safe."),
        (
            "Not one of the ten mayors says narrow streets are safe.",
            "narrow streets are safe",
            "narrow streets are safe.",
        ),
    ],
)
def test_a_quote_is_published_with_what_denies_it(said: str, quote: str, published: str) -> None:
    located = grounder_of("Some other talk comes first.", said).locate(quote)
    assert located is not None
    assert located.quote == published
    assert located.grounding == "verbatim"
    assert located.start_s < 100


@pytest.mark.parametrize(
    ("language", "said", "quote", "published"),
    [
        (
            "de-AT",
            "Ich glaube nicht, dass enge Straßen gefährlich sind.",
            "dass enge Straßen gefährlich sind",
            "Ich glaube nicht, dass enge Straßen gefährlich sind.",
        ),
        (
            "de",
            "Es ist nicht so, dass enge Straßen gefährlich sind.",
            "enge Straßen gefährlich sind.",
            "Es ist nicht so, dass enge Straßen gefährlich sind.",
        ),
        (
            "de",
            "Enge Straßen bremsen den Verkehr nicht.",
            "Enge Straßen bremsen den Verkehr",
            "Enge Straßen bremsen den Verkehr nicht.",
        ),
        (
            "de",
            "Enge Straßen bremsen den Verkehr nicht nur nachts.",
            "Enge Straßen bremsen den Verkehr",
            "Enge Straßen bremsen den Verkehr",
        ),
        (
            "de",
            "Wir fahren nicht, weil enge Straßen gefährlich sind.",
            "enge Straßen gefährlich sind",
            "enge Straßen gefährlich sind.",
        ),
        (
            "de",
            "Das weiß ich nicht und enge Straßen sind sicher.",
            "enge Straßen sind sicher",
            "enge Straßen sind sicher.",
        ),
        (
            "nl",
            "Ik denk niet dat smalle straten gevaarlijk zijn.",
            "smalle straten gevaarlijk zijn",
            "Ik denk niet dat smalle straten gevaarlijk zijn.",
        ),
        (
            "nl",
            "Smalle straten remmen het verkeer niet, zegt ze.",
            "smalle straten remmen het verkeer",
            "Smalle straten remmen het verkeer niet",
        ),
        (
            "fr",
            "Je ne pense pas que les rues étroites soient dangereuses.",
            "les rues étroites soient dangereuses",
            "ne pense pas que les rues étroites soient dangereuses.",
        ),
        (
            "fr",
            "C’est vrai ? Non, les rues étroites sont sûres.",
            "les rues étroites sont sûres",
            "les rues étroites sont sûres.",
        ),
        (
            "es",
            "Yo no creo que las calles estrechas sean peligrosas.",
            "las calles estrechas sean peligrosas",
            "Yo no creo que las calles estrechas sean peligrosas.",
        ),
        (
            "pt-BR",
            "Eu não acho que ruas estreitas são perigosas.",
            "ruas estreitas são perigosas",
            "Eu não acho que ruas estreitas são perigosas.",
        ),
        (
            "pt",
            "A cidade no inverno diz que ruas estreitas são seguras.",
            "ruas estreitas são seguras",
            "ruas estreitas são seguras.",
        ),
        (
            "it",
            "Io non credo che le strade strette siano pericolose.",
            "le strade strette siano pericolose",
            "Io non credo che le strade strette siano pericolose.",
        ),
    ],
)
def test_a_quote_is_published_with_what_denies_it_in_other_languages(
    language: str, said: str, quote: str, published: str
) -> None:
    located = Grounder(timed([("Ann", said)]), language).locate(quote)
    assert located is not None
    assert located.quote == published


@pytest.mark.parametrize(
    ("language", "said", "quote"),
    [
        (
            "de",
            "Man darf niemals alle neuen Straßen am selben Tag öffnen.",
            "man darf alle neuen Straßen am selben Tag öffnen",
        ),
        ("fr", "Il faut jamais ouvrir toutes les rues le même jour.", "il faut ouvrir toutes les rues le même jour"),
        (
            "fr",
            "Il n'y a qu'aucun maire pour ouvrir toutes les rues ici.",
            "il n'y a un maire pour ouvrir toutes les rues ici",
        ),
        ("es", "Nunca hay que abrir todas las calles el mismo día.", "hay que abrir todas las calles en el mismo día"),
        ("pt", "Nunca se deve abrir todas as ruas no mesmo dia.", "deve se abrir todas as ruas no mesmo dia"),
        (
            "it",
            "Non bisogna mai aprire tutte le strade lo stesso giorno.",
            "bisogna aprire tutte le strade lo stesso giorno",
        ),
        ("nl", "Je moet nooit alle straten op dezelfde dag openen.", "je moet alle straten op dezelfde dag openen"),
        (
            "de",
            "Enge Straßen bremsen den ganzen Verkehr in der Stadt nicht.",
            "enge Straßen bremsen den Verkehr in der Stadt",
        ),
    ],
)
def test_a_denial_that_a_quote_leaves_out_is_noticed_in_other_languages(language: str, said: str, quote: str) -> None:
    segments = timed([("Ann", said)])
    assert Grounder(segments, language).locate(quote) is None
    # The words alone are near enough: it is the denial that tells them apart.
    assert Grounder(segments, "ja").locate(quote) is not None


def test_a_denial_far_in_front_is_noticed_where_words_differ() -> None:
    grounder = grounder_of("I don't think that we should open all of the new streets on a single day.")
    assert grounder.locate("we should open all the new streets on one single day") is None


def test_a_quote_that_ends_a_segment_does_not_reach_into_the_next() -> None:
    located = grounder_of("Trees cool the whole street.", "Wide kerbs slow buses.").locate(
        "Trees cool the whole street."
    )
    assert located is not None
    assert (located.first_segment, located.last_segment) == (0, 0)


def test_one_other_word_counts_by_its_length() -> None:
    grounder = grounder_of("So then we gave it to the mayor of the town.")
    assert grounder.locate("we gave it to an mayor") is not None
    assert grounder.locate("we gave it to internationalisation") is None


def test_numbers_agree_whether_spelt_out_or_not() -> None:
    grounder = Grounder(timed([("Ann", "We met twenty people who had really waited for the bus for three hours.")]))
    assert grounder.locate("We met 20 people who had waited for the bus for 3 hours") is not None
    assert grounder.locate("We met 30 people who had waited for the bus for 3 hours") is None
    assert numbers_in("Twenty of 1,000 people, and one more") == {"20", "1000"}


def test_of_a_quote_in_parts_each_part_must_be_said_and_the_longest_is_kept() -> None:
    first, second = "People think that a wider road makes a street faster", "the whole street slows down"
    found = located(f"{first} ... {second}")
    assert found.quote == f"{first},"[:-1]
    assert GROUNDER.locate(f"{first} ... and the mayor of Springfield was delighted about it") is None


def test_the_transcripts_own_ellipsis_is_no_joint() -> None:
    grounder = Grounder(timed([("Ann", "We waited... and then we waited more... until it was done.")]))
    found = grounder.locate("We waited... and then we waited more... until it was done.")
    assert found is not None
    assert found.grounding == "verbatim"


def test_a_quote_touches_an_ad_where_they_overlap() -> None:
    found = located("People think that a wider road makes a street faster")
    assert touches(found, [(found.end_char - 1, found.end_char + 50)])
    assert not touches(found, [(0, found.start_char), (found.end_char, found.end_char + 9)])


def test_no_transcript_has_no_quote() -> None:
    assert Grounder(()).locate("four words or more are here") is None
    assert Grounder(talk()).locate(FILLER[0]) is not None


def grounder_of(*said: str) -> Grounder:
    return Grounder(timed([("Ann", text) for text in said]))


@pytest.mark.parametrize("said_after", ["", " Then we left again."])
def test_a_sound_that_is_noted_in_brackets_is_no_quote(said_after: str) -> None:
    grounder = grounder_of(f"We went home. [audience laughing and clapping]{said_after}")
    assert grounder.locate("audience laughing and clapping") is None


@pytest.mark.parametrize(
    ("said", "quote", "found"),
    [
        (
            "People don't park where they shop.",
            "People don’t park where they shop",
            "People don't park where they shop.",
        ),
        ("People don’t park where they shop.", "people don't park where", "People don’t park where"),
        ("We count [laughs] cars by the hour.", "we count cars by the hour", "We count [laughs] cars by the hour."),
        ("Cars [a [b] c d e", "c d e", None),
        ("Four words are enough.", "four words are enough", "Four words are enough."),
        ("Four words are enough.", "three are enough", None),
        ("Start of it all, and art of it all.", "art of it all", "art of it all."),
        ("Parks pay for themselves soon, he said.", "Parks pay for themselves soon", "Parks pay for themselves soon"),
        ('He asked "who pays for the trees?" twice.', "who pays for the trees", 'who pays for the trees?"'),
        ('He asked "who pays for the trees?", twice.', "who pays for the trees", 'who pays for the trees?"'),
        ("Thirty cars stood in the street.", "30 cars stood in the street", "Thirty cars stood in the street."),
        ("Over 1,500,000 cars stood there.", "over 1500000 cars stood there", "Over 1,500,000 cars stood there."),
        ("Nur 1,5 Autos standen da.", "nur 15 Autos standen da", None),
        ("One car stood in the street.", "one car stood in the street", "One car stood in the street."),
    ],
)
def test_words_are_compared_in_one_form_and_published_as_they_were_said(
    said: str, quote: str, found: str | None
) -> None:
    located = grounder_of(said).locate(quote)
    assert (located and located.quote) == found
    assert located is None or (located.grounding, located.score) == ("verbatim", 100)


def test_of_the_same_words_the_first_are_meant() -> None:
    located = grounder_of("Trees cool the street.", "I said it: Trees cool the street.").locate(
        "Trees cool the street."
    )
    assert located is not None
    assert (located.start_char, located.first_segment) == (0, 0)


def test_the_longest_quote_that_is_looked_for_has_1200_characters() -> None:
    words = " ".join(f"word{number:03}" for number in range(150))
    assert len(words) == 1199
    grounder = grounder_of(f"{words}. And more.")
    assert grounder.locate(f"{words}.") is not None
    assert grounder.locate(f"{words}. A") is None


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("We gave it to Katrina Lindqvist to plan well", True),
        ("We gave it to Katrina Lindquist to plan well", True),
        ("We gave it to Katrina Abernathy to plan well", False),
        ("We gave it to Katrina Lindqvist’s to plan well", True),
        ("So then we gave it to Katrina Abernathy to plan it very well for the whole city", False),
    ],
)
def test_a_name_may_be_misspelt_but_not_be_another(quote: str, found: bool) -> None:
    grounder = grounder_of("So then we gave it to Katrina Lindqvist to plan it very well for the whole city.")
    assert (grounder.locate(quote) is not None) is found


@pytest.mark.parametrize(
    ("said", "quote", "found"),
    [
        ("Rents are higher near the river banks today.", "rents are much higher near the river banks", True),
        ("Rents are higher near the river banks today.", "rents are much lower near the river banks", False),
        ("Rents are lower near the river banks today.", "rents are much higher near the river banks", False),
        ("It never pays. Trees cool the whole long street well.", "trees cool the whole very long street", True),
        ("It never, trees cool the whole long street well.", "trees cool the whole very long street", False),
        ("We don't cool the whole long street well at all.", "we do cool the whole long street well", False),
        ("Over 1,500 cars stood there on every single day.", "over 1500 cars stood there on each single day", True),
        ("Over 1,500 cars stood there on every single day.", "over 1600 cars stood there on each single day", False),
        # Without the word that it would be the opposite of, or with both on both sides, it turns nothing round.
        ("Rents are high near the river banks today.", "rents are more high near the river banks", True),
        ("Rents are more high near the river banks now.", "rents are high near the river banks", True),
        ("Some rents are less high near river banks.", "some more rents are less high near river banks", True),
        ("Some more rents are less high near river banks.", "some rents are less high near river banks", True),
        ("Half the cars stood there on every single day.", "Twice the cars stood there on each single day", False),
    ],
)
def test_one_word_that_turns_the_meaning_is_noticed(said: str, quote: str, found: bool) -> None:
    located = grounder_of("Some other talk comes first, which is about nothing at all.", said).locate(quote)
    assert (located is not None) is found
    assert located is None or located.grounding == "drifted"


def test_a_quote_in_parts_is_refused_where_one_of_them_is_not_said() -> None:
    grounder = grounder_of("Trees cool the whole street. That is old news. Wide kerbs slow the buses down a lot.")
    whole = grounder.locate("Trees cool the whole street ... wide kerbs slow the buses down")
    assert whole is not None
    assert whole.quote == "Wide kerbs slow the buses down"
    assert grounder.locate("Trees cool the whole street ... narrow lanes cost the city money") is None
    # A part of fewer than four words says too little to be looked for by itself.
    assert grounder.locate("Trees cool the whole street ... a lot") is None


@pytest.mark.parametrize(
    ("start", "end", "does_touch"), [(0, 5, False), (0, 6, True), (11, 20, False), (10, 20, True), (7, 8, True)]
)
def test_spans_that_only_meet_do_not_touch(start: int, end: int, does_touch: bool) -> None:
    quote = grounder_of("Abcd five by six words").locate("five by six words")
    assert quote is not None
    assert (quote.start_char, quote.end_char) == (5, 22)
    assert touches(quote, [(start, end)]) is (does_touch or start >= 11)


def test_the_text_around_a_quote_ends_where_the_transcript_does() -> None:
    grounder = grounder_of("Abcd five by six words ends")
    quote = grounder.locate("five by six words")
    assert quote is not None
    assert grounder.around(quote, 3) == "cd five by six words en"
    assert grounder.around(quote, 99) == "Abcd five by six words ends"
