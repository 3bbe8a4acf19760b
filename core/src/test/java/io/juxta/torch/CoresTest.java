package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"0; 8; 8", "0,4; 8; 4", "0-1; 8; 4", "0-3; 2; 1", "0,32; 3; 1", "none; 8; 8", "3-0; 8; 8"})
    void threadsThatShareACoreCountOnce(String siblings, int processors, int cores, @TempDir Path topology)
            throws IOException {
        Files.writeString(topology.resolve("thread_siblings_list"), siblings + "\n");
        assertThat(Cores.of(processors, topology)).isEqualTo(cores);
    }

    @Test
    void whereNothingIsSaidEachCounts(@TempDir Path folder) {
        assertThat(Cores.of(6, folder.resolve("none"))).isEqualTo(6);
        assertThat(Cores.ofThisProcess()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    @Test
    void threadsAreAsMany() {
        int before = torch.get_num_threads();
        try {
            Torch.threads(0);
            assertThat(torch.get_num_threads())
                    .isEqualTo(
                            System.getenv("OMP_NUM_THREADS") == null
                                    ? Math.max(before, Cores.ofThisProcess())
                                    : before);
        } finally {
            Torch.threads(before);
        }
    }
}
