package io.juxta.spark;

import io.juxta.spark.JobArguments.MisuseException;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/** What the jobs share: a session of their own, what is said of a failure, and the exit status. */
final class SparkJob {
    /** What a job does. */
    @FunctionalInterface
    interface Work {
        /** @return what is said of it in the end, in one line */
        String run(SparkSession spark) throws IOException;
    }

    private SparkJob() {}

    /**
     * Does a job.
     *
     * @param reading of its command line; bad usage is told before there is a session
     * @return the exit status: 0 done, 1 failed, 2 wrong usage
     */
    static int run(String name, Supplier<Work> reading) {
        Work work;
        try {
            work = reading.get();
        } catch (MisuseException e) {
            System.err.println(name + ": " + e.getMessage());
            return 2;
        }
        try (SparkSession spark = SparkSession.builder().appName(name).getOrCreate()) {
            System.out.println(work.run(spark));
            return 0;
        } catch (IOException | RuntimeException e) {
            System.err.println(name + ": " + line(e));
            return 1;
        } catch (Exception e) {
            if (e instanceof AnalysisException) { // Spark declares none of its own
                System.err.println(name + ": " + line(e));
                return 1;
            }
            throw new IllegalStateException(e);
        }
    }

    /** Ends the JVM where something went wrong; what went well is Spark's to end. */
    static void exit(int status) {
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Of what Spark wraps around a failure on an executor, the line that was meant for the user. */
    static String line(Throwable failure) {
        Throwable innermost = failure;
        for (Throwable each : Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(20)
                .toList()) {
            if (each instanceof EncoderUnavailableException || each instanceof UnreadStorageException) {
                return String.valueOf(each.getMessage());
            }
            innermost = each;
        }
        if (failure instanceof IOException || failure instanceof IllegalArgumentException) {
            return firstLine(failure);
        }
        return innermost.getClass().getSimpleName() + ": " + firstLine(innermost);
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
