// For the bare pipeline of `postgres-log`.
#pragma once
#include <libpq-fe.h>
