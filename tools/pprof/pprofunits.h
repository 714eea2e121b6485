/*
 * pprofunits.h: numbers with units as pprof prints them: 1024-based bytes,
 * times, counts; two decimals, none when they are zeros.
 */
#ifndef TOOLS_PPROF_PPROFUNITS_H
#define TOOLS_PPROF_PPROFUNITS_H

#include "runtime/base/base.h"

enum { UnitsTextSize = 48 };

/* value (of unit from) in unit to; "minimum" and "auto" choose a unit that
 * makes it at least 1. *unit is the unit's short name, "" where it is not
 * worth printing. Go: measurement.go Scale. */
double units_scale(int64_t value, const char *from, const char *to,
                   const char **unit);

/* "1.50kB" in buf (UnitsTextSize bytes), which is returned.
 * Go: measurement.go ScaledLabel. */
char *units_label(char *buf, int64_t value, const char *from, const char *to);

/* " 5.00%", six columns wide. Go: measurement.go Percentage. */
char *units_percent(char *buf, int64_t value, int64_t total);

#endif
