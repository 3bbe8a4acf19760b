package io.juxta.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Spark with real executors: JVMs of their own on this machine, which hear nobody but this machine. */
final class LocalCluster {
    private LocalCluster() {}

    /** Where Spark's workers look for its jars; there are none, as the executors get the test's class path. */
    static Path home() throws IOException {
        Path home = Path.of(System.getenv("SPARK_HOME"));
        Files.createDirectories(home.resolve("jars"));
        return home;
    }

    /** Of this JVM, for one that is started elsewhere. */
    static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** @param options of Spark's, more or others */
    static SparkSession start(int executors, Path folder, Map<String, String> options) throws IOException {
        home();
        SparkSession.Builder builder = SparkSession.builder()
                .appName("juxta")
                .master("local-cluster[" + executors + ",1,1024]")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .config("spark.local.dir", folder.toString())
                .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
                .config("spark.executor.memory", "512m")
                .config("spark.executor.extraClassPath", classPath())
                .config("spark.executor.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
                // the embedder sets one thread itself
                .config("spark.executorEnv.OMP_NUM_THREADS", "2")
                // compiling a query takes longer than these tables do
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.shuffle.partitions", "3");
        options.forEach(builder::config);
        return builder.getOrCreate();
    }
}
