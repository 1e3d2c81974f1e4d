"""The trust in files: only the file decides, and only one that nobody else may change.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/trust_test.py build/dev/signet
"""
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import unittest

import es256
import service

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
LIMIT = 60  # seconds for anything; sanitizers are slow
OTHER = 65534  # a user who is neither root nor us
IS_ROOT = os.geteuid() == 0
SECRET = "a-caller-secret-that-nobody-guesses-0123456789"
CONFIG = """
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}], threads: 1}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys:
  - {name: sig, alg: ES256, generate: true}
  - {name: sealed, use: enc, generate: true, callers: [orders]}
callers: [{name: orders, secret_sha256: "5f0c1d2b9be4b1e4f6a27b1f0f6e9f5a2c9be1f3d7a64c83d1b0a9e8c7d6f504"}]
"""
CHANGEABLE = "may be changed by others"


class Trust(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        self.file("signet.yaml", CONFIG)

    def file(self, name, text, mode=0o600, owner=None):
        path = self.at / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        if owner is not None:
            os.chown(path, owner, -1)
        return path

    def run_signet(self, *words, env=(), before=()):
        done = subprocess.run([*before, BINARY, *words], capture_output=True, text=True, timeout=LIMIT,
                              cwd=self.at, env=service.clean_environment() | dict(env))
        return done.returncode, done.stdout, done.stderr

    def check_config(self, *more, **how):
        return self.run_signet("check-config", "--config", str(self.at / "signet.yaml"), *more, **how)


class Environment(Trust):
    REFUSED = {
        "SIGNET_KEYS__1__CALLERS": "[web]", "SIGNET_KEYS__0__FILE": "/tmp/k.pem", "SIGNET_ISSUER__": "urn:evil",
        "SIGNET_SERVER__LISTEN": "0.0.0.0:8080", "SIGNET_SERVER__LISTEN__0__ADDRESS": "0.0.0.0:8080",
        "SIGNET_SERVER__HOSTS": "[evil.example]", "SIGNET_SERVER__DEFAULT_AUTH_PROFILE": "lax",
        "SIGNET_SERVER__STARTUP_POLICY": "serve_degraded", "SIGNET_ADMIN__LISTEN": "0.0.0.0:9090",
        "SIGNET_ISSUERS__0__JWKS_URI": "https://evil.example", "SIGNET_CALLERS__0__UID": "0",
        "SIGNET_VERIFY_PROFILES__DEFAULT__LEEWAY": "5m", "SIGNET_SIGN_PROFILES__A__TTL": "1h",
        "SIGNET_INLINE_KEYS__ENDPOINTS": "[sign]", "SIGNET_LOG__LEVEL__X": "1", "SIGNET_limits__body_bytes": "1KiB",
    }

    def test_everything_that_it_may_not_set_is_refused_by_name_and_at_once(self):
        code, _, said = self.check_config(env=self.REFUSED)
        self.assertEqual(code, 3)
        for name in self.REFUSED:
            self.assertIn(f"{name}: cannot be set by the environment, only in the file or by --set", said)
        code, _, served = self.run_signet("serve", "--config", "signet.yaml", env=self.REFUSED)
        self.assertEqual(code, 3)
        self.assertEqual(served.count("cannot be set"), len(self.REFUSED))

    def test_raising_a_limit_or_quietening_the_log_is_refused(self):
        for name, value in (("SIGNET_LIMITS__CONNECTIONS", "100000"), ("SIGNET_LIMITS__BODY_BYTES", "16MiB"),
                            ("SIGNET_LOG__LEVEL", "off"), ("SIGNET_LOG__LEVEL", "error")):
            code, _, said = self.check_config(env={name: value})
            self.assertEqual(code, 3)
            self.assertRegex(said, f"{name}: [a-z_.]+: the environment may lower this, not raise it: `{value}`")

    def test_it_begins_no_other_mode_and_moves_nothing_of_development_mode(self):
        code, _, said = self.run_signet("check-config", "--dev", env={"SIGNET_SERVER__LISTEN": "127.0.0.1:1"})
        self.assertEqual((code, "cannot be set" in said), (3, True))
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "TMPDIR", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            self.file("signet/signet.yaml", "issuer: urn:evil\n")
            code, _, said = self.run_signet("check-config", "--dev", env={name: str(self.at)})
            self.assertEqual((code, "urn:evil" in said), (0, False))

    def test_the_log_names_what_was_set_from_outside_and_no_value(self):
        folder = self.at
        with service.start(BINARY, arguments=[
                "--config", str(folder / "signet.yaml"), "--set", "keys.1.callers=[orders]",
                "--set", f"issuer=urn:{SECRET}", "--set", "log.level=off"],
                environment={"SIGNET_SERVER__THREADS": "1", "SIGNET_LIMITS__CONNECTIONS": "77"}) as running:
            lines = [json.loads(line) for line in running.log_text().splitlines()]
            said = {line["setting"]: line["by"] for line in lines if line["event"] == "setting_overridden"}
            self.assertEqual(said, {
                "server.threads": "SIGNET_SERVER__THREADS", "limits.connections": "SIGNET_LIMITS__CONNECTIONS",
                "keys[1].callers": "--set", "issuer": "--set", "log.level": "--set", "log.format": "--set"})
            self.assertNotIn(SECRET, running.log_text())
            self.assertNotIn("77", [str(value) for line in lines for value in line.values()])

    def test_the_log_names_even_the_level_that_was_set_to_off(self):
        done = subprocess.Popen(
            [BINARY, "serve", "--config", "signet.yaml", "--set", "log.level=off"], cwd=self.at, text=True,
            stderr=subprocess.PIPE, env=service.clean_environment())
        try:
            self.assertTrue(select.select([done.stderr], [], [], LIMIT)[0], "it wrote nothing")
            line = json.loads(done.stderr.readline())
            self.assertEqual((line["event"], line["setting"], line["by"]),
                             ("setting_overridden", "log.level", "--set"))
        finally:
            done.kill()
            rest = done.communicate(timeout=LIMIT)[1]
        self.assertEqual(rest, "")

    def test_check_config_names_it_too(self):
        code, out, said = self.check_config("--set", "keys.1.callers=[orders]", env={"SIGNET_LOG__FORMAT": "text"})
        self.assertEqual(code, 0)
        self.assertIn("set by SIGNET_LOG__FORMAT: log.format\n", said)
        self.assertIn("set by --set: keys[1].callers\n", said)
        self.assertIn("the configuration is good", out)


class Files(Trust):
    def changeable(self):
        """Ways in which somebody else could change a file."""
        yield {"mode": 0o666}
        yield {"mode": 0o664}
        yield {"mode": 0o620}
        if IS_ROOT:
            yield {"mode": 0o600, "owner": OTHER}
        else:
            print("not root: no file of another user is tried")

    def test_a_configuration_that_others_may_change_is_refused(self):
        for how in self.changeable():
            self.file("signet.yaml", CONFIG, **how)
            code, _, said = self.check_config()
            self.assertEqual((code, CHANGEABLE in said), (3, True), said)
            self.assertIn(f"mode {how['mode']:04o}", said)
            code, _, said = self.run_signet("serve", env={"SIGNET_CONFIG": str(self.at / "signet.yaml")})
            self.assertEqual((code, CHANGEABLE in said), (3, True), said)
            os.chown(self.at / "signet.yaml", os.geteuid(), -1)

    def test_so_is_every_file_that_it_names(self):
        self.run_signet("keygen", "--alg", "ES256", "--out", "a.pem", "--public-out", "a.pub")
        pem = (self.at / "a.pub").read_text()
        for setting, yaml in (
                ("issuers[0].pem_file", 'issuers: [{name: a, issuer: "urn:a", pem_file: x}]\n'),
                ("issuers[0].ca_file", 'issuers: [{name: a, issuer: "urn:a", jwks_uri: "https://a/", ca_file: x}]\n')):
            self.file("signet.yaml", CONFIG + yaml)
            for how in self.changeable():
                self.file("x", pem, **how)
                code, _, said = self.check_config()
                self.assertEqual(code, 3)
                self.assertRegex(said, rf"{setting.replace('[', chr(92) + '[')}: \S+/x {CHANGEABLE} \(uid ")

    def test_a_link_is_followed_and_its_target_checked(self):
        self.file("real.yaml", CONFIG, 0o666)
        (self.at / "signet.yaml").unlink()
        (self.at / "signet.yaml").symlink_to("real.yaml")
        self.assertEqual(self.check_config()[0], 3)
        (self.at / "real.yaml").chmod(0o644)
        self.assertEqual(self.check_config()[0], 0)

    def test_a_pipe_or_a_device_holds_nothing_up(self):
        os.mkfifo(self.at / "pipe", 0o600)
        for path in (str(self.at / "pipe"), "/dev/zero", "/dev/null"):
            code, _, said = self.run_signet("check-config", "--config", path)
            self.assertEqual((code, "is not a regular file" in said), (3, True), said)

    def test_on_a_read_only_mount_anybody_may_own_it(self):
        if not IS_ROOT:
            return print("not root: no read-only mount is tried")
        self.file("signet.yaml", CONFIG, 0o666, OTHER)
        self.at.chmod(0o777)
        alone = ["unshare", "-m", "sh", "-c",
                 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" || exit 77; cd "$0"; exec "$@"', str(self.at)]
        code, _, said = self.check_config(before=alone)
        if code in (1, 77) and CHANGEABLE not in said:
            return print("skipped: no mounts here:", said)
        self.assertEqual(code, 0, said)
        self.assertNotIn("the folder", said)
        self.assertEqual(self.check_config()[0], 3)  # the same file, where it can be written
        return None

    def test_a_folder_that_others_may_change_is_warned_of(self):
        (self.at / "open").mkdir()
        (self.at / "open").chmod(0o777)
        self.file("open/signet.yaml", CONFIG)
        code, _, said = self.run_signet("check-config", "--config", "open/signet.yaml")
        self.assertEqual(code, 0)
        self.assertIn(f"the folder {self.at}/open may be changed by others (uid {os.geteuid()}, mode 0777)", said)
        (self.at / "open").chmod(0o1777)
        self.assertNotIn("the folder", self.run_signet("check-config", "--config", "open/signet.yaml")[2])

    def test_kept_keys_of_another_user_are_not_used(self):
        if not IS_ROOT:
            return print("not root: no file of another user is tried")
        self.file("kept/corp.json", json.dumps({"issuer": es256.ISSUER}), 0o600, OTHER)
        text = CONFIG + ('issuers: [{name: corp, issuer: "%s", jwks_uri: "https://127.0.0.1:9/"}]\n' % es256.ISSUER)
        self.file("signet.yaml", text.replace("threads: 1", "threads: 1, jwks_cache_dir: kept, startup_wait: 0s"))
        with service.start(BINARY, arguments=["--config", str(self.at / "signet.yaml")]) as running:
            lines = [json.loads(line) for line in running.log_text().splitlines()]
            (said,) = [line for line in lines if line["event"] == "jwks_not_restored"]
            self.assertIn("corp.json may be changed by others", said["reason"])
        return None


if __name__ == "__main__":
    unittest.main()
