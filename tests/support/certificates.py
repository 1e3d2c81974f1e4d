"""Certificates of a test authority, for servers and clients on loopback.

    authority = certificates.Authority()
    pair = authority.issue("localhost", names=["localhost"], addresses=["127.0.0.1"])
    pair.certificate_pem, pair.key_pem

Everything is made new for each test run, so that nothing in the repository expires.
"""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


class Pair:
    """A certificate and its private key, as PEM bytes."""

    def __init__(self, certificate, key):
        self.serial_number = certificate.serial_number
        self.certificate_pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.key_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


class Authority:
    """A root, or below `parent`, that signs certificates for servers and clients, valid until `end` from now."""

    def __init__(self, name="Signet test authority", parent=None, end=30 * DAY):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _common_name(name)
        above = parent or self
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = _builder(self._name, above._name, self._key, now - DAY, now + end)
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        self._identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = builder.add_extension(self._identifier, critical=False)
        self._certificate = builder.sign(above._key, hashes.SHA256())

    @property
    def certificate_pem(self):
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def revocations(self, revoked=(), end=30 * DAY):
        """The PEM list of these pairs, valid until `end` from now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._name)
        builder = builder.last_update(now - 2 * DAY).next_update(now + end)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._identifier), critical=False
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(now - DAY).build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def issue(
        self, subject, names=(), addresses=(), uris=(), start=-DAY, end=30 * DAY, client=False, any_use=False, key=None
    ):  # fmt: skip
        """A certificate for names, IP addresses and URIs, valid from `start` to `end` from now; for servers,
        for clients, or without a word about its use. Its key is a new one of P-256, or `key`."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = _builder(_common_name(subject), self._name, key, now + start, now + end)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        if not any_use:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._identifier),
            critical=False,
        )
        also = [x509.DNSName(one) for one in names]
        also += [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
        also += [x509.UniformResourceIdentifier(one) for one in uris]
        if also:
            builder = builder.add_extension(x509.SubjectAlternativeName(also), critical=False)
        return Pair(builder.sign(self._key, hashes.SHA256()), key)


    def issue_for_heavy_key(self):
        """An intermediate authority whose key takes long to compute with, and that no private key
        belongs to: 16384 bits, and an exponent of 255."""
        numbers = rsa.RSAPublicNumbers(e=2**255 - 19, n=2**16383 + 2**8000 + 1)
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = _builder(_common_name("Heavy"), self._name, None, now - DAY, now + DAY)
        builder = builder.public_key(numbers.public_key())
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject, issuer, key, start, end):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )
    return builder.public_key(key.public_key()) if key else builder


def _key_usage(signs_certificates):
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
