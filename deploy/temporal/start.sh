#!/bin/sh
# The server reads its password from the environment alone; the secret is a file.
set -eu
POSTGRES_PWD=$(cat /run/secrets/temporal_password)
export POSTGRES_PWD
# The image's own: where it listens everywhere it finds out by which address the others reach it.
exec /etc/temporal/entrypoint.sh
