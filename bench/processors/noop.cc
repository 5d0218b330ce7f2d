// A native processor that does nothing: what is measured is the worker around it.
#include <aurochs/processor.h>

AUROCHS_PROCESSOR(noop) { return api->succeed(job, "null", 4); }
