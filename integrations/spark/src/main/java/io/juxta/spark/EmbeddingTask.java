package io.juxta.spark;

import java.io.IOException;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Embeds a part of a table, on an executor.
 *
 * @param bytes the place of the column of pictures' files
 * @param length the place of the column that says how long a file is that was not read; below 0 where there is none
 * @param mostBytes that a picture's file may have
 */
record EmbeddingTask(EncoderKey encoder, SentWeights weights, int bytes, int length, int mostBytes)
        implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> pictures) throws IOException {
        ExecutorEncoder using = ExecutorEncoder.use(encoder, weights);
        TaskCompletionListener close = context -> using.close();
        TaskContext.get().addTaskCompletionListener(close);
        return new EmbeddedRows(pictures, using.encoder(), bytes, length, mostBytes);
    }
}
