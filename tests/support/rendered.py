"""What must hold of the objects that a chart renders, whatever its values: assertions, on parsed objects."""
HEALTH = (("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz"))


def all_of(objects, kind):
    return [one for one in objects if one["kind"] == kind]


def only(objects, kind):
    (found,) = all_of(objects, kind)
    return found


def pod_of(objects):
    return only(objects, "Deployment")["spec"]["template"]


def signet_of(pod):
    (found,) = [one for one in containers(pod) if one["name"] == "signet"]
    return found


def containers(pod):
    return pod["spec"].get("initContainers", []) + pod["spec"]["containers"]


def are_restricted(objects):
    """As the pod security standard `restricted` and a read-only root have it, and without the cluster's credentials."""
    spec = pod_of(objects)["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "hostNetwork" not in spec and "hostPID" not in spec
    for one in containers(pod_of(objects)):
        own = one["securityContext"]
        assert own["allowPrivilegeEscalation"] is False and own["readOnlyRootFilesystem"] is True, own
        assert own["capabilities"] == {"drop": ["ALL"]}, own
        assert {**spec["securityContext"], **own}["runAsUser"] > 0, own
        assert "memory" in one["resources"]["limits"] and "memory" in one["resources"]["requests"], one
        assert not any("subPath" in mount or "subPathExpr" in mount for mount in one["volumeMounts"]), one
    assert signet_of(pod_of(objects))["securityContext"]["runAsUser"] == 65532
    for account in all_of(objects, "ServiceAccount"):
        assert account["automountServiceAccountToken"] is False


def have_one_namespace_and_own_names(objects, namespace):
    names = [(one["kind"], one["metadata"]["name"]) for one in objects]
    assert len(set(names)) == len(names), names
    assert all(one["metadata"]["namespace"] == namespace for one in objects), objects


def hold_no_secrets(objects):
    """Secrets are named and never made, and signet.yaml has none, written out or by reference."""
    assert not all_of(objects, "Secret")
    for one in all_of(objects, "ConfigMap"):
        text = one["data"].get("signet.yaml", "")
        assert not any(word in text for word in ("PRIVATE", "secret:", "password:", "jwk:")), one["metadata"]


def mount_what_they_name(objects):
    """Each mount has its volume, and the configuration with its keys is only Signet's, readable by its group."""
    spec = pod_of(objects)["spec"]
    volumes = {one["name"]: one for one in spec["volumes"]}
    assert len(volumes) == len(spec["volumes"])
    mounted = {mount["name"] for one in containers(pod_of(objects)) for mount in one["volumeMounts"]}
    assert mounted == set(volumes), (mounted, set(volumes))
    config = volumes["signet-config"]["projected"]
    assert config["defaultMode"] == 0o440 and spec["securityContext"]["fsGroup"] == 65532
    (source,) = [one["configMap"]["name"] for one in config["sources"] if "configMap" in one]
    assert source in {one["metadata"]["name"] for one in all_of(objects, "ConfigMap") if "signet.yaml" in one["data"]}
    for one in containers(pod_of(objects)):
        for mount in one["volumeMounts"]:
            assert mount["name"] != "signet-config" or one["name"] == "signet" and mount["readOnly"] is True
    if "signet-state" in volumes:
        assert spec["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


def select_the_pods(objects):
    """Every selector is the same, and the pods have its labels; a PodMonitor asks a port that Signet has."""
    labels = only(objects, "Deployment")["spec"]["selector"]["matchLabels"]
    assert labels and labels.items() <= pod_of(objects)["metadata"]["labels"].items()
    for kind, member in (("Deployment", "selector"), ("NetworkPolicy", "podSelector"),
                         ("PodDisruptionBudget", "selector"), ("PodMonitor", "selector")):
        for one in all_of(objects, kind):
            assert one["spec"][member] == {"matchLabels": labels}, (kind, one)
    for one in all_of(objects, "Service"):
        assert one["spec"]["selector"] == labels
    for one in all_of(objects, "PodMonitor"):
        ports = {port["name"] for port in signet_of(pod_of(objects))["ports"]}
        assert {end["port"] for end in one["spec"]["podMetricsEndpoints"]} <= ports


def ask_the_probes_listener(objects, settings):
    signet = signet_of(pod_of(objects))
    ports = {port["name"]: port["containerPort"] for port in signet["ports"]}
    assert settings["admin"]["probes"] == [f"[::]:{ports['probes']}"]
    for probe, path in HEALTH:
        assert signet[f"{probe}Probe"]["httpGet"] == {"path": path, "port": "probes"}


def ask_inside_of_the_pod(objects, settings):
    (admin,) = settings["admin"]["listen"]
    signet = signet_of(pod_of(objects))
    for probe, path in HEALTH:
        said = signet[f"{probe}Probe"]
        assert said["exec"]["command"] == ["/usr/bin/signet", "healthcheck", "--url", f"http://{admin}{path}"]
        assert said["timeoutSeconds"] > 2  # healthcheck answers within 2 s
