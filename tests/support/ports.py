"""Ports on loopback for programs that are told where to listen, such as those of the pages in docs/."""
import socket

_held = []


def hold():
    """A port that nobody else gets while this process runs: what binds port 0 and what connects leave it out.

    The socket never listens. So a program that sets SO_REUSEADDR, as servers do, can listen there, and while none does,
    connections are refused.
    """
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", 0))
    _held.append(one)
    return one.getsockname()[1]
