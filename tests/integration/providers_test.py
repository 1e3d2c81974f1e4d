"""The cryptographic libraries that are opened at run time: with and without them, tokens have the same verdicts.

A file that is no library, found first by the loader, is as good as a library that is missing.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/providers_test.py build/dev/signet
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import service

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
ALGORITHMS = ("RS256", "PS256", "PS512", "ES256", "ES256K", "EdDSA", "Ed25519", "ES384", "HS256")
LIBRARIES = {
    "openssl": ["libcrypto.so.3"],
    "sodium": ["libsodium.so.23", "libsodium.so.26"],
    "secp256k1": [f"libsecp256k1.so.{version}" for version in range(8)],
}
CONFIG = """
issuer: https://tokens.example.com
inline_keys: {endpoints: [sign, verify]}
"""


class Providers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def hidden(self, *providers):
        """The variables with which the loader finds these libraries broken."""
        for name in (name for provider in providers for name in LIBRARIES[provider]):
            (self.folder / name).write_bytes(b"")
        return {"LD_LIBRARY_PATH": str(self.folder)}

    def start(self, config="", environment=None):
        return service.start(BINARY, CONFIG + config, environment=environment or {})

    def providers(self, signet):
        reply = signet.get("/version", port=signet.admin_port).json
        return {one["name"]: one for one in reply["providers"]}

    def warnings(self, signet):
        """Of all that are not in use: they are opened while the service starts."""
        missing = len(LIBRARIES) + 1 - len(self.providers(signet))
        end = time.monotonic() + 10
        while len(found := self.logged(signet)) < missing:
            if time.monotonic() > end:
                break
            time.sleep(0.02)
        return found

    def logged(self, signet):
        lines = [json.loads(line) for line in signet.log_text().splitlines() if line.startswith("{")]
        return {line["provider"]: line["reason"] for line in lines if line["event"] == "crypto_provider_missing"}

    def key(self, algorithm):
        made = subprocess.run([BINARY, "keygen", "--alg", algorithm, "--format", "jwk"], check=True, capture_output=True, timeout=60)
        return json.loads(made.stdout)

    def tokens(self, signet, keys):
        made = {}
        for algorithm, key in keys.items():
            body = {"claims": {"sub": "ada", "exp": 4102444800}, "key": key, "alg": algorithm}
            reply = signet.post("/sign", body)
            self.assertEqual(reply.status, 200, (algorithm, reply))
            made[algorithm] = reply.json["token"]
        return made

    def verdict(self, signet, token, key, algorithm):
        reply = signet.post("/verify", {"token": token, "key": key, "algorithms": [algorithm]})
        return reply.code or "ok"

    def test_each_signs_and_verifies_for_every_other(self):
        keys = {algorithm: self.key(algorithm) for algorithm in ALGORITHMS}
        others = self.hidden(*LIBRARIES)
        with self.start() as all_of_them, self.start("crypto: {providers: botan}\n") as by_choice, \
             self.start(environment=others) as without:  # fmt: skip
            services = {"all": all_of_them, "only Botan": by_choice, "none there": without}
            for made_by, signs in services.items():
                for algorithm, token in self.tokens(signs, keys).items():
                    changed = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
                    for judged_by, judges in services.items():
                        with self.subTest(algorithm, made_by=made_by, judged_by=judged_by):
                            key = keys[algorithm]
                            self.assertEqual(self.verdict(judges, token, key, algorithm), "ok")
                            self.assertEqual(self.verdict(judges, changed, key, algorithm), "signature_invalid")
            for chosen in (by_choice, without):
                self.assertEqual(set(self.providers(chosen)), {"botan"})
            self.assertEqual(self.logged(by_choice), {})
            self.assertEqual(set(self.warnings(without)), set(LIBRARIES))
            self.assertEqual(set(self.providers(all_of_them)) | set(self.warnings(all_of_them)),
                             {*LIBRARIES, "botan"})  # fmt: skip

    def test_one_that_is_missing_is_named_and_the_others_are_used(self):
        with self.start() as usual:
            there = self.providers(usual)
        for one in LIBRARIES:
            with self.subTest(one), self.start(environment=self.hidden(one)) as signet:
                self.assertEqual(set(self.providers(signet)), set(there) - {one})
                for name in LIBRARIES[one]:
                    (self.folder / name).unlink()
                self.assertIn("does not have it", self.warnings(signet)[one])
                metrics = signet.get("/metrics", port=signet.admin_port).body
                for algorithm in there.get(one, {}).get("algorithms", []):
                    line = f'signet_crypto_provider_info{{algorithm="{algorithm}",provider="botan"}} 1'
                    self.assertIn(line, metrics)

    def test_the_metric_and_the_version_say_the_same(self):
        with self.start() as signet:
            metrics = signet.get("/metrics", port=signet.admin_port).body
            for name, one in self.providers(signet).items():
                for algorithm in one["algorithms"]:
                    self.assertIn(f'{{algorithm="{algorithm}",provider="{name}"}} 1', metrics)

    @unittest.skipUnless(os.geteuid() == 0, "only root may see the libraries of a process")
    def test_a_library_that_is_not_chosen_is_not_opened(self):
        def opened(signet):
            return pathlib.Path(f"/proc/{signet.process.pid}/maps").read_text()

        with self.start("crypto: {providers: [sodium]}\n") as signet:
            self.assertLessEqual(set(self.providers(signet)), {"sodium", "botan"})
            self.assertNotIn("libcrypto.so", opened(signet))
            self.assertEqual(self.verdict(signet, "a.b.c", self.key("ES256"), "ES256"), "token_malformed")
            self.assertNotIn("libcrypto.so", opened(signet))

    def test_an_unknown_name_is_an_error_with_a_suggestion(self):
        config = self.folder / "signet.yaml"
        config.write_text("crypto: {providers: [openssl, natrium, botn]}\n")
        config.chmod(0o600)
        checked = subprocess.run([BINARY, "check-config", "--config", str(config)], capture_output=True,
                                 text=True, timeout=60)  # fmt: skip
        said = checked.stdout + checked.stderr
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn("`natrium` is not a provider", said)
        self.assertIn("`botan`", said)


if __name__ == "__main__":
    unittest.main()
