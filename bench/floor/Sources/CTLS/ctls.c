#include "ctls.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what) {
  fprintf(stderr, "%s failed\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

SSL_CTX *ctls_context(int server, const char *directory) {
  char path[4096];
  const char *name = server ? "node" : "client";
  SSL_CTX *c = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
  SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256");
  snprintf(path, sizeof path, "%s/%s.crt", directory, name);
  if (SSL_CTX_use_certificate_file(c, path, SSL_FILETYPE_PEM) != 1) fail(path);
  snprintf(path, sizeof path, "%s/%s.key", directory, name);
  if (SSL_CTX_use_PrivateKey_file(c, path, SSL_FILETYPE_PEM) != 1) fail(path);
  snprintf(path, sizeof path, "%s/ca.crt", directory);
  if (SSL_CTX_load_verify_locations(c, path, 0) != 1) fail(path);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  return c;
}

SSL *ctls_memory(SSL_CTX *context, int server, BIO **in, BIO **out) {
  SSL *s = SSL_new(context);
  *in = BIO_new(BIO_s_mem());
  *out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(*in, -1);
  SSL_set_bio(s, *in, *out);
  if (server) SSL_set_accept_state(s);
  else SSL_set_connect_state(s);
  return s;
}

SSL *ctls_socket(SSL_CTX *context, int server, int descriptor) {
  SSL *s = SSL_new(context);
  SSL_set_fd(s, descriptor);
  if ((server ? SSL_accept(s) : SSL_connect(s)) != 1) fail("the handshake");
  return s;
}

int ctls_handshake(SSL *s) {
  int r = SSL_do_handshake(s);
  if (r == 1) return 1;
  int e = SSL_get_error(s, r);
  if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) fail("the handshake");
  return 0;
}

int ctls_read(SSL *s, void *bytes, int count) { return SSL_read(s, bytes, count); }
int ctls_write(SSL *s, const void *bytes, int count) { return SSL_write(s, bytes, count); }
int ctls_put(BIO *b, const void *bytes, int count) { return BIO_write(b, bytes, count); }
int ctls_take(BIO *b, void *bytes, int count) { return BIO_read(b, bytes, count); }
int ctls_pending(BIO *b) { return (int)BIO_ctrl_pending(b); }
