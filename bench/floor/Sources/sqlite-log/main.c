// A bare log in SQLite: rows of 200 bytes in rowid order, batches of 256 a transaction, WAL, synchronous=FULL.
//   sqlite-log FILE ROWS [BATCH]     makes FILE anew, prints one line of JSON
// This is the floor of a durable command on this disk: no heads, no fences, no checksums, no snapshots, one writer.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROW = 200 };
static int batch = 256;

static void must(int code, int expected, sqlite3 *db) {
  if (code == expected) return;
  fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static void run(sqlite3 *db, const char *sql) { must(sqlite3_exec(db, sql, 0, 0, 0), SQLITE_OK, db); }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void append(sqlite3 *db, sqlite3_stmt *insert, long rows, const char *payload) {
  for (long done = 0; done < rows; done += batch) {
    run(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < batch; i++) {
      sqlite3_bind_int64(insert, 1, (done + i) % 1024);
      sqlite3_bind_blob(insert, 2, payload, ROW, SQLITE_STATIC);
      must(sqlite3_step(insert), SQLITE_DONE, db);
      sqlite3_reset(insert);
    }
    run(db, "COMMIT");
  }
}

int main(int count, char **arguments) {
  if (count == 4) batch = atoi(arguments[3]);
  if (count < 3 || count > 4 || batch < 1) { fprintf(stderr, "usage: sqlite-log FILE ROWS [BATCH]\n"); return 64; }
  const char *suffixes[] = {"", "-wal", "-shm"};
  char path[4096], payload[ROW];
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "%s%s", arguments[1], suffixes[i]);
    unlink(path);
  }
  memset(payload, 7, sizeof payload);
  sqlite3 *db;
  sqlite3_stmt *insert;
  must(sqlite3_open(arguments[1], &db), SQLITE_OK, db);
  run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE log(row INTEGER PRIMARY KEY, shard INTEGER, payload BLOB)");
  must(sqlite3_prepare_v2(db, "INSERT INTO log(shard, payload) VALUES (?, ?)", -1, &insert, 0), SQLITE_OK, db);
  long rows = (atol(arguments[2]) + batch - 1) / batch * batch;
  append(db, insert, 20 * batch, payload);
  double started = now();
  append(db, insert, rows, payload);
  printf("{\"rows\": %ld, \"seconds\": %f}\n", rows, now() - started);
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return 0;
}
