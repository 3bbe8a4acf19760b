package io.juxta.cli;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.IntByReference;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A terminal with a command on it, as a person would have it: what is typed goes through the system's terminal, which
 * makes a signal of Ctrl-C. A pseudo-terminal of Linux, by the C library, since the JDK cannot open one.
 */
final class Terminal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 120;
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TIOCSWINSZ = 0x5414;
    private static final int SIGINT = 2;
    private static final int SIGKILL = 9;
    private static final short POSIX_SPAWN_SETSIGDEF = 4;
    private static final short POSIX_SPAWN_SETSID = 0x80;

    private static final C C_LIBRARY = Native.load("c", C.class);

    /** Of the C library what is needed here. */
    interface C extends Library {
        int posix_openpt(int flags);

        int grantpt(int fd);

        int unlockpt(int fd);

        String ptsname(int fd);

        int ioctl(int fd, long request, Object... argument);

        long read(int fd, byte[] bytes, long count);

        long write(int fd, byte[] bytes, long count);

        int close(int fd);

        int kill(int pid, int signal);

        int waitpid(int pid, IntByReference status, int options);

        int posix_spawn_file_actions_init(Pointer actions);

        int posix_spawn_file_actions_addopen(Pointer actions, int fd, String path, int flags, int mode);

        int posix_spawnattr_init(Pointer attributes);

        int posix_spawnattr_setflags(Pointer attributes, short flags);

        int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

        int sigemptyset(Pointer signals);

        int sigaddset(Pointer signals, int signal);

        int posix_spawn(
                IntByReference pid,
                String path,
                Pointer actions,
                Pointer attributes,
                Pointer argv,
                Pointer environment);
    }

    private final int fd;
    private final int pid;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Thread reader = new Thread(this::read, "terminal");
    private boolean ended;

    private Terminal(int fd, int pid) {
        this.fd = fd;
        this.pid = pid;
        reader.setDaemon(true);
        reader.start();
    }

    /** @param environment beside the tests' own */
    static Terminal start(int columns, Map<String, String> environment, String... command) {
        int fd = C_LIBRARY.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        require(fd >= 0 && C_LIBRARY.grantpt(fd) == 0 && C_LIBRARY.unlockpt(fd) == 0, "open a pseudo-terminal");
        size(fd, columns);
        String name = C_LIBRARY.ptsname(fd);
        try (Memory actions = new Memory(1024);
                Memory attributes = new Memory(1024);
                Memory signals = new Memory(1024)) {
            C_LIBRARY.posix_spawn_file_actions_init(actions);
            for (int stream = 0; stream <= 2; stream++) {
                C_LIBRARY.posix_spawn_file_actions_addopen(actions, stream, name, O_RDWR, 0);
            }
            // of a session of its own the first terminal that is opened is the one that controls it; and a build in the
            // background of a shell passes on that it ignores SIGINT
            C_LIBRARY.posix_spawnattr_init(attributes);
            C_LIBRARY.posix_spawnattr_setflags(attributes, (short) (POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF));
            C_LIBRARY.sigemptyset(signals);
            C_LIBRARY.sigaddset(signals, SIGINT);
            C_LIBRARY.posix_spawnattr_setsigdefault(attributes, signals);
            Map<String, String> all = new TreeMap<>(System.getenv());
            all.putAll(environment);
            String[] variables = all.entrySet().stream()
                    .map(variable -> variable.getKey() + "=" + variable.getValue())
                    .toArray(String[]::new);
            IntByReference pid = new IntByReference();
            int error = C_LIBRARY.posix_spawn(
                    pid, command[0], actions, attributes, new StringArray(command), new StringArray(variables));
            require(error == 0, "start " + command[0] + " (" + error + ")");
            return new Terminal(fd, pid.getValue());
        }
    }

    private static void require(boolean done, String what) {
        if (!done) {
            throw new IllegalStateException("cannot " + what);
        }
    }

    private static void size(int fd, int columns) {
        try (Memory size = new Memory(8)) {
            size.clear();
            size.setShort(0, (short) 24);
            size.setShort(2, (short) columns);
            require(C_LIBRARY.ioctl(fd, TIOCSWINSZ, size) == 0, "set the size of a terminal");
        }
    }

    private void read() {
        byte[] bytes = new byte[4096];
        for (long count = C_LIBRARY.read(fd, bytes, bytes.length);
                count > 0;
                count = C_LIBRARY.read(fd, bytes, bytes.length)) {
            synchronized (this) {
                shown.write(bytes, 0, (int) count);
                notifyAll();
            }
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    /** All that came to the terminal so far, with its control characters. */
    synchronized String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    /** Waits until it shows a text. */
    synchronized void await(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!shown().contains(text)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            require(!ended && left > 0, "see '" + text + "' on the terminal, only: " + shown());
            wait(left);
        }
    }

    void type(char key) {
        require(C_LIBRARY.write(fd, new byte[] {(byte) key}, 1) == 1, "type on the terminal");
    }

    /** Makes it wider or narrower; the command is told by a signal. */
    void resize(int columns) {
        size(fd, columns);
    }

    /** Waits for the command's end. @return its status, 128 and the signal where one ended it, as a shell would say */
    int await() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        require(!reader.isAlive(), "see the command's end, only: " + shown());
        IntByReference status = new IntByReference();
        require(C_LIBRARY.waitpid(pid, status, 0) == pid, "wait for the command");
        int signal = status.getValue() & 0x7f;
        return signal == 0 ? status.getValue() >> 8 & 0xff : 128 + signal;
    }

    @Override
    public void close() {
        if (reader.isAlive()) {
            C_LIBRARY.kill(pid, SIGKILL);
            C_LIBRARY.waitpid(pid, new IntByReference(), 0);
        }
        C_LIBRARY.close(fd);
    }
}
