/* A slower disk: every fsync and fdatasync takes so many microseconds longer, after really being
 * done. Built and preloaded by bench/run; a province rents slower disks than a developer's.
 *
 *   cc -O2 -shared -fPIC -o fsync_delay.so fsync_delay.c -ldl
 *   FSYNC_DELAY_US=4000 LD_PRELOAD=./fsync_delay.so dinh serve
 *
 * Does not know: who calls. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_call)(int);

static void wait_longer(void) {
    const char *text = getenv("FSYNC_DELAY_US");
    long micros = text ? atol(text) : 0;
    if (micros > 0) {
        struct timespec span = {micros / 1000000, (micros % 1000000) * 1000};
        nanosleep(&span, NULL);
    }
}

int fsync(int file) {
    int done = ((sync_call)dlsym(RTLD_NEXT, "fsync"))(file);
    wait_longer();
    return done;
}

int fdatasync(int file) {
    int done = ((sync_call)dlsym(RTLD_NEXT, "fdatasync"))(file);
    wait_longer();
    return done;
}
