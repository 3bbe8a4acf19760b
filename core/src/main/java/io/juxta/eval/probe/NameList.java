package io.juxta.eval.probe;

import io.juxta.data.Dataset;
import io.juxta.data.FileName;
import io.juxta.data.Spelling;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file of image names, one a line, read so that nothing in it need be trusted: it ends at the first line at fault. What
 * a person would call the same name is found: with slashes that lean back, in quotes, below other folders, in UTF-16 as
 * Windows writes it, with an ä that is one character or two, with other large letters; where two images could be meant,
 * neither is.
 */
final class NameList {
    /** Bytes of a line, four times what a path may have. */
    private static final int LONGEST = 1 << 14;

    /** Bytes of a list in UTF-16, which is read at once. */
    private static final int MOST = 64 << 20;

    private static final int SHOWN = 80;
    private static final int AMBIGUOUS = -1;

    private final Path file;
    private final Dataset images;
    private final Map<String, Integer> places = new HashMap<>();
    /** Names as they are spoken, and last parts of them; then both without regard to large letters. */
    private final List<Spoken> spoken = List.of(new Spoken(FileName::composed), new Spoken(FileName::folded));

    /** Places in the data set, and the line that each was named in. */
    private final Map<Integer, Integer> found = new LinkedHashMap<>();

    private int line;

    NameList(Path file, Dataset images) {
        this.file = file;
        this.images = images;
        for (int i = 0; i < images.size(); i++) {
            String name = images.name(i);
            places.put(name, i);
            for (Spoken way : spoken) {
                way.add(name, i);
            }
        }
    }

    /** What names are the same in one way of comparing them. */
    private record Spoken(UnaryOperator<String> same, Map<String, Integer> whole, Map<String, Integer> last) {
        Spoken(UnaryOperator<String> same) {
            this(same, new HashMap<>(), new HashMap<>());
        }

        void add(String name, int place) {
            String key = same.apply(name);
            whole.merge(key, place, (one, other) -> AMBIGUOUS);
            last.merge(key.substring(key.lastIndexOf('/') + 1), place, (one, other) -> AMBIGUOUS);
        }

        /** The place of a name, or of what is left of it without its first folders; null where there is none. */
        @Nullable
        Integer find(String name) {
            String key = same.apply(name);
            for (int at = 0; at >= 0; at = key.indexOf('/', at) + 1) {
                Integer place = whole.get(key.substring(at));
                if (place != null) {
                    return place;
                }
                if (key.indexOf('/', at) < 0) {
                    return at == 0 ? last.get(key) : null;
                }
            }
            return null;
        }
    }

    /** Places in the data set in the order of the lines, at least one. */
    List<Integer> read() throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder; give a text file with the name of an image in each line");
        }
        try (InputStream in = utf8(new BufferedInputStream(Files.newInputStream(file)))) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    take(text);
                } else if (text.size() < LONGEST) {
                    text.write(b);
                } else {
                    line++;
                    throw wrong("is longer than any name of an image: give one name in each line");
                }
            }
            take(text);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file; it should have the name of an image in each line", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + ": not readable; check its permissions", e);
        }
        if (found.isEmpty()) {
            throw new IOException(file + ": no name in it; give the name of an image in each line");
        }
        return new ArrayList<>(found.keySet());
    }

    /** The text of a file in UTF-8, whatever its first bytes say that it is in; PowerShell writes UTF-16. */
    private InputStream utf8(InputStream in) throws IOException {
        in.mark(2);
        byte[] mark = in.readNBytes(2);
        in.reset();
        boolean little = mark.length == 2 && (mark[0] & 255) == 0xFF && (mark[1] & 255) == 0xFE;
        boolean big = mark.length == 2 && (mark[0] & 255) == 0xFE && (mark[1] & 255) == 0xFF;
        if (!little && !big) {
            return in;
        }
        try (in) {
            byte[] text = in.readNBytes(MOST + 1);
            if (text.length > MOST) {
                throw new IOException(
                        file + ": more than " + (MOST >> 20) + " MiB of UTF-16: save the list as plain text in UTF-8");
            }
            return new ByteArrayInputStream(new String(text, StandardCharsets.UTF_16).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void take(ByteArrayOutputStream bytes) throws IOException {
        line++;
        String name = decode(bytes.toByteArray());
        bytes.reset();
        if (name.isBlank()) {
            return;
        }
        int place = place(name);
        if (images.label(place) < 0) {
            throw wrong("names " + shown(name) + ", which has no class: put it into a folder for its class");
        }
        Integer before = found.putIfAbsent(place, line);
        if (before != null) {
            throw wrong("names " + shown(name) + " again, after line " + before + ": take one of the two out");
        }
    }

    private String decode(byte[] bytes) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            String marked = line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
            return marked.endsWith("\r") ? marked.substring(0, marked.length() - 1) : marked;
        } catch (CharacterCodingException e) {
            throw wrong("is not UTF-8: save the list as plain text in UTF-8", e);
        }
    }

    private int place(String name) throws IOException {
        Integer whole = places.get(name);
        if (whole != null) {
            return whole;
        }
        String plain = name.strip().replaceAll("^\"(.*)\"$", "$1").replace('\\', '/');
        for (Spoken way : spoken) {
            Integer found = way.find(plain);
            if (found != null && found == AMBIGUOUS) {
                throw wrong("names " + shown(name) + ", and several training images end so: give the path, as "
                        + shown(images.name(0)));
            }
            if (found != null) {
                return found;
            }
        }
        throw wrong("names " + shown(name) + ", which is none of the " + images.size() + " training images: "
                + Spelling.nearest(plain, places.keySet(), FileName::folded)
                        .map(near -> "the nearest is " + shown(near))
                        .orElseGet(() -> "they are called as " + shown(images.name(0))));
    }

    private IOException wrong(String what) {
        return new IOException(file + " line " + line + ": " + what);
    }

    private IOException wrong(String what, Throwable cause) {
        return new IOException(file + " line " + line + ": " + what, cause);
    }

    /** A name for a message: short, and on one line whatever it holds. */
    static String shown(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", " ");
        return "'" + (printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...") + "'";
    }
}
