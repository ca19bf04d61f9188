#!/bin/sh
# Makes a throw-away CA and the certificates of the bench's processes in DIR: three nodes, a client and an operator, each with one SPIFFE
# URI name of the trust domain "bench", and one for Erlang, which wants to find the address that it calls. Does nothing when they are there. Usage: certs.sh DIR
set -eu
dir=$1
[ -f "$dir/operator.crt" ] && exit 0
mkdir -p "$dir"
cd "$dir"
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

openssl req -x509 $ec -keyout ca.key -out ca.crt -days 30 -subj "/CN=bench CA" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null

issue() { # issue FILE NAME
  openssl req $ec -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
  cat > "$1.ext" <<EXT
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=$2
EXT
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.tmp" 2>/dev/null
  rm "$1.csr" "$1.ext"
  mv "$1.tmp" "$1.crt"
}
issue node URI:spiffe://bench/node/bench-1
issue node-2 URI:spiffe://bench/node/bench-2
issue node-3 URI:spiffe://bench/node/bench-3
issue client URI:spiffe://bench/gateway/bench-client
issue operator URI:spiffe://bench/operator/bench-operator
issue erlang IP:127.0.0.2,DNS:127.0.0.2
