package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on this machine, and on one that is made up. */
@Tag("slow")
class DoctorCommandTest {
    @TempDir
    Path root;

    @Test
    void everythingIsLookedAt() throws IOException, InterruptedException {
        JuxtaProcess.Result doctor = JuxtaProcess.run("doctor", "--run", root.toString());
        assertThat(doctor.status()).isEqualTo(ExitStatus.DONE);
        assertThat(doctor.err()).isEmpty();
        for (String name : List.of(
                "Java ",
                "Java heap",
                "cores",
                "threads",
                "load",
                "memory",
                "disk",
                "libtorch",
                "CUDA",
                "decoding",
                "convolution",
                "matrices")) {
            assertThat(doctor.out()).containsPattern("(?m)^(ok  |odd ) " + name);
        }
        assertThat(doctor.out()).containsPattern("(All is well\\.|\\d+ findings? (is|are) odd\\.)\n$");
    }
}
