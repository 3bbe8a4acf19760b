package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.train.Position;
import io.juxta.train.Step;
import io.juxta.train.TinyLearner;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints as files: what comes back, and what is refused. */
class CheckpointTest {
    private static final RunIdentity RUN =
            new RunIdentity("moco", "arch: resnet18\nK: 64\nepochs: 3\n", Set.of("epochs"), 24, "abc");
    private static final Position AT = new Position(2, 5, Map.of("loss", 0.1 + 0.2, "acc1", 1e-320), 1.5, 0.25);

    @TempDir
    Path folder;

    private Path file;
    private byte[] whole;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("last.safetensors");
        try (TinyLearner learner = large()) {
            Checkpoint.write(file, RUN, AT, "epoch,loss\n1,0.5\n", learner);
        }
        whole = Files.readAllBytes(file);
    }

    /** A state of some pages. */
    private static TinyLearner large() {
        return new TinyLearner() {
            private final Tensor ballast = Filler.tensor(3, ScalarType.Float, 9000);

            @Override
            public Map<String, Tensor> state() {
                Map<String, Tensor> state = new LinkedHashMap<>(super.state());
                state.put("ballast", ballast);
                return state;
            }
        };
    }

    private String refusal() {
        try (PointerScope scope = new PointerScope();
                TinyLearner learner = large()) {
            Checkpoint.read(file).restore(learner);
            return "";
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
            return e.getMessage().substring(file.toString().length());
        }
    }

    @Test
    void everythingComesBack() throws IOException {
        assertThat(refusal()).isEmpty();
        try (PointerScope scope = new PointerScope()) {
            Checkpoint read = Checkpoint.read(file);
            assertThat(read.position()).isEqualTo(AT);
            assertThat(read.recipe()).isEqualTo(RUN.recipe());
            assertThat(read.metrics()).isEqualTo("epoch,loss\n1,0.5\n");
            assertThat(read.requireSameRun(RUN)).isEmpty();
        }
    }

    @Test
    void aFileCutOffAnywhereIsRefused() throws IOException {
        for (int length = 0; length < whole.length; length += 4096) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(refusal()).as("cut to " + length).isNotEmpty();
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThat(refusal()).isNotEmpty();
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThat(refusal()).isNotEmpty();
    }

    @Test
    void aFlippedBitAnywhereIsRefused() throws IOException {
        int header =
                8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Random random = new Random(5);
        for (int trial = 0; trial < 300; trial++) {
            int at = trial % 3 == 0
                    ? random.nextInt(8)
                    : trial % 3 == 1 ? 8 + random.nextInt(header - 8) : header + random.nextInt(whole.length - header);
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            assertThat(refusal()).as("bit flipped in byte " + at).isNotEmpty();
        }
    }

    @Test
    void whatIsNoCheckpointIsRefused() throws IOException {
        Files.delete(file);
        assertThatThrownBy(() -> Checkpoint.read(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("no such file");
        Files.createDirectory(file);
        assertThat(refusal()).isEqualTo(": is a folder, not a safetensors file");
        Files.delete(file);
        Files.createFile(file);
        assertThat(refusal()).startsWith(": has 0 bytes");
        Files.writeString(file, "a letter to whom it may concern");
        assertThat(refusal()).contains("no safetensors file");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors = Map.of("x", Filler.tensor(1, ScalarType.Float, 2));
            Safetensors.write(file, tensors, Map.of());
            assertThat(refusal()).isEqualTo(": has no checksum: it is damaged or was not written by a run");
            Safetensors.writeSealed(file, tensors, Map.of());
            assertThat(refusal()).isEqualTo(": is no checkpoint of a run");
            Safetensors.writeSealed(file, tensors, Map.of("juxta-checkpoint", "2"));
            assertThat(refusal())
                    .isEqualTo(": is a checkpoint of format 2, this version of Juxta reads up to 1: resume it with the"
                            + " version that wrote it");
        }
    }

    @Test
    void aStateThatDoesNotFitIsRefusedAndChangesNothing() throws IOException {
        try (PointerScope scope = new PointerScope();
                TinyLearner small = new TinyLearner()) {
            small.step(List.of(), new Step(0, 1, 0.5));
            assertThatThrownBy(() -> Checkpoint.read(file).restore(small))
                    .hasMessage(file + ": does not fit the recipe: it also holds ballast");
            assertThat(small.steps()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            swav | arch: resnet18,K: 64,epochs: 3 | 24 | abc | is a checkpoint of moco, not of swav
            moco | arch: resnet50,K: 64,epochs: 3 | 24 | abc | another recipe (arch resnet18 -> resnet50)
            moco | arch: resnet50,K: 8,epochs: 3  | 24 | abc | (arch resnet18 -> resnet50; K 64 -> 8)
            moco | arch: resnet18,K: 64,m: 0.9    | 24 | abc | (m (nothing) -> 0.9)
            moco | arch: resnet18,K: 64,epochs: 3 | 25 | abc | was written with 24 images, the data set has 25
            moco | arch: resnet18,K: 64,epochs: 3 | 24 | xyz | as many images of other names
            """)
    void anotherRunIsRefusedWithTheDifference(String method, String recipe, int images, String names, String expected)
            throws IOException {
        RunIdentity other = new RunIdentity(method, recipe.replace(",", "\n") + "\n", Set.of("epochs"), images, names);
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> Checkpoint.read(file).requireSameRun(other))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageContaining(expected);
        }
    }

    @Test
    void whatMayChangeIsToldAndAllowed() throws IOException {
        RunIdentity longer =
                new RunIdentity("moco", "arch: resnet18\nK: 64\nepochs: 30\n", Set.of("epochs"), 24, "abc");
        try (PointerScope scope = new PointerScope()) {
            assertThat(Checkpoint.read(file).requireSameRun(longer)).containsExactly("epochs 3 -> 30");
        }
    }

    @Test
    void theChecksumIsThatOfTheWholeFileWithZerosInItsPlace() throws Exception {
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        String before = "\"juxta-sha256\":\"";
        int at = text.indexOf(before) + before.length();
        byte[] blank = whole.clone();
        Arrays.fill(blank, at, at + 64, (byte) '0');
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(blank);
        assertThat(text.substring(at, at + 64))
                .isEqualTo(java.util.HexFormat.of().formatHex(digest));
    }
}
