// Nothing to call: LD_PRELOAD this library and read the file that COUNT_ALLOCATIONS names.
#pragma once
