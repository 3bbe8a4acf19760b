package io.juxta.cli;

import io.juxta.torch.Precision;
import picocli.CommandLine.Option;

/** What a network that is used computes in, and where. */
final class ComputeOptions {
    // no enum: its values would load libtorch where help lists them
    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "What the network computes in: float32 (the default), bfloat16 (quicker on processors that have"
                            + " it), and on GPUs tf32 and float16.")
    private String precision = "float32";

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    Precision precision() {
        return Precision.of(precision);
    }

    String device() {
        return device;
    }
}
