package io.juxta.explore;

import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A basket as a folder of its own: pictures copied or linked, in folders as they lie. The page says what it is called, and
 * nothing but that: it is made in one folder, which the command was given.
 */
final class BasketFolder {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,63}");

    private BasketFolder() {}

    /** How a picture comes into it. */
    enum How {
        COPY,
        LINK
    }

    /** What became of it. */
    record Made(Path folder, int pictures, List<String> gone) {
        String line(How how) {
            return String.format(
                    Locale.ROOT,
                    "%,d %s %s into %s%s",
                    pictures,
                    pictures == 1 ? "picture" : "pictures",
                    how == How.COPY ? "copied" : "linked",
                    folder,
                    gone.isEmpty() ? "" : "; " + gone.size() + " could not be, such as " + gone.get(0));
        }
    }

    /**
     * Makes it.
     *
     * @param above the folder that it is made in, itself made where it is not there
     * @param name letters, digits, spaces, dots, dashes; not there yet
     * @throws IllegalArgumentException when the name is none, or the pictures are no files
     * @throws IOException when the folder is there or cannot be written
     */
    static Made make(Path above, String name, Dataset images, List<Integer> pictures, How how) throws IOException {
        if (!NAME.matcher(name).matches() || name.endsWith(".") || name.endsWith(" ")) {
            throw new IllegalArgumentException(
                    "a folder's name here is of letters, digits, spaces, dots and dashes, at most 64");
        }
        if (!(images.origin() instanceof ImageFolder folder)) {
            throw new IllegalArgumentException("these pictures are no files of their own: take the list instead");
        }
        Path to = above.resolve(name);
        if (Files.exists(to)) {
            throw new IOException(to + " is there already: choose another name");
        }
        Files.createDirectories(to);
        Path top = to.toRealPath();
        List<String> gone = new ArrayList<>();
        int made = 0;
        for (int picture : pictures) {
            Path target = top.resolve(folder.name(picture)).normalize();
            if (!target.startsWith(top)) {
                throw new IOException(folder.name(picture) + " leads out of its folder");
            }
            try {
                Path from = folder.file(picture).toRealPath();
                Files.createDirectories(target.getParent());
                if (how == How.COPY) {
                    Files.copy(from, target);
                } else {
                    Files.createSymbolicLink(target, from);
                }
                made++;
            } catch (IOException e) {
                gone.add(folder.name(picture));
            }
        }
        return new Made(to, made, List.copyOf(gone));
    }
}
