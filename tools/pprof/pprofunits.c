/*
 * pprofunits.c: pprof's units. Ours are its tables without the accelerator
 * units, which no profile of memory has.
 */
#include "tools/pprof/pprofreport.h"

#include "tools/lib/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    const char *const aliases[4]; /* singular, lower case, NULL-ended */
    double factor;                /* in the base unit */
};

struct unitType {
    const char *default_name;
    double default_factor;
    struct unit units[6];
    int nunits;
};

// clang-format off
static const struct unitType unit_types[] = {
    {"B", 1, {
        {"B", {"b", "byte"}, 1},
        {"kB", {"kb", "kbyte", "kilobyte"}, 1024.0},
        {"MB", {"mb", "mbyte", "megabyte"}, 1048576.0},
        {"GB", {"gb", "gbyte", "gigabyte"}, 1073741824.0},
        {"TB", {"tb", "tbyte", "terabyte"}, 1099511627776.0},
        {"PB", {"pb", "pbyte", "petabyte"}, 1125899906842624.0},
    }, 6},
    {"s", 1e9, {
        {"ns", {"ns", "nanosecond"}, 1},
        {"us", {"μs", "us", "microsecond"}, 1e3},
        {"ms", {"ms", "millisecond"}, 1e6},
        {"s", {"s", "sec", "second"}, 1e9},
        {"hrs", {"hour", "hr"}, 3600e9},
    }, 5},
};
// clang-format on

static const struct unit *find_unit(const struct unitType *t, const char *name)
{
    size_t n = strlen(name);
    if (n > 2 && (name[n - 1] == 's' || name[n - 1] == 'S'))
        n--; /* the plural */
    for (int i = 0; i < t->nunits; i++)
        for (const char *const *a = t->units[i].aliases; *a; a++)
            if (strlen(*a) == n && strncasecmp(*a, name, n) == 0)
                return &t->units[i];
    return NULL;
}

static bool is_auto(const char *unit)
{
    return strcmp(unit, "minimum") == 0 || strcmp(unit, "auto") == 0;
}

/* base units in the largest unit that leaves at least 1. */
static double auto_scale(const struct unitType *t, double v, const char **unit)
{
    double factor = t->default_factor;
    bool found = false;
    *unit = t->default_name;
    for (int i = 0; i < t->nunits; i++) {
        const struct unit *u = &t->units[i];
        if ((found && u->factor < factor) || v / u->factor < 1.0)
            continue;
        found = true;
        factor = u->factor;
        *unit = u->name;
    }
    return v / factor;
}

static double convert(const struct unitType *t, double v, const char *to,
                      const char **unit)
{
    if (is_auto(to))
        return auto_scale(t, v, unit);
    const struct unit *u = find_unit(t, to);
    *unit = u ? u->name : t->default_name;
    return v / (u ? u->factor : t->default_factor);
}

double units_scale(int64_t value, const char *from, const char *to,
                   const char **unit)
{
    if (value < 0 && value != INT64_MIN)
        return -units_scale(-value, from, to, unit);
    for (size_t i = 0; i < ARRAY_LEN(unit_types); i++) {
        const struct unit *u = find_unit(&unit_types[i], from);
        if (u)
            return convert(&unit_types[i], (double)value * u->factor, to, unit);
    }
    static const char *const dull[] = {"count", "sample", "unit", "minimum",
                                       "auto"};
    *unit = to;
    for (size_t i = 0; i < ARRAY_LEN(dull); i++)
        if (strcmp(to, dull[i]) == 0)
            *unit = "";
    return (double)value;
}

char *units_label(char *buf, int64_t value, const char *from, const char *to)
{
    const char *unit;
    double v = units_scale(value, from, to, &unit);
    char num[UnitsTextSize - 16];
    snprintf(num, sizeof num, "%.2f", v);
    size_t n = strlen(num);
    if (n > 3 && strcmp(num + n - 3, ".00") == 0)
        num[n - 3] = 0;
    if (strcmp(num, "0") == 0 || strcmp(num, "-0") == 0)
        unit = "", num[0] = '0', num[1] = 0;
    char shown[16]; /* a file may say anything, at any length */
    snprintf(shown, sizeof shown, "%s", unit);
    snprintf(buf, UnitsTextSize, "%s%.15s", num, printable(shown));
    return buf;
}

char *units_percent(char *buf, int64_t value, int64_t total)
{
    double ratio = 0;
    if (total != 0)
        ratio = fabs((double)value / (double)total) * 100;
    if (ratio >= 99.95 && ratio <= 100.05)
        snprintf(buf, UnitsTextSize, "  100%%");
    else if (ratio >= 1.0)
        snprintf(buf, UnitsTextSize, "%5.2f%%", ratio);
    else
        snprintf(buf, UnitsTextSize, "%5.2g%%", ratio);
    return buf;
}
