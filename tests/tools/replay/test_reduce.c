/*
 * test_reduce.c: random workloads, and how a faulty one is made small.
 */
#include "tests/workloadtext.h"
#include "tools/replay/workload.h"

/* The fault: key 777 is inserted into b after a collection. */
static bool has_fault(const struct workload *w, void *arg)
{
    bool collected = false;
    (*(int *)arg)++;
    for (size_t i = 0; i < w->nsteps; i++) {
        const struct step *s = &w->steps[i];
        collected |= s->op == STEP_GC;
        if (collected && s->op == STEP_INSERT && s->from <= 777 &&
            777 < s->to && strcmp(w->objs[s->obj].name, "b") == 0)
            return true;
    }
    return false;
}

Test(reduce, finds_the_smallest)
{
    struct workload *w = read_text("hash0 0x7\n"
                                   "map a int int hint=100\n"
                                   "map b string int hint=1000\n"
                                   "insert b 0 2000\n"
                                   "alloc h scan 100 100\n"
                                   "gc\n"
                                   "insert a 0 3000\n"
                                   "delete a 0 300\n"
                                   "insert b 100 5000\n"
                                   "iterate a\n"
                                   "drop a\n"
                                   "clear b\n"
                                   "gc\n");
    int calls = 0;
    struct workload *small = reduce(w, has_fault, &calls);
    char *text = written(small);
    cr_expect_str_eq(text, "hash0 0x7\n"
                           "map b string int hint=0\n"
                           "gc\n"
                           "insert b 777 778\n");
    cr_expect_leq(calls, 500);
    free(text);
    reduced_free(small);
    workload_free(w);
}

/* The fault: a is given more than 1000 of something. */
static bool above_thousand(const struct workload *w, void *arg)
{
    (void)arg;
    for (size_t i = 0; i < w->nsteps; i++) {
        if (w->steps[i].count > 1000 || w->steps[i].to > 1000)
            return true;
    }
    return false;
}

Test(reduce, goes_below_the_half)
{
    struct workload *w = read_text("append a int 1530\n");
    struct workload *small = reduce(w, above_thousand, NULL);
    cr_expect_eq(small->steps[0].count, 1001);
    reduced_free(small);
    workload_free(w);
    w = read_text("map a int int\ninsert a 0 1900\n");
    small = reduce(w, above_thousand, NULL);
    cr_expect_eq(small->steps[1].to, 1001);
    cr_expect_eq(small->steps[1].from, 1001);
    reduced_free(small);
    workload_free(w);
}

Test(workgen, the_same_seed_gives_the_same_workload)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct typepool *pools[] = {typepool_new(seed, 40),
                                    typepool_new(seed, 40)};
        struct workload *w[] = {workgen(seed, pools[0]),
                                workgen(seed, pools[1])};
        char *text[] = {written(w[0]), written(w[1])};
        cr_expect_str_eq(text[0], text[1]);
        for (int i = 0; i < 2; i++) {
            free(text[i]);
            workload_free(w[i]);
            typepool_free(pools[i]);
        }
    }
}

static bool any(char *const *texts, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(texts[i], name) == 0)
            return true;
    return false;
}

Test(workgen, every_short_type_is_drawn_from)
{
    struct typepool *pool = typepool_new(3, 40);
    for (int i = 0; workload_keys[i] != NULL; i++)
        cr_expect(any(pool->keys, pool->n, workload_keys[i]), "%s",
                  workload_keys[i]);
    for (int i = 0; workload_elems[i] != NULL; i++)
        cr_expect(any(pool->elems, pool->n, workload_elems[i]), "%s",
                  workload_elems[i]);
    typepool_free(pool);
}
