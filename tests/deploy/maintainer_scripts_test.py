"""deploy/debian: what the scripts of the package do as root, one by one. With a Debian around them: package_life.py."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

DEBIAN = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "debian"
LIMIT = 60  # seconds
NOBODY = 65534
OTHER_GROUP = 12345

# Loaded by the dynamic linker, into whatever it is told to.
CHOSEN_CODE = """
#include <stdio.h>
#include <unistd.h>
__attribute__((constructor)) static void run(void)
{
    FILE* file = fopen(PROOF, "a");
    if (file) {
        fprintf(file, "uid %d\\n", (int)getuid());
        fclose(file);
    }
}
"""
# Plays /usr/bin/signet: says what it got, and refuses.
STAND_IN = r"""#!/bin/sh
echo "arguments $*"
echo "secret $SECRET"
echo "preload ${LD_PRELOAD-none} ${OPENSSL_CONF-none}"
sed -n 's/^\(Uid\|Gid\|Groups\|NoNewPrivs\|CapPrm\):[[:space:]]*/\1 /p' /proc/self/status
readlink /proc/self/fd/0
read -r _ _ _ _ group session terminal _ <<END
$(sed 's/(.*)/x/' /proc/$$/stat)
END
[ "$group" = "$session" ] && echo "terminal $terminal"
[ -t 1 ] || [ -t 2 ] || echo "no terminal"
printf 'escape \033[2J\n' >&2
exit 3
"""


@unittest.skipUnless(os.geteuid() == 0, "only root can take the user of another process")
@unittest.skipUnless(shutil.which("gcc"), "no gcc here")
class CheckRunning(unittest.TestCase):
    """A process that rewrote its environment and its arguments: it must not get to run anything as root."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder.chmod(0o755)
        self.proof = self.folder / "proof"
        self.proof.touch()
        self.proof.chmod(0o666)
        (self.folder / "chosen.c").write_text(CHOSEN_CODE)
        self.library = self.folder / "chosen.so"
        subprocess.run(
            ["gcc", "-shared", "-fPIC", f'-DPROOF="{self.proof}"', "-o", self.library, self.folder / "chosen.c"],
            check=True, timeout=LIMIT)

    def _running(self):
        """A process of another user, in whose environment the library is."""
        process = subprocess.Popen(
            ["perl", "-e", '$| = 1; print "1\\n"; sleep 300', "serve", "--config", "a b"],
            user=NOBODY, group=NOBODY, extra_groups=[NOBODY, OTHER_GROUP], stdout=subprocess.PIPE, cwd="/",
            env={"LD_PRELOAD": str(self.library), "OPENSSL_CONF": "/chosen", "SECRET": "x y"})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()
        try:
            pathlib.Path(f"/proc/{process.pid}/environ").read_bytes()
        except PermissionError:
            self.skipTest("this container may not read the environment of other users' processes")
        return process.pid

    def _check(self, script):
        done = subprocess.run(
            ["perl", script, str(self._running())], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=LIMIT)
        ran_as = set(self.proof.read_text().split("\n")[:-1])
        # The process itself loaded it, so the library works.
        self.assertEqual({f"uid {NOBODY}"}, ran_as, done.stdout)
        return done.returncode, done.stdout

    def test_nothing_that_the_process_chose_runs_as_root(self):
        code, said = self._check(DEBIAN / "check-running")
        if not os.path.exists("/usr/bin/signet"):
            self.assertNotEqual(0, code, said)

    def test_what_runs_has_the_users_rights_and_no_way_back(self):
        binary = self.folder / "signet"
        binary.write_text(STAND_IN)
        binary.chmod(0o755)
        script = self.folder / "check-running"
        script.write_text((DEBIAN / "check-running").read_text().replace("/usr/bin/signet", str(binary)))
        code, said = self._check(script)
        self.assertEqual(3, code, said)
        for line in (
            "arguments check-config --config a b", "secret x y", "preload none none",
            "\t".join(["Uid " + str(NOBODY)] + [str(NOBODY)] * 3), "\t".join(["Gid " + str(NOBODY)] + [str(NOBODY)] * 3),
            f"Groups {OTHER_GROUP} {NOBODY}", "NoNewPrivs 1", "CapPrm 0000000000000000", "/dev/null", "terminal 0",
            "no terminal", "escape ?[2J",
        ):
            self.assertIn(line, [one.rstrip() for one in said.split("\n")])


class Purge(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("etc/signet", "var/lib/signet", "var/log/signet"):
            (self.folder / name).mkdir(parents=True)

    def _purge(self, before=""):
        """Runs postrm on folders of ours. What it said."""
        script = re.sub(r"(?<= )/(etc|var)/", rf"{self.folder}/\1/", (DEBIAN / "postrm").read_text())
        self.assertNotRegex(script, r"(?m)(^|\s)/(etc|var)/")
        done = subprocess.run(
            [*before, "sh", "-c", script, "postrm", "purge"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=LIMIT)
        self.assertEqual(0, done.returncode, done.stdout)
        return done.stdout

    def test_what_is_empty_goes(self):
        self.assertEqual("", self._purge())
        self.assertFalse((self.folder / "etc/signet").exists() or (self.folder / "var/lib/signet").exists())

    def test_what_is_not_empty_or_a_link_remains_and_is_named(self):
        (self.folder / "etc/signet/key.pem").touch()
        moved = self.folder / "moved"
        (self.folder / "var/lib/signet").rename(moved)
        (self.folder / "var/lib/signet").symlink_to(moved)
        said = self._purge()
        for name in ("etc/signet", "var/lib/signet"):
            self.assertIn(f"{self.folder / name} is not empty", said)
            self.assertTrue((self.folder / name).exists())
        self.assertFalse((self.folder / "var/log/signet").exists())

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "only root can mount")
    def test_a_mount_point_remains_and_is_named(self):
        mount = f'mount -t tmpfs none "{self.folder}/var/log/signet" || exit; exec "$@"'
        said = self._purge(["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"])
        self.assertIn("var/log/signet is not empty", said)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: the tests that need root")
    unittest.main()
