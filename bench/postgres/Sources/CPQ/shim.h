// For the bare pipeline.
#pragma once
#include <libpq-fe.h>
