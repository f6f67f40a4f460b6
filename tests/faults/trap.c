/* Intercepts every system call with which this process changes or opens the files of a folder:
   counts the calls, makes one fail, simulates a full disk, or records them.

   A seccomp filter sends these calls to a signal handler, which makes them itself and marks them as
   its own in their unused sixth argument. So calls that bypass the C library are seen as well. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define ARGUMENTS(registers) \
    {(registers)[REG_RDI], (registers)[REG_RSI], (registers)[REG_RDX], (registers)[REG_R10], \
     (registers)[REG_R8]}
#define REGISTERS(context) ((context)->uc_mcontext.gregs)
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define ARGUMENTS(registers) \
    {(long)(registers)[0], (long)(registers)[1], (long)(registers)[2], (long)(registers)[3], \
     (long)(registers)[4]}
#define REGISTERS(context) ((context)->uc_mcontext.regs)
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#else
#error "the trap knows the registers of x86-64 and of 64-bit ARM only"
#endif

#define OWN 0x62796c69

enum { CREATE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, LINK };

static const int trapped_calls[] = {
#ifdef SYS_open
    SYS_open, SYS_creat, SYS_rename, SYS_unlink, SYS_rmdir, SYS_mkdir, SYS_link,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
    SYS_openat, SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_fsync,
    SYS_fdatasync, SYS_renameat2, SYS_unlinkat, SYS_mkdirat, SYS_linkat, SYS_ftruncate,
    SYS_truncate, SYS_fallocate, SYS_copy_file_range, SYS_sendfile,
};
#define TRAPPED (sizeof trapped_calls / sizeof *trapped_calls)

/* What is to happen; all of it is set before the first call is trapped. */
static char folder[PATH_MAX], only[NAME_MAX + 1];
static long failing = -1, calls = 0, grown = 0, space = -1;
static int failure = 0, lasting = 0, recording = -1;

/* One call at a time uses these. */
static int busy = 0;
static char first[PATH_MAX], second[PATH_MAX];

static long own(long number, long a, long b, long c, long d, long e) {
    long result = syscall(number, a, b, c, d, e, OWN);
    return result < 0 ? -errno : result;
}

static int under(const char *path) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void path_of(int descriptor, char *path) {
    char link[40] = "/proc/self/fd/", digits[12];
    int at = sizeof digits - 1, start = (int)strlen(link);
    digits[at] = '\0';
    do digits[--at] = (char)('0' + descriptor % 10);
    while ((descriptor /= 10) > 0);
    memcpy(link + start, digits + at, sizeof digits - (size_t)at);
    long length = own(SYS_readlinkat, AT_FDCWD, (long)link, (long)path, PATH_MAX - 1, 0);
    path[length < 0 ? 0 : length] = '\0';
}

/* Names need no cleaning: nothing here names a file by way of "." or of a link. */
static void path_at(int from, const char *name, char *path) {
    path[0] = '\0';
    if (name[0] != '/') {
        if (from == AT_FDCWD) {
            if (own(SYS_getcwd, (long)path, PATH_MAX, 0, 0, 0) < 0) path[0] = '\0';
        } else {
            path_of(from, path);
        }
        strncat(path, "/", PATH_MAX - 1 - strlen(path));
    }
    strncat(path, name, PATH_MAX - 1 - strlen(path));
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') path[--length] = '\0';
}

static void record(char kind, const char *one, const char *other, int64_t offset, const void *data,
                   int64_t size) {
    if (recording < 0) return;
    struct __attribute__((packed)) {
        char kind;
        uint32_t one, other;
        int64_t offset, size;
    } header = {kind, (uint32_t)strlen(one), (uint32_t)strlen(other), offset, size};
    struct iovec parts[] = {{&header, sizeof header},
                            {(void *)one, header.one},
                            {(void *)other, header.other},
                            {(void *)data, data ? (size_t)size : 0}};
    own(SYS_writev, recording, (long)parts, 4, 0, 0);
}

/* Counts a call on a path; tells whether it is to fail. */
static int fails(const char *path) {
    if (strstr(path, only) == NULL) return 0;
    long number = calls++;
    return failing >= 0 && (lasting ? number >= failing : number == failing);
}

static long on_open(long from, const char *name, long flags, long mode) {
    path_at((int)from, name, first);
    if (!under(first)) return own(SYS_openat, from, (long)name, flags, mode, 0);
    if ((flags & O_TMPFILE) == O_TMPFILE) return -EOPNOTSUPP;
    if (fails(first) && failure) return -failure;
    int there = own(SYS_faccessat, AT_FDCWD, (long)first, F_OK, 0, 0) == 0;
    long opened = own(SYS_openat, from, (long)name, flags, mode, 0);
    if (opened < 0) return opened;
    if (!there && (flags & O_CREAT)) record(CREATE, first, "", 0, NULL, 0);
    else if (flags & O_TRUNC) record(TRUNCATE, first, "", 0, NULL, 0);
    return opened;
}

static long on_write(long file, const char *data, long size, long offset) {
    path_of((int)file, first);
    int positioned = offset >= 0;
    if (under(first)) {
        struct stat status;
        if (fails(first)) {
            if (failure) return -failure;
            size = (size + 1) / 2;
        }
        long end = own(SYS_fstat, file, (long)&status, 0, 0, 0) < 0 ? 0 : status.st_size;
        long at = positioned ? offset : own(SYS_lseek, file, 0, SEEK_CUR, 0, 0);
        if (!positioned && (own(SYS_fcntl, file, F_GETFL, 0, 0, 0) & O_APPEND)) at = end;
        long growth = at + size > end ? at + size - end : 0;
        if (space >= 0 && grown + growth > space) {
            size -= grown + growth - space;
            growth = space - grown;
            if (size <= 0) return -ENOSPC;
        }
        long written = positioned ? own(SYS_pwrite64, file, (long)data, size, offset, 0)
                                  : own(SYS_write, file, (long)data, size, 0, 0);
        if (written < 0) return written;
        grown += growth;
        record(WRITE, first, "", at, data, written);
        return written;
    }
    return positioned ? own(SYS_pwrite64, file, (long)data, size, offset, 0)
                      : own(SYS_write, file, (long)data, size, 0, 0);
}

/* Writes the first part that holds something, as the kernel may do too. */
static long on_writev(long file, const struct iovec *parts, long count, long offset) {
    for (long i = 0; i < count; i++)
        if (parts[i].iov_len) return on_write(file, parts[i].iov_base, (long)parts[i].iov_len, offset);
    return 0;
}

static long on_file(long number, long file, long argument, char kind) {
    path_of((int)file, first);
    if (under(first) && fails(first) && failure) return -failure;
    long result = own(number, file, argument, 0, 0, 0);
    if (result >= 0 && under(first)) record(kind, first, "", argument, NULL, 0);
    return result;
}

static long on_name(long from, const char *name, char kind, long number, long argument) {
    path_at((int)from, name, first);
    if (under(first) && fails(first) && failure) return -failure;
    long result = own(number, from, (long)name, argument, 0, 0);
    if (result >= 0 && under(first)) record(kind, first, "", 0, NULL, 0);
    return result;
}

static long on_names(long from, const char *name, long to, const char *target, long flags,
                     char kind, long number) {
    path_at((int)from, name, first);
    path_at((int)to, target, second);
    int ours = under(first) || under(second);
    if (ours && fails(second) && failure) return -failure;
    long result = own(number, from, (long)name, to, (long)target, flags);
    if (result >= 0 && ours) record(kind, first, second, 0, NULL, 0);
    return result;
}

static long on_truncate(const char *name, long size) {
    path_at(AT_FDCWD, name, first);
    if (under(first) && fails(first) && failure) return -failure;
    long result = own(SYS_truncate, (long)name, size, 0, 0, 0);
    if (result >= 0 && under(first)) record(TRUNCATE, first, "", size, NULL, 0);
    return result;
}

static long made(long number, const long *a) {
    switch (number) {
#ifdef SYS_open
    case SYS_open: return on_open(AT_FDCWD, (char *)a[0], a[1], a[2]);
    case SYS_creat: return on_open(AT_FDCWD, (char *)a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
    case SYS_rename:
        return on_names(AT_FDCWD, (char *)a[0], AT_FDCWD, (char *)a[1], 0, RENAME, SYS_renameat2);
    case SYS_unlink: return on_name(AT_FDCWD, (char *)a[0], UNLINK, SYS_unlinkat, 0);
    case SYS_rmdir: return on_name(AT_FDCWD, (char *)a[0], UNLINK, SYS_unlinkat, AT_REMOVEDIR);
    case SYS_mkdir: return on_name(AT_FDCWD, (char *)a[0], MKDIR, SYS_mkdirat, a[1]);
    case SYS_link:
        return on_names(AT_FDCWD, (char *)a[0], AT_FDCWD, (char *)a[1], 0, LINK, SYS_linkat);
#endif
#ifdef SYS_renameat
    case SYS_renameat:
        return on_names(a[0], (char *)a[1], a[2], (char *)a[3], 0, RENAME, SYS_renameat2);
#endif
    case SYS_openat: return on_open(a[0], (char *)a[1], a[2], a[3]);
    case SYS_write: return on_write(a[0], (char *)a[1], a[2], -1);
    case SYS_pwrite64: return on_write(a[0], (char *)a[1], a[2], a[3]);
    case SYS_writev: return on_writev(a[0], (struct iovec *)a[1], a[2], -1);
    case SYS_pwritev:
    case SYS_pwritev2: return on_writev(a[0], (struct iovec *)a[1], a[2], a[3]);
    case SYS_fsync:
    case SYS_fdatasync: return on_file(number, a[0], 0, SYNC);
    case SYS_ftruncate: return on_file(number, a[0], a[1], TRUNCATE);
    case SYS_truncate: return on_truncate((char *)a[0], a[1]);
    case SYS_renameat2:
        return on_names(a[0], (char *)a[1], a[2], (char *)a[3], a[4], RENAME, SYS_renameat2);
    case SYS_linkat: return on_names(a[0], (char *)a[1], a[2], (char *)a[3], a[4], LINK, SYS_linkat);
    case SYS_unlinkat: return on_name(a[0], (char *)a[1], UNLINK, SYS_unlinkat, a[2]);
    case SYS_mkdirat: return on_name(a[0], (char *)a[1], MKDIR, SYS_mkdirat, a[2]);
    case SYS_fallocate: return -EOPNOTSUPP;
    default: return -ENOSYS; /* copying within the kernel: the caller reads and writes instead */
    }
}

static void on_call(int signal, siginfo_t *info, void *given) {
    (void)signal;
    ucontext_t *context = given;
    int before = errno;
    long arguments[] = ARGUMENTS(REGISTERS(context));
    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) sched_yield();
    long result = made(info->si_syscall, arguments);
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    RESULT(context) = (typeof(RESULT(context)))result;
    errno = before;
}

static int filter(void) {
    struct sock_filter program[TRAPPED + 9] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    const struct sock_filter rest[] = {
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    for (size_t i = 0; i < TRAPPED; i++) {
        uint32_t number = (uint32_t)trapped_calls[i];
        uint8_t away = (uint8_t)(TRAPPED - i);
        program[4 + i] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, away, 0);
    }
    memcpy(program + 4 + TRAPPED, rest, sizeof rest);
    struct sock_fprog loaded = {TRAPPED + 9, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &loaded) ? errno : 0;
}

/* Begins to trap. Gives 0, or the error for which it cannot.
   folder: absolute, links resolved. only: part of the paths whose calls are counted.
   failing: number of the call that fails, from 0; below 0 none does. failure: errno that it fails
   with; 0 makes a write short. lasting: every call from then on fails. space: bytes by which files
   may grow; below 0 without end. log: file that takes the record; empty for none. */
int trap(const char *in, const char *part, long nth, int error, int on, long bytes,
         const char *log) {
    strncpy(folder, in, sizeof folder - 1);
    strncpy(only, part, sizeof only - 1);
    failing = nth, failure = error, lasting = on, space = bytes;
    if (log[0]) {
        recording = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (recording < 0) return errno;
    }
    struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO};
    if (sigaction(SIGSYS, &action, NULL)) return errno;
    return filter();
}

/* Calls counted. */
long trapped(void) { return calls; }

/* Bytes by which files grew. */
long growth(void) { return grown; }
