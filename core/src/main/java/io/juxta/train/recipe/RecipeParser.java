package io.juxta.train.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads flat YAML token by token, so that every refusal has its line and nothing but scalars and lists of scalars is
 * ever built: nesting, anchors and tags are refused where they begin.
 */
final class RecipeParser implements AutoCloseable {
    /** Far above any recipe, far below what would hurt. */
    private static final int LARGEST_FILE = 1 << 20;

    private static final YAMLFactory YAML = new YAMLFactory();

    private final YAMLParser tokens;
    private final String name;
    private final boolean hasLines;

    private RecipeParser(String yaml, String name, boolean hasLines) throws IOException {
        this.tokens = YAML.createParser(yaml);
        this.name = name;
        this.hasLines = hasLines;
    }

    /** The text of a recipe file. */
    static String text(Path file) {
        byte[] bytes;
        if (Files.isDirectory(file)) {
            throw new RecipeException(file + ": is a folder; a recipe is a YAML file");
        }
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST_FILE + 1);
        } catch (NoSuchFileException e) {
            throw new RecipeException(file + ": no such file; a recipe is a YAML file", e);
        } catch (AccessDeniedException e) {
            throw new RecipeException(file + ": not readable; check its permissions", e);
        } catch (IOException e) {
            throw new RecipeException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length > LARGEST_FILE) {
            throw new RecipeException(file + ": larger than 1 MiB; a recipe is a short YAML file");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new RecipeException(file + ": not UTF-8 text; a recipe is a YAML file", e);
        }
    }

    /** All keys of a recipe with their values, in the file's order. */
    static Map<String, RecipeValue> file(String yaml, String name) {
        return parse(yaml, name, true, RecipeParser::mapping);
    }

    /** One value by itself, as it stands in an override or in a {@link Default}. */
    static RecipeValue value(String yaml, String where) {
        return parse(yaml, where, false, parser -> {
            JsonToken token = parser.next();
            RecipeValue value =
                    token == null ? new RecipeValue(List.of(), false, where) : parser.scalarOrList(token, where);
            parser.requireEnd();
            return value;
        });
    }

    private interface Reading<T> {
        T from(RecipeParser parser) throws IOException;
    }

    private static <T> T parse(String yaml, String name, boolean hasLines, Reading<T> reading) {
        try (RecipeParser parser = new RecipeParser(yaml, name, hasLines)) {
            return reading.from(parser);
        } catch (JsonProcessingException e) {
            throw notYaml(name, hasLines, e);
        } catch (IOException e) {
            throw new RecipeException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private Map<String, RecipeValue> mapping() throws IOException {
        Map<String, RecipeValue> values = new LinkedHashMap<>();
        JsonToken token = next();
        if (token == null || token == JsonToken.VALUE_NULL) {
            requireEnd();
            return values;
        }
        if (token != JsonToken.START_OBJECT) {
            throw refuse("expected lines of 'key: value'");
        }
        while (next() != JsonToken.END_OBJECT) {
            String key = tokens.currentName();
            String where = place();
            JsonToken value = next();
            if (value == JsonToken.START_OBJECT) {
                throw refuse("'" + RecipeValue.show(key) + "' holds a nested mapping; a recipe is flat, key: value");
            }
            if (value == null || values.put(key, scalarOrList(value, where)) != null) {
                throw new RecipeException(where + ": key '" + RecipeValue.show(key) + "' is given twice; keep one");
            }
        }
        requireEnd();
        return values;
    }

    private RecipeValue scalarOrList(JsonToken token, String where) throws IOException {
        if (token != JsonToken.START_ARRAY) {
            return new RecipeValue(token == JsonToken.VALUE_NULL ? List.of() : List.of(scalar(token)), false, where);
        }
        List<String> items = new ArrayList<>();
        for (JsonToken item = next(); item != JsonToken.END_ARRAY; item = next()) {
            if (item == null || item == JsonToken.VALUE_NULL) {
                throw refuse("a list has an empty element");
            }
            items.add(scalar(item));
        }
        return new RecipeValue(items, true, where);
    }

    private String scalar(JsonToken token) throws IOException {
        if (!token.isScalarValue()) {
            throw refuse("nested values; a recipe holds scalars and lists of scalars only");
        }
        return tokens.getText();
    }

    private @Nullable JsonToken next() throws IOException {
        JsonToken token = tokens.nextToken();
        if (token != null && (tokens.isCurrentAlias() || tokens.getObjectId() != null)) {
            throw refuse("anchors (&) and aliases (*) are not for recipes; write the value out, quoted if it is text");
        }
        if (token != null && tokens.getTypeId() != null) {
            throw refuse("tags (!) are not for recipes; write the plain value, quoted if it is text");
        }
        return token;
    }

    private void requireEnd() throws IOException {
        if (next() != null) {
            throw refuse("a second YAML document; a recipe is one");
        }
    }

    private RecipeException refuse(String message) {
        return new RecipeException(place() + ": " + message);
    }

    private String place() {
        return place(name, hasLines ? tokens.currentTokenLocation() : null);
    }

    private static String place(String name, @Nullable JsonLocation location) {
        return location == null ? name : name + " line " + location.getLineNr();
    }

    /** The scanner knows the line and the problem by itself; the exception's message buries them in an excerpt. */
    private static RecipeException notYaml(String name, boolean hasLines, JsonProcessingException e) {
        String place = place(name, hasLines ? e.getLocation() : null);
        String problem = e.getOriginalMessage();
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblem() != null) {
            boolean known = hasLines && marked.getProblemMark() != null;
            place = known ? name + " line " + (marked.getProblemMark().getLine() + 1) : place;
            problem = marked.getProblem();
        }
        String first = String.valueOf(problem).strip().lines().findFirst().orElse("unreadable");
        return new RecipeException(
                place + ": not YAML: "
                        + RecipeValue.show(first.replaceFirst(" \\(Do not use.*| \\(Scalar value in YAML\\)", "")),
                e);
    }

    @Override
    public void close() throws IOException {
        tokens.close();
    }
}
