// Links that idle: opens so many to a node, TLS handshake and HELLO done, and keeps them open by answering PING.
//   tls-links CERTS PORT COUNT    prints `ready COUNT` once all are open and each has answered a PING; ends with SIGTERM
// Speaks as much of the frames (protocols/wire-frames.md) as an idle link needs. A link that the node closes ends the process.
#include "ctls.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HELLO = 1, PING = 3, PONG = 4, CLIENT = 2, MAX_FRAME = 1 << 20, NUMBERED = 13, INPUT = 4096, EVENTS = 256 };

typedef struct { SSL *tls; int descriptor, greeted, pongs; } Link;

static Link *links;
static int poller, greeted, answered;

static void fail(const char *why) { fprintf(stderr, "%s\n", why); exit(1); }

static char *put(char *at, uint64_t value, int bytes) {
  memcpy(at, &value, bytes);  // little-endian, as all machines that this runs on
  return at + bytes;
}

static char *put_text(char *at, const char *text) {
  at = put(at, strlen(text), 2);
  memcpy(at, text, strlen(text));
  return at + strlen(text);
}

static void send_hello(Link *link, uint64_t incarnation) {
  char frame[128], *at = frame + 4;
  at = put(at, HELLO, 1);
  memcpy(at, "TRPE", 4);
  at = put(put(at + 4, 1, 2), 1, 2);  // versions
  at = put(put_text(put_text(at, "bench"), "bench-client"), CLIENT, 1);
  at = put(put(put(at, incarnation, 8), 0, 2), 1, 2);  // loop 0 of 1
  at = put(put(at, MAX_FRAME, 4), 0, 8);               // no features
  put(frame, at - frame - 4, 4);
  if (ctls_write(link->tls, frame, at - frame) != at - frame) fail("HELLO could not be sent");
}

static void handle(Link *link, const char *frame, uint32_t length) {
  if (frame[0] == HELLO) {
    greeted += !link->greeted;
    link->greeted = 1;
  } else if (frame[0] == PING && length == NUMBERED - 4) {
    char pong[NUMBERED];
    memcpy(pong + 4, frame, length);
    put(pong, length, 4);
    pong[4] = PONG;
    if (ctls_write(link->tls, pong, NUMBERED) != NUMBERED) fail("PONG could not be sent");
    answered += !link->pongs++;
  }
}

/// The node writes whole frames, so a record holds whole frames.
static void receive(Link *link) {
  char bytes[INPUT];
  int count = ctls_read(link->tls, bytes, sizeof bytes);
  if (count <= 0) fail("the node closed a link");
  for (int at = 0; at < count;) {
    uint32_t length;
    if (count - at < 5) fail("a frame was cut short");
    memcpy(&length, bytes + at, 4);
    if (length > (uint32_t)(count - at - 4)) fail("a frame was cut short");
    handle(link, bytes + at + 4, length);
    at += 4 + length;
  }
}

static void attend(int milliseconds) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(poller, events, EVENTS, milliseconds);
  for (int i = 0; i < count; i++) receive(&links[events[i].data.u32]);
}

static void open_link(uint32_t number, SSL_CTX *context, struct sockaddr_in *address) {
  Link *link = &links[number];
  int on = 1;
  link->descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (link->descriptor < 0 || connect(link->descriptor, (struct sockaddr *)address, sizeof *address)) { perror("connect"); exit(1); }
  setsockopt(link->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  link->tls = ctls_socket(context, 0, link->descriptor);
  send_hello(link, number + 1);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
  epoll_ctl(poller, EPOLL_CTL_ADD, link->descriptor, &event);
}

int main(int count, char **arguments) {
  if (count != 4) { fprintf(stderr, "usage: tls-links CERTS PORT COUNT\n"); return 64; }
  int wanted = atoi(arguments[3]);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  SSL_CTX *context = ctls_context(0, arguments[1]);
  links = calloc(wanted, sizeof *links);
  poller = epoll_create1(0);
  for (int i = 0; i < wanted; i++) {
    open_link(i, context, &address);
    attend(0);
  }
  while (greeted < wanted || answered < wanted) attend(1000);
  printf("ready %d\n", wanted);
  fflush(stdout);
  for (;;) attend(1000);
}
