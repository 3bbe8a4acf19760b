package io.juxta.cli;

import io.juxta.EncoderOptions;
import io.juxta.lucene.DiskIndexOptions;
import io.juxta.runs.Interruption;
import io.juxta.runs.OperationThreads;
import io.juxta.service.ServiceOptions;
import io.juxta.service.Serving;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trained networks over HTTP. */
@Command(
        name = "serve",
        description = "Answer over HTTP what networks see in pictures: embeddings, similar pictures, classes, objects,"
                + " translations.",
        footer = {
            "",
            "Ends on Ctrl-C or SIGTERM, once what it has taken is answered. /openapi.json says how it is asked.",
            "",
            "  juxta serve --encoder runs/photos --index photos.index",
            "  curl --data-binary @bird.jpg 'http://127.0.0.1:8080/search?k=5'"
        })
final class ServeCommand implements Callable<Integer> {
    @Option(
            names = "--encoder",
            paramLabel = "WEIGHTS",
            description = "For /embed and /search. " + EmbeddingOptions.WEIGHTS)
    private Optional<Path> encoder = Optional.empty();

    @Option(
            names = "--index",
            paramLabel = "FILE|DIR",
            description =
                    "For /search: embeddings by the encoder, a .safetensors file by juxta embed, or an index on disk"
                            + " by juxta index.")
    private Optional<Path> index = Optional.empty();

    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            description = "For /classify: as evaluate linear and evaluate semi write it with --output.")
    private Optional<Path> classifier = Optional.empty();

    @Option(names = "--detector", paramLabel = "WEIGHTS", description = "For /detect: a run of detect train.")
    private Optional<Path> detector = Optional.empty();

    @Option(
            names = "--generator",
            paramLabel = "WEIGHTS",
            description = "For /translate: a run of translate train, or a generator that import knows.")
    private Optional<Path> generator = Optional.empty();

    @Option(names = "--port", paramLabel = "N", description = "The default is 8080; 0 for any that is free.")
    private int port = ServiceOptions.defaults().port();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "The default is 127.0.0.1, for programs of this machine alone; 0.0.0.0 is for containers, and for"
                            + " what has a proxy with TLS and authentication before it.")
    private String listen = ServiceOptions.defaults().listen();

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "A name that it is called by besides localhost and addresses. May be given several times.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description =
                    "Images that are worked on or wait for it, the default is 32; one more is told to come again.")
    private int atOnce = ServiceOptions.defaults().atOnce();

    @Option(
            names = "--max-body",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "What a request may send; the default is 16MiB.")
    private long maxBody = ServiceOptions.defaults().maxBody();

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            description = "Of an image; the default is 25000000. Larger ones are refused before they are decoded.")
    private long maxPixels = ServiceOptions.defaults().maxPixels();

    @Option(
            names = "--work-seconds",
            paramLabel = "N",
            description = "How long an image may be worked on; the default is 30.")
    private int workSeconds = ServiceOptions.defaults().workSeconds();

    @Option(
            names = "--exact-up-to",
            paramLabel = "N",
            description =
                    "Of an index on disk: among so many images or fewer a search compares with each; the default is"
                            + " 20000.")
    private int exactUpTo = DiskIndexOptions.defaults().exactUpTo();

    @Mixin
    private EmbeddingOptions embedding = new EmbeddingOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        LuceneLog.quiet();
        CountDownLatch told = new CountDownLatch(1);
        try (Interruption interruption = Interruption.watch(told::countDown);
                Serving serving = start()) {
            System.out.println("listening on " + serving.address());
            System.out.flush();
            told.await();
            System.out.println("stopping");
        }
        System.out.println("stopped");
        return ExitStatus.DONE;
    }

    private Serving start() throws IOException {
        OperationThreads.set(embedding.threads());
        Serving.Weights weights = Serving.by(new EncoderOptions(
                        embedding.layer(),
                        EncoderOptions.defaults().length(),
                        embedding.batchSize(),
                        embedding.device(),
                        embedding.precision()))
                .searching(DiskIndexOptions.defaults().withExactUpTo(exactUpTo));
        encoder.ifPresent(weights::encoder);
        index.ifPresent(weights::index);
        classifier.ifPresent(weights::classifier);
        detector.ifPresent(weights::detector);
        generator.ifPresent(weights::generator);
        if (maxBody > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--max-body may be 1GiB at most");
        }
        return weights.start(ServiceOptions.defaults()
                .withListen(listen)
                .withPort(port)
                .withHosts(hosts)
                .withLimits((int) maxBody, maxPixels, atOnce)
                .withSeconds(ServiceOptions.defaults().bodySeconds(), workSeconds));
    }
}
