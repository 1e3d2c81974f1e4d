"""The image's root folder as a container in podman: README's commands, and a root where nothing can be written.

Run by ctest in the release preset with the binary in SIGNET, which image-root.sh lays out; tests/deploy/image_build.py
builds the Dockerfile. Skipped where podman is absent, or for other users than root.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

import containers
import first_minutes
import pages

IMAGE = "signet"
READ_ONLY = ("--timeout", "240", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all")
CALLED = re.compile(r"^(?:USER|ENTRYPOINT|CMD) .*$", re.MULTILINE)
SOCKET = """
server: {listen: [{address: "unix:/run/signet/signet.sock", endpoints: [verify]}]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
verify_profiles: {default: {issuers: [self], audiences: [api]}}
"""
ROTATION = """
server: {listen: [{address: "127.0.0.1:0", endpoints: [verify]}]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
state_dir: /state
rotation: {sig: {alg: ES256, every: 30d, lead: 1d, directory: /state/keys}}
verify_profiles: {default: {issuers: [self], audiences: [api]}}
"""


def setUpModule():
    global engine
    engine = containers.Engine()
    unittest.addModuleCleanup(engine.__exit__)
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        root = pathlib.Path(folder) / "image"
        subprocess.run([pages.ROOT / "deploy/image-root.sh", os.environ["SIGNET"], root], check=True, timeout=300)
        changes = CALLED.findall(pages.text("Dockerfile").split("FROM scratch")[1])
        engine.import_folder(root, IMAGE, changes)


class Container(unittest.TestCase):
    def until_ready(self, name):
        """Waits until the image's own probe says so."""
        end = time.monotonic() + 60
        while True:
            probe = engine.podman("exec", name, "/usr/bin/signet", "healthcheck", check=False)
            if probe.returncode == 0:
                return probe.stdout
            if time.monotonic() > end:
                self.fail(probe.stderr + engine.podman("logs", name).stderr)
            time.sleep(0.1)

    def configured(self, text):
        """The options that mount a configuration."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=os.getcwd())))
        folder.chmod(0o755)
        (folder / "signet.yaml").write_text(text)
        (folder / "signet.yaml").chmod(0o644)
        return ("-v", f"{folder}:/etc/signet:ro")

    def test_the_image_is_as_small_as_promised(self):
        size = engine.mebibytes(IMAGE)
        print(f"image: {size:.1f} MiB")
        self.assertLessEqual(size, containers.IMAGE_MIB_MAX)

    def test_readme_its_second_and_third_command_verify_a_token(self):
        _, start, ask = first_minutes.commands("container")
        started = subprocess.Popen(["bash", "-c", f"exec {start}"], env=engine.environment, stderr=subprocess.DEVNULL)
        try:
            first_minutes.wait_for(started, "http://127.0.0.1:8080/.well-known/jwks.json", 60)
            first_minutes.check_token(ask)
        finally:
            self.assertEqual(first_minutes.stop(started), 0)

    def test_default_command_on_a_read_only_root_without_run_and_tmp_serves_and_is_ready(self):
        engine.podman("run", "--detach", "--name", "plain", *READ_ONLY, IMAGE)
        self.assertEqual(self.until_ready("plain"), "ready\n")
        user = engine.podman("inspect", "--format", "{{.Config.User}}", "plain").stdout.strip()
        self.assertEqual(user, "65532:65532")
        engine.podman("stop", "--time", "30", "plain")
        self.assertEqual(engine.podman("inspect", "--format", "{{.State.ExitCode}}", "plain").stdout.strip(), "0")

    def test_another_uid_on_a_read_only_root_serves_and_is_ready(self):
        engine.podman("run", "--detach", "--name", "other", "--user", "4711:4711", *READ_ONLY, IMAGE)
        self.assertEqual(self.until_ready("other"), "ready\n")
        engine.podman("stop", "--time", "30", "other")

    def refusal_of(self, text, *options):
        done = engine.podman("run", "--rm", *options, *self.configured(text), IMAGE, check=False)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        (line,) = [one for one in done.stderr.splitlines() if "startup_failed" in one]
        return line

    def test_a_socket_in_a_run_that_cannot_be_written_ends_with_a_line_that_names_it(self):
        self.assertIn("/run/signet/signet.sock", self.refusal_of(SOCKET, *READ_ONLY))

    def test_a_socket_in_the_run_of_the_images_user_ends_another_uid_with_a_line_that_names_it(self):
        self.assertIn("/run/signet/signet.sock", self.refusal_of(SOCKET, "--user", "4711:4711"))

    def test_a_state_folder_on_a_read_only_root_ends_with_a_line_that_names_it(self):
        self.assertIn("/state", self.refusal_of(ROTATION, *READ_ONLY))

    def test_a_socket_in_a_run_that_can_be_written_listens(self):
        engine.podman(
            "run", "--detach", "--name", "socket", *READ_ONLY, "--tmpfs", "/run/signet:U",
            *self.configured(SOCKET.replace("127.0.0.1:0", "127.0.0.1:9090")), IMAGE,
        )  # fmt: skip
        self.assertEqual(self.until_ready("socket"), "ready\n")
        engine.podman("stop", "--time", "30", "socket")


if __name__ == "__main__":
    containers.skip_unless("podman", "runc", "ip")
    containers.own_network()
    unittest.main(argv=sys.argv)
