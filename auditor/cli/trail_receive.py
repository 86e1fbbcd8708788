"""`auditor trail receive`."""

import signal
import threading
from pathlib import Path

import click

_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(epilog="Example: auditor trail receive --into audit/ --certificate s.pem --key s.key --clients ca.pem")
@click.option(
    "--into", "folder", required=True, type=click.Path(path_type=Path), help="Folder of the hash-chained store."
)
@click.option("--certificate", type=_file, help="The receiver's certificate, PEM.")
@click.option("--key", type=_file, help="Its key, PEM.")
@click.option("--clients", type=_file, help="CA whose certificates clients must show; without it any client gets in.")
@click.option("--host", default="0.0.0.0", show_default=True)  # noqa: S104 - a receiver is there to be reached
@click.option("--port", default=6514, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--udp-port", type=click.IntRange(0, 65535), help="Take UDP too (RFC 5426): nothing there is acknowledged."
)
@click.option("--verify", "only_verify", is_flag=True, help="Check the store's chain and stop.")
def receive(
    folder: Path,
    certificate: Path | None,
    key: Path | None,
    clients: Path | None,
    host: str,
    port: int,
    udp_port: int | None,
    only_verify: bool,
) -> None:
    """Receive audit messages over TLS (RFC 5425) into a hash-chained store, until stopped.

    The close of a connection is answered only when all it sent is on disk.
    """
    from auditor.errors import UsageError
    from auditor.trail.receiver.proof import is_store, verify
    from auditor.trail.receiver.server import Receiver, tls_context

    if only_verify:
        if not is_store(folder):
            raise UsageError("no receiver's store is there", where="--into", right="a folder that a receiver wrote to")
        proof = verify(folder)
        click.echo(f"{proof.messages} messages in {proof.batches} batches, unchanged since they were received")
        click.echo(f"last hash {proof.head}: kept elsewhere, it tells later whether the end was cut off")
        return
    if certificate is None or key is None:
        raise UsageError("the receiver needs a certificate", where="--certificate and --key", right="PEM files")
    receiver = Receiver(folder, tls_context(certificate, key, clients), host, port, udp_port)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    receiver.start()
    saved = receiver.writer.counters.saved
    click.echo(
        f"receiving on port {receiver.port}" + (f"; {saved} messages saved after a crash" if saved else ""), err=True
    )
    while not ended.wait(0.5) and receiver.writer.failure is None:
        continue
    receiver.stop()
    click.echo(f"{receiver.writer.counters.messages} messages received")
    if receiver.writer.failure is not None:
        raise receiver.writer.failure
