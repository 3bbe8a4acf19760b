package io.juxta.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page asks for and gets, and what it does not get. */
class ExplorerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path root = Path.of("");

    private Painted painted; // made before each

    @BeforeEach
    void serve() throws IOException {
        painted = Painted.in(root, Optional.of(root.resolve("baskets")));
    }

    @AfterEach
    void close() {
        painted.close();
    }

    private HttpResponse<byte[]> get(URI address) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return get(painted.explorer.address().resolve(path));
    }

    private HttpResponse<byte[]> post(String path, byte[] body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(painted.explorer.address().resolve(path))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private JsonNode posted(String path, String body) throws Exception {
        HttpResponse<byte[]> answer = post(path, body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void whoDoesNotKnowTheTokenHearsNothing() throws Exception {
        URI whole = painted.explorer.address();
        String token = whole.getPath();
        for (String path : List.of("/", "/collection", "/thumb/0", token.substring(0, 20) + "/names")) {
            HttpResponse<byte[]> answer = get(URI.create("http://127.0.0.1:" + whole.getPort() + path));
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(text(answer)).doesNotContain("painted", "red");
        }
        assertThat(get("collection").statusCode()).isEqualTo(200);
    }

    @Test
    void aPageFromElsewhereIsNotAnswered() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", painted.explorer.address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + painted.explorer.address().getPath()
                            + "names HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403")
                    .doesNotContain("red/");
        }
        HttpRequest foreign = HttpRequest.newBuilder(painted.explorer.address().resolve("basket"))
                .header("Origin", "http://evil.example")
                .POST(HttpRequest.BodyPublishers.ofString("{\"add\":[1]}"))
                .build();
        assertThat(CLIENT.send(foreign, HttpResponse.BodyHandlers.ofByteArray()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void thereIsNothingElse() throws Exception {
        for (String path : List.of(
                "thumb/-1",
                "thumb/36",
                "thumb/x",
                "thumb/..%2f..%2fpainted",
                "picture/1/2",
                "map/x",
                "map",
                "page",
                "Explorer.class",
                "..%2f..%2fmarks.json",
                "thumb/",
                "neighbours/99999999999")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void thePageIsThereAndMayLoadNothingFromElsewhere() throws Exception {
        HttpResponse<byte[]> page = get("");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(text(page)).contains("<h1").doesNotContain("http");
        assertThat(post("collection", new byte[0]).statusCode()).isEqualTo(405);
        assertThat(get("basket").statusCode()).isEqualTo(405);
    }

    @Test
    void allThatIsKnownIsTold() throws Exception {
        JsonNode told = JSON.readTree(get("collection").body());
        assertThat(told.get("count").asInt()).isEqualTo(36);
        assertThat(told.get("flags").get(0).asText()).isEqualTo("dark");
        ByteBuffer columns = ByteBuffer.wrap(get("columns").body()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(columns.capacity()).isEqualTo(3 * 4 * 36);
        assertThat(columns.getInt(0)).isEqualTo(painted.images.label(0));
        assertThat(columns.getInt(4 * 36)).isZero();
        assertThat(columns.getInt(4 * 37)).isEqualTo(1);
        assertThat(columns.getFloat(4 * 72)).isEqualTo(100f);
        assertThat(JSON.readTree(get("names").body()).get(0).asText()).isEqualTo(painted.images.name(0));
        ByteBuffer map = ByteBuffer.wrap(get("map/pca").body()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 72; i++) {
            assertThat(map.getFloat(4 * i)).isBetween(-1f, 1f);
        }
    }

    /** A progress that is over, or the page would hear of it never. */
    private void untilTheMapIsMade() throws Exception {
        for (String state = ""; !state.contains("ready"); Thread.sleep(5)) {
            state = text(get("progress"));
            assertThat(state).doesNotContain("failed");
        }
    }

    /** Seen by their mean colour, pictures of one colour are a cluster; saved lists say so. */
    @Test
    void clustersAreToldAndExported() throws Exception {
        untilTheMapIsMade();
        assertThat(JSON.readTree(get("progress").body()).get("clusters").asBoolean())
                .isTrue();
        JsonNode clusters = JSON.readTree(get("clusters").body());
        assertThat(clusters.get("sizes").toString()).isEqualTo("[12,12,12]");
        for (int i = 0; i < 36; i++) {
            int own = clusters.get("of").get(i).asInt();
            assertThat(own).isBetween(0, 2);
            assertThat(painted.images.label(clusters.get("middles").get(own).asInt()))
                    .isEqualTo(painted.images.label(i));
        }
        posted("basket", "{\"add\":[0]}");
        String row =
                painted.images.name(0) + ",," + (1 + clusters.get("of").get(0).asInt()) + "\n";
        assertThat(text(get("basket.csv"))).isEqualTo("image,label,cluster\n" + row);
    }

    @Test
    void neighboursAndSearch() throws Exception {
        JsonNode near = JSON.readTree(get("neighbours/0").body());
        assertThat(near).hasSize(24);
        assertThat(painted.images.label(near.get(0).get(0).asInt())).isEqualTo(painted.images.label(0));
        byte[] green = Files.readAllBytes(Painted.picture(root.resolve("like.png"), "green"));
        JsonNode found = JSON.readTree(post("search", green).body());
        assertThat(painted.images.name(found.get(0).get(0).asInt())).isEqualTo("green/101.png");
        assertThat(found.get(0).get(1).asDouble()).isGreaterThan(0.999);
        HttpResponse<byte[]> none = post("search", "no picture".getBytes(StandardCharsets.UTF_8));
        assertThat(none.statusCode()).isEqualTo(422);
        assertThat(text(none).lines()).hasSize(1);
    }

    @Test
    void whatIsMarkedOutlivesThePage() throws Exception {
        posted("basket", "{\"add\":[0,5,7],\"remove\":[5]}");
        posted("label", "{\"pictures\":[7],\"label\":\" ripe \"}");
        painted.close();
        Files.delete(painted.folder.resolve(painted.images.name(0)));
        painted = Painted.serve(root, painted.folder, Optional.empty());
        JsonNode marks = JSON.readTree(get("marks").body());
        assertThat(marks.get("basket")).hasSize(1);
        assertThat(painted.images.name(marks.get("basket").get(0).asInt())).isEqualTo("blue/107.png");
        untilTheMapIsMade();
        assertThat(text(get("labels.csv"))).isEqualTo("image,label,cluster\nblue/107.png,ripe,3\n");
        // of a picture that is gone nothing is lost either
        posted("label", "{\"pictures\":[6],\"label\":\"\"}");
        assertThat(Files.readString(root.resolve("marks.json")))
                .contains("blue/100.png")
                .doesNotContain("ripe");
        painted.close();
        Files.writeString(root.resolve("marks.json"), "{");
        Path folder = painted.folder;
        assertThatThrownBy(() -> Painted.serve(root, folder, Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("marks.json is damaged");
        Files.delete(root.resolve("marks.json"));
        painted = Painted.serve(root, painted.folder, Optional.empty());
    }

    @Test
    void whatIsNoPictureGoesIntoNoBasket() throws Exception {
        for (String body : List.of(
                "{\"add\":[36]}", "{\"add\":[-1]}", "{\"add\":[\"../x\"]}", "{\"add\":[1.5]}", "{\"add\":", "[[[")) {
            assertThat(post("basket", body.getBytes(StandardCharsets.UTF_8)).statusCode())
                    .as(body)
                    .isIn(400, 404);
        }
        assertThat(JSON.readTree(get("marks").body()).get("basket")).isEmpty();
    }

    @Test
    void labelsComeInAndGoOut() throws Exception {
        assertThat(posted("labels", "image,label\nx,sour")
                        .get("labels")
                        .get(0)
                        .get(1)
                        .asText())
                .isEqualTo("sour");
        HttpResponse<byte[]> none = post("labels", "nothing".getBytes(StandardCharsets.UTF_8));
        assertThat(none.statusCode()).isEqualTo(422);
        assertThat(text(none)).isEqualTo("the file has no column image\n");
        untilTheMapIsMade();
        assertThat(text(get("labels.csv"))).isEqualTo("image,label,cluster\n" + painted.images.name(0) + ",sour,1\n");
        HttpResponse<byte[]> lines =
                post("label", "{\"pictures\":[0],\"label\":\"a\\nb\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(lines.statusCode()).isEqualTo(400);
    }

    @Test
    void aBasketIsCopiedAndLinked() throws Exception {
        int hostile = IntStream.range(0, 36)
                .filter(i -> painted.images.name(i).equals(Painted.HOSTILE))
                .findFirst()
                .orElseThrow();
        assertThat(text(post("export", "{\"name\":\"x\"}".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("the basket is empty\n");
        posted("basket", "{\"add\":[0," + hostile + "]}");
        Path made = root.resolve("baskets/ripe ones");
        assertThat(posted("export", "{\"name\":\"ripe ones\",\"how\":\"copy\"}")
                        .get("line")
                        .asText())
                .isEqualTo("2 pictures copied into " + made);
        assertThat(made.resolve(Painted.HOSTILE)).hasSameBinaryContentAs(painted.folder.resolve(Painted.HOSTILE));
        posted("export", "{\"name\":\"links\",\"how\":\"link\"}");
        Path link = root.resolve("baskets/links").resolve(Painted.HOSTILE);
        assertThat(link).isSymbolicLink().hasSameBinaryContentAs(painted.folder.resolve(Painted.HOSTILE));
        for (String name : List.of("ripe ones", "../out", "", ".", "a/b", "x".repeat(65), "nul\\u0000")) {
            assertThat(post("export", ("{\"name\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8))
                            .statusCode())
                    .as(name)
                    .isIn(400, 409);
        }
        assertThat(root.resolve("out")).doesNotExist();
    }

    @Test
    void aPictureThatIsGoneOrChangedSaysSo() throws Exception {
        assertThat(get("thumb/3").statusCode()).isEqualTo(200);
        assertThat(get("thumb/3").headers().firstValue("Content-Type")).hasValue("image/png");
        Files.delete(painted.folder.resolve(painted.images.name(4)));
        HttpResponse<byte[]> gone = get("picture/4");
        assertThat(gone.statusCode()).isEqualTo(410);
        assertThat(text(gone)).contains("no longer there");
        // another file in its place, as somebody may link to one that is not to be seen
        Path secret = Files.writeString(root.resolve("secret"), "secret");
        Files.createSymbolicLink(painted.folder.resolve(painted.images.name(4)), secret);
        assertThat(get("picture/4").statusCode()).isEqualTo(410);
        assertThat(text(get("picture/4"))).doesNotContain("secret\n");
    }

    @Test
    void tooMuchIsNotTaken() throws Exception {
        byte[] much = new byte[(1 << 20) + 12 * 36 + 1];
        Arrays.fill(much, (byte) ' ');
        HttpResponse<byte[]> answer = post("basket", much);
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void thumbnailsAreKeptWithinBounds() throws IOException {
        Thumbnails small = new Thumbnails(painted.images, 96);
        for (int i = 0; i < 36; i++) {
            small.of(i);
        }
        long bytes = small.bytes();
        assertThat(bytes).isPositive().isLessThan(Thumbnails.MOST_BYTES);
        assertThat(small.of(1)).isSameAs(small.of(1));
        assertThat(small.bytes()).isEqualTo(bytes);
    }
}
