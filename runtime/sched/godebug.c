/*
 * godebug.c: GODEBUG, GOGC, GOMEMLIMIT and GOMAXPROCS, read by Go's rules: a
 * number that Go takes is taken, what Go ignores is ignored, and where Go ends
 * the program it ends here with the same words.
 *
 * Locking: none; read once at start.
 */
#include "runtime/sched/godebug.h"
#include "runtime/base/goversion.h"
#include "runtime/base/throw.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct debugVars debug = {.cpu_aes = 1};
int64_t MemProfileRate = 512 << 10;

/* Go's os.Getenv as the runtime has it: unset reads as "". */
static const char *gogetenv(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

/* Decimal digits with an optional '-', the whole of s[0:len). Go: string.go
 * atoi64. */
static bool atoi64(const char *s, size_t len, int64_t *n)
{
    bool neg = len > 0 && s[0] == '-';
    uint64_t un = 0;
    if (len == 0)
        return false;
    for (size_t i = neg; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s[i] - '0');
        if (__builtin_mul_overflow(un, 10, &un) ||
            __builtin_add_overflow(un, digit, &un))
            return false;
    }
    if (un > (uint64_t)INT64_MAX + neg)
        return false;
    *n = (int64_t)(neg ? -un : un);
    return true;
}

static bool atoi32(const char *s, size_t len, int32_t *n)
{
    int64_t wide;
    if (!atoi64(s, len, &wide) || wide != (int32_t)wide)
        return false;
    *n = (int32_t)wide;
    return true;
}

static bool same_text(const char *s, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(word, s, len) == 0;
}

/* One key of GODEBUG with an integer value. */
static void set_debugvar(const char *key, size_t keylen, const char *value,
                         size_t len)
{
    struct {
        const char *name;
        int32_t *value;
    } dbgvars[] = {
        {"gctrace", &debug.gctrace},
        {"allocfreetrace", &debug.allocfreetrace},
    };
    for (size_t i = 0; i < ARRAY_LEN(dbgvars); i++)
        if (same_text(key, keylen, dbgvars[i].name))
            atoi32(value, len, dbgvars[i].value);
}

/* The processor features that Go can turn off, those first that its AES hash
 * asks for. Go: internal/cpu cpu_x86.go doinit; alg.go alginit. */
static const char *const cpuOptions[] = {
    "aes",  "ssse3", "sse41",     "adx",    "avx",    "avx2", "bmi1",  "bmi2",
    "erms", "fma",   "pclmulqdq", "popcnt", "rdtscp", "sse3", "sse42",
};
enum { aesOptions = 3 };

static void turn_cpu_option(size_t i, bool on)
{
    static uint32_t off; /* bit i: option i */
    uint32_t bit = 1u << i;

    off = on ? off & ~bit : off | bit;
    debug.cpu_aes = (off & ((1u << aesOptions) - 1)) == 0;
}

/*
 * FEATURE=on|off and all=on|off, after "cpu.". Those that the AES hash does not
 * ask for change no number of ours; they are known, so that only a word that Go
 * does not know is told so. Go: internal/cpu processOptions.
 */
static void set_cpu_option(const char *key, size_t keylen, const char *value,
                           size_t len)
{
    bool all = same_text(key, keylen, "all"), known = all;
    bool on = same_text(value, len, "on");
    if (!on && !same_text(value, len, "off")) {
        fprintf(stderr,
                "GODEBUG: value \"%.*s\" not supported for cpu option "
                "\"%.*s\"\n",
                (int)len, value, (int)keylen, key);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(cpuOptions); i++)
        if (all || same_text(key, keylen, cpuOptions[i])) {
            turn_cpu_option(i, on);
            known = true;
        }
    if (!known)
        fprintf(stderr, "GODEBUG: unknown cpu feature \"%.*s\"\n", (int)keylen,
                key);
}

/* key=value, or anything else between two commas of GODEBUG. */
static void set_field(const char *field, size_t len)
{
    bool cpu = len >= 4 && memcmp(field, "cpu.", 4) == 0;
    const char *eq = memchr(field, '=', len);
    if (eq == NULL) {
        if (cpu)
            fprintf(stderr, "GODEBUG: no value specified for \"%.*s\"\n",
                    (int)len, field);
        return;
    }
    size_t keylen = (size_t)(eq - field);
    size_t valuelen = len - keylen - 1;
    if (cpu)
        set_cpu_option(field + 4, keylen - 4, eq + 1, valuelen);
    else if (same_text(field, keylen, "memprofilerate"))
        atoi64(eq + 1, valuelen, &MemProfileRate);
    else
        set_debugvar(field, keylen, eq + 1, valuelen);
}

/* allocfreetrace was asked for, and the modelled release has it no more: it
 * would ignore it without a word. */
static void refuse_allocfreetrace(void)
{
    const char *last = "";

    for (const struct goversion *v = goversions; v->name != NULL; v++)
        if (v->allocfreetrace)
            last = v->name;
    fprintf(stderr,
            "GODEBUG: allocfreetrace ended after %s: %s has no such setting, "
            "so nothing is traced\n",
            last, modelled->name);
    debug.allocfreetrace = 0;
}

void parsedebugvars(void)
{
    const char *p = gogetenv("GODEBUG");
    while (*p != '\0') {
        size_t len = strcspn(p, ",");
        set_field(p, len);
        p += len + (p[len] == ',');
    }
    if (debug.allocfreetrace != 0 && !modelled->allocfreetrace)
        refuse_allocfreetrace();
}

int32_t readGOGC(void)
{
    const char *p = gogetenv("GOGC");
    int32_t n;
    if (strcmp(p, "off") == 0)
        return -1;
    return atoi32(p, strlen(p), &n) ? n : 100;
}

int64_t readGOMEMLIMIT(void)
{
    const char *p = gogetenv("GOMEMLIMIT");
    int64_t n;
    if (*p == '\0' || strcmp(p, "off") == 0)
        return INT64_MAX;
    if (!parseByteCount(p, &n)) {
        fprintf(stderr, "GOMEMLIMIT=%s\n", p);
        fatal("malformed GOMEMLIMIT; see `go doc "
              "runtime/debug.SetMemoryLimit`");
    }
    return n;
}

static int32_t processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    return CPU_COUNT(&set);
}

int32_t readGOMAXPROCS(void)
{
    const char *p = gogetenv("GOMAXPROCS");
    int32_t n;
    return atoi32(p, strlen(p), &n) && n > 0 ? n : processors();
}

static bool ends_in_digit(const char *s, size_t len)
{
    return len > 0 && s[len - 1] >= '0' && s[len - 1] <= '9';
}

/* log2 of the unit that ends s: 0 for none or "B", 10 for "KiB" …; *len becomes
 * the length of the number before it. -1 when the ending is no unit. */
static int unit_shift(const char *s, size_t *len)
{
    static const char units[] = "KMGT";
    if (ends_in_digit(s, *len))
        return 0;
    if (*len == 0 || s[*len - 1] != 'B')
        return -1;
    *len -= 1;
    if (ends_in_digit(s, *len))
        return 0;
    if (*len == 0 || s[*len - 1] != 'i')
        return -1;
    *len -= 1;
    if (*len == 0)
        return -1;
    const char *unit = memchr(units, s[*len - 1], sizeof(units) - 1);
    *len -= 1;
    return unit ? 10 * (int)(unit - units + 1) : -1;
}

bool parseByteCount(const char *s, int64_t *bytes)
{
    size_t len = strlen(s);
    int shift = unit_shift(s, &len);
    int64_t n;
    if (shift < 0 || !atoi64(s, len, &n) || n < 0)
        return false;
    if (n > INT64_MAX >> shift)
        return false;
    *bytes = n << shift;
    return true;
}
