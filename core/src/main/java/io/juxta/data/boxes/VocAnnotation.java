package io.juxta.data.boxes;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What one of PASCAL VOC's XML files says of a picture. It is read without definitions of its own (DTD) and without anything
 * from outside, and within limits of size and number.
 *
 * @param fileName of the picture, empty where it does not say
 * @param width of the picture, 0 where it does not say
 * @param height of the picture, 0 where it does not say
 * @param objects in their order; pixels are counted from 1 in the file and from 0 here
 */
record VocAnnotation(String fileName, int width, int height, List<StatedBox> objects) {
    static final int MOST_OBJECTS = 10_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_DEPTH = 16;
    private static final int LONGEST_TEXT = 10_000;
    private static final List<String> SIDES = List.of("xmin", "ymin", "xmax", "ymax");
    private static final Set<String> OF_OBJECT = Set.of("name", "difficult", "xmin", "ymin", "xmax", "ymax");

    /** @throws IOException naming the file, and what is wrong with it */
    static VocAnnotation read(Path file) throws IOException {
        long bytes;
        try {
            bytes = Files.size(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        }
        if (bytes > MOST_BYTES) {
            throw new IOException(file + ": " + bytes + " bytes are more than the " + MOST_BYTES + " of an annotation");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return parse(in);
        } catch (XMLStreamException | Misfit e) {
            throw new IOException(file + ": " + firstLine(e), e);
        }
    }

    private static String firstLine(Exception e) {
        String text = String.valueOf(e.getMessage());
        String[] lines = text.split("\\R", 3);
        // the parser says where in the first line and what in the second
        return e instanceof Misfit ? text : "no XML that can be read (" + lines[lines.length > 1 ? 1 : 0] + ")";
    }

    /** What is XML, and no annotation. */
    private static final class Misfit extends Exception {
        private static final long serialVersionUID = 1;

        Misfit(String message) {
            super(message);
        }
    }

    private static VocAnnotation parse(InputStream in) throws XMLStreamException, Misfit {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> InputStream.nullInputStream());
        XMLStreamReader xml = factory.createXMLStreamReader(in);
        Deque<String> path = new ArrayDeque<>();
        Map<String, String> said = new HashMap<>();
        List<StatedBox> objects = new ArrayList<>();
        Map<String, String> object = new HashMap<>();
        StringBuilder text = new StringBuilder();
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    path.addLast(xml.getLocalName());
                    text.setLength(0);
                    if (path.size() == 1 && !xml.getLocalName().equals("annotation")) {
                        throw new Misfit("a file of <" + xml.getLocalName() + ">, not of VOC's <annotation>");
                    }
                    if (path.size() > MOST_DEPTH) {
                        throw new Misfit("elements within elements, deeper than " + MOST_DEPTH);
                    }
                    if (isObject(path)) {
                        object = new HashMap<>();
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (text.length() + xml.getTextLength() > LONGEST_TEXT) {
                        throw new Misfit("a text of more than " + LONGEST_TEXT + " characters");
                    }
                    text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
                }
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new Misfit("it refers to &" + xml.getLocalName() + ";, which is not resolved: write it out");
                case XMLStreamConstants.END_ELEMENT -> {
                    String where = String.join("/", path);
                    String value = text.toString().strip();
                    text.setLength(0);
                    if (isObject(path)) {
                        objects.add(stated(object, objects.size() + 1));
                        if (objects.size() > MOST_OBJECTS) {
                            throw new Misfit(
                                    "more than " + MOST_OBJECTS + " objects, the limit of a picture: cut it up");
                        }
                    } else if (where.startsWith("annotation/object/")) {
                        // an object's own, not its parts'
                        String key =
                                where.substring("annotation/object/".length()).replace("bndbox/", "");
                        if (OF_OBJECT.contains(key)) {
                            object.put(key, value);
                        }
                    } else {
                        said.put(where, value);
                    }
                    path.removeLast();
                }
                default -> {}
            }
        }
        return new VocAnnotation(
                said.getOrDefault("annotation/filename", ""),
                size(said, "width"),
                size(said, "height"),
                List.copyOf(objects));
    }

    private static boolean isObject(Deque<String> path) {
        return path.size() == 2 && path.getLast().equals("object");
    }

    private static int size(Map<String, String> said, String side) throws Misfit {
        String text = said.getOrDefault("annotation/size/" + side, "0");
        double size = number(text);
        if (!(size >= 0 && size <= 1e9)) {
            throw new Misfit("a " + side + " of " + text);
        }
        return (int) size;
    }

    private static StatedBox stated(Map<String, String> object, int number) throws Misfit {
        String name = object.getOrDefault("name", "");
        if (name.isEmpty()) {
            throw new Misfit("object " + number + " has no name: give it a class");
        }
        double[] sides = new double[4];
        for (int i = 0; i < 4; i++) {
            String text = object.get(SIDES.get(i));
            if (text == null) {
                throw new Misfit("object " + number + " (" + name + ") has no " + SIDES.get(i));
            }
            sides[i] = number(text);
            if (!Double.isFinite(sides[i])) {
                throw new Misfit("object " + number + " (" + name + ") has " + SIDES.get(i) + " " + text
                        + ", which is no number");
            }
        }
        boolean difficult = number(object.getOrDefault("difficult", "0")) == 1;
        return new StatedBox(name, sides[0] - 1, sides[1] - 1, sides[2], sides[3], difficult, Double.NaN);
    }

    private static double number(String text) {
        try {
            String lower = text.toLowerCase(Locale.ROOT);
            return lower.matches("[-+]?[0-9.]+(e[-+]?[0-9]+)?") ? Double.parseDouble(lower) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
