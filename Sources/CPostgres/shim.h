// PostgreSQL's own client library: connections, pipelines and results.
#pragma once
#include <libpq-fe.h>
