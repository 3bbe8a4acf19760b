package io.juxta.service;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.IntSupplier;

/** What a service counts, for Prometheus. */
final class ServiceMetrics {
    /** Seconds: from an embedding of a small picture to a large one that is translated in strips. */
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("juxta_requests_total")
            .help("Requests that were answered.")
            .labelNames("path", "status")
            .register(registry);
    private final Histogram seconds = Histogram.builder()
            .name("juxta_request_seconds")
            .help("From the first byte of a request until its answer was handed over.")
            .labelNames("path")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);

    ServiceMetrics(IntSupplier begun, IntSupplier atWork) {
        gauge("juxta_requests_begun", "Requests that have begun and are not answered yet.", begun);
        gauge("juxta_images_at_work", "Images that are worked on, or wait for it.", atWork);
        JvmMetrics.builder().register(registry);
    }

    private void gauge(String name, String help, IntSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsInt()))
                .register(registry);
    }

    /** @param path one of the service's own: what others ask for must not grow the table */
    void answered(String path, int status, long nanos) {
        requests.labelValues(path, Integer.toString(status)).inc();
        seconds.labelValues(path).observe(nanos / 1e9);
    }

    Answer answer() throws IOException {
        PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder().build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.write(bytes, registry.scrape());
        return new Answer(writer.getContentType(), bytes.toByteArray());
    }
}
