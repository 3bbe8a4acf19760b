package io.juxta.runs;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Agreement;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Membership;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.train.TrainingOptions;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * The processes that share a piece of work: this one alone, or several as torchrun, Slurm and others start them.
 *
 * <p>Several compute together what one would compute; the first one reads back, judges, writes and speaks.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Processes {
    /** What may differ between the machines of a run. */
    private static final Set<String> OF_THE_MACHINE = Set.of("device", "threads", "loader-threads", "image-cache");

    private final Optional<Membership> membership;
    private final Consumer<String> lastResort;

    private Processes(Optional<Membership> membership, Consumer<String> lastResort) {
        this.membership = membership;
        this.lastResort = lastResort;
    }

    /** This one, alone. */
    public static Processes alone() {
        return new Processes(Optional.empty(), reason -> {});
    }

    /**
     * Those that the environment tells of ({@code RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR} and others); this one alone where
     * it does not.
     *
     * @param lastResort told why the work ends when another process is gone and this one hangs in libtorch, which
     *     cannot be interrupted: only ending the JVM helps then, and that is the program's to do
     * @throws IOException when the environment contradicts itself, in one line
     */
    public static Processes ofEnvironment(Consumer<String> lastResort) throws IOException {
        return new Processes(Membership.of(System.getenv()), lastResort);
    }

    /** How many there are. */
    public int size() {
        return membership.map(Membership::size).orElse(1);
    }

    /** How many of them are on this machine. */
    int sizeHere() {
        return membership.map(Membership::localSize).orElse(1);
    }

    /** Whether this is the first of those on this machine. */
    boolean isFirstHere() {
        return membership.map(Membership::localRank).orElse(0) == 0;
    }

    /** Whether this process is the one that writes and speaks for all. */
    public boolean isFirst() {
        return membership.map(Membership::rank).orElse(0) == 0;
    }

    /** @throws IOException when there are several processes */
    public void requireAlone(String what) throws IOException {
        if (size() > 1) {
            throw new IOException(
                    what + " runs in one process, the environment says WORLD_SIZE " + size() + ": start it without");
        }
    }

    /** The device of this process: of several GPUs, the one of its place on the machine. */
    Device device(String name) {
        Device device = Devices.parse(name);
        if (membership.isEmpty() || !device.is_cuda() || name.contains(":")) {
            return device;
        }
        return Devices.parse("cuda:" + membership.get().localRank());
    }

    /** An encoder's network with fresh weights, made on this process's device when it is asked for. */
    Supplier<EncoderNetwork> untrained(TrainedEncoder encoder, String name) throws IOException {
        Device device = device(name);
        return () -> encoder.untrained(device);
    }

    /** What a process does with the others. */
    @FunctionalInterface
    interface Together<T> {
        T run(Communicator communicator) throws IOException;
    }

    /** Meets the others, makes sure that all do the same, and tells them when this process fails. */
    <T> T together(Device device, RunIdentity identity, Together<T> run) throws IOException {
        return together(device, identity, Map.of(), run);
    }

    /** @param more facts that must be the same in all processes */
    <T> T together(Device device, RunIdentity identity, Map<String, String> more, Together<T> run) throws IOException {
        try (Communicator communicator = join(device)) {
            try {
                agree(communicator, identity, more);
                return run.run(communicator);
            } catch (IOException | RuntimeException | Error e) {
                communicator.fail(e);
                if (e instanceof IllegalArgumentException && size() > 1) {
                    // no value is wrong for one process alone
                    throw new IOException(e.getMessage(), e);
                }
                throw e;
            }
        }
    }

    /** An encoder's weights, as a fact that must be the same in all processes. */
    static Map<String, String> weights(TrainedEncoder encoder) {
        CRC32C checksum = new CRC32C();
        try (PointerScope scope = new PointerScope()) {
            for (Tensor tensor : StateDict.of(encoder.network()).values()) {
                Tensor plain = tensor.detach().cpu().contiguous();
                checksum.update(new BytePointer(plain.data_ptr())
                        .capacity(plain.nbytes())
                        .asByteBuffer());
            }
        }
        return Map.of("weights", Long.toHexString(checksum.getValue()));
    }

    private Communicator join(Device device) throws IOException {
        return size() == 1 ? Communicator.single() : Communicator.join(membership.orElseThrow(), device, lastResort);
    }

    /** This process's share of the batches, and of the cores. */
    LoaderOptions loader(TrainingOptions training) {
        int size = size();
        if (training.batchSize() % size != 0) {
            throw new IllegalArgumentException("batch-size " + training.batchSize() + " cannot be shared by " + size
                    + " processes: make it a multiple of " + size);
        }
        LoaderOptions options = LoaderOptions.of(training.batchSize() / size, training.seed());
        if (membership.isPresent()) {
            int cores = Runtime.getRuntime().availableProcessors()
                    / membership.get().localSize();
            options = options.withThreads(Math.max(1, cores - 1))
                    .withShare(membership.get().rank(), size);
        }
        return training.loaderThreads() == 0 ? options : options.withThreads(training.loaderThreads());
    }

    private static void agree(Communicator communicator, RunIdentity identity, Map<String, String> more)
            throws IOException {
        Map<String, String> facts = new LinkedHashMap<>(more);
        facts.put("version", Version.line());
        facts.put("method", identity.method());
        facts.put("number of images", Integer.toString(identity.images()));
        facts.put("names of the images", identity.names());
        identity.settings().forEach((key, value) -> {
            if (!OF_THE_MACHINE.contains(key)) {
                facts.put(key, value);
            }
        });
        Agreement.require(communicator, facts);
    }
}
