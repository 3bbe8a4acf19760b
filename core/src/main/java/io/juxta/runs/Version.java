package io.juxta.runs;

import io.juxta.report.snapshots.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import org.apiguardian.api.API;

/** The versions that a report of a problem should name, known from the build: libtorch itself need not be loaded. */
@API(status = API.Status.EXPERIMENTAL)
public final class Version {
    private Version() {}

    /** The library's own. */
    public static String own() throws IOException {
        return versions().getProperty("juxta", "unknown");
    }

    /** {@code juxta 0.2.0 (libtorch 2.13.0, Java 17.0.12)}. */
    public static String line() throws IOException {
        Properties versions = versions();
        // 2.10.0-1.5.13 is libtorch 2.10.0 in the binding 1.5.13
        String libtorch = versions.getProperty("libtorch", "unknown").replaceFirst("-.*", "");
        return "juxta " + versions.getProperty("juxta", "unknown") + " (libtorch " + libtorch + ", Java "
                + System.getProperty("java.version") + ")";
    }

    /** What was started here and now, for a report. */
    static Origin origin(String command) throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Origin(
                command,
                line(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", " + cores
                        + (cores == 1 ? " core" : " cores"),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static Properties versions() throws IOException {
        Properties versions = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is not on the class path");
            }
            versions.load(in);
        }
        return versions;
    }
}
