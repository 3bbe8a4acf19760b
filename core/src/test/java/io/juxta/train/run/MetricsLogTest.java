package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    Path folder;

    @Test
    void whatWasMeasuredIsReadBackByName() throws IOException {
        MetricsLog log = new MetricsLog(folder.resolve("metrics.csv"));
        assertThat(log.rows()).isEmpty();
        log.add(0, Map.of("knn", 12.5));
        log.add(1, Map.of("loss", 6.25, "mean_cosine", -0.125, "grad_norm", Double.NaN, "unheard_of", 1.0));
        assertThat(log.rows()).containsExactly(Map.of("knn", 12.5), Map.of("loss", 6.25, "mean_cosine", -0.125));
    }

    /** What is not trained yet is no candidate, and of equals the first is the best, to the last of the digits written. */
    @Test
    void theBestIsThatOfAnEpoch() throws IOException {
        MetricsLog log = new MetricsLog(folder.resolve("metrics.csv"));
        log.add(0, Map.of("knn", 99.0));
        assertThat(log.best(Figure.KNN)).isEmpty();
        assertThat(log.last(Figure.KNN)).isEmpty();
        log.add(1, Map.of("knn", 40.0, "kid", 0.25));
        log.add(2, Map.of("knn", 250 / 3.0, "kid", 0.125));
        log.add(3, Map.of("knn", 250 / 3.0, "kid", 0.5));
        log.add(4, Map.of("loss", 1.0));
        assertThat(log.best(Figure.KNN)).contains(new MetricsLog.Judged(2, 83.333333));
        assertThat(log.last(Figure.KNN)).contains(new MetricsLog.Judged(3, 83.333333));
        assertThat(log.best(Figure.KID)).contains(new MetricsLog.Judged(2, 0.125));
        assertThat(log.last(Figure.KID)).contains(new MetricsLog.Judged(3, 0.5));
    }

    @Test
    void anEpochThatIsDoneAgainTakesItsRow() throws IOException {
        MetricsLog log = new MetricsLog(folder.resolve("metrics.csv"));
        log.add(1, Map.of("loss", 3.0));
        log.add(2, Map.of("loss", 2.0));
        log.add(1, Map.of("loss", 2.5));
        assertThat(log.rows()).containsExactly(Map.of("loss", 2.5));
    }

    /** A checkpoint of an older version remembers fewer columns. */
    @Test
    void shortRowsAreFilledUp() throws IOException {
        Path file = folder.resolve("metrics.csv");
        MetricsLog log = new MetricsLog(file);
        log.restore("epoch,loss,acc1,acc5\n1,6.5,10,20\n");
        log.add(2, Map.of("loss", 6.0));
        List<String> rows = Files.readAllLines(file);
        int columns = rows.get(0).split(",", -1).length;
        assertThat(rows)
                .hasSize(3)
                .allSatisfy(row -> assertThat(row.split(",", -1)).hasSize(columns));
        assertThat(log.rows().get(0)).isEqualTo(Map.of("loss", 6.5, "acc1", 10.0, "acc5", 20.0));
    }
}
