// One message back and forth over TLS 1.3 both ways, blocking sockets, two processes: what a call with one in flight costs at least.
//   tls-ping-pong server CERTS              prints `ready PORT`
//   tls-ping-pong client CERTS PORT CALLS   prints one line of JSON
// The request has 160 bytes (about what a call frame of a 100-byte argument has), the answer 32.
#include "ctls.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 160, ANSWER = 32 };

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int read_all(SSL *s, char *bytes, int count) {
  for (int done = 0; done < count;) {
    int n = ctls_read(s, bytes + done, count - done);
    if (n <= 0) return 0;
    done += n;
  }
  return 1;
}

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void serve(const char *certificates) {
  SSL_CTX *context = ctls_context(1, certificates);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) { perror("listen"); exit(1); }
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("ready %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int d = accept(listener, 0, 0), on = 1;
    setsockopt(d, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL *s = ctls_socket(context, 1, d);
    char bytes[REQUEST] = {0};
    while (read_all(s, bytes, REQUEST)) ctls_write(s, bytes, ANSWER);
    close(d);
  }
}

static void load(const char *certificates, int port, int calls) {
  int d = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (connect(d, (struct sockaddr *)&address, sizeof address)) { perror("connect"); exit(1); }
  setsockopt(d, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL *s = ctls_socket(ctls_context(0, certificates), 0, d);
  uint64_t *latencies = calloc(calls, sizeof *latencies), started = 0;
  char bytes[REQUEST] = {0};
  for (int i = -calls / 10; i < calls; i++) {  // the first tenth warms up
    uint64_t sent = now();
    if (i == 0) started = sent;
    ctls_write(s, bytes, REQUEST);
    if (!read_all(s, bytes, ANSWER)) { fprintf(stderr, "the server closed\n"); exit(1); }
    if (i >= 0) latencies[i] = now() - sent;
  }
  double seconds = (now() - started) / 1e9;
  qsort(latencies, calls, sizeof *latencies, compare);
  printf("{\"calls\": %d, \"seconds\": %f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", calls, seconds,
         latencies[calls / 2] / 1e3, latencies[(long)calls * 99 / 100] / 1e3);
}

int main(int count, char **arguments) {
  if (count == 3 && !strcmp(arguments[1], "server")) serve(arguments[2]);
  else if (count == 5 && !strcmp(arguments[1], "client")) load(arguments[2], atoi(arguments[3]), atoi(arguments[4]));
  else { fprintf(stderr, "usage: tls-ping-pong server CERTS | client CERTS PORT CALLS\n"); return 64; }
  return 0;
}
