package io.juxta.benchmarks;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** A copy of a folder of JPEGs with defects planted in it, the same for the same folder and seed; and what was planted where. */
final class PlantedDefects {
    /** Of each kind. */
    static final int EACH = 20;

    private final Path target;
    private final Random random;
    private final List<Path> free;
    /** The source of each copy, by the copy's name, in the folder of its kind. */
    final Map<String, String> copies = new TreeMap<>();
    /** The kind of each picture that was spoiled. */
    final Map<String, String> spoiled = new TreeMap<>();

    PlantedDefects(Path source, Path target, long seed) throws IOException {
        this.target = target;
        random = new Random(seed);
        List<Path> photos;
        try (Stream<Path> all = Files.walk(source)) {
            photos = new ArrayList<>(all.filter(file -> file.toString().endsWith(".jpg"))
                    .sorted()
                    .toList());
        }
        for (Path photo : photos) {
            Path copy = target.resolve("good")
                    .resolve(source.relativize(photo).toString().replace('/', '-'));
            Files.createDirectories(copy.getParent());
            Files.copy(photo, copy);
        }
        try (Stream<Path> all = Files.list(target.resolve("good"))) {
            free = new ArrayList<>(all.sorted().toList());
        }
        Collections.shuffle(free, random);
    }

    void plant() throws IOException {
        copies("re-encoded", image -> image, 0.6f);
        copies("cropped", PlantedDefects::cropped, 0.92f);
        copies("brightened", image -> toned(image, v -> Math.min(255, v * 13 / 10)), 0.92f);
        copies("turned", PlantedDefects::turned, 0.92f);
        copies("softened", image -> resized(image, 4), 0.92f);
        copies("halved", image -> scaled(image, image.getWidth() / 2, image.getHeight() / 2), 0.92f);
        copyBytes();
        spoil("dark", image -> toned(image, v -> v * 15 / 100));
        spoil("bright", image -> toned(image, v -> 255 - (255 - v) * 6 / 100));
        spoil("blurred", image -> resized(image, 12));
        spoil("little information", image -> toned(image, v -> 100 + v / 128));
        spoil("grey among colour", PlantedDefects::grey);
        spoilBytes("truncated", bytes -> Arrays.copyOf(bytes, bytes.length * 2 / 3));
        spoilBytes("zero-byte", bytes -> new byte[0]);
        spoilBytes("wrong ending", bytes -> {
            var out = new java.io.ByteArrayOutputStream();
            ImageIO.write(ImageIO.read(new java.io.ByteArrayInputStream(bytes)), "png", out);
            return out.toByteArray();
        });
    }

    private interface Change {
        BufferedImage of(BufferedImage image);
    }

    private interface ByteChange {
        byte[] of(byte[] bytes) throws IOException;
    }

    private void copies(String kind, Change change, float quality) throws IOException {
        for (int i = 0; i < EACH; i++) {
            Path source = free.remove(free.size() - 1);
            Path copy = target.resolve(kind).resolve(source.getFileName().toString());
            Files.createDirectories(copy.getParent());
            write(change.of(rgb(ImageIO.read(source.toFile()))), copy, quality);
            copies.put(kind + "/" + source.getFileName(), "good/" + source.getFileName());
        }
    }

    /** A placeholder that is there 450 times. */
    private void copyBytes() throws IOException {
        Path source = free.remove(free.size() - 1);
        Files.createDirectories(target.resolve("placeholder"));
        for (int i = 0; i < 450; i++) {
            String name = "placeholder/" + i + ".jpg";
            Files.copy(source, target.resolve(name));
            copies.put(name, "good/" + source.getFileName());
        }
    }

    private void spoil(String kind, Change change) throws IOException {
        for (int i = 0; i < EACH; i++) {
            Path file = free.remove(free.size() - 1);
            write(change.of(rgb(ImageIO.read(file.toFile()))), file, 0.92f);
            spoiled.put("good/" + file.getFileName(), kind);
        }
    }

    private void spoilBytes(String kind, ByteChange change) throws IOException {
        for (int i = 0; i < EACH / 2; i++) {
            Path file = free.remove(free.size() - 1);
            Files.write(file, change.of(Files.readAllBytes(file)));
            spoiled.put("good/" + file.getFileName(), kind);
        }
    }

    private static void write(BufferedImage image, Path file, float quality) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionQuality(quality);
        Files.deleteIfExists(file);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
    }

    private static BufferedImage rgb(BufferedImage image) {
        return scaled(image, image.getWidth(), image.getHeight());
    }

    private static BufferedImage scaled(BufferedImage image, int width, int height) {
        BufferedImage made = new BufferedImage(Math.max(1, width), Math.max(1, height), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = made.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, made.getWidth(), made.getHeight(), null);
        graphics.dispose();
        return made;
    }

    /** Made small, by halves, and large again. */
    private static BufferedImage resized(BufferedImage image, int factor) {
        BufferedImage small = image;
        for (int left = factor; left > 1; left = left / 2) {
            small = scaled(small, small.getWidth() / 2, small.getHeight() / 2);
        }
        return scaled(small, image.getWidth(), image.getHeight());
    }

    /** By 5 % of each side's length. */
    private static BufferedImage cropped(BufferedImage image) {
        int x = image.getWidth() / 40;
        int y = image.getHeight() / 40;
        return rgb(image.getSubimage(x, y, image.getWidth() - 2 * x, image.getHeight() - 2 * y));
    }

    private static BufferedImage turned(BufferedImage image) {
        BufferedImage made = new BufferedImage(image.getHeight(), image.getWidth(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                made.setRGB(image.getHeight() - 1 - y, x, image.getRGB(x, y));
            }
        }
        return made;
    }

    private static BufferedImage toned(BufferedImage image, IntUnaryOperator tone) {
        BufferedImage made = rgb(image);
        for (int y = 0; y < made.getHeight(); y++) {
            for (int x = 0; x < made.getWidth(); x++) {
                int rgb = made.getRGB(x, y);
                made.setRGB(
                        x,
                        y,
                        tone.applyAsInt(rgb >> 16 & 255) << 16
                                | tone.applyAsInt(rgb >> 8 & 255) << 8
                                | tone.applyAsInt(rgb & 255));
            }
        }
        return made;
    }

    private static BufferedImage grey(BufferedImage image) {
        BufferedImage made = rgb(image);
        for (int y = 0; y < made.getHeight(); y++) {
            for (int x = 0; x < made.getWidth(); x++) {
                int rgb = made.getRGB(x, y);
                int grey = ((rgb >> 16 & 255) * 299 + (rgb >> 8 & 255) * 587 + (rgb & 255) * 114) / 1000;
                made.setRGB(x, y, grey * 0x10101);
            }
        }
        return made;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d copies, %d spoiled", copies.size(), spoiled.size());
    }
}
