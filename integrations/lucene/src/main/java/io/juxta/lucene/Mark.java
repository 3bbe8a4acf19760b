package io.juxta.lucene;

import io.juxta.data.FileState;
import io.juxta.runs.Embedder;
import java.io.IOException;
import java.util.Optional;

/** What is kept of a picture to tell whether it is still what it was: size, time and checksum of its file, and its label. */
final class Mark {
    private static final int FILE_FIELDS = 3;

    private Mark() {}

    /** As it is now; with a checksum once the file has been read. */
    static String of(Embedder embedder, int image) {
        return of(
                embedder,
                image,
                embedder.fileState(image).map(FileState::checksum).orElse(FileState.UNREAD));
    }

    private static String of(Embedder embedder, int image, long checksum) {
        Optional<FileState> state = embedder.fileState(image);
        return state.map(FileState::size).orElse(0L) + " "
                + state.map(FileState::modified).orElse(0L) + " " + checksum + " " + embedder.label(image);
    }

    /** Whether nothing has changed, as far as can be told without a look into the file. */
    static boolean isSame(String mark, Embedder embedder, int image) {
        return mark.equals(of(embedder, image, checksum(mark)));
    }

    private static long checksum(String mark) {
        return number(mark, 2);
    }

    private static long number(String mark, int field) {
        String[] fields = mark.split(" ", FILE_FIELDS + 1);
        try {
            return fields.length <= field ? FileState.UNREAD : Long.parseLong(fields[field]);
        } catch (NumberFormatException e) {
            return FileState.UNREAD;
        }
    }

    /** Whether the file is the same but for its time: its bytes are read where size and time do not tell. */
    static boolean isSameFile(String mark, Embedder embedder, int image) {
        Optional<FileState> now = embedder.fileState(image);
        if (now.isEmpty()) {
            return true;
        }
        if (now.get().size() != number(mark, 0)) {
            return false;
        }
        if (now.get().modified() == number(mark, 1)) {
            return true;
        }
        try {
            return checksum(mark) != FileState.UNREAD && embedder.checksum(image) == checksum(mark);
        } catch (IOException e) {
            return false; // it is embedded again, and what is wrong with it said then
        }
    }
}
