#!/bin/bash
# provision.sh DIR REALM ADMIN_PASSWORD SERVICE_PASSWORD
# Makes one Active Directory forest in DIR, complete and stopped: Exchange-style schema, Kerberos names,
# OUs, a service account with the rights a sync account gets, and @DIR@ and @ADDRESS@ left in smb.conf.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
dir=$1 realm=$2 admin_password=$3 service_password=$4
name=${realm%%.*} base="DC=${realm//./,DC=}"

rm -rf "$dir"
mkdir -p "$dir"
: >"$dir.empty.conf" # else Debian's /etc/samba/smb.conf is merged in
samba-tool domain provision --configfile="$dir.empty.conf" --targetdir="$dir" \
  --realm="${realm^^}" --domain="${name^^}" --host-name=dc1 --host-ip=127.0.0.1 \
  --adminpass="$admin_password" --server-role=dc --dns-backend=NONE \
  --use-rfc2307 --function-level=2008_R2 --backend-store=mdb --backend-store-size=4Gb \
  --option="interfaces=127.0.0.1/8" --option="bind interfaces only=yes" \
  --option="server services=rpc, ldap, cldap, kdc, drepl" \
  --option="dcerpc endpoint servers=epmapper, samr, lsarpc, netlogon, drsuapi" \
  --option="pid directory=$dir/run" --option="lock directory=$dir/lock" \
  --option="ncalrpc dir=$dir/ncalrpc" --option="log file=$dir/log.samba" --option="max log size=0" \
  --option="tls cafile=$dir/tls/ca.pem" --option="tls certfile=$dir/tls/dc.pem" --option="tls keyfile=$dir/tls/dc.key" \
  --option="ldap server require strong auth=allow_sasl_over_tls" \
  -d 0
rm -f "$dir.empty.conf"

for pass in attrs class apply; do
  /usr/bin/python3 "$here/schema.py" "$base" "$pass" >"$dir/schema.ldif"
  ldbmodify -H "$dir/private/sam.ldb" --configfile="$dir/etc/smb.conf" --option="dsdb:schema update allowed=true" "$dir/schema.ldif"
done
rm -f "$dir/schema.ldif"
/usr/bin/python3 "$here/furnish.py" "$dir" "$realm" "$service_password"

# No fsync: a template that dies is made again. Every path and address is filled in by the clone.
sed -i -e 's/^\[global\]/[global]\n\tldb:nosync = true/' -e "s|$dir|@DIR@|g" \
  -e 's|interfaces = 127.0.0.1/8|interfaces = @ADDRESS@/8|' "$dir/etc/smb.conf"
sed -i -e "s|$dir|@DIR@|g" "$dir/private/krb5.conf"
