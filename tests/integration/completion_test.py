"""`signet completion bash|zsh` in the shells themselves, and `signet manpage` in the programs that read manual pages."""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time
import unittest

SIGNET = os.path.abspath(os.environ["SIGNET"])
LIMIT = 30  # seconds


def made(*words):
    return subprocess.run([SIGNET, *words], check=True, capture_output=True, text=True, timeout=LIMIT).stdout


def typed(shell, prepare, keys, marks, folder):
    """What an interactive shell shows after these keys; ends when each mark was shown, or fails."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe(shell[0], shell, {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "dumb", "PS1": "> "})
    shown, waits = "", [*marks]
    os.write(terminal, f"{prepare}; echo re''ady\n".encode())
    waits.insert(0, "ready")
    end = time.monotonic() + LIMIT
    try:
        while waits and time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 4096).decode(errors="replace")
            if waits[0] in shown.replace("\r", ""):
                if waits.pop(0) == "ready":
                    os.write(terminal, keys.encode())
    finally:
        os.close(terminal)
        os.kill(process, 9)
        os.waitpid(process, 0)
    if waits:
        raise AssertionError(f"{waits} are not in: {shown[-2000:]}")


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "token with space.txt").touch()
        (self.folder / "key.pem").touch()


class Bash(Folder):
    def offered(self, *words):
        """What bash would offer for the last word, with the words split as it splits them."""
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _signet; printf "%s\\n" "${COMPREPLY[@]}"'
        (self.folder / "signet.bash").write_text(made("completion", "bash"))
        done = subprocess.run(
            ["bash", "-uc", script, "bash", "signet.bash", "signet", *words],
            cwd=self.folder, check=True, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual("", done.stderr)
        return done.stdout.split("\n")[:-1]

    def test_commands_and_groups(self):
        self.assertEqual(["serve"], self.offered("serv"))
        self.assertIn("jwk", self.offered(""))
        self.assertNotIn("convert", self.offered(""))
        self.assertEqual(["thumbprint"], self.offered("jwk", "th"))
        self.assertEqual(["bash"], self.offered("completion", "b"))

    def test_options_of_the_command_only(self):
        self.assertEqual(["--curve"], self.offered("keygen", "--cu"))
        self.assertEqual([""], self.offered("serve", "--cu"))
        self.assertEqual(["--private"], self.offered("jwk", "convert", "key.pem", "--pr"))
        self.assertIn("--help", self.offered("version", "--"))

    def test_values(self):
        self.assertEqual(["ES256", "ES256K"], self.offered("keygen", "--alg", "ES256"))
        self.assertEqual(["ES256", "ES256K"], self.offered("verify", "--alg", "=", "ES256"))
        self.assertEqual(["compact", "flattened", "general"], self.offered("sign", "--serialization", ""))
        self.assertEqual(["compact", "flattened", "general"], self.offered("sign", "--serialization", "="))
        self.assertEqual([""], self.offered("verify", "--subject", ""))

    def test_files(self):
        self.assertEqual(["key.pem"], self.offered("sign", "--key", "k"))
        self.assertEqual(["key.pem"], self.offered("jwk", "public", "k"))
        self.assertEqual([r"@token\ with\ space.txt"], self.offered("verify", "@", "tok"))
        self.assertEqual([r"@token\ with\ space.txt"], self.offered("verify", "@tok"))
        (self.folder / "tokens").mkdir()
        self.assertEqual(["@tokens/"], self.offered("verify", "@", "tokens"))
        self.assertEqual(["@key.pem"], self.offered("sign", "--claims", "@", "k"))
        self.assertEqual(["@key.pem"], self.offered("sign", "--claims", "=@", "k"))
        self.assertIn("@key.pem", self.offered("sign", "--claims", "=@"))
        self.assertEqual([""], self.offered("serve", "k"))

    def test_a_name_of_a_file_runs_nothing(self):
        marks = [f"<{before}x{name}>" for before in ("@", "") for name in ("`ran`", "$(ran)", "${IFS+`ran`}")]
        for mark in marks:
            name = mark.strip("<@>")
            (self.folder / name).touch()
            prepare = "source signet.bash; ran() { touch RAN; }; signet() { printf '<%s>' \"$@\"; }"
            self.offered("")
            option = "@" if "@" in mark else "--key "
            typed(["bash", "--norc", "--noprofile", "-i"], prepare,
                  f"signet verify {option}x\t\n", [mark], str(self.folder))
            self.assertFalse((self.folder / "RAN").exists(), mark)
            (self.folder / name).unlink()

    def test_as_a_user_types_it(self):
        prepare = "source signet.bash; signet() { printf '<%s>' \"$@\"; }"
        self.offered("")
        typed(["bash", "--norc", "--noprofile", "-i"], prepare,
              "signet verify @tok\t --ke\tk\t --alg=ES5\t\n",
              ["<verify><@token with space.txt><--key>", "<key.pem><--alg=ES512>"], str(self.folder))
        typed(["bash", "--norc", "--noprofile", "-i"], prepare,
              "signet sign --claims=@tok\t --key=ke\t\n",
              ["<sign><--claims=@token with space.txt><--key=key.pem>"], str(self.folder))


@unittest.skipUnless(shutil.which("zsh"), "no zsh here")
class Zsh(Folder):
    def setUp(self):
        super().setUp()
        (self.folder / "_signet").write_text(made("completion", "zsh"))

    def test_the_script_is_one(self):
        subprocess.run(["zsh", "-n", "_signet"], cwd=self.folder, check=True, timeout=LIMIT)

    def test_as_a_user_types_it(self):
        prepare = ("fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; "
                   "signet() { printf '<%s>' \"$@\"; }; unsetopt zle_bracketed_paste")
        typed(["zsh", "-f", "-i"], prepare,
              "signet verify @tok\t --subj\tada --skip nb\t --alg=ES5\t\n",
              ["<verify><@token with space.txt>", "<--subject", "ada>", "<--skip><nbf>", "ES512>"], str(self.folder))
        typed(["zsh", "-f", "-i"], prepare, "signet jwk con\t key.p\t --to=jwks\t\n",
              ["<jwk><convert><key.pem>", "jwks>"], str(self.folder))


class Manual(Folder):
    def setUp(self):
        super().setUp()
        self.page = self.folder / "signet.1"
        self.page.write_text(made("manpage"))

    def read_by(self, *words):
        done = subprocess.run([*words, self.page], capture_output=True, text=True, timeout=LIMIT,
                              env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANROFFSEQ": ""})
        return done.stdout, done.stderr

    @unittest.skipUnless(shutil.which("man"), "no man here")
    def test_man_shows_every_command_and_option(self):
        text, complaints = self.read_by("man", "--warnings", "-E", "UTF-8", "-l")
        self.assertEqual("", complaints)
        for word in ("signet serve", "signet jwk thumbprint", "--allow-weak-hmac", "--jti[=ID]", "EXIT STATUS",
                     "--claim 'role=\"admin\"'", "signet verify @token.txt --key sig.pem --alg ES256",
                     "in /usr/share/doc/signet/docs."):
            self.assertIn(word, text)

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc here")
    def test_mandoc_finds_nothing(self):
        said = "".join(self.read_by("mandoc", "-T", "lint", "-W", "warning"))
        # The page has no date: the same version writes the same page.
        self.assertEqual([], [line for line in said.splitlines() if "missing date" not in line])


class Usage(unittest.TestCase):
    def test_another_shell_is_a_usage_error(self):
        done = subprocess.run([SIGNET, "completion", "fish"], capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual((2, ""), (done.returncode, done.stdout))
        self.assertIn("it knows bash and zsh", done.stderr)


if __name__ == "__main__":
    unittest.main()
