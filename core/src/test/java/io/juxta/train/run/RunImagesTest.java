package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Dataset;
import io.juxta.data.FileState;
import io.juxta.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run remembers of its images, and how it compares them. */
class RunImagesTest {
    /** Files that are only told of; reading one is counted. */
    private static final class Told implements Dataset {
        private final List<String> names = new ArrayList<>();
        private final List<FileState> states = new ArrayList<>();
        private int reads;

        Told with(String name, long size, long modified, long checksum) {
            names.add(name);
            states.add(new FileState(size, modified, checksum));
            return this;
        }

        @Override
        public int size() {
            return names.size();
        }

        @Override
        public Image image(int index) {
            throw new UnsupportedOperationException();
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
            return names.get(index);
        }

        @Override
        public Optional<FileState> fileState(int index) {
            return Optional.of(states.get(index));
        }

        @Override
        public long checksum(int index) {
            reads++;
            return 7;
        }
    }

    @TempDir
    Path run;

    private RunImages.Recorded remembered(Dataset... images) throws IOException {
        RunImages.of(Optional.of(run), images).write(run.resolve("images.tsv.gz"));
        return RunImages.recorded(run).orElseThrow();
    }

    @Test
    void namesOfAnyKindComeBack() throws IOException {
        Told images = new Told().with("a\tb\\n\nc\r.png", 1, 2, 3).with("é/日本.png", 4, 5, FileState.UNREAD);
        RunImages.Recorded read = remembered(images);
        assertThat(read.names()).isEqualTo(images.names);
        assertThat(read.states()).isEqualTo(images.states);
        assertThat(read.folder()).contains(run.toAbsolutePath().normalize());
        assertThat(RunImages.of(Optional.empty(), images).since(read)).isEmpty();
        assertThat(images.reads).isZero();
    }

    /** Two domains may have files of one name; one image stands for many samples. */
    @Test
    void domainsAreToldApartAndAnImageIsRememberedOnce() throws IOException {
        Told a = new Told().with("1.png", 10, 1, 7).with("1.png", 10, 1, 7);
        Told b = new Told().with("1.png", 20, 1, 7);
        RunImages.Recorded read = remembered(a, b);
        assertThat(read.names()).containsExactly("1.png", "2:1.png");
        assertThatThrownBy(() -> RunImages.of(Optional.empty(), b, a).since(read))
                .hasMessage(
                        run + ": the images are not those that the run began with: 2 changed (1.png, 2:1.png); resume"
                                + " it with the same images, or start another --run");
    }

    /** Of a large set that was copied a part is read again, and the comparison says so. */
    @Test
    void ofManyTouchedFilesAPartIsRead() throws IOException {
        Told before = new Told();
        Told now = new Told();
        for (int i = 0; i < 100; i++) {
            before.with(i + ".png", 50, 1, 7);
            now.with(i + ".png", 50, 2, FileState.UNREAD);
        }
        RunImages.Recorded read = remembered(before);
        List<String> said = RunImages.of(Optional.empty(), now).reading(1000).since(read);
        assertThat(now.reads).isEqualTo(20);
        assertThat(said)
                .containsExactly(
                        "images with another time of change than when the run began: 100, of which 20 were read"
                                + " again and found the same; the other 80 are taken for the same by their sizes");
    }

    @Test
    void whatNobodyHadReadIsTakenByItsSize() throws IOException {
        RunImages.Recorded read = remembered(new Told().with("a.png", 50, 1, FileState.UNREAD));
        Told now = new Told().with("a.png", 50, 2, FileState.UNREAD);
        assertThat(RunImages.of(Optional.empty(), now).since(read))
                .containsExactly("images with another time of change than when the run began: 1, of which 0 were read"
                        + " again and found the same; the other 1 are taken for the same by their sizes");
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        remembered(new Told().with("a.png", 1, 2, 3));
        Path file = run.resolve("images.tsv.gz");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> RunImages.recorded(run))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": is damaged (")
                    .hasMessageEndingWith("): delete it to go on without a comparison of the images, and say --data");
        }
    }
}
