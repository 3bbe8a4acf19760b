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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
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

    /** Grey pictures of any size; which of them were decoded, in order. */
    private static final class Grey implements Dataset {
        private final int[] widths;
        final List<Integer> decoded = new ArrayList<>();
        private boolean inMemory;

        /** @param widths of pictures that are 1024 high: a width of 1 is 3 KiB */
        Grey(int... widths) {
            this.widths = widths;
        }

        @Override
        public Image image(int index) {
            decoded.add(index);
            return new Image(widths[index], 1024, rgb(index));
        }

        private byte[] rgb(int index) {
            byte[] rgb = new byte[3 * 1024 * widths[index]];
            Arrays.fill(rgb, (byte) (index + 1));
            return rgb;
        }

        @Override
        public int size() {
            return widths.length;
        }

        @Override
        public int label(int index) {
            return -1;
        }

        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public String name(int index) {
            return Integer.toString(index);
        }

        @Override
        public boolean isInMemory() {
            return inMemory;
        }

        /** Asks for all pictures twice, and says which were decoded the second time. */
        List<Integer> decodedAgain(KeptImages kept) throws UnreadableImageException {
            for (int pass = 0; pass < 2; pass++) {
                decoded.clear();
                for (int i = 0; i < widths.length; i++) {
                    Image image = kept.image(i);
                    assertThat(image.width()).isEqualTo(widths[i]);
                    // AssertJ would take a second for it
                    assertThat(Arrays.equals(image.rgb(), rgb(i)))
                            .as("picture " + i)
                            .isTrue();
                }
            }
            return decoded;
        }
    }

    @Test
    void noMoreIsKeptThanThereIsRoomFor() throws UnreadableImageException {
        Grey ten = new Grey(10, 10, 10, 10, 10, 10, 10, 10, 10, 10);
        for (int room = 0; room <= 10; room++) {
            try (KeptImages kept = KeptImages.of(ten, room * 30L * 1024 + 1000)) {
                assertThat(ten.decodedAgain(kept))
                        .isEqualTo(IntStream.range(room, 10).boxed().toList());
                assertThat(kept.bytes()).isLessThanOrEqualTo(room * 30L * 1024 + 1000);
            }
        }
        assertThatThrownBy(() -> KeptImages.of(folder, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    void picturesOfAllSizesFitIntoMuchOfTheMemory() throws UnreadableImageException {
        // 12 MiB, then small ones of 300 KiB for more than one block of 8 MiB, between some of 600 KiB
        int[] widths = new int[121];
        Arrays.fill(widths, 100);
        widths[0] = 4096;
        for (int i = 1; i < widths.length; i += 3) {
            widths[i] = 200;
        }
        Grey pictures = new Grey(widths);
        long all = 3 * 1024L * IntStream.of(widths).sum();
        try (KeptImages kept = KeptImages.of(pictures, all * 17 / 16 + (8 << 20))) {
            assertThat(pictures.decodedAgain(kept)).isEmpty();
            assertThat(kept.bytes()).isLessThan(all * 17 / 16 + (8 << 20));
        }
        try (KeptImages kept = KeptImages.of(pictures, all * 3 / 4)) {
            List<Integer> again = pictures.decodedAgain(kept);
            long missing = 3 * 1024L * again.stream().mapToInt(i -> widths[i]).sum();
            assertThat(missing).isBetween(all / 4, all / 4 + all / 16 + (1 << 20));
        }
    }

    /** A large picture that finds no room is no reason to keep no small one. */
    @Test
    void aSmallerOneMayStillFit() throws UnreadableImageException {
        Grey pictures = new Grey(300, 300, 10, 10);
        try (KeptImages kept = KeptImages.of(pictures, 1000 * 1024)) {
            assertThat(pictures.decodedAgain(kept)).containsExactly(1);
        }
    }

    @Test
    void whereTheSystemGivesNoMoreMemoryTheOthersAreDecoded() throws UnreadableImageException {
        Grey pictures = new Grey(200, 200, 200, 10);
        long room = 2 * 600 * 1024;
        LongFunction<BytePointer> system = new LongFunction<>() {
            private long left = room;

            @Override
            public BytePointer apply(long size) {
                left -= size;
                if (left < 0) {
                    throw new OutOfMemoryError("Native allocator returned address == 0");
                }
                return new BytePointer(size);
            }
        };
        try (KeptImages kept = new KeptImages(pictures, 1 << 30, system)) {
            assertThat(pictures.decodedAgain(kept)).containsExactly(2, 3);
            assertThat(kept.bytes()).isEqualTo(room);
        }
    }

    @Test
    void whatIsInMemoryIsNotKeptTwice() throws UnreadableImageException {
        Grey pictures = new Grey(10, 10);
        pictures.inMemory = true;
        try (KeptImages kept = KeptImages.of(new Subset(pictures, List.of(0, 1)), PLENTY)) {
            assertThat(pictures.decodedAgain(kept)).containsExactly(0, 1);
            assertThat(kept.bytes()).isZero();
            assertThat(kept.origin()).isSameAs(pictures);
        }
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
                if (round % 2 == 0) {
                    requireSamePictures(kept);
                }
                AtomicBoolean over = new AtomicBoolean();
                CountDownLatch began = new CountDownLatch(8);
                List<Future<?>> reading = new ArrayList<>();
                for (int r = 0; r < 8; r++) {
                    int first = r;
                    Callable<Integer> read = () -> {
                        int i = first;
                        do {
                            requireSamePicture(kept, i++ % folder.size());
                            began.countDown();
                        } while (!over.get());
                        return i;
                    };
                    reading.add(readers.submit(read));
                }
                began.await();
                Thread.sleep(round % 4);
                kept.close();
                over.set(true);
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
