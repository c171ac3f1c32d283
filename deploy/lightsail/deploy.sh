#!/usr/bin/env bash
# Brings Alpha Kite to a small cloud machine, or brings the one there up to date. Safe to run again.
set -euo pipefail

usage() {
  cat <<'TEXT'
deploy/lightsail/deploy.sh [--config FILE] [--dry-run]

Packs the jars that ./kite build made, copies them with docker-compose.yml to a machine, builds the images there and
starts them; waits until every service is ready. The machine is DEPLOY_HOST, or an Amazon Lightsail instance that is
made when it does not exist yet. Data and tokens on the machine stay; running it again updates what changed.

  --config FILE   where to (default deploy/lightsail/.env; copy deploy/lightsail/env.template)
  --dry-run       check everything here and print the commands; contact nobody, change nothing

Needs ssh, rsync and zip; for Lightsail also the AWS command line with credentials of its own (aws configure).
TEXT
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "deploy: $*"; exit 1; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
config=$root/deploy/lightsail/.env
dry=false
while [[ $# -gt 0 ]]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --config) [[ $# -ge 2 ]] || fail "--config needs a file"; config=$2; shift 2 ;;
    --dry-run) dry=true; shift ;;
    *) fail "unknown option $1 (--help tells them)" ;;
  esac
done

# --- settings -----------------------------------------------------------------------------------------------------

names_in() { sed -nE 's/^#?([A-Z][A-Z0-9_]*)=.*$/\1/p' "$1"; }

read_settings() { # FILE TEMPLATE: sets setting[NAME]; refuses a name that the template does not know
  local line name number=0
  local -A known=()
  while read -r name; do known[$name]=1; done < <(names_in "$2")
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || fail "$1 line $number is not NAME=value"
    name=${BASH_REMATCH[1]}
    [[ -n ${known[$name]:-} ]] || fail "$1 line $number: there is no setting $name (${2#"$root"/} lists them)"
    line=${BASH_REMATCH[2]}
    if [[ $line =~ ^\"(.*)\"$ || $line =~ ^\'(.*)\'$ ]]; then line=${BASH_REMATCH[1]}; fi
    setting[$name]=$line
  done < "$1"
}

require() { # FILE NAME...
  local file=$1 name
  shift
  for name in "$@"; do
    [[ -n ${setting[$name]:-} ]] || fail "$name is not set in $file"
  done
}

declare -A setting=()
[[ -r $config ]] || fail "cannot read $config: copy deploy/lightsail/env.template there and edit it"
read_settings "$config" "$root/deploy/lightsail/env.template"
product=${setting[KITE_ENV_FILE]:-.env}
[[ $product == /* ]] || product=$root/$product
host=${setting[DEPLOY_HOST]:-}
key=${setting[DEPLOY_SSH_KEY]:-}
directory=${setting[DEPLOY_DIRECTORY]:-/opt/alpha-kite}
instance=${setting[LIGHTSAIL_INSTANCE]:-alpha-kite}
region=${setting[LIGHTSAIL_REGION]:-us-east-1}
zone=${setting[LIGHTSAIL_ZONE]:-${region}a}
bundle=${setting[LIGHTSAIL_BUNDLE]:-micro_3_0}
blueprint=${setting[LIGHTSAIL_BLUEPRINT]:-ubuntu_24_04}
key_pair=${setting[LIGHTSAIL_KEY_PAIR]:-}
ssh_from=${setting[LIGHTSAIL_SSH_FROM]:-}

[[ $directory =~ ^/[A-Za-z0-9._/-]+$ ]] || fail "DEPLOY_DIRECTORY=$directory is not a plain absolute path"
[[ -z $host || $host =~ ^[A-Za-z0-9._-]+@[A-Za-z0-9.:-]+$ ]] || fail "DEPLOY_HOST=$host is not user@host"
[[ -z $key || -r $key ]] || fail "cannot read DEPLOY_SSH_KEY=$key"
if [[ -z $host ]]; then
  require "$config" LIGHTSAIL_SSH_FROM
  [[ $ssh_from =~ ^[0-9.]+/[0-9]{1,2}$ ]] || fail "LIGHTSAIL_SSH_FROM=$ssh_from is not an address range as in 203.0.113.0/24"
  for name in "$instance" "$region" "$zone" "$bundle" "$blueprint" "${key_pair:-none}"; do
    [[ $name =~ ^[A-Za-z0-9_.-]+$ ]] || fail "$name is not a name that Lightsail knows"
  done
fi

[[ -r $product ]] || fail "cannot read $product: make one with deploy/new-env and fill it in"
[[ $(stat -c %a "$product" 2> /dev/null || stat -f %Lp "$product") == 600 ]] \
  || fail "$product holds secrets and may be read by others: chmod 600 $product"
setting=()
read_settings "$product" "$root/env.template"
require "$product" POSTGRES_PASSWORD DATABASE_PASSWORD KITE_STREAMER_DB_PASSWORD KITE_ENGINE_DB_PASSWORD \
  KITE_GATEWAY_DB_PASSWORD KITE_ADMIN_KEY SCHWAB_APP_KEY SCHWAB_APP_SECRET SCHWAB_CALLBACK_URL

# --- what has to be here ----------------------------------------------------------------------------------------------

tools=(ssh rsync zip)
[[ -n $host ]] || tools+=(aws)
for tool in "${tools[@]}"; do
  command -v "$tool" > /dev/null && continue
  case $tool in
    aws) fail "the AWS command line is not installed, and DEPLOY_HOST is blank" ;;
    *) fail "$tool is not installed (e.g. apt-get install openssh-client rsync zip)" ;;
  esac
done

modules=(streaming-service trading-engine api-gateway)
for module in suite "${modules[@]}"; do
  [[ -f $root/$module/target/$module.jar ]] || fail "$module/target/$module.jar is not built: run ./kite build"
done

# --- doing, or only saying ----------------------------------------------------------------------------------------

run() { # a command that reaches out or changes something
  if [[ $dry == true ]]; then
    printf '+'
    printf ' %q' "$@"
    printf '\n'
  else
    "$@"
  fi
}

ssh_options=(-o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o StrictHostKeyChecking=accept-new)
[[ -z $key ]] || ssh_options+=(-i "$key")

remote() { # SCRIPT: on the machine, by bash, stopping at the first failure
  run ssh "${ssh_options[@]}" "$host" "bash -euo pipefail -c $(printf '%q' "$1")"
}

lightsail() { aws lightsail --region "$region" --output text "$@"; }

find_instance() { # its state, or nothing when there is none
  local answer
  if answer=$(lightsail get-instance --instance-name "$instance" --query instance.state.name 2>&1); then
    printf '%s' "$answer"
  elif [[ $answer != *NotFoundException* && $answer != *DoesNotExist* ]]; then
    fail "AWS says: ${answer//$'\n'/ }"
  fi
}

make_instance() {
  local state='' tries key_option=()
  [[ -z $key_pair ]] || key_option=(--key-pair-name "$key_pair")
  if [[ $dry == false ]]; then
    state=$(find_instance) || exit 1
  fi
  if [[ -z $state ]]; then
    say "Making the Lightsail instance $instance ($bundle, $blueprint) in $zone"
    run lightsail create-instances --instance-names "$instance" --availability-zone "$zone" --bundle-id "$bundle" \
      --blueprint-id "$blueprint" "${key_option[@]}" --tags key=product,value=alpha-kite
  elif [[ $state == stopped ]]; then
    run lightsail start-instance --instance-name "$instance"
  fi
  if [[ $dry == true ]]; then
    host=ubuntu@ADDRESS-OF-$instance
  else
    say "Waiting for $instance"
    for ((tries = 0; tries < 60; tries++)); do
      [[ $(find_instance) == running ]] && break
      sleep 5
    done
    [[ $(find_instance) == running ]] || fail "$instance is not running after five minutes"
    host=$(lightsail get-instance --instance-name "$instance" --query '[instance.username, instance.publicIpAddress]')
    host=${host//[[:space:]]/@}
    [[ $host =~ ^[a-z0-9_-]+@[0-9.]+$ ]] || fail "AWS gave no address for $instance"
  fi
  # This replaces the whole list: a new instance comes with port 80 open to everybody.
  run lightsail put-instance-public-ports --instance-name "$instance" \
    --port-infos "fromPort=22,toPort=22,protocol=tcp,cidrs=$ssh_from"
}

await_ssh() {
  local tries
  [[ $dry == false ]] || return 0
  for ((tries = 0; tries < 30; tries++)); do
    ssh "${ssh_options[@]}" "$host" true 2> /dev/null && return
    sleep 5
  done
  ssh "${ssh_options[@]}" "$host" true || fail "no ssh to $host"
}

# Nothing here is done twice: each step looks first.
prepare_machine="
if ! command -v docker > /dev/null || ! docker compose version > /dev/null 2>&1; then
  sudo apt-get update -qq
  sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq docker.io docker-compose-v2 rsync
fi
# Three JVMs and PostgreSQL fill 1 GB; swap takes what they seldom touch.
if [ \"\$(awk '/MemTotal/ { print \$2 }' /proc/meminfo)\" -lt 1600000 ] && [ -z \"\$(swapon --show --noheadings)\" ]; then
  sudo fallocate -l 1G /swapfile
  sudo chmod 600 /swapfile
  sudo mkswap /swapfile > /dev/null
  sudo swapon /swapfile
  grep -q '^/swapfile ' /etc/fstab || echo '/swapfile none swap sw 0 0' | sudo tee -a /etc/fstab > /dev/null
fi
sudo install -d -m 0700 -o \"\$(id -un)\" $directory"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

pack() { # a folder with just what the machine needs
  local module
  mkdir -p "$stage/deploy"
  cp "$root/docker-compose.yml" "$root/Dockerfile" "$root/.dockerignore" "$stage/"
  cp -R "$root/deploy/images" "$root/deploy/postgres" "$stage/deploy/"
  for module in suite "${modules[@]}"; do
    mkdir -p "$stage/$module/target"
    cp "$root/$module/target/$module.jar" "$stage/$module/target/"
  done
  # The suite migrates here, against PostgreSQL in its own container: it need not bring one for every system.
  zip -q -d "$stage/suite/target/suite.jar" 'BOOT-INF/lib/embedded-postgres-binaries-*' > /dev/null \
    || say "suite.jar carries no PostgreSQL to leave out: copied as it is"
  # Whatever the umask here: the images run as a user of their own.
  chmod -R u=rwX,go=rX "$stage/deploy"
  install -m 600 "$product" "$stage/.env"
}

[[ -n $host ]] || make_instance
await_ssh
say "Preparing $host"
remote "$prepare_machine"
say "Packing"
pack
say "Copying $(du -sh "$stage" | cut -f 1) (only what changed travels)"
# By content: packing gives every file a new time.
run rsync --archive --checksum --delete --compress -e "ssh ${ssh_options[*]}" "$stage/" "$host:$directory/"
say "Building the images and starting them"
remote "cd $directory
sudo docker compose build --quiet
sudo docker compose up --detach --remove-orphans
sudo docker image prune --force > /dev/null"
say "Waiting until every service is ready"
remote "cd $directory
for service in streaming-service:8081 trading-engine:8082 api-gateway:8080; do
  for try in {1..60}; do
    if said=\$(sudo docker compose exec -T \${service%:*} /app/ready \${service#*:} 2>&1); then
      continue 2
    fi
    sleep 5
  done
  echo \"\${service%:*}: \$said\" >&2
  sudo docker compose logs --tail 20 \${service%:*} >&2
  exit 1
done"
say "Every service is ready. The page answers on the machine alone; reach it through ssh:"
say "  ssh ${key:+-i $key }-L 8080:127.0.0.1:8080 $host      then http://localhost:8080"
