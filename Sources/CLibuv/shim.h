// libuv, and the thread-local slot in which a loop's thread remembers whose it is.
#pragma once
#include <uv.h>

// Extensions of glibc that Swift's view of it leaves out.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int sched_getaffinity(int thread, unsigned long size, void *set);
int sched_setaffinity(int thread, unsigned long size, const void *set);

// Weak, so that every object file that uses this header shares one definition.
__attribute__((weak)) _Thread_local void *troupe_loop_slot = 0;
__attribute__((weak)) _Thread_local long troupe_index_slot = 0;

// Set while a task is resumed that waits on an actor of its loop: see CurrentLoop.resumeOnActor.
__attribute__((weak)) _Thread_local int troupe_resumes_actors_slot = 0;

static inline int troupe_resumes_actors(void) { return troupe_resumes_actors_slot; }
static inline void troupe_set_resumes_actors(int yes) { troupe_resumes_actors_slot = yes; }

static inline void *troupe_current_loop(void) { return troupe_loop_slot; }
static inline long troupe_current_index(void) { return troupe_index_slot; }
static inline void troupe_set_current_loop(void *loop, long index) {
  troupe_loop_slot = loop;
  troupe_index_slot = index;
}
