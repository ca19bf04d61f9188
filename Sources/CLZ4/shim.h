// LZ4's block format, for frames; the framed file format is not used.
#pragma once
#include <lz4.h>
