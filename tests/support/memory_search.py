"""Where a secret is in the memory of a process, as a debugger sees it.

    found = memory_search.Memory(pid, everything=True).having(memory_search.forms_of(key))  # names
    assert not found, found

`everything` is `gcore -a`: all memory, also what no core dump contains. Without it, `gcore` obeys what the process
has asked for, as the kernel does. Needs gdb, and leave to trace the process (root).
"""
import base64
import os
import pathlib
import shutil
import subprocess
import tempfile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

DUMP_LIMIT = 120  # seconds
PAGE = 4096
SIZE_MAX = 4 << 30  # octets of address space; a sanitizer's shadow has terabytes


def why_not(pid):
    """Why the memory of this process cannot be searched here; None when it can."""
    if not shutil.which("gcore"):
        return "gdb is not installed"
    if os.geteuid() != 0:
        return "only root may read the memory of a process that is sealed"
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    size = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSize:")) * 1024
    return "its address space is too large, as with a sanitizer" if size > SIZE_MAX else None


class Memory:
    """What a process had in memory at one moment."""

    def __init__(self, pid, everything):
        with tempfile.TemporaryDirectory(prefix="signet-core-") as folder:
            command = ["gcore", *(["-a"] if everything else []), "-o", f"{folder}/core", str(pid)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=DUMP_LIMIT)
            path = pathlib.Path(folder, f"core.{pid}")
            if done.returncode != 0 or not path.exists():
                raise RuntimeError(f"gcore failed: {done.stdout[-500:]}{done.stderr[-500:]}")
            self._octets = used_pages(path)

    def has(self, octets):
        return octets in self._octets

    def having(self, forms):
        """The names of those forms that are somewhere in it."""
        return sorted(name for name, octets in forms.items() if self.has(octets))


def used_pages(path):
    """A file without its pages of zeros, which are most of a dump."""
    nothing, kept = bytes(PAGE), bytearray()
    with path.open("rb") as file:
        while page := file.read(PAGE):
            if page != nothing:
                kept += page
            elif not kept.endswith(b"\0"):
                kept += b"\0"  # what was not side by side does not become so
    return bytes(kept)


def number_forms(name, number, size):
    """A number as octets in both orders, as DER has it and as libraries compute with it, and as a JWK's text."""
    octets = number.to_bytes(size, "big")
    text = base64.urlsafe_b64encode(octets).rstrip(b"=")
    return {f"{name}, big-endian": octets, f"{name}, little-endian": octets[::-1], f"{name} of a JWK": text}


def forms_of(key):
    """name -> octets, for each way in which a private key, or a secret, may be in memory."""
    if isinstance(key, (bytes, str)):
        return {"the secret": key.encode() if isinstance(key, str) else key}
    forms = pem_forms(pem_of(key))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.private_bytes(
            serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        )
        return {**forms, "the seed": raw}
    numbers = key.private_numbers()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {**forms, **number_forms("d", numbers.private_value, (key.key_size + 7) // 8)}
    assert isinstance(key, rsa.RSAPrivateKey), key
    whole = key.key_size // 8
    for name, number, size in (("d", numbers.d, whole), ("p", numbers.p, whole // 2), ("q", numbers.q, whole // 2),
                               ("dp", numbers.dmp1, whole // 2), ("dq", numbers.dmq1, whole // 2),
                               ("qi", numbers.iqmp, whole // 2)):  # fmt: skip
        forms.update(number_forms(name, number, size))
    return forms


def pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def pem_forms(pem):
    """The lines of the text that have something of the private half; the first one may begin alike for all keys."""
    lines = pem.splitlines()[1:-1]
    return {f"line {number} of the PEM text": line for number, line in enumerate(lines, 1) if len(line) == 64}
