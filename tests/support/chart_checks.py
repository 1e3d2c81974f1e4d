"""What the objects of the chart deploy/helm/signet must be for given values: assertions, on parsed objects."""
import rendered


def kinds(values):
    """The kinds of objects that values ask for."""
    shared = values["shape"] == "shared"
    wanted = {
        "Deployment": True, "ConfigMap": True, "Service": shared,
        "ServiceAccount": shared and values["serviceAccount"]["create"],
        "PodDisruptionBudget": shared and values["podDisruptionBudget"]["enabled"],
        "NetworkPolicy": values["networkPolicy"]["enabled"],
        "PodMonitor": values["monitoring"]["scrape"],
        "PrometheusRule": values["monitoring"]["rules"],
    }
    return {kind for kind, is_wanted in wanted.items() if is_wanted}


def check(objects, values, settings):
    """What holds for both shapes, and then what holds for this one.

    objects   as parsed from the rendered texts
    values    those of the chart signet, complete
    settings  signet.yaml in its ConfigMap
    """
    rendered.are_restricted(objects)
    rendered.have_one_namespace_and_own_names(objects, "auth")
    rendered.hold_no_secrets(objects)
    rendered.mount_what_they_name(objects)
    rendered.select_the_pods(objects)
    assert {one["kind"] for one in objects} == kinds(values), sorted(one["kind"] for one in objects)
    assert len(rendered.all_of(objects, "ConfigMap")) == 1 + values["monitoring"]["dashboard"]
    signet = rendered.signet_of(rendered.pod_of(objects))
    assert signet["imagePullPolicy"] == values["image"]["pullPolicy"]
    assert signet["image"] == "registry.example.com/signet:0.1.0"
    assert settings["admin"]["listen"] == ["127.0.0.1:9090"]
    (check_shared if values["shape"] == "shared" else check_sidecar)(objects, values, settings)


def check_shared(objects, values, settings):
    rendered.ask_the_probes_listener(objects, settings)
    (listener,) = settings["server"]["listen"]
    signet = rendered.signet_of(rendered.pod_of(objects))
    ports = {port["name"]: port["containerPort"] for port in signet["ports"]}
    (data,) = rendered.only(objects, "Service")["spec"]["ports"]
    assert listener["address"] == f"[::]:{ports[data['targetPort']]}"
    assert ("tls" in listener) == values["tls"]["enabled"] == (data["name"] == "https")
    if values["tls"]["enabled"]:
        assert listener["tls"].get("client_auth", "none") == values["tls"]["clientAuth"]
    spec = rendered.only(objects, "Deployment")["spec"]
    assert spec["replicas"] == 2 and spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = spec["template"]["spec"]
    assert pod["topologySpreadConstraints"][0]["whenUnsatisfiable"] == values["topologySpread"]["whenUnsatisfiable"]
    assert pod["terminationGracePeriodSeconds"] > int(settings["server"]["drain_delay"].rstrip("s")) + 20
    for account in rendered.all_of(objects, "ServiceAccount"):
        assert account["metadata"]["name"] == pod["serviceAccountName"]
    for policy in rendered.all_of(objects, "NetworkPolicy"):
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
        assert policy["spec"].get("egress", []) == values["networkPolicy"]["egress"]
        to_all = [port["port"] for rule in policy["spec"]["ingress"] if not rule.get("from") for port in rule["ports"]]
        assert to_all == ["probes"], to_all


def check_sidecar(objects, values, settings):
    rendered.ask_inside_of_the_pod(objects, settings)
    pod = rendered.pod_of(objects)["spec"]
    signet = rendered.signet_of(rendered.pod_of(objects))
    assert signet in pod["initContainers"] and signet["restartPolicy"] == "Always"
    assert settings["server"]["listen"] == ["unix:/run/signet/signet.sock"]
    scrape = values["monitoring"]["scrape"]
    assert ("ports" in signet) == ("probes" in settings["admin"]) == scrape
    (app,) = pod["containers"]
    assert app["volumeMounts"] == [{"name": "signet-socket", "mountPath": "/run/signet"}]
    assert settings["callers"] == [{"name": "orders", "uid": app["securityContext"]["runAsUser"]}]
    for policy in rendered.all_of(objects, "NetworkPolicy"):
        assert policy["spec"]["policyTypes"] == ["Ingress"]
        program, *scrapers = policy["spec"]["ingress"]
        assert program == {"ports": [{"port": 8000}]}
        assert [one["ports"] for one in scrapers] == ([[{"port": 9091}]] if scrape else [])
        assert all(one["from"] for one in scrapers)
