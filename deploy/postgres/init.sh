#!/usr/bin/env bash
# Runs once, in PostgreSQL's official image, when the cluster is made: the owner that `migrate` connects as may create
# roles and owns the database, but is no superuser.
set -euo pipefail

if [[ -z ${KITE_OWNER_PASSWORD:-} ]]; then
  echo "DATABASE_PASSWORD is not set: the password of the database's owner (see env.template)" >&2
  exit 1
fi

# The password goes through a psql variable, which quotes it; it is in no command line.
export KITE_OWNER_PASSWORD
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password KITE_OWNER_PASSWORD
CREATE ROLE kite_admin LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE kite OWNER kite_admin;
SQL
