import email
import email.policy

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from upath import UPath

from podcast_insights.delivery.mail import render_mail
from podcast_insights.delivery.senders import EmlSender, SmtpSender
from podcast_insights.errors import (
    AcceptanceUnknownError,
    DeliveryDelayedError,
    DeliveryError,
    ServerUnreachableError,
    SettingsError,
    StorageError,
)
from podcast_insights.settings import DeliverySettings, RecipientSettings, SmtpSettings
from podcast_insights_tests.digest.fakes import NOW, a_candidate, a_digest

from .certificates import make_certificate
from .fakes import running_mail_server


@pytest.fixture(scope="module")
def shared_server():
    with running_mail_server() as server:
        yield server


@pytest.fixture
def server(shared_server):
    shared_server.received.clear()
    shared_server.at_rcpt, shared_server.at_data, shared_server.cuts_at = "250 OK", "250 OK queued", None
    return shared_server


def message(address="alice@example.org", **changes):
    return render_mail(
        a_digest(a_candidate("a", **changes)),
        recipient=RecipientSettings(address=address),
        settings=DeliverySettings(sender="Insights <digest@example.org>"),
        now=NOW,
    )


def smtp(server, **changes):
    settings = {"host": "127.0.0.1", "security": "none", "timeout_s": 5} | changes
    return SmtpSender(SmtpSettings(port=server.port, **settings))


def test_an_accepted_message_arrives_byte_for_byte(server):
    sent = message(explanation=".starts with a dot")
    assert smtp(server).send(sent) == "250 OK queued"
    envelope = server.received[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("digest@example.org", ["alice@example.org"])
    assert envelope.content == sent.as_bytes()
    assert b"\r\n.starts with a dot" in envelope.content


@pytest.mark.parametrize("step", ["at_rcpt", "at_data"])
@pytest.mark.parametrize(
    ("answer", "error"), [("451 try later", DeliveryDelayedError), ("550 no such user", DeliveryError)]
)
def test_refusals_say_whether_to_come_back(server, step, answer, error):
    setattr(server, step, answer)
    with pytest.raises(error, match=answer) as raised:
        smtp(server).send(message())
    assert type(raised.value) is error
    assert "alice@example.org" in str(raised.value)


@pytest.mark.parametrize(("step", "error"), [("rcpt", ServerUnreachableError), ("data", AcceptanceUnknownError)])
def test_a_cut_connection_is_known_by_where_it_was_cut(server, step, error):
    server.cuts_at = step
    with pytest.raises(error):
        smtp(server).send(message())


def test_no_server_is_unreachable():
    with running_mail_server() as gone:
        port_of_nobody = gone
    with pytest.raises(ServerUnreachableError, match=r"delivery\.smtp\.host"):
        smtp(port_of_nobody).send(message())


def test_a_server_without_starttls_is_a_wrong_setting(server):
    with pytest.raises(SettingsError, match=r"delivery\.smtp\.security"):
        smtp(server, security="starttls").send(message())
    assert server.received == []


@pytest.mark.parametrize("is_right", [True, False])
def test_the_login_is_used_and_a_wrong_one_is_a_wrong_setting(is_right):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"me", b"right"), handled=False)

    with running_mail_server(authenticator=check, auth_require_tls=False) as server:
        sender = smtp(server, username="me", password=SecretStr("right" if is_right else "wrong"))
        if is_right:
            sender.send(message())
            assert len(server.received) == 1
        else:
            with pytest.raises(SettingsError, match="the password") as raised:
                sender.send(message())
            assert "wrong" not in str(raised.value)


def test_a_login_that_smtp_cannot_carry_is_a_wrong_setting_and_is_not_told():
    with running_mail_server(authenticator=lambda *_: AuthResult(success=True), auth_require_tls=False) as server:
        sender = smtp(server, username="me", password=SecretStr("p\u00e4ssword"))
        with pytest.raises(SettingsError, match="in ASCII only") as raised:
            sender.send(message())
        assert "\u00e4" not in str(raised.value)
        assert server.received == []


def test_a_host_that_is_no_name_is_a_wrong_setting():
    with pytest.raises(SettingsError, match=r"delivery\.smtp\.host 'mail\.\.example\.org'"):
        SmtpSender(SmtpSettings(host="mail..example.org")).check()


def test_a_mail_as_a_file_is_read_back(tmp_path):
    sent = message()
    answer = EmlSender(UPath(tmp_path / "outbox")).send(sent)
    path = tmp_path / "outbox" / "2026-11-13-alice@example.org.eml"
    assert answer == f"written to {path}"
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert read["Message-ID"] == sent["Message-ID"]
    assert read.get_body(("html",)).get_content().replace("\r\n", "\n") == sent.get_body(("html",)).get_content()


def test_an_address_is_never_a_path(tmp_path):
    EmlSender(UPath(tmp_path / "a")).send(message("x/y/z@example.org"))
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 1
    assert written[0].startswith("a/2026-11-13-x-y-z@example.org-")


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        EmlSender(UPath(tmp_path / "file")).send(message())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificates"))


def secured(certificate, security, **options):
    """Return a running server that protects its connections in one of the two ways."""
    _, context = certificate
    if security == "tls":
        return running_mail_server(ssl_context=context, hostname="localhost", **options)
    return running_mail_server(tls_context=context, require_starttls=True, hostname="localhost", **options)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_protected_connection_takes_the_login_and_the_mail(certificate, security):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"me", b"right"), handled=False)

    with secured(certificate, security, authenticator=check, auth_require_tls=security != "tls") as server:
        login = {"username": "me", "password": SecretStr("right")}
        sender = smtp(server, host="localhost", security=security, ca_file=certificate[0], **login)
        assert sender.send(message()) == "250 OK queued"
        assert "takes the connection and the login" in sender.check()
    assert [envelope.rcpt_tos for envelope in server.received] == [["alice@example.org"]]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(certificate, security):
    with secured(certificate, security) as server:
        with pytest.raises(SettingsError, match=r"delivery\.smtp\.security"):
            smtp(server, host="localhost", security=security).send(message())
        with pytest.raises(SettingsError, match=r"delivery\.smtp\.security"):
            smtp(server, security=security, ca_file=certificate[0]).send(message())  # for another name
    assert server.received == []


def test_a_file_of_certificates_that_holds_none_is_a_wrong_setting(tmp_path, server):
    path = tmp_path / "ca.pem"
    for content in (None, "nonsense"):
        if content:
            path.write_text(content)
        with pytest.raises(SettingsError, match=r"delivery\.smtp\.ca_file"):
            smtp(server, security="tls", ca_file=path).send(message())
