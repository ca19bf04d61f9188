// The few OpenSSL calls that the floors need: TLS 1.3 with AES-128-GCM, client certificates required, errors end the process.
#pragma once
typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct bio_st BIO;

SSL_CTX *ctls_context(int server, const char *directory);
/// A connection over two memory buffers: what came from the network goes into `in`, what must go out comes from `out`.
SSL *ctls_memory(SSL_CTX *context, int server, BIO **in, BIO **out);
/// A connection over a blocking socket, its handshake done.
SSL *ctls_socket(SSL_CTX *context, int server, int descriptor);
/// 1 done, 0 wants more bytes.
int ctls_handshake(SSL *connection);
int ctls_read(SSL *connection, void *bytes, int count);
int ctls_write(SSL *connection, const void *bytes, int count);
int ctls_put(BIO *buffer, const void *bytes, int count);
int ctls_take(BIO *buffer, void *bytes, int count);
int ctls_pending(BIO *buffer);
