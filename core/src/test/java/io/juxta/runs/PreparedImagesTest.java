package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Resizer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedImagesTest {
    @TempDir
    Path root;

    private Path input;
    private Path output;

    @BeforeEach
    void places() {
        input = root.resolve("photos");
        output = root.resolve("small");
    }

    private static byte[] picture(String format, int width, int height, int type) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        Random random = new Random(width);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private Path put(String name, byte[] bytes) throws IOException {
        Path file = input.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private Path put(String name, String format, int width, int height) throws IOException {
        return put(name, picture(format, width, height, BufferedImage.TYPE_INT_RGB));
    }

    private PreparedImages prepared() {
        return PreparedImages.of(input).into(output).shortSide(16).threads(2);
    }

    private List<String> outputs() throws IOException {
        try (Stream<Path> all = Files.walk(output)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> output.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private String size(String name) throws IOException {
        Image image = Decoder.read(output.resolve(name));
        return image.width() + " x " + image.height();
    }

    @Test
    void namesStayAndShortSidesShrink() throws IOException {
        put("wide.png", "png", 48, 32);
        put("deep/tall.JPG", "jpg", 20, 50);
        put("deep/drawn.bmp", "bmp", 33, 33);
        Path small = put("small.gif", "gif", 30, 16);
        List<String> said = new ArrayList<>();
        PreparedImages.Result result = prepared()
                .told(new WorkListener() {
                    @Override
                    public void note(Note note) {
                        said.add(note.text());
                    }
                })
                .run();
        assertThat(outputs()).containsExactly("deep/drawn.png", "deep/tall.JPG", "small.gif", "wide.png");
        assertThat(size("wide.png")).isEqualTo("24 x 16");
        assertThat(size("deep/tall.JPG")).isEqualTo("16 x 40");
        assertThat(size("deep/drawn.png")).isEqualTo("16 x 16");
        assertThat(output.resolve("small.gif")).hasSameBinaryContentAs(small);
        assertThat(Decoder.read(output.resolve("wide.png")).rgb())
                .as("as Pillow resizes it")
                .isEqualTo(new Resizer()
                        .bilinear(Decoder.read(input.resolve("wide.png")), 24, 16, false)
                        .rgb());
        assertThat(List.of(result.images(), result.shrunk(), result.copied(), result.left()))
                .containsExactly(4, 3, 1, 0);
        assertThat(result.failed()).isEmpty();
        long after = 0;
        for (String name : outputs()) {
            after += Files.size(output.resolve(name));
        }
        assertThat(result.after()).isEqualTo(after);
        assertThat(said).anyMatch(line -> line.contains("4 of 4 images in " + output + ": 3 shrunk, 1 copied"));
        assertThat(said).contains("of 1 image: BMP became PNG");
    }

    @Test
    void transparencyStaysBesideColoursThatAreThoseOfThePictureWithoutIt() throws IOException {
        BufferedImage logo = new BufferedImage(32, 32, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 32 * 32; i++) {
            logo.setRGB(i % 32, i / 32, (i % 32 < 16 ? 0 : 200) << 24 | 0x406080);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(logo, "png", out);
        put("logo.png", out.toByteArray());
        prepared().run();
        BufferedImage made = ImageIO.read(output.resolve("logo.png").toFile());
        assertThat(made.getRGB(2, 8) >>> 24).isZero();
        assertThat(made.getRGB(13, 8) >>> 24).isEqualTo(200);
        assertThat(Decoder.read(output.resolve("logo.png")).rgb()).startsWith(0x40, 0x60, 0x80);
    }

    /** A small picture that lies on its side is turned, and not copied. */
    @Test
    void picturesAreTurnedAsTheCameraWasHeld() throws IOException {
        for (int side : List.of(8, 40)) {
            byte[] jpeg = picture("jpg", 2 * side, side, BufferedImage.TYPE_INT_RGB);
            byte[] exif = ("\u00ff\u00e1\0\42Exif\0\0II*\0\b\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0")
                    .getBytes(StandardCharsets.ISO_8859_1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(jpeg, 0, 2);
            out.writeBytes(exif);
            out.write(jpeg, 2, jpeg.length - 2);
            put(side + ".jpg", out.toByteArray());
        }
        prepared().run();
        assertThat(size("8.jpg")).isEqualTo("8 x 16");
        assertThat(size("40.jpg")).isEqualTo("16 x 32");
        assertThat(new String(Files.readAllBytes(output.resolve("40.jpg")), StandardCharsets.ISO_8859_1))
                .doesNotContain("Exif");
    }

    @Test
    void whatWasStoppedGoesOnAndWhatIsDoneIsLeft() throws IOException {
        for (int i = 0; i < 6; i++) {
            put(i + ".png", "png", 40 + i, 40);
        }
        put("small.png", "png", 8, 8);
        int[] asked = {0};
        PreparedImages.Result stopped =
                prepared().threads(1).stopWhen(() -> asked[0]++ == 3).run();
        assertThat(stopped.wasStopped()).isTrue();
        assertThat(outputs()).containsExactly("0.png", "1.png", "2.png");
        FileTime done = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(output.resolve("0.png"), done);
        PreparedImages.Result rest = prepared().run();
        assertThat(List.of(rest.shrunk(), rest.copied(), rest.left())).containsExactly(3, 1, 3);
        assertThat(Files.getLastModifiedTime(output.resolve("0.png"))).isEqualTo(done);
        PreparedImages.Result again = prepared().run();
        assertThat(again.left()).isEqualTo(7);
        assertThat(again.after()).isEqualTo(rest.after());
        put("1.png", "png", 90, 30);
        PreparedImages.Result changed = prepared().run();
        assertThat(List.of(changed.shrunk(), changed.left())).containsExactly(1, 6);
        assertThat(size("1.png")).isEqualTo("48 x 16");
        assertThat(prepared().shortSide(20).run().shrunk()).isEqualTo(6);
        assertThat(size("1.png")).isEqualTo("60 x 20");
    }

    @Test
    void aPictureWhoseFormatChangesWithTheSettingsIsThereOnce() throws IOException {
        put("drawn.bmp", "bmp", 30, 30);
        prepared().run();
        assertThat(outputs()).containsExactly("drawn.png");
        prepared().shortSide(30).run();
        assertThat(outputs()).containsExactly("drawn.bmp");
        prepared().run();
        assertThat(outputs()).containsExactly("drawn.png");
    }

    @Test
    void whatCannotBeReadIsNamedAndWhatIsAnothersStays() throws IOException {
        put("good.png", "png", 40, 40);
        put("others.png", "png", 41, 41);
        put("broken.jpg", "nothing".getBytes(StandardCharsets.UTF_8));
        Files.createDirectories(output);
        Files.writeString(output.resolve("others.png"), "precious");
        PreparedImages.Result result = prepared().run();
        assertThat(result.shrunk()).isEqualTo(1);
        assertThat(result.failed()).hasSize(2);
        assertThat(result.failed().get(0)).startsWith(input.resolve("broken.jpg") + ": ");
        assertThat(result.failed().get(1)).contains("others.png is there already and was not made of it");
        assertThat(result.wasStopped()).isFalse();
        assertThat(output.resolve("others.png")).hasContent("precious");
    }

    @Test
    void nothingIsWrittenWhereItWouldBeReadOrTwoWouldBecomeOne() throws IOException {
        put("a.png", "png", 40, 40);
        assertThatThrownBy(() -> prepared().into(input.resolve("small")).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lies in the input");
        put("a.gif", "gif", 40, 40);
        assertThatThrownBy(() -> prepared().run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a.gif")
                .hasMessageContaining("would both become " + output.resolve("a.png") + ": rename one of them");
        assertThat(output).doesNotExist();
        assertThatThrownBy(() -> prepared().shortSide(15).run())
                .hasMessageContaining("--short-side 15 must be from 16");
        assertThatThrownBy(() -> prepared().quality(101).run()).hasMessageContaining("--quality 101 must be from 1");
    }
}
