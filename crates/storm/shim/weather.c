/* The weather over one process of a test: loaded before the C library (LD_PRELOAD), so that the
 * program itself needs no hook. A small file, mapped into memory, says:
 *   - by how many milliseconds the wall clock is wrong (the monotonic clock stays right),
 *   - with which error every write to a file fails (ENOSPC, EROFS; 0: none),
 *   - whether fsync lies: it answers "done" and does nothing.
 * With STORM_SHADOW, each file that is synced below STORM_DATA is copied there, so that the shadow
 * is what a power cut would leave if the disk had kept nothing but what was synced. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct weather { volatile int64_t clock_ms; volatile int64_t write_errno; volatile int64_t lying; };
static struct weather calm;
static struct weather *now = &calm;
static const char *data, *shadow;

#define REAL(name) ({ static __typeof__(&name) real; \
    real = real ? real : (__typeof__(&name))dlsym(RTLD_NEXT, #name); real; })

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("STORM_WEATHER");
    int fd = path ? open(path, O_RDONLY) : -1;
    if (fd >= 0) {
        void *there = mmap(0, sizeof *now, PROT_READ, MAP_SHARED, fd, 0);
        if (there != MAP_FAILED) now = there;
        close(fd);
    }
    data = getenv("STORM_DATA");
    shadow = getenv("STORM_SHADOW");
}

int clock_gettime(clockid_t id, struct timespec *t) {
    int done = REAL(clock_gettime)(id, t);
    if (!done && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        int64_t ns = t->tv_nsec + (now->clock_ms % 1000) * 1000000;
        t->tv_sec += now->clock_ms / 1000;
        while (ns < 0) { ns += 1000000000; t->tv_sec--; }
        while (ns >= 1000000000) { ns -= 1000000000; t->tv_sec++; }
        t->tv_nsec = ns;
    }
    return done;
}

/* Pipes, sockets and devices go on working. */
static int refused(int fd) {
    struct stat s;
    int error = (int)now->write_errno;
    if (!error || fstat(fd, &s) || !S_ISREG(s.st_mode)) return 0;
    errno = error;
    return 1;
}

ssize_t write(int fd, const void *b, size_t n) { return refused(fd) ? -1 : REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) {
    return refused(fd) ? -1 : REAL(pwrite)(fd, b, n, o);
}
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
    return refused(fd) ? -1 : REAL(pwrite64)(fd, b, n, o);
}
ssize_t writev(int fd, const struct iovec *v, int n) {
    return refused(fd) ? -1 : REAL(writev)(fd, v, n);
}
ssize_t pwritev(int fd, const struct iovec *v, int n, off_t o) {
    return refused(fd) ? -1 : REAL(pwritev)(fd, v, n, o);
}
int ftruncate(int fd, off_t n) { return refused(fd) ? -1 : REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { return refused(fd) ? -1 : REAL(ftruncate64)(fd, n); }

/* The place in the shadow of a path below the data folder; 0 for any other. */
static int below(const char *path, char *out) {
    size_t n = data ? strlen(data) : 0;
    if (!n || !shadow || strncmp(path, data, n) || path[n] != '/') return 0;
    return snprintf(out, PATH_MAX, "%s%s", shadow, path + n) < PATH_MAX - 8;
}

static void folders(char *path) {
    for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = 0;
        mkdir(path, 0755);
        *p = '/';
    }
}

/* A copy under another name first: a kill in the middle leaves the older one whole. */
static void remember(int fd) {
    char link[64], path[PATH_MAX], there[PATH_MAX], part[PATH_MAX + 8];
    if (!shadow) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return;
    path[n] = 0;
    struct stat s;
    if (fstat(fd, &s) || !S_ISREG(s.st_mode) || !below(path, there)) return;
    folders(there);
    snprintf(part, sizeof part, "%s.part", there);
    /* Read through the caller's own descriptor: to close another one of the same file would give
     * up all locks that this process holds on it, as POSIX has it, and SQLite's with them. */
    int flags = fcntl(fd, F_GETFL), own = (flags & O_ACCMODE) == O_WRONLY;
    int from = own ? open(path, O_RDONLY) : fd;
    int to = open(part, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    off_t at = 0;
    while (from >= 0 && to >= 0 && at < s.st_size) {
        if (sendfile(to, from, &at, s.st_size - at) <= 0) break;
    }
    if (own && from >= 0) close(from);
    if (to >= 0) close(to);
    if (at == s.st_size) rename(part, there);
}

static int synced(int fd, int done) {
    if (!done) remember(fd);
    return done;
}

int fsync(int fd) {
    if (refused(fd)) return -1;
    return now->lying ? 0 : synced(fd, REAL(fsync)(fd));
}
int fdatasync(int fd) {
    if (refused(fd)) return -1;
    return now->lying ? 0 : synced(fd, REAL(fdatasync)(fd));
}

/* Names: as if the file system wrote its own journal in order. */
int rename(const char *from, const char *to) {
    char a[PATH_MAX], b[PATH_MAX];
    int done = REAL(rename)(from, to);
    if (!done && below(from, a) && below(to, b)) {
        folders(b);
        REAL(rename)(a, b);
    }
    return done;
}
int unlink(const char *path) {
    char a[PATH_MAX];
    int done = REAL(unlink)(path);
    if (!done && below(path, a)) REAL(unlink)(a);
    return done;
}
