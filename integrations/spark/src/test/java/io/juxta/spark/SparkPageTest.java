package io.juxta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's program runs as it stands there, but for where files lie; and its chances are those of the code. */
@Tag("slow")
class SparkPageTest {
    private static final Pattern PROGRAM = Pattern.compile("(?ms)^```java spark\\R(.*?)^```");

    @TempDir
    Path folder;

    private static String page() throws IOException {
        return Files.readString(Path.of("../../docs/spark.md")).replace("\r\n", "\n");
    }

    @Test
    void theProgramRuns() throws Exception {
        Path weights = TinyPictures.encoder(folder.resolve("encoder.safetensors"), 7);
        TinyPictures.folder(folder.resolve("photos"), 3);
        Matcher program = PROGRAM.matcher(page());
        assertThat(program.find()).isTrue();
        String body = program.group(1).replace("hdfs:///", folder + "/").replace("runs/photos", weights.toString());
        Path source = Files.writeString(
                folder.resolve("Program.java"),
                "import io.juxta.spark.*; import java.nio.file.Path; import org.apache.spark.sql.*;\n"
                        + "public final class Program {\n public static void run(SparkSession spark) throws Exception {\n"
                        + body + "groups.write().parquet(\"" + folder + "/groups\");\n}}\n");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        LocalCluster.classPath(),
                        source.toString());
        assertThat(status).isZero();
        try (SparkSession spark = SparkSession.builder()
                        .master("local[1]")
                        .config("spark.ui.enabled", "false")
                        .config("spark.driver.host", "127.0.0.1")
                        .config("spark.driver.bindAddress", "127.0.0.1")
                        .config("spark.sql.shuffle.partitions", "2")
                        .getOrCreate();
                URLClassLoader loader = new URLClassLoader(
                        new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("Program").getMethod("run", SparkSession.class).invoke(null, spark);
            assertThat(spark.read().parquet(folder + "/photos.parquet").count()).isEqualTo(6);
            assertThat(spark.read().parquet(folder + "/groups").columns()).containsExactly("id", "group", "size");
        }
    }

    @Test
    void theChancesAreThoseOfTheCode() throws IOException {
        assertThat(NearDuplicates.above(0.98).bands()).isEqualTo(15);
        assertThat(NearDuplicates.above(0.95).bands()).isEqualTo(37);
        assertThat(NearDuplicates.above(0.9).bands()).isEqualTo(100);
        assertThat(NearDuplicates.above(0.98).withBits(40).bands()).isEqualTo(62);
        assertThat(NearDuplicates.above(0.98).chance(0.99)).isBetween(0.9995, 0.9996);
        assertThat(NearDuplicates.above(0.98).chance(1)).isEqualTo(1);
        assertThat(page())
                .contains("15 for 0.98, 37 for 0.95, 100 for 0.9", "those at 0.99 with 99.95 %", "b is 62 then");
    }

    /** As the integrations beside it, see their ApiTest: this one's libraries are on no other module's class path. */
    @Test
    void nothingIsUsedButWhatIsForUse() {
        List<String> internal = new ClassFileImporter()
                .importPath(Path.of("target/classes")).stream()
                        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                        .map(each -> outermost(each.getTargetClass().getBaseComponentType()))
                        .filter(used -> used.getPackageName().startsWith("org.bytedeco")
                                || used.getPackageName().startsWith("io.juxta")
                                        && !used.getPackageName().equals("io.juxta.spark")
                                        && used.tryGetAnnotationOfType(API.class)
                                                .filter(api -> api.status() != API.Status.INTERNAL)
                                                .isEmpty())
                        .map(JavaClass::getName)
                        .distinct()
                        .toList();
        assertThat(internal).isEmpty();
    }

    private static JavaClass outermost(JavaClass used) {
        JavaClass outer = used;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }
}
