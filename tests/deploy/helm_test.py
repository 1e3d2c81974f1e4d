"""deploy/helm: every combination of the chart's switches renders what the kustomize files promise; Signet accepts it.

Run by ctest in the release preset with the binary in SIGNET. Rendered by tests/deploy/helm_render, which is not Helm;
skipped with a line where Go or its libraries are absent (deploy/setup.sh --tests).
"""
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

import chart_checks
import helm
import pages
import rendered
import service
from helm import Refused

FOLDER = helm.ROOT / "deploy" / "helm"
SIGNET = FOLDER / "signet"
SOURCES = helm.ROOT / "deploy" / "prometheus"
BINARY = os.environ["SIGNET"]
VERIFYING = {
    "issuer": "https://tokens.example.com",
    "keys": [{"name": "sig", "alg": "ES256", "file": "sig.pem"}],
    "verify_profiles": {"default": {"issuers": ["self"], "audiences": ["api://orders"]}},
}
# What every combination has, so that each value of a switch has what it needs.
BASE = {
    "image": {"repository": "registry.example.com/signet"},
    "endpoints": ["verify", "jwks", "discovery"],
    "tls": {"secretName": "signet-tls"},
    "serviceAccount": {"name": "tokens"},
    "config": VERIFYING,
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@functools.cache
def prepared():
    """The two charts and a folder with what Secrets would hold; made once."""
    made = tempfile.TemporaryDirectory()
    folder = pathlib.Path(made.name)
    (folder / "tls").mkdir()
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=signet")
    for command in (
        ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{folder}/sig.pem"),
        ("req", "-x509", *ec, "-addext", "subjectAltName=DNS:signet", "-keyout", f"{folder}/tls/tls.key",
         "-out", f"{folder}/tls/tls.crt"),
        ("req", "-x509", *ec, "-keyout", f"{folder}/ca.key", "-out", f"{folder}/tls/ca.crt"),
    ):
        done = run("openssl", *command)
        assert done.returncode == 0, done.stderr
    for name in ("sig.pem", "tls/tls.key"):
        (folder / name).chmod(0o440)
    program = helm.build(folder)
    return made, helm.Chart(SIGNET, program), helm.Chart(FOLDER / "orders", program)


def with_sidecar(over):
    """Complete values of the program's chart, whose member `signet` is those of Signet's."""
    _, signet, orders = prepared()
    values = helm.merged(orders.defaults, {"signet": over})
    values["signet"] = {"global": {}, **signet.complete(values["signet"])}
    return {"global": {}, **values}


@functools.cache
def check_config(text):
    """The exit code of check-config for a rendered signet.yaml, with keys of the same names next to it."""
    folder = pathlib.Path(prepared()[0].name)
    path = folder / "signet.yaml"
    path.write_text(text.replace("/var/lib/signet/", f"{folder}/"))
    path.chmod(0o640)
    done = run(BINARY, "check-config", "--config", str(path))
    print(done.stdout + done.stderr)
    return done.returncode


def text_of(objects):
    """The one signet.yaml among the ConfigMaps."""
    data = [one["data"] for one in rendered.all_of(objects, "ConfigMap")]
    (text,) = [one["signet.yaml"] for one in data if "signet.yaml" in one]
    return text


def check(objects, values):
    """Signet accepts its configuration, and everything else is as the values say."""
    text = text_of(objects)
    assert check_config(text) == 0, text
    chart_checks.check(objects, values, yaml.safe_load(text))


def is_refused(values):
    """The combinations that contradict themselves."""
    tls = values["tls"]
    return tls["enabled"] and values["shape"] == "sidecar" or not tls["enabled"] and tls["clientAuth"] != "none"


class Combinations(unittest.TestCase):
    def test_every_combination_of_the_switches(self):
        _, signet, orders = prepared()
        switches = helm.switches(signet.schema)
        chosen = list(helm.combinations(switches))
        shared = [signet.complete(helm.merged(BASE, one)) for one in chosen if one["shape"] == "shared"]
        sidecar = [with_sidecar(one) for one in chosen if one["shape"] == "sidecar"]
        refused = 0
        for values, texts in zip(shared, signet.render_all(shared)):
            refused += self.refused_or_checked(values, texts)
        for values, texts in zip(sidecar, orders.render_all(sidecar)):
            refused += self.refused_or_checked(values["signet"], texts)
        print(f"helm: {len(chosen)} combinations of {len(switches)} switches: {len(chosen) - refused} rendered and "
              f"checked, {refused} refused because they contradict themselves")
        self.assertGreater(len(chosen) - refused, 1000)

    def refused_or_checked(self, values, texts):
        said = f"{ {name: values[name] for name in ('shape', 'tls', 'monitoring', 'networkPolicy')} }"
        self.assertEqual(isinstance(texts, Refused), bool(is_refused(values)), f"{said}: {texts}")
        if isinstance(texts, Refused):
            return True
        try:
            check(helm.objects(texts), values)
        except AssertionError as problem:
            raise AssertionError(f"{said}: {problem}") from problem
        return False


class Examples(unittest.TestCase):
    def objects(self, name):
        over = helm.read(SIGNET / "examples" / f"{name}.yaml")
        _, signet, _ = prepared()
        values, objects = signet.complete(over), helm.objects(signet.render(over))
        check(objects, values)
        return objects

    def test_each_is_rendered_and_accepted(self):
        names = sorted(path.stem for path in (SIGNET / "examples").glob("*.yaml"))
        self.assertEqual(names, ["callout", "rotation", "shared", "signing"])
        for name in names:
            with self.subTest(name):
                self.objects(name)

    def test_rotation_writes_into_the_claim_and_nowhere_else(self):
        objects = self.objects("rotation")
        pod = rendered.pod_of(objects)
        (volume,) = [one for one in pod["spec"]["volumes"] if one["name"] == "signet-state"]
        self.assertEqual(volume["persistentVolumeClaim"], {"claimName": "signet-state"})
        writable = [one["mountPath"] for one in rendered.signet_of(pod)["volumeMounts"] if not one.get("readOnly")]
        self.assertEqual(writable, ["/var/lib/signet"])

    def test_the_shared_one_lets_nobody_sign(self):
        text = text_of(self.objects("shared")).replace("drain_delay: 5s", "drain_delay: 0s")
        for address in ("[::]:8080", "127.0.0.1:9090", "[::]:9091"):
            self.assertIn(address, text)
            text = text.replace(address, "127.0.0.1:0")
        key = pathlib.Path(prepared()[0].name, "sig.pem").read_text()
        with service.start(BINARY, text, files={"sig.pem": key}) as running:
            self.assertEqual(running.request("GET", "/.well-known/jwks.json").status, 200)
            for path in ("/sign", "/encrypt", "/decrypt", "/inspect"):
                self.assertEqual(running.post(path, {"claims": {"sub": "alice"}}).status, 404, path)
            (probes,) = {address.rpartition(":")[2] for address in running.addresses["probes"]}
            self.assertEqual(running.request("GET", "/readyz", port=int(probes)).status, 200)

    def test_a_misspelt_setting_is_refused_by_signet(self):
        text = text_of(self.objects("shared"))
        self.assertEqual(check_config(text.replace("max_lifetime:", "max_livetime:")), 3)


    def test_the_callout_opens_auth_and_has_no_issuer_of_its_own(self):
        settings = yaml.safe_load(text_of(self.objects("callout")))
        self.assertEqual([one["endpoints"] for one in settings["server"]["listen"]], [["auth"]])
        self.assertFalse({"issuer", "keys"} & set(settings))

    def test_that_of_the_documents_is_accepted(self):
        blocks = pages.BLOCK.findall(pages.section("docs/kubernetes.md", "Helm"))
        (block,) = [text for kind, _, text in blocks if kind == "yaml"]
        _, signet, _ = prepared()
        over = yaml.safe_load(block)
        check(helm.objects(signet.render(over)), signet.complete(over))


class Readme(unittest.TestCase):
    """What deploy/helm/signet/README.md tells to write fits the examples."""

    def blocks(self):
        found = pages.BLOCK.findall(pages.text("deploy/helm/signet/README.md"))
        return [yaml.safe_load(text) for kind, _, text in found if kind == "yaml"]

    def block(self, kind):
        (found,) = [one for one in self.blocks() if one.get("kind") == kind]
        return found

    def test_the_claim_is_that_of_the_example(self):
        claim = self.block("PersistentVolumeClaim")
        state = helm.read(SIGNET / "examples" / "rotation.yaml")["state"]
        self.assertEqual(claim["metadata"]["name"], state["existingClaim"])
        self.assertEqual(claim["spec"]["accessModes"], ["ReadWriteMany"])

    def test_the_certificate_is_for_the_service_and_the_secret_of_the_example(self):
        certificate = self.block("Certificate")
        over = helm.read(SIGNET / "examples" / "signing.yaml")
        self.assertEqual(certificate["spec"]["secretName"], over["tls"]["secretName"])
        one = rendered.only(helm.objects(prepared()[1].render(over)), "Service")["metadata"]
        self.assertIn(f"{one['name']}.{one['namespace']}.svc", certificate["spec"]["dnsNames"])

    def test_the_values_of_a_sidecar_are_accepted(self):
        (over,) = [one["signet"] for one in self.blocks() if "signet" in one]
        _, signet, orders = prepared()
        values = {"global": {}, **orders.defaults, "signet": {"global": {}, **signet.complete(over)}}
        (texts,) = orders.render_all([values])
        check(helm.objects(texts), values["signet"])


class UsualValues(unittest.TestCase):
    """Values that charts commonly have. None is a switch, so that the combinations do not grow."""

    AFFINITY = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}

    def objects(self, over):
        _, signet, _ = prepared()
        values = signet.complete(helm.merged(BASE, over))
        objects = helm.objects(signet.render(values))
        check(objects, values)
        return objects

    def names(self, objects):
        return {one["metadata"]["name"] for one in objects if one["kind"] != "ServiceAccount"}

    def test_of_the_pod(self):
        pod = rendered.pod_of(self.objects({
            "affinity": self.AFFINITY, "priorityClassName": "system-cluster-critical",
            "podLabels": {"team": "identity", "number": "1"}, "podAnnotations": {"a": "true"},
            "nodeSelector": {"disk": "fast"}, "tolerations": [{"key": "a", "operator": "Exists"}],
            "image": {"pullSecrets": ["registry"]},
        }))
        spec = pod["spec"]
        self.assertEqual(pod["metadata"]["labels"], {
            "app.kubernetes.io/name": "signet", "app.kubernetes.io/instance": "tokens",
            "team": "identity", "number": "1",
        })
        self.assertEqual(pod["metadata"]["annotations"], {"a": "true"})
        self.assertEqual(spec["affinity"], self.AFFINITY)
        self.assertEqual(spec["priorityClassName"], "system-cluster-critical")
        self.assertEqual(spec["nodeSelector"], {"disk": "fast"})
        self.assertEqual(spec["tolerations"], [{"key": "a", "operator": "Exists"}])
        self.assertEqual(spec["imagePullSecrets"], [{"name": "registry"}])

    def test_without_them_a_pod_has_none(self):
        spec = rendered.pod_of(self.objects({}))["spec"]
        names = {"affinity", "priorityClassName", "nodeSelector", "tolerations", "imagePullSecrets"}
        self.assertEqual(names & set(spec), set())

    def test_each_kind_of_service_leads_to_the_data_listener_only(self):
        for kind in ("ClusterIP", "NodePort", "LoadBalancer"):
            with self.subTest(kind):
                service_ = {"type": kind, "annotations": {"example.com/internal": "true"}}
                one = rendered.only(self.objects({"service": service_, "monitoring": {"scrape": True}}), "Service")
                self.assertEqual(one["spec"]["type"], kind)
                self.assertEqual(one["metadata"]["annotations"], service_["annotations"])
                self.assertEqual([port["targetPort"] for port in one["spec"]["ports"]], ["http"])

    def test_names_of_the_shared_service(self):
        for over, expected, label in (
            ({}, "tokens-signet", "signet"),
            ({"nameOverride": "jose"}, "tokens-jose", "jose"),
            ({"nameOverride": "token"}, "tokens", "token"),  # the release's name has it
            ({"nameOverride": "a" * 40}, "tokens-" + "a" * 40, "a" * 40),
            ({"fullnameOverride": "jose"}, "jose", "signet"),
            ({"fullnameOverride": "jose", "nameOverride": "other"}, "jose", "other"),
        ):
            with self.subTest(json.dumps(over)):
                objects = self.objects(over)
                self.assertEqual(self.names(objects), {expected})
                self.assertEqual(rendered.pod_of(objects)["metadata"]["labels"]["app.kubernetes.io/name"], label)

    def test_names_of_a_sidecar(self):
        for over, expected in (({}, "tokens-signet"), ({"nameOverride": "jose"}, "tokens-jose"),
                               ({"fullnameOverride": "jose"}, "jose")):
            with self.subTest(json.dumps(over)):
                values = with_sidecar(over)
                (texts,) = prepared()[2].render_all([values])
                objects = helm.objects(texts)
                check(objects, values["signet"])
                self.assertEqual(self.names(objects), {expected, "orders"})

    def test_what_a_sidecar_cannot_use_is_refused(self):
        bad = (
            {"affinity": self.AFFINITY}, {"priorityClassName": "a"}, {"podLabels": {"a": "b"}},
            {"podAnnotations": {"a": "b"}}, {"nodeSelector": {"a": "b"}}, {"tolerations": [{"key": "a"}]},
            {"image": {"pullSecrets": ["a"]}}, {"service": {"type": "NodePort"}},
            {"service": {"annotations": {"a": "b"}}},
        )
        results = prepared()[2].render_all([with_sidecar(one) for one in bad])
        for over, result in zip(bad, results):
            with self.subTest(json.dumps(over)):
                self.assertIsInstance(result, Refused)
                self.assertRegex(str(result), "makes the pod of a sidecar|no listener on the network")


class Refusals(unittest.TestCase):
    """What the schema or the templates do not take, with what the user is told."""

    BAD = (
        ({"replica": 3}, "unknown member replica"),
        ({"shape": "daemon"}, "is not one of"),
        ({"networkPolicy": {"egress": None}}, "lacks egress"),
        ({"replicas": 0}, "out of range"),
        ({"replicas": "2"}, "not of type integer"),
        ({"endpoints": []}, "has 0 items"),
        ({"endpoints": ["signs"]}, "is not one of"),
        ({"image": {"repository": ""}}, "image.repository is needed"),
        ({"image": {"repository": "a b"}}, "does not match"),
        ({"image": {"digest": "sha256:12"}}, "does not match"),
        ({"keysSecret": "a}, {b"}, "does not match"),
        ({"resources": {"limits": None}}, "lacks limits"),
        ({"resources": {"limits": {"memory": None}}}, "lacks memory"),
        ({"resources": {"limits": {"memory": "much"}}}, "does not match"),
        ({"networkPolicy": {"from": []}}, "has 0 items"),  # Kubernetes reads it as everybody
        ({"networkPolicy": {"from": [{}]}}, "has 0 members"),
        ({"networkPolicy": {"from": [{"namespaceselector": {}}]}}, "unknown member namespaceselector"),
        ({"networkPolicy": {"enabled": "no"}}, "not of type boolean"),
        ({"monitoring": {"from": []}}, "has 0 items"),
        ({"monitoring": {"from": [{}]}}, "has 0 members"),
        ({"extraVolumeMounts": [{"name": "a", "mountPath": "/a", "subPath": "b"}]}, "unknown member subPath"),
        ({"podAnnotations": {"a": 1}}, "not of type string"),
        ({"state": {"path": "relative"}}, "does not match"),
        ({"config": {"issuer": ""}}, "has 0 characters"),
        ({"config": {"issuer": None}}, "config.issuer is needed"),
        ({"config": {"issuer": "https://a.example/\u2028evil: 1"}}, "end a line in YAML"),
        ({"config": {"a\u2029evil: 1": "b"}}, "end a line in YAML"),
        ({"podAnnotations": {"a": "b\u2028c"}}, "end a line in YAML"),
        ({"config": {"issuers": {"a": "b"}}}, "not of type array"),
        ({"config": {"issuers": [{"headers": {"Authorization": "Bearer hunter2"}}]}}, "Authorization: no secret"),
        ({"config": {"issuers": [{}, {"headers": {"A": "b", "x-api-key": "hunter2"}}]}}, "x-api-key: no secret"),
        ({"config": {"admin": {"listen": ["[::]:9090"]}}}, "config.admin: the chart writes it"),
        ({"config": {"server": {"listen": ["[::]:1"]}}}, "config.server.listen: the chart writes it"),
        ({"config": {"state_dir": "/var/lib/signet/state"}}, "state.existingClaim is needed"),
        ({"config": {"state_dir": "/tmp/state"}, "state": {"existingClaim": "a"}}, "not below state.path"),
        ({"config": {"rotation": {"a": {"directory": "/b"}}}, "state": {"existingClaim": "a"}}, "not below state.path"),
        ({"tls": {"enabled": True, "secretName": ""}}, "tls.secretName is needed"),
        ({"tls": {"clientAuth": "required"}}, "decides nothing"),
        ({"serviceAccount": {"create": False, "name": ""}}, "serviceAccount.name is needed"),
        ({"podLabels": {"app.kubernetes.io/name": "a"}}, "app.kubernetes.io/name selects the pods"),
        ({"podLabels": {"a": 1}}, "not of type string"),
        ({"affinity": {"podAntiaffinity": {}}}, "unknown member podAntiaffinity"),
        ({"priorityClassName": "A"}, "does not match"),
        ({"nameOverride": "a.b"}, "does not match"),
        ({"nameOverride": "a" * 41}, "has 41 characters"),
        ({"fullnameOverride": "1a"}, "does not match"),  # the name of a Service begins with a letter
        ({"fullnameOverride": "a" * 54}, "has 54 characters"),
        ({"service": {"type": "ExternalName"}}, "does not match"),
        ({"service": {"ports": []}}, "unknown member ports"),
        ({"replicas": 1}, "no node could ever be drained"),
        ({"shape": "sidecar"}, "sidecar.podLabels is needed"),
    )

    def test_bad_values(self):
        _, signet, _ = prepared()
        for over, expected in self.BAD:
            with self.subTest(json.dumps(over)), self.assertRaisesRegex(Refused, expected.replace(".", r"\.")):
                signet.render(helm.merged(BASE, over))
        print(f"helm: {len(self.BAD)} bad values refused")

    def test_what_is_no_secret_or_only_refers_to_one_may_be_in_headers(self):
        headers = {"X-Tenant": "a", "Authorization": "file:token", "Cookie": "file:cookie", "X-Api-Key": "env:KEY"}
        over = {"config": {"issuers": [{"name": "corp", "headers": headers}, {"name": "other"}]}}
        text = text_of(helm.objects(prepared()[1].render(helm.merged(BASE, over))))
        self.assertEqual(yaml.safe_load(text)["issuers"][0]["headers"], headers)

    def test_the_defaults_render_nothing(self):
        with self.assertRaises(Refused):
            prepared()[1].render({})

    def test_signing_over_the_network_in_the_clear_is_refused_by_signet(self):
        in_clear = {"tls": {"enabled": False, "clientAuth": "none"}}
        over = helm.merged(helm.read(SIGNET / "examples" / "signing.yaml"), in_clear)
        self.assertEqual(check_config(text_of(helm.objects(prepared()[1].render(over)))), 3)


class Copies(unittest.TestCase):
    """A chart reads no file outside of itself, so it has copies: `cp deploy/prometheus/NAME deploy/helm/signet/files/`."""

    def objects(self, switch):
        return helm.objects(prepared()[1].render(helm.merged(BASE, {"monitoring": {switch: True}})))

    def test_they_are_equal_to_their_sources(self):
        copies = sorted((SIGNET / "files").iterdir())
        self.assertEqual([path.name for path in copies], ["alerts.yaml", "grafana-dashboard.json"])
        for path in copies:
            self.assertEqual(path.read_bytes(), (SOURCES / path.name).read_bytes(), f"{path.name} is not its source")

    def test_the_rules_are_those_of_the_file(self):
        rule = rendered.only(self.objects("rules"), "PrometheusRule")
        self.assertEqual(rule["spec"], helm.read(SOURCES / "alerts.yaml"))

    def test_the_dashboard_is_that_of_the_file(self):
        maps = rendered.all_of(self.objects("dashboard"), "ConfigMap")
        (found,) = [one for one in maps if "signet.yaml" not in one["data"]]
        self.assertEqual(found["metadata"]["labels"]["grafana_dashboard"], "1")
        self.assertEqual(found["data"], {"grafana-dashboard.json": (SOURCES / "grafana-dashboard.json").read_text()})


if __name__ == "__main__":
    if helm.why_not():
        print(f"skipped: {helm.why_not()}")
        sys.exit(77)
    unittest.main()
