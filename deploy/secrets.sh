#!/bin/sh
# Makes what docker-compose.yml and deploy/systemd need to know and nobody else: each once, none is ever replaced.
# As root: the files belong to group 10001, whose the processes are.
#   deploy/secrets.sh [FOLDER]      default: deploy/secrets beside this script
set -eu
umask 027
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
new() { test -e "$folder/$1" || { cat > "$folder/$1" && echo "made $1"; }; }
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
for name in postgres_password temporal_password records_password grafana_password codec_token; do
    random | new "$name"
done
printf 'postgresql://raccord:%s@postgresql:5432/records' "$(cat "$folder/records_password")" | new database_url
printf '{"active": "k%s", "keys": {"k%s": "%s"}}' "$(date +%Y%m%d)" "$(date +%Y%m%d)" \
    "$(head -c 32 /dev/urandom | base64 | tr -d '\n')" | new keys.json
for name in hubspot_access_token hubspot_webhook_secret stripe_api_key stripe_webhook_secret; do
    test -s "$folder/$name" || { : > "$folder/$name"; echo "put yours into $folder/$name"; }
done
# Whom Raccord believes to be the mail relay of a test installation: nobody else signs it.
{ test -s "$folder/mailpit_key" && test -s "$folder/mailpit_certificate"; } || {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=mailpit \
        -addext subjectAltName=DNS:mailpit -addext keyUsage=critical,digitalSignature,keyCertSign \
        -keyout "$folder/mailpit_key" -out "$folder/mailpit_certificate" 2>/dev/null \
        && echo "made mailpit_key" \
        || { : > "$folder/mailpit_certificate"; : > "$folder/mailpit_key"; echo "no openssl: no certificate for mailpit"; }
}
test -s "$folder/ui_user" || {
    : > "$folder/ui_user"
    echo "put into $folder/ui_user: NAME and what 'caddy hash-password' prints, one space between"
}
chown -R root:10001 "$folder" 2>/dev/null || echo "not root: let group 10001 read $folder"
chmod 0750 "$folder" && chmod 0640 "$folder"/*
# Read by the users of other images too, in their containers; on this machine the folder keeps people out.
for name in postgres_password temporal_password records_password grafana_password; do
    chmod 0644 "$folder/$name"
done
