"""The release workflow: what a reader can check of it without running it, and its scripts with programs that only write
down how they were called. That it works as a whole is proven by no test.
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / ".github/workflows/release.yaml"
SCRIPTS = ROOT / ".github/release"

PODMAN = """#!/bin/bash
echo "podman $*" >>"$CALLS"
case $1 in
run) echo "signet $SAYS" ;;
create) echo c1 ;;
cp) echo '{}' >"$3" ;;
export) echo root ;;
save) while [ "$1" != --output ]; do shift; done; echo image >"$2" ;;
manifest) [ "$2" != push ] || echo sha256:0123 >"$5" ;;
esac
"""
GH = """#!/bin/bash
[ "$*" = "release list --limit 10000 --json tagName --jq .[].tagName" ] || exit 2
[ -z "$FAILS" ] || exit 1
printf '%s\\n' $RELEASED
"""
COSIGN = """#!/bin/bash
echo "cosign $*" >>"$CALLS"
[ "$1" != sign-blob ] || echo bundle >"$4"
"""


class Workflow(unittest.TestCase):
    def setUp(self):
        self.text = FILE.read_text()
        self.jobs = yaml.safe_load(self.text)["jobs"]
        self.steps = [step for job in self.jobs.values() for step in job["steps"]]

    def test_only_a_pushed_tag_starts_it(self):
        self.assertEqual(list(yaml.safe_load(self.text)[True]), ["push"])  # YAML 1.1 reads `on` as true
        self.assertEqual(list(yaml.safe_load(self.text)[True]["push"]), ["tags"])

    def test_every_action_is_pinned_to_a_commit_whose_version_is_told(self):
        uses = re.findall(r"uses: (.*)", self.text)
        self.assertEqual(len(uses), sum("uses" in step for step in self.steps))
        for one in uses:
            self.assertRegex(one, r"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

    def test_only_the_job_that_publishes_may_write(self):
        self.assertEqual(yaml.safe_load(self.text)["permissions"], {"contents": "read"})
        self.assertEqual([name for name, job in self.jobs.items() if "permissions" in job], ["publish"])
        self.assertEqual(self.jobs["publish"]["permissions"], {"contents": "write", "id-token": "write"})

    def test_nothing_is_published_that_was_not_tested_and_built(self):
        self.assertEqual(set(self.jobs["publish"]["needs"]), {"test", "image"})
        machines = {row["arch"] for row in self.jobs["image"]["strategy"]["matrix"]["include"]}
        self.assertEqual(machines, {"amd64", "arm64"})
        self.assertTrue(all(job["timeout-minutes"] for job in self.jobs.values()))

    def test_the_images_are_taken_by_their_names(self):
        taken = [step["with"] for step in self.jobs["publish"]["steps"] if "download-artifact" in step.get("uses", "")]
        self.assertEqual(taken, [{"path": "out", "name": f"image-{arch}"} for arch in ("amd64", "arm64")])

    def test_publish_begins_with_a_refusal_to_replace_a_release(self):
        first = self.jobs["publish"]["steps"][0]
        self.assertEqual(set(first["env"]), {"GH_TOKEN", "GH_REPO"})
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "gh")
            program.write_text(GH)
            program.chmod(0o755)

            def code(released, fails=""):
                more = {"PATH": f"{folder}:{os.environ['PATH']}", "GITHUB_REF_NAME": "v1.2.3", "RELEASED": released,
                        "FAILS": fails}  # fmt: skip
                done = subprocess.run(["bash", "-e", "-c", first["run"]], env={**os.environ, **more}, timeout=60,
                                      capture_output=True, check=False)  # fmt: skip
                return done.returncode

            for released in ("", "v1.2.2", "v1.2.30 v11.2.3", "v1x2.3"):
                self.assertEqual(code(released), 0, released)
            for released in ("v1.2.3", "v1.2.4 v1.2.3 v1.2.2"):
                self.assertEqual(code(released), 1, released)
            self.assertEqual(code("", fails="yes"), 1, "nobody knows what is released")

    def test_commands_get_values_as_variables_only(self):
        for step in self.steps:
            self.assertNotIn("${{", step.get("run", ""))

    def test_every_script_that_it_calls_is_there_and_can_be_run(self):
        called = set(re.findall(r"(?<=[ :])(\.[\w/.-]+)(?= |$)", "\n".join(s.get("run", "") for s in self.steps)))
        called |= {s["run"].split()[0] for s in self.steps if s.get("run", "").startswith(".")}
        self.assertEqual(called, {".ci/run", ".github/release/build.sh", ".github/release/publish.sh"})
        for name in called:
            self.assertTrue(os.access(ROOT / name, os.X_OK), name)
            subprocess.run(["bash", "-n", ROOT / name], check=True, timeout=60)

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is absent")
    def test_shellcheck_finds_nothing_in_its_scripts(self):
        subprocess.run(["shellcheck", *SCRIPTS.glob("*.sh")], check=True, timeout=60)


class Scripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out"
        for name, text in (("podman", PODMAN), ("cosign", COSIGN)):
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o755)

    def run_script(self, name, *arguments, says="1.2.3"):
        """Returns its exit code, and the calls of podman and cosign."""
        calls = self.folder / "calls"
        calls.unlink(missing_ok=True)
        path = f"{self.folder}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "HOME": str(self.folder), "CALLS": str(calls), "SAYS": says}
        command = [SCRIPTS / name, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        return done.returncode, calls.read_text().splitlines()

    def build(self, arch, **more):
        return self.run_script("build.sh", arch, "debian@sha256:ab", "1.2.3", "c0ffee", str(self.out), **more)

    def test_build_makes_image_root_folder_and_sbom_with_the_base_of_the_release(self):
        code, calls = self.build("amd64")
        self.assertEqual(code, 0)
        self.assertIn("--build-arg BASE=debian@sha256:ab ", calls[0])
        ends = ("oci.tar", "rootfs.tar.gz", "spdx.json")
        self.assertEqual(sorted(p.name for p in self.out.iterdir()), [f"signet-1.2.3-linux-amd64.{e}" for e in ends])

    def test_build_of_a_binary_with_another_version_than_the_tags_leaves_nothing(self):
        code, _ = self.build("amd64", says="1.2.2")
        self.assertEqual((code, list(self.out.iterdir())), (1, []))

    def test_publish_signs_the_digest_that_was_pushed_and_checksums_of_everything(self):
        self.build("amd64")
        self.build("arm64")
        code, calls = self.run_script("publish.sh", "registry.example/signet", "1.2.3", str(self.out))
        self.assertEqual(code, 0)
        self.assertEqual(sum(call.startswith("podman manifest add") for call in calls), 2)
        signed = [call for call in calls if call.startswith("cosign") and "sign-blob" not in call]
        self.assertEqual(len(signed), 3)
        for call in signed:
            self.assertTrue(call.endswith("registry.example/signet@sha256:0123"), call)
        sums = dict(line.split()[::-1] for line in (self.out / "SHA256SUMS").read_text().splitlines())
        wanted = {p.name for p in self.out.iterdir()} - {"SHA256SUMS", "SHA256SUMS.bundle"}
        self.assertEqual((set(sums), len(sums)), (wanted, 7))
        for name, value in sums.items():
            self.assertEqual(hashlib.sha256((self.out / name).read_bytes()).hexdigest(), value)


if __name__ == "__main__":
    unittest.main()
