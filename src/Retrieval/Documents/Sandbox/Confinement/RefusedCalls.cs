namespace LlmPlatform.Retrieval.Documents.Sandbox.Confinement;

/// <summary>
/// The system calls that reading a document never needs, by their numbers in Linux' tables for x86-64 and for arm64 (the
/// generic table). Reading files is among them: the filter is set when everything is loaded.
/// </summary>
internal static class RefusedCalls
{
    internal const uint Clone3 = 435;
    internal const uint CloneX64 = 56;
    internal const uint CloneArm64 = 220;
    internal const uint ResourceLimitX64 = 302;
    internal const uint ResourceLimitArm64 = 261;

    /// <summary>A call; -1 where a processor does not have it.</summary>
    internal readonly record struct Call(string Name, int X64, int Arm64);

    /// <summary>kill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo: allowed for the own process.</summary>
    internal static ReadOnlySpan<uint> SignalsX64 => [62, 234, 129, 297];

    /// <inheritdoc cref="SignalsX64"/>
    internal static ReadOnlySpan<uint> SignalsArm64 => [129, 131, 138, 240];

    /// <summary>All that is refused whatever its arguments are.</summary>
    internal static readonly Call[] All =
    [
        // Files: nothing is opened, made, changed or removed.
        new("open", 2, -1), new("creat", 85, -1), new("openat", 257, 56), new("openat2", 437, 437),
        new("open_by_handle_at", 304, 265), new("name_to_handle_at", 303, 264), new("open_tree", 428, 428),
        new("open_tree_attr", 467, 467), new("memfd_create", 319, 279), new("memfd_secret", 447, 447),
        new("truncate", 76, 45), new("ftruncate", 77, 46), new("fallocate", 285, 47), new("unlink", 87, -1),
        new("unlinkat", 263, 35), new("rename", 82, -1), new("renameat", 264, 38), new("renameat2", 316, 276),
        new("mkdir", 83, -1), new("mkdirat", 258, 34), new("rmdir", 84, -1), new("link", 86, -1),
        new("linkat", 265, 37), new("symlink", 88, -1), new("symlinkat", 266, 36), new("mknod", 133, -1),
        new("mknodat", 259, 33), new("chmod", 90, -1), new("fchmod", 91, 52), new("fchmodat", 268, 53),
        new("fchmodat2", 452, 452), new("chown", 92, -1), new("fchown", 93, 55), new("lchown", 94, -1),
        new("fchownat", 260, 54), new("setxattr", 188, 5), new("lsetxattr", 189, 6), new("fsetxattr", 190, 7),
        new("setxattrat", 463, 463), new("removexattr", 197, 14), new("lremovexattr", 198, 15),
        new("fremovexattr", 199, 16), new("removexattrat", 466, 466), new("file_setattr", 469, 469),
        new("utime", 132, -1), new("utimes", 235, -1), new("utimensat", 280, 88), new("futimesat", 261, -1),
        new("chdir", 80, 49), new("fchdir", 81, 50),

        // Connections.
        new("socket", 41, 198), new("socketpair", 53, 199), new("bind", 49, 200), new("listen", 50, 201),
        new("accept", 43, 202), new("accept4", 288, 242), new("connect", 42, 203), new("sendto", 44, 206),
        new("sendmsg", 46, 211), new("sendmmsg", 307, 269), new("recvfrom", 45, 207), new("recvmsg", 47, 212),
        new("recvmmsg", 299, 243),

        // Other programs and processes.
        new("execve", 59, 221), new("execveat", 322, 281), new("fork", 57, -1), new("vfork", 58, -1),
        new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271),
        new("process_madvise", 440, 440), new("process_mrelease", 448, 448), new("pidfd_open", 434, 434),
        new("pidfd_getfd", 438, 438), new("pidfd_send_signal", 424, 424), new("kcmp", 312, 272),
        new("tkill", 200, 130), new("shmget", 29, 194), new("shmat", 30, 196), new("semget", 64, 190),
        new("msgget", 68, 186), new("mq_open", 240, 180), new("mq_unlink", 241, 181),

        // Ways around: calls made by the kernel for the process, watchers, keys.
        new("io_uring_setup", 425, 425), new("io_uring_enter", 426, 426), new("io_uring_register", 427, 427),
        new("io_setup", 206, 0), new("io_submit", 209, 2), new("bpf", 321, 280), new("perf_event_open", 298, 241),
        new("userfaultfd", 323, 282), new("fanotify_init", 300, 262), new("fanotify_mark", 301, 263),
        new("inotify_init", 253, -1), new("inotify_init1", 294, 26), new("keyctl", 250, 219),
        new("add_key", 248, 217), new("request_key", 249, 218), new("vmsplice", 278, 75),

        // The system's state, and more rights.
        new("mount", 165, 40), new("umount2", 166, 39), new("mount_setattr", 442, 442), new("move_mount", 429, 429),
        new("fsopen", 430, 430), new("fsmount", 432, 432), new("fsconfig", 431, 431), new("fspick", 433, 433),
        new("pivot_root", 155, 41), new("chroot", 161, 51), new("unshare", 272, 97), new("setns", 308, 268),
        new("personality", 135, 92), new("setuid", 105, 146), new("setgid", 106, 144), new("setreuid", 113, 145),
        new("setregid", 114, 143), new("setresuid", 117, 147), new("setresgid", 119, 149), new("setfsuid", 122, 151),
        new("setfsgid", 123, 152), new("setgroups", 116, 159), new("capset", 126, 91), new("init_module", 175, 105),
        new("finit_module", 313, 273), new("delete_module", 176, 106), new("kexec_load", 246, 104),
        new("kexec_file_load", 320, 294), new("reboot", 169, 142), new("swapon", 167, 224), new("swapoff", 168, 225),
        new("settimeofday", 164, 170), new("clock_settime", 227, 112), new("clock_adjtime", 305, 266),
        new("adjtimex", 159, 171), new("sethostname", 170, 161), new("setdomainname", 171, 162),
        new("syslog", 103, 116), new("acct", 163, 89), new("quotactl", 179, 60), new("quotactl_fd", 443, 443),
    ];
}
