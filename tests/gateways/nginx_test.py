"""nginx with deploy/gateways/nginx/signet.conf. It says 500 when Signet does not answer."""
import nginx_config
import scenario


def start(folder, port, signet, application, cookies):
    more = {"# proxy_set_header Cookie": "proxy_set_header Cookie"} if cookies else {}
    return nginx_config.start("signet.conf", folder, port, signet, application, **more)


scenario.run("nginx", start, down={500}, silent={500})
