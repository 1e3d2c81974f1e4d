"""deploy/kubernetes: both variants render, and promise what a restricted namespace and a signing service need.

Run by ctest in the release preset with the binary in SIGNET. Without kubectl the source files are read instead,
and a line says so.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml

import ports
import service

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
KUBECTL = shutil.which("kubectl")
HEALTH = (("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz"))
# An issuer whose keys never arrive; without them the service is never ready.
UNREACHABLE = """
issuers:
  - {{name: corp, issuer: "https://id.example.com", jwks_uri: "http://127.0.0.1:{port}/jwks", required: true}}
verify_profiles: {{default: {{issuers: [corp], audiences: ["api://orders"]}}}}
admin: {{listen: ["127.0.0.1:0"], probes: ["127.0.0.1:0"]}}
"""


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def rendered(variant):
    """Every object of a variant as kubectl renders it."""
    if KUBECTL:
        done = run(KUBECTL, "kustomize", str(FOLDER / variant))
        if done.returncode:
            raise AssertionError(done.stderr)
        return list(yaml.safe_load_all(done.stdout))
    print(f"kubectl is absent: reading the sources of {variant}")
    files = [p for f in ("base", variant) for p in sorted((FOLDER / f).glob("*.yaml"))]
    names = ("kustomization.yaml", "signet.yaml")
    objects = [o for p in files if p.name not in names for o in yaml.safe_load_all(p.read_text())]
    data = {"signet.yaml": (FOLDER / variant / "signet.yaml").read_text()}
    return objects + [{"kind": "ConfigMap", "metadata": {"name": "signet-config"}, "data": data}]


class Variant:
    """The checks that hold for both; the objects are in self.objects."""

    @classmethod
    def setUpClass(cls):
        cls.objects = rendered(cls.variant)
        cls.pod = cls.only("Deployment")["spec"]["template"]["spec"]
        cls.containers = cls.pod.get("initContainers", []) + cls.pod["containers"]
        cls.signet = next(c for c in cls.containers if c["name"] == "signet")
        cls.text = cls.only("ConfigMap")["data"]["signet.yaml"]
        cls.settings = yaml.safe_load(cls.text)

    @classmethod
    def only(cls, kind):
        (found,) = [o for o in cls.objects if o["kind"] == kind]
        return found

    def test_every_container_is_restricted(self):
        pod = self.pod["securityContext"]
        self.assertTrue(pod["runAsNonRoot"])
        self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
        for container in self.containers:
            own = container["securityContext"]
            self.assertFalse(own["allowPrivilegeEscalation"])
            self.assertTrue(own["readOnlyRootFilesystem"])
            self.assertEqual(own["capabilities"], {"drop": ["ALL"]})
            self.assertNotEqual({**pod, **own}["runAsUser"], 0)
            self.assertIn("memory", container["resources"]["limits"])

    def test_no_cluster_credentials(self):
        self.assertFalse(self.pod["automountServiceAccountToken"])
        self.assertFalse(self.only("ServiceAccount")["automountServiceAccountToken"])

    def test_keys_are_readable_by_the_group_and_never_mounted_by_sub_path(self):
        (config,) = [v["projected"] for v in self.pod["volumes"] if v["name"] == "config"]
        self.assertEqual(config["defaultMode"], 0o440)
        self.assertIn("fsGroup", self.pod["securityContext"])
        sources = {kind: s["name"] for source in config["sources"] for kind, s in source.items()}
        self.assertEqual(sources["configMap"], self.only("ConfigMap")["metadata"]["name"])
        self.assertEqual(sources["secret"], "signet-keys")
        for container in self.containers:
            for mount in container["volumeMounts"]:
                self.assertNotIn("subPath", mount)
                self.assertNotIn("subPathExpr", mount)
                self.assertTrue(mount["name"] != "config" or container is self.signet)

    def test_admin_listens_on_loopback_only(self):
        self.assertEqual(self.settings["admin"]["listen"], ["127.0.0.1:9090"])

    def test_an_unreachable_issuer_makes_it_unready_and_ends_nothing(self):
        with service.start(os.environ["SIGNET"], UNREACHABLE.format(port=ports.hold())) as running:
            said = {probe: self.is_good(probe, running) for probe, _ in HEALTH}
        self.assertEqual(said, {"startup": True, "liveness": True, "readiness": False})

    def test_signet_accepts_the_configuration(self):
        self.assertEqual(self.check_config(self.text), 0)

    def test_signet_refuses_a_misspelt_configuration(self):
        self.assertEqual(self.check_config(self.text.replace("max_lifetime:", "max_livetime:")), 3)

    def check_config(self, text):
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder, "signet.yaml")
            config.write_text(text)
            config.chmod(0o640)
            for key in self.settings["keys"]:
                path = os.path.join(folder, key["file"])
                made = run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                           "ec_paramgen_curve:P-256", "-out", path)
                self.assertEqual(made.returncode, 0, made.stderr)
                os.chmod(path, 0o440)
            done = run(os.environ["SIGNET"], "check-config", "--config", str(config))
            print(done.stdout + done.stderr)
            return done.returncode


class Sidecar(Variant, unittest.TestCase):
    variant = "sidecar"

    def test_is_a_native_sidecar_beside_a_program(self):
        self.assertIn(self.signet, self.pod["initContainers"])
        self.assertEqual(self.signet["restartPolicy"], "Always")
        self.assertEqual(len(self.pod["containers"]), 1)

    def test_nothing_of_it_is_on_the_network(self):
        self.assertNotIn("ports", self.signet)
        self.assertNotIn("probes", self.settings["admin"])
        for address in self.settings["server"]["listen"] + self.settings["admin"]["listen"]:
            self.assertRegex(address, r"^(unix:|127\.0\.0\.1:)")

    def test_network_policy_lets_nothing_into_the_pod(self):
        policy = self.only("NetworkPolicy")["spec"]
        labels = self.only("Deployment")["spec"]["template"]["metadata"]["labels"]
        self.assertEqual(policy["podSelector"], {"matchLabels": labels})
        self.assertEqual(policy["policyTypes"], ["Ingress"])
        self.assertNotIn("ingress", policy)

    def test_probes_ask_the_admin_listener_inside_of_the_pod(self):
        (admin,) = self.settings["admin"]["listen"]
        for probe, path in HEALTH:
            said = self.signet[f"{probe}Probe"]
            self.assertEqual(said["exec"]["command"],
                             ["/usr/bin/signet", "healthcheck", "--url", f"http://{admin}{path}"])
            self.assertGreater(said["timeoutSeconds"], 2)  # healthcheck answers within 2 s

    def asked(self, probe, port):
        """The exit code of a probe's command, with another port."""
        words = [word.replace(":9090/", f":{port}/") for word in self.signet[f"{probe}Probe"]["exec"]["command"]]
        return run(os.environ["SIGNET"], *words[1:]).returncode

    def is_good(self, probe, running):
        return self.asked(probe, running.admin_port) == 0

    def test_the_probes_command_says_what_a_kubelet_reads(self):
        port = ports.hold()
        for probe in ("startup", "liveness", "readiness"):
            self.assertEqual(self.asked(probe, port), 1)
            with service.start(os.environ["SIGNET"], arguments=service.DEVELOPMENT) as running:
                self.assertEqual(self.asked(probe, running.admin_port), 0)

    def test_program_and_signet_share_only_the_socket(self):
        self.assertEqual(self.settings["server"]["listen"], ["unix:/run/signet/signet.sock"])
        (app,) = self.pod["containers"]
        self.assertEqual(app["volumeMounts"], [{"name": "socket", "mountPath": "/run/signet"}])
        self.assertIn(app["volumeMounts"][0], self.signet["volumeMounts"])

    def test_the_program_is_the_caller_that_may_sign(self):
        (app,) = self.pod["containers"]
        (caller,) = self.settings["callers"]
        self.assertEqual(caller["uid"], app["securityContext"]["runAsUser"])
        self.assertEqual(self.settings["sign_profiles"]["default"]["callers"], [caller["name"]])


class Shared(Variant, unittest.TestCase):
    variant = "shared"

    def is_good(self, probe, running):
        (address,) = running.addresses["probes"]
        path = self.signet[f"{probe}Probe"]["httpGet"]["path"]
        return running.get(path, port=int(address.rpartition(":")[2])).status == 200

    def test_probes_ask_the_probes_listener(self):
        ports = {p["name"]: p["containerPort"] for p in self.signet["ports"]}
        self.assertIn(f"[::]:{ports['probes']}", self.settings["admin"]["probes"])
        for probe, path in HEALTH:
            self.assertEqual(self.signet[f"{probe}Probe"]["httpGet"], {"path": path, "port": "probes"})

    def test_opens_verify_and_the_published_documents_only(self):
        (listener,) = self.settings["server"]["listen"]
        self.assertEqual(set(listener["endpoints"]), {"verify", "jwks", "discovery"})
        self.assertNotIn("sign_profiles", self.settings)

    def test_two_replicas_one_always_there(self):
        deployment = self.only("Deployment")
        self.assertEqual(deployment["spec"]["replicas"], 2)
        self.assertEqual(deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"], 0)
        self.assertEqual(self.only("PodDisruptionBudget")["spec"]["minAvailable"], 1)

    def test_everything_selects_the_pods_and_nothing_else(self):
        labels = self.only("Deployment")["spec"]["template"]["metadata"]["labels"]
        self.assertTrue(labels)
        self.assertEqual(self.only("Service")["spec"]["selector"], labels)
        for kind, member in (("NetworkPolicy", "podSelector"), ("PodDisruptionBudget", "selector"),
                             ("Deployment", "selector")):
            self.assertEqual(self.only(kind)["spec"][member], {"matchLabels": labels})

    def test_service_leads_to_the_data_listener(self):
        (port,) = self.only("Service")["spec"]["ports"]
        ports = {p["name"]: p["containerPort"] for p in self.signet["ports"]}
        (listener,) = self.settings["server"]["listen"]
        self.assertEqual(listener["address"], f"[::]:{ports[port['targetPort']]}")

    def test_network_policy_admits_named_clients_and_lets_nothing_out(self):
        policy = self.only("NetworkPolicy")["spec"]
        self.assertEqual(set(policy["policyTypes"]), {"Ingress", "Egress"})
        self.assertNotIn("egress", policy)
        open_to_all = [p["port"] for rule in policy["ingress"] if "from" not in rule for p in rule["ports"]]
        self.assertEqual(open_to_all, ["probes"])

    def test_a_pod_outlives_its_drain(self):
        drain = int(self.settings["server"]["drain_delay"].rstrip("s"))
        self.assertGreater(self.pod["terminationGracePeriodSeconds"], drain + 20)


if __name__ == "__main__":
    unittest.main()
