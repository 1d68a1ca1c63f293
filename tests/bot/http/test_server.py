"""The port that the HTTP side listens on."""

import socket

from bot.http.server import _bound


def test_an_answer_leaves_whole_at_once() -> None:
    """Else the body of an answer waits until the other side has confirmed its head, which takes 40 ms."""
    with (
        _bound("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
