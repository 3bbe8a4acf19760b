package io.juxta.train.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apiguardian.api.API;

/**
 * Keeps a folder for one piece of work, such as a run's for one run. The system takes the lock back when the process ends,
 * however it ends.
 */
@API(status = API.Status.INTERNAL)
public final class RunLock implements AutoCloseable {
    static final String NAME = ".lock";

    /** POSIX drops a process's lock when it closes any channel to the file: within a process, none must be opened. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** @throws IOException when another run lives in the folder, naming its process */
    static RunLock take(Path folder) throws IOException {
        return take(folder, folder, "another run", "choose another --run");
    }

    /**
     * Takes it for work of another kind.
     *
     * @param folder that the lock's file lies in
     * @param what the folder that people know
     * @param who uses it, if anybody does: of which kind
     * @param cure what to do beside waiting
     * @throws IOException when somebody does, naming the process
     */
    public static RunLock take(Path folder, Path what, String who, String cure) throws IOException {
        Path file = folder.toRealPath().resolve(NAME);
        if (!HELD.add(file)) {
            throw inUse(what, Long.toString(ProcessHandle.current().pid()), who, cure);
        }
        try {
            return new RunLock(file, locked(file, what, who, cure));
        } catch (IOException | RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    private static FileChannel locked(Path file, Path what, String who, String cure) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            // the first byte is locked, the others name the owner and stay readable everywhere
            if (channel.tryLock(0, 1, false) == null) {
                ByteBuffer owner = ByteBuffer.allocate(16);
                channel.read(owner, 1);
                String pid = new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII);
                throw inUse(what, pid, who, cure);
            }
            byte[] owner = ("." + ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0).write(ByteBuffer.wrap(owner), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether a run lives in a folder, of this process or of another; nothing is changed there. */
    static boolean isHeld(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (HELD.contains(folder.toRealPath().resolve(NAME))) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, 1, true)) {
            return lock == null;
        } catch (AccessDeniedException e) {
            return false; // of somebody whose folder can only be read: what cannot be asked is not claimed
        }
    }

    /** Somebody else's run lives in the folder. */
    static final class InUseException extends IOException {
        private static final long serialVersionUID = 1;

        InUseException(String message) {
            super(message);
        }
    }

    private static InUseException inUse(Path what, String pid, String who, String cure) {
        return new InUseException(what + " is in use by " + who
                + (pid.matches("\\d{1,12}") ? " (process " + pid + ")" : "")
                + ": wait until it ends, or " + cure);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(file);
    }

    /** Releases it and leaves no file, for a folder that is to be taken away. */
    void closeAndDelete() throws IOException {
        Files.deleteIfExists(file);
        close();
    }
}
