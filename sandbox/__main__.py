"""`python -m sandbox --port 9900 --webhook hubspot=http://127.0.0.1:8000/webhooks/hubspot`."""

import argparse
import asyncio

from sandbox.app import create_app, delivery_of
from sandbox.mailbox.mailbox import Mailbox
from sandbox.server import must_be_free, serve


def main() -> None:
    parser = _parser()
    wanted = parser.parse_args()
    try:
        must_be_free(wanted.host, wanted.port)
        must_be_free("127.0.0.1", wanted.smtp_port)
        app = create_app(
            webhooks=dict(map(delivery_of, wanted.webhook)), mailbox=Mailbox(port=wanted.smtp_port)
        )
    except ValueError as error:
        parser.error(str(error))
    print(f"Sandbox: http://{wanted.host}:{wanted.port}/  (mail on {wanted.smtp_port})")  # noqa: T201
    asyncio.run(serve(app, host=wanted.host, port=wanted.port))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Simulated vendors on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9900)
    parser.add_argument("--smtp-port", type=int, default=9925, help="where the mailbox takes mail")
    parser.add_argument(
        "--webhook",
        action="append",
        default=[],
        metavar="VENDOR=URL",
        help="where a vendor delivers its webhooks; may be repeated",
    )
    return parser


if __name__ == "__main__":
    main()
