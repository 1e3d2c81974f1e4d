"""The alert rules: complete, about metrics that exist, and accepted by promtool (where it is installed)."""
import pathlib
import re
import subprocess
import sys

import prometheus
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/prometheus/alerts.yaml"

rows = (ROOT / "service/observe/metric_rows.hpp").read_text()
families = set(re.findall(r'^    \{"(signet_\w+)"', rows, re.MULTILINE))
problems = []
names = set()
for group in yaml.safe_load(RULES.read_text())["groups"]:
    for rule in group["rules"]:
        name = rule["alert"]
        if name in names:
            problems.append(f"{name} appears twice")
        names.add(name)
        if not rule["annotations"].get("summary") or rule["labels"]["severity"] not in ("warning", "critical"):
            problems.append(f"{name} has no summary or no severity")
        for metric in re.findall(r"\bsignet_\w+", rule["expr"]):
            if metric not in families:
                problems.append(f"{name} asks for {metric}, which is not a metric")
if len(names) < 5:
    problems.append("there are hardly any rules")
if prometheus.PROMTOOL:
    ran = subprocess.run([prometheus.PROMTOOL, "check", "rules", str(RULES)], capture_output=True, text=True)
    if ran.returncode:
        problems.append(ran.stdout + ran.stderr)
print("\n".join(problems) or f"{len(names)} rules ok")
sys.exit(bool(problems))
