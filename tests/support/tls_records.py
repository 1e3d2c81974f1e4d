"""A TLS 1.3 client that sends whatever records it likes, by the rules or not.

    peer = RawPeer(world)
    peer.send(peer.key_update())          # asks for new keys
    peer.send(peer.record(b"", APPLICATION))  # an empty one
    peer.is_ended()

Python's own client shakes hands; its keys, which it writes to a file for debuggers, seal the records here
(RFC 8446 sections 5.2 and 7).
"""
import hashlib
import hmac
import os
import socket
import ssl
import tempfile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALERT, HANDSHAKE, APPLICATION = 21, 22, 23
LIMIT = 30  # seconds
SECRET, KEY, NONCE = 32, 16, 12  # octets, of TLS_AES_128_GCM_SHA256, which the service prefers


def expand(secret, label, size, context=b""):
    """RFC 8446 section 7.1: HKDF-Expand-Label"""
    label = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(context)]) + context
    return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:size]


class RawPeer:
    def __init__(self, world, client=None):
        context = world.trusting(client, version=ssl.TLSVersion.TLSv1_3)
        file, path = tempfile.mkstemp(dir=os.getcwd())
        os.close(file)
        context.keylog_filename = path
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secured = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        self.socket = socket.create_connection(("127.0.0.1", world.port), LIMIT)
        while True:
            try:
                secured.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.socket.sendall(outgoing.read())
                incoming.write(self.socket.recv(65536))
        self.socket.sendall(outgoing.read())
        assert secured.cipher()[0] == "TLS_AES_128_GCM_SHA256", secured.cipher()
        with open(path, encoding="ascii") as lines:
            found = [line.split()[2] for line in lines if line.startswith("CLIENT_TRAFFIC_SECRET_0 ")]
        os.remove(path)
        self._use(bytes.fromhex(found[0]))

    def _use(self, secret):
        assert len(secret) == SECRET
        self._secret, self._count = secret, 0
        self._cipher, self._nonce = AESGCM(expand(secret, b"key", KEY)), expand(secret, b"iv", NONCE)

    def record(self, content, kind=APPLICATION, padding=0):
        """The next record with that content."""
        inner = content + bytes([kind]) + bytes(padding)
        head = b"\x17\x03\x03" + (len(inner) + 16).to_bytes(2, "big")
        nonce = bytes(a ^ b for a, b in zip(self._nonce, self._count.to_bytes(NONCE, "big")))
        self._count += 1
        return head + self._cipher.encrypt(nonce, inner, head)

    def key_update(self, asks=True):
        """RFC 8446 section 4.6.3: the next records have the next keys."""
        octets = self.record(b"\x18\0\0\1" + bytes([asks]), HANDSHAKE)
        self._use(expand(self._secret, b"traffic upd", SECRET))
        return octets

    def send(self, octets):
        """Returns  whether the service still takes them."""
        try:
            self.socket.sendall(octets)
            return True
        except (ConnectionError, TimeoutError):
            return False

    def has_answered(self, limit=LIMIT):
        """Whether something comes before the connection ends."""
        self.socket.settimeout(limit)
        try:
            return self.socket.recv(65536) != b""
        except ConnectionError:
            return False

    def is_ended(self, limit=LIMIT):
        """Whether the service ends the connection."""
        self.socket.settimeout(limit)
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
