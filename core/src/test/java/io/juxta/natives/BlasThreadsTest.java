package io.juxta.natives;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** OpenBLAS keeps to one thread in a program whose environment says nothing of it: its threads spin beside other work. */
@Tag("slow")
class BlasThreadsTest {
    private static final String VARIABLE = "OPENBLAS_NUM_THREADS";
    private static final int SIDE = 1500;

    /** The program. */
    public static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            Natives.torch();
            torch.set_num_threads(1);
            OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            try (PointerScope scope = new PointerScope()) {
                Tensor a = torch.randn(SIDE, SIDE);
                a.mm(a);
                long all = process.getProcessCpuTime();
                long own = threads.getCurrentThreadCpuTime();
                for (int i = 0; i < 4; i++) {
                    a.mm(a);
                }
                double share = (double) (threads.getCurrentThreadCpuTime() - own) / (process.getProcessCpuTime() - all);
                System.out.println("alone " + (share > 0.75) + " " + share);
            }
        }
    }

    @Test
    void aProductOfMatricesIsOneThreadsWork() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove(VARIABLE);
        // libtorch's threads are another matter
        builder.environment().put("OMP_NUM_THREADS", "2");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).contains("alone true");
    }
}
