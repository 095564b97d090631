#!/bin/sh
# Runs once, when the server's data is made: a role and its databases for Temporal, and one for the records.
set -eu
temporal=$(cat /run/secrets/temporal_password)
records=$(cat /run/secrets/records_password)
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set temporal="$temporal" --set records="$records" <<'SQL'
create role temporal login password :'temporal';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
create role raccord login password :'records';
create database records owner raccord;
SQL
