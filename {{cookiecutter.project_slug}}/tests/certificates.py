"""An authority of the tests' own, and a server's certificate signed by it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Certificates:
    """Files: who signed, the server's certificate with its key."""

    authority: Path
    server: Path

    def context(self) -> ssl.SSLContext:
        """For the server."""
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found.load_cert_chain(self.server)
        return found


def make_certificates(folder: Path, address: str) -> Certificates:
    """The server's is for that address alone."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    authority = (
        _begun("authority", "authority", authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_signs(), True)
        .sign(authority_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    issued = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority_key.public_key()
    )
    server = (
        _begun("server", "authority", key.public_key())
        .add_extension(names, False)
        .add_extension(issued, False)
        .sign(authority_key, hashes.SHA256())
    )
    found = Certificates(folder / "authority.pem", folder / "server.pem")
    found.authority.write_bytes(authority.public_bytes(PEM))
    private = key.private_bytes(
        PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    found.server.write_bytes(server.public_bytes(PEM) + private)
    return found


def _begun(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(identifier, False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
