"""The mail server's address."""

import pytest

from alerting.domain.tls import Tls
from alerting.errors import UsageError
from notifiers.smtp.url import SmtpAddress


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("smtp://mail.example.org", ("mail.example.org", 587, Tls.STARTTLS, None, None), id="host-only"),
        pytest.param("smtp://h:2525?tls=none", ("h", 2525, Tls.NONE, None, None), id="port"),
        pytest.param("smtp://h/?tls=implicit", ("h", 465, Tls.IMPLICIT, None, None), id="implicit"),
        pytest.param("smtp://h?tls=none", ("h", 25, Tls.NONE, None, None), id="in-clear"),
        pytest.param("smtp://u%40x:p%2F%3F%23%40%3A%25@h", ("h", 587, Tls.STARTTLS, "u@x", "p/?#@:%"), id="encoded"),
        pytest.param("smtp://[::1]:25?tls=none", ("::1", 25, Tls.NONE, None, None), id="ipv6"),
    ],
)
def test_an_address_is_read(url, expected):
    found = SmtpAddress.parse(url)

    assert expected == (found.host, found.port, found.tls, found.user, found.password)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("", "smtp://", id="empty"),
        pytest.param("mail.example.org", "smtp://", id="no-scheme"),
        pytest.param("smtps://user:s3cret@h", "smtp://", id="another-scheme"),
        pytest.param("smtp://", "names no host", id="no-host"),
        pytest.param("smtp://user:s3cret@", "names no host", id="no-host-but-a-user"),
        pytest.param("smtp://user:s3cret@h:port", "cannot be read", id="port-that-is-none"),
        pytest.param("smtp://user:s3cret@h:99999", "cannot be read", id="port-too-high"),
        pytest.param("smtp://user:s3cret/x@h", "cannot be read", id="slash-in-password"),
        pytest.param("smtp://user:12/s3cret@h", "percent-encode", id="slash-after-a-number"),
        pytest.param("smtp://user:s3cret@h?tls=no", "starttls, implicit, none", id="tls-that-is-none"),
        pytest.param("smtp://user:s3cret@h?ssl=1", "percent-encode", id="unknown-key"),
        pytest.param("smtp://user:s3cret@h?tls", "cannot be read", id="key-without-value"),
        pytest.param("smtp://user:s3cret@a..b", "cannot be read", id="host-that-cannot-be"),
    ],
)
def test_a_wrong_address_is_explained_without_its_password(url, why):
    with pytest.raises(UsageError, match=why) as caught:
        SmtpAddress.parse(url)

    assert "ALERTING_SMTP_URL" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_password_is_not_in_the_address_as_printed():
    assert "s3cret" not in repr(SmtpAddress.parse("smtp://user:s3cret@h"))
