package io.juxta.eval;

import io.juxta.data.Dataset;
import java.io.BufferedInputStream;
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

/** A file of image names, one a line, read so that nothing in it need be trusted: it ends at the first line at fault. */
final class NameList {
    /** Bytes of a line, four times what a path may have. */
    private static final int LONGEST = 1 << 14;

    private static final int SHOWN = 80;
    private static final int AMBIGUOUS = -1;

    private final Path file;
    private final Dataset images;
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, Integer> lastParts = new HashMap<>();
    /** Places in the data set, and the line that each was named in. */
    private final Map<Integer, Integer> found = new LinkedHashMap<>();

    private int line;

    NameList(Path file, Dataset images) {
        this.file = file;
        this.images = images;
        for (int i = 0; i < images.size(); i++) {
            String name = images.name(i);
            places.put(name, i);
            lastParts.merge(name.substring(name.lastIndexOf('/') + 1), i, (one, other) -> AMBIGUOUS);
        }
    }

    /** Places in the data set in the order of the lines, at least one. */
    List<Integer> read() throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder; give a text file with the name of an image in each line");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
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
        Integer last = lastParts.get(name);
        if (last == null) {
            throw wrong("names " + shown(name) + ", which is none of the " + images.size()
                    + " training images: they are called as " + shown(images.name(0)));
        }
        if (last == AMBIGUOUS) {
            throw wrong("names " + shown(name) + ", and several training images end so: give the path, as "
                    + shown(images.name(0)));
        }
        return last;
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
