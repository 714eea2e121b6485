/*
 * driver.c: `make bench`: the same loops on hmap and on its peers, in turn.
 *
 *     driver --starts--> a process for a round --its last--> a sample
 *
 * A round asks every peer once, beginning with another one each time: what the
 * machine does meanwhile happens to all alike. Each is started anew, warms up
 * for three rounds, runs one that counts, and ends before the next begins.
 * For a process keeps the physical pages that it was given, and how they lie in
 * the caches is luck: two processes of one program differ by a third, for as
 * long as they live, in maps of 10^5 and 10^6 entries. One that does not answer
 * in time is left out.
 * Medians are over the rounds; a ratio is the median of the rounds' own ratios,
 * hmap's time by the peer's.
 */
#include "tests/bench/bench.h"
#include <getopt.h>
#include <libgen.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct options {
    int rounds;
    const char *run;
    bool benchfmt, instructions, list, cpu;
} options = {.rounds = 7};

static struct peer peers[MaxPeers];
static size_t npeers;

/* Names on stderr what is not installed. */
static void find_peers(const char *dir)
{
    for (size_t i = 0; i < npeerkinds; i++) {
        const char *what;
        if (peer_find(&peers[npeers], &peerkinds[i], dir, &what))
            npeers++;
        else
            fprintf(stderr, "bench: %s is missing (no %s): left out\n",
                    peerkinds[i].name, what);
    }
}

static void progress(const struct row *row, int round)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s: round %d of %d", row->name, round,
                options.rounds);
}

static void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/*
 * Touches as much memory as a round will, and gives it back. In a virtual
 * machine whose host takes free memory away, to touch a page that it must find
 * again costs 2 ns a byte, here 20 times the rest, and hits the peers as the
 * host pleases.
 */
static void warm_host(size_t memory)
{
    enum { Page = 4096 };
    if (memory == 0)
        return;
    char *p = mmap(NULL, memory, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return;
    madvise(p, memory, MADV_HUGEPAGE);
    for (size_t at = 0; at < memory; at += Page)
        p[at] = 1;
    munmap(p, memory);
}

/* A peer's turn, which is one process. False: it has no such row, or did not
 * answer in time. */
static bool run_turn(struct peer *p, const struct row *row, struct sample *s)
{
    enum { WarmUps = 3 };
    warm_host(row->memory);
    if (!peer_start(p, row))
        return false;
    for (int rounds = row->cold ? 1 : WarmUps + 1; rounds > 0; rounds--)
        if (!peer_round(p, row, s))
            return false;
    peer_stop(p);
    return true;
}

/* One round of every peer of the table's row, beginning with the first-th. */
static void run_round(struct benchtable *t, size_t first)
{
    for (size_t i = 0; i < npeers; i++) {
        struct column *c = &t->column[(first + i) % npeers];
        struct sample s;
        c->there =
            c->there && run_turn(&peers[(first + i) % npeers], t->row, &s);
        if (c->there)
            column_add(c, &s);
    }
}

static void run_row(struct benchtable *t)
{
    for (size_t i = 0; i < npeers; i++) {
        struct column *c = &t->column[i];
        *c = (struct column){.peer = &peers[i], .instructions = -1};
        c->there = peers[i].kind->domains[t->row->domain];
    }
    for (int round = 0; round < options.rounds; round++) {
        progress(t->row, round + 1);
        run_round(t, (size_t)round);
    }
    for (size_t i = 0; i < npeers && options.instructions; i++)
        if (t->column[i].there)
            t->column[i].instructions = peer_instructions(&peers[i], t->row);
    progress_end();
}

static _Noreturn void usage(int status)
{
    fprintf(status == 0 ? stdout : stderr,
            "usage: driver [-rounds N] [-run REGEX] [-benchfmt] "
            "[-instructions] [-cpu] [-terms T] [-limit S] [-list]\n"
            "  -rounds N      counted rounds a row (7)\n"
            "  -run REGEX     only rows whose name matches\n"
            "  -benchfmt      Go benchmark lines, for benchstat\n"
            "  -instructions  also count instructions, by callgrind\n"
            "  -cpu           processor time of the thread, not the wall "
            "clock\n"
            "  -terms TERMS   equal: peers keep memory and use huge pages, as "
            "hmap does,\n"
            "                 where they can be told to (the default); own: "
            "each as it comes;\n"
            "                 nohuge: no huge pages for anybody, hmap "
            "included\n"
            "  -limit S       seconds a peer may take for a round (120)\n"
            "  -list          only the names of the rows\n");
    exit(status);
}

static const char *const term_names[] = {
    [TermsEqual] = "equal",
    [TermsOwn] = "own",
    [TermsNoHuge] = "nohuge",
};

static enum terms read_terms(const char *text)
{
    for (int i = TermsEqual; i <= TermsNoHuge; i++)
        if (strcmp(text, term_names[i]) == 0)
            return (enum terms)i;
    fprintf(stderr, "bench: -terms %s: want equal, own or nohuge\n", text);
    exit(2);
}

/* What the figures below are of: without the processor they say little. */
static void print_machine(void)
{
    char line[256], cpu[200] = "unknown", day[16];
    time_t now = time(NULL);
    double load = 0;
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "model name : %199[^\n]", cpu) == 1)
            break;
    if (f != NULL)
        fclose(f);
    getloadavg(&load, 1);
    strftime(day, sizeof(day), "%Y-%m-%d", gmtime(&now));
    printf("# %s, %ld processors, load %.1f, %s; terms: %s, %d rounds\n", cpu,
           sysconf(_SC_NPROCESSORS_ONLN), load, day,
           term_names[peer_rules.terms], options.rounds);
}

static void read_options(int argc, char **argv)
{
    static const struct option known[] = {
        {"rounds", required_argument, NULL, 'r'},
        {"run", required_argument, NULL, 'p'},
        {"benchfmt", no_argument, NULL, 'b'},
        {"instructions", no_argument, NULL, 'i'},
        {"list", no_argument, NULL, 'l'},
        {"cpu", no_argument, NULL, 'c'},
        {"terms", required_argument, NULL, 't'},
        {"limit", required_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (int c; (c = getopt_long_only(argc, argv, "", known, NULL)) != -1;) {
        if (c == 'r')
            options.rounds = atoi(optarg);
        else if (c == 'p')
            options.run = optarg;
        else if (c == 'b')
            options.benchfmt = true;
        else if (c == 'i')
            options.instructions = true;
        else if (c == 'c')
            options.cpu = true;
        else if (c == 'l')
            options.list = true;
        else if (c == 't')
            peer_rules.terms = read_terms(optarg);
        else if (c == 'm')
            peer_rules.limit = atoi(optarg);
        else
            usage(c == 'h' ? 0 : 2);
    }
    if (options.rounds < 1 || options.rounds > MaxRounds || optind != argc) {
        fprintf(stderr, "bench: rounds must be 1 to %d\n", MaxRounds);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    static struct row rows[MaxRows];
    static struct benchtable table;
    regex_t wanted;
    read_options(argc, argv);
    const char *run = options.run != NULL ? options.run : "";
    if (regcomp(&wanted, run, REG_EXTENDED | REG_NOSUB) != 0) {
        fprintf(stderr, "bench: -run %s is no regular expression\n", run);
        return 2;
    }
    if (!options.list)
        find_peers(dirname(argv[0]));
    table.npeers = npeers;
    if (!options.list && !options.benchfmt)
        print_machine();
    size_t n = bench_rows(rows);
    for (size_t i = 0; i < n; i++) {
        if (regexec(&wanted, rows[i].name, 0, NULL, 0) != 0)
            continue;
        if (options.list) {
            puts(rows[i].name);
            continue;
        }
        if (options.cpu)
            row_with(&rows[i], "cpu", 1);
        table.row = &rows[i];
        run_row(&table);
        if (options.benchfmt)
            table_print_benchfmt(&table);
        else
            table_print(&table);
        fflush(stdout);
    }
    regfree(&wanted);
    return 0;
}
