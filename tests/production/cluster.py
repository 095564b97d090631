"""Temporal's production server in one process on PostgreSQL, configured by the variables of its image."""

import asyncio
import os
import subprocess
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from raccord.temporal.namespace import look, make
from starters.embedded.processes import Process
from tests.certificates import NAME, Authority
from tests.front_door.stack import environment, free_port, until
from tests.production.built import VERSION, built
from tests.production.database import PASSWORD, USER, DatabaseServer

DYNAMIC = Path(__file__).parents[2] / "deploy" / "temporal" / "dynamic.yaml"
_SERVICES = ("FRONTEND", "HISTORY", "MATCHING", "WORKER")


class Cluster:
    """A server of one's own; where `TemporalServer` is asked for, it stands in. With an `authority`: mTLS."""

    def __init__(
        self, directory: Path, database: DatabaseServer, name: str, authority: Authority | None = None
    ) -> None:
        self.port = free_port()
        self._directory = directory
        self._database = database
        self._names = (name, f"{name}_visibility")
        self._authority = authority
        self.environment = {"TEMPORAL_ADDRESS": f"127.0.0.1:{self.port}"} | self._ours()
        # The same after a restart, as in production: members are remembered by their ports.
        self._variables = self._theirs()
        self.process = self._process()

    def _process(self) -> Process:
        log = self._directory / "temporal.log"
        return Process(
            "temporal", [str(built("temporal-server")), "start"], log=log, environment=self._variables
        )

    def _theirs(self) -> dict[str, str]:
        ports = {
            f"{each}_{kind}_PORT": str(free_port()) for each in _SERVICES for kind in ("GRPC", "MEMBERSHIP")
        }
        store, visibility = self._names
        return {
            "DB": "postgres12",
            "POSTGRES_SEEDS": "127.0.0.1",
            "DB_PORT": str(self._database.port),
            "VISIBILITY_DB_PORT": str(self._database.port),
            "POSTGRES_USER": USER,
            "POSTGRES_PWD": PASSWORD,
            "DBNAME": store,
            "VISIBILITY_DBNAME": visibility,
            "NUM_HISTORY_SHARDS": "4",
            "BIND_ON_IP": "127.0.0.1",
            "DYNAMIC_CONFIG_FILE_PATH": str(DYNAMIC),
            "LOG_LEVEL": "warn",
            **ports,
            "FRONTEND_GRPC_PORT": str(self.port),
            "FRONTEND_HTTP_PORT": str(free_port()),
            **self._sealed(),
        }

    def _sealed(self) -> dict[str, str]:
        if self._authority is None:
            return {}
        certificate, key = self._authority.issue("server", NAME)
        trusted = str(self._authority.certificate)
        return {
            "TEMPORAL_TLS_REQUIRE_CLIENT_AUTH": "true",
            "TEMPORAL_TLS_SERVER_CERT": str(certificate),
            "TEMPORAL_TLS_SERVER_KEY": str(key),
            "TEMPORAL_TLS_FRONTEND_CERT": str(certificate),
            "TEMPORAL_TLS_FRONTEND_KEY": str(key),
            "TEMPORAL_TLS_SERVER_CA_CERT": trusted,
            # The server's template lists both.
            "TEMPORAL_TLS_CLIENT1_CA_CERT": trusted,
            "TEMPORAL_TLS_CLIENT2_CA_CERT": trusted,
            "TEMPORAL_TLS_INTERNODE_SERVER_NAME": NAME,
            "TEMPORAL_TLS_FRONTEND_SERVER_NAME": NAME,
        }

    def _ours(self) -> dict[str, str]:
        if self._authority is None:
            return {}
        certificate, key = self._authority.issue("raccord")
        return {
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(certificate),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(key),
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self._authority.certificate),
            "TEMPORAL_TLS_SERVER_NAME": NAME,
        }

    async def make(self) -> None:
        """Make the databases' tables and start; a start takes seconds."""
        for database, schema in zip(self._names, ("temporal", "visibility"), strict=True):
            await asyncio.to_thread(self._sql, database, "setup-schema", "-v", "0.0")
            await asyncio.to_thread(
                self._sql, database, "update-schema", "--schema-name", f"postgresql/v12/{schema}"
            )
        await self.start()

    async def start(self) -> None:
        await self.process.start()
        await until(self._serves, within=timedelta(seconds=90), what=f"Temporal {VERSION} serves")

    async def dies(self) -> None:
        self.process.kill()
        await self.process.wait()
        self.process = self._process()

    async def namespace(self, name: str) -> None:
        client = await self._client(name)
        await make(client)

        async def known() -> bool:
            try:
                await client.count_workflows()
                return await look(client) is not None
            except RPCError:
                return False

        await until(known, what=f"namespace {name} is served")

    async def _client(self, namespace: str) -> Client:
        with environment(self.environment):
            options = ClientConfig.load_client_connect_config()
        return await Client.connect(**(options | {"namespace": namespace}))

    async def _serves(self) -> bool:
        try:
            client = await self._client("default")
            return await client.service_client.check_health()
        except (RuntimeError, RPCError):
            return False

    def _sql(self, database: str, *words: str) -> None:
        command = [str(built("temporal-sql-tool")), "--plugin", "postgres12", "--ep", "127.0.0.1"]
        command += ["-p", str(self._database.port), "-u", USER, "--db", database, *words]
        secret = os.environ | {"SQL_PASSWORD": PASSWORD}
        done = subprocess.run(command, env=secret, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
