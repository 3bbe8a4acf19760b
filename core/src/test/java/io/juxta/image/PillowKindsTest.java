package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Small files of every kind that Pillow 12.3 reads, made by {@code kinds/make.py}; each must be equal to the bit. */
class PillowKindsTest {
    private static Map<String, byte[]> archive() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (InputStream in = PillowKindsTest.class.getResourceAsStream("kinds/kinds.zip");
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }

    @Test
    void everyKindIsReadAsPillowReadsIt() throws IOException {
        Map<String, byte[]> files = archive();
        List<String> lines = new String(files.get("PICTURES.txt"), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(lines).hasSizeGreaterThan(400);
        Stream<Executable> checks = lines.stream().map(line -> () -> check(line.split(" "), files));
        org.junit.jupiter.api.Assertions.assertAll(checks);
    }

    private static void check(String[] expected, Map<String, byte[]> files)
            throws IOException, NoSuchAlgorithmException {
        Image image = Decoder.decode(files.get(expected[0]), expected[0]);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image.rgb()));
        assertThat(List.of(image.width() + "", image.height() + "", digest))
                .as(expected[0])
                .containsExactly(expected[1], expected[2], expected[3]);
    }

    /** What is wrong in a file must neither end the process, nor take memory that its size does not tell, nor be silent. */
    @Test
    void mutatedFilesAreReadOrRefusedInOneLine() throws IOException {
        int read = 0;
        for (Map.Entry<String, byte[]> file : archive().entrySet()) {
            for (int i = 0; i < 12 && file.getValue().length > 30; i++) {
                byte[] mutated = file.getValue().clone();
                Draws draws = Draws.of(7, i, file.getKey().hashCode(), 0);
                for (int change = 0; change <= i % 3; change++) {
                    // most of what can go wrong stands near the beginning
                    int at = draws.below(i % 2 == 0 ? Math.min(200, mutated.length) : mutated.length);
                    mutated[at] = (byte) (i < 6 ? draws.below(256) : mutated[at] ^ 1 << draws.below(8));
                }
                try {
                    if (Decoder.pixels(mutated, "m") < 100_000) {
                        Decoder.decodeUpright(mutated, "m");
                        read++;
                    }
                } catch (UnreadableImageException e) {
                    assertThat(e.getMessage())
                            .as(file.getKey())
                            .startsWith("m: ")
                            .doesNotContain("\n");
                }
            }
        }
        assertThat(read).isGreaterThan(500);
        assertThat(DecodingMemory.PROCESS.taken()).isEqualTo(new DecodingMemory.Need(0, 0));
    }
}
