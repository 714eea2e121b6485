/*
 * flags.c: a command's flag table read by glibc's argp.
 *
 * argp splits the words (ARGP_LONG_ONLY makes -n 1000, -n=1000 and --n the
 * same); it is told to be silent, because its own errors take two lines and
 * know no ranges. Option keys are places in the flag table, moved above the
 * range of characters so that none is taken for a short option.
 */
#include "runtime/base/throw.h"
#include "tools/cli/cmd.h"
#include "tools/lib/text.h"
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    KeyBase = 0x1000, /* key of the first flag */
    KeyHelp = 0x0fff,
    MaxFlags = 32,
};

struct parsing {
    const struct command *command;
    void *opts;
    int operand; /* index of the first operand */
};

static int count_flags(const struct command *c)
{
    int n = 0;
    while (c->flags != NULL && c->flags[n].name != NULL)
        n++;
    return n;
}

_Noreturn static void bad_value(const struct flag *f, const char *text)
{
    if (f->kind == FLAG_INT)
        usage_error("-%s %s: want a whole number from %lld to %lld", f->name,
                    text, (long long)f->min, (long long)f->max);
    if (f->kind == FLAG_SEED)
        usage_error("-%s %s: want a whole number of 64 bits, or random",
                    f->name, text);
    if (f->kind == FLAG_BOOL)
        usage_error("-%s=%s: want true or false", f->name, text);
    if (f->kind == FLAG_RELEASE)
        usage_error("-%s %s: no release that is known here; want one of %s",
                    f->name, text, goversion_list());
    if (f->kind == FLAG_RELEASES)
        usage_error("-%s %s: no release that is known here; want some of %s, "
                    "or all",
                    f->name, text, goversion_list());
    char words[200] = "";
    size_t at = 0;
    for (int i = 0; f->choices[i] != NULL && at < sizeof words; i++)
        at += (size_t)snprintf(words + at, sizeof words - at, "%s%s",
                               i == 0 ? "" : " or ", f->choices[i]);
    usage_error("-%s %s: want %s", f->name, text, words);
}

static int choice_of(const struct flag *f, const char *text)
{
    for (int i = 0; f->choices[i] != NULL; i++)
        if (strcmp(f->choices[i], text) == 0)
            return i;
    bad_value(f, text);
}

static uint64_t seed_of(const struct flag *f, const char *text)
{
    uint64_t n;
    if (strcmp(text, "random") == 0)
        return random_seed();
    if (!parse_uint(text, &n))
        bad_value(f, text);
    return n;
}

/* The words that Go's flag package takes. */
static bool bool_of(const struct flag *f, const char *text)
{
    static const char *const words[][2] = {
        {"false", "true"}, {"0", "1"},        {"f", "t"},
        {"F", "T"},        {"FALSE", "TRUE"}, {"False", "True"}};
    if (text == NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        for (int value = 0; value < 2; value++)
            if (strcmp(text, words[i][value]) == 0)
                return value;
    bad_value(f, text);
}

static const struct goversion *release_of(const struct flag *f,
                                          const char *text)
{
    const struct goversion *v = goversion_named(text);
    if (v == NULL)
        bad_value(f, text);
    return v;
}

static void add_release(struct releases *to, const struct goversion *v)
{
    size_t n = 0;
    for (; to->list[n] != NULL; n++)
        if (to->list[n] == v)
            return;
    ASSERT(n < MaxReleases);
    to->list[n] = v;
}

/* "1.19,1.22" or "all". */
static struct releases releases_of(const struct flag *f, const char *text)
{
    struct releases found = {0};
    if (strcmp(text, "all") == 0) {
        for (const struct goversion *v = goversions; v->name != NULL; v++)
            add_release(&found, v);
        return found;
    }
    char *words = xprintf("%s", text);
    for (char *at = words, *word; (word = strsep(&at, ",")) != NULL;)
        add_release(&found, release_of(f, word));
    free(words);
    return found;
}

static void set_flag(const struct flag *f, const char *text, void *opts)
{
    void *to = (char *)opts + f->offset;
    switch (f->kind) {
    case FLAG_BOOL:
        *(bool *)to = bool_of(f, text);
        return;
    case FLAG_INT:
        if (!parse_int(text, f->min, f->max, to))
            bad_value(f, text);
        return;
    case FLAG_STRING:
        *(const char **)to = text;
        return;
    case FLAG_CHOICE:
        *(int *)to = choice_of(f, text);
        return;
    case FLAG_SEED:
        *(uint64_t *)to = seed_of(f, text);
        return;
    case FLAG_RELEASE:
        *(const struct goversion **)to = release_of(f, text);
        return;
    case FLAG_RELEASES:
        *(struct releases *)to = releases_of(f, text);
        return;
    }
}

/* What argp could not take is argv[next - 1]: says why. */
_Noreturn static void explain(const struct parsing *p,
                              const struct argp_state *state)
{
    const char *word = state->argv[state->next - 1];
    char name[64];
    snprintf(name, sizeof name, "%s", word + strspn(word, "-"));
    name[strcspn(name, "=")] = '\0';

    const char *names[MaxFlags];
    int n = count_flags(p->command);
    for (int i = 0; i < n; i++) {
        names[i] = p->command->flags[i].name;
        if (strcmp(names[i], name) == 0)
            usage_error("-%s needs a value: -%s %s", name, name,
                        p->command->flags[i].arg);
    }
    const char *near = nearest(name, names, (size_t)n);
    if (near != NULL)
        usage_error("%s: no flag -%s; did you mean -%s?", p->command->name,
                    name, near);
    usage_error("%s: no flag -%s; see: hmap help %s", p->command->name, name,
                p->command->name);
}

static error_t on_key(int key, char *arg, struct argp_state *state)
{
    struct parsing *p = state->input;
    switch (key) {
    case KeyHelp:
        help_command(p->command);
        output_finish();
        exit(EXIT_OK);
    case ARGP_KEY_ARGS:
    case ARGP_KEY_NO_ARGS:
        p->operand = state->next;
        return 0;
    case ARGP_KEY_ERROR:
        explain(p, state);
    default:
        if (key < KeyBase || key >= KeyBase + MaxFlags)
            return ARGP_ERR_UNKNOWN;
        set_flag(&p->command->flags[key - KeyBase], arg, p->opts);
        return 0;
    }
}

int flags_parse(const struct command *c, int argc, char **argv, void *opts)
{
    int n = count_flags(c);
    struct argp_option options[MaxFlags + 3] = {0};
    for (int i = 0; i < n; i++) {
        const struct flag *f = &c->flags[i];
        options[i].name = f->name;
        options[i].key = KeyBase + i;
        options[i].arg = f->kind == FLAG_BOOL ? "BOOL" : f->arg;
        options[i].flags = f->kind == FLAG_BOOL ? OPTION_ARG_OPTIONAL : 0;
    }
    options[n].name = "help";
    options[n].key = KeyHelp;
    options[n + 1].name = "h";
    options[n + 1].key = KeyHelp;

    struct argp argp = {.options = options, .parser = on_key};
    struct parsing p = {.command = c, .opts = opts, .operand = argc};
    argp_err_exit_status = EXIT_USAGE;
    error_t err = argp_parse(
        &argp, argc, argv,
        ARGP_LONG_ONLY | ARGP_NO_ERRS | ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &p);
    if (err != 0)
        usage_error("%s: %s", c->name, strerror(err));
    return p.operand;
}
