"""nginx with a sample of deploy/gateways/nginx in its http block."""
import gateway
import signet_world

PROGRAM = gateway.installed("nginx")
AROUND = """
pid nginx.pid;
user root;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include sample.conf;
}
"""


def start(sample, folder, port, signet, application, **more):
    """The sample's name; more: further texts to replace, old -> new."""
    text = (signet_world.SAMPLES / "nginx" / sample).read_text()
    (folder / "sample.conf").write_text(signet_world.replaced(text, {
        "listen 8000;": f"listen 127.0.0.1:{port};", "server 127.0.0.1:8080;": f"server 127.0.0.1:{signet};",
        "server 127.0.0.1:9000;": f"server 127.0.0.1:{application};", **more,
    }))  # fmt: skip
    (folder / "nginx.conf").write_text(AROUND)
    command = [PROGRAM, "-e", "stderr", "-p", str(folder), "-c", "nginx.conf", "-g", "daemon off;"]
    return gateway.running(command, folder, port)
