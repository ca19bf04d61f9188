// OpenSSL 3.0, and functions in place of those of its macros that Swift cannot see.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline long troupe_ctx_min_tls13(SSL_CTX *context) { return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION); }
static inline long troupe_ctx_max_tls13(SSL_CTX *context) { return SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION); }
static inline long troupe_ctx_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }
static inline long troupe_ctx_cache_off(SSL_CTX *context) { return SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); }

static inline int troupe_ctx_add_chain(SSL_CTX *context, X509 *certificate) { return SSL_CTX_add1_chain_cert(context, certificate); }
static inline void troupe_free(void *memory) { OPENSSL_free(memory); }
static inline int troupe_print_name(BIO *bio, const X509_NAME *name) { return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253); }
static inline int troupe_chain_count(const STACK_OF(X509) *chain) { return sk_X509_num(chain); }
static inline X509 *troupe_chain_at(const STACK_OF(X509) *chain, int at) { return sk_X509_value(chain, at); }

static inline void troupe_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void troupe_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline int troupe_general_names(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const GENERAL_NAME *troupe_general_name(const GENERAL_NAMES *names, int at) { return sk_GENERAL_NAME_value(names, at); }
static inline int troupe_is_uri(const GENERAL_NAME *name) { return name->type == GEN_URI; }
static inline const ASN1_STRING *troupe_uri(const GENERAL_NAME *name) { return name->d.uniformResourceIdentifier; }

static inline int troupe_is_ed25519(const EVP_PKEY *key) { return EVP_PKEY_get_id(key) == EVP_PKEY_ED25519; }
static inline EVP_PKEY *troupe_ed25519_private(const unsigned char *seed) {
  return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
}
static inline EVP_PKEY *troupe_ed25519_public(const unsigned char *bytes) {
  return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, 32);
}
static inline long troupe_bio_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
