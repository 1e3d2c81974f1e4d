"""The Grafana dashboard: every metric that it names is one of Signet's, with the labels that it asks for,
and a Prometheus (where it is installed) that scrapes a running Signet evaluates every query.

Run by ctest in the release preset with the binary in SIGNET.
"""
import contextlib
import json
import os
import pathlib
import re
import tempfile
import time
import unittest

import prometheus
import service

ROOT = pathlib.Path(__file__).resolve().parents[2]

DASHBOARD = json.loads((ROOT / "deploy/prometheus/grafana-dashboard.json").read_text())
PANELS = [one for one in DASHBOARD["panels"] if one["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
VARIABLES = {"$__rate_interval": "1m", "$job": ".*", "$instance": ".*"}
ADDED = {"job", "instance", "le"}  # labels that Prometheus adds, and that of buckets
FOUND_AT_ONCE = 20  # queries that have a result as soon as an idle service was scraped twice, at least
CONFIG = """
global: {scrape_interval: 1s}
scrape_configs: [{job_name: signet, static_configs: [{targets: ["127.0.0.1:%d"]}]}]
"""


def documented():
    """name -> (type, labels), of the table in docs/metrics.md"""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*)\|", (ROOT / "docs/metrics.md").read_text(), re.M)
    return {name: (kind, set(re.findall(r"\w+", labels))) for name, kind, labels in rows}


def with_values(query):
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return query


class Dashboard(unittest.TestCase):
    def test_every_metric_and_label_is_documented(self):
        metrics = documented()
        for query in QUERIES:
            names = re.findall(r"\b((?:signet|process)_\w+)", query)
            self.assertTrue(names, query)
            known = set(ADDED)
            for name in names:
                family = name.removesuffix("_bucket")
                self.assertIn(family, metrics, query)
                kind, labels = metrics[family]
                self.assertEqual(name.endswith("_bucket"), kind == "histogram", query)
                self.assertEqual("rate(" in query, kind != "gauge", query)
                known |= labels
            asked = re.findall(r"by \(([^)]*)\)", query) + re.findall(r"[{,](\w+)[=!]", query)
            for label in re.findall(r"\w+", ",".join(asked)):
                self.assertIn(label, known, query)

    def test_legends_show_labels_that_the_query_keeps(self):
        metrics = documented()
        for panel in PANELS:
            for target in panel["targets"]:
                shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                by = re.search(r"by \(([^)]*)\)", target["expr"])
                name = re.search(r"\b(?:signet|process)_\w+", target["expr"])[0]
                kept = set(re.findall(r"\w+", by[1])) if by else metrics[name][1] | ADDED
                self.assertLessEqual(shown, kept, target)

    def test_the_panels_have_room_names_and_the_data_source_that_was_chosen(self):
        self.assertEqual(len({one["id"] for one in DASHBOARD["panels"]}), len(DASHBOARD["panels"]))
        self.assertEqual(len({one["title"] for one in PANELS}), len(PANELS))
        taken = set()
        for one in DASHBOARD["panels"]:
            at = one["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, one["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            taken |= cells
        for target in (target for panel in PANELS for target in [panel, *panel["targets"]]):
            self.assertEqual(target["datasource"], {"type": "prometheus", "uid": "${datasource}"})
        variables = {one["name"] for one in DASHBOARD["templating"]["list"]}
        self.assertEqual(variables, {"datasource", "job", "instance"})
        used = set(re.findall(r"\$(\w+)", "".join(QUERIES)))
        self.assertEqual(used, {"job", "instance", "__rate_interval"})

    @unittest.skipUnless(prometheus.PROGRAM, "prometheus is not installed")
    def test_prometheus_evaluates_every_query(self):
        with contextlib.ExitStack() as until_end:
            running = until_end.enter_context(service.start(os.environ["SIGNET"], None, arguments=service.DEVELOPMENT))
            running.post("/sign", {"claims": {}})
            folder = pathlib.Path(until_end.enter_context(tempfile.TemporaryDirectory(dir=os.getcwd())))
            server = until_end.enter_context(prometheus.running(folder, CONFIG % running.admin_port))
            end = time.monotonic() + 60
            while not server.query("rate(process_cpu_seconds_total[1m])") and time.monotonic() < end:
                time.sleep(0.3)
            found = sum(bool(server.query(with_values(query))) for query in QUERIES)
            print(f"{len(PANELS)} panels, {len(QUERIES)} queries, {found} with a result from an idle service")
            self.assertGreaterEqual(found, FOUND_AT_ONCE)


if __name__ == "__main__":
    unittest.main()
