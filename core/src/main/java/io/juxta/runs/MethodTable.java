package io.juxta.runs;

import java.util.List;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** All methods, a row each: what {@code juxta methods} and docs/methods.md show. */
@API(status = API.Status.EXPERIMENTAL)
public final class MethodTable {
    /**
     * A method.
     *
     * @param method as the key {@code method} of a recipe spells it
     * @param title as people write it
     * @param paper that it is from
     * @param needs of batches, memory and other images
     * @param when it is the one to take
     * @param measured kNN accuracy of CIFAR-10's test pictures by its recipe for two cores, as docs/results.md has it; empty where
     *     none was
     * @param recipe to begin with, by its name
     */
    public record Row(
            String method, String title, String paper, String needs, String when, String measured, String recipe) {}

    private static final List<Row> ROWS = List.of(
            new Row(
                    "moco",
                    "MoCo v1, v2",
                    "He et al. 2020, Chen et al. 2020",
                    "two encoders and a queue of negatives; batches of 32 and up",
                    "first: small batches do, on any machine",
                    "53.1 % after 12 epochs",
                    "folder/moco-v2"),
            new Row(
                    "swav",
                    "SwAV",
                    "Caron et al. 2020",
                    "one encoder, prototypes, crops of several sizes; 300 images or more",
                    "for clusters besides features, and for the most of few epochs",
                    "44.8 % after 5 epochs",
                    "folder/swav"),
            new Row(
                    "deepcluster",
                    "DeepCluster-v2",
                    "Caron et al. 2020",
                    "one encoder, prototypes, a memory of every image's embedding",
                    "to compare with SwAV: clusters of the whole data set, once an epoch",
                    "45.1 % after 8 epochs",
                    "cifar10/deepcluster-cpu"),
            new Row(
                    "simclr",
                    "SimCLR",
                    "Chen et al. 2020",
                    "one encoder; negatives are the batch, so large batches: 4096 in the paper",
                    "as the plain baseline, where memory allows batches of 512 or more",
                    "47.4 % after 6 epochs",
                    "folder/simclr"),
            new Row(
                    "barlow-twins",
                    "Barlow Twins",
                    "Zbontar et al. 2021",
                    "one encoder, a wide projector, a matrix of its width squared; no negatives; 2048 in the paper",
                    "where neither negatives nor a second encoder are wanted",
                    "46.8 % after 6 epochs",
                    "cifar10/barlow-twins-cpu"),
            new Row(
                    "vicreg",
                    "VICReg",
                    "Bardes et al. 2022",
                    "as Barlow Twins, with three weights to set; 2048 in the paper",
                    "as Barlow Twins; its figures say which part of the loss is at work",
                    "51.8 % after 6 epochs",
                    "cifar10/vicreg-cpu"),
            new Row(
                    "simsiam",
                    "SimSiam",
                    "Chen and He 2021",
                    "one encoder and a predictor; no negatives; 256 to 512 in the paper",
                    "for the least machinery; watch for a collapse",
                    "39.7 % after 6 epochs",
                    "cifar10/simsiam-cpu"),
            new Row(
                    "byol",
                    "BYOL",
                    "Grill et al. 2020",
                    "two encoders and a predictor; no negatives; 4096 in the paper",
                    "for long runs: of this family the best in the papers, with MoCo v3",
                    "42.8 % after 6 epochs",
                    "cifar10/byol-cpu"),
            new Row(
                    "moco-v3",
                    "MoCo v3",
                    "Chen, Xie and He 2021",
                    "two encoders and a predictor; negatives are the batch: 4096 in the paper",
                    "for long runs in large batches",
                    "45.5 % after 6 epochs",
                    "cifar10/moco-v3-cpu"),
            new Row(
                    "dino",
                    "DINO",
                    "Caron et al. 2021",
                    "two encoders, crops of several sizes, outputs in the thousands; no negatives; batches of 64 and up",
                    "for vision transformers, and for features of an image's parts",
                    "38.6 % after 6 epochs",
                    "folder/dino-vit"),
            new Row(
                    "distill",
                    "Distillation (SEED)",
                    "Fang et al. 2021, Navaneet et al. 2021",
                    "an encoder that is good already, the teacher, and pictures without labels; small batches do",
                    "to bring what a large encoder knows into one that a CPU can serve",
                    "51.0 % after 2 epochs, taught by an encoder of 53.5 %",
                    "folder/distill"),
            new Row(
                    "cut",
                    "CUT, FastCUT, SinCUT",
                    "Park et al. 2020",
                    "pictures of two domains, no pairs; one of each for SinCUT",
                    "to translate pictures, not to train an encoder",
                    "",
                    "folder/cut"),
            new Row(
                    "faster-rcnn",
                    "Faster R-CNN C4",
                    "Ren et al. 2015, He et al. 2020",
                    "pictures with boxes, and a pre-trained encoder",
                    "to find objects, and to judge an encoder by that",
                    "",
                    "folder/detect"));

    private MethodTable() {}

    /** A row for each method that a recipe may name. */
    public static List<Row> rows() {
        return ROWS;
    }

    /** The rows in lines that a terminal holds. */
    public static String list() {
        StringBuilder list = new StringBuilder();
        for (Row row : ROWS) {
            list.append(row.method).append(": ").append(row.title);
            list.append(" (").append(row.paper).append(")\n");
            list.append(Paragraph.of("needs " + row.needs, "    "));
            list.append(Paragraph.of("take it " + row.when, "    "));
            if (!row.measured.isEmpty()) {
                list.append(Paragraph.of("kNN of CIFAR-10 here: " + row.measured, "    "));
            }
            list.append(Paragraph.of("begin with " + row.recipe, "    "));
        }
        return list.toString();
    }

    /** The table in Markdown. */
    public static String markdown() {
        return ROWS.stream()
                .map(row -> String.format(
                        "| %s | `%s` | %s | %s | %s | %s | `%s` |%n",
                        row.title, row.method, row.paper, row.needs, row.when, row.measured, row.recipe))
                .map(line -> line.replace("\r\n", "\n"))
                .collect(Collectors.joining(
                        "",
                        "| method | key | paper | what it needs | when to take it | kNN of CIFAR-10 here | to begin with |\n|---|---|---|---|---|---|---|\n",
                        ""));
    }
}
