import os
import traceback
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from podcast_insights.errors import SettingsError
from podcast_insights.settings import SECRET_KEYS, Settings, config_path, load_settings, require_shows

SECRET = "hunter2-and-more"
SHOW = "shows:\n- url: https://example.org/feed.xml\n"


class Desk:
    """A folder with ``podcasts.yaml`` and ``.env``, and an environment without any of our variables."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.path = folder / "podcasts.yaml"
        self._monkeypatch = monkeypatch
        for name in os.environ:
            if name.startswith("PODCAST_INSIGHTS_") or name == "OPENAI_API_KEY":
                monkeypatch.delenv(name)

    def writes(self, text: str, *, dotenv: str | bytes | None = None) -> "Desk":
        self.path.write_text(text, encoding="utf-8")
        if dotenv is not None:
            (self.folder / ".env").write_bytes(dotenv.encode() if isinstance(dotenv, str) else dotenv)
        return self

    def exports(self, **variables: str) -> "Desk":
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)
        return self

    def loads(self) -> Settings:
        return load_settings(self.path)

    def fails(self) -> str:
        with pytest.raises(SettingsError) as raised:
            self.loads()
        return str(raised.value)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_a_file_that_does_not_exist_means_defaults_and_no_shows(desk: Desk) -> None:
    settings = desk.loads()

    assert settings.shows == ()
    assert settings.digest.top_n == 5
    assert settings.storage.base_url == str(desk.folder / "data")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "shows:\ndigest:\ninsights:\n"])
def test_empty_sections_mean_defaults(desk: Desk, text: str) -> None:
    settings = desk.writes(text).exports(OPENAI_API_KEY=SECRET).loads()

    assert settings.shows == ()
    assert settings.digest.lookback_days == 3
    assert settings.insights.api_key is not None


def test_the_file_is_read(desk: Desk) -> None:
    settings = desk.writes(
        SHOW + "  name: Café\n  language: pt-BR\n  priority: 2\n  transcripts: whisper\n"
        "digest: {timezone: Europe/Berlin, start_date: 2026-01-31, follow: [energy]}\n"
        "delivery:\n  recipients: [{address: a@example.org}]\n  smtp: {host: mail.example.org}\n"
    ).loads()

    show = settings.shows[0]
    assert (show.name, show.language, show.priority, show.transcripts) == ("Café", "pt-BR", 2.0, "whisper")
    assert (settings.digest.zone, settings.digest.start_date) == (ZoneInfo("Europe/Berlin"), date(2026, 1, 31))
    assert settings.digest.follow == ("energy",)
    assert settings.delivery.recipients[0].address == "a@example.org"
    assert settings.delivery.smtp is not None
    assert (settings.delivery.smtp.port, settings.delivery.smtp.security) == (587, "starttls")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("06:30", time(6, 30)),
        ("'7:05'", None),
        ("7:05", time(7, 5)),
        ("16:30", time(16, 30)),
        ("16:30:00", time(16, 30)),
        ("'16:30'", time(16, 30)),
        ("0", time(0, 0)),
        ("24:00:00", None),
    ],
)
def test_a_time_of_day_is_what_a_person_reads(desk: Desk, written: str, expected: time | None) -> None:
    """YAML 1.1 reads 16:30 as the number 990, which would be 00:16:30."""
    desk.writes(f"digest:\n  send_at: {written}\n")

    if expected is None:
        assert "digest.send_at: " in desk.fails()
    else:
        assert desk.loads().digest.send_at == expected


def test_every_mistake_is_reported_at_once_with_its_key(desk: Desk) -> None:
    message = desk.writes(
        "shows: [{url: 'ftp://example.org', priority: 9}, {name: no address}]\n"
        "digest: {top_n: 50, timezone: Europe/Berln}\n"
        "transcription: {device: gpu, engine: siri}\n"
        "delivery: {recipients: [{address: nobody}], site_url: example.org}\n"
    ).fails()

    expected = {
        "shows.0.url": "must start with http:// or https://",
        "shows.0.priority": "less than or equal to 3",
        "shows.1.url": "Field required",
        "digest.top_n": "less than or equal to 20 (got 50)",
        "digest.timezone": "did you mean Europe/Berlin? (got 'Europe/Berln')",
        "transcription.device": "cuda",
        "transcription.engine": "'whisper'",
        "delivery.recipients.0.address": "pattern",
        "delivery.site_url": "https?://",
    }
    lines = dict(line.strip().split(": ", 1) for line in message.splitlines()[1:])
    assert str(desk.path) in message.splitlines()[0]
    assert set(lines) == set(expected)
    assert [key for key, part in expected.items() if part not in lines[key]] == []


@pytest.mark.parametrize(
    ("text", "key", "suggestion", "allowed"),
    [
        ("feds: {}", "feds", "feeds", "shows, feeds, audio"),
        ("digest: {topn: 3}", "digest.topn", "top_n", "timezone, start_date, top_n"),
        ("shows: [{url: 'http://a', prority: 1}]", "shows.0.prority", "priority", "url, name, language"),
        ("delivery: {smtp: {host: a, prot: 25}}", "delivery.smtp.prot", "port", "host, port, security"),
        ("delivery: {recipients: [{adress: b}]}", "delivery.recipients.0.adress", "address", "address, name"),
    ],
)
def test_a_misspelt_key_is_named_with_a_suggestion(
    desk: Desk, text: str, key: str, suggestion: str, allowed: str
) -> None:
    message = desk.writes(text).fails()

    assert f"{key}: there is no such setting; did you mean {suggestion}? allowed here: {allowed}" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "shows: https://example.org/feed",
            "shows: must be a list: [a, b], or each on a line of its own after a hyphen",
        ),
        ("shows: {url: 'https://example.org/feed'}", "shows: must be a list: [a, b]"),
        ("alerts: {recipients: a@example.org}", "alerts.recipients: must be a list: [a, b]"),
        ("digest: {follow: [2024]}", "digest.follow.0: must be a text; write it in quotes (got 2024)"),
        (
            "shows: [{url: 'https://a', language: no}]",
            "shows.0.language: must be a text; write it in quotes (got False)",
        ),
        ("digest: {top_n: }", "digest.top_n: has no value; write one, or leave the key out"),
        ("digest: {timezone: }", "digest.timezone: has no value"),
        ("delivery: {recipients: }", "delivery.recipients: has no value"),
        ("digest: {start_date: 1.1.2026}", "digest.start_date: must be a day such as 2026-11-13 (got '1.1.2026')"),
        ("digest: {start_date: 2026}", "digest.start_date: must be a day such as 2026-11-13 (got 2026)"),
        ("digest: {send_at: half past}", "digest.send_at: must be a time such as \"06:30\" (got 'half past')"),
        ("digest: {send_at: '06:30+02:00'}", "digest.send_at: must be a time such as 06:30, without a zone"),
    ],
)
def test_a_value_of_another_kind_is_told_what_is_wanted(desk: Desk, text: str, said: str) -> None:
    assert said in desk.writes(text).fails()


@pytest.mark.parametrize(
    ("section", "key", "written"),
    [
        ("storage", "keep_windows_days", "99999999999"),
        ("storage", "keep_feed_bodies_days", "99999999999"),
        ("storage", "keep_llm_calls_days", "99999999999"),
        ("audio", "keep_audio_days", "99999999999"),
        ("audio", "timeout_s", ".inf"),
        ("feeds", "poll_every_minutes", "99999999999"),
        ("insights", "max_usd_per_day", ".inf"),
    ],
)
def test_a_number_that_no_clock_and_no_purse_can_hold_is_refused(
    desk: Desk, section: str, key: str, written: str
) -> None:
    """Else the first run that reckons with it would fail."""
    assert f"{section}.{key}: Input should be" in desk.writes(f"{section}: {{{key}: {written}}}").fails()


def test_a_key_like_no_other_gets_no_suggestion(desk: Desk) -> None:
    message = desk.writes("zzzz: 1").fails()

    assert "zzzz: there is no such setting; allowed here: shows, " in message


@pytest.mark.parametrize(
    "text",
    ["shows: [", "- just\n- a list", "just a text", "1: one", "_env_file: other", "a: b: c", "\tdigest: {}"],
)
def test_a_file_that_is_not_settings_by_name_is_refused_with_its_path(desk: Desk, text: str) -> None:
    assert str(desk.path) in desk.writes(text).fails()


def test_a_mistake_of_writing_is_shown_at_its_line(desk: Desk) -> None:
    assert f'in "{desk.path}", line 2' in desk.writes("shows:\n  - url: a: b\n").fails()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shows: ['https://example.org/feed']", "shows.0: must be a section with keys, such as url, name, language"),
        ("delivery: {recipients: [you]}", "delivery.recipients.0: must be a section with keys, such as address, name"),
        ("digest: 5", "digest: must be a section with keys, such as timezone, start_date, top_n"),
    ],
)
def test_a_value_where_a_section_belongs_is_told_its_keys(desk: Desk, text: str, said: str) -> None:
    assert said in desk.writes(text).fails()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (SHOW + "digest: {top_n: 3}\nshows:\n- url: https://example.org/other.xml\n", "shows"),
        ("digest:\n  top_n: 3\n  send_at: '7:00'\n  top_n: 4\n", "top_n"),
    ],
)
def test_a_key_that_is_written_twice_is_refused_at_its_line(desk: Desk, text: str, key: str) -> None:
    """YAML takes the last one: the shows under the first would not be followed."""
    message = desk.writes(text).fails()

    assert f"the key {key!r} is written twice" in message
    assert f'in "{desk.path}", line 4' in message


def test_what_several_sections_share_may_be_merged_and_overridden(desk: Desk) -> None:
    text = "shows:\n- &one {url: 'https://a.example', language: en}\n- {<<: *one, url: 'https://b.example'}\n"

    assert [(show.url, show.language) for show in desk.writes(text).loads().shows] == [
        ("https://a.example", "en"),
        ("https://b.example", "en"),
    ]


def test_a_day_that_no_calendar_has_is_shown_at_its_line(desk: Desk) -> None:
    message = desk.writes("digest:\n  start_date: 2026-13-01\n").fails()

    assert "month must be in 1..12" in message
    assert f'in "{desk.path}", line 2' in message


def test_brackets_without_end_are_a_mistake_in_the_file(desk: Desk) -> None:
    assert f"{desk.path} cannot be read as YAML" in desk.writes("follow: " + 3000 * "[" + 3000 * "]").fails()


def test_a_file_in_another_encoding_is_refused(desk: Desk) -> None:
    desk.path.write_bytes(b"digest: {follow: [\xe9t\xe9]}")

    assert "cannot be read as YAML" in desk.fails()


def test_a_show_may_be_listed_once(desk: Desk) -> None:
    message = desk.writes(SHOW + "- url: https://example.org/feed.xml\n- url: https://example.org/b\n").fails()

    assert "listed more than once: https://example.org/feed.xml" in message
    assert "example.org/b" not in message


def test_the_environment_overrides_dotenv_which_overrides_the_file(desk: Desk) -> None:
    desk.writes(
        "digest: {top_n: 1, lookback_days: 1, max_per_episode: 2}",
        dotenv="PODCAST_INSIGHTS_DIGEST__TOP_N=2\nPODCAST_INSIGHTS_DIGEST__LOOKBACK_DAYS=2\n",
    ).exports(PODCAST_INSIGHTS_DIGEST__TOP_N="3")

    digest = desk.loads().digest

    assert (digest.top_n, digest.lookback_days, digest.max_per_episode) == (3, 2, 2)


def test_lists_in_the_environment_are_json(desk: Desk) -> None:
    desk.exports(PODCAST_INSIGHTS_SHOWS='[{"url": "https://example.org"}]', PODCAST_INSIGHTS_DIGEST__MUTE='["a"]')

    settings = desk.loads()

    assert settings.shows[0].url == "https://example.org"
    assert settings.digest.mute == ("a",)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("PODCAST_INSIGHTS_SHOWS", "https://example.org", '"shows"'),
        ("PODCAST_INSIGHTS_DIGEST__FOLLOW", "energy", '"digest"'),
        ("PODCAST_INSIGHTS_DIGEST__TOPN", "3", "digest.topn: there is no such setting; did you mean top_n?"),
        ("PODCAST_INSIGHTS_DIGEST__TOP_N", "many", "digest.top_n"),
    ],
)
def test_a_mistake_in_the_environment_is_a_settings_error(desk: Desk, name: str, value: str, part: str) -> None:
    assert part in desk.exports(**{name: value}).fails()


def test_variables_of_other_programs_are_ignored(desk: Desk) -> None:
    desk.writes(SHOW, dotenv="AWS_REGION=eu\nTOP_N=9\nDIGEST__TOP_N=9\nPODCAST_INSIGHTSX=1\n").exports(
        PODCAST_INSIGHTS_CONFIG=str(desk.path), PODCAST_INSIGHTS_REAL_DATA="/nowhere"
    )

    assert desk.loads().digest.top_n == 5


def test_an_empty_variable_is_one_that_is_not_set(desk: Desk) -> None:
    """As containers pass on what nobody set: a webhook without an address would fail at every alert."""
    desk.writes("", dotenv="PODCAST_INSIGHTS_DIGEST__TOP_N=2\nPODCAST_INSIGHTS_ALERTS__APPRISE_URLS=\n").exports(
        PODCAST_INSIGHTS_DIGEST__TOP_N="",
        PODCAST_INSIGHTS_ALERTS__WEBHOOK_URL="",
        PODCAST_INSIGHTS_STORAGE__BASE_URL="",
    )

    settings = desk.loads()

    assert not settings.alerts.anybody
    assert settings.digest.top_n == 2
    assert settings.storage.base_url == str(desk.folder / "data")


def test_a_variable_of_a_section_that_is_none_is_refused(desk: Desk) -> None:
    """Whoever misspells where alerts go would never hear of one."""
    message = desk.exports(PODCAST_INSIGHTS_ALERT__WEBHOOK_URL=f"https://hooks.example/{SECRET}").fails()

    assert "PODCAST_INSIGHTS_ALERT__WEBHOOK_URL is no setting" in message
    assert "did you mean PODCAST_INSIGHTS_ALERTS__...?" in message
    assert SECRET not in message


def test_a_dotenv_that_is_not_text_is_refused_with_its_path(desk: Desk) -> None:
    message = desk.writes("", dotenv=b"NAME=\xe9").fails()

    assert str(desk.folder / ".env") in message


@pytest.mark.parametrize("by", ["environment", "dotenv"])
def test_the_key_for_the_language_model_comes_from_outside_the_file(desk: Desk, by: str) -> None:
    desk.writes("insights: {model: gpt-5-mini}", dotenv=f"OPENAI_API_KEY={SECRET}" if by == "dotenv" else None)
    if by == "environment":
        desk.exports(OPENAI_API_KEY=SECRET)

    insights = desk.loads().insights

    assert insights.api_key is not None
    assert insights.api_key.get_secret_value() == SECRET
    assert insights.chosen_extractor == "llm"


@pytest.mark.parametrize(
    ("section", "variables", "expected"),
    [
        ("model: whisper-1", {"OPENAI_API_KEY": SECRET}, SECRET),
        ("model: whisper-1, base_url: http://127.0.0.1:8000/v1", {"OPENAI_API_KEY": SECRET}, None),
        (
            "model: whisper-1, base_url: https://speech.example.org/v1",
            {"OPENAI_API_KEY": "another", "PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY": SECRET},
            SECRET,
        ),
    ],
    ids=["OpenAI's", "goes to no other server", "its own"],
)
def test_a_transcription_server_gets_its_own_key(
    desk: Desk, section: str, variables: dict[str, str], expected: str | None
) -> None:
    desk.writes(f"transcription: {{engine: openai, {section}}}").exports(**variables)

    key = desk.loads().transcription_key

    assert (key.get_secret_value() if key else None) == expected


def test_openais_transcription_needs_a_key(desk: Desk) -> None:
    desk.writes("transcription: {engine: openai, model: whisper-1}")

    assert "transcription.engine openai needs OPENAI_API_KEY in the environment" in desk.fails()


def test_the_mail_password_comes_from_the_environment(desk: Desk) -> None:
    desk.writes("delivery: {smtp: {host: mail.example.org}}").exports(**{SECRET_KEYS["delivery.smtp.password"]: SECRET})

    smtp = desk.loads().delivery.smtp

    assert smtp is not None
    assert (smtp.host, smtp.password and smtp.password.get_secret_value()) == ("mail.example.org", SECRET)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"insights: {{api_key: {SECRET}}}", "insights.api_key"),
        (f"insights: {{api_key: [{SECRET}]}}", "insights.api_key"),
        (f"transcription: {{api_key: {SECRET}}}", "transcription.api_key"),
        (f"delivery: {{smtp: {{host: a, password: {SECRET}}}}}", "delivery.smtp.password"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_the_variable_named(desk: Desk, text: str, key: str) -> None:
    message = desk.writes(text).fails()

    assert key in message
    assert SECRET_KEYS[key] in message
    assert SECRET not in message


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (f"delivery: {{smtp: [{SECRET}]}}", {}),
        (f"delivery: [{{smtp: {{password: {SECRET}}}}}]", {}),
        (f"insights: [api_key, {SECRET}]", {}),
        (f"insights: {{openai_api_key: {SECRET}}}", {}),
        (f"delivery: {{smtp: {{host: a, pasword: {SECRET}}}}}", {}),
        ("", {"PODCAST_INSIGHTS_DELIVERY__SMTP": f'["{SECRET}"]'}),
        ("", {"PODCAST_INSIGHTS_DELIVERY__SMTP": f"{{'password': '{SECRET}'}}"}),
        ("", {"PODCAST_INSIGHTS_DELIVERY": f"{{'smtp': {{'password': '{SECRET}'"}),
        ("", {"PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD": SECRET}),
        (f"shows: [{{url: 'https://me:{SECRET}@example.org/feed'}}]", {}),
        (f"shows: [{{url: 'ftp://example.org/{SECRET}'}}]", {}),
        ("shows: [{url: 'env:MY_FEED'}]", {"MY_FEED": f"ftp://example.org/{SECRET}"}),
        ("insights: {extractor: llm}", {"OPENAI_API_KEY": SECRET}),
        ("insights: {per_episode: 0}", {"PODCAST_INSIGHTS_INSIGHTS__API_KEY": SECRET}),
    ],
)
def test_no_message_shows_a_secret(desk: Desk, text: str, variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as raised:
        desk.writes(text).exports(**variables).loads()

    # Dagster shows all of it, with what caused it.
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_a_private_address_comes_from_a_variable(desk: Desk) -> None:
    address = f"https://me:{SECRET}@example.org/feed?auth={SECRET}"
    desk.writes("shows: [{url: 'env:MY_FEED', name: Mine}, {url: 'https://example.org/open'}]")
    desk.exports(MY_FEED=f" {address} ")

    settings = desk.loads()

    assert [(show.url, show.is_private) for show in settings.shows] == [
        ("env:MY_FEED", True),
        ("https://example.org/open", False),
    ]
    assert settings.secret_urls == {"env:MY_FEED": address}


def test_a_variable_that_is_not_set_is_named(desk: Desk) -> None:
    message = desk.writes("shows: [{url: 'env:MY_FEED'}, {url: 'env:OTHER'}]").exports(OTHER="feed").fails()

    assert "MY_FEED, OTHER" in message


def test_no_repr_shows_a_secret(desk: Desk) -> None:
    desk.writes("delivery: {smtp: {host: a}}\nshows: [{url: 'env:MY_FEED'}]").exports(
        OPENAI_API_KEY=SECRET,
        PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD=SECRET,
        MY_FEED=f"https://example.org/{SECRET}",
    )

    settings = desk.loads()

    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert SECRET not in shown
    assert "**********" in shown


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("data", "{folder}/data"),
        ("../elsewhere/./data", "{parent}/elsewhere/data"),
        ("/var/lib/podcasts", "/var/lib/podcasts"),
        ("file:///var/lib/podcasts", "/var/lib/podcasts"),
        ("~/podcasts", "{home}/podcasts"),
        ("s3://bucket/podcasts/", "s3://bucket/podcasts"),
        ("memory://podcasts", "memory://podcasts"),
    ],
)
def test_a_relative_storage_folder_is_beside_the_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, base_url: str, expected: str
) -> None:
    monkeypatch.chdir("/")
    names = {"folder": desk.folder, "parent": desk.folder.parent, "home": Path.home()}

    settings = desk.writes(f"{{storage: {{base_url: '{base_url}'}}, delivery: {{publish_to: '{base_url}'}}}}").loads()

    assert settings.storage.base_url == expected.format(**names)
    assert settings.delivery.publish_to == expected.format(**names)


@pytest.mark.parametrize(
    ("storage", "said"),
    [("~nobody-here/data", "~nobody-here/data is a folder of a user whom"), ("", "storage.base_url is empty; name a")],
)
def test_a_storage_folder_that_is_none_is_refused(desk: Desk, storage: str, said: str) -> None:
    assert said in desk.writes(f"storage: {{base_url: '{storage}'}}").fails()


@pytest.mark.parametrize(
    ("insights", "has_key", "expected"),
    [
        ("{}", False, "embedded"),
        ("{}", True, "embedded"),
        ("{model: m}", False, "embedded"),
        ("{model: m}", True, "llm"),
        ("{base_url: 'http://localhost:1'}", False, "embedded"),
        ("{model: m, base_url: 'http://localhost:1'}", False, "llm"),
        ("{model: m, extractor: embedded}", True, "embedded"),
        ("{model: m, extractor: llm}", True, "llm"),
        ("{model: m, extractor: llm, base_url: 'http://localhost:1'}", False, "llm"),
    ],
)
def test_the_chosen_extractor(desk: Desk, insights: str, has_key: bool, expected: str) -> None:
    if has_key:
        desk.exports(OPENAI_API_KEY=SECRET)

    assert desk.writes(f"insights: {insights}").loads().insights.chosen_extractor == expected


@pytest.mark.parametrize(
    ("insights", "part"),
    [("{extractor: llm}", "set insights.model"), ("{extractor: llm, model: m}", "needs OPENAI_API_KEY")],
)
def test_an_extractor_that_cannot_work_is_refused(desk: Desk, insights: str, part: str) -> None:
    assert part in desk.writes(f"insights: {insights}").fails()


def test_settings_are_frozen(desk: Desk) -> None:
    with pytest.raises(ValueError, match="frozen"):
        desk.loads().digest.top_n = 3  # type: ignore[misc]


def test_the_file_is_found_by_a_variable_or_in_the_working_folder(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config_path() == tmp_path / "podcasts.yaml"

    other = tmp_path / "other.yaml"
    other.write_text("digest: {top_n: 7}", encoding="utf-8")
    desk.exports(PODCAST_INSIGHTS_CONFIG="other.yaml")
    assert config_path() == other
    assert load_settings().digest.top_n == 7


@pytest.mark.parametrize(("text", "found"), [(None, "does not exist"), ("shows: []", "lists no shows")])
def test_without_shows_the_reader_is_told_how_to_add_one(desk: Desk, text: str | None, found: str) -> None:
    if text is not None:
        desk.writes(text)

    with pytest.raises(SettingsError) as raised:
        require_shows(desk.loads(), desk.path)

    message = str(raised.value)
    assert [
        part for part in (str(desk.path), found, "podcast-insights add", "example.yaml") if part not in message
    ] == []


def test_shows_are_returned_where_there_are_some(desk: Desk) -> None:
    settings = desk.writes(SHOW).loads()

    assert require_shows(settings, desk.path) == settings.shows


def test_how_long_things_are_kept_is_read_beside_where(desk: Desk) -> None:
    storage = (
        desk.writes("{storage: {base_url: here, keep_feed_bodies_days: 5, keep_llm_calls_days: 60}}").loads().storage
    )

    assert storage.base_url == str(desk.folder / "here")
    assert (storage.keep_feed_bodies_days, storage.keep_llm_calls_days) == (5, 60)
