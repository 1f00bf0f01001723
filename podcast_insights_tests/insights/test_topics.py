from podcast_insights.insights.topics import TopicFinder

EPISODE = (
    "The parking space is the most expensive room in a city. Every parking space costs money, and the city pays.",
    "A city with fewer parking spaces has a calm street. The street belongs to children. Ann Hill counts the street.",
    "Drivers quickly look for a parking space. They think of the street as a place for cars.",
)


def test_topics_are_the_nouns_that_the_episode_comes_back_to() -> None:
    topics = TopicFinder(EPISODE, ["Ann Hill"]).topics_of(EPISODE[1])
    assert set(topics) == {"parking space", "street", "city"}


def test_names_of_speakers_small_words_and_numbers_are_no_topics() -> None:
    finder = TopicFinder(["Ann Hill said that the ten of them really walked with Ann Hill to the hill."], ["Ann Hill"])
    assert finder.topics_of("Ann Hill said that the ten of them really walked.") == ()


def test_no_words_have_no_topics() -> None:
    assert TopicFinder([]).topics_of("") == ()
