// Four ways to lay a log out in SQLite: what an append costs in each, and what reading a shard's log or one entity's records does.
//   sqlite-layouts FILE LAYOUT ROWS     makes FILE anew, prints one line of JSON
// Rows of 200 bytes for 1,024 shards in no order, 256 a commit, WAL, synchronous=FULL, 100 entities a shard. Layouts:
//   chain     rows in the order of commits, each naming its shard's row before it; a head a shard knows the last (ours)
//   index     the same rows, found by an index on the shard instead
//   shard     rows clustered by shard and offset
//   entity    rows clustered by shard, entity and offset
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROW = 200, BATCH = 256, SHARDS = 1024, ENTITIES = 100, READS = 64 };

struct layout { const char *name, *schema, *insert, *shard, *entity; };
static const struct layout layouts[] = {
  {"chain",
   "CREATE TABLE log(row INTEGER PRIMARY KEY, shard INTEGER, offset INTEGER, entity INTEGER, previous INTEGER, payload BLOB);"
   "CREATE TABLE heads(shard INTEGER PRIMARY KEY, last INTEGER, end INTEGER)",
   "INSERT INTO log(shard, offset, entity, payload, previous) VALUES (?1, ?2, ?3, ?4, ?5)",
   "SELECT entity, payload, previous FROM log WHERE row = ?1", 0},
  {"index",
   "CREATE TABLE log(row INTEGER PRIMARY KEY, shard INTEGER, offset INTEGER, entity INTEGER, payload BLOB);"
   "CREATE INDEX places ON log(shard, offset)",
   "INSERT INTO log(shard, offset, entity, payload) VALUES (?1, ?2, ?3, ?4)",
   "SELECT entity, payload FROM log WHERE shard = ?1 ORDER BY offset", 0},
  {"shard",
   "CREATE TABLE log(shard INTEGER, offset INTEGER, entity INTEGER, payload BLOB, PRIMARY KEY (shard, offset)) WITHOUT ROWID",
   "INSERT INTO log(shard, offset, entity, payload) VALUES (?1, ?2, ?3, ?4)",
   "SELECT entity, payload FROM log WHERE shard = ?1 ORDER BY offset", 0},
  {"entity",
   "CREATE TABLE log(shard INTEGER, offset INTEGER, entity INTEGER, payload BLOB, PRIMARY KEY (shard, entity, offset)) WITHOUT ROWID",
   "INSERT INTO log(shard, offset, entity, payload) VALUES (?1, ?2, ?3, ?4)",
   "SELECT entity, payload FROM log WHERE shard = ?1",
   "SELECT entity, payload FROM log WHERE shard = ?1 AND entity = ?2 ORDER BY offset"},
};

static sqlite3 *db;
static sqlite3_stmt *insert, *move, *by_shard, *by_entity;
static sqlite3_int64 last[SHARDS], end[SHARDS];
static uint32_t state = 1;

static uint32_t next(void) { return (state = state * 1664525 + 1013904223) >> 8; }

static void must(int code, int expected) {
  if (code == expected) return;
  fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static void run(const char *sql) { must(sqlite3_exec(db, sql, 0, 0, 0), SQLITE_OK); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement = 0;
  if (sql) must(sqlite3_prepare_v2(db, sql, -1, &statement, 0), SQLITE_OK);
  return statement;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void append(long rows) {
  char payload[ROW];
  memset(payload, 7, sizeof payload);
  for (long done = 0; done < rows; done += BATCH) {
    run("BEGIN IMMEDIATE");
    for (int i = 0; i < BATCH; i++) {
      int shard = next() % SHARDS;
      sqlite3_bind_int(insert, 1, shard);
      sqlite3_bind_int64(insert, 2, end[shard]++);
      sqlite3_bind_int(insert, 3, next() % ENTITIES);
      sqlite3_bind_blob(insert, 4, payload, ROW, SQLITE_STATIC);
      if (move) sqlite3_bind_int64(insert, 5, last[shard]);
      must(sqlite3_step(insert), SQLITE_DONE);
      sqlite3_reset(insert);
      if (!move) continue;
      last[shard] = sqlite3_last_insert_rowid(db);
      sqlite3_bind_int(move, 1, shard);
      sqlite3_bind_int64(move, 2, last[shard]);
      sqlite3_bind_int64(move, 3, end[shard]);
      must(sqlite3_step(move), SQLITE_DONE);
      sqlite3_reset(move);
    }
    run("COMMIT");
  }
}

// Rows of one shard, or those of one entity in it; what SQLite cannot find by itself is read and left out.
static long read_rows(int shard, int entity) {
  sqlite3_stmt *select = entity >= 0 && by_entity ? by_entity : by_shard;
  long found = 0;
  if (move) {
    for (sqlite3_int64 row = last[shard]; row;) {
      sqlite3_bind_int64(select, 1, row);
      must(sqlite3_step(select), SQLITE_ROW);
      found += entity < 0 || sqlite3_column_int(select, 0) == entity;
      (void)*(volatile const char *)sqlite3_column_blob(select, 1);
      row = sqlite3_column_int64(select, 2);
      sqlite3_reset(select);
    }
    return found;
  }
  sqlite3_bind_int(select, 1, shard);
  if (select == by_entity) sqlite3_bind_int(select, 2, entity);
  int code;
  while ((code = sqlite3_step(select)) == SQLITE_ROW) {
    found += entity < 0 || sqlite3_column_int(select, 0) == entity;
    (void)*(volatile const char *)sqlite3_column_blob(select, 1);
  }
  must(code, SQLITE_DONE);
  sqlite3_reset(select);
  return found;
}

int main(int count, char **arguments) {
  const struct layout *layout = 0;
  for (size_t i = 0; count == 4 && i < sizeof layouts / sizeof *layouts; i++)
    if (!strcmp(layouts[i].name, arguments[2])) layout = &layouts[i];
  if (!layout) { fprintf(stderr, "usage: sqlite-layouts FILE chain|index|shard|entity ROWS\n"); return 64; }
  const char *suffixes[] = {"", "-wal", "-shm"};
  char path[4096];
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "%s%s", arguments[1], suffixes[i]);
    unlink(path);
  }
  must(sqlite3_open(arguments[1], &db), SQLITE_OK);
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  run(layout->schema);
  insert = prepare(layout->insert);
  by_shard = prepare(layout->shard);
  by_entity = prepare(layout->entity);
  if (layout == layouts) move = prepare("INSERT OR REPLACE INTO heads VALUES (?1, ?2, ?3)");
  long rows = atol(arguments[3]) / BATCH * BATCH;
  append(20 * BATCH);
  double started = now();
  append(rows);
  double appending = now() - started;
  run("PRAGMA wal_checkpoint(TRUNCATE)");
  struct stat size;
  stat(arguments[1], &size);
  long found = 0;
  started = now();
  for (int i = 0; i < READS; i++) found += read_rows(next() % SHARDS, -1);
  double shards = now() - started;
  started = now();
  for (int i = 0; i < READS; i++) read_rows(next() % SHARDS, next() % ENTITIES);
  double entities = now() - started;
  printf("{\"rows\": %ld, \"seconds\": %f, \"bytes\": %lld, \"row_read_us\": %f, \"entity_us\": %f}\n", rows, appending,
         (long long)size.st_size, shards / found * 1e6, entities / READS * 1e6);
  return 0;
}
