"""HAProxy with deploy/gateways/haproxy: its configuration, and the Lua that asks Signet."""
import gateway
import scenario
import signet_world

PROGRAM = gateway.installed("haproxy")
SAMPLE = signet_world.SAMPLES / "haproxy"


def start(folder, port, signet, application, cookies):
    lua = (SAMPLE / "signet.lua").read_text()
    if cookies:
        lua = signet_world.replaced(lua, {"TOLD = {": "TOLD = { \"cookie\","})
    (folder / "signet.lua").write_text(lua)
    text = (SAMPLE / "haproxy.cfg").read_text()
    (folder / "haproxy.cfg").write_text(signet_world.replaced(text, {
        "bind :8000": f"bind 127.0.0.1:{port}", "127.0.0.1:8080": f"127.0.0.1:{signet}",
        "127.0.0.1:9000": f"127.0.0.1:{application}", "/etc/haproxy/signet.lua": str(folder / "signet.lua"),
    }))  # fmt: skip
    return gateway.running([PROGRAM, "-db", "-f", "haproxy.cfg"], folder, port)


scenario.run("HAProxy", start, down={503}, silent={503})
