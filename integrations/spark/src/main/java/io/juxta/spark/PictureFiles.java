package io.juxta.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder as a table, with the columns of Spark's {@code binaryFile}, which leaves files of 0 bytes out and fails on very
 * large ones: here the ones have no bytes, and the others null. Files whose names begin with {@code _} or {@code .} are left out as there.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class PictureFiles {
    private static final StructType LISTED = new StructType()
            .add("path", DataTypes.StringType, false)
            .add("modificationTime", DataTypes.TimestampType, false)
            .add("length", DataTypes.LongType, false);

    private static final StructType READ = LISTED.add("content", DataTypes.BinaryType, true);

    /** What a task reads: seconds to minutes of work, which is what a failure loses. */
    private static final int FILES_OF_A_TASK = 256;

    private PictureFiles() {}

    /**
     * All files below a folder, at any depth. They are listed now, in this process's heap, and read when the result is
     * asked for, one after the other.
     *
     * @param folder a path or a pattern of any file system that Hadoop knows
     * @param mostBytes of a file whose bytes are read
     * @throws IOException when it cannot be listed, in one line
     */
    public static Dataset<Row> below(SparkSession spark, String folder, int mostBytes) throws IOException {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        List<Row> files = list(new Path(folder), context);
        int parallel = context.defaultParallelism();
        int parts = Math.max(Math.min(files.size(), 2 * parallel), files.size() / FILES_OF_A_TASK);
        Dataset<Row> listed = spark.createDataFrame(context.parallelize(files, Math.max(1, parts)), LISTED);
        Broadcast<SerializableConfiguration> hadoop =
                context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
        return listed.mapPartitions(new Reading(hadoop, mostBytes), Encoders.row(READ));
    }

    private static List<Row> list(Path pattern, JavaSparkContext context) throws IOException {
        FileSystem files = pattern.getFileSystem(context.hadoopConfiguration());
        FileStatus[] roots = files.globStatus(pattern);
        if (roots == null || roots.length == 0) {
            throw new FileNotFoundException(pattern + ": no such file or folder");
        }
        List<Row> rows = new ArrayList<>();
        for (FileStatus root : roots) {
            RemoteIterator<LocatedFileStatus> below = files.listFiles(root.getPath(), true);
            while (below.hasNext()) {
                FileStatus file = below.next();
                if (!isHidden(root.getPath(), file.getPath())) {
                    rows.add(RowFactory.create(
                            file.getPath().toString(), new Timestamp(file.getModificationTime()), file.getLen()));
                }
            }
        }
        rows.sort(Comparator.comparing(row -> row.getString(0)));
        return rows;
    }

    private static boolean isHidden(Path root, Path file) {
        for (Path at = file; at != null && !at.equals(root); at = at.getParent()) {
            if (at.getName().startsWith("_") || at.getName().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    /** Reads a part of the files, on an executor. A file that cannot be read fails the task: it may be the storage that does not answer. */
    private record Reading(Broadcast<SerializableConfiguration> hadoop, int mostBytes)
            implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> files) {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return files.hasNext();
                }

                @Override
                public Row next() {
                    Row file = files.next();
                    return RowFactory.create(
                            file.get(0), file.get(1), file.get(2), bytes(file.getString(0), file.getLong(2)));
                }
            };
        }

        private byte @Nullable [] bytes(String name, long length) {
            if (length > mostBytes) {
                return null;
            }
            Path path = new Path(name);
            try (FSDataInputStream in =
                    path.getFileSystem(hadoop.value().value()).open(path)) {
                return in.readNBytes(mostBytes);
            } catch (IOException e) {
                throw new UnreadStorageException(path + ": cannot be read (" + e.getMessage() + ")", e);
            }
        }
    }
}
