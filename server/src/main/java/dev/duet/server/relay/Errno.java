package dev.duet.server.relay;

/** Error numbers of Linux, equal on x86-64 and aarch64. */
final class Errno {
    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EINVAL = 22;
    static final int EMFILE = 24;
    static final int ENOSYS = 38;
    static final int EMSGSIZE = 90;
    static final int EOPNOTSUPP = 95;
    static final int EAFNOSUPPORT = 97;
    static final int EADDRINUSE = 98;
    static final int EADDRNOTAVAIL = 99;
    static final int ENOBUFS = 105;

    private Errno() {}

    /** In words, for an exception. */
    static String text(int number) {
        return switch (number) {
            case EPERM -> "Operation not permitted";
            case EACCES -> "Permission denied";
            case EINVAL -> "Invalid argument";
            case EMFILE -> "Too many open files";
            case EAFNOSUPPORT -> "Address family not supported";
            case EADDRINUSE -> "Address already in use";
            case EADDRNOTAVAIL -> "Cannot assign requested address";
            case ENOBUFS -> "No buffer space available";
            default -> "error " + number;
        };
    }
}
