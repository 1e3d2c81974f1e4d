"""deploy/systemd/signet.service: what it promises, and systemd itself says how much the service could still reach."""
import pathlib
import re
import shutil
import subprocess
import sys

UNIT = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "systemd" / "signet.service"
EXPOSURE_MAX = "12"  # tenths; 0 reaches nothing, 100 everything
PROMISES = {
    "LimitCORE": "0", "MemorySwapMax": "0", "LimitMEMLOCK": "8M",  # secrets stay in memory
    "MemoryMax": r"[1-9]\d*M", "TasksMax": r"[1-9]\d*", "LimitNOFILE": r"[1-9]\d*",  # a fault stays its own
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "", "UMask": "0077",
    "ProtectSystem": "strict", "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "User": "signet",
    "NoExecPaths": "/var/lib/signet /var/log/signet /run/signet /tmp /var/tmp",  # all that is written
    "Type": "notify",  # `systemctl start` ends when it listens
    "Restart": "on-failure",  # also after the kernel ended it for its memory
}

lines = re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE)
said = dict(lines)
broken = [f"{name}={said.get(name)} is not {value!r}" for name, value in PROMISES.items()
          if name not in said or not re.fullmatch(value, said[name])]
stop = int(said["TimeoutStopSec"].rstrip("s"))
if stop <= 20:  # server.drain_limit's default
    broken.append("systemd would end it before its requests have ended")
print("\n".join(broken) or f"{len(PROMISES)} promises ok")
if broken:
    sys.exit(1)
if not shutil.which("systemd-analyze"):
    print("systemd-analyze is absent: not asked")
    sys.exit(0)
done = subprocess.run(
    ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAX}", UNIT],
    capture_output=True, text=True, timeout=60)
print(done.stdout[-2000:] + done.stderr)
# A setting that systemd does not know is a line on stderr, and hardens nothing.
sys.exit(done.returncode or bool(done.stderr))
