#!/usr/bin/env bash
# Brings up what the tests talk to, where it doesn't answer yet: PostgreSQL on 127.0.0.1:5432 (trust; roles root and
# postgres) and Redis on 127.0.0.1:6379, both from Debian's packages. For throw-away machines: it opens pg_hba to
# everyone on this host. Running it again changes nothing.
set -euo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
postgres_ready() { psql -X -q -h 127.0.0.1 -p 5432 -U postgres -d postgres -c "select 1" >/dev/null 2>&1; }
redis_ready() { redis-cli -h 127.0.0.1 -p 6379 ping 2>/dev/null | grep -q PONG; }

wait_for() {
  for _ in $(seq 150); do
    if "$1"; then return 0; fi
    sleep 0.2
  done
  echo "services: $2 did not answer within 30 s" >&2
  return 1
}

install_missing() {
  local packages=()
  command -v pg_ctlcluster >/dev/null || answers 5432 || packages+=(postgresql)
  command -v psql >/dev/null || packages+=(postgresql-client)
  command -v redis-cli >/dev/null || packages+=(redis-tools)
  command -v redis-server >/dev/null || answers 6379 || packages+=(redis-server)
  [ ${#packages[@]} -gt 0 ] || return 0
  echo "services: installing ${packages[*]}"
  as_root apt-get update -qq
  # Debian's scripts would start the servers through an init system that a container may not have.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

start_postgres() {
  postgres_ready && return 0
  local version hba
  version=$(ls /usr/lib/postgresql | sort -n | tail -1)
  [ -d "/etc/postgresql/$version/main" ] || as_root pg_createcluster --port 5432 "$version" main >/dev/null
  hba="/etc/postgresql/$version/main/pg_hba.conf"
  printf '%s\n' "local all all trust" "host all all 127.0.0.1/32 trust" "host all all ::1/128 trust" | as_root tee "$hba" >/dev/null
  if answers 5432; then
    as_root pg_ctlcluster --skip-systemctl-redirect "$version" main reload
  else
    as_root pg_ctlcluster --skip-systemctl-redirect "$version" main start
  fi
  wait_for postgres_ready PostgreSQL
}

root_role() {
  psql -X -q -h 127.0.0.1 -U postgres -d postgres -v ON_ERROR_STOP=1 <<'SQL'
do $$ begin
  if not exists (select from pg_roles where rolname = 'root') then create role root superuser login; end if;
exception when duplicate_object or unique_violation then null;
end $$;
SQL
}

start_redis() {
  redis_ready && return 0
  redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no --dir "${TMPDIR:-/tmp}" >/dev/null
  wait_for redis_ready Redis
}

install_missing
start_postgres
root_role
start_redis
echo "services: $(psql -X -h 127.0.0.1 -U postgres -d postgres -Atc "select 'PostgreSQL ' || current_setting('server_version')"), $(redis-cli -h 127.0.0.1 info server | tr -d '\r' | sed -n 's/^redis_version:/Redis /p')"
