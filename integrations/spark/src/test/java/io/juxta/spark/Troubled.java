package io.juxta.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Hands rows on, and the first attempt at one part of them comes to grief in the midst: it fails; or it says in a file which process it is, and
 * waits to be killed.
 *
 * @param pid the file; empty for a failure
 */
record Troubled(String pid) implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TaskContext task = TaskContext.get();
        boolean chosen = task.partitionId() == 1 && task.attemptNumber() == 0;
        return new Iterator<>() {
            private int passed;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                if (chosen && passed++ == 3) {
                    trouble();
                }
                return rows.next();
            }
        };
    }

    private void trouble() {
        if (pid.isEmpty()) {
            throw new IllegalStateException("meant to fail in the midst of its work");
        }
        try {
            Path beside = Path.of(pid + ".part");
            Files.writeString(beside, String.valueOf(ProcessHandle.current().pid()));
            Files.move(beside, Path.of(pid));
            TimeUnit.MINUTES.sleep(5);
            throw new IllegalStateException("nobody has killed it");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
