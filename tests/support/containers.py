"""Debian's podman with storage of its own, in a network of its own, as a plain virtual machine allows it.

    with containers.Engine() as engine:
        engine.podman("run", "--rm", "IMAGE")

No option has to be added to podman's commands, so what a document says can be run as it is: storage, the runtime and
two limits are in configuration files that the environment names. Containers share the network of the test, which
own_network() separates from the machine's: every port is free in it, and podman ignores `-p`.
"""
import ctypes
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CLONE_NEWNET = 0x40000000
IMAGE_MIB_MAX = 25  # that Signet's image may take

STORAGE = """
[storage]
driver = "vfs"
graphroot = "{folder}/graph"
runroot = "{folder}/run"
"""
# Some kernels refuse a container whose limits are not lowered.
ENGINE = """
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
volumes = [{volumes}]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
tmp_dir = "{folder}/tmp"
"""


def skip_unless(*programs):
    """Ends this test as skipped, unless root runs it and has these programs."""
    absent = [name for name in programs if not shutil.which(name)]
    why = "only root" if os.geteuid() else f"{', '.join(absent)} absent" if absent else None
    if why:
        print(f"skipped: {why}")
        sys.exit(77)


def own_network():
    """Moves this process, and what it starts from now on, into a network that has only a loopback interface."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        print(f"skipped: no network of its own here ({os.strerror(ctypes.get_errno())})")
        sys.exit(77)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=30)


class Engine:
    """podman with storage below a new folder, which is removed at the end with all that runs there.

    volumes  "HOST:CONTAINER", mounted into every container, also into those of builds.
    """

    def __init__(self, volumes=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-podman-", dir=os.getcwd()))
        (self.folder / "storage.conf").write_text(STORAGE.format(folder=self.folder))
        self.use_volumes(*volumes)
        (self.folder / "registries.conf").write_text("unqualified-search-registries = []\n")
        self.environment = {
            **os.environ, "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "CONTAINERS_CONF": str(self.folder / "engine.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.folder / "registries.conf"),
        }  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.podman("rm", "--all", "--force", "--time", "5")
        finally:
            shutil.rmtree(self.folder)

    def use_volumes(self, *volumes):
        """Other volumes from now on."""
        listed = ", ".join(f'"{one}"' for one in volumes)
        (self.folder / "engine.conf").write_text(ENGINE.format(folder=self.folder, volumes=listed))

    def podman(self, *arguments, check=True, limit=120, **more):
        """One command. Returns it completed: returncode, stdout, stderr."""
        done = subprocess.run(
            ["podman", *arguments], capture_output=True, text=True, timeout=limit, env=self.environment, **more
        )
        if check and done.returncode:
            raise AssertionError(f"podman {arguments[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def import_folder(self, folder, name, changes=()):
        """Makes an image of a folder; `changes` are lines as in a Dockerfile."""
        wanted = [part for line in changes for part in ("--change", line)]
        tar = subprocess.Popen(["tar", "-C", str(folder), "-c", "."], stdout=subprocess.PIPE)
        try:
            self.podman("import", "--quiet", *wanted, "-", name, stdin=tar.stdout, limit=600)
        finally:
            tar.stdout.close()
            if tar.wait(60):
                raise AssertionError(f"{folder} could not be read")

    def mebibytes(self, image):
        return int(self.podman("image", "inspect", "--format", "{{.Size}}", image).stdout) / 2**20
