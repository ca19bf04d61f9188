// Small frames in batches over TLS 1.3 both ways, blocking sockets, two processes: what calls cost at least when many are in flight.
//   tls-batches server CERTS                                prints `ready PORT`
//   tls-batches client CERTS PORT CALLS BATCH BATCHES       BATCH frames a write, BATCHES of them in flight; prints one line of JSON
// A request has the bytes of a call frame with an id of 20 and an argument of 100 bytes, an answer those of its reply. The server reads the
// length and the number of each request and answers with the number; what one read brought is answered with one write.
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

enum { REQUEST = 181, ANSWER = 12, LENGTH = 4, NUMBER = 5, RECORD = 16 << 10, MOST = 1 << 20 };

static void fail(const char *why) { fprintf(stderr, "%s\n", why); exit(1); }

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void frame(char *at, uint32_t size, uint32_t number) {
  uint32_t length = size - LENGTH;
  memcpy(at, &length, LENGTH);
  memcpy(at + NUMBER, &number, sizeof number);
}

static void send_all(SSL *s, const char *bytes, int count) {
  for (int sent = 0; sent < count;) {
    int n = ctls_write(s, bytes + sent, count - sent < RECORD ? count - sent : RECORD);
    if (n <= 0) fail("the peer closed");
    sent += n;
  }
}

/// Bytes that were read and not used yet.
typedef struct { char bytes[2 * RECORD]; int count; } Input;

static int more(SSL *s, Input *in) {
  int n = ctls_read(s, in->bytes + in->count, RECORD);
  if (n > 0) in->count += n;
  return n > 0;
}

static void used(Input *in, int count) {
  in->count -= count;
  memmove(in->bytes, in->bytes + count, in->count);
}

static void answer_all(SSL *s) {
  static Input in;
  static char answers[2 * RECORD / REQUEST * ANSWER + ANSWER];
  while (more(s, &in)) {
    int at = 0, out = 0;
    for (uint32_t length, number; in.count - at >= LENGTH; at += LENGTH + length, out += ANSWER) {
      memcpy(&length, in.bytes + at, LENGTH);
      if (length != REQUEST - LENGTH) fail("a request of another size");
      if (in.count - at < REQUEST) break;
      memcpy(&number, in.bytes + at + NUMBER, sizeof number);
      frame(answers + out, ANSWER, number);
    }
    used(&in, at);
    send_all(s, answers, out);
  }
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
    answer_all(ctls_socket(context, 1, d));
    close(d);
  }
}

static char requests[MOST];
static uint32_t next_number, next_answer;

static void send_batch(SSL *s, int batch) {
  for (int i = 0; i < batch; i++) frame(requests + i * REQUEST, REQUEST, next_number++);
  send_all(s, requests, batch * REQUEST);
}

/// Reads until another batch is answered.
static void await_batch(SSL *s, int batch) {
  static Input in;
  for (int left = batch; left > 0;) {
    if (in.count < ANSWER && !more(s, &in)) fail("the server closed");
    int at = 0;
    for (; left > 0 && in.count - at >= ANSWER; at += ANSWER, left--) {
      uint32_t number;
      memcpy(&number, in.bytes + at + NUMBER, sizeof number);
      if (number != next_answer++) fail("an answer out of turn");
    }
    used(&in, at);
  }
}

static void load(const char *certificates, int port, long calls, int batch, int batches) {
  if (batch < 1 || batch > MOST / REQUEST || batches < 1) fail("a batch has 1 to 5,793 frames");
  int d = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (connect(d, (struct sockaddr *)&address, sizeof address)) { perror("connect"); exit(1); }
  setsockopt(d, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL *s = ctls_socket(ctls_context(0, certificates), 0, d);
  uint64_t started = 0;
  long rounds = calls / batch;
  for (int i = 0; i < batches; i++) send_batch(s, batch);
  for (long i = -rounds / 10; i < rounds; i++) {  // the first tenth warms up
    if (i == 0) started = now();
    await_batch(s, batch);
    send_batch(s, batch);
  }
  printf("{\"calls\": %ld, \"seconds\": %f}\n", rounds * batch, (now() - started) / 1e9);
}

int main(int count, char **arguments) {
  if (count == 3 && !strcmp(arguments[1], "server")) serve(arguments[2]);
  else if (count == 7 && !strcmp(arguments[1], "client"))
    load(arguments[2], atoi(arguments[3]), atol(arguments[4]), atoi(arguments[5]), atoi(arguments[6]));
  else { fprintf(stderr, "usage: tls-batches server CERTS | client CERTS PORT CALLS BATCH BATCHES\n"); return 64; }
  return 0;
}
