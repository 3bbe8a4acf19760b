package io.juxta.explore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.serve.LoopbackServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apiguardian.api.API;

/** What the page asks for and gets. */
@API(status = API.Status.EXPERIMENTAL)
public final class Answers implements AutoCloseable {
    /** Of a picture that is dropped onto the page. */
    static final int LARGEST_UPLOAD = 64 << 20;

    private static final int LARGEST_LABELS = 64 << 20;
    private static final int SMALL = 96;
    private static final int LARGE = 1024;
    private static final int NEAREST = 24;
    private static final int FOUND = 60;
    private static final long PATIENCE_SECONDS = 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Explored explored;
    private final PictureIndex index;
    private final Options options;
    private final Marks marks;
    private final Thumbnails small;
    private final Thumbnails large;
    private final byte[] pca;
    private final MapMaking neighbours;
    private final Semaphore uploading = new Semaphore(1);

    /** Reads labels that somebody gives as a table: by picture. */
    public interface LabelReading {
        /** @throws IOException when the text is no such table, in one line */
        Map<Integer, String> read(String table) throws IOException;
    }

    /**
     * What may be done.
     *
     * @param eye sees pictures from elsewhere; without one there is no search by such
     * @param marks the file that keeps basket and labels; without one they last as long as the page
     * @param exports the folder that baskets are copied into; without one they are not
     * @param maps makes and keeps clusters and the map of neighbours
     */
    public record Options(
            Optional<Eye> eye, Optional<Path> marks, Optional<Path> exports, LabelReading labels, MapKeeping maps) {}

    /** An answer that is a refusal. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status, String why) {
            super(why);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /**
     * Lays the pictures out by their principal components at once, and begins with clusters and the map of neighbours.
     *
     * @param index becomes this object's to close
     * @throws IOException when what was marked before cannot be read, in one line
     */
    public Answers(Explored explored, PictureIndex index, Options options) throws IOException {
        this.explored = explored;
        this.index = index;
        this.options = options;
        marks = new Marks(explored.images(), options.marks());
        small = new Thumbnails(explored.images(), SMALL);
        large = new Thumbnails(explored.images(), LARGE);
        pca = MapMaking.bytes(index.pca());
        neighbours = new MapMaking(new MapMaking.Work() {
            @Override
            public Optional<Grouped> clusters(MapKeeping.Told told) throws IOException {
                return options.maps().clusters(index.embeddings(), told).map(index::grouped);
            }

            @Override
            public float[] points(MapKeeping.Told told) throws IOException {
                return index.spread(options.maps().points(index.embeddings(), told));
            }
        });
    }

    /** Whether it was asked for, and answered. */
    boolean answer(HttpExchange exchange, String asked) throws IOException {
        String[] words = asked.split("/", -1);
        switch (words[0]) {
            case "search", "basket", "label", "labels", "export" -> {
                if (words.length > 1) {
                    return false;
                }
                if (LoopbackServer.allows(exchange, "POST")) {
                    change(exchange, words[0]);
                }
            }
            default -> {
                if (!LoopbackServer.allows(exchange, "GET", "HEAD")) {
                    return true;
                }
                return words.length == 1 ? told(exchange, words[0]) : shown(exchange, words);
            }
        }
        return true;
    }

    private boolean told(HttpExchange exchange, String what) throws IOException {
        switch (what) {
            case "collection" -> json(exchange, collection());
            case "columns" -> binary(exchange, columns());
            case "names" -> json(exchange, names());
            case "progress" -> json(exchange, neighbours.json());
            case "marks" -> json(exchange, marked());
            case "clusters" ->
                json(
                        exchange,
                        neighbours
                                .clusters()
                                .orElseThrow(() -> new Refused(409, "the clusters are not made yet"))
                                .json());
            case "basket.csv" -> table(exchange, what, marks.table(marks.basket(), neighbours.clusters()));
            case "labels.csv" -> table(exchange, what, marks.labelTable(neighbours.clusters()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean shown(HttpExchange exchange, String[] words) throws IOException {
        if (words.length != 2) {
            return false;
        }
        switch (words[0]) {
            case "map" -> {
                if (words[1].equals("pca")) {
                    binary(exchange, pca);
                } else if (words[1].equals("near")) {
                    binary(
                            exchange,
                            neighbours.points().orElseThrow(() -> new Refused(409, "the map is not made yet")));
                } else {
                    return false;
                }
            }
            case "thumb" -> picture(exchange, small.of(number(words[1])));
            case "picture" -> picture(exchange, large.of(number(words[1])));
            case "neighbours" -> json(exchange, near(index.nearest(number(words[1]), NEAREST)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private int number(String word) throws Refused {
        try {
            int picture = Integer.parseInt(word);
            if (picture >= 0 && picture < explored.images().size()) {
                return picture;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new Refused(404, "there is no such picture");
    }

    private void change(HttpExchange exchange, String what) throws IOException {
        switch (what) {
            case "search", "labels" -> json(exchange, upload(exchange, what));
            default -> {
                JsonNode said = said(exchange);
                switch (what) {
                    case "basket" -> {
                        marks.put(pictures(said.path("add")));
                        marks.take(pictures(said.path("remove")));
                        json(exchange, marked());
                    }
                    case "label" -> {
                        marks.label(
                                pictures(said.path("pictures")),
                                said.path("label").asText(""));
                        json(exchange, marked());
                    }
                    default -> json(exchange, export(said));
                }
            }
        }
    }

    /** One at a time: each may be large, and a network sees one picture after the other. */
    private JsonNode upload(HttpExchange exchange, String what) throws IOException {
        try {
            if (!uploading.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new Refused(503, "another file is being looked at: ask again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(503, "the command is ending");
        }
        try {
            return what.equals("search")
                    ? near(search(body(exchange, LARGEST_UPLOAD)))
                    : labelled(body(exchange, LARGEST_LABELS));
        } finally {
            uploading.release();
        }
    }

    private JsonNode labelled(byte[] table) throws IOException {
        Map<Integer, String> given;
        try {
            given = options.labels().read(new String(table, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Refused(422, String.valueOf(e.getMessage()));
        }
        marks.labels(given);
        return marked();
    }

    private ObjectNode export(JsonNode said) throws IOException {
        Path above = options.exports()
                .orElseThrow(() -> new Refused(
                        409,
                        "nothing is copied, since the command was given no folder for it: start it with --export DIR"));
        BasketFolder.How how = said.path("how").asText().equals("link") ? BasketFolder.How.LINK : BasketFolder.How.COPY;
        List<Integer> pictures = marks.basket();
        if (pictures.isEmpty()) {
            throw new Refused(409, "the basket is empty");
        }
        ObjectNode json = JSON.createObjectNode();
        try {
            json.put(
                    "line",
                    BasketFolder.make(above, said.path("name").asText(""), explored.images(), pictures, how)
                            .line(how));
        } catch (IOException e) {
            throw new Refused(409, String.valueOf(e.getMessage()));
        }
        return json;
    }

    private List<PictureIndex.Near> search(byte[] file) throws IOException {
        Eye eye = options.eye()
                .orElseThrow(
                        () -> new Refused(
                                409,
                                "a picture from elsewhere must be seen by the encoder first: start the command with --encoder WEIGHTS"));
        Image image;
        try {
            image = Decoder.decodeUpright(file, "the picture");
        } catch (IOException e) {
            throw new Refused(422, String.valueOf(e.getMessage()));
        }
        return index.nearest(eye.see(image), FOUND);
    }

    private static byte[] body(HttpExchange exchange, int most) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(most + 1);
        if (body.length > most) {
            throw new Refused(413, "more than " + (most >> 20) + " MiB is not taken");
        }
        return body;
    }

    /** At most all pictures' numbers, and a word or two. */
    private JsonNode said(HttpExchange exchange) throws IOException {
        try {
            JsonNode json = JSON.readTree(
                    body(exchange, (1 << 20) + 12 * explored.images().size()));
            return json == null ? JSON.createObjectNode() : json;
        } catch (JsonProcessingException e) {
            throw new Refused(400, "this is no JSON");
        }
    }

    private List<Integer> pictures(JsonNode numbers) throws Refused {
        List<Integer> pictures = new ArrayList<>();
        for (JsonNode each : numbers) {
            pictures.add(number(each.isInt() ? each.asText() : ""));
        }
        return pictures;
    }

    private ObjectNode collection() {
        ObjectNode json = JSON.createObjectNode();
        json.put("title", explored.title());
        json.put("about", explored.about());
        json.put("count", explored.images().size());
        json.put("placed", index.size());
        json.put("search", options.eye().isPresent());
        json.put("kept", options.marks().isPresent());
        json.put("exports", options.exports().map(Path::toString).orElse(""));
        explored.classes().forEach(json.putArray("classes")::add);
        explored.flags().forEach(flag -> json.withArray("flags").add(flag.name()));
        explored.scores().forEach(score -> json.withArray("scores").add(score.name()));
        return json;
    }

    private ArrayNode names() {
        ArrayNode names = JSON.createArrayNode();
        for (int i = 0; i < explored.images().size(); i++) {
            names.add(explored.images().name(i));
        }
        return names;
    }

    /** The label of each picture, its flags as bits, then each score: int32 and float32, little end first. */
    private byte[] columns() {
        int n = explored.images().size();
        ByteBuffer bytes = ByteBuffer.allocate(
                        Math.multiplyExact(4 * (2 + explored.scores().size()), n))
                .order(ByteOrder.LITTLE_ENDIAN);
        explored.labels().forEach(bytes::putInt);
        for (int i = 0; i < n; i++) {
            int bits = 0;
            for (int flag = 0; flag < explored.flags().size(); flag++) {
                bits |= explored.flags().get(flag).pictures().contains(i) ? 1 << flag : 0;
            }
            bytes.putInt(bits);
        }
        explored.scores().forEach(score -> score.values().forEach(bytes::putFloat));
        return bytes.array();
    }

    private ObjectNode marked() {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode basket = json.putArray("basket");
        marks.basket().forEach(basket::add);
        ArrayNode labels = json.putArray("labels");
        marks.labels()
                .forEach((picture, label) -> labels.addArray().add(picture).add(label));
        return json;
    }

    private static ArrayNode near(List<PictureIndex.Near> found) {
        ArrayNode json = JSON.createArrayNode();
        found.forEach(near -> json.addArray().add(near.picture()).add(Math.rint(1e4 * near.cosine()) / 1e4));
        return json;
    }

    private static void json(HttpExchange exchange, JsonNode json) throws IOException {
        LoopbackServer.send(exchange, 200, "application/json", JSON.writeValueAsBytes(json));
    }

    private static void binary(HttpExchange exchange, byte[] bytes) throws IOException {
        LoopbackServer.send(exchange, 200, "application/octet-stream", bytes);
    }

    private static void table(HttpExchange exchange, String name, String table) throws IOException {
        exchange.getResponseHeaders().set("Content-Disposition", "attachment; filename=\"" + name + "\"");
        LoopbackServer.send(exchange, 200, "text/csv", table);
    }

    private static void picture(HttpExchange exchange, Thumbnails.Made made) throws IOException {
        exchange.getResponseHeaders().set("Cache-Control", "private, max-age=600");
        LoopbackServer.send(exchange, 200, made.type(), made.file());
    }

    @Override
    public void close() {
        neighbours.close();
        index.close();
    }
}
