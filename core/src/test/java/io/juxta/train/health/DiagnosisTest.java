package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.health.Diagnosis.Task;
import io.juxta.train.health.Diagnosis.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    /** CIFAR-10 with K = 4096 in batches of 256. */
    private static final Task CIFAR = new Diagnosis.Contrast(Math.log(4097), 8, 16, 195);

    private static final Map<String, Double> SOUND =
            epoch("loss=5.7 acc1=14 waiting_share=0.01 seconds=300 images_per_second=160 embedding_std=0.9"
                    + " effective_rank=60 mean_cosine=0.1");

    private static Map<String, Double> epoch(String figures) {
        Map<String, Double> epoch = new LinkedHashMap<>();
        for (String figure : figures.split(" ")) {
            epoch.put(figure.split("=")[0], Double.valueOf(figure.split("=")[1]));
        }
        return epoch;
    }

    /** A sound epoch but for these figures. */
    private static Map<String, Double> but(String figures) {
        Map<String, Double> epoch = new LinkedHashMap<>(SOUND);
        epoch.putAll(epoch(figures));
        return epoch;
    }

    @SafeVarargs
    private static Diagnosis after(Task task, Map<String, Double>... last) {
        List<Map<String, Double>> epochs = new ArrayList<>(List.of(epoch("knn=30"), SOUND, SOUND));
        epochs.addAll(Arrays.asList(last));
        return Diagnosis.of(epochs, task);
    }

    @Test
    void aSoundRunIsHealthy() {
        Diagnosis diagnosis = after(CIFAR, SOUND);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(diagnosis)
                .hasToString("healthy: loss 5.70, where knowing nothing costs 8.32, accuracy 14.0 %, spread 0.90 of 1,"
                        + " effective rank 60.0, mean cosine 0.10");
    }

    @Test
    void embeddingsAllAlikeAreACollapse() {
        Diagnosis diagnosis =
                after(CIFAR, but("loss=8.32 embedding_std=0.02 effective_rank=1.1 mean_cosine=0.9996 acc1=0"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.COLLAPSED);
        assertThat(diagnosis.finding())
                .isEqualTo(
                        "all images get nearly the same embedding (spread 0.02 of 1, effective rank 1.10, mean cosine"
                                + " 1.00, loss 8.32, where knowing nothing costs 8.32)");
        assertThat(diagnosis.advice()).contains("lr", "warmup-epochs", "m nearer to 1");
    }

    /** Seen in a real run at an absurd lr: the batch's one embedding moves on, so keys are told by their age. */
    @Test
    void highAccuracyDoesNotHideACollapse() {
        assertThat(after(CIFAR, but("loss=5.47 embedding_std=0 effective_rank=1 mean_cosine=1 acc1=80.6"))
                        .verdict())
                .isEqualTo(Verdict.COLLAPSED);
    }

    @Test
    void embeddingsThatSpreadFromTheirNarrowBeginningHaveNotCollapsed() {
        List<Map<String, Double>> epochs = new ArrayList<>(
                List.of(but("embedding_std=0.04"), but("embedding_std=0.05"), but("embedding_std=0.06")));
        Diagnosis diagnosis = Diagnosis.of(epochs, CIFAR);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding()).startsWith("embeddings still lie close together, but are spreading");
        epochs.add(but("embedding_std=0.06"));
        assertThat(Diagnosis.of(epochs, CIFAR).verdict()).isEqualTo(Verdict.COLLAPSED);
    }

    /** On a line, half on each side, the mean cosine is nought. */
    @Test
    void embeddingsOnALineAreACollapse() {
        assertThat(after(CIFAR, but("effective_rank=1.8 mean_cosine=0")).verdict())
                .isEqualTo(Verdict.COLLAPSED);
    }

    @Test
    void embeddingsThatBecomeAlikeAreACollapseUnderWay() {
        Map<String, Double> falling = but("embedding_std=0.5");
        Diagnosis diagnosis = after(CIFAR, falling, but("embedding_std=0.4"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.COLLAPSING);
        assertThat(diagnosis.finding()).contains("spread 0.40 of 1", "best spread so far 0.90, best rank 60.0");
        assertThat(after(CIFAR, falling).verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(after(CIFAR, but("effective_rank=25")).verdict()).isEqualTo(Verdict.COLLAPSING);
        // what recovers does not collapse
        assertThat(after(CIFAR, but("embedding_std=0.35"), but("embedding_std=0.4"))
                        .verdict())
                .isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void anEncoderThatBeginsNarrowAndWidensIsSpared() {
        List<Map<String, Double>> widening =
                List.of(but("embedding_std=0.12"), but("embedding_std=0.2"), but("embedding_std=0.25"));
        assertThat(Diagnosis.of(widening, CIFAR).verdict()).isEqualTo(Verdict.HEALTHY);
        List<Map<String, Double>> narrow = List.of(but("embedding_std=0.25"), but("embedding_std=0.25"));
        assertThat(Diagnosis.of(narrow, CIFAR).verdict()).isEqualTo(Verdict.COLLAPSING);
    }

    @Test
    void aTaskWithoutDifficultyTeachesNothing() {
        Diagnosis eight = after(CIFAR, but("acc1=99.4 loss=0.3"));
        assertThat(eight.verdict()).isEqualTo(Verdict.TOO_EASY);
        assertThat(eight.advice()).contains("raise K", "augmentation");
        Diagnosis one = after(new Diagnosis.Contrast(Math.log(4097), 1, 16, 195), but("acc1=99.97 loss=0.3"));
        assertThat(one.finding())
                .isEqualTo("the positive is found in 100.0 % of cases: the task teaches nothing more (bn-groups is 1:"
                        + " batch statistics tell which key belongs to a query)");
        assertThat(one.advice()).isEqualTo("set bn-groups to 8");
        assertThat(after(CIFAR, but("acc1=90")).verdict()).isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void featuresThatBecomeWorseAreNoHealth() {
        Map<String, Double> best = but("knn=50");
        Diagnosis diagnosis = after(CIFAR, best, SOUND, but("knn=46.9"));
        assertThat(diagnosis)
                .hasToString("declining: kNN accuracy falls: 46.9 % after 50.0 % (loss 5.70, where knowing nothing"
                        + " costs 8.32); checkpoints/best.safetensors holds the best epoch; lower lr, or choose fewer epochs"
                        + " or a stronger augmentation");
        assertThat(after(CIFAR, best, but("knn=47.1")).verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(after(CIFAR, best, but("knn=45"), SOUND).verdict())
                .as("not measured")
                .isEqualTo(Verdict.HEALTHY);
        assertThat(after(CIFAR, best, but("knn=45"), but("knn=46")).verdict())
                .as("it rises again")
                .isEqualTo(Verdict.HEALTHY);
    }

    /** CIFAR-10 with 100 prototypes that begin to move after an epoch. */
    private static final Task CLUSTERS = new Diagnosis.Clusters(Math.log(100), 0.05, 195, 195);

    private static Map<String, Double> clusters(String figures) {
        Map<String, Double> epoch = but("loss=3.9 agreement=20 sharpness=0.6 prototype_entropy=0.96 dead_prototypes=1");
        epoch.remove("acc1");
        epoch.putAll(epoch(figures));
        return epoch;
    }

    @Test
    void aSoundRunOfClustersIsHealthy() {
        assertThat(after(CLUSTERS, clusters("loss=3.8")))
                .hasToString("healthy: loss 3.80, where knowing nothing costs 4.61, agreement 20.0 %, prototype usage"
                        + " 0.96 of 1, 1 % of prototypes dead, sharpness 0.60, spread 0.90 of 1, effective rank 60.0,"
                        + " mean cosine 0.10");
        Map<String, Double> kMeans = clusters("loss=3.8");
        kMeans.remove("sharpness");
        assertThat(after(CLUSTERS, kMeans).finding()).contains("1 % of prototypes dead, spread");
    }

    @Test
    void fewPrototypesForAllImagesAreACollapse() {
        Diagnosis diagnosis = after(CLUSTERS, clusters("prototype_entropy=0.05 dead_prototypes=97"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.COLLAPSED);
        assertThat(diagnosis.finding()).startsWith("nearly all images have the same few prototypes");
        assertThat(diagnosis.advice())
                .isEqualTo("it does not recover: start anew; lower epsilon to 0.03, raise freeze-prototypes, set fewer"
                        + " prototypes, hidden-mlp 0, larger crop-min-scales, or a lower lr");
        assertThat(after(new Diagnosis.Clusters(4.6, 0.03, 0, 195), clusters("prototype_entropy=0.05"))
                        .advice())
                .as("epsilon is low already")
                .doesNotContain("epsilon");
        assertThat(after(new Diagnosis.Clusters(4.6, 0, 0, 195), clusters("prototype_entropy=0.05"))
                        .advice())
                .as("k-means has neither")
                .doesNotContain("epsilon", "freeze");
    }

    @Test
    void everFewerPrototypesAreACollapseUnderWay() {
        Map<String, Double> falling = clusters("prototype_entropy=0.5");
        Diagnosis diagnosis =
                after(CLUSTERS, clusters("loss=3.9"), falling, clusters("prototype_entropy=0.4 dead_prototypes=60"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.COLLAPSING);
        assertThat(diagnosis.finding())
                .startsWith("ever fewer prototypes are used")
                .contains("best usage so far 0.96");
        assertThat(after(CLUSTERS, clusters("loss=3.9"), falling).verdict()).isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void prototypesThatNobodyUsesAreTooMany() {
        Diagnosis diagnosis = after(CLUSTERS, clusters("prototype_entropy=0.7 dead_prototypes=55"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.IDLE);
        assertThat(diagnosis.finding()).startsWith("most prototypes are nearest to no image");
        assertThat(diagnosis.advice()).startsWith("fewer prototypes serve as well");
        assertThat(after(CLUSTERS, clusters("dead_prototypes=50")).verdict()).isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void aLossAtTheLogarithmOfThePrototypesHasLearnedNothing() {
        Diagnosis diagnosis = after(CLUSTERS, clusters("loss=4.6"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding()).startsWith("nothing is learned yet");
        assertThat(diagnosis.advice()).startsWith("if it stays so: lower epsilon to 0.03");
        List<Map<String, Double>> one = List.of(clusters("loss=4.6 prototype_entropy=0.01"));
        assertThat(Diagnosis.of(one, CLUSTERS).finding())
                .as("prototypes have not moved yet")
                .isEqualTo("too early to tell: 195 of 395 steps");
    }

    @Test
    void aRunThatWaitsIsStarved() {
        Diagnosis diagnosis = after(CIFAR, but("waiting_share=0.5"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.STARVED);
        assertThat(diagnosis.finding()).isEqualTo("50 % of the time went into waiting for images (160 images/s)");
        assertThat(diagnosis.advice()).contains("loader-threads", "image-cache");
        assertThat(Diagnosis.of(List.of(but("waiting_share=0.5")), CIFAR).verdict())
                .as("from the first epoch on")
                .isEqualTo(Verdict.STARVED);
        assertThat(after(CIFAR, but("waiting_share=0.5 seconds=1")).verdict())
                .as("the first batch is always waited for")
                .isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void threeOverflowsInARowAreTold() {
        Diagnosis diagnosis = after(CIFAR, but("skips_in_a_row=3 loss_scale=512"));
        assertThat(diagnosis)
                .hasToString("overflowing: gradients overflowed float16 in up to 3 steps in a row, which were left out"
                        + " (loss scale 512); take precision bfloat16 where the device has it, or lower lr");
        assertThat(after(CIFAR, but("skips_in_a_row=2 loss_scale=512")).verdict())
                .as("a scale that finds its height")
                .isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void theGravestIsNamed() {
        assertThat(after(CIFAR, but("waiting_share=0.5 embedding_std=0.01 acc1=100"))
                        .verdict())
                .isEqualTo(Verdict.COLLAPSED);
        assertThat(after(CIFAR, but("waiting_share=0.5 acc1=100")).verdict()).isEqualTo(Verdict.TOO_EASY);
    }

    @Test
    void nothingIsSaidTooEarly() {
        Map<String, Double> untrained = but("embedding_std=0.05 effective_rank=1.2 acc1=100");
        Diagnosis diagnosis = Diagnosis.of(List.of(untrained), CIFAR);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis).hasToString("unknown: too early to tell: 195 of 216 steps");
    }

    @Test
    void nothingIsSaidOfWhatWasNotMeasured() {
        Diagnosis diagnosis = Diagnosis.of(List.of(epoch("loss=5"), epoch("loss=5")), CIFAR);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding()).startsWith("the embeddings were not measured");
        assertThat(Diagnosis.of(List.of(), CIFAR).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void aLossAtTheLineOfKnowingNothingIsNoHealth() {
        Diagnosis diagnosis = after(CIFAR, but("loss=8.31"));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding()).startsWith("nothing is learned yet");
        assertThat(after(new Diagnosis.Contrast(2 * Math.log(4097), 8, 8, 195), but("loss=9"))
                        .verdict())
                .as("a symmetric loss is two")
                .isEqualTo(Verdict.HEALTHY);
    }

    /** 245 photos, K 224, T 0.2, 7 steps an epoch: the loss as it was with the recipe's lr, and what came before. */
    private static final Task PHOTOS =
            new Diagnosis.Contrast(Math.log(225), 8, 7, 7, Math.log1p(224 * Math.exp(-1 / 0.2)));

    private static List<Map<String, Double>> losses(String base, double... losses) {
        List<Map<String, Double>> epochs = new ArrayList<>();
        for (double loss : losses) {
            epochs.add(but((base + " loss=" + loss).trim()));
        }
        return epochs;
    }

    private static double[] sixty(double second, double last) {
        double[] losses = new double[60];
        Arrays.setAll(losses, i -> i == 0 ? 4.15 : second + (last - second) * i / 59 + 0.04 * Math.sin(17 * i));
        return losses;
    }

    @Test
    void aRunThatLearnsNextToNothingIsStalled() {
        List<Map<String, Double>> epochs = losses("acc1=1.8 embedding_std=0.46 effective_rank=20.6", sixty(5.41, 5.26));
        Diagnosis diagnosis = Diagnosis.of(epochs, PHOTOS);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.STALLED);
        assertThat(diagnosis.finding())
                .startsWith("next to nothing is learned after 60 epochs of 7 steps (loss 5.2")
                .endsWith("where knowing nothing costs 5.42)");
        assertThat(diagnosis.advice()).contains("lr three times as high", "batch-size", "epochs");
        for (int end = 1; end <= epochs.size(); end++) {
            assertThat(Diagnosis.of(epochs.subList(0, end), PHOTOS).verdict())
                    .as("after %d epochs", end)
                    .isNotEqualTo(Verdict.HEALTHY);
        }
        assertThat(Diagnosis.of(epochs.subList(0, 28), PHOTOS).finding()).startsWith("too early");
        assertThat(Diagnosis.of(epochs.subList(0, 31), PHOTOS).verdict())
                .as("two judged epochs are no proof")
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(Diagnosis.of(epochs.subList(0, 32), PHOTOS).verdict()).isEqualTo(Verdict.STALLED);
        assertThat(Diagnosis.of(losses("acc1=20", sixty(5.41, 3.5)), PHOTOS).verdict())
                .as("one that learns")
                .isEqualTo(Verdict.HEALTHY);
    }

    /** The curves of docs/results.md, as far as they tell them; between, straight lines. */
    @Test
    void theRecordedRunsAreNoFalseAlarm() {
        Task mocoCpu = new Diagnosis.Contrast(Math.log(4097), 4, 32, 390, Math.log1p(4096 * Math.exp(-1 / 0.1)));
        isNeverStalled(losses("", 5.95, 5.83, 5.7, 5.58, 5.45, 5.38, 5.31, 5.24, 5.17, 5.10, 5.25, 5.39), mocoCpu);
        Task swavCpu = new Diagnosis.Clusters(Math.log(100), 0.01, 100, 390);
        isNeverStalled(all(3.97, 3.83, 3.69, 3.55, 3.40), swavCpu);
        Task deepCluster = new Diagnosis.Clusters(Math.log(100), 0, 0, 390);
        isNeverStalled(all(4.41, 4.24, 4.07, 3.9, 3.74, 3.57, 3.4, 3.23), deepCluster);
        Task folder = new Diagnosis.Clusters(Math.log(100), 0.01, 100, 93);
        isNeverStalled(all(4.78, 4.66, 4.53, 4.41, 4.35, 4.29, 4.23, 4.17, 4.11, 4.10, 4.08), folder);
        // with the paper's epsilon: it learned nothing, and its kNN was below the untrained encoder's
        List<Map<String, Double>> even = all(4.79, 4.72, 4.66, 4.59, 4.58, 4.57, 4.565, 4.56, 4.55);
        Diagnosis diagnosis = Diagnosis.of(even, new Diagnosis.Clusters(Math.log(100), 0.05, 100, 93));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.STALLED);
        assertThat(diagnosis.advice()).startsWith("start anew: lower epsilon to 0.03");
    }

    private static List<Map<String, Double>> all(double... losses) {
        return Arrays.stream(losses).mapToObj(loss -> clusters("loss=" + loss)).toList();
    }

    private static void isNeverStalled(List<Map<String, Double>> epochs, Task task) {
        for (int end = 1; end <= epochs.size(); end++) {
            assertThat(Diagnosis.of(epochs.subList(0, end), task).verdict())
                    .as("after epoch %d", end)
                    .isIn(Verdict.HEALTHY, Verdict.UNKNOWN);
        }
    }

    @Test
    void aLossThatIsNearTheLineAndFallsIsGivenTime() {
        Task large = new Diagnosis.Clusters(8.0, 0.05, 0, 5000);
        Diagnosis diagnosis = Diagnosis.of(all(7.98, 7.94, 7.85, 7.7), large);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding()).startsWith("little is learned yet, but the loss falls");
        assertThat(Diagnosis.of(all(7.9, 7.89, 7.88, 7.87), large).verdict()).isEqualTo(Verdict.STALLED);
    }

    /** At T = 1 the loss cannot fall by more than one. */
    @Test
    void whatCanBeLearnedDependsOnTheTemperature() {
        double attainable = Math.log1p(4096 * Math.exp(-1));
        Task warm = new Diagnosis.Contrast(Math.log(4097), 8, 16, 195, attainable);
        assertThat(Diagnosis.of(losses("", 7.9, 7.9, 7.9, 7.9), warm).verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(Diagnosis.of(losses("", 7.9, 8.28, 8.28, 8.28), warm).verdict())
                .isEqualTo(Verdict.STALLED);
    }

    @Test
    void featuresNoBetterThanTheUntrainedEncodersAreNoHealth() {
        List<Map<String, Double>> epochs = new ArrayList<>(List.of(epoch("knn=25.4")));
        for (int i = 0; i < 12; i++) {
            epochs.add(but("knn=" + (22 + i / 10.0)));
        }
        Diagnosis diagnosis = Diagnosis.of(epochs, CIFAR);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.STALLED);
        assertThat(diagnosis.finding()).contains("kNN 23.1 % at best, 25.4 % before training");
        assertThat(Diagnosis.of(epochs.subList(0, 9), CIFAR).verdict()).isEqualTo(Verdict.HEALTHY);
        epochs.add(but("knn=26"));
        assertThat(Diagnosis.of(epochs, CIFAR).verdict()).isEqualTo(Verdict.HEALTHY);
    }

    /** The quickstart, K 128: after two epochs its loss is hardly off the line, and its kNN twice the untrained one's. */
    @Test
    void whereClassesShowLearningTheLossIsNotAll() {
        Task quickstart = new Diagnosis.Contrast(Math.log(129), 4, 4, 187, Math.log1p(128 * Math.exp(-1 / 0.2)));
        List<Map<String, Double>> epochs = new ArrayList<>(List.of(epoch("knn=27.7")));
        epochs.addAll(losses("embedding_std=0.3", 4.6525, 4.66, 4.67));
        assertThat(Diagnosis.of(epochs, quickstart).verdict()).isEqualTo(Verdict.UNKNOWN);
        epochs.add(but("embedding_std=0.3 knn=49.9 loss=4.66"));
        assertThat(Diagnosis.of(epochs, quickstart).verdict()).isEqualTo(Verdict.HEALTHY);
    }
}
