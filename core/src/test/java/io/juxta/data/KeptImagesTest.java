package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KeptImagesTest {
    private static final long PLENTY = 1 << 20;

    @TempDir
    static Path root;

    private static ImageFolder folder;

    @BeforeAll
    static void draw() throws IOException {
        folder = ImageFolder.open(Drawn.folder(root.resolve("images"), 20, 2));
    }

    /** A data set that counts how often each picture was decoded. */
    private static final class Counting implements Dataset {
        final AtomicIntegerArray decoded = new AtomicIntegerArray(folder.size());
        private int unreadable = -1;

        @Override
        public Image image(int index) throws UnreadableImageException {
            decoded.incrementAndGet(index);
            if (index == unreadable) {
                throw new UnreadableImageException("picture " + index + ": damaged");
            }
            return folder.image(index);
        }

        @Override
        public int size() {
            return folder.size();
        }

        @Override
        public int label(int index) {
            return folder.label(index);
        }

        @Override
        public List<String> classes() {
            return folder.classes();
        }

        @Override
        public String name(int index) {
            return folder.name(index);
        }

        int sum() {
            return IntStream.range(0, decoded.length()).map(decoded::get).sum();
        }
    }

    private static void requireSamePictures(Dataset actual) throws UnreadableImageException {
        for (int i = 0; i < folder.size(); i++) {
            requireSamePicture(actual, i);
        }
    }

    private static void requireSamePicture(Dataset actual, int index) throws UnreadableImageException {
        Image expected = folder.image(index);
        Image image = actual.image(index);
        assertThat(image.width()).isEqualTo(expected.width());
        assertThat(image.height()).isEqualTo(expected.height());
        assertThat(image.rgb()).isEqualTo(expected.rgb());
    }

    @Test
    void everyPictureIsDecodedOnceAndStaysWhatItIs() throws UnreadableImageException {
        Counting whole = new Counting();
        try (KeptImages kept = KeptImages.of(whole, PLENTY)) {
            for (int pass = 0; pass < 3; pass++) {
                requireSamePictures(kept);
            }
            assertThat(whole.sum()).isEqualTo(folder.size());
            assertThat(kept.size()).isEqualTo(folder.size());
            assertThat(kept.classes()).isEqualTo(folder.classes());
            assertThat(kept.label(3)).isEqualTo(folder.label(3));
            assertThat(kept.name(3)).isEqualTo(folder.name(3));
        }
    }

    @Test
    void whatAReaderDoesToItsPictureIsItsOwn() throws UnreadableImageException {
        try (KeptImages kept = KeptImages.of(folder, PLENTY)) {
            for (int pass = 0; pass < 2; pass++) {
                Arrays.fill(kept.image(0).rgb(), (byte) 7);
            }
            requireSamePicture(kept, 0);
        }
    }

    @Test
    void noMoreIsKeptThanThereIsRoomFor() throws UnreadableImageException {
        long pictures = 0;
        for (int i = 0; i < folder.size(); i++) {
            pictures += folder.image(i).rgb().length;
        }
        for (long limit : new long[] {0, 1000, pictures / 3, pictures - 1, pictures}) {
            Counting whole = new Counting();
            try (KeptImages kept = KeptImages.of(whole, limit)) {
                requireSamePictures(kept);
                requireSamePictures(kept);
                assertThat(kept.bytes()).isLessThanOrEqualTo(limit);
            }
            int again = whole.sum() - folder.size();
            // all pictures are of about the same size
            assertThat(again)
                    .isBetween(
                            (int) Math.floor(folder.size() * (1 - (double) limit / pictures)),
                            (int) Math.ceil(folder.size() * (1 - (double) limit / pictures)) + 1);
        }
        assertThatThrownBy(() -> KeptImages.of(folder, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    void anUnreadablePictureStaysUnreadable() {
        Counting whole = new Counting();
        whole.unreadable = 5;
        try (KeptImages kept = KeptImages.of(whole, PLENTY)) {
            for (int pass = 0; pass < 2; pass++) {
                assertThatThrownBy(() -> kept.image(5))
                        .isInstanceOf(UnreadableImageException.class)
                        .hasMessage("picture 5: damaged");
            }
            assertThat(kept.bytes()).isZero();
        }
    }

    /** The run goes on with the pictures that it began with. */
    @Test
    void aKeptPictureOutlivesItsFile() throws IOException {
        ImageFolder gone = ImageFolder.open(Drawn.folder(root.resolve("gone"), 20, 2));
        try (KeptImages kept = KeptImages.of(gone, PLENTY)) {
            requireSamePictures(kept);
            for (int i = 0; i < gone.size(); i++) {
                Files.delete(Path.of(gone.source(i)));
            }
            requireSamePictures(kept);
        }
    }

    /** A scope of the caller ends, a picture does not. */
    @Test
    void aScopeOfTheCallerTakesNothingAway() throws UnreadableImageException {
        Counting whole = new Counting();
        try (KeptImages kept = KeptImages.of(whole, PLENTY)) {
            try (PointerScope scope = new PointerScope()) {
                requireSamePictures(kept);
            }
            requireSamePictures(kept);
            assertThat(whole.sum()).isEqualTo(folder.size());
        }
    }

    @Test
    void nothingIsLeftOfItOnceItIsClosed() throws UnreadableImageException {
        long before = Pointer.totalBytes();
        for (int i = 0; i < 50; i++) {
            KeptImages kept = KeptImages.of(folder, PLENTY);
            requireSamePicture(kept, 1);
            assertThat(kept.bytes()).isPositive();
            kept.close();
            kept.close();
            requireSamePicture(kept, 1);
            assertThat(kept.bytes()).isZero();
        }
        assertThat(Pointer.totalBytes())
                .as("as before, and not 50 times the memory")
                .isLessThan(before + 2 * PLENTY);
    }

    /** Whoever reads while it is closed gets the picture. */
    @Test
    void manyReadAtOnceAndOneCloses() throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                KeptImages kept = KeptImages.of(folder, PLENTY);
                List<Future<?>> reading = new ArrayList<>();
                for (int r = 0; r < 8; r++) {
                    Callable<Boolean> read = () -> {
                        requireSamePictures(kept);
                        return true;
                    };
                    reading.add(readers.submit(read));
                }
                Thread.sleep(round % 4);
                kept.close();
                for (Future<?> each : reading) {
                    each.get();
                }
                assertThat(kept.bytes()).isZero();
            }
        } finally {
            readers.shutdown();
        }
    }
}
