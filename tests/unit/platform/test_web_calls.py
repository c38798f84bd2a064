"""Calls to servers that a practice names, made: over TLS to the name, and not for longer than a while."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.platform import web
from chalicelib.platform.web import OutsideUnavailable, post

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


def certificate(name: str, directory: Path) -> Path:
    """A certificate for `name` that vouches for itself, with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """One connection on a free port of loopback, spoken to by `talk`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                talk(connection)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(timeout=5)


def over_tls(file: Path) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        with context.wrap_socket(connection, server_side=True) as secured:
            while not secured.recv(65_536).endswith(b"{}"):
                pass
            secured.sendall(ANSWER)

    return talk


def trusting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(web, "_trust", lambda: trust)


def test_a_server_with_a_certificate_of_its_name_is_spoken_to(
    aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate("localhost", tmp_path)
    trusting(file, monkeypatch)
    with serving(over_tls(file)) as port:
        assert post(f"https://localhost:{port}/hook", b"{}", {}) == 204


def test_one_with_a_certificate_of_another_name_is_not(
    aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate("elsewhere.example", tmp_path)
    trusting(file, monkeypatch)
    with serving(over_tls(file)) as port, pytest.raises(OutsideUnavailable):
        post(f"https://localhost:{port}/hook", b"{}", {})


def test_nor_one_whose_certificate_nobody_vouches_for(aws: None, tmp_path: Path) -> None:
    with (
        serving(over_tls(certificate("localhost", tmp_path))) as port,
        pytest.raises(OutsideUnavailable),
    ):
        post(f"https://localhost:{port}/hook", b"{}", {})


@pytest.mark.parametrize("sent", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_one_that_answers_a_byte_at_a_time_is_hung_up_on(
    aws: None, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(web, "DEADLINE_SECONDS", 0.5)

    def dribble(connection: socket.socket) -> None:
        connection.sendall(sent)
        for _ in range(200):
            sleep(0.05)
            connection.sendall(b"a")

    since = monotonic()
    with serving(dribble) as port, pytest.raises(OutsideUnavailable):
        post(f"http://127.0.0.1:{port}/hook", b"{}", {})
    assert monotonic() - since < 5


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 banana\r\n\r\n"])
def test_what_is_no_answer_is_unavailable(aws: None, answer: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)

    with serving(talk) as port, pytest.raises(OutsideUnavailable):
        post(f"http://127.0.0.1:{port}/hook", b"{}", {})
