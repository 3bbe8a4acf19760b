package io.juxta.report.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.LiveReport;
import io.juxta.report.Report;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gallery of prototypes: what it shows of which images, and what is not believed when it is read. */
@Tag("slow")
class PrototypeGalleryTest {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>";
    private static final int SIDE = 32;
    private static final Augmentation PLAIN = Augmentation.plain(SIDE, Normalization.IMAGENET);
    private static final Origin ORIGIN = new Origin("./juxta evaluate " + HOSTILE, "juxta 1", "Linux", "2026");

    @TempDir
    Path run;

    /** Drawn shapes under hostile names, of which some have no class and one is gone. */
    private record Images(DrawnShapes shapes, boolean labelled, int gone) implements Dataset {
        @Override
        public int size() {
            return shapes.size();
        }

        @Override
        public Image image(int index) throws UnreadableImageException {
            if (index == gone) {
                throw new UnreadableImageException("image " + index + ": gone");
            }
            return shapes.image(index);
        }

        @Override
        public int label(int index) {
            return labelled && index % 3 > 0 ? index % 3 - 1 : -1;
        }

        @Override
        public List<String> classes() {
            return labelled ? List.of("a " + HOSTILE, "b") : List.of();
        }

        @Override
        public String name(int index) {
            return HOSTILE + index;
        }
    }

    private static PrototypeGallery.Assigned assigned(Dataset images, int K, int[] nearest) {
        float[] cosines = new float[images.size()];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = i % 10 / 10f;
        }
        return new PrototypeGallery.Assigned(images, PLAIN, 0, K, nearest, cosines);
    }

    @BeforeEach
    void make() throws IOException {
        Files.writeString(run.resolve("recipe.yaml"), "method: swav\nepochs: 3\n");
        Files.writeString(run.resolve("metrics.csv"), "epoch,loss\n1,4.5\n");
    }

    private void write(boolean labelled) throws IOException {
        Images images = new Images(new DrawnShapes(1, 30, SIDE), labelled, 18);
        int[] nearest =
                IntStream.range(0, 30).map(i -> i < 20 ? 6 : i < 29 ? 2 : -1).toArray();
        PrototypeGallery.write(run, assigned(images, 8, nearest), ORIGIN);
    }

    private JsonNode data() throws IOException {
        String page = Files.readString(Report.write(run));
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page);
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
    }

    @Test
    void thePageIsToldTheLargestAndTheirNearest() throws IOException {
        assertThat(data().has("prototypes")).isFalse();
        write(true);
        JsonNode gallery = data().path("prototypes");
        assertThat(gallery.path("usage").path("images").asInt()).isEqualTo(29);
        assertThat(gallery.path("usage").path("used").asInt()).isEqualTo(2);
        assertThat(gallery.path("usage").path("prototypes").asInt()).isEqualTo(8);
        assertThat(gallery.path("agreement").path("images").asInt()).isEqualTo(19);
        assertThat(gallery.path("rest").path("prototypes").asInt()).isZero();
        assertThat(gallery.path("origin").path("command").asText()).endsWith(HOSTILE);
        JsonNode first = gallery.path("rows").get(0);
        assertThat(first.path("prototype").asInt()).isEqualTo(6);
        assertThat(first.path("images").asInt()).isEqualTo(20);
        // of 0 to 19, thirteen have a class: 1, 4, ... 19 the first, 2, 5, ... 17 the second
        assertThat(first.path("labelled").asInt()).isEqualTo(13);
        assertThat(first.path("majority").asInt()).isEqualTo(7);
        assertThat(first.path("label").asText()).isEqualTo("a " + HOSTILE);
        // the eight of the largest cosine, the first of equal ones first; 18 is gone
        assertThat(names(first)).containsExactly(9, 19, 8, 7, 17, 6, 16);
        assertThat(first.path("cosines").get(0).asDouble()).isEqualTo(0.9);
        assertThat(names(gallery.path("rows").get(1))).containsExactly(28, 27, 26, 25, 24, 23, 22, 21);
    }

    /** One folder of pictures is no class: neither in what is made now, nor in what an older run has kept. */
    @Test
    void nothingIsSaidOfClassesWhereThereIsOne() throws IOException {
        write(true);
        Path kept = run.resolve("snapshots/prototypes.json");
        Files.writeString(
                kept,
                Files.readString(kept)
                        .replace("\"labelled\":13,\"majority\":7", "\"labelled\":13,\"majority\":13")
                        .replace("\"labelled\":6,\"majority\":3", "\"labelled\":6,\"majority\":6"));
        JsonNode gallery = data().path("prototypes");
        assertThat(gallery.path("agreement").path("images").asInt()).isZero();
        assertThat(gallery.path("rows").findValuesAsText("label")).containsOnly("");
        assertThat(gallery.path("rows").findValuesAsText("labelled")).containsOnly("0");
    }

    private static List<Integer> names(JsonNode row) {
        List<Integer> images = new ArrayList<>();
        row.path("names")
                .forEach(name -> images.add(Integer.parseInt(name.asText().substring(HOSTILE.length()))));
        return images;
    }

    @Test
    void thePicturesAreThoseImages() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 30, SIDE);
        int[] nearest = IntStream.range(0, 30).map(i -> i % 2).toArray();
        PrototypeGallery gallery = PrototypeGallery.of(assigned(shapes, 2, nearest), ORIGIN);
        BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(gallery.thumbnails()));
        assertThat(sheet.getWidth()).isEqualTo(8 * SIDE);
        assertThat(sheet.getHeight()).isEqualTo(2 * SIDE);
        int[][] expected = {{8, 18, 28, 6, 16, 26, 4, 14}, {9, 19, 29, 7, 17, 27, 5, 15}};
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 8; column++) {
                int image = expected[row][column];
                assertThat(gallery.shown().rows().get(row).names().get(column)).isEqualTo(shapes.name(image));
                assertThat(PicturesTest.difference(sheet, column * SIDE, row * SIDE, shapes.image(image)))
                        .isLessThan(8);
            }
        }
    }

    @Test
    void aGalleryIsBounded() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 465, 16);
        // prototype k has k images, 0 to 30
        int[] nearest = new int[465];
        for (int k = 1, i = 0; k <= 30; k++) {
            for (int n = 0; n < k; n++) {
                nearest[i++] = k;
            }
        }
        PrototypesShown shown =
                PrototypeGallery.of(assigned(shapes, 40, nearest), ORIGIN).shown();
        assertThat(shown.rows()).hasSize(24);
        assertThat(shown.rows().get(0).prototype()).isEqualTo(30);
        assertThat(shown.rows().get(23).prototype()).isEqualTo(7);
        assertThat(shown.rows().get(23).names()).hasSize(7);
        assertThat(shown.rest()).isEqualTo(new PrototypesShown.Rest(6, 1, 6));
        assertThat(shown.usage().used()).isEqualTo(30);
    }

    @Test
    void withoutClassesNothingIsSaidOfThem() throws IOException {
        write(false);
        JsonNode gallery = data().path("prototypes");
        assertThat(gallery.path("agreement").path("images").asInt()).isZero();
        assertThat(gallery.path("rows").get(0).path("labelled").asInt()).isZero();
        assertThat(gallery.path("rows").get(0).path("label").asText()).isEmpty();
    }

    @Test
    void nothingInItCanRunOrLoad() throws IOException {
        write(true);
        String page = Files.readString(Report.write(run)).replace("http://www.w3.org/2000/svg", "");
        assertThat(page).doesNotContain(HOSTILE).doesNotContain("<img", "http://", "https://");
        assertThat(page.split("</script>", -1)).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            prototypes.json | null                       | null                   | it is empty
            prototypes.json | {                          | {                      | Unexpected end-of-input
            prototypes.json | {"head":0}                 | {"head":0}             | Missing creator property 'origin'
            prototypes.jpg  |                            |                        | it is missing
            prototypes.jpg  | GIF89a                     | GIF89a                 | it is no JPEG file
            prototypes.json | "used":2                   | "used":9               | its prototypes do not add up
            prototypes.json | "majority":7               | "majority":99          | the images of prototype 6 do not add up
            prototypes.json | "head":0                   | "head":-1              | head -1 must be at least 0
            prototypes.json | "columns":8                | "columns":3            | a row has more pictures than columns
            prototypes.json | "thumbnail":32             | "thumbnail":0          | a thumbnail of 0 px must be from 1 to 256
            prototypes.json | "cosines":[0.9             | "cosines":[9           | a cosine must be from -1 to 1
            prototypes.json | "cosines":[0.9,            | "cosines":[            | names and cosines of a prototype must be as many
            prototypes.json | "cosines":[0.9             | "cosines":[null        | an element of a list is empty
            """)
    void aDamagedGalleryIsOneLine(String file, String was, String is, String expected) throws IOException {
        write(true);
        Path damaged = run.resolve("snapshots").resolve(file);
        if (was == null) {
            Files.delete(damaged);
        } else if (was.equals(is)) {
            Files.writeString(damaged, is);
        } else {
            String text = Files.readString(damaged);
            assertThat(text).contains(was);
            Files.writeString(damaged, text.replace(was, is));
        }
        assertThatThrownBy(() -> Report.write(run))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " is damaged (")
                .hasMessageContaining(expected)
                .hasMessageContaining("delete the folder")
                .message()
                .hasLineCount(1);
    }

    @Test
    void itIsServedAsSoonAsItIsMadeAndGoesWithTheFolder() throws IOException, InterruptedException {
        try (LiveReport live = LiveReport.open(run, 0)) {
            HttpResponse<String> before = get(live.address());
            assertThat(before.body()).doesNotContain("\"prototypes\":{");
            write(true);
            HttpResponse<String> after = get(live.address());
            assertThat(after.body()).contains("\"prototypes\":{").contains(".nearest{background-image:url(data:");
            assertThat(after.headers().firstValue("ETag"))
                    .isNotEqualTo(before.headers().firstValue("ETag"));
        }
        new SnapshotFolder(run).delete();
        assertThat(run.resolve("snapshots")).doesNotExist();
        assertThat(data().has("prototypes")).isFalse();
    }

    private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void asManyAsTheImagesOrRefused() {
        DrawnShapes shapes = new DrawnShapes(1, 3, SIDE);
        assertThatThrownBy(() -> assigned(shapes, 2, new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prototypes of 2 images and cosines of 3 must be as many as the images, 3");
    }
}
