"""Caddy with deploy/gateways/caddy/Caddyfile. It says 502 or 504 when Signet does not answer."""
import gateway
import scenario
import signet_world

PROGRAM = gateway.installed("caddy")
ADMIN = "\tadmin off\n"
LOCAL = ADMIN + "\tauto_https off\n\tdefault_bind 127.0.0.1\n"


def start(folder, port, signet, application, cookies):
    text = (signet_world.SAMPLES / "caddy" / "Caddyfile").read_text()
    if cookies:
        text = signet_world.replaced(text, {"\theader_up -Cookie\n": ""})
    (folder / "Caddyfile").write_text(signet_world.replaced(text, {
        ADMIN: LOCAL, ":8000 {": f":{port} {{", "127.0.0.1:8080": f"127.0.0.1:{signet}",
        "127.0.0.1:9000": f"127.0.0.1:{application}",
    }))  # fmt: skip
    command = [PROGRAM, "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    return gateway.running(command, folder, port)


scenario.run("Caddy", start, down={502}, silent={502, 504}, leaves_empty=True)
