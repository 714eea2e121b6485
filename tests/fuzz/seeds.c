/*
 * seeds.c: a fuzz target without a fuzzer: what it does with the files that it
 * is given. `make seeds` runs each so, on what libFuzzer would begin with; what
 * libFuzzer found is looked at the same way.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's bytes, to be freed; ends the program where it cannot be read. */
static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *f = fopen(path, "r");
    uint8_t *data = NULL;
    long end = -1;
    if (f != NULL && fseek(f, 0, SEEK_END) == 0)
        end = ftell(f);
    if (end >= 0)
        data = malloc((size_t)end + 1);
    if (data != NULL) {
        rewind(f);
        *size = fread(data, 1, (size_t)end, f);
    }
    if (data == NULL || *size != (size_t)end) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    fclose(f);
    return data;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t size;
        uint8_t *data = read_whole(argv[i], &size);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    printf("%s: %d inputs\n", argv[0], argc - 1);
    return argc > 1 ? 0 : 1;
}
