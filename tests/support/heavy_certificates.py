"""Certificates that cost whoever only reads them, for tests of what a stranger may make us spend.

    chain = heavy_certificates.explicit_curve() * 20
    chain = heavy_certificates.large_rsa()
    chain = heavy_certificates.many_parts("extensions")

Nobody has signed them, and no private key belongs to them.
"""
import base64
import random

_EC, _PRIME_FIELD = "2a8648ce3d0201", "2a8648ce3d0101"
_ED25519, _ALTERNATIVE_NAME, _KEY_USE = "2b6570", "551d11", "551d0f"
_RSA, _ECDSA_SHA256, _COMMON_NAME = "2a864886f70d010101", "2a8648ce3d040302", "550403"
# A prime of 661 bits, where a square root is slowest: p - 1 is divisible by 2^600.
_PRIME = (1568507725251532431 << 600) + 1
_X = 2  # there is a point with this x on y^2 = x^3 + x + 7


def explicit_curve():
    """A certificate with a curve of its own making, whose points are compressed: whoever decodes its key takes two
    square roots."""
    octets = (_PRIME.bit_length() + 7) // 8
    point = b"\2" + _X.to_bytes(octets, "big")
    curve = _sequence(_octets(b"\1".rjust(octets, b"\0")), _octets(b"\7".rjust(octets, b"\0")))
    field = _sequence(_identifier(_PRIME_FIELD), _integer(_PRIME))
    parameters = _sequence(_integer(1), field, curve, _octets(point), _integer(_PRIME - 2), _integer(1))
    return _certificate(_sequence(_sequence(_identifier(_EC), parameters), _bits(point)))


def large_rsa(bits=16384, exponent=2**63 + 1):
    modulus = random.Random(bits).getrandbits(bits) | 1 << (bits - 1) | 1
    key = _sequence(_integer(modulus), _integer(exponent))
    return _certificate(_sequence(_sequence(_identifier(_RSA), b"\5\0"), _bits(key)))


def many_parts(kind, octets=15_000):
    """A certificate that is small, and that OpenSSL needs 20 to 50 times its octets for. kind: of what it has so
    many: "extensions", "names" of its subject and issuer, or "alternatives", which are in one extension."""
    key, name, extensions = _sequence(_sequence(_identifier(_ED25519)), _bits(b"\7" * 32)), None, b""
    if kind == "extensions":
        extensions = _fill(_sequence(_identifier(_KEY_USE), _octets(b"")), octets)
    if kind == "names":
        name = _sequence(_fill(_der(0x31, _sequence(_identifier("29"), _der(0x0C, b"a"))), octets // 2))
    if kind == "alternatives":
        names = _sequence(_fill(_der(0x82, b""), octets))
        extensions = _sequence(_identifier(_ALTERNATIVE_NAME), _octets(names))
    return _certificate(key, name, extensions)


def _fill(one, octets):
    return one * (octets // len(one))


def _certificate(public_key, name=None, extensions=b""):
    name = name or _sequence(_der(0x31, _sequence(_identifier(_COMMON_NAME), _der(0x0C, b"heavy"))))
    algorithm = _sequence(_identifier(_ECDSA_SHA256))
    times = _sequence(_der(0x17, b"250101000000Z"), _der(0x17, b"450101000000Z"))
    more = _der(0xA3, _sequence(extensions)) if extensions else b""
    body = _sequence(_der(0xA0, _integer(2)), _integer(1), algorithm, name, times, name, public_key, more)
    der = _sequence(body, algorithm, _bits(_sequence(_integer(1), _integer(1))))
    text = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


def _der(tag, content):
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    count = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | count]) + size.to_bytes(count, "big") + content


def _sequence(*parts):
    return _der(0x30, b"".join(parts))


def _integer(value):
    return _der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _octets(content):
    return _der(4, content)


def _bits(content):
    return _der(3, b"\0" + content)


def _identifier(content):
    return _der(6, bytes.fromhex(content))
