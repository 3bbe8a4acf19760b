package io.juxta.data;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Folders that systems and programs put among a person's pictures, and that are none of them. */
final class SystemFolders {
    private static final Map<String, String> WHAT = Map.ofEntries(
            Map.entry("@eadir", "a Synology NAS's thumbnails"),
            Map.entry("#recycle", "a Synology NAS's rubbish bin"),
            Map.entry("#snapshot", "a Synology NAS's snapshots"),
            Map.entry("@recycle", "a QNAP NAS's rubbish bin"),
            Map.entry("@recently-snapshot", "a QNAP NAS's snapshots"),
            Map.entry(".@__thumb", "a QNAP NAS's thumbnails"),
            Map.entry("__macosx", "what macOS adds to archives"),
            Map.entry(".appledouble", "macOS's data about other files"),
            Map.entry(".trashes", "a rubbish bin"),
            Map.entry(".thumbnails", "thumbnails"),
            Map.entry("$recycle.bin", "Windows's rubbish bin"),
            Map.entry("recycler", "Windows's rubbish bin"),
            Map.entry("system volume information", "Windows's own"),
            Map.entry("lost+found", "what a file system's check has found"),
            Map.entry("__pycache__", "Python's own"));

    private SystemFolders() {}

    /** What such a folder is, for a person; empty where its name is none of theirs. */
    static Optional<String> what(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals(".trash") || lower.startsWith(".trash-")) {
            return Optional.of("a rubbish bin");
        }
        return Optional.ofNullable(WHAT.get(lower));
    }
}
