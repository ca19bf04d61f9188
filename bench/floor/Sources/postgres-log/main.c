// Rows through a libpq pipeline into the table that the PostgreSQL store uses, 256 a commit, four commits under way.
//   postgres-log CONNINFO ROWS     prints one line of JSON; the store must have made its tables
// This is the floor of a durable command on this server: no heads, no fences, no checks, one connection.
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECORD = 290, BATCH = 256, UNDER_WAY = 4, COLUMNS = 7 };

static PGconn *connection;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s", what, PQerrorMessage(connection));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

// One row of shard `shard`, the `number`-th of that shard. Shards of its own, so that the store's history stays whole.
static void insert(int shard, long number) {
  static char records[RECORD];
  uint32_t where = htonl(20000 + shard), count = htonl(1);
  uint64_t first = htobe64(number), one = htobe64(1);
  const char *values[COLUMNS] = {(char *)&where, (char *)&first, (char *)&count, (char *)&one, (char *)&first, (char *)&first, records};
  const int lengths[COLUMNS] = {4, 8, 4, 8, 8, 8, RECORD}, formats[COLUMNS] = {1, 1, 1, 1, 1, 1, 1};
  if (!PQsendQueryPrepared(connection, "insert", COLUMNS, values, lengths, formats, 1)) fail("insert");
}

static void send_batch(long batch) {
  for (int i = 0; i < BATCH; i++) insert(batch % UNDER_WAY * BATCH + i, batch / UNDER_WAY + 1);
  if (!PQpipelineSync(connection)) fail("sync");
}

int main(int count, char **arguments) {
  if (count != 3) { fprintf(stderr, "usage: postgres-log CONNINFO ROWS\n"); return 64; }
  connection = PQconnectdb(arguments[1]);
  if (PQstatus(connection) != CONNECTION_OK) fail("connect");
  PQclear(PQexec(connection, "DELETE FROM troupe_log WHERE shard >= 20000"));
  PGresult *prepared = PQprepare(connection, "insert",
    "INSERT INTO troupe_log(shard, first, count, writer, batch, checksum, records) VALUES ($1, $2, $3, $4, $5, $6, $7)", 0, NULL);
  if (PQresultStatus(prepared) != PGRES_COMMAND_OK) fail("prepare");
  PQclear(prepared);
  if (!PQenterPipelineMode(connection)) fail("pipeline");
  long batches = atol(arguments[2]) / BATCH, sent = 0, done = 0;
  double started = now();
  while (sent < UNDER_WAY) send_batch(sent++);
  while (done < batches) {
    PGresult *result = PQgetResult(connection);
    if (!result) continue;
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_COMMAND_OK) continue;
    if (status != PGRES_PIPELINE_SYNC) fail("row");
    done++;
    if (sent < batches) send_batch(sent++);
  }
  printf("{\"rows\": %ld, \"seconds\": %f}\n", batches * BATCH, now() - started);
  PQfinish(connection);
  return 0;
}
