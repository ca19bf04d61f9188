// What Swift cannot see of glibc: `posix_spawn` with its GNU actions, and `pipe2`.
#ifndef TROUPE_SPAWN_CHILD_H
#define TROUPE_SPAWN_CHILD_H

#include <sys/types.h>

/// Starts a program in a process group of its own, with our environment, no signal blocked or ignored, and these three
/// descriptors as its only ones. `folder` may be null. Returns 0 or an errno.
int spawn_child(pid_t *identifier, const char *path, char *const arguments[], const char *folder, int input, int output, int errors);

/// A pipe that no child inherits. Returns 0 or an errno.
int spawn_pipe(int ends[2]);

#endif
