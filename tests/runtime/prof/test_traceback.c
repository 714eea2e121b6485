/*
 * test_traceback.c: a stack in Go's layout.
 */
#include "runtime/prof/traceback.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>

Test(traceback, two_lines_a_frame)
{
    static const struct frame fill = {.func = "main.fill",
                                      .file = "tools/scenarios/fill.c",
                                      .line = 12,
                                      .pc = 0x1045,
                                      .entry = 0x1000};
    static const struct frame grow = {.func = "runtime.(*hmap).newoverflow",
                                      .file = "map/classic/map.c",
                                      .line = 7,
                                      .pc = 0x2001,
                                      .entry = 0x2000};
    const struct frame *frames[] = {&grow, &fill};
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    printframes(out, frames, 2);
    fclose(out);
    cr_assert_str_eq(text, "runtime.(*hmap).newoverflow(...)\n"
                           "\tmap/classic/map.c:7 +0x1\n"
                           "main.fill(...)\n"
                           "\ttools/scenarios/fill.c:12 +0x45\n");
    free(text);
}

Test(traceback, the_header_names_the_thread, .init = cr_redirect_stderr)
{
    goroutineheader(stderr);
    getm()->id = 7;
    goroutineheader(stderr);
    cr_assert_stderr_eq_str("goroutine 1 [running]:\n"
                            "goroutine 7 [running]:\n");
}
