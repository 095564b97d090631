#!/bin/sh
# Makes Temporal's tables, or brings them to this version. Safe to repeat.
set -eu
SQL_PASSWORD=$(cat /run/secrets/temporal_password)
export SQL_PASSWORD
for database in temporal temporal_visibility; do
    case $database in temporal) schema=temporal ;; *) schema=visibility ;; esac
    tool="temporal-sql-tool --plugin postgres12 --ep ${POSTGRES_HOST:-postgresql} -p ${POSTGRES_PORT:-5432} -u temporal --db $database"
    # Refused on a database that has tables, which is no error.
    $tool setup-schema -v 0.0 || true
    $tool update-schema --schema-name "postgresql/v12/$schema"
done
