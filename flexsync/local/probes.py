"""Is it ready? One question each, answered at once."""

import http.client
import socket

TIMEOUT = 2.0


def http_answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def redis_answers(host: str, port: int, password: str) -> bool:
    """PONG and nothing less: while Redis reads its file it already accepts connections."""
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            with connection.makefile("rb") as answers:
                return answers.read().startswith(b"+OK\r\n+PONG\r\n")
    except OSError:
        return False
