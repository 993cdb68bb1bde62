// Preloaded into a program, makes one call of the file system fail that a test picks: see FailingCalls.swift.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The file that the test writes and this reads: its fields are those of FailingCalls.Control.
struct control {
    atomic_int countdown; // n: the n-th call that matches fails; -1: every one does; 0: none
    atomic_int code;
    atomic_int matched;
    atomic_int failed;
    char call[32];
    char path[512];
};

static struct control *control;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("FAULTS_CONTROL");
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int descriptor = name ? real(name, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *memory = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory != MAP_FAILED) control = memory;
    close(descriptor);
}

static int is_armed(const char *call) {
    return control && atomic_load(&control->countdown) != 0 && strcmp(control->call, call) == 0;
}

static int fails_on(const char *path) {
    if (!strstr(path, control->path)) return 0;
    atomic_fetch_add(&control->matched, 1);
    int left = atomic_load(&control->countdown);
    while (left > 0 && !atomic_compare_exchange_weak(&control->countdown, &left, left - 1)) {}
    if (left != 1 && left != -1) return 0;
    atomic_fetch_add(&control->failed, 1);
    errno = atomic_load(&control->code);
    return 1;
}

static int fails(const char *call, int descriptor) {
    if (!is_armed(call)) return 0;
    int before = errno;
    char name[64], path[1024];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, sizeof path - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    return fails_on(path);
}

static int fails_at(const char *call, const char *path) { return is_armed(call) && fails_on(path); }

#define REAL(name) ((__typeof__(&name))real(#name, &real_##name))
static void *real(const char *name, void **known) {
    if (!*known) *known = dlsym(RTLD_NEXT, name);
    return *known;
}

#define OPEN(name)                                                                          \
    static void *real_##name;                                                               \
    int name(const char *path, int flags, ...) {                                            \
        va_list list;                                                                       \
        va_start(list, flags);                                                              \
        mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                           \
        va_end(list);                                                                       \
        if (fails_at((flags & O_ACCMODE) == O_RDONLY ? "open" : "open-write", path)) return -1; \
        return REAL(name)(path, flags, mode);                                               \
    }
OPEN(open)
OPEN(open64)

#define ON_DESCRIPTOR(type, name, kind, parameters, arguments)      \
    static void *real_##name;                                       \
    type name parameters {                                          \
        if (fails(kind, descriptor)) return -1;                     \
        return REAL(name) arguments;                                \
    }
ON_DESCRIPTOR(ssize_t, write, "write", (int descriptor, const void *bytes, size_t count), (descriptor, bytes, count))
ON_DESCRIPTOR(ssize_t, pwrite, "write", (int descriptor, const void *bytes, size_t count, off_t offset),
    (descriptor, bytes, count, offset))
ON_DESCRIPTOR(ssize_t, pwrite64, "write", (int descriptor, const void *bytes, size_t count, off64_t offset),
    (descriptor, bytes, count, offset))
ON_DESCRIPTOR(ssize_t, pread, "read", (int descriptor, void *bytes, size_t count, off_t offset),
    (descriptor, bytes, count, offset))
ON_DESCRIPTOR(ssize_t, pread64, "read", (int descriptor, void *bytes, size_t count, off64_t offset),
    (descriptor, bytes, count, offset))
ON_DESCRIPTOR(int, ftruncate, "ftruncate", (int descriptor, off_t length), (descriptor, length))
ON_DESCRIPTOR(int, ftruncate64, "ftruncate", (int descriptor, off64_t length), (descriptor, length))
ON_DESCRIPTOR(int, fsync, "fsync", (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fdatasync, "fsync", (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fchmod, "fchmod", (int descriptor, mode_t mode), (descriptor, mode))

ssize_t sendfile(int, int, off_t *, size_t);
static void *real_sendfile;
ssize_t sendfile(int socket, int descriptor, off_t *offset, size_t count) {
    if (fails("sendfile", descriptor)) return -1;
    return REAL(sendfile)(socket, descriptor, offset, count);
}

ssize_t sendfile64(int, int, off64_t *, size_t);
static void *real_sendfile64;
ssize_t sendfile64(int socket, int descriptor, off64_t *offset, size_t count) {
    if (fails("sendfile", descriptor)) return -1;
    return REAL(sendfile64)(socket, descriptor, offset, count);
}

// A close that fails has closed all the same.
static void *real_close;
int close(int descriptor) {
    int is_failing = fails("close", descriptor), code = errno;
    int result = REAL(close)(descriptor);
    if (!is_failing) return result;
    errno = code;
    return -1;
}

static void *real_rename;
int rename(const char *source, const char *target) {
    if (fails_at("rename", target)) return -1;
    return REAL(rename)(source, target);
}

static void *real_unlink;
int unlink(const char *path) {
    if (fails_at("unlink", path)) return -1;
    return REAL(unlink)(path);
}

static void *real_mkdir;
int mkdir(const char *path, mode_t mode) {
    if (fails_at("mkdir", path)) return -1;
    return REAL(mkdir)(path, mode);
}
