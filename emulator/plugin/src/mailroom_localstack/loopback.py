"""Sockets on the loopback interface, as the Runtime API and debugger sessions have them."""

LOOPBACK = "127.0.0.1"
RECEIVE_BYTES = 1 << 18
SEND_TIMEOUT_SECONDS = 10
