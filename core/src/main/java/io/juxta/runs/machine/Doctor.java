package io.juxta.runs.machine;

import io.juxta.natives.Natives;
import io.juxta.torch.ConvolutionCheck;
import io.juxta.torch.Torch;
import io.juxta.train.SystemMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.global.torch;

/**
 * Looks over the machine as a run would find it.
 *
 * <pre>{@code
 * for (Doctor.Finding finding : new Doctor().examine(Path.of("runs"))) {
 *     log.info("{}: {} {}", finding.name(), finding.state(), finding.cure().orElse(""));
 * }
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Doctor {
    private static final long GIB = 1L << 30;
    private static final int OLDEST_JAVA = 17;
    private static final long LEAST_MEMORY = 3 * GIB;
    private static final long LEAST_DISK = 2 * GIB;
    private static final double SLOW_DECODING = 100;
    /** GFLOP/s of one core with AVX2 at 2 GHz reach about 50 in a convolution; a fifth of it is odd. */
    private static final double SLOW_CORE = 10;
    /** Products of matrices to convolutions: 1.3 with kernels for AVX-512, 0.7 with those for AVX2 on a machine that has both. */
    private static final double SLOW_PRODUCTS = 0.85;

    private final Machine machine;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * One thing looked at.
     *
     * @param name of the thing
     * @param state in a few words
     * @param cure what to do where the state is odd
     */
    public record Finding(String name, String state, Optional<String> cure) {}

    /** For the machine that this JVM runs on. */
    public Doctor() {
        this(new Machine());
    }

    Doctor(Machine machine) {
        this.machine = machine;
    }

    /**
     * Looks at everything; it takes about four seconds.
     *
     * @param folder where runs would be written
     * @throws IOException when the disk cannot be asked, or libtorch cannot be unpacked, in one line
     */
    public List<Finding> examine(Path folder) throws IOException {
        java();
        natives();
        heap();
        cores();
        memory();
        disk(folder);
        libtorch();
        convolutions();
        cuda();
        decoding();
        convolution();
        return List.copyOf(findings);
    }

    private void java() {
        int version = Runtime.version().feature();
        find(
                "Java",
                System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                version >= OLDEST_JAVA,
                "install a JDK of version 17 or newer");
    }

    private void natives() throws IOException {
        try {
            Natives.require();
        } catch (UnsatisfiedLinkError e) {
            throw Natives.failure(e);
        }
        find(
                "natives",
                "unpacked into " + Natives.folder().map(Path::toString).orElse("a folder that the system chooses"),
                true,
                "");
    }

    private void heap() {
        long heap = Runtime.getRuntime().maxMemory();
        find(
                "Java heap",
                mib(heap) + " at most (tensors are not in it)",
                heap < machine.memory().total() / 2,
                "leave memory to the tensors: JUXTA_JAVA_OPTS=-Xmx1g");
    }

    private void cores() {
        int usable = Runtime.getRuntime().availableProcessors();
        int all = machine.cores();
        find(
                "cores",
                usable == all
                        ? usable + ", all of the machine's"
                        : usable + " of the machine's " + all + " may be used",
                usable > 1,
                "with one core the loader and the mathematics take turns: allow two (taskset, the container's cpus)");
        Torch.threads(0);
        int threads = torch.get_num_threads();
        find(
                "threads",
                threads + " of libtorch for an operation",
                threads <= usable,
                "more threads than cores hinder each other: set threads: " + usable + " in the recipe, or unset"
                        + " OMP_NUM_THREADS");
        double busy = machine.load();
        find(
                "load",
                String.format(Locale.ROOT, "%.1f of %d cores busy with other work", busy, all),
                busy < 0.5 * all,
                "other programs use the cores: runs will be slower than they could be");
    }

    private void memory() {
        SystemMemory memory = machine.memory();
        long free = memory.available();
        find(
                "memory",
                mib(free) + " free of " + mib(memory.total())
                        + (memory.limit().isPresent() ? ", which is what the container allows" : ""),
                free >= LEAST_MEMORY,
                "a small run takes 2 GiB: end other programs, lower batch-size, or raise the container's limit");
    }

    private void disk(Path folder) throws IOException {
        Path there = existing(folder.toAbsolutePath());
        long free = Files.getFileStore(there).getUsableSpace();
        find(
                "disk",
                mib(free) + " free at " + there,
                free >= LEAST_DISK && Files.isWritable(there),
                Files.isWritable(there)
                        ? "checkpoints of a ResNet-50 take 1.5 GiB: make room, or give another --run"
                        : "nothing can be written there: give another --run");
    }

    private static Path existing(Path path) {
        Path parent = path.getParent();
        return Files.exists(path) || parent == null ? path : existing(parent);
    }

    private void libtorch() {
        String capability = torch.get_cpu_capability().getString();
        find(
                "libtorch",
                Torch.describe(),
                !capability.equals("DEFAULT"),
                "without AVX2 or better everything is several times slower: take a newer machine, or check what the"
                        + " virtual machine hides");
    }

    private void convolutions() {
        List<String> wrong = ConvolutionCheck.wrong();
        find(
                "correctness",
                wrong.isEmpty()
                        ? "convolutions and their gradients are right in float32"
                        : wrong.size() + " kinds of convolutions are wrong in float32: " + wrong.get(0),
                wrong.isEmpty(),
                "libtorch computes wrongly on this machine: trust no run of it; take another machine or libtorch");
    }

    private void cuda() {
        int devices = torch.cuda_is_available() ? Math.toIntExact(torch.cuda_device_count()) : 0;
        String driver = machine.nvidiaDriver();
        if (devices > 0) {
            find("CUDA", devices + (devices == 1 ? " device" : " devices") + ", driver " + driver, true, "");
        } else {
            find(
                    "CUDA",
                    driver.isEmpty()
                            ? "no device, no driver: the CPU it is"
                            : "no device seen, but a driver: " + driver,
                    driver.isEmpty(),
                    "this build is for the CPU: build with JUXTA_MAVEN_ARGS=-Pcuda");
        }
    }

    private void decoding() {
        double rate = SpeedTest.decodedPerSecond();
        find(
                "decoding",
                String.format(Locale.ROOT, "%.0f photos of 500 x 375 pixels a second in one thread", rate),
                rate >= SLOW_DECODING,
                "loading will hold a run up: see load above, or store smaller images");
    }

    private void convolution() {
        double speed = SpeedTest.convolutionGigaflops();
        int threads = torch.get_num_threads();
        find(
                "convolution",
                String.format(
                        Locale.ROOT,
                        "%.0f GFLOP/s, %.0f for each thread, forward and backward",
                        speed,
                        speed / threads),
                speed / threads >= SLOW_CORE,
                "the mathematics is slower than it should be: see load, threads and libtorch above");
        double products = SpeedTest.productGigaflops();
        boolean wide = torch.get_cpu_capability().getString().startsWith("AVX512");
        find(
                "matrices",
                String.format(Locale.ROOT, "%.0f GFLOP/s by OpenBLAS, in one thread", products),
                !wide || products >= SLOW_PRODUCTS * speed / threads,
                "OpenBLAS leaves AVX-512 unused, and vision transformers take almost twice as long: unset"
                        + " OPENBLAS_CORETYPE, or set it to SkylakeX");
    }

    private void find(String name, String state, boolean well, String cure) {
        findings.add(new Finding(name, state, well ? Optional.empty() : Optional.of(cure)));
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
    }
}
